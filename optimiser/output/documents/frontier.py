"""A frontier, worth and the price of presence as documents, the same bytes wherever made."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from optimiser.common.atomic_files import write_files
from optimiser.common.version import installed
from optimiser.model.harms import UNITS
from optimiser.output.documents.instances import name_instance
from optimiser.output.documents.plan import comparison_values, dump, interval_values, law_range_values
from optimiser.output.drawing.frontier import draw_frontier
from optimiser.planning.programs.requirements import Frame
from optimiser.questions.frontier import Frontier, Level
from optimiser.questions.presence import PresencePrice
from optimiser.questions.resources import tell_rule
from optimiser.questions.worth import Appraisal

FORMAT, WORTH, PRESENCE = "optimiser-frontier/1", "optimiser-worth/1", "optimiser-presence/1"


def describe_frontier(frontier: Frontier) -> dict[str, Any]:
    """Turn a frontier into plain values."""
    instance, knee, sure = frontier.instance, frontier.knee, frontier.sure
    amounts = [str(level.amount) for level in frontier.planned]
    return {
        "format": FORMAT,
        "instance": name_instance(instance),
        "resource": str(frontier.resource),
        "unit": frontier.unit(),
        "rule": tell_rule(instance, frontier.resource),
        "settings": {
            "seed": frontier.seed,
            "scenarios": frontier.scenarios,
            "reporting": frontier.reporting,
            "budget": frontier.budget,
            "law": frontier.law,
            "versions": installed(),
        },
        "tolerance": {"points": frontier.tolerance, "share": frontier.share},
        "knee": knee.amount if knee else None,
        "sure": sure.amount if sure else None,
        "sentence": frontier.sentence(),
        "levels": [_level(frontier, level) for level in frontier.levels],
        "law_range": law_range_values(frontier.law_range, amounts, amounts[:-1]),
    }


def _level(frontier: Frontier, level: Level) -> dict[str, Any]:
    evaluation = level.evaluation
    return {
        "amount": level.amount,
        "cap": int(level.instance.cap),
        "assumed": {
            new.id: int(new.count)
            for new, old in zip(Frame.of(level.instance).kinds, Frame.of(frontier.instance).kinds, strict=True)
            if new.count != old.count
        },
        "feasible": level.deployment is not None,
        "clash": list(level.why),
        "used": level.used,
        "spent": level.spent,
        "planning": level.planning,
        "objective": evaluation.objective if evaluation else None,
        "loss": interval_values(evaluation.loss, "points") if evaluation else None,
        "harms": {name: interval_values(i, UNITS[name]) for name, i in evaluation.harms.items()} if evaluation else {},
        "against_largest": comparison_values(level.against) if level.against else None,
        "against_level_below": comparison_values(level.before) if level.before else None,
        "deployment": level.deployment.model_dump(mode="json") if level.deployment else None,
    }


def write_frontier(frontier: Frontier, folder: str | Path) -> tuple[Path, ...]:
    """Write ``frontier.svg`` and ``frontier.json`` into a folder.

    Raises
    ------
    FileTrouble : one of them cannot be written; it is named.
    """
    files = frontier_files(frontier)
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def frontier_files(frontier: Frontier) -> dict[str, bytes]:
    """Give the files of a frontier by name."""
    return {
        "frontier.svg": draw_frontier(frontier).encode(),
        "frontier.json": dump(describe_frontier(frontier)).encode(),
    }


def describe_worth(appraisal: Appraisal) -> dict[str, Any]:
    """Turn what one more of each kind is worth into plain values."""
    instance, more = appraisal.instance, [str(worth.resource) for worth in appraisal.worths]
    return {
        "format": WORTH,
        "instance": name_instance(instance),
        "settings": {
            "seed": appraisal.seed,
            "scenarios": appraisal.scenarios,
            "reporting": appraisal.reporting,
            "budget": appraisal.budget,
            "law": appraisal.law,
            "versions": installed(),
        },
        "deployment": appraisal.deployment.model_dump(mode="json"),
        "spent": appraisal.spent,
        "law_range": law_range_values(appraisal.law_range, ("plan", *more), more),
        "worth": [
            {
                "resource": str(worth.resource),
                "name": worth.resource.name(instance),
                "heads": worth.heads,
                "spent": worth.spent,
                "change": comparison_values(worth.change),
                "placing": worth.placing,
                "optimum": asdict(worth.optimum) if worth.optimum else None,
                "why": worth.why,
                "sentence": worth.sentence(instance),
                "deployment": worth.deployment.model_dump(mode="json"),
            }
            for worth in appraisal.worths
        ],
    }


def describe_presence(price: PresencePrice) -> dict[str, Any]:
    """Turn what rules of presence cost into plain values."""
    names = [", ".join(one.rules) for one in price.prices]
    return {
        "format": PRESENCE,
        "instance": name_instance(price.instance),
        "settings": {
            "seed": price.seed,
            "scenarios": price.scenarios,
            "reporting": price.reporting,
            "budget": price.budget,
            "law": price.law,
            "versions": installed(),
        },
        "deployment": price.deployment.model_dump(mode="json"),
        "loss": interval_values(price.evaluation.loss, "points"),
        "spent": price.spent,
        "law_range": law_range_values(price.law_range, ("plan", *names), names),
        "prices": [
            {
                "rules": list(one.rules),
                "spent": one.spent,
                "change": comparison_values(one.change),
                "sentence": one.sentence(),
                "deployment": one.deployment.model_dump(mode="json"),
            }
            for one in price.prices
        ],
    }
