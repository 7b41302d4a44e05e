"""The plan as one document: what was decided, measured and claimed, in the same bytes wherever it is made."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from numbers import Integral
from typing import Any

from optimiser.common.errors import Mismatch, OptimiserError
from optimiser.common.message import Message
from optimiser.common.progress import Progress
from optimiser.files.plan_origin import Origin
from optimiser.model.cautions import caution_values
from optimiser.model.checker import check
from optimiser.model.harms import UNITS
from optimiser.model.instance import PHASES, Instance
from optimiser.model.laws.choice import LAWS, find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.verdict import HeadCount, Verdict, Violation
from optimiser.output.documents.notes import list_notes
from optimiser.output.words.reasons import give_reasons
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import Comparison, Evaluation, Interval
from optimiser.planning.law_range import INNER, LawRange, RangedDifference
from optimiser.planning.participation import meant_hours, share_held
from optimiser.planning.solution import Solution
from optimiser.questions.firmness import Firmness
from optimiser.questions.frontier import Frontier

FORMAT = "optimiser-plan/1"


def admit(solution: Solution) -> None:
    """Let nothing through that the checker did not pass: the stored verdict counts, and the plan is checked again.

    Raises
    ------
    OptimiserError : the plan does not meet every requirement, which is a fault of this program.
    """
    for verdict in (solution.verdict, check(solution.instance, solution.deployment)):
        if not verdict.passed:
            raise OptimiserError(
                Message("this plan is withheld, because the checker refuses it: {verdict}", verdict=verdict.all_of_it())
            )


def match(
    solution: Solution,
    law: EscalationLaw | str | None = None,
    frontier: Frontier | None = None,
    firmness: Firmness | None = None,
) -> EscalationLaw:
    """Return the law that a solution was made under; refuse another one, and answers about another instance or plan.

    Parameters
    ----------
    law : only needed where it is none that ships.

    Raises
    ------
    Mismatch : it is one of these.
    """
    made = solution.settings.law
    used = find_law(made if law is None and made in LAWS else law)
    if used.name != made:
        raise Mismatch(Message("the plan was made under the law '{made}', not '{given}'", made=made, given=used.name))
    if frontier is not None and frontier.instance.fingerprint() != solution.instance.fingerprint():
        words = {"other": frontier.instance.name, "name": solution.instance.name}
        raise Mismatch(
            Message("the frontier is of '{other}', and not of '{name}' as it was when it was planned", **words)
        )
    if firmness is not None and (firmness.instance, firmness.deployment) != (solution.instance, solution.deployment):
        raise Mismatch(Message("what is firm was asked about another plan than this one"))
    return used


def describe_plan(solution: Solution) -> dict[str, Any]:
    """Turn a solution into plain values; wall time and place of work are left out, so that it can be made again.

    Raises
    ------
    OptimiserError : the checker refuses the plan.
    """
    admit(solution)
    instance, others = solution.instance, [other.name for other in solution.alternatives]
    return {
        "format": FORMAT,
        "instance": {
            "name": instance.name,
            "title": instance.as_filed().title,
            "start": instance.period.start.isoformat(),
            "hours": float(instance.period.hours),
            "sha256": instance.fingerprint(),
        },
        "settings": asdict(solution.settings),
        "replayable": solution.replayable,
        "interrupted": solution.interrupted,
        "certificate": certificate_values(solution.certificate),
        "verdict": verdict_values(solution.verdict),
        "heads": head_values(solution.verdict.heads),
        "heads_by_place": solution.deployment.heads_by_place(instance),
        "deployment": solution.deployment.model_dump(mode="json"),
        "objective": {
            "planning": solution.planning_objective,
            "reporting": solution.evaluation.objective,
            "optimism": solution.optimism,
        },
        "evaluation": evaluation_values(instance, solution.evaluation),
        "sectors": _sectors(solution),
        "alternatives": [
            {
                "name": other.name,
                "deployment": other.evaluation.deployment.model_dump(mode="json"),
                "verdict": verdict_values(other.verdict),
                "evaluation": evaluation_values(instance, other.evaluation),
                "against": comparison_values(other.against),
            }
            for other in solution.alternatives
        ],
        "law_range": law_range_values(solution.law_range, ("plan", *others), others),
        "levers": [
            {"sector": lever.sector, "minutes": lever.minutes, "change": comparison_values(lever.change)}
            for lever in solution.levers
        ],
        "notes": list_notes(instance),
        "warnings": caution_values(solution.cautions),
        "not_counted": solution.not_counted,
        "history": [_step(progress) for progress in solution.history],
    }


def dump(document: Mapping[str, Any]) -> str:
    """Write a document as JSON: ASCII, keys in the order they were put in, floats by their shortest exact form.

    What is not finite has no place in JSON and becomes null.
    """
    return json.dumps(finite(document), indent=2, allow_nan=False) + "\n"


def head_values(heads: HeadCount) -> dict[str, int]:
    """Return where the heads are; who moves is left out where nobody does."""
    return {name: n for name, n in asdict(heads).items() if name != "accompanying" or n}


def verdict_values(verdict: Verdict) -> dict[str, Any]:
    """Give what the checker found."""
    violations = violation_values(verdict.violations)
    return {"passed": verdict.passed, "sentence": verdict.sentence(), "violations": violations}


def violation_values(violations: Iterable[Violation]) -> list[dict[str, Any]]:
    """Give rules that are broken, one after the other."""
    return [{**asdict(v), "found": int(v.found), "required": int(v.required)} for v in violations]


def origin_values(origin: Origin) -> dict[str, Any]:
    """Give where a plan comes from, and what in its document is not verified."""
    return {
        "format": origin.format,
        "made_for": origin.made_for,
        "instance": origin.instance,
        "same": origin.same,
        "not_verified": list(origin.claims),
        "law": origin.law,
    }


def evaluation_values(instance: Instance, evaluation: Evaluation) -> dict[str, Any]:
    """Give harms with intervals, shares of scenarios, and phases by sector."""
    minutes = evaluation.phase_minutes()
    reached = [evaluation.reached(p) for p in range(len(PHASES))]
    return {
        "scenarios": evaluation.loss.count,
        "objective": evaluation.objective,
        "loss": interval_values(evaluation.loss, "points"),
        "harms": {name: interval_values(interval, UNITS[name]) for name, interval in evaluation.harms.items()},
        "participation": {
            "meant": float(meant_hours(evaluation.played.instance, evaluation.played.scenarios).mean()),
            "held": share_held(evaluation),
        },
        "worst_phase": evaluation.worst_phase(),
        "phases": {
            sector.id: {
                phase: {"minutes": float(minutes[i, p]), "reached": float(reached[p][i])}
                for p, phase in enumerate(PHASES)
            }
            for i, sector in enumerate(instance.sectors)
        },
    }


def interval_values(interval: Interval, unit: str) -> dict[str, Any]:
    """Give a mean with its interval, in its unit; without ends where few scenarios carry it, but with how often."""
    sure = math.isfinite(interval.half)
    return {
        "unit": unit,
        "mean": interval.mean,
        "low": interval.low if sure else None,
        "high": interval.high if sure else None,
        "count": interval.count,
        "unusual": interval.unusual,
        "usual": interval.usual,
        "often": interval.often if interval.rare else None,
    }


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """Give paired differences with their intervals."""
    return {
        "objective": comparison.objective,
        "loss": interval_values(comparison.loss, "points"),
        "harms": {name: interval_values(interval, UNITS[name]) for name, interval in comparison.harms.items()},
        "sentence": comparison.sentence,
    }


def ranged_values(one: RangedDifference) -> dict[str, float]:
    """Give a paired difference over draws: between which points it lies, and in which share of them what is so."""
    return {**one.band._asdict(), "lower": one.lower, "better": one.better, "worse": one.worse}


def law_range_values(found: LawRange | None, plans: Sequence[str], differences: Sequence[str]) -> dict[str, Any] | None:
    """Give what plans come to over the plausible constants of the law; None where that was not measured.

    Parameters
    ----------
    plans, differences : what the losses and the differences are of.
    """
    if found is None:
        return None
    losses = zip(plans, found.losses, strict=True)
    pairs = zip(differences, found.differences, strict=True)
    return {
        "draws": found.draws,
        "scenarios": found.scenarios,
        "constants": found.constants,
        "from": INNER[0],
        "to": INNER[1],
        "differences": [{"of": name, **ranged_values(one)} for name, one in pairs],
        "losses": [{"of": name, "low": band.low, "high": band.high} for name, band in losses],
    }


def certificate_values(certificate: Certificate) -> dict[str, Any]:
    """Give what may be claimed."""
    local, true_gap = certificate.local, certificate.true_gap
    return {
        **asdict(certificate),
        "proved": certificate.proved,
        "sentence": certificate.sentence,
        "local": {**asdict(local), "undecided": local.undecided, "sentence": local.sentence} if local else None,
        "true_gap": {**asdict(true_gap), "share": true_gap.share, "sentence": true_gap.sentence} if true_gap else None,
    }


def _sectors(solution: Solution) -> list[dict[str, Any]]:
    why = give_reasons(solution)
    return [
        {
            "id": sector.id,
            "why": why[sector.id],
            "harms": {n: interval_values(i, UNITS[n]) for n, i in solution.evaluation.harms_at(index).items()},
            "margins": [_margin(solution, sector.id, team.id) for team in solution.instance.teams if team.id in told],
        }
        for index, sector in enumerate(solution.instance.sectors)
        for told in [{m.kind for m in solution.margins if m.place == sector.id and m.change is not None}]
    ]


def _margin(solution: Solution, sector: str, team: str) -> dict[str, Any]:
    """Give what one team fewer and one more would change at a sector; null where it could not be so."""
    known = {m.by: m.change for m in solution.margins if (m.place, m.kind) == (sector, team)}
    both = {"fewer": known.get(-1), "more": known.get(1)}
    means = {name: None if interval is None else interval.mean for name, interval in both.items()}
    told = {name: None if interval is None else interval_values(interval, "points") for name, interval in both.items()}
    return {"team": team, **means, "intervals": told}


def _step(progress: Progress) -> dict[str, Any]:
    step = asdict(progress)
    for name in ("seconds", "budget", "limit"):  # what another run would not repeat, and what the settings say
        del step[name]
    return step


def finite(value: Any) -> Any:
    """Turn arrays' numbers into plain ones and what is not finite into None."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if isinstance(value, Sequence):
        return [finite(item) for item in value]
    if isinstance(value, Integral):
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None
