"""One case of a batch: an instance, what is changed in it, a seed and settings; and how a worker solves it.

A case is known by its key, the sha256 of everything that decides its result: the instance's canonical bytes, the
what-if, the seed, the settings, and the version of the program with the hash of its source; a law of escalation of
one's own is a part of the program and of its version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from optimiser.common.errors import Cancelled
from optimiser.common.message import Message
from optimiser.common.progress import Watcher
from optimiser.common.version import program_version
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse
from optimiser.jobs.task import Task, TaskResult, demand_version, describe_error
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import RULES, a, check_arguments, maybe
from optimiser.model.whatif import WhatIf
from optimiser.output.documents.plan import describe_plan, dump, finite
from optimiser.planning.law_range import Band
from optimiser.planning.optimise import optimise
from optimiser.planning.programs.solver import SolverName
from optimiser.simulation.engine import EngineName
from optimiser.simulation.law_signature import sign

FORMAT = "optimiser-case/1"
PLAN = "plan"  # kind of the tasks that cases are


@dataclass(frozen=True)
class CaseSettings:
    """How a case is planned; see `optimiser.optimise`.

    Attributes
    ----------
    scenarios, reporting : planning scenarios, and fresh ones that figures come from; if None as
        `settings.default_reporting` says.
    budget : joint replications of the search; by the size of the instance if None.
    seconds : wall time after which the search begins nothing new, None for no limit; a case that it cut is marked as
        not replayable.
    uncertain : whether each scenario has its own constants of the law and inputs.
    """

    scenarios: int = 1000
    reporting: int | None = None
    budget: int | None = None
    seconds: float | None = None
    solver: SolverName = "highs"
    engine: EngineName = "auto"
    certify: bool = False
    uncertain: bool = False

    def __post_init__(self) -> None:
        for name, value in check_arguments("CaseSettings()", **vars(self)).items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Subject:
    """What cases plan: an instance, and the plan that was used there in reality if there is one.

    Attributes
    ----------
    name : what it was listed as, usually its file; decides no result.
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
    def digest(self) -> str:
        """Their sha256."""
        return hashlib.sha256(self.body).hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of the instance alone, as plans carry it."""
        return self.instance.fingerprint()

    @classmethod
    def of(cls, body: bytes) -> Subject:
        """Read what `body` returned."""
        data = json.loads(body)
        past = data["historical"]
        return cls(parse(data["instance"]), Deployment.model_validate(past) if past is not None else None)


@dataclass(frozen=True)
class Case:
    """An instance to plan.

    Attributes
    ----------
    whatif : what is changed in the instance before it is planned; the historical plan is not shown then.
    law : of escalation, or the name of one that ships; the default one if None. The folder keeps its name and
        signature, not the law itself: one of your own has to be passed again where its cases are continued.
    """

    subject: Subject
    seed: int = 1
    whatif: WhatIf | None = None
    settings: CaseSettings = field(default_factory=CaseSettings)
    law: EscalationLaw | str | None = None

    def __post_init__(self) -> None:
        rules = {"subject": a(Subject), "whatif": maybe(a(WhatIf)), "settings": a(CaseSettings)}
        for name, value in check_arguments("Case()", rules, **vars(self)).items():
            object.__setattr__(self, name, value)

    def task(self) -> Task:
        """Return the task of the case.

        Raises
        ------
        OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
        """
        whatif = self.whatif.model_dump(mode="json") if self.whatif is not None else None
        decides = {"seed": self.seed, "whatif": whatif, "effort": asdict(self.settings)}
        law = find_law(self.law)
        version = version_with_law(law)
        label = {
            "instance": self.subject.instance.name,
            "instance_sha256": self.subject.fingerprint,
            "source": self.subject.name or self.subject.instance.name,
            "law": law.name if sign(law) else None,
        }
        return Task(
            make_key(decides, self.subject.digest, version), PLAN, {**decides, **label}, self.subject.digest, version
        )


def make_key(spec: Mapping[str, Any], digest: str, version: str) -> str:
    """Return the key of a case, given its spec, the digest of its input and the version that it is meant for."""
    decides = {name: spec[name] for name in ("seed", "whatif", "effort")}
    key = _canonical({"format": FORMAT, "input": digest, "version": version, **decides})
    return hashlib.sha256(key).hexdigest()


def solve_case(
    body: bytes,
    spec: Mapping[str, Any],
    version: str,
    law: EscalationLaw | None = None,
    watcher: Watcher | None = None,
) -> TaskResult:
    """Plan a case, in one thread; whatever goes wrong with it is its result.

    Parameters
    ----------
    body, spec, version : as in its task.
    law : the one that the version names, if it names one.

    Returns
    -------
    The document that `optimiser plan --json` prints, and its summary, see `summarise`.

    Raises
    ------
    Cancelled : the search was interrupted, so that there is no result.
    """
    try:
        demand_version(version_with_law(law), version)
        instance, extra = case_instance(body, spec)
        effort = CaseSettings(**spec["effort"])
        solution = optimise(
            instance, seed=spec["seed"], workers=1, extra=extra, law=law, watcher=watcher, **asdict(effort)
        )
        if solution.interrupted:
            raise Cancelled(Message("cancelled before there was a result"))
        document = describe_plan(solution)
        return TaskResult(dump(document).encode(), summarise(document), {})
    except Cancelled:
        raise
    except Exception as error:
        return TaskResult(None, {}, describe_error(error))


def case_instance(body: bytes, spec: Mapping[str, Any]) -> tuple[Instance, dict[str, Deployment]]:
    """Return the instance that a case plans, and the historical plan to show beside.

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
    """Return the main figures of a plan's document; points unless said otherwise.

    ``half_width`` is None where few scenarios carry the mean, so that it has no interval; ``held`` is the share of the
    time for which people come to assemble that can be held. The mean loss lies between ``law_low`` and
    ``law_high`` over the law's ranges; None in documents of early versions. ``chosen_on`` are planning scenarios, which
    ``planning``, ``status``, ``bound`` and ``gap`` speak of.
    """
    certificate, loss, band = document["certificate"], document["evaluation"]["loss"], band_of(document)
    local, true_gap = certificate["local"], certificate["true_gap"]
    figures = {
        "objective": document["objective"]["reporting"],
        "half_width": (loss["high"] - loss["low"]) / 2.0 if loss["high"] is not None else None,
        "law_low": band.low if band else None,
        "law_high": band.high if band else None,
        "planning": document["objective"]["planning"],
        "chosen_on": certificate["scenarios"],
        "status": certificate["kind"],
        "proved": certificate["proved"],
        "bound": certificate["bound"],
        "gap": certificate["gap"],
        "delta": local["delta"] if local else None,
        "true_gap": true_gap["high"] if true_gap else None,
        "injuries": document["evaluation"]["harms"]["injuries"]["mean"],
        "held": (document["evaluation"].get("participation") or {}).get("held"),
        "replayable": document["replayable"],
        "checked": document["verdict"]["passed"],
    }
    return {name: finite(value) for name, value in figures.items()}


def band_of(document: Mapping[str, Any]) -> Band | None:
    """Return between which points a plan's document says the mean loss lies over the law's ranges; None if nowhere."""
    ranged = document.get("law_range")
    return Band(ranged["losses"][0]["low"], ranged["losses"][0]["high"]) if ranged else None


def version_with_law(law: EscalationLaw | None) -> str:
    """Return the version of this program together with a law.

    Raises
    ------
    OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
    """
    signature = sign(law)
    return f"{program_version()}+law.{signature}" if signature else program_version()


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
