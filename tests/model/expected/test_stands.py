"""Papers say where units that move stand, and when: as the simulation has them, where nothing is left to chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from support.along_day import day, march
from support.moving_instances import SECTORS, draw_moving

from optimiser.files.examination.moving import find_moving_cautions
from optimiser.model.deployment import Deployment
from optimiser.model.expected.stands import list_stands
from optimiser.model.expected.visits import list_visits
from optimiser.model.instance import Instance
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import simulate

CERTAIN = {"chance": 1.0, "comes_as": "green", "tension": 0.0, "tension_spread": 0.0, "turnout_spread": 0.0}
CERTAIN |= {"late": 0.0, "groups": 3, "liaison": True, "regroup": 0.0, "ends_if_received": 0.0}
Steps = list[tuple[str, float, float]]  # where to, minute of setting out, minute at which they have formed up


def draw_legs(rng: random.Random, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw legs of all kinds, with clocks that may strike before, while or long after their units are there."""
    legs: list[dict[str, Any]] = []
    minute = rng.choice([2, 3, 9, 33])
    for _ in range(rng.choice([2, 3, 4, 5])):
        kind, until = rng.random(), f"{13 + minute // 60:02d}:{minute % 60:02d}"
        if kind < 0.45:
            legs.append({"sector": rng.choice(SECTORS), "until": until})
            if rng.random() < 0.4:
                legs[-1]["until_left"] = rng.choice(data["gatherings"])["id"]
        elif kind < 0.65:
            legs.append({"post": rng.choice(data["posts"])["id"], "until": until})
        else:
            legs.append({"gathering": rng.choice(data["gatherings"])["id"]})
            legs[-1] |= {"until": until} if rng.random() < 0.7 else {}
        minute += rng.choice([1, 6, 13, 29, 61])
    for name in ("until", "until_left"):
        legs[-1].pop(name, None)
    if all("post" in leg for leg in legs):
        legs[0] = {"sector": "s0", "until": legs[0]["until"]}
    return legs


def certain_days(first: int, count: int) -> Iterator[tuple[Instance, dict[str, Any]]]:
    """Draw instances on whose days people come by their mean times and nobody is angry, with the ways drawn."""
    for number in range(first, first + count):
        rng = random.Random(number)
        data = draw_moving(rng).model_dump(mode="json", exclude_none=True)
        for gathering in data["gatherings"]:
            gathering.update(CERTAIN, arrival_spread=rng.choice([0.0, 15.0]))
        for sector in data["sectors"]:
            sector.pop("official", None)
        for team in data["teams"]:
            team.pop("available", None)
        for post in data["posts"]:
            post["x"] = 1.0
        if rng.random() < 0.4:
            closed = {"a": "s0", "b": "s1", "start": "13:30", "end": rng.choice(["14:00", "16:00"])}
            data["travel"]["closures"] = [closed]
        legs = draw_legs(rng, data)
        data |= {"accompaniments": [], "pins": [], "triggers": [], "law": {"worsen_green": 0.0}}
        data["doctrine"]["relief_every"] = 0.0
        data["movements"] = [{"id": "m", "name": "M", "staging_capacity": 500, "legs": legs}]
        instance = Instance.model_validate(data)
        first_ways = np.cumsum([0, *(len(g.ways) for g in instance.gatherings)])
        drawn = np.atleast_1d(draw(instance, number, 1)[0].route)
        ways = {g.id: g.ways[int(drawn[i] - first_ways[i])] for i, g in enumerate(instance.gatherings)}
        yield instance, {"number": number, "ways": ways}


def told(instance: Instance, number: int) -> Steps | None:
    """List what the units do on a simulated day, None where there is disorder after all."""
    plan = Deployment.build(instance, {("m", instance.teams[0].id): 1}, {})
    _, events = simulate(instance, plan, draw(instance, number, 1)[0])
    if any(e.kind == "phase" and e.what in ("yellow", "red") for e in events):
        return None
    mine = [e for e in events if e.kind in ("moves", "moved") and e.what == "m"]
    return [
        (sent.other, sent.minute, come.minute)
        for sent, come in zip(mine[::2], mine[1::2], strict=False)
        if come.minute < instance.period.minutes
    ]


