"""Strips of a deployment: the chance of each phase in each sector over the day."""

from __future__ import annotations

from typing import Any

from optimiser.model.deployment import Deployment
from optimiser.model.instance import PHASES, Instance
from optimiser.output.documents.instances import name_instance
from optimiser.output.words.events import chronicle
from optimiser.simulation.scenario import REPORTING, draw

FORMAT = "optimiser-strips/1"
DECIMALS = 4  # of a share; a scenario among 1,000 is still told


def describe_strips(
    instance: Instance, deployment: Deployment, seed: int = 1, scenarios: int = 200, law: str | None = None
) -> dict[str, Any]:
    """Describe how likely each phase is in each part of the day, where people come in any scenario.

    Parameters
    ----------
    seed, scenarios : which reporting scenarios are played.
    law : name of the law of escalation; the default one if None.
    """
    told = chronicle(instance, deployment, draw(instance, seed, scenarios, REPORTING), law=law)
    quiet = told.shares[:, :, PHASES.index("quiet")]
    visited = [s for s in range(len(instance.sectors)) if quiet[:, s].min() < 1.0 - 1e-9]
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "seed": seed,
        "scenarios": scenarios,
        "until": float(told.edges[-1]),
        "sectors": [
            {
                "id": instance.sectors[s].id,
                **{
                    phase: [round(float(share), DECIMALS) for share in told.shares[:, s, number]]
                    for number, phase in enumerate(PHASES)
                    if phase != "quiet"
                },
            }
            for s in visited
        ],
    }
