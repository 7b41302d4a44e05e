"""Bodies of requests, read as strictly as files are, with all faults at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import FILE, make_fault
from optimiser.common.language import Code
from optimiser.common.message import Message
from optimiser.common.parsing import check_size, cut, decode, parse_text
from optimiser.files.apply_whatif import apply
from optimiser.files.plan_origin import is_table, parse_plan
from optimiser.files.read import GROUPS, instances_folder, parse, parse_deployment, read, shipped
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.synthetic import town as synthetic
from optimiser.model.admission import demand, playable
from optimiser.model.deployment import Deployment
from optimiser.model.expected.mean_day import MeanDay
from optimiser.model.instance import Instance
from optimiser.model.values.base import Model
from optimiser.model.values.field_faults import list_field_faults
from optimiser.model.whatif import WhatIf
from optimiser.operation.exercise.crowd import PLAYERS
from optimiser.operation.exercise.exercise import HARD, SCENARIOS
from optimiser.operation.exercise.themes import ThemeName
from optimiser.output.documents.schemas.publish import JobKind
from optimiser.questions.firmness import WITHIN
from optimiser.questions.presence import demand_rules
from optimiser.web.board.saved_boards import BoardRequest
from optimiser.web.bodies.fields import (
    Budget,
    Chosen,
    ExportFile,
    Given,
    PlanGiven,
    Planning,
    Reporting,
    Seconds,
    Seed,
    Uncertain,
)
from optimiser.web.bodies.observed import CalibrateRequest, Observed, ScoreRequest, read_observed
from optimiser.web.bodies.screens import (
    BaseMapRequest,
    BlankRequest,
    DayRequest,
    DaysRequest,
    ReadRequest,
    ShownRequest,
    StripsRequest,
)

BODY = "body"  # what faults call what was sent
KEPT = 8  # instances that were sent last; assumed: as many districts and what-ifs as are worked on at once
_Part = TypeVar("_Part")
_Request = TypeVar("_Request", bound=Model)


class PlanRequest(Model):
    """A plan to be made."""

    instance: Given
    seed: Seed = 1
    scenarios: Planning = 1000
    reporting: Reporting | None = None
    budget: Budget | None = None
    seconds: Seconds | None = None
    solver: Literal["highs", "cbc"] = "highs"
    law: Chosen = "facilitation"
    uncertain: Uncertain = False


class SimulateRequest(Model):
    """A deployment to be simulated; a planner's hand rule makes it where none is sent."""

    instance: Given
    deployment: PlanGiven | None = None
    seed: Seed = 1
    scenario: Annotated[int, Field(ge=0, lt=20_000, strict=True, description="which one to tell event by event")] = 0
    scenarios: Annotated[int, Field(ge=0, le=20_000, strict=True, description="how many to evaluate besides")] = 0
    law: Chosen = "facilitation"


class WhatIfRequest(Model):
    """A what-if about a plan; it is planned first where none is sent."""

    instance: Given
    whatif: Annotated[dict[str, Any], Field(description="see /v1/schemas/whatif")]
    deployment: PlanGiven | None = None
    seed: Seed = 1
    scenarios: Planning = 1000
    reporting: Reporting | None = None
    budget: Budget = 80_000
    seconds: Seconds | None = None
    law: Chosen = "facilitation"
    uncertain: Uncertain = False


class CompareRequest(Model):
    """Deployments to be simulated on the same scenarios; each is paired with the first one."""

    instance: Given
    deployments: Annotated[list[PlanGiven], Field(min_length=2, max_length=10)]
    seed: Seed = 1
    scenarios: Reporting | None = None
    law: Chosen = "facilitation"


class PresenceRequest(Model):
    """Rules of presence to be priced; a plan that keeps them is made first where none is sent."""

    instance: Given
    deployment: PlanGiven | None = None
    seed: Seed = 1
    scenarios: Planning = 1000
    reporting: Reporting | None = None
    budget: Annotated[Budget | None, Field(description="of each search; a fifth of that of a plan if left out")] = None
    law: Chosen = "facilitation"


class FirmRequest(Model):
    """Placements to be told firm or negotiable; a plan is made first where none is sent."""

    instance: Given
    deployment: PlanGiven | None = None
    within: Annotated[
        float, Field(ge=0.0, le=0.5, strict=True, description="share that a plan about as good may lose more")
    ] = WITHIN
    seed: Seed = 1
    scenarios: Annotated[Planning, Field(description="of each set that plans are judged on")] = 1000
    budget: Annotated[Budget | None, Field(description="of each search; a fifth of that of a plan if left out")] = None
    law: Chosen = "facilitation"