def assert_papers_tell_the_day(days: Iterator[tuple[Instance, dict[str, Any]]]) -> tuple[int, int]:
    compared = steps = 0
    for instance, about in days:
        movement = instance.movements[0]
        seen = told(instance, about["number"])
        if seen is None:
            continue
        stands = list_stands(instance, movement, ways=about["ways"])
        paper = [(stand.sector, stand.sent, stand.formed) for stand in stands[1:]]
        assert [step[0] for step in paper] == [step[0] for step in seen], (about["number"], movement.legs)
        assert np.array([step[1:] for step in paper]) == pytest.approx(np.array([step[1:] for step in seen])), about
        for before, after in pairwise(stands):
            assert before.formed <= before.left == after.sent
        compared, steps = compared + 1, steps + len(seen)
    return compared, steps


def test_bug_papers_had_units_at_places_and_times_that_the_simulation_does_not_have() -> None:
    compared, steps = assert_papers_tell_the_day(certain_days(0, 120))
    assert compared > 80
    assert steps > 80


@pytest.mark.long
def test_papers_tell_thousands_of_days_without_disorder() -> None:
    compared, steps = assert_papers_tell_the_day(certain_days(1_000, 6_000))
    print(f"days {compared:,}, steps {steps:,}")
    assert compared > 4_000


def test_bug_a_stand_ended_before_it_began() -> None:
    """Units wait for a window at 17:00; a crowd that does not come would have left their sector at 14:10."""
    never = march(chance=0.0, itinerary=[{"sector": "mall", "stay": 40.0}]) | {"id": "never", "name": "Never"}
    stops = [{"sector": "terminal", "stay": 40.0}, {"sector": "kpu", "stay": 40.0}]
    legs = [{"sector": "mall", "until": "18:30", "until_left": "never"}, {"sector": "kpu"}]
    sectors = [one.model_dump(mode="json", exclude_none=True) for one in day().sectors]
    for sector in sectors:
        sector["critical"] = [{"name": "w", "start": "17:00", "end": "18:00"}] if sector["id"] == "mall" else []
    movement = {"id": "m", "name": "M", "legs": legs}
    crowds = [march(itinerary=stops), never]
    instance = day(accompaniments=[], movements=[movement], gatherings=crowds, sectors=sectors)
    first, second = list_stands(instance, instance.movements[0])
    assert first.formed == first.left == second.sent == 70.0
    assert not [caution for caution in find_moving_cautions(instance) if caution.code == "never-left"]


def test_bug_people_who_were_there_all_day_were_said_to_be_gone_before_units_came() -> None:
    """The clock of the second leg strikes while its units are with the march: that leg is left out."""
    long = march(itinerary=[{"sector": "mall", "stay": 400.0}]) | {"id": "long", "name": "Long"}
    short = march(itinerary=[{"sector": "kpu", "stay": 200.0}], arrival_spread=0.0)
    legs = [{"gathering": "march"}, {"gathering": "long", "until": "15:00"}, {"sector": "terminal"}]
    instance = day(accompaniments=[], movements=[{"id": "m", "name": "M", "legs": legs}], gatherings=[short, long])
    assert [stand.sector for stand in list_stands(instance, instance.movements[0])] == ["kpu", "terminal"]
    (caution,) = find_moving_cautions(instance)
    assert caution.place.endswith("legs[1].until")
    assert str(caution.found) == "'Long' is left out by the units of 'M': the time there is over before"


def test_bug_a_crowd_was_said_to_march_on_to_a_stop_that_it_gives_up() -> None:
    stops = [{"sector": name, "stay": 60.0} for name in ("terminal", "kpu", "mall")]
    shut = {"closures": [{"a": "terminal", "b": "kpu"}]}
    data = day(accompaniments=[]).travel.model_dump(mode="json", exclude_none=True) | shut
    visits = list_visits(day(accompaniments=[], gatherings=[march(itinerary=stops)], travel=data))
    assert [(visit.sector, visit.onward) for visit in visits] == [("terminal", "mall"), ("mall", "")]
