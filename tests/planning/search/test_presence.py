"""The whole search under rules of presence, against every deployment."""

from __future__ import annotations

from itertools import islice

import pytest
from support.enumeration import instances, values

from optimiser.common.progress import Watcher
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.planning.magnitude import relative_gap
from optimiser.planning.programs.requirements import Frame
from optimiser.planning.search.loop import search
from optimiser.planning.search.stop_rules import after_replications
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "kinds"),
    [
        (0, {"joined": False}),
        pytest.param(300, {"joined": True}, marks=pytest.mark.long),
        pytest.param(600, {"joined": True, "accompanied": True}, marks=pytest.mark.long),  # and so is who moves as well
        (900, {"joined": True, "accompanied": True, "moving": True}),
    ],
    ids=["apart", "joined", "accompanied", "moving"],
)
@pytest.mark.parametrize(("many", "least"), [(4, 1), pytest.param(12, 8, marks=pytest.mark.long)])
def test_what_is_claimed_holds_against_every_deployment(
    first: int, kinds: dict[str, bool], many: int, least: int
) -> None:
    """No bound above the best of all, no value below it, no plan that breaks a rule, and small problems are closed."""
    proved = ruled = 0
    some = (case for case in instances(first, attended=True, **kinds) if 1 < len(case[2]) <= 500)
    for number, instance, plans in islice(some, many):
        ruled += any(r.code.startswith("presence") for r in Frame.of(instance).requirements)
        scenarios = draw(instance, number, 3)
        start = {"any": Deployment.of_numbers(instance, plans[number % len(plans)])}
        with Simulator(instance) as simulator:
            found = search(simulator, scenarios, start, after_replications(600), Watcher())
            worth = values(simulator, plans, scenarios)
        slack = 1e-9 * max(1.0, worth.min())
        assert found.bound <= worth.min() + slack
        assert worth.min() - slack <= found.value <= worth[number % len(plans)] + slack
        assert check(instance, found.deployment).passed
        proved += relative_gap(found.value, found.bound) == 0.0
    assert ruled > least
    assert proved > many // 12
