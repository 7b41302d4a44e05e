"""What a planner would do by hand: three simple rules, the first candidates and the rivals of every optimised plan.

A rule (`rules`) looks at the people who are expected (`expected`) and at how strong lines are before them (`lines`),
and writes down unit after unit in a draft (`draft`), which keeps the books of what is left and ends as the nearest
feasible deployment. Nothing is simulated and nothing drawn: the same instance gives the same deployments.
"""

from optimiser.planning.search.hand_rules.draft import NODES
from optimiser.planning.search.hand_rules.expected import (
    accompanied_crowd,
    expected_active,
    expected_crowd,
    expected_risk,
)
from optimiser.planning.search.hand_rules.rules import candidates, greedy, proportional, risk_first

__all__ = [
    "NODES", "accompanied_crowd", "candidates", "expected_active", "expected_crowd", "expected_risk", "greedy",
    "proportional", "risk_first",
]  # fmt: skip
