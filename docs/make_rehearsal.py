"""Make the synthetic log of docs/score.md: ``python docs/make_rehearsal.py``.

It is a simulated day of oku-250 in which players take six minutes longer for whatever they do by the clock, written
down as people do: to the minute, in words, and not all of it. The plan is the best one known.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from optimiser.files.read import instances_folder, read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.observed_log import ObservedDay, ObservedLog
from optimiser.operation.score.reference import tell_days
from optimiser.output.documents.plan import dump
from optimiser.output.score.log_book import write_log_table
from optimiser.simulation.scenario import REPORTING, draw

FOLDER = Path(__file__).parent / "examples"
LATE = 6.0  # minutes
SEED, NUMBER = 2024, 2  # of the day
SAID = b"# synthetic: written from a simulated day by docs/make_rehearsal.py; no such rehearsal was held\r\n"
WRITTEN = (  # what the people of this rehearsal wrote down
    *("arrived", "contact", "waiting", "received", "refused", "phase", "lapis", "lintas", "steady", "asked", "sent"),
    *("came", "formed", "warned", "spraying", "evacuating", "evacuated", "process", "injured"),
)


def slow_down(instance: Instance) -> Instance:
    """Make the instance in which players are late."""
    doctrine, travel = instance.doctrine, instance.travel
    names = ("lapis", "lintas", "evacuation", "evacuation_protected")
    longer = {name: float(getattr(doctrine, name)) + LATE for name in names}
    return instance.replace(
        doctrine={**doctrine.model_dump(mode="json"), **longer},
        travel={**travel.model_dump(mode="json"), "form_up": float(travel.form_up) + LATE},
    )


def write_down(day: ObservedDay) -> ObservedDay:
    """Keep what people write, to the minute; first contacts are late too, and people are counted whole."""
    last = max(row.minute for row in day.rows if row.what == "phase")
    rows = []
    for row in day.rows:
        if row.what not in WRITTEN or (row.what == "formed" and row.note != "called"):
            continue
        minute = row.minute + LATE if row.what == "contact" else min(row.minute, last)
        number = None if row.number is None or not row.number else float(round(row.number))
        if row.what == "injured" and number is None:
            continue
        kept = row.note if row.what in ("process", "sent") else ""
        rows.append(replace(row, minute=minute, number=number, note=kept))
    named = replace(day, name="synthetic rehearsal", rows=tuple(rows), complete=False)
    return named.to_whole_minutes()


def main() -> None:
    """Write plan and log."""
    instance = read("oku-250")
    places = json.loads((instances_folder() / "best" / "oku-250.json").read_text(encoding="utf-8"))
    plan = {"format": "optimiser-deployment/1", "instance": instance.name, "title": "best plan known", "places": places}
    deployment = Deployment.model_validate(plan)
    slow = slow_down(instance)
    scenarios = draw(slow, SEED, NUMBER + 1, REPORTING).take(np.array([NUMBER]), np.ones(1))
    (day,) = tell_days(slow, deployment, scenarios)
    log = ObservedLog((write_down(day),))
    (FOLDER / "oku-250-plan.json").write_text(dump(plan), encoding="utf-8")
    (FOLDER / "oku-250-rehearsal.csv").write_bytes(SAID + write_log_table(log, instance))


if __name__ == "__main__":
    main()
