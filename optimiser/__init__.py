"""Plan the deployment of personnel over the sectors of a city by simulation and integer programming.

Names are loaded when they are first used, so that ``import optimiser`` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.accord import Accord
    from optimiser.answer import Answer, whatif
    from optimiser.appraisal import Appraisal, worth
    from optimiser.cancellation import cancelled_by
    from optimiser.certificate import Certificate
    from optimiser.changes import WhatIf, read_whatifs
    from optimiser.checker import check
    from optimiser.coordination import plan_nation
    from optimiser.deployment import Deployment
    from optimiser.earlier import read_result
    from optimiser.errors import (
        BadSetting,
        Cancelled,
        Fault,
        FileTrouble,
        Infeasible,
        InputFault,
        Mismatch,
        NoPlan,
        OptimiserError,
    )
    from optimiser.escalation import EscalationLaw, RiskLaw
    from optimiser.evaluation import Comparison, Evaluation, compare, evaluate
    from optimiser.explanation import Explanation, explain
    from optimiser.instance import Instance
    from optimiser.levels import Frontier, frontier
    from optimiser.nation import Nation, read_nation
    from optimiser.outcome import Event
    from optimiser.planning import optimise
    from optimiser.progress import Progress, Watcher
    from optimiser.reading import read, read_deployment
    from optimiser.remedy import Repair, repair
    from optimiser.scenario import Scenarios, draw
    from optimiser.simulation import Simulator, simulate
    from optimiser.solution import Solution
    from optimiser.variant import apply
    from optimiser.verdict import Verdict

_HOMES = {
    "Verdict": "verdict",
    "BadSetting": "errors",
    "Cancelled": "errors",
    "Mismatch": "errors",
    "read_result": "earlier",
    "cancelled_by": "cancellation",
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
    "Frontier": "levels",
    "frontier": "levels",
    "Explanation": "explanation",
    "explain": "explanation",
    "Appraisal": "appraisal",
    "worth": "appraisal",
    "Instance": "instance",
    "Accord": "accord",
    "plan_nation": "coordination",
    "Nation": "nation",
    "read_nation": "nation",
    "Event": "outcome",
    "optimise": "planning",
    "Progress": "progress",
    "Watcher": "progress",
    "read": "reading",
    "read_deployment": "reading",
    "Repair": "remedy",
    "repair": "remedy",
    "Scenarios": "scenario",
    "draw": "scenario",
    "Simulator": "simulation",
    "simulate": "simulation",
    "Answer": "answer",
    "whatif": "answer",
    "WhatIf": "changes",
    "apply": "variant",
    "read_whatifs": "changes",
    "Solution": "solution",
}

__all__ = [
    "Accord",
    "Answer",
    "Appraisal",
    "BadSetting",
    "Cancelled",
    "Certificate",
    "Comparison",
    "Deployment",
    "EscalationLaw",
    "Evaluation",
    "Event",
    "Explanation",
    "Fault",
    "FileTrouble",
    "Frontier",
    "Infeasible",
    "InputFault",
    "Instance",
    "Mismatch",
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
    "cancelled_by",
    "check",
    "compare",
    "draw",
    "evaluate",
    "explain",
    "frontier",
    "optimise",
    "plan_nation",
    "read",
    "read_deployment",
    "read_nation",
    "read_result",
    "read_whatifs",
    "repair",
    "simulate",
    "whatif",
    "worth",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"optimiser.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'optimiser' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
