"""One team fewer and one more: the change is that of the joint simulation, and rules of the place are named."""

from __future__ import annotations

import numpy as np
import pytest
from support.town import posted, town

from optimiser.model.deployment import Deployment
from optimiser.planning.margins import Margin, measure_margins
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.simulation.scenario import draw_set
from optimiser.simulation.simulator import Simulator


def measure(**changes) -> dict[tuple[str, str, int], Margin]:
    instance = town(**changes)
    plan = posted(instance).numbers(instance)
    with Simulator(instance) as simulator:
        found = measure_margins(simulator, Rules(instance), plan, draw_set(instance, 3, 12, "margins"))
    return {(m.place, m.kind, m.by): m for m in found}


@pytest.fixture(scope="module")
def margins() -> dict[tuple[str, str, int], Margin]:
    return measure()


def test_a_margin_is_the_paired_change_of_the_joint_loss(margins) -> None:
    instance = town()
    plan = posted(instance).numbers(instance)
    fewer = plan.copy()
    fewer[1, 1] -= 1
    scenarios = draw_set(instance, 3, 12, "margins")
    with Simulator(instance) as simulator:
        losses = simulator.totals(np.stack([fewer, plan]), scenarios)
    found = margins["kpu", "rope", -1].change
    assert found is not None
    assert found.mean == pytest.approx((losses[0] - losses[1]).mean())
    assert found.mean != 0.0
    assert found.count == 12


def test_what_comes_along_does(margins) -> None:
    """One team at a sector without an officer brings one; taking the only officer away is a matter of the rule."""
    instance = town()
    plan = posted(instance).numbers(instance)
    more = plan.copy()
    more[2, 1] += 1
    more[2, [t.id for t in instance.teams].index("padal")] += 1
    with Simulator(instance) as simulator:
        losses = simulator.totals(np.stack([more, plan]), draw_set(instance, 3, 12, "margins"))
    found = margins["mall", "rope", 1].change
    assert found is not None
    assert found.mean == pytest.approx((losses[0] - losses[1]).mean())
    alone = margins["kpu", "padal", -1]
    assert alone.change is None
    assert "officer in charge of KPU" in alone.why


def test_whether_one_is_held_at_base_is_told(margins) -> None:
    assert margins["kpu", "talk", 1].held  # two of five are at base
    assert not margins["kpu", "rope", 1].held  # six of six are out


def test_a_rule_of_the_place_is_named() -> None:
    sectors = [s.model_dump() for s in town().sectors]
    sectors[1]["maximum"] = {"rope": 3}
    found = measure(sectors=sectors)["kpu", "rope", 1]
    assert found.change is None
    assert found.why == "at most 3 teams of Dalmas awal at KPU"


def test_an_empty_town_has_none() -> None:
    instance = town()
    with Simulator(instance) as simulator:
        plan = Deployment.build(instance, {}, {}).numbers(instance)
        assert measure_margins(simulator, Rules(instance), plan, draw_set(instance, 3, 2, "margins"), most=0) == ()


def test_who_goes_along_has_margins_and_those_of_sectors_stay_as_they_are(margins) -> None:
    along = {"id": "along", "name": "Along", "gathering": "march"}
    found = measure(accompaniments=[along])
    assert found["along", "talk", 1].change is not None
    assert found["along", "talk", 1].held
    for key, margin in margins.items():
        assert found[key].change == margin.change, key


@pytest.mark.parametrize("room", [True, False])
@pytest.mark.parametrize("place", ["along", "kpu"])
def test_bug_one_more_was_priced_that_a_stop_has_no_room_for(place: str, room: bool) -> None:
    """What moves with people, and what stands where they stop, share its room and the most of a role there."""
    along = {"id": "along", "name": "Along", "gathering": "march"}
    instance = town(accompaniments=[along])
    plan = posted(instance).numbers(instance)
    most = int(
        plan[1] @ [*(t.size for t in instance.teams), *(0 if v.crew_role else v.crew for v in instance.vehicles)]
    )
    sectors = [s.model_dump() for s in instance.sectors]
    sectors[1]["staging_capacity"] = most + (50 if room else 0)
    found = measure(sectors=sectors, accompaniments=[along])[place, "talk", 1]
    assert (found.change is not None) == room
    if not room:
        assert found.why.startswith(f"staging capacity of {most} heads at KPU, with those who come")
    sectors[1] |= {"staging_capacity": most + 50, "maximum": {"talk": int(plan[1, 0]) + room}}
    found = measure(sectors=sectors, accompaniments=[along])[place, "talk", 1]
    assert (found.change is not None) == room
    if not room:
        assert found.why.endswith("at KPU, with those who come there with people or as planned")


def test_bug_the_officer_of_who_moves_by_the_clock_could_not_go_without_a_word() -> None:
    """Its rule joins it with the sectors where it stands, and is no rule of its place alone."""
    legs = [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    instance = town(movements=[{"id": "m", "name": "M", "legs": legs}])
    plan = Deployment.build(instance, {("m", "rope"): 2, ("m", "padal"): 1}, {}).numbers(instance)
    with Simulator(instance) as simulator:
        found = measure_margins(simulator, Rules(instance), plan, draw_set(instance, 3, 2, "margins"))
    (alone,) = [margin for margin in found if (margin.place, margin.kind, margin.by) == ("m", "padal", -1)]
    assert alone.change is None
    assert alone.why.startswith("officer in charge of M, if anyone moves")
