"""What a workbook of an instance looks like: its sheets and columns, derived from the models and nothing else.

Names of sheets and columns are here those of the fields; `labels` has those that readers see in their language. Units,
limits, choices, defaults and help come from the model's JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from optimiser.common.language import CODES
from optimiser.common.message import Message
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.values.field_faults import Node, list_said, open_node
from optimiser.model.values.words import Scale, find_scale

Kind = Literal["identifier", "text", "number", "whole", "yes-no", "choice", "clock", "date", "list"]
Form = Literal["fields", "table", "grid"]
RANGE = ("low", "high", "source")  # what a number may carry beside its value
README = "readme"
HIDDEN = "_lists"

# what an identifier names, by the name of its field
REFERS = {
    **dict.fromkeys(("sector", "sectors", "spill_to"), "sectors"),
    **dict.fromkeys(("role", "crew_role", "escort_role"), "roles"),
    **dict.fromkeys(("a", "b", "from", "to"), "ends"),
    **dict.fromkeys(("home", "post"), "posts"),
    "team": "teams",
    **dict.fromkeys(("gathering", "until_left"), "gatherings"),
    "place": "places",
    "movement": "movements",
    "route": "routes",
    "what": "kinds",
}


@dataclass(frozen=True)
class Column:
    """One field of a sheet.

    Attributes
    ----------
    path : name of the field, with dots where it lies deeper.
    least, most : limits, inclusive; None where there are none.
    refers : what the identifier names; empty where it is the thing's own.
    ranged : whether the number may carry low, high and source.
    default : what holds where the cell is left empty; None where nothing does.
    scale : words that may stand instead of the number.
    """

    path: str
    kind: Kind
    unit: str = ""
    help: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    refers: str = ""
    ranged: bool = False
    required: bool = False
    default: Any = None
    scale: Scale = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    form : ``fields``, one row a field; ``table``, one row a thing; ``grid``, kilometres from row to column.
    base : where its data lie; ``sectors[].critical`` is a list inside each sector.
    parent : sheet of the things that rows belong to, named by the first column; empty where there is none.
    """

    name: str
    help: str
    form: Form
    base: str
    columns: tuple[Column, ...]
    parent: str = ""

    @property
    def required(self) -> bool:
        """Return whether an instance cannot do without."""
        return self.name in ("settings", "sectors", "posts", "roles", "teams")


@cache
def lay_out() -> tuple[Sheet, ...]:
    """List the sheets in the order in which they are filled in."""
    schema = Instance.model_json_schema()
    root = schema

    def part(name: str) -> Node:
        found: Node = schema["$defs"][name]
        return found

    def table(name: str, model: str, base: str = "", parent: str = "", key: str = "") -> Sheet:
        own = tuple(_columns(schema, part(model)))
        first = (Column(key, "identifier", refers=parent, required=True),) if key else ()
        return Sheet(name, _say(part(model)), "table", base or name, (*first, *own), parent)

    def fields(name: str, node: Node, extra: tuple[Column, ...] = ()) -> Sheet:
        base, about = ("", _SETTINGS) if name == "settings" else (name, _say(node))
        own = tuple(_columns(schema, node))
        return Sheet(name, about, "fields", base, (*own[:-1], *extra, *own[-1:]))  # the source stays last

    period = tuple(replace(c, path=f"period.{c.path}") for c in _columns(schema, part("Period")))
    return (
        fields("settings", root, period),
        table("sectors", "Sector"),
        table("critical", "CriticalWindow", "sectors[].critical", "sectors", "sector"),
        table("officials", "Official", "sectors[].official", "sectors", "sector"),
        Sheet("limits", _LIMITS, "table", "sectors[]", tuple(_limits(schema)), "sectors"),
        table("posts", "Post"),
        table("roles", "Role"),
        table("teams", "Team"),
        table("vehicles", "VehicleType"),
        table("gatherings", "Gathering"),
        table("itinerary", "Stop", "gatherings[].itinerary", "gatherings", "gathering"),
        table("routes", "Route", "gatherings[].routes", "gatherings", "gathering"),
        table("accompaniments", "Accompaniment"),
        table("movements", "Movement"),
        table("legs", "Leg", "movements[].legs", "movements", "movement"),
        table("triggers", "Trigger"),
        table("reinforcements", "Reinforcement"),
        table("pins", "Pin"),
        fields("travel", part("Travel")),
        table("roads", "Road", "travel.roads"),
        table("closures", "Closure", "travel.closures"),
        Sheet("matrix", _MATRIX, "grid", "travel.km", (_kilometres(schema, "km"),)),
        Sheet("matrix_ranges", _MATRIX_RANGES, "table", "travel.km", tuple(_ranges(schema))),
        fields("doctrine", part("Doctrine"), tuple(_command(schema))),
        Sheet("waiting_marks", _MARKS, "table", "doctrine.waiting_marks", (_mark(schema),)),
        fields("presence", part("Presence")),
        fields("objective", part("Objective")),
        Sheet("law", _LAW, "fields", "law", tuple(_constants())),
        table("base_map", "MapShape"),
        Sheet("texts", _TEXTS, "table", "texts", _TOLD),
    )


