"""Requests to score observed days or to learn from them: logs as tables, an exercise, and what a worker takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.files.logs.read import parse_log
from optimiser.files.plan_origin import WORKBOOK_KEY, decode_base64
from optimiser.files.plan_tables.sheets import CSV, WORKBOOK
from optimiser.model.instance import Instance
from optimiser.model.observed_log import Observation, ObservedDay, ObservedLog
from optimiser.model.values.base import Model
from optimiser.operation.calibration.posterior import DRAWS
from optimiser.operation.exercise.document import parse_exercise
from optimiser.operation.exercise.draws import Draws
from optimiser.operation.score.score import DAYS
from optimiser.web.bodies.fields import Chosen, Document, Given, PlanGiven, Seed

LogGiven = Annotated[
    dict[str, Any] | Annotated[str, Field(max_length=5_000_000)],
    Field(description='a log as CSV text; or {"workbook": ...}, an .xlsx file in base64'),
]


class ScoreRequest(Model):
    """Observed days of a deployment to be scored."""

    instance: Given
    deployment: PlanGiven
    logs: Annotated[list[LogGiven], Field(min_length=1, max_length=50, description="one or several, for a trend")]
    exercise: Annotated[Document | None, Field(description="that was played, see /v1/schemas/exercise")] = None
    days: Annotated[int, Field(ge=20, le=20_000, strict=True, description="simulated days to compare with")] = DAYS
    law: Chosen = "facilitation"


class CalibrateRequest(Model):
    """Observed days of a deployment to learn the constants of the law from."""

    instance: Given
    deployment: PlanGiven
    logs: Annotated[list[LogGiven], Field(min_length=1, max_length=100, description="each of one day or several")]
    draws: Annotated[int, Field(ge=100, le=2000, strict=True, description="of the constants that are kept")] = DRAWS
    seed: Seed = 1
    law: Chosen = "facilitation"


@dataclass(frozen=True)
class Observed:
    """What was observed, and what befell the players by an exercise; None where there was none."""

    logs: tuple[ObservedLog, ...]
    draws: Draws | None

    def pack(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        draws = None if self.draws is None else self.draws.model_dump(mode="json")
        return {"logs": [asdict(log) for log in self.logs], "draws": draws}

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> Observed:
        """Return what was packed."""
        draws = None if data["draws"] is None else Draws.model_validate(data["draws"])
        return cls(tuple(_unpack_log(log) for log in data["logs"]), draws)


def _unpack_log(data: Mapping[str, Any]) -> ObservedLog:
    days = (
        ObservedDay(day["name"], tuple(Observation(**row) for row in day["rows"]), day["complete"])
        for day in data["days"]
    )
    return ObservedLog(tuple(days))


def read_observed(values: dict[str, Any], instance: Instance, faults: list[Fault]) -> Observed | None:
    """Take logs and exercise out of the values of a request; None where there are faults, which are noted.

    Parameters
    ----------
    faults : noted with the place of the log before theirs.
    """
    before, logs = len(faults), []
    for number, sent in enumerate(values.pop("logs")):
        try:
            logs.append(_parse_sent_log(sent, "log", instance))
        except InputFault as refused:
            faults += [replace(fault, place=f"logs[{number}].{fault.place}") for fault in refused.faults]
    draws, document = None, values.pop("exercise", None)
    if document is not None:
        try:
            exercise = parse_exercise(document, "exercise")
            draws = exercise.draws
            if exercise.instance.sha256 != instance.fingerprint():
                expected = Message("an exercise of '{name}' as it is now", name=instance.name)
                found = Message("one of '{name}' as it was then", name=exercise.instance.name)
                faults.append(make_fault("unknown-instance", "exercise", found, expected, Message("make it anew")))
        except InputFault as refused:
            faults += [replace(fault, place=f"exercise.{fault.place}") for fault in refused.faults]
    return None if len(faults) > before else Observed(tuple(logs), draws)


def _parse_sent_log(sent: Any, source: str, instance: Instance) -> ObservedLog:
    if isinstance(sent, str):
        return parse_log(sent.encode("utf-8", "replace"), f"{source}{CSV}", instance)
    return parse_log(decode_base64(sent.get(WORKBOOK_KEY), source), f"{source}{WORKBOOK}", instance)
