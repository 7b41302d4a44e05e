"""The whole search where gatherings are accompanied: against every deployment, and on a march with three stops."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from support.enumeration import instances, values
from support.town import town

from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs.neighbourhood import Rules
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.loop import search
from optimiser.planning.search.response_tables import interplay, tabulate_around
from optimiser.planning.search.stop_rules import after_replications
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

ALONG = [{"id": "a", "name": "A", "gathering": "march"}]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "moving"), [pytest.param(0, False, marks=pytest.mark.long), (2009, True)])
def test_what_is_claimed_holds_against_every_deployment(first, moving):
    """No bound above the best of all, no value below it, and small problems are closed at it."""
    proved = along = 0
    some = (case for case in instances(first, joined=True, accompanied=True, moving=moving) if 2 < len(case[2]) <= 250)
    for number, instance, plans in islice(some, 5):
        scenarios = draw(instance, number, 3)
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, start, after_replications(300), Watcher())
            worth = values(simulator, plans, scenarios)
        slack = 1e-9 * max(1.0, worth.min())
        assert found.bound <= worth.min() + slack
        assert worth.min() - slack <= found.value <= worth[number % len(plans)] + slack
        assert check(instance, found.deployment).passed
        proved += relative_gap(found.value, found.bound) == 0.0
        along += "a" in found.deployment.places
    assert proved > 1
    assert along > 0


def test_sectors_are_not_apart_where_units_accompany():
    assert "units accompany gatherings from sector to sector" in interplay(town(accompaniments=ALONG))
    assert "units accompany gatherings from sector to sector" not in interplay(town())


def test_sectors_are_not_apart_where_units_move():
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "mall"}]
    assert "units move from sector to sector" in interplay(town(movements=[{"id": "m", "name": "M", "legs": legs}]))
    assert "units move from sector to sector" not in interplay(town(accompaniments=ALONG))


def test_its_table_tells_what_more_or_fewer_who_go_along_change():
    instance = town(accompaniments=ALONG)
    centre = Deployment.build(instance, {("a", "rope"): 2, ("a", "padal"): 1}, {}).numbers(instance)
    scenarios = draw(instance, 2, 10)
    with Simulator(instance) as simulator:
        tables, base = tabulate_around(simulator, scenarios, centre, Rules(instance), np.array([4]))
        table = tables["a"]
        assert np.array_equal(table.numbers[0], centre[4])
        assert len(table.loss) > 5
        for row, delta in zip(table.numbers, table.loss, strict=True):
            changed = centre.copy()
            changed[4] = row
            assert np.array_equal(simulator.totals(changed[None], scenarios)[0] - base, delta)
        assert np.any(table.loss)


def test_the_search_sends_units_along_with_a_march_that_stops_everywhere():
    """Few lines for three stops: who goes along is at each of them in turn, who stands is idle for most of the day."""
    teams = [{**t, "count": 2 if t["id"] in ("rope", "talk") else t["count"]} for t in _data()["teams"]]
    apart, together = (town(teams=teams, reinforcements=[], accompaniments=some) for some in ([], ALONG))
    scenarios = draw(together, 1, 40)
    worth = []
    for instance in (apart, together):
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, candidates(instance), after_replications(20_000), Watcher())
        assert check(instance, found.deployment).passed
        worth.append(found.value)
    assert "a" in found.deployment.places
    assert worth[1] < worth[0]


def _data():
    return town().model_dump(mode="json")
