"""One case of a batch: a town, what is changed in it, a seed and how hard to look; and its result, made anywhere.

A case is known by its key, the sha256 of everything that decides its result: the instance's canonical bytes, the
what-if, the seed, the effort, and the version of the program with the hash of its source; a law of escalation of one's
own is a part of the program and of its version.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.common.version import program_version
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse
from optimiser.jobs.task import Task
from optimiser.model.deployment import Deployment
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import RULES, a, check_arguments, maybe
from optimiser.model.whatif import WhatIf
from optimiser.output.documents.plan import describe, dump, fingerprint, finite
from optimiser.planning.optimise import optimise
from optimiser.planning.programs.solver import SolverName
from optimiser.simulation.engine import EngineName
from optimiser.simulation.law_signature import sign

FORMAT = "optimiser-case/1"
PLAN = "plan"  # kind of the tasks that cases are


@dataclass(frozen=True)
class Effort:
    """How hard to look at a case; see `optimiser.optimise`.

    Attributes
    ----------
    scenarios, reporting : planning scenarios, and fresh ones that figures come from; twice as many if None.
    budget : joint replications of the search; by the size of the instance if None.
    seconds : wall time after which the search begins nothing new, None for no limit; a case that it cut is marked as
        not replayable.
    """

    scenarios: int = 500
    reporting: int | None = None
    budget: int | None = None
    seconds: float | None = None
    solver: SolverName = "highs"
    engine: EngineName = "auto"
    certify: bool = False

    def __post_init__(self) -> None:
        for name, value in check_arguments("Effort()", **vars(self)).items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Subject:
    """What cases are about: an instance, and the plan that was used there in reality if there is one.

    Attributes
    ----------
    name : what whoever listed it calls it, usually its file; plays no part in any result.
    """

    instance: Instance
    historical: Deployment | None = None
    name: str = ""

    def __post_init__(self) -> None:
        check_arguments("Subject()", {"historical": RULES["plan"]}, instance=self.instance, historical=self.historical)

    @cached_property
    def body(self) -> bytes:
        """The canonical bytes, ASCII."""
        past = self.historical
        content = {
            "instance": self.instance.model_dump(mode="json"),
            "historical": past.model_dump(mode="json") if past is not None else None,
        }
        return _canonical(content)

    @cached_property
    def mark(self) -> str:
        """Their sha256."""
        return hashlib.sha256(self.body).hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of the instance alone, as plans carry it."""
        return fingerprint(self.instance)

    @classmethod
    def of(cls, body: bytes) -> Subject:
        """Read what `body` gave."""
        data = json.loads(body)
        past = data["historical"]
        return cls(parse(data["instance"]), Deployment.model_validate(past) if past is not None else None)


@dataclass(frozen=True)
class Case:
    """A town to plan.

    Attributes
    ----------
    whatif : what is changed in the instance before it is planned; the historical plan is not shown then.
    law : of escalation; the default one if None. The folder keeps its name and signature, not the law itself: who goes
        on with the cases of a law has to give it again.
    """

    subject: Subject
    seed: int = 1
    whatif: WhatIf | None = None
    effort: Effort = field(default_factory=Effort)
    law: EscalationLaw | None = None

    def __post_init__(self) -> None:
        rules = {"subject": a(Subject), "whatif": maybe(a(WhatIf)), "effort": a(Effort)}
        for name, value in check_arguments("Case()", rules, **vars(self)).items():
            object.__setattr__(self, name, value)

    def task(self) -> Task:
        """Give the case as the ledger keeps it.

        Raises
        ------
        OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
        """
        whatif = self.whatif.model_dump(mode="json") if self.whatif is not None else None
        decides = {"seed": self.seed, "whatif": whatif, "effort": asdict(self.effort)}
        version = version_with(self.law)
        label = {
            "instance": self.subject.instance.name,
            "instance_sha256": self.subject.fingerprint,
            "source": self.subject.name or self.subject.instance.name,
            "law": self.law.name if self.law is not None and sign(self.law) else None,
        }
        return Task(
            make_key(decides, self.subject.mark, version), PLAN, {**decides, **label}, self.subject.mark, version
        )


