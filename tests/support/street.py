"""One street, one crowd and what stands there: instances of one sector, built from a few numbers."""

from __future__ import annotations

from typing import Any

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

ALL = ["green", "yellow", "red"]
ROLES: tuple[dict[str, Any], ...] = (
    {
        "id": "soft",
        "phases": ["green", "yellow"],
        "containment": {"green": 1.0, "yellow": 0.5},
        "visibility": 0.05,
    },
    {
        "id": "shields",
        "phases": ["yellow", "red"],
        "containment": {"yellow": 1.2, "red": 0.8},
        "visibility": 1.0,
        "arrest": 0.05,
    },
    {"id": "talk", "phases": ALL, "dialogue": 1.0},
    {"id": "arrest", "phases": ["yellow", "red"], "arrest": 1.0, "containment": {"yellow": 0.2, "red": 0.2}},
    {"id": "medics", "phases": ALL, "medical": 1.5},
)
SIZES = {"soft": 10, "shields": 10, "talk": 3, "arrest": 5, "medics": 2}
DETERMINED = {"green": 0.9, "yellow": 1.0, "red": 1.0}


def street(
    people: float,
    tension: float,
    *,
    received: float | None = None,
    comes_as: str = "green",
    stay: float = 180.0,
    cannon: bool = False,
    sizes: dict[str, int] | None = None,
    sector: dict[str, Any] | None = None,
    crowd: dict[str, Any] | None = None,
    law: dict[str, float] | None = None,
    period: dict[str, Any] | None = None,
) -> Instance:
    """Build a sector where so many people come at 08:10, in three groups, and stay so many minutes.

    Parameters
    ----------
    received : minutes until an official receives the delegation; None if nobody does.
    cannon : whether there is a water cannon.
    sizes : heads of a team by role, where they are not those of `SIZES`.
    sector, crowd, period : further fields of each.
    """
    heads = {**SIZES, **(sizes or {})}
    official = {"name": "Member", "promised": received} if received is not None else {"name": "Member", "chance": 0.0}
    awc = {"id": "awc", "name": "AWC", "count": 1, "home": "post", "crew": 4, "water_cannon": True, "visibility": 5.0}
    awc |= {"seats": 0, "endurance": 8.0, "refill": 20.0, "containment": {"red": 10.0}}
    return Instance.model_validate(
        {
            "name": "street",
            "title": "A street",
            "period": {"start": "2024-01-01T08:00:00", "hours": 6.0, **(period or {})},
            "cap": 10_000,
            "sectors": [
                {
                    "id": "s",
                    "name": "Street",
                    "x": 0.0,
                    "y": 0.0,
                    "public": 50,
                    "property": 20.0,
                    "records": 40.0,
                    "official": official,
                    **(sector or {}),
                }
            ],
            "posts": [{"id": "post", "name": "Post", "x": 1.0, "y": 0.0, "staging_capacity": 5000}],
            "roles": [{**role, "name": role["id"]} for role in ROLES],
            "teams": [
                {"id": f"{k}-team", "name": k, "role": k, "size": n, "count": 1100, "home": "post"}
                for k, n in heads.items()
            ],
            "vehicles": [awc] if cannon else [],
            "gatherings": [
                {
                    "id": "crowd",
                    "name": "Crowd",
                    "turnout": people,
                    "turnout_spread": 0.0,
                    "arrives": "08:10",
                    "late": 0.0,
                    "tension": tension,
                    "itinerary": [{"sector": "s", "stay": stay}],
                    "comes_as": comes_as,
                    **(crowd or {}),
                }
            ],
            "doctrine": {"officer_per_sector": False, "lapis": 0.0, "lintas": 0.0, "order_red": 0.0},
            "law": law or {},
        }
    )


def stand(instance: Instance, **teams: int) -> Deployment:
    """Place so many teams of a role in the street, and the water cannon where there is one."""
    vehicles = {("s", v.id): 1 for v in instance.vehicles}
    return Deployment.build(instance, {("s", f"{role}-team"): n for role, n in teams.items()}, vehicles)


def play(instance: Instance, count: int = 400, **teams: int) -> Evaluation:
    """Evaluate what stands in the street on so many reporting scenarios."""
    with Simulator(instance) as simulator:
        return evaluate(simulator, stand(instance, **teams), draw(instance, 1, count, REPORTING))
