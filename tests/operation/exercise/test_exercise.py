"""An exercise of oku-250: each theme comes when its injects are played again, and everything in the list holds."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from support.oku import awc_plan, exercise, oku

from optimiser.common.errors import BadSetting, InputFault, Mismatch
from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.operation.exercise.branches import find_forks
from optimiser.operation.exercise.crowd import BEFORE, DONE, ROAD, count_role_players, share_players
from optimiser.operation.exercise.days import NoDay
from optimiser.operation.exercise.document import parse_exercise, read_exercise, store_exercise
from optimiser.operation.exercise.draws import draw_same
from optimiser.operation.exercise.exercise import Exercise, make_exercise
from optimiser.operation.exercise.injects import LEAST, MOST, Inject
from optimiser.operation.exercise.replay import NotReplayed, demand_sound, replay_exercise
from optimiser.operation.exercise.themes import NAMES, THEMES, NoTheme, ThemeName, find_themes, parse_themes
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.played_plan import list_events, pick
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import simulate

SIMULATED = [name for name in NAMES if THEMES[name].find is not None]

CUT = 18  # days among which none has all themes


def stored(made: Exercise) -> dict:
    return json.loads(store_exercise(made).model_dump_json())


@pytest.mark.parametrize("theme", NAMES)
def test_a_day_with_the_theme_is_found_and_its_replay_shows_it(theme: ThemeName) -> None:
    made = make_exercise(oku(), awc_plan(), (theme,), hard=0.9, scenarios=300)
    again = replay_exercise(oku(), parse_exercise(stored(made)))
    assert again.sound
    assert again.events == made.followed.events
    assert LEAST <= len(made.every_inject) <= MOST
    if THEMES[theme].find is None:
        assert any(i.kind == "radio_lost" for i in made.injects)
        return
    event = again.themes[theme]
    shown = [i for i in made.injects if i.minute == event.minute and i.sector in (event.sector, "")]
    assert [i for i in shown if i.expected], f"nothing is put before the players when {event} comes"


@pytest.mark.parametrize("theme", [SIMULATED[0], *(pytest.param(t, marks=pytest.mark.long) for t in SIMULATED[1:])])
def test_a_theme_is_cut_where_no_day_has_it_with_the_others(theme: ThemeName) -> None:
    """Of few days none has all themes; those that a cut day must have besides are the ones that are seldom together."""
    wanted = (theme, "rumour", "evacuation", "gates", "delegation", "reserve")
    made = make_exercise(oku(), awc_plan(), wanted, hard=1.0, scenarios=CUT)
    assert made.day.cut
    assert replay_exercise(oku(), made).sound
    assert set(wanted) <= set(made.themes)


@pytest.mark.slow
def test_a_cut_day_has_the_parts_of_the_days_it_names() -> None:
    made = make_exercise(oku(), awc_plan(), hard=0.9, scenarios=CUT)
    assert made.day.cut
    assert made.day.eligible == 0
    days = draw(oku(), 1, CUT, REPORTING)
    parts = made.day.parts
    assert made.day.scenario.turnout == days[parts["crowds"]].turnout
    assert made.day.scenario.first == days[parts["crowds"]].first
    assert made.day.scenario.received == days[parts["officials"]].received
    assert made.day.scenario.triggered == days[parts["triggers"]].triggered
    assert made.day.scenario.number == made.day.number
    assert set(SIMULATED) <= set(find_themes(oku(), made.followed.events))


def test_the_day_has_the_hardness_asked_for() -> None:
    days = draw(oku(), 1, 120, REPORTING)
    losses = [simulate_loss(days[n]) for n in range(120)]
    for hard in (0.5, 0.8, 0.95):
        made = make_exercise(oku(), awc_plan(), ("lapis",), hard=hard, scenarios=120)
        assert made.day.loss == pytest.approx(losses[made.day.number], rel=1e-12)  # added up in another order
        assert made.day.rank == np.mean(np.array(losses) <= made.day.loss * (1.0 + 1e-12))
        assert abs(made.day.rank - hard) < 0.05


def simulate_loss(scenario: object) -> float:
    played, _events = simulate(oku(), awc_plan(), scenario)  # type: ignore[arg-type]
    return played.loss(oku().objective)


def test_the_list_is_in_order_and_everything_expected_has_source_limit_and_evaluator() -> None:
    made = exercise()
    minutes = [i.minute for i in made.injects]
    assert minutes == sorted(minutes)
    assert [i.label for i in made.injects] == [str(n) for n in range(1, len(made.injects) + 1)]
    assert LEAST <= len(made.every_inject) <= MOST
    assert (made.injects[0].kind, made.injects[-1].kind) == ("start", "end")
    sectors = {s.id for s in oku().sectors}
    for inject in made.every_inject:
        assert bool(inject.expected) == (inject.kind != "decide"), inject
        for expected in inject.expected:
            assert math.isfinite(expected.limit)
            assert expected.limit > 0.0
            assert expected.source
            assert expected.sector in {*sectors, ""}


def test_limits_are_those_of_the_doctrine() -> None:
    doctrine = oku().doctrine
    limits = {e.action: e.limit for i in exercise().every_inject for e in i.expected}
    assert limits["change_line"] == doctrine.lapis
    assert limits["hand_over_red"] == doctrine.order_red + doctrine.lintas
    assert limits["take_request"] == doctrine.waiting_marks[0]
    assert limits["keep_gates"] == doctrine.warning + doctrine.time_to_leave


def test_role_players_add_up_at_every_moment() -> None:
    made = exercise()
    together = Counter({g: sum(n.values()) for g, n in first_moves(made).items()})
    assert sum(together.values()) == made.players
    for move in made.moves:
        assert sum(move.there.values()) == together[move.gathering]
        assert min(move.there.values()) > 0
        assert move.players >= 0
        assert move.origin != move.goal


def first_moves(made: Exercise) -> dict:
    return {m.gathering: m.there for m in reversed(made.moves)}


def test_people_moved_are_those_of_the_events() -> None:
    """Everybody who comes was there before: the turnout at first, nobody appears out of nothing."""
    made = exercise()
    here: Counter[tuple[str, str]] = Counter({(g, BEFORE): d.turnout for g, d in made.draws.gatherings.items()})
    for move in made.moves:
        here[move.gathering, move.origin] -= move.persons
        here[move.gathering, move.goal] += move.persons
        assert min(here.values()) >= 0, move
    assert not any(n for (_g, place), n in here.items() if place not in (DONE, ROAD))


def test_where_all_can_be_played_each_role_player_stands_for_one() -> None:
    made = make_exercise(oku(), awc_plan(), ("delegation",), scenarios=60, players=100_000)
    assert all(move.players == move.persons for move in made.moves)


def test_role_players_are_shared_by_turnout_and_nobody_is_forgotten() -> None:
    assert share_players({"a": 900, "b": 99, "c": 1, "d": 0}, 10) == {"a": 9, "b": 1, "c": 1, "d": 0}
    assert share_players({"a": 30, "b": 20}, 200) == {"a": 30, "b": 20}
    assert sum(share_players({"a": 333, "b": 333, "c": 334}, 100).values()) == 100


def test_both_branches_of_every_condition_lead_on() -> None:
    made = exercise()
    assert made.conditions
    listed = {i.label: i for i in made.injects}
    for condition in made.conditions:
        assert listed[condition.label].kind == "decide"
        yes, no = condition.branches
        assert (yes.met, no.met) == (True, False)
        assert {yes.main, no.main} == {True, False}
        for branch in condition.branches:
            assert listed[branch.next].minute >= condition.minute
            assert branch.next not in branch.falls_away
            assert made.injects[-1].label not in branch.falls_away
            assert set(branch.falls_away) <= set(listed)
            times = [i.minute for i in branch.injects]
            assert times == sorted(times)
            assert all(t >= condition.minute for t in times)


def test_a_branch_is_what_the_day_does_with_that_draw_changed() -> None:
    made = exercise()
    for condition in made.conditions:
        other = next(b for b in made.conditions[0].branches if not b.main)
        scenario = made.day.scenario
        if condition.asks == "received":
            s = [x.id for x in oku().sectors].index(condition.sector)
            never = math.isinf(scenario.received[s])
            wait = float(oku().sectors[s].official.after) if never else math.inf
            waits = (*scenario.received[:s], wait, *scenario.received[s + 1 :])
            changed = replace(scenario, received=waits)
        else:
            t = [x.id for x in oku().triggers].index(condition.what)
            changed = replace(scenario, triggered=(*scenario.triggered[:t], math.inf, *scenario.triggered[t + 1 :]))
        told, log = made.followed.events, tuple(list_events(oku(), awc_plan(), changed))
        before = [e for e in told if e.minute < condition.minute]
        assert before == [e for e in log if e.minute < condition.minute]
        assert told != log
        other = next(b for b in condition.branches if not b.main)
        for inject in other.injects:
            assert any(e.minute == inject.minute and e.sector in (inject.sector, e.sector) for e in log)
        assert set(other.lacks) == set(find_themes(oku(), told)) - set(find_themes(oku(), log))


def test_players_decide_where_most_depends_on_them() -> None:
    made = exercise()
    forks = find_forks(oku(), awc_plan(), made.day.scenario, make_law(), made.followed.events, made.followed.loss)
    assert {(f.asks, f.sector, f.what) for f in forks} >= {(c.asks, c.sector, c.what) for c in made.conditions}
    assert all(f.effect > 0.0 for f in forks)


def make_law() -> object:
    from optimiser.model.laws.choice import DefaultLaw

    return DefaultLaw()


def test_draws_written_down_are_the_scenario_bit_for_bit() -> None:
    made = exercise()
    assert draw_same(oku(), made.draws)[0] == made.day.scenario
    others = draw_same(oku(), made.draws, np.arange(5))
    assert [s.number for s in others.items] == list(range(5))
    assert all(s.turnout == made.day.scenario.turnout for s in others.items)
    logs = {tuple(list_events(oku(), awc_plan(), s)) for s in others.items}
    assert len(logs) > 1


def test_a_day_that_is_not_cut_is_that_reporting_scenario() -> None:
    made = exercise()
    assert not made.day.cut
    assert made.day.scenario == pick(oku(), 1, made.day.number)


def test_a_replay_finds_what_was_changed_by_hand() -> None:
    data = stored(exercise())
    data["draws"]["triggers"]["kabar"] = None
    quiet = replay_exercise(oku(), parse_exercise(data))
    assert "rumour" in quiet.missing
    moved = stored(exercise())
    moved["injects"][3]["minute"] += 1.0
    assert replay_exercise(oku(), parse_exercise(moved)).strays == (moved["injects"][3]["label"],)
    ended = stored(exercise())
    ended["conditions"][0]["branches"][0]["next"] = "1"
    assert replay_exercise(oku(), parse_exercise(ended)).dead_ends == (ended["conditions"][0]["branches"][0]["label"],)
    for changed in (data, moved, ended):
        with pytest.raises(NotReplayed):
            demand_sound(replay_exercise(oku(), parse_exercise(changed)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("draws", "gatherings", "pawai", "turnout"), -1),
        (("draws", "gatherings", "pawai", "tension"), 2.0),
        (("draws", "received", "kpu"), "soon"),
        (("injects", 0, "kind"), "slogan"),
        (("injects", 0, "label"), "<b>"),
        (("conditions", 0, "branches"), []),
        (("settings", "law"), "wild"),
        (("shouts",), "anything"),
        (("format",), "optimiser-exercise/2"),
    ],
)
def test_a_document_that_is_none_is_refused_by_its_field(path: tuple, value: object) -> None:
    data = stored(exercise())
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(InputFault) as refused:
        parse_exercise(data)
    assert str(path[-1]) in str(refused.value)


def test_an_exercise_of_another_instance_is_refused(tmp_path) -> None:
    file = tmp_path / "exercise.json"
    file.write_text(json.dumps(stored(exercise())), encoding="utf-8")
    assert read_exercise(file, oku()) == read_exercise(tmp_path, oku()) == store_exercise(exercise())
    with pytest.raises(Mismatch, match="make it anew"):
        read_exercise(file, oku().replace(cap=240))
    with pytest.raises(Mismatch, match="of another instance"):
        replay_exercise(read("tiny-2"), store_exercise(exercise()))


def test_themes_are_typed_in_both_languages() -> None:
    assert parse_themes("delegasi, Lapis ganti;second_site") == ("delegation", "lapis", "second-site")
    assert parse_themes(" ") == ()
    with pytest.raises(NoTheme, match="no theme is called 'shouting'"):
        parse_themes("shouting")


def test_what_plan_and_instance_cannot_train_is_refused_or_left_out() -> None:
    dry = awc_plan().model_dump(mode="json")
    del dry["places"]["pos-kpu"]["vehicles"]["awc"]
    with pytest.raises(NoTheme, match="a water cannon in the plan"):
        make_exercise(oku(), Deployment.model_validate(dry), ("gates",), scenarios=20)
    made = make_exercise(oku(), Deployment.model_validate(dry), hard=0.9, scenarios=200)
    assert "gates" not in made.asked


def test_what_no_day_has_is_refused_with_what_it_lacks() -> None:
    calm = oku().replace(law={"worsen_green": 0.0, "worsen_yellow": 0.0})
    with pytest.raises(NoDay, match="lintas ganti"):
        make_exercise(calm, awc_plan(), ("lintas",), scenarios=30)
    made = make_exercise(calm, awc_plan(), scenarios=30)
    assert "lintas" in made.left_out


@pytest.mark.parametrize("wrong", [{"hard": 1.5}, {"scenarios": 1}, {"players": 0}])
def test_settings_that_cannot_be_used_are_refused(wrong: dict) -> None:
    with pytest.raises(BadSetting):
        make_exercise(oku(), awc_plan(), **wrong)


def test_bug_role_players_of_a_branch_are_not_those_who_go_home_in_the_list() -> None:
    """At the same minute in the same place the day that is told may send the same gathering somewhere else."""
    made = exercise()
    move = next(m for m in made.moves if m.goal == DONE and m.persons > 100)
    marches = Inject(move.minute, "marches", move.origin, "gedung-kesenian", move.gathering, 3 * move.persons)
    people, together = made.draws.gatherings[move.gathering].turnout, sum(move.there.values())
    expected = round(3 * move.persons * together / people)
    assert expected != move.players
    assert count_role_players(marches, made.moves, made.draws.gatherings) == expected


@pytest.mark.parametrize("name", ["tiny-2", "muba-2024", "kaur-2005"])
def test_bug_an_exercise_began_after_its_first_injects_and_ended_before_its_last(name: str) -> None:
    town = read(name)
    made = make_exercise(town, proportional(town), scenarios=60)
    kinds = [i.kind for i in made.injects]
    assert kinds[0] == "start"
    assert kinds[-1] == "end"
    assert made.injects[-1].minute > max(i.minute for i in made.every_inject if i.kind != "end")
    assert [i.minute for i in made.injects] == sorted(i.minute for i in made.injects)