def make_key(spec: Mapping[str, Any], mark: str, version: str) -> str:
    """Give the key of a case, given its spec, the mark of its input and the version that it is meant for."""
    decides = {name: spec[name] for name in ("seed", "whatif", "effort")}
    key = _canonical({"format": FORMAT, "input": mark, "version": version, **decides})
    return hashlib.sha256(key).hexdigest()


class Result(NamedTuple):
    """What came of a case.

    Attributes
    ----------
    content : its document, the same as `optimiser plan --json` prints; None where it failed.
    summary : a few of its values, see `summarise`.
    error : why it failed: ``kind``, ``code`` (as exit codes are), ``message``; for a fault of the program also
        ``trace``.
    """

    content: bytes | None
    summary: dict[str, Any]
    error: dict[str, Any]


def solve(
    body: bytes,
    spec: Mapping[str, Any],
    version: str,
    law: EscalationLaw | None = None,
    watcher: Watcher | None = None,
) -> Result:
    """Plan a case, in one thread; whatever goes wrong with it is its result.

    Parameters
    ----------
    body, spec, version : as in its task.
    law : the one that the version names, if it names one.
    """
    try:
        if version != (here := version_with(law)):
            words = {"here": here, "there": version}
            raise OptimiserError(Message("this worker runs version {here} and the case asks for {there}", **words))
        instance, extra = changed(body, spec)
        effort = Effort(**spec["effort"])
        solution = optimise(
            instance, seed=spec["seed"], workers=1, extra=extra, law=law, watcher=watcher, **asdict(effort)
        )
        if solution.interrupted:
            raise KeyboardInterrupt
        document = describe(solution)
        return Result(dump(document).encode(), summarise(document), {})
    except OptimiserError as error:
        return Result(None, {}, {"kind": type(error).__name__, "code": error.exit_code, "message": str(error.message)})
    except Exception as error:
        trace = "".join(traceback.format_exception(error))
        return Result(None, {}, {"kind": type(error).__name__, "code": 1, "message": str(error), "trace": trace})


def changed(body: bytes, spec: Mapping[str, Any]) -> tuple[Instance, dict[str, Deployment]]:
    """Give the instance that a case plans, and the historical plan to show beside.

    Raises
    ------
    InputFault : the what-if does not fit the instance.
    """
    subject = Subject.of(body)
    if spec["whatif"] is not None:
        return apply(subject.instance, WhatIf.model_validate(spec["whatif"])), {}
    past = subject.historical
    return subject.instance, {Message("historical"): past} if past is not None else {}


def summarise(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the figures of a plan's document that one asks for first; points unless said otherwise.

    ``half_width`` is None where few scenarios carry the mean, so that it has no interval.
    """
    certificate, loss = document["certificate"], document["evaluation"]["loss"]
    local, true_gap = certificate["local"], certificate["true_gap"]
    figures = {
        "objective": document["objective"]["reporting"],
        "half_width": (loss["high"] - loss["low"]) / 2.0 if loss["high"] is not None else None,
        "planning": document["objective"]["planning"],
        "status": certificate["kind"],
        "proved": certificate["proved"],
        "bound": certificate["bound"],
        "gap": certificate["gap"],
        "delta": local["delta"] if local else None,
        "true_gap": true_gap["high"] if true_gap else None,
        "injuries": document["evaluation"]["harms"]["injuries"]["mean"],
        "replayable": document["replayable"],
        "checked": document["verdict"]["passed"],
    }
    return {name: finite(value) for name, value in figures.items()}


def version_with(law: EscalationLaw | None) -> str:
    """Give the version of this program together with a law.

    Raises
    ------
    OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
    """
    signature = sign(law)
    return f"{program_version()}+law.{signature}" if signature else program_version()


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
