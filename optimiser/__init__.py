"""Plan the deployment of personnel over the sectors of a city by simulation and integer programming.

Names are loaded when they are first used, so that ``import optimiser`` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.common.cancellation import cancelled_by
    from optimiser.common.errors import (
        BadSetting,
        CacheWarning,
        Cancelled,
        Fault,
        FileTrouble,
        Infeasible,
        InputFault,
        Mismatch,
        NoPlan,
        OptimiserError,
    )
    from optimiser.common.progress import Progress, Watcher
    from optimiser.files.apply_whatif import apply
    from optimiser.files.earlier_formats import read_result
    from optimiser.files.examination import examine
    from optimiser.files.examination.proposals import propose_moving
    from optimiser.files.logs.read import read_log
    from optimiser.files.read import read, read_deployment
    from optimiser.files.read_nation import read_nation
    from optimiser.files.read_whatifs import read_whatifs
    from optimiser.model.cautions import Caution
    from optimiser.model.checker import check
    from optimiser.model.deployment import Deployment
    from optimiser.model.instance import Instance
    from optimiser.model.laws.escalation_law import EscalationLaw
    from optimiser.model.laws.facilitation_law import FacilitationLaw
    from optimiser.model.laws.risk_law import RiskLaw, ThresholdLaw
    from optimiser.model.nation import Nation
    from optimiser.model.observed_log import ObservedLog
    from optimiser.model.verdict import Verdict
    from optimiser.model.whatif import WhatIf
    from optimiser.nation.coordinate import plan_nation
    from optimiser.nation.nation_plan import NationPlan
    from optimiser.operation.calibration.calibrate import Calibration, calibrate
    from optimiser.operation.day_log import log_of
    from optimiser.operation.exercise.document import read_exercise
    from optimiser.operation.exercise.exercise import Exercise, make_exercise
    from optimiser.operation.exercise.replay import replay_exercise
    from optimiser.operation.now.advice import Advice, advise
    from optimiser.operation.now.report import SituationReport, read_situation
    from optimiser.operation.score.score import Score, score_days
    from optimiser.output.exercise.files import write_exercise
    from optimiser.output.score.review import write_score
    from optimiser.planning.certificate import Certificate
    from optimiser.planning.evaluation import Comparison, Evaluation, compare, evaluate
    from optimiser.planning.optimise import optimise
    from optimiser.planning.programs.repair import Repair, repair
    from optimiser.planning.solution import Solution
    from optimiser.questions.firmness import Firmness, find_firmness
    from optimiser.questions.frontier import Frontier, frontier
    from optimiser.questions.optimum import OptimumEstimate, estimate_optimum
    from optimiser.questions.presence import PresencePrice, price_presence
    from optimiser.questions.what_if.answer import Answer, whatif
    from optimiser.questions.why.explanation import Explanation, explain
    from optimiser.questions.worth import Appraisal, worth
    from optimiser.simulation.events import Event
    from optimiser.simulation.scenario import Scenarios, draw
    from optimiser.simulation.simulator import Simulator, simulate

_HOMES = {
    "Advice": "operation.now.advice",
    "advise": "operation.now.advice",
    "SituationReport": "operation.now.report",
    "read_situation": "operation.now.report",
    "Verdict": "model.verdict",
    "BadSetting": "common.errors",
    "CacheWarning": "common.errors",
    "Cancelled": "common.errors",
    "Mismatch": "common.errors",
    "read_result": "files.earlier_formats",
    "cancelled_by": "common.cancellation",
    "Caution": "model.cautions",
    "Certificate": "planning.certificate",
    "Comparison": "planning.evaluation",
    "Evaluation": "planning.evaluation",
    "EscalationLaw": "model.laws.escalation_law",
    "FacilitationLaw": "model.laws.facilitation_law",
    "RiskLaw": "model.laws.risk_law",
    "ThresholdLaw": "model.laws.risk_law",
    "Fault": "common.errors",
    "FileTrouble": "common.errors",
    "check": "model.checker",
    "Deployment": "model.deployment",
    "InputFault": "common.errors",
    "Infeasible": "common.errors",
    "NoPlan": "common.errors",
    "OptimiserError": "common.errors",
    "compare": "planning.evaluation",
    "evaluate": "planning.evaluation",
    "examine": "files.examination",
    "Firmness": "questions.firmness",
    "find_firmness": "questions.firmness",
    "Frontier": "questions.frontier",
    "frontier": "questions.frontier",
    "OptimumEstimate": "questions.optimum",
    "estimate_optimum": "questions.optimum",
    "PresencePrice": "questions.presence",
    "price_presence": "questions.presence",
    "Calibration": "operation.calibration.calibrate",
    "calibrate": "operation.calibration.calibrate",
    "Exercise": "operation.exercise.exercise",
    "make_exercise": "operation.exercise.exercise",
    "read_exercise": "operation.exercise.document",
    "replay_exercise": "operation.exercise.replay",
    "write_exercise": "output.exercise.files",
    "ObservedLog": "model.observed_log",
    "read_log": "files.logs.read",
    "log_of": "operation.day_log",
    "Score": "operation.score.score",
    "score_days": "operation.score.score",
    "write_score": "output.score.review",
    "Explanation": "questions.why.explanation",
    "explain": "questions.why.explanation",
    "Appraisal": "questions.worth",
    "worth": "questions.worth",
    "Instance": "model.instance",
    "NationPlan": "nation.nation_plan",
    "plan_nation": "nation.coordinate",
    "propose_moving": "files.examination.proposals",
    "Nation": "model.nation",
    "read_nation": "files.read_nation",
    "Event": "simulation.events",
    "optimise": "planning.optimise",
    "Progress": "common.progress",
    "Watcher": "common.progress",
    "read": "files.read",
    "read_deployment": "files.read",
    "Repair": "planning.programs.repair",
    "repair": "planning.programs.repair",
    "Scenarios": "simulation.scenario",
    "draw": "simulation.scenario",
    "Simulator": "simulation.simulator",
    "simulate": "simulation.simulator",
    "Answer": "questions.what_if.answer",
    "whatif": "questions.what_if.answer",
    "WhatIf": "model.whatif",
    "apply": "files.apply_whatif",
    "read_whatifs": "files.read_whatifs",
    "Solution": "planning.solution",
}

__all__ = [
    "Advice",
    "Answer",
    "Appraisal",
    "BadSetting",
    "CacheWarning",
    "Calibration",
    "Cancelled",
    "Caution",
    "Certificate",
    "Comparison",
    "Deployment",
    "EscalationLaw",
    "Evaluation",
    "Event",
    "Exercise",
    "Explanation",
    "FacilitationLaw",
    "Fault",
    "FileTrouble",
    "Firmness",
    "Frontier",
    "Infeasible",
    "InputFault",
    "Instance",
    "Mismatch",
    "Nation",
    "NationPlan",
    "NoPlan",
    "ObservedLog",
    "OptimiserError",
    "OptimumEstimate",
    "PresencePrice",
    "Progress",
    "Repair",
    "RiskLaw",
    "Scenarios",
    "Score",
    "Simulator",
    "SituationReport",
    "Solution",
    "ThresholdLaw",
    "Verdict",
    "Watcher",
    "WhatIf",
    "advise",
    "apply",
    "calibrate",
    "cancelled_by",
    "check",
    "compare",
    "draw",
    "estimate_optimum",
    "evaluate",
    "examine",
    "explain",
    "find_firmness",
    "frontier",
    "log_of",
    "make_exercise",
    "optimise",
    "plan_nation",
    "price_presence",
    "propose_moving",
    "read",
    "read_deployment",
    "read_exercise",
    "read_log",
    "read_nation",
    "read_result",
    "read_situation",
    "read_whatifs",
    "repair",
    "replay_exercise",
    "score_days",
    "simulate",
    "whatif",
    "worth",
    "write_exercise",
    "write_score",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"optimiser.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'optimiser' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
