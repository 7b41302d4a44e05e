"""Plan the deployment of personnel over the sectors of a city by simulation and integer programming.

Names are loaded when they are first used, so that ``import optimiser`` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.accord import Accord
    from optimiser.answer import Answer, ask
    from optimiser.cancellation import cancelled_by
    from optimiser.caution import Caution
    from optimiser.certificate import Certificate
    from optimiser.changes import WhatIf, read_whatifs
    from optimiser.checker import check
    from optimiser.coordination import coordinate
    from optimiser.deployment import Deployment
    from optimiser.earlier import read_result
    from optimiser.errors import (
        CacheWarning,
        Cancelled,
        Fault,
        FileTrouble,
        Infeasible,
        InputFault,
        NoPlan,
        OptimiserError,
    )
    from optimiser.escalation import EscalationLaw, RiskLaw
    from optimiser.evaluation import Comparison, Evaluation, compare, evaluate
    from optimiser.examination import examine
    from optimiser.frontier import Frontier, trace
    from optimiser.inquiry import Inquiry, inquire
    from optimiser.instance import Instance
    from optimiser.nation import Nation, read_nation
    from optimiser.outcome import Event
    from optimiser.planning import optimise
    from optimiser.progress import Progress, Watcher
    from optimiser.reading import read, read_deployment
    from optimiser.repair import Repair, mend
    from optimiser.scenario import Scenarios, draw
    from optimiser.simulation import Simulator, simulate
    from optimiser.solution import Solution
    from optimiser.verdict import Verdict
    from optimiser.whatif import apply
    from optimiser.worth import Appraisal, appraise

_HOMES = {
    "Verdict": "verdict",
    "CacheWarning": "errors",
    "Cancelled": "errors",
    "read_result": "earlier",
    "cancelled_by": "cancellation",
    "Caution": "caution",
    "Certificate": "certificate",
    "Comparison": "evaluation",
    "Evaluation": "evaluation",
    "EscalationLaw": "escalation",
    "RiskLaw": "escalation",
    "Fault": "errors",
    "FileTrouble": "errors",
    "check": "checker",
    "Deployment": "deployment",
    "InputFault": "errors",
    "Infeasible": "errors",
    "NoPlan": "errors",
    "OptimiserError": "errors",
    "compare": "evaluation",
    "evaluate": "evaluation",
    "examine": "examination",
    "Frontier": "frontier",
    "trace": "frontier",
    "Inquiry": "inquiry",
    "inquire": "inquiry",
    "Appraisal": "worth",
    "appraise": "worth",
    "Instance": "instance",
    "Accord": "accord",
    "coordinate": "coordination",
    "Nation": "nation",
    "read_nation": "nation",
    "Event": "outcome",
    "optimise": "planning",
    "Progress": "progress",
    "Watcher": "progress",
    "read": "reading",
    "read_deployment": "reading",
    "Repair": "repair",
    "mend": "repair",
    "Scenarios": "scenario",
    "draw": "scenario",
    "Simulator": "simulation",
    "simulate": "simulation",
    "Answer": "answer",
    "ask": "answer",
    "WhatIf": "changes",
    "apply": "whatif",
    "read_whatifs": "changes",
    "Solution": "solution",
}

__all__ = [
    "Accord",
    "Answer",
    "Appraisal",
    "CacheWarning",
    "Cancelled",
    "Caution",
    "Certificate",
    "Comparison",
    "Deployment",
    "EscalationLaw",
    "Evaluation",
    "Event",
    "Fault",
    "FileTrouble",
    "Frontier",
    "Infeasible",
    "InputFault",
    "Inquiry",
    "Instance",
    "Nation",
    "NoPlan",
    "OptimiserError",
    "Progress",
    "Repair",
    "RiskLaw",
    "Scenarios",
    "Simulator",
    "Solution",
    "Verdict",
    "Watcher",
    "WhatIf",
    "apply",
    "appraise",
    "ask",
    "cancelled_by",
    "check",
    "compare",
    "coordinate",
    "draw",
    "evaluate",
    "examine",
    "inquire",
    "mend",
    "optimise",
    "read",
    "read_deployment",
    "read_nation",
    "read_result",
    "read_whatifs",
    "simulate",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"optimiser.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'optimiser' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
