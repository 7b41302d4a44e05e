"""The published shape of a plan questioned, as JSON Schema."""

from __future__ import annotations

from optimiser.output.documents.schemas.answer import EARLY
from optimiser.output.documents.schemas.parts import (
    AMOUNT,
    BAND,
    COUNT,
    DRAWN,
    LAW_RANGE,
    NUMBER,
    POINTS,
    POINTS_INTERVAL,
    RANGED,
    SHARE,
    TEXT,
    TRUTH,
    WHOLE,
    Schema,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)

THINNEST = "null where the gathering always goes where the line is thinnest"
MOVES = make_list(make_object({"what": TEXT, "number": COUNT, "from": TEXT, "to": TEXT}))
EFFECT = or_null(make_object(dict.fromkeys(("strength", "mean", "spread"), NUMBER)), "elementary effects, points")
_INPUT: Schema = {
    **dict.fromkeys(("where", "name", "unit"), TEXT),
    "crowd": TRUTH,
    "source": TEXT,
    **dict.fromkeys(("low", "value", "high"), NUMBER),
}


def explanation_schema() -> Schema:
    """Give the shape of a plan questioned."""
    settings = dict.fromkeys(("seed", "scenarios", "reporting", "trajectories"), COUNT)
    margin = {
        "place": TEXT,
        "kind": TEXT,
        "by": {"enum": [-1, 1]},
        "change": POINTS_INTERVAL,
        "held": TRUTH,
        "why": TEXT,
    }
    limit = {
        **dict.fromkeys(("code", "name"), TEXT),
        **dict.fromkeys(("have", "limit", "unit"), WHOLE),
        **dict.fromkeys(("least", "looked"), TRUTH),
        "broken": or_null(TRUTH, EARLY),
        "change": POINTS_INTERVAL,
        "moves": MOVES,
    }
    rival = {
        "name": TEXT,
        "deployment": refer("deployment"),
        "moves": MOVES,
        "told": TEXT,
        "behind": POINTS,
        "breaks": AMOUNT,
    }
    return publish(
        "explanation",
        {
            "instance": refer("origin"),
            "settings": make_object({**settings, "law": TEXT, "versions": make_map(TEXT)}),
            "deployment": refer("deployment"),
            "verdict": or_null(refer("verdict"), EARLY),
            "clash": or_null(make_list(TEXT), EARLY),
            "evaluation": refer("evaluation"),
            "law_range": LAW_RANGE,
            "margins": make_list(make_object(margin)),
            "limits": make_list(make_object(limit)),
            "rivals": make_list(make_object({**rival, "against": refer("comparison")})),
            "sensitivity": _sensitivity(),
            "stress": or_null(_stress(), "null where nothing about the crowd is open"),
            "routes": or_null(_routes(), "null where no gathering may take more than one route, and in early versions"),
            "standing": or_null(_standing(), f"the plan, with units that move standing at a stop instead; {EARLY}"),
            "standing_range": LAW_RANGE,
            "joint": or_null(_joint(), f"law and inputs drawn together; null where that was not asked, and {EARLY}"),
        },
    )


def _routes() -> Schema:
    known = {
        "gathering": TEXT,
        "route": or_null(TEXT, THINNEST),
        "chance": SHARE,
        "loss": refer("interval"),
        "band": BAND,
        "rivals": make_list(refer("interval")),
        "better": or_null(TEXT, "null where no other plan at hand lost less"),
        "gain": POINTS_INTERVAL,
    }
    return make_object({"rivals": make_list(TEXT), "known": make_list(make_object(known))})


def _sensitivity() -> Schema:
    intervals = make_list(refer("interval"))
    end = make_object(
        {"value": NUMBER, "loss": POINTS_INTERVAL, "change": POINTS_INTERVAL, "rivals": make_list(POINTS_INTERVAL)}
    )
    effects = {"effect_on_loss": EFFECT, "effects_on_rivals": make_list(EFFECT)}
    flip = {
        "where": TEXT,
        "value": NUMBER,
        "rival": TEXT,
        "difference": refer("interval"),
        "shown": TRUTH,
        "sentence": TEXT,
    }
    return make_object(
        {
            "rivals": make_list(TEXT),
            "base": intervals,
            "combinations": COUNT,
            "together": make_list(SHARE),
            "inputs": make_list(make_object({**_INPUT, "at_low": end, "at_high": end, **effects})),
            "flips": make_list(make_object(flip)),
        }
    )


def _stress() -> Schema:
    points = dict.fromkeys(("usual", "worst", "change"), POINTS_INTERVAL)
    changed = make_list(make_object({**_INPUT, "worst": NUMBER}))
    rivals = make_list(POINTS_INTERVAL)
    counts = {"tried": COUNT, "ranges": COUNT, "claim": TEXT}
    route = make_object({"gathering": TEXT, "route": or_null(TEXT, THINNEST)})
    counts["routes"] = or_null(make_list(route), EARLY)
    return make_object({"changed": changed, **points, "law_range": LAW_RANGE, "rivals": rivals, **counts})


def _joint() -> Schema:
    band = dict.fromkeys(("low", "high"), POINTS)
    shares = dict.fromkeys(("best", "unbeaten"), DRAWN)
    rival = {"name": TEXT, **band, **dict.fromkeys(RANGED, DRAWN)}
    largest = {"rival": TEXT, "loss": POINTS_INTERVAL, "values": make_map(NUMBER)}
    return make_object(
        {
            **dict.fromkeys(("draws", "scenarios", "inputs"), COUNT),
            **shares,
            "regret": make_object(band),
            **dict.fromkeys(("from", "to"), DRAWN),
            "loss": make_object(band),
            "rivals": make_list(make_object(rival)),
            "largest": or_null(make_object(largest), "null where no other plan ever seems better"),
        }
    )


def _standing() -> Schema:
    stop = {**TEXT, "description": "sector, the best of its stops, where the units of the place stand all day"}
    broken = {**make_list(refer("violation")), "description": "rules that this breaks, further than the plan does"}
    against = {**refer("comparison"), "description": "the plan minus it"}
    one = {"place": TEXT, "stop": stop, "deployment": refer("deployment"), "against": against, "broken": broken}
    return make_list(make_object(one))
