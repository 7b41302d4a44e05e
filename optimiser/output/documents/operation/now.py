"""Advice in the middle of an operation as a document."""

from __future__ import annotations

from typing import Any

from optimiser.operation.now.advice import Advice, Option
from optimiser.operation.now.candidates import Candidate
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import interval_values

FORMAT = "optimiser-advice/1"


def describe_advice(advice: Advice) -> dict[str, Any]:
    """Turn advice into plain values."""
    best = advice.best
    return {
        "format": FORMAT,
        "instance": name_instance(advice.instance),
        "deployment": advice.deployment.model_dump(mode="json"),
        "situation": advice.report.model_dump(mode="json", exclude_none=True),
        "minute": advice.minute,
        "seed": advice.seed,
        "futures": advice.futures,
        "days": advice.days,
        "agree": advice.agree,
        "kept": advice.kept,
        "confidence": advice.level,
        "stay": {
            "loss": interval_values(advice.stay, "points"),
            "injuries": interval_values(advice.injuries, "persons"),
        },
        "best": None if best is None else advice.options.index(best),
        "options": [_option_values(option) for option in advice.options],
        "tried": advice.tried,
        "refused": [{**_candidate_values(one), "rule": code} for one, code in advice.refused],
        "gates": [{"sector": one.sector, "shut": list(one.shut)} for one in advice.gates],
    }


def _option_values(option: Option) -> dict[str, Any]:
    elsewhere = [{"sector": s, "loss": interval_values(i, "points")} for s, i in option.elsewhere]
    return {
        **_candidate_values(option.candidate),
        "helps": option.helps,
        "loss": interval_values(option.loss, "points"),
        "injuries": interval_values(option.injuries, "persons"),
        "elsewhere": elsewhere,
    }


def _candidate_values(one: Candidate) -> dict[str, Any]:
    return {
        "action": one.action,
        "sector": one.sector,
        "origin": one.origin,
        "teams": dict(one.teams),
        "minutes": one.minutes,
    }
