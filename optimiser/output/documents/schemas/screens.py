"""The published shapes of what a screen needs that is worked with, and of boards that are kept."""

from __future__ import annotations

from optimiser.output.documents.schemas.parts import (
    COUNT,
    NUMBER,
    POINTS,
    SHARE,
    TEXT,
    TRUTH,
    Schema,
    make_list,
    make_map,
    make_object,
    or_null,
    publish,
    refer,
)
from optimiser.output.documents.schemas.simulation import EVENT

VISIT = make_object({**dict.fromkeys(("id", "gathering", "from", "until"), TEXT), "people": COUNT, "share": SHARE})
PLACE = make_object(
    {
        "id": TEXT,
        "kind": {"enum": ["sector", "post", "accompaniment", "movement"]},
        **dict.fromkeys(("name", "short"), TEXT),
        "ring": or_null(COUNT, "null unless it is a sector"),
        "official": or_null(TEXT, "who can receive a delegation there; null where nobody can"),
        "process": or_null(TEXT, "what must not be stopped there; null where there is nothing"),
        "people": {**make_list(VISIT), "description": "who comes, by mean times"},
    }
)
KIND = make_object(
    {
        "id": TEXT,
        "type": {"enum": ["teams", "vehicles"]},
        **dict.fromkeys(("name", "label"), TEXT),
        "heads": {**COUNT, "description": "of one; of a vehicle those of an extra crew"},
        "count": COUNT,
        "home": TEXT,
        "from": {**TEXT, "description": "clock time from which they can be used; empty where that is the beginning"},
    }
)
STEP: Schema = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2, "description": "minute, heads"}
ON_ROAD = {**dict.fromkeys(("origin", "sector"), TEXT)}
TIMES = ("came", "formed", "released", "back", "home")
WHEREABOUTS: Schema = {
    "until": {**NUMBER, "description": "minute with which a picture of the day ends"},
    "heads": {**make_map(make_list(STEP)), "description": "who stands at a place from a minute on"},
    "walks": make_list(make_object({"gathering": TEXT, **ON_ROAD, "people": COUNT, "left": NUMBER, "came": NUMBER})),
    "columns": make_list(
        make_object(
            {
                **ON_ROAD,
                **dict.fromkeys(("heads", "rides"), COUNT),
                "sent": NUMBER,
                **{name: or_null(NUMBER, "null where that did not happen") for name in TIMES},
            }
        )
    ),
    "moving": make_list(
        make_object(
            {"place": TEXT, "heads": COUNT, **ON_ROAD, **dict.fromkeys(("sent", "formed", "left"), NUMBER)},
        )
    ),
}
BOARD: Schema = {
    "id": TEXT,
    "revision": {**COUNT, "description": "one more after each change"},
    "content": {**make_map({}), "description": "see BoardContent in openapi.json"},
}


def outline_schema() -> Schema:
    """Give the shape of an instance as people read it."""
    period = make_object({**dict.fromkeys(("start", "day"), TEXT), "minutes": NUMBER})
    gathering = make_object({**dict.fromkeys(("id", "name"), TEXT), "people": COUNT})
    harm = make_object(dict.fromkeys(("id", "label", "unit"), TEXT))
    parts = {"instance": refer("origin"), "period": period, "cap": COUNT, "places": make_list(PLACE)}
    parts |= {"command": {**make_map(TEXT), "description": "who commands, by phase"}}
    parts |= {"kinds": make_list(KIND), "gatherings": make_list(gathering), "harms": make_list(harm)}
    return publish("outline", {**parts, "triggers": make_list(make_object(dict.fromkeys(("id", "name"), TEXT)))})


def rules_schema() -> Schema:
    """Give the shape of the rules that a deployment breaks, in words."""
    broken = make_object(dict.fromkeys(("place", "code", "what", "sentence"), TEXT))
    return publish("rules", {"passed": TRUTH, "violations": make_list(broken)})


def clashes_schema() -> Schema:
    """Give the shape of requirements that cannot be met together, in words."""
    return publish("clashes", {"clashing": make_list(TEXT)})