_SETTINGS = "What the plan is for: its name, when it begins, how long it lasts, how many heads there are."
_LIMITS = "Least and most teams of a role in a sector."
_MATRIX = "Road kilometres from the place of the row to that of the column; used where the travel sheet says matrix."
_MATRIX_RANGES = "Plausible ranges of single entries of the matrix."
_MARKS = "Minutes after which a delegation that still waits makes the crowd tenser."
_LAW = "Constants of the escalation law; leave a value empty to keep its default."
_TEXTS = "Names and texts of the other sheets in another language; what is not here is shown as it is there."
_TOLD = (
    Column("text", "text", help="a name as it stands in another sheet, or title or about", required=True),
    Column("language", "choice", help="language of the translation", choices=CODES, required=True),
    Column("told", "text", help="how it reads in that language", required=True),
)


def _say(node: Node) -> str:
    return str(node.get("description", "")).split("\n\n")[0].replace("\n", " ")


def _columns(schema: Node, model: Node, prefix: str = "", defaults: Any = None) -> Iterator[Column]:
    """List the fields of a model that are single values; the source comes last."""
    required = model.get("required", ())
    last: list[Column] = []
    for name, rough in model["properties"].items():
        node = open_node(schema, rough)
        default = rough.get("default") if defaults is None else defaults.get(name)
        note = rough.get("description", "")
        if (
            node.get("type") == "object"
            and "properties" in node
            and all("unit" in n for n in node["properties"].values())
        ):
            inner = _columns(schema, node, f"{prefix}{name}.", default)
            yield from (replace(c, help=note) for c in inner)
            continue
        column = _column(name, node)
        if column is None:
            continue
        whole = replace(
            column, path=prefix + name, help=note or column.help, required=name in required, default=default
        )
        if name == "source":
            last.append(whole)
        else:
            yield whole
    yield from last


def _column(name: str, node: Node) -> Column | None:
    """Describe a field by its schema; None where it needs a sheet of its own."""
    if "unit" in node:
        number = node["anyOf"][0]
        kind: Kind = "whole" if number["type"] == "integer" else "number"
        limits = {"least": number["minimum"], "most": number["maximum"], "scale": find_scale(list_said(node), name)}
        return Column(name, kind, node["unit"], ranged=True, **limits)
    form = node.get("type")
    if form == "integer":
        return Column(name, "whole", "", "", node["minimum"], node["maximum"])
    if form == "boolean":
        return Column(name, "yes-no")
    if "const" in node or "enum" in node:
        return Column(name, "choice", choices=tuple(node.get("enum", [node.get("const")])))
    if node.get("format") == "date-time":
        return Column(name, "date")
    if form == "string":
        pattern = str(node.get("pattern", ""))
        if pattern.startswith("^([01]"):
            return Column(name, "clock")
        if pattern.startswith("^[a-z0-9]"):
            return Column(name, "identifier", refers=REFERS.get(name, ""))
        return Column(name, "text")
    items = node.get("items", {})
    if form == "array" and items.get("type") == "string" and name != "places":
        return Column(name, "list", choices=tuple(items.get("enum", ())), refers=REFERS.get(name, ""))
    return None


def _limits(schema: Node) -> Iterator[Column]:
    yield Column("sector", "identifier", refers="sectors", required=True)
    yield Column("role", "identifier", refers="roles", required=True)
    for name in ("minimum", "maximum"):
        node = schema["$defs"]["Sector"]["properties"][name]
        teams = open_node(
            schema, next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties"))
        )
        column = _column(name, teams)
        assert column is not None
        yield replace(column, help=node["description"])


def _kilometres(schema: Node, name: str) -> Column:
    column = _column(name, schema["$defs"]["Travel"]["properties"]["km"]["items"]["items"])
    assert column is not None
    return column


def _ranges(schema: Node) -> Iterator[Column]:
    for name in ("from", "to"):
        yield Column(name, "identifier", refers="ends", required=True)
    for name in RANGE[:2]:
        yield replace(_kilometres(schema, name), ranged=False, default=None)
    yield Column("source", "text")


def _command(schema: Node) -> Iterator[Column]:
    node = schema["$defs"]["Doctrine"]["properties"]["command"]
    for phase in node["propertyNames"]["enum"]:
        yield Column(f"command.{phase}", "text", "", node["description"], default=node["default"][phase])


def _mark(schema: Node) -> Column:
    column = _column("after", schema["$defs"]["Doctrine"]["properties"]["waiting_marks"]["items"])
    assert column is not None
    return replace(column, required=True)


def _constants() -> Iterator[Column]:
    for c in CONSTANTS:
        meaning, limits = Message(c.meaning), {"low": c.low, "high": c.high}
        plausible = Message("{meaning}; plausible {low:g} to {high:g}", meaning=meaning, **limits)
        yield Column(c.name, "number", c.unit, plausible, None, None, ranged=True, default=c.default)