class ExerciseRequest(Model):
    """An exercise of a deployment, written and played again."""

    instance: Given
    deployment: PlanGiven
    themes: Annotated[tuple[ThemeName, ...], Field(max_length=20, description="all that can be trained if none")] = ()
    hard: Annotated[float, Field(ge=0.0, le=1.0, strict=True, description="share of days that are no harder")] = HARD
    players: Annotated[int, Field(ge=1, le=100_000, strict=True, description="role-players of the crowd")] = PLAYERS
    seed: Seed = 1
    scenarios: Reporting = SCENARIOS
    law: Chosen = "facilitation"


class CheckRequest(Model):
    """A deployment to be checked against every rule."""

    instance: Given
    deployment: PlanGiven


class EstimateRequest(Model):
    """Deployments to be simulated on the same scenarios, answered at once; each is paired with the first one."""

    instance: Given
    deployments: Annotated[list[PlanGiven], Field(min_length=1, max_length=4)]
    seed: Seed = 1
    scenarios: Reporting = 2000
    law: Chosen = "facilitation"


class ExportRequest(Model):
    """A file of a deployment, as the command line writes it."""

    instance: Given
    deployment: PlanGiven
    file: ExportFile
    seed: Seed = 1
    scenarios: Annotated[
        int, Field(ge=0, le=20_000, strict=True, description="that figures on orders come from; none without figures")
    ] = 0
    draft: Annotated[bool, Field(description="orders of a deployment that breaks a rule, marked as a draft")] = False
    law: Chosen = "facilitation"


class MapRequest(ShownRequest):
    """A deployment to be drawn on the map, with shares of days in yellow and red where scenarios are asked for."""

    scenarios: Annotated[int, Field(ge=0, le=20_000, strict=True, description="none for a map without shares")] = 0
    width: Annotated[int, Field(ge=300, le=2000, strict=True, description="px")] = 720


REQUESTS: dict[JobKind, type[Model]] = {
    "plan": PlanRequest,
    "simulate": SimulateRequest,
    "whatif": WhatIfRequest,
    "compare": CompareRequest,
    "presence": PresenceRequest,
    "firm": FirmRequest,
    "exercise": ExerciseRequest,
    "score": ScoreRequest,
    "calibrate": CalibrateRequest,
}


ANSWERED: tuple[type[Model], ...] = (  # at once, without a job
    *(CheckRequest, EstimateRequest, DayRequest, DaysRequest, StripsRequest, MapRequest, ReadRequest, BoardRequest),
    *(BlankRequest, ExportRequest, BaseMapRequest),
)


@dataclass(frozen=True)
class JobRequest:
    """A request, read whole.

    Attributes
    ----------
    numbers : the fields that are none of the others.
    observed : days to be scored, or learned from.
    """

    instance: Instance
    deployments: tuple[Deployment, ...]
    whatif: WhatIf | None
    numbers: Mapping[str, Any]
    observed: Observed | None = None

    def body(self) -> bytes:
        """Return what a worker needs besides the numbers, as JSON."""
        content = {
            "instance": self.instance.model_dump(mode="json"),
            "deployments": [deployment.model_dump(mode="json") for deployment in self.deployments],
            "whatif": self.whatif.model_dump(mode="json") if self.whatif else None,
            "observed": self.observed.pack() if self.observed else None,
        }
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()

    @classmethod
    def of(cls, body: bytes, numbers: Mapping[str, Any]) -> JobRequest:
        """Read what `body` returned."""
        data = json.loads(body)
        whatif = WhatIf.model_validate(data["whatif"]) if data["whatif"] is not None else None
        deployments = tuple(Deployment.model_validate(d) for d in data["deployments"])
        observed = Observed.unpack(data["observed"]) if data.get("observed") else None
        return cls(parse(data["instance"]), deployments, whatif, numbers, observed)


def read_body(raw: bytes) -> Any:
    """Parse the body of a request.

    Raises
    ------
    InputFault : it is no JSON, too deep, or too long.
    """
    data = parse_text(decode(raw, BODY), ".json", BODY)
    check_size(data, BODY)
    return data


