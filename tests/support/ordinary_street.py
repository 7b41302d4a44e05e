"""One street with one crowd and whoever is sent there: what a law gives can be read off without a town around it."""

from __future__ import annotations

from typing import Any

from optimiser.files.role_library import shipped_roles
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.evaluation import Evaluation, evaluate
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

KINDS = {  # role and heads by kind of team
    "talk": ("negotiator", 3),
    "soft": ("dalmas-awal", 10),
    "shields": ("dalmas-lanjut", 10),
    "care": ("dokkes", 2),
}


def street(turnout: float, *, sector: Any = None, goal: Any = None, closures: Any = (), **gathering: Any) -> Instance:
    """Make a street of eight hours with a crowd that comes at nine, and a post with teams of every kind.

    Parameters
    ----------
    sector : fields of the street beside its place.
    goal : fields of a second place, a kilometre away; none where it is left out.
    """
    crowd = {
        "id": "crowd",
        "name": "Crowd",
        "turnout": turnout,
        "arrives": "09:00",
        "itinerary": [{"sector": "street", "stay": 120.0}],
        **gathering,
    }
    places = [{"id": "street", "name": "Street", "x": 0.0, "y": 0.0, **(sector or {})}]
    if goal is not None:
        places.append({"id": "goal", "name": "Goal", "x": 1.0, "y": 0.0, **goal})
    return Instance.model_validate(
        {
            "name": "street",
            "title": "A street",
            "period": {"start": "2024-08-20T08:00:00", "hours": 8.0},
            "cap": 10_000,
            "sectors": places,
            "posts": [{"id": "post", "name": "Post", "x": 0.0, "y": 1.0}],
            "roles": [role.model_dump(mode="json") for role in shipped_roles()],
            "teams": [
                {"id": kind, "name": kind, "role": role, "size": size, "count": 500, "home": "post"}
                for kind, (role, size) in KINDS.items()
            ],
            "travel": {"kind": "coordinates", "closures": list(closures)},
            "gatherings": [crowd],
            "doctrine": {"officer_per_sector": False},
        }
    )


def play(instance: Instance, count: int = 400, seed: int = 1, law: Any = None, **teams: int) -> Evaluation:
    """Simulate so many teams of each kind in the street."""
    plan = Deployment.build(instance, {("street", kind): n for kind, n in teams.items()}, {})
    with Simulator(instance, law) as simulator:
        return evaluate(simulator, plan, draw(instance, seed, count, REPORTING))
