"""What does not belong together is refused with a sentence: a changed instance, another seed, another town's plan."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import posted
from support.town import town as loose_town

import optimiser
from optimiser import Deployment, InputFault, Instance, OptimiserError, Simulator, WhatIf, draw, read
from optimiser.common.errors import Mismatch
from optimiser.model.admission import Unplayable
from optimiser.model.instance import Gathering, Official, Sector, Trigger
from optimiser.questions.played_plan import rehearse
from optimiser.questions.resources import Resource, supply
from optimiser.simulation.scenario import PLANNING, REPORTING, Scenarios, draw_set, fingerprint

FEW = {"scenarios": 4, "reporting": 4, "budget": 50, "workers": 1}


def town() -> Instance:
    """Give the town with roles that have names of their own, as a file must."""
    data = loose_town().model_dump(mode="json")
    for part, field in (("roles", "id"), ("teams", "role"), ("vehicles", "escort_role"), ("vehicles", "crew_role")):
        for item in data[part]:
            item[field] = f"{item[field]}-role" if item[field] is not None else None
    return read(data)


def crowded(instance: Instance, factor: float = 3.0) -> Instance:
    """Let more people come."""
    gatherings = tuple(g.model_copy(update={"turnout": factor * g.turnout}) for g in instance.gatherings)
    return instance.replace(gatherings=gatherings)


def test_bug_a_change_after_drawing_was_lost() -> None:
    instance, plan = town(), posted(town())
    changed, old = crowded(town()), draw(town(), 1, 40, REPORTING)
    with Simulator(instance) as simulator:
        before = optimiser.evaluate(simulator, plan, old).objective
    with Simulator(changed) as simulator:
        with pytest.raises(Mismatch, match="draw them again of this instance"):
            optimiser.evaluate(simulator, plan, old)
        for play in (simulator.outcome, lambda d, s: simulator.losses([d], s)):
            with pytest.raises(Mismatch, match="not drawn of the instance 'town' as it is now"):
                play(plan, old)
        with pytest.raises(Mismatch):
            simulator.totals(plan.numbers(changed)[None], old)
        after = optimiser.evaluate(simulator, plan, draw(changed, 1, 40, REPORTING)).objective
    assert after > 2.0 * before
    with pytest.raises(Mismatch, match="not drawn"):
        optimiser.simulate(changed, plan, old[0])


def _same(one: Scenarios, two: Scenarios) -> bool:
    names = ("turnout", "first_group", "tension", "content", "received", "triggered")
    return one.families == two.families and all(np.array_equal(getattr(one, n), getattr(two, n)) for n in names)


def _variants(instance: Instance) -> list[Instance]:
    """Change everything that can be changed in it, one field at a time, each to another value that can be used."""
    found: list[Instance] = []
    parts: dict[str, type] = {"sectors": Sector, "gatherings": Gathering, "triggers": Trigger}
    for section, kind in parts.items():
        for number, part in enumerate(getattr(instance, section)):
            for field in kind.model_fields:
                found += _with(instance, section, number, {field: _other(getattr(part, field))})
            official = getattr(part, "official", None)
            for field in Official.model_fields if official is not None else ():
                changed = official.altered(**{field: _other(getattr(official, field))})
                found += _with(instance, section, number, {"official": changed})
    start = instance.period.altered(start=instance.period.start.replace(hour=12))
    return [*found, instance.altered(period=start), instance.altered(posts=instance.posts[:1])]


def _with(instance: Instance, section: str, number: int, values: dict[str, object]) -> list[Instance]:
    parts = list(getattr(instance, section))
    parts[number] = parts[number].altered(**values)
    return [instance.altered(**{section: tuple(parts)})]


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * 0.5 + 0.125
    if isinstance(value, str) and ":" in value:
        return "14:45"
    return f"{value}x" if isinstance(value, str) else 11.0 if value is None else value


def test_scenarios_have_another_fingerprint_exactly_where_they_would_be_others() -> None:
    instance = town()
    usual, told = draw(instance, 3, 30), 0
    for changed in _variants(instance):
        try:
            other = draw_set(changed, 3, 30, PLANNING)
        except (TypeError, AttributeError, ValueError):
            continue  # a value that no reader would have let through
        if not _same(usual, other):
            told += 1
            assert fingerprint(changed) != fingerprint(instance)
    assert told >= 15
    for same in (supply(instance, Resource("heads"), 80), instance.replace(title="x"), instance.replace(name="other")):
        assert fingerprint(same) == fingerprint(instance)
        assert _same(usual, draw(same, 3, 30))


def test_what_changes_no_scenario_may_go_on_with_those_drawn_before() -> None:
    instance, plan = town(), posted(town())
    scenarios = draw(instance, 1, 8)
    for changed in (supply(instance, Resource("heads"), 80), instance.replace(objective={"injury": 20.0})):
        with Simulator(changed) as simulator:
            now = optimiser.evaluate(simulator, plan, scenarios)
            assert np.array_equal(now.losses, optimiser.evaluate(simulator, plan, draw(changed, 1, 8)).losses)


def test_bug_evaluations_of_two_seeds_were_compared_as_if_paired() -> None:
    instance, plan = town(), posted(town())
    with Simulator(instance) as simulator:
        first = optimiser.evaluate(simulator, plan, draw(instance, 1, 6, REPORTING))
        assert (first.seed, first.group, first.fingerprint) == (1, "reporting", instance.fingerprint())
        for other in (draw(instance, 2, 6, REPORTING), draw(instance, 1, 6, PLANNING), draw(instance, 1, 5, REPORTING)):
            with pytest.raises(Mismatch, match="same scenarios") as refused:
                optimiser.compare(first, optimiser.evaluate(simulator, plan, other))
            assert "seed 1, set 'reporting', 6 scenarios" in str(refused.value)
    named = instance.replace(name="elsewhere")
    with Simulator(named) as simulator:
        there = optimiser.evaluate(simulator, posted(named), draw(named, 1, 6, REPORTING))
    with pytest.raises(Mismatch, match="'town' and 'elsewhere'"):
        optimiser.compare(first, there)
    assert optimiser.compare(first, there, across=True).loss.mean == 0.0
    crowd = crowded(instance)  # a change of the same instance is paired: that is what what-ifs do
    with Simulator(crowd) as simulator:
        more = optimiser.evaluate(simulator, plan, draw(crowd, 1, 6, REPORTING))
    assert optimiser.compare(more, first).loss.mean > 0.0


def _wrong_plans(instance: Instance) -> dict[str, Deployment]:
    plan = posted(instance).model_dump()
    moon = {**plan, "places": {**plan["places"], "moon": {"teams": {"rope": 1}}}}
    kind = {**plan, "places": {**plan["places"], "kpu": {"teams": {"unicorn": 1}}}}
    vehicle = {**plan, "places": {**plan["places"], "kpu": {"vehicles": {"tank": 1}}}}
    return {
        "elsewhere": Deployment.model_validate({**plan, "instance": "elsewhere"}),
        "moon": Deployment.model_validate(moon),
        "unicorn": Deployment.model_validate(kind),
        "tank": Deployment.model_validate(vehicle),
    }


@pytest.mark.parametrize("word", ["elsewhere", "moon", "unicorn", "tank"])
def test_bug_what_a_plan_names_and_the_instance_has_not_was_dropped(word: str) -> None:
    instance = town()
    wrong, scenarios = _wrong_plans(instance)[word], draw(instance, 1, 3)
    with Simulator(instance) as simulator:
        for play in (simulator.outcome, lambda d, s: simulator.losses([d], s)):
            with pytest.raises(Mismatch, match=word):
                play(wrong, scenarios)
        with pytest.raises(Mismatch, match=word):
            optimiser.evaluate(simulator, wrong, scenarios)
    for call in (
        lambda: optimiser.simulate(instance, wrong, scenarios[0]),
        lambda: optimiser.optimise(instance, extra={"mine": wrong}, **FEW),
        lambda: optimiser.apply(instance, WhatIf(changes=({"do": "keep", "place": "kpu"},)), wrong),
        lambda: wrong.table(instance),
        lambda: wrong.numbers(instance),
    ):
        with pytest.raises(Mismatch, match=word):
            call()
    with pytest.raises(Unplayable, match=word):
        rehearse(instance, wrong)
    verdict = optimiser.check(instance, wrong)  # whoever asks whether it fits is told, not stopped
    assert any(v.code == "unknown" and word in v.message for v in verdict.violations)


def test_bug_a_set_of_any_name_was_drawn() -> None:
    with pytest.raises(OptimiserError, match="'planning', 'reporting'"):
        draw(town(), 1, 5, group="foo")


def test_a_simulator_of_another_instance_is_refused_and_names_stay() -> None:
    from optimiser.questions.what_if.answer import whatif as answer_whatif

    instance, plan = town(), posted(town())
    whatif = WhatIf(changes=({"do": "heads", "cap": 90},))
    with Simulator(crowded(instance)) as other, pytest.raises(Mismatch, match="before it was changed"):
        answer_whatif(instance, plan, whatif, simulator=other, **FEW)
    copy = instance.replace(name="copy", title="A copy")
    with Simulator(instance) as simulator:
        answer = answer_whatif(copy, posted(copy), whatif, simulator=simulator, **FEW)
    names = {answer.instance.name, answer.changed.name, answer.deployment.instance, answer.before.played.instance.name}
    names |= {answer.kept.played.instance.name, answer.after.played.instance.name}
    assert names == {"copy"}


def test_bug_data_in_memory_went_round_the_checks() -> None:
    data = town().model_dump(mode="json")
    assert read(data) == town()
    wrong = {**data, "teams": [{**t, "home": "nowhere"} for t in data["teams"]]}
    late = {**data, "gatherings": [{**data["gatherings"][0], "arrives": "03:00"}]}
    for one, word in ((wrong, "nowhere"), (late, "time-outside")):
        with pytest.raises(InputFault, match=word):
            read(one)
        with pytest.raises(ValueError, match=word):
            Instance.model_validate(one)
        with pytest.raises(ValueError, match=word):
            Instance(**one)
        with pytest.raises(InputFault, match=word):
            town().replace(teams=one["teams"], gatherings=one["gatherings"])
        teams = tuple(t.model_copy(update={"home": "nowhere"}) for t in town().teams)
        gatherings = tuple(g.model_copy(update={"arrives": "03:00"}) for g in town().gatherings)
        parts = {"teams": teams} if word == "nowhere" else {"gatherings": gatherings}
        with pytest.raises(ValueError, match=word):
            town().model_copy(update=parts)
    with pytest.raises(ValueError, match="cap"):
        town().model_copy(update={"cap": -1})
    with pytest.raises(InputFault, match="whole number"):
        town().replace(cap=1.5)
    assert town().replace() == town()
    assert town().replace(cap=70).cap == 70


def test_ranges_and_sources_survive_a_replacement() -> None:
    instance = read("oku-250")
    again = instance.replace()
    assert again.fingerprint() == instance.fingerprint()
    assert again.model_dump(mode="json") == instance.model_dump(mode="json")


def test_bug_scenarios_could_be_altered_after_they_were_played() -> None:
    scenarios = draw(town(), 1, 4)
    for name in ("turnout", "first_group", "tension", "content", "received", "triggered"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(scenarios, name)[:] = 0
        with pytest.raises(ValueError, match="read-only"):
            getattr(scenarios.first(2), name)[:] = 0
