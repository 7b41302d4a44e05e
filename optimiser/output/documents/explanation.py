"""A plan questioned, as a document: everything that the screen shortens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from optimiser.common.version import installed
from optimiser.model.moves import Move
from optimiser.model.uncertain_inputs import Input, spell_path
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import (
    comparison_values,
    evaluation_values,
    interval_values,
    law_range_values,
    ranged_values,
    verdict_values,
    violation_values,
)
from optimiser.output.words.moves import tell_moves
from optimiser.planning.evaluation import Interval
from optimiser.planning.law_range import INNER
from optimiser.questions.why.explanation import Explanation
from optimiser.questions.why.joint_draws import JointDraws
from optimiser.questions.why.routes import Routes
from optimiser.questions.why.sensitivity import End, Influence
from optimiser.questions.why.standing import Standing
from optimiser.questions.why.stress import Stress

FORMAT = "optimiser-explanation/1"


def describe_explanation(inquiry: Explanation) -> dict[str, Any]:
    """Turn what was found out about a plan into plain values."""
    instance, found = inquiry.instance, inquiry.sensitivity
    rivals, moving = [rival.name for rival in inquiry.rivals], [one.place for one in inquiry.standing]
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "settings": {
            "seed": inquiry.seed,
            "scenarios": inquiry.scenarios,
            "reporting": inquiry.reporting,
            "trajectories": inquiry.trajectories if inquiry.screened else 0,
            "law": inquiry.law,
            "versions": installed(),
        },
        "verdict": verdict_values(inquiry.verdict),
        "clash": list(inquiry.clash),
        "deployment": inquiry.deployment.model_dump(mode="json"),
        "evaluation": evaluation_values(instance, inquiry.evaluation),
        "law_range": law_range_values(inquiry.law_range, ("plan", *rivals), rivals),
        "margins": [{**asdict(m), "change": _points(m.change)} for m in inquiry.margins],
        "limits": [
            {**asdict(limit), "change": _points(limit.change), "moves": _moves(limit.moves)} for limit in inquiry.limits
        ],
        "rivals": [
            {
                "name": rival.name,
                "deployment": rival.deployment.model_dump(mode="json"),
                "moves": _moves(rival.moves),
                "told": tell_moves(instance, rival.moves),
                "behind": rival.behind,
                "breaks": rival.breaks,
                "against": comparison_values(rival.against),
            }
            for rival in inquiry.rivals
        ],
        "sensitivity": {
            "rivals": list(found.rivals),
            "base": [_points(base) for base in found.base],
            "combinations": found.combinations,
            "together": list(found.together),
            "inputs": [_influence(influence) for influence in found.influences],
            "flips": [
                {
                    "where": flip.input.where,
                    "value": flip.value,
                    "rival": flip.rival,
                    "difference": _points(flip.difference),
                    "shown": flip.shown,
                    "sentence": flip.sentence(),
                }
                for flip in found.flips
            ],
        },
        "stress": _stress(inquiry.stress) if inquiry.stress else None,
        "routes": _routes(inquiry.routes) if inquiry.routes else None,
        "standing": [_standing(one) for one in inquiry.standing],
        "standing_range": law_range_values(inquiry.standing_range, ("plan", *moving), moving),
        "joint": _joint(inquiry.joint) if inquiry.joint else None,
    }


def _points(interval: Interval | None) -> dict[str, Any] | None:
    return interval_values(interval, "points") if interval else None


def _moves(moves: tuple[Move, ...]) -> list[dict[str, Any]]:
    return [{"what": m.what, "number": m.number, "from": m.origin, "to": m.goal} for m in moves]


def _input(one: Input) -> dict[str, Any]:
    values = {"where": one.where, "name": one.name, "unit": one.unit, "crowd": one.crowd, "source": one.source}
    return {**values, "low": one.low, "value": one.value, "high": one.high}


def _influence(influence: Influence) -> dict[str, Any]:
    return {
        **_input(influence.input),
        "at_low": _end(influence.low),
        "at_high": _end(influence.high),
        "effect_on_loss": asdict(influence.loss) if influence.loss else None,
        "effects_on_rivals": [asdict(effect) for effect in influence.rivals],
    }


def _end(end: End) -> dict[str, Any]:
    return {
        "value": end.value,
        "loss": _points(end.loss),
        "change": _points(end.change),
        "rivals": [_points(difference) for difference in end.rivals],
    }


def _stress(worst: Stress) -> dict[str, Any]:
    return {
        "changed": [{**_input(one), "worst": value} for one, value in worst.values],
        "usual": _points(worst.usual),
        "worst": _points(worst.worst),
        "change": _points(worst.change),
        "law_range": law_range_values(worst.law_range, ("usual", "worst"), ("change",)),
        "rivals": [_points(difference) for difference in worst.rivals],
        "tried": worst.tried,
        "ranges": worst.ranges,
        "routes": [{"gathering": gathering, "route": route} for gathering, route in worst.routes],
        "claim": "the worst found, not the worst there is",
    }


def _routes(found: Routes) -> dict[str, Any]:
    return {
        "rivals": list(found.rivals),
        "known": [
            {
                "gathering": one.gathering,
                "route": one.route,
                "chance": one.share,
                "loss": _points(one.loss),
                "band": one.band._asdict(),
                "rivals": [_points(difference) for difference in one.rivals],
                "better": one.better,
                "gain": _points(one.gain),
            }
            for one in found.known
        ],
    }


def _joint(found: JointDraws) -> dict[str, Any]:
    largest = found.largest
    return {
        **{name: getattr(found, name) for name in ("draws", "scenarios", "inputs", "best", "unbeaten")},
        "regret": found.regret._asdict(),
        "from": INNER[0],
        "to": INNER[1],
        "loss": found.loss._asdict(),
        "rivals": [
            {"name": name, **ranged_values(one)} for name, one in zip(found.rivals, found.differences, strict=True)
        ],
        "largest": {
            "rival": largest.rival,
            "loss": _points(largest.loss),
            "values": {spell_path(path): value for path, value in largest.values.items()},
        }
        if largest
        else None,
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "place": one.place,
        "stop": one.stop,
        "deployment": one.deployment.model_dump(mode="json"),
        "against": comparison_values(one.against),
        "broken": violation_values(one.broken),
    }
