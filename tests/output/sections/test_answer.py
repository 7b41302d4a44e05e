"""The answer to a what-if on screen, as JSON and as files, through the command line."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace

import pytest
from rich.console import Console
from support.command_line import run
from support.whatif import PLAN, QUICK, TINY, asked, screen

from optimiser.common.language import language
from optimiser.files.read import instances_folder, read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.deployment import Deployment
from optimiser.output.blocks import Table
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.answer import answer_sections, sentence
from optimiser.output.write import describe_answer, write_files


@pytest.fixture(scope="module")
def lost():
    sector = next(s.id for s in TINY.sectors if PLAN.places.get(s.id) and PLAN.places[s.id].teams)
    team = max(PLAN.places[sector].teams.items(), key=lambda pair: pair[1])[0]
    return asked({"do": "limit", "place": sector, "what": team, "at_most": 0})


def test_the_screen_tells_what_breaks_what_changes_and_who_moves(lost):
    shown = screen(lost)
    assert "THE PLAN AS IT IS WOULD BREAK" in shown
    assert all(v.code in shown for v in lost.broken.violations)
    assert sentence(lost) in " ".join(shown.split())
    names = {t.id: t.name for t in TINY.teams} | {v.id: v.name for v in TINY.vehicles}
    assert all(names[move.what].split()[0] in shown for move in lost.moves)
    assert "…" not in shown  # nothing is cut at the width of a terminal
    assert "Interrupted" in screen(replace(lost, interrupted=True, replayable=False))


def test_a_hostile_title_steers_no_screen():
    whatif = parse_whatifs({"title": "a\u202eb", "changes": [{"do": "heads", "cap": int(TINY.cap)}]})[0]
    answer = replace(asked({"do": "heads", "cap": int(TINY.cap)}), whatif=whatif)
    assert "\u202e" not in screen(answer)
    assert "a?b" in screen(answer)


def test_a_what_if_can_be_asked_stored_and_asked_again(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN.model_dump_json())
    team = TINY.teams[0].id
    first = run("whatif", "tiny-2", plan, "--lose", f"team:{team}", "--json", "--out", tmp_path / "out", *QUICK)
    assert first.exit_code == 0, first.output
    document = json.loads(first.stdout)
    assert document["format"] == "optimiser-answer/1"
    assert document["whatif"]["changes"] == [{"do": "lose", "what": team, "number": 1}]
    assert json.loads((tmp_path / "out" / "answer.json").read_text()) == document
    stored = tmp_path / "whatif.json"
    write_files(tmp_path, {"whatif.json": json.dumps(document["whatif"]).encode()})
    again = run("whatif", "tiny-2", plan, "--file", stored, "--json", *QUICK)
    assert json.loads(again.stdout) == document
    moved = {(m["what"], m["origin"], m["goal"]) for m in document["moves"]}
    assert len(moved) == len(document["moves"])


def test_without_a_plan_one_is_made_first_and_without_a_change_it_is_asked_for():
    asked_ = run("whatif", "tiny-2", "--heads", read("tiny-2").cap, "--quiet", *QUICK)
    assert asked_.exit_code == 0, asked_.output
    assert "WHO MOVES" in asked_.stdout
    nothing = run("whatif", "tiny-2", *QUICK)
    assert nothing.exit_code == 2
    assert "say what changes" in nothing.output


def test_what_does_not_fit_exits_as_bad_input(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text(PLAN.model_dump_json())
    refused = run("whatif", "tiny-2", plan, "--lose", "vehicle:zeppelin", "--heads", "soon", *QUICK)
    assert refused.exit_code == 3
    assert "--heads" in refused.output


def test_bug_a_change_that_nothing_can_meet_was_told_without_its_repair():
    plan = instances_folder() / "muratara-2024.historical.json"
    change = ("whatif", "muratara-2024", plan, "--heads", 3, "--quiet", *QUICK)
    shown, document = run(*change), run(*change, "--json")
    assert (shown.exit_code, document.exit_code) == (5, 5)
    assert "cap of 3 heads" in shown.stderr
    assert "THE CHEAPEST REPAIR" in shown.stdout
    assert "allow 15 instead" in shown.stdout
    told = json.loads(document.stdout)
    assert told["infeasible"]
    assert [(c["code"], c["required"], c["have"], c["need"]) for c in told["repair"]["changes"]] == [("cap", 15, 3, 12)]


def test_what_the_change_does_and_what_search_finds_stand_apart(lost):
    shown = screen(lost)
    assert ("by itself" in shown) != bool(lost.forced)
    assert all(label in shown for label in ("points", "injured people", "process stopped", "damage", "records lost"))
    assert lost.change.loss.mean == pytest.approx(lost.suffered.loss.mean + lost.gained.loss.mean)
    assert "±0\n" not in shown


def titles(answer):
    """Return the titles of the columns of both tables of figures."""
    tables = [b for section in answer_sections(answer) for b in section.blocks if isinstance(b, Table)][:2]
    return [[" ".join(column.title.split()) for column in table.columns[1:]] for table in tables]


def test_bug_nobody_moves_stood_above_the_figures_of_a_plan_in_which_units_move(lost):
    """Forced moves are moves: the plan that keeps as much as it may is not the one in which nobody moves."""
    assert lost.forced
    some = lost.forced[:1]
    for forced, advised in itertools.product(((), some), ((), some)):
        levels, differences = titles(replace(lost, forced=forced, advised=advised))
        assert levels[0] == "Before"
        assert (levels[1] == "Nobody moves") == (not forced)
        assert len(levels) == (3 if advised else 2)  # a column of its own only for moves that are advised
        assert (differences[0] == "The change by itself") == (not forced)
        assert ("Moving brings" in differences or "Further moves bring" in differences) == bool(advised)


@pytest.mark.parametrize("code", ["en", "id"])
def test_what_rain_assumes_is_said_with_its_source(code):
    answer = asked({"do": "rain", "strength": "light"})
    stream = io.StringIO()
    Console(file=stream, width=100).print(to_terminal(answer_sections(answer, language(code))))
    shown = " ".join(stream.getvalue().split())
    assert all(language(code)(sentence) in shown for sentence in answer.assumed)
    assert len(answer.assumed) == len(describe_answer(answer)["assumed"]) == 3
    assert all("assumed" in sentence for sentence in describe_answer(answer)["assumed"])
    assert asked({"do": "heads", "cap": int(TINY.cap)}).assumed == ()


def test_what_is_forbidden_everywhere_is_told_in_one_line():
    what = TINY.teams[0].id
    shown = " ".join(screen(asked({"do": "limit", "what": what, "at_most": 0})).split())
    assert f"pins: {len(TINY.places)} added, what {what}, at most 0; for every place" in shown
    idle = Deployment(instance=TINY.name)
    said = screen(asked({"do": "limit", "what": what, "at_most": 0}, plan=idle))
    assert "No place has any of" in said
    assert said.count("keeps to that already") == 0


@pytest.mark.parametrize("code", ["en", "id"])
def test_bug_the_harms_were_cut_at_80_columns(lost, code):
    stream = io.StringIO()
    Console(file=stream, width=80, highlight=False, markup=False).print(
        to_terminal(answer_sections(lost, language(code)))
    )
    assert "…" not in stream.getvalue()
    assert language(code)("injured people") in stream.getvalue()


def test_bug_a_change_that_moves_people_over_the_end_was_said_to_lower_the_loss():
    from optimiser.files.apply_whatif import apply
    from optimiser.output.write import describe_answer

    calm = asked({"do": "heads", "cap": int(TINY.cap)})
    assert "Warning" not in screen(calm)
    gathering = TINY.gatherings[0]
    changes = [
        {"do": "set", "path": f"gatherings.{gathering.id}.itinerary.0.stay", "value": 1000.0},
        {"do": "set", "path": f"gatherings.{gathering.id}.turnout", "value": 80_000},
    ]
    answer = replace(calm, changed=apply(TINY, parse_whatifs({"changes": changes})[0]))
    shown = " ".join(screen(answer).split())
    assert "Warning: 80,000 people are expected of" in shown
    assert "With the change, more falls after " in shown
    assert "Figures that fall may owe it to that alone" in shown
    document = describe_answer(answer)
    assert [caution["code"] for caution in document["warnings"]] == ["turnout", "after-the-end"]
    assert document["not_counted"] == answer.not_counted
    assert describe_answer(calm)["not_counted"] is None