def map_schema() -> Schema:
    """Give the shape of a map with marks."""
    mark = {"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3, "description": "centre and radius, px"}
    drawn = {**TEXT, "description": "SVG; empty where fewer than two places have coordinates"}
    line = {
        "type": "array",
        "items": NUMBER,
        "minItems": 2,
        "maxItems": 2,
        "description": "at px 0, and a step of 1 px",
    }
    plane = make_object({"of": {"enum": ["degrees", "km"]}, "x": line, "y": line})
    told = or_null(plane, "longitude and latitude, or x and y, of a point of the drawing; null where there is none")
    return publish("map", {"svg": drawn, "width": COUNT, "marks": make_map(mark), "plane": told})


def day_schema() -> Schema:
    """Give the shape of a told day."""
    told = make_object({"minute": NUMBER, **dict.fromkeys(("clock", "place", "where", "what", "why", "phase"), TEXT)})
    parts = {"instance": refer("origin"), "seed": COUNT, "scenario": COUNT, "deployment": refer("deployment")}
    return publish("day", {**parts, "events": make_list(make_object(EVENT)), "told": make_list(told), **WHEREABOUTS})


def strips_schema() -> Schema:
    """Give the shape of the chance of each phase over the day."""
    shares = {**make_list(SHARE), "description": "of scenarios, by part of the day; all parts are equally long"}
    sector = make_object({"id": TEXT, **dict.fromkeys(("green", "yellow", "red", "dispersed"), shares)})
    parts = {"instance": refer("origin"), "seed": COUNT, "scenarios": COUNT, "until": NUMBER}
    return publish("strips", {**parts, "sectors": {**make_list(sector), "description": "where people come"}})


def days_schema() -> Schema:
    """Give the shape of days worth being told."""
    day = make_object(
        {
            "name": TEXT,
            "share": {**SHARE, "description": "of days that lose less"},
            "scenario": {**COUNT, "description": "number of the reporting scenario"},
            "points": POINTS,
        }
    )
    return publish("days", {"seed": COUNT, "scenarios": COUNT, "days": make_list(day)})


def reading_schema() -> Schema:
    """Give the shape of a file that was read as far as it can be."""
    fault = make_object(dict.fromkeys(("code", "place", "found", "expected", "repair"), TEXT))
    read = or_null(make_map({}), "plain values, faulty where the file is; null where it holds no instance")
    return publish("reading", {"instance": read, "faults": make_list(fault)})


def form_schema() -> Schema:
    """Give the shape of the form of an instance: the sheets of a workbook with their fields."""
    number = {"type": ["number", "null"]}
    choice = make_object(dict.fromkeys(("value", "label"), TEXT))
    anchor = make_object({"word": TEXT, **dict.fromkeys(("value", "low", "high"), NUMBER), "like": TEXT})
    column = make_object(
        {
            **dict.fromkeys(("path", "label", "help", "kind", "unit"), TEXT),
            **dict.fromkeys(("least", "most"), number),
            "choices": make_list(choice),
            "refers": {**TEXT, "description": "part of the instance, or list, that has what it names; else empty"},
            "counted": {**TRUTH, "description": "a number without a fraction"},
            "ranged": {**TRUTH, "description": "a number may carry low, high and source"},
            "required": TRUTH,
            "default": {},
            "scale": {**make_list(anchor), "description": "words that may stand instead of the number"},
            "first": {**TRUTH, "description": "most districts fill it in"},
        }
    )
    sheet = make_object(
        {
            **dict.fromkeys(("name", "title", "help"), TEXT),
            "form": {"enum": ["fields", "table", "grid"]},
            "base": {**TEXT, "description": "where its data lie in an instance, such as gatherings[].itinerary"},
            "parent": TEXT,
            "required": TRUTH,
            "columns": make_list(column),
        }
    )
    return publish("form", {"lists": make_map(make_list(TEXT)), "sheets": make_list(sheet)})


def base_map_schema() -> Schema:
    """Give the shape of what a map file gives to be drawn below the places."""
    shape = make_object(
        {**dict.fromkeys(("kind", "shape"), TEXT), "credit": or_null(TEXT, "null where nobody is named")}
    )
    shapes = {**make_list(shape), "description": "for base_map of the instance"}
    left_out = {**COUNT, "description": "features that are points, broken, too small or too far away"}
    return publish("base-map", {"shapes": shapes, "kept": COUNT, "left_out": left_out})


def files_schema() -> Schema:
    """Give the shape of the files of a plan."""
    return publish(
        "files", {"instance": refer("origin"), "files": {**make_map(TEXT), "description": "base64, by name"}}
    )


def board_schema() -> Schema:
    """Give the shape of a kept board."""
    return publish("board", BOARD)


def boards_schema() -> Schema:
    """Give the shape of the list of kept boards."""
    line = {"id": TEXT, "title": TEXT, "changed": {**NUMBER, "description": "s since 1970"}}
    return publish("boards", {"boards": make_list(make_object(line))})