def read_request(model: type[_Request], data: Any) -> _Request:
    """Read a request as far as its own fields say.

    Raises
    ------
    InputFault : all faults.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = cut(list_field_faults(error.errors(include_url=False), model.model_json_schema()))
        raise InputFault(BODY, faults) from None


def parse_request(model: type[Model], data: Any, simulated: bool = True) -> JobRequest:
    """Read a request whole.

    Parameters
    ----------
    simulated : deployments are to be simulated, so everything that they name has to exist.

    Raises
    ------
    InputFault : all faults, of every part.
    Unplayable : a deployment names what the instance does not have.
    Forbidden : the deployment that is to be improved or asked about breaks a rule.
    """
    values = dict(read_request(model, data))
    faults: list[Fault] = []
    instance = _read_part(faults, "instance", lambda: resolve_instance(values.pop("instance")))
    deployments = _read_deployments(faults, values, instance)
    change = values.pop("whatif", None)
    whatif = None if change is None else _read_part(faults, "whatif", lambda: _one(parse_whatifs(change, BODY)))
    if instance is not None and not faults:
        for deployment in deployments if simulated else ():
            playable(instance, deployment)
        if whatif is not None:
            plan = deployments[0] if deployments else Deployment(instance=instance.name)
            _read_part(faults, "whatif", lambda: apply(instance, whatif, plan))
        if model is PresenceRequest:
            _read_part(faults, "instance", lambda: demand_rules(instance, next(iter(deployments), None)))
        if model is FirmRequest and deployments:
            demand(instance, deployments[0])
    logged = model in (ScoreRequest, CalibrateRequest) and instance is not None
    observed = read_observed(values, instance, faults) if logged and instance is not None else None
    if faults or instance is None:
        raise InputFault(BODY, cut(faults))
    return JobRequest(instance, deployments, whatif, values, observed)


def _read_deployments(faults: list[Fault], values: dict[str, Any], instance: Instance | None) -> tuple[Deployment, ...]:
    """Take the deployments out of the values of a request, one or many, and read them; faults are noted."""
    single = values.pop("deployment", None)
    documents = {} if single is None else {"deployment": single}
    documents |= {f"deployments[{n}]": one for n, one in enumerate(values.pop("deployments", ()))}
    read_ = [
        _read_part(faults, place, partial(_read_sent, document, instance)) for place, document in documents.items()
    ]
    return tuple(deployment for deployment in read_ if deployment is not None)


def _read_sent(sent: Any, instance: Instance | None) -> Deployment | None:
    """Read a deployment that was sent; a table waits for an instance that can be used."""
    if is_table(sent):
        return parse_plan(sent, instance, BODY)[0] if instance is not None else None
    return parse_deployment(sent, instance, BODY)


def resolve_instance(given: Any) -> Instance:
    """Read an instance from a document, or take a shipped or synthetic one; a name never leads to another file.

    Raises
    ------
    InputFault : all faults.
    """
    if not isinstance(given, str):
        return _parse_once(json.dumps(given))
    if any(given in shipped(group) for group in ("", *GROUPS)):
        return read(instances_folder() / f"{given}.toml")
    town = synthetic.Town.of(given.removeprefix("families/"))
    if town is not None:
        return parse(synthetic.town_values(town), BODY)
    expected = Message("an instance, or the name of a shipped one")
    raise InputFault(
        BODY, [make_fault("unknown-instance", FILE, given, expected, Message("look at /v1/instances for the names"))]
    )


@lru_cache(maxsize=KEPT)
def _parse_once(text: str) -> Instance:
    """Read an instance that a screen sends with every question; it never changes, nor does what is derived from it."""
    return parse(json.loads(text), BODY)


def tell_once(instance: Instance, code: Code) -> Instance:
    """Return an instance with its texts in a language; asked again, the same object and what rules derive from it."""
    return _tell(_Sent(instance), code).instance


class _Sent:
    """An instance, which is itself alone: comparing what two of them say would take longer than telling them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sent) and other.instance is self.instance

    def __hash__(self) -> int:
        return id(self.instance)


@lru_cache(maxsize=KEPT)
def _tell(sent: _Sent, code: Code) -> MeanDay:
    return MeanDay.of(sent.instance.told_in(code))


def _one(whatifs: tuple[WhatIf, ...]) -> WhatIf:
    if len(whatifs) == 1:
        return whatifs[0]
    fault = make_fault("too-many", "whatifs", whatifs, Message("one what-if"), Message("ask for each by itself"))
    raise InputFault(BODY, [fault])


def _read_part(faults: list[Fault], place: str, read_: Callable[[], _Part]) -> _Part | None:
    """Read a part; its faults are noted with the part's place before theirs."""
    try:
        return read_()
    except InputFault as refused:
        for fault in refused.faults:
            where = place if fault.place in (FILE, "") else f"{place}.{fault.place}"
            faults.append(Fault(fault.code, where, fault.found, fault.expected, fault.repair))
        return None
