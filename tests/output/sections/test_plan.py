"""What stands on the sheet, line by line; what is not known is not shown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from support.sample_solution import solved
from support.town import extended_town, posted, town

from optimiser.common.language import ENGLISH, language
from optimiser.files.read import read
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.documents.instances import count_sources
from optimiser.output.documents.plan import describe_plan
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.expected import tell_overtime
from optimiser.output.sections.plan import alternatives_section, plan_sections, settings_pairs, tell_robust
from optimiser.output.sections.simulation import simulation_sections
from optimiser.planning.evaluation import Comparison, Interval
from optimiser.planning.law_range import Band
from optimiser.planning.margins import Margin
from optimiser.planning.solution import Lever, Solution
from optimiser.questions.played_plan import rehearse


def paper(what: Any) -> str:
    console = Console(width=300)  # so that nothing wraps
    with console.capture() as captured:
        console.print(to_terminal(what))
    return captured.get()


def lines(solution: Solution) -> str:
    """Give the sheet with every run of blanks made one, so that columns do not matter."""
    return re.sub(r"[ \t]+", " ", paper(plan_sections(solution)))


@pytest.fixture(scope="module")
def full() -> Solution:
    instance = extended_town()
    base = posted(instance)
    teams = {(p, k): n for p, a in base.places.items() for k, n in a.teams.items()} | {("mall", "guard"): 2}
    teams |= {("mall", "padal"): 1, ("mall", "care"): 1}
    vehicles = {("mall", "van"): 1, ("mall", "gate"): 1, ("polres", "truck"): 3}
    plan = Deployment.build(instance, teams, vehicles)
    assert check(instance, plan).passed, str(check(instance, plan))
    return solved(instance, plan=plan, verdict=check(instance, plan))


def test_agreed_reception_is_said_first(full: Solution) -> None:
    text = lines(full)
    assert "Agreed: KPU receives the delegation within 15 min." in text
    assert text.index("Agreed:") < text.index("SECTORS")


def test_levers_are_left_out_where_there_are_none() -> None:
    assert "If a delegation" not in lines(solved(levers=()))


def test_who_stands_there_with_crews_and_outside_the_cap(full: Solution) -> None:
    text = lines(full)
    assert "2 x Shop guards, Dalmas awal (10, outside the cap)" in text
    assert "1 x Medical van (crew 2 of Medics)" in text
    assert "3 x Truck (+6 crew)" in text
    assert re.search(r"1 x Barrier\s*\n", text)
    assert "Nobody waits at: School yard." in text
    assert "From outside, not counted: 2 x Brimob platoon (60) at Brimob barracks" in text


def test_ledger_adds_up_on_paper(full: Solution) -> None:
    heads = full.verdict.heads
    row = f"{heads.sectors} {heads.posts} {heads.crews} {heads.counted} {heads.cap} {heads.base} {heads.outside}"
    assert row in lines(full)
    assert heads.outside == 10
    assert heads.sectors + heads.posts == heads.counted + heads.outside
    shown = [int(n) for n in re.findall(r"(?m)^(?:Terminal|KPU|Mall) (\d+) \d+ x ", lines(full))]
    assert len(shown) == 3
    assert sum(shown) == heads.sectors


def test_nobody_held_at_base_is_said() -> None:
    data = town().model_dump(mode="json")
    base = posted(town())
    for team in data["teams"]:
        team["count"] = sum(a.teams.get(team["id"], 0) for a in base.places.values())
    text = lines(solved(Instance.model_validate(data, context=SHAPE_ONLY)))
    assert re.search(r"HELD AT BASE, NOT CALLABLE\nnobody", text)


def test_better_and_worse_are_called_so() -> None:
    base = solved()
    drawn = base.alternatives[0]

    def differ(by: float) -> Comparison:
        return Comparison(
            Interval(by, 1.0, 12, 12), by, dict.fromkeys(drawn.against.harms, Interval(by / 10, 0.1, 12, 12))
        )

    others = tuple(
        replace(drawn, name=n, against=differ(by)) for n, by in (("one", -3.0), ("two", 3.0), ("three", 0.5))
    )
    levers = (Lever("kpu", 20.0, differ(-3.0)), Lever("mall", 20.0, differ(3.0)))
    text = lines(replace(base, alternatives=others, levers=levers, law_range=None))
    assert re.search(r"(?m)^one \S+ -3\.0 -0\.30 better ?$", text)
    assert re.search(r"(?m)^two \S+ \+3\.0 \+0\.30 worse ?$", text)
    assert re.search(r"(?m)^three \S+ \+0\.5 \+0\.05 no difference shown ?$", text)
    assert re.search(r"(?m)^KPU 20 min -3\.0 -0\.30 helps ?$", text)
    assert re.search(r"(?m)^Mall 20 min \+3\.0 \+0\.30 harms ?$", text)


def test_every_loss_carries_its_band_over_the_law_and_differences_come_first() -> None:
    text = lines(solved())
    assert text.count("between 1.25 and 83.0 over the law's ranges") == 2  # beside the loss, and beside the claim
    assert "nobody -12.5 to +3.50 82 % 45 % 0 %" in text
    assert "historical -4.50 to +13.5 55 % 30 % 2 %" in text
    assert (
        "Mean loss over the law's ranges, points: the plan 1.25 to 83.0; nobody 2.50 to 90.0; historical 1.50 to 70.0."
        in text
    )
    assert text.index("-12.5 to +3.50") < text.index("Mean loss over the law's ranges")
    assert "This is no confidence interval." in text
    assert "a lower loss than each alternative in 55 % of them or more; it is shown to be worse than one in 2 %" in text


def test_bug_a_plan_better_in_every_draw_was_better_in_100_per_cent_of_them_or_more() -> None:
    solution = solved()
    sure = tuple(replace(one, lower=1.0, worse=0.0, equal=0.0) for one in solution.law_range.differences)
    told = tell_robust(replace(solution, law_range=replace(solution.law_range, differences=sure)), ENGLISH)
    assert told.endswith("the plan loses less than every alternative.")
    assert "100 %" not in told


def test_constants_that_were_drawn_for_each_scenario_are_said(full: Solution) -> None:
    drawn = replace(full, settings=replace(full.settings, uncertain=True))
    assert "Each scenario has its own constants of the law" in lines(drawn)
    assert "Each scenario has its own constants of the law" not in lines(full)
    assert settings_pairs(drawn, ENGLISH).pairs != settings_pairs(full, ENGLISH).pairs
    document = describe_plan(drawn)
    assert document["settings"]["uncertain"] is True
    assert describe_plan(full)["settings"]["uncertain"] is False


def test_without_a_band_nothing_is_said_of_it() -> None:
    assert "law's" not in lines(solved(law_range=None)).replace("the law's constants are assumptions", "")


def test_quiet_sectors_share_a_line() -> None:
    data = town().model_dump(mode="json")
    data["sectors"] += [{"id": f"park-{i}", "name": f"Park {i}", "x": 9.0 + i, "y": 9.0} for i in (1, 2)]
    text = lines(solved(Instance.model_validate(data, context=SHAPE_ONLY)))
    assert "Quiet throughout: Park 1, Park 2." in text
    assert "Nobody is placed and no gathering is expected at: Park 1, Park 2." in text


def test_flattery_is_owned_up_to() -> None:
    base = solved()
    fresh = base.evaluation.objective
    assert "The first flattered the plan by 1.00." in lines(replace(base, planning_objective=fresh - 1.0))
    assert "No flattery shown." in lines(replace(base, planning_objective=fresh + 1.0))


def test_bug_a_unit_whose_loss_cost_twice_what_the_plan_loses_was_told_in_an_explanation_only() -> None:
    plan = solved()
    loss = plan.evaluation.loss.mean
    most, some = Interval(2.2 * loss, 1.1 * loss, 200, 99), Interval(0.9 * loss, 0.1 * loss, 200, 99)
    margins = [Margin("kpu", "rope", -1, most, held=False, why=""), Margin("kpu", "care", -1, some, held=False, why="")]
    text = lines(replace(plan, margins=tuple(margins)))
    assert text.count("Cannot be spared") == 1
    assert text.count("fewer costs +") == 1, "whatever costs less than the plan loses is told at its place"
    short = replace(margins[0], change=replace(most, half=1.3 * loss))
    assert "Cannot be spared" not in lines(replace(plan, margins=(short,)))


def test_plan_without_history_or_alternatives_is_shown() -> None:
    text = lines(solved(history=(), alternatives=(), margins=(), law_range=None))
    assert "AGAINST OTHER PLANS" not in text
    assert "read them as a direction" not in text
    assert "40 deployments compared; seed 1" in text


def test_empty_scenario_says_that_nothing_happens() -> None:
    instance = town(gatherings=[], triggers=[])
    instance = instance.altered(**{"sectors": tuple(s.altered(critical=()) for s in instance.sectors)})
    text = paper(simulation_sections(rehearse(instance, Deployment(instance="town"), scenarios=3)))
    assert "Nothing happens." in text
    assert "Quiet throughout: Terminal, KPU, Mall." in text


def test_sources_are_counted() -> None:
    real, parts = count_sources(town())
    assert real == 0
    data = town().model_dump(mode="json")
    data["teams"][0]["source"] = "list of the staff"
    data["sectors"][0]["public"] = {"value": 10, "source": "a count"}
    assert count_sources(Instance.model_validate(data, context=SHAPE_ONLY)) == (2, parts + 1)


def unusual() -> Instance:
    """Build the town with far too many people, who stay longer than the operation lasts."""
    data = town().model_dump(mode="json")
    data["gatherings"][0]["turnout"] = 80_000
    data["gatherings"][0]["itinerary"][-1]["stay"] = 1000
    return Instance.model_validate(data, context=SHAPE_ONLY)


def test_bug_what_is_unusual_and_what_the_end_cuts_off_was_not_said() -> None:
    told = lines(solved(unusual()))
    assert "Warnings " in told
    assert "80,000 people are expected" in told
    assert "Not counted The day is simulated until 03:00; what comes later is not counted" in told
    calm = lines(solved())
    assert "Warnings " not in calm
    assert "Not counted" not in calm


def test_the_document_and_the_report_say_it_too() -> None:
    from optimiser.output.write import describe_plan, write_report

    solution = solved(unusual())
    document = describe_plan(solution)
    assert "turnout" in [caution["code"] for caution in document["warnings"]]
    assert "simulated until 03:00" in str(document["not_counted"])
    page = write_report(solution).decode()
    assert "80,000 people are expected" in page
    assert "what comes later is not counted" in page
    calm = describe_plan(solved())
    assert (calm["warnings"], calm["not_counted"]) == ([], None)


def test_bug_the_plan_told_of_no_relief_after_the_operation_which_its_own_log_has() -> None:
    instance = read("oku-recap-330")
    plan = Deployment.build(instance, {("kpu", "dalmas-awal-regu"): 2}, {})
    for every in (240.0, 0.0):
        doctrine = instance.doctrine.model_copy(update={"relief_every": every})
        changed = instance.model_copy(update={"doctrine": doctrine})
        late = [event for event in rehearse(changed, plan).events if event.kind == "relief" and event.minute >= 600.0]
        assert bool(late) == ("relieved as before" in tell_overtime(changed, ENGLISH)) == (every > 0.0)


def test_bug_an_alternative_with_equal_figures_made_the_plan_better_in_no_draw_at_all(full: Solution) -> None:
    """The plan is not worse than one that loses the same in every draw, and neither is it better."""
    found = full.law_range
    assert found is not None
    one = replace(found.differences[0], equal=0.0)
    tied = replace(one, band=Band(0.0, 0.0), lower=0.0, better=0.0, worse=0.0, equal=1.0)
    others = found.differences[1:]
    some = lines(replace(full, law_range=replace(found, differences=(tied, *others))))
    assert "Alternatives that lose the same in every draw are left out." in some
    assert "each alternative in 55 % of them" in some
    assert re.search(r"the same in every draw\s*$", some, re.MULTILINE)
    every = lines(replace(full, law_range=replace(found, differences=(tied,) * len(found.differences))))
    assert "no alternative loses more or less" in every
    assert "has a lower loss than each alternative" not in every


@pytest.mark.parametrize(("plan_minus_it", "said"), [(-50.0, "It is shown to lose more"), (50.0, "It may stay")])
def test_it_is_said_whether_the_historical_plan_may_stay(plan_minus_it: float, said: str) -> None:
    solution = solved()
    *others, past = solution.alternatives
    against = replace(past.against, loss=Interval(plan_minus_it, 1.0, 50, 40))
    kept = replace(past, verdict=solution.verdict, against=against)
    section = alternatives_section(replace(solution, alternatives=(*others, kept)), ENGLISH)
    assert said in str(section.blocks)
    assert "may stay" not in str(alternatives_section(solution, ENGLISH).blocks)  # it breaks a rule


def test_bug_settings_told_another_number_of_scenarios_than_the_claim(full: Solution) -> None:
    asked, english, indonesian = full.settings.scenarios, language("en"), language("id")
    assert dict(settings_pairs(full, english).pairs)["Planning scenarios"] == asked
    for used in (16, 4 * asked):
        grown = replace(full, certificate=replace(full.certificate, scenarios=used))
        said = dict(settings_pairs(grown, english).pairs)["Planning scenarios"]
        assert said == f"{asked} asked for; the plan was chosen on {used}"
        said = dict(settings_pairs(grown, indonesian).pairs)["Skenario perencanaan"]
        assert said == f"{asked} diminta; rencana dipilih pada {used}"
