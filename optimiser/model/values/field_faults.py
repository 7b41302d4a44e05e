"""Faults of shape: what a single value shows by itself, such as a missing field or a number out of range.

The words come from the JSON Schema of the model, so that limits and units have one source.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from optimiser.common.errors import Fault
from optimiser.common.faults import ADVISED, IN_SCHEMA, Keys, list_near, make_fault, suggest, write_place
from optimiser.common.message import Message
from optimiser.common.numerals import ask_thousands
from optimiser.common.typed.amounts import read_amount
from optimiser.model.values.words import tell_words

Node = dict[str, Any]

REFERS = "^ *"  # how the pattern of what refers to an identifier begins
SHARE, DEGREES = "share of 1", "degrees"
PERSONS = ("persons", "heads")  # units of which there is no fraction
FACTOR = 2  # most that something is multiplied with, where it has no unit; a larger one is a percentage
LONGEST = 60  # characters of an identifier
TAGS = ("plain", "table", "known")  # names of the written forms of a number inside `quantity.Amount`
TABLE, TEXT = "dict[str,any]", "constrained-str"  # names of the two forms of what is a table or a text
_OPINION = (
    "party parties partai paslon candidate candidates affiliation affiliations ideology ideologies ideological "
    "political politics religion religions religious agama ethnicity ethnic suku race tribe voters votes"
)
_ARMS = "firearm firearms gun guns rifle rifles pistol pistols ammunition bullet bullets lethal senpi senjata peluru"
FORBIDDEN: dict[str, str] = {
    **dict.fromkeys(
        _OPINION.split(), Message("opinion, faith and origin are never a sign of threat; remove the field")
    ),
    **dict.fromkeys(_ARMS.split(), Message("firearms are out of scope: refer to higher command; remove the field")),
}
_UNITS = (
    Message("min"),
    Message("h"),
    Message("km"),
    Message("km/h"),
    Message("degrees"),
    Message("persons"),
    Message("heads"),
    Message("teams"),
    Message("vehicles"),
    Message("seats"),
    Message("groups"),
    Message("units"),
    Message("as named"),
    Message("share of 1"),
    Message("share per hour"),
    Message("factor"),
    Message("CVaR level"),
    Message("change of tension"),
    Message("points per unit"),
    Message("sigma of the logarithm"),
    Message("chance relative to the other routes"),
    Message("road km per straight km"),
    Message("head equivalents per head"),
)
UNIT_WORDS = {str(unit): unit for unit in _UNITS}
_CODE_OF = {
    "missing": "missing-field",
    "finite_number": "not-finite",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "range_order": "range-order",
    "string_too_short": "bad-text",
    "string_too_long": "bad-text",
    "string_unicode": "bad-text",
    "datetime_parsing": "bad-date",
    "datetime_type": "bad-date",
    "datetime_from_date_parsing": "bad-date",
    "literal_error": "not-a-choice",
    "too_short": "too-few",
    "too_long": "too-many",
}
_REPAIR = {
    "missing-field": Message("add the field"),
    "wrong-type": Message("write a value of that type"),
    "wrong-format": Message("use a version of the program that reads it, or convert the file"),
    "not-finite": Message("write a finite number"),
    "out-of-range": Message("choose a value within the limits and check its unit"),
    "range-order": Message("correct low, value or high"),
    "bad-identifier": Message("rename it, for example to kpu-1"),
    "bad-text": Message("shorten or clean the text"),
    "bad-clock": Message('write it in quotes, for example "14:30"'),
    "bad-date": Message("write it like the example"),
    "not-a-choice": Message("choose one of these"),
    "too-few": Message("add what is missing"),
    "too-many": Message("remove some, or cut the plan in parts"),
}


class Spot(NamedTuple):
    """Where an error of the shape lies: keys in the data, keys of the number around it, schema nodes, unit."""

    keys: Keys
    amount: Keys | None  # keys of the whole number, where the error lies in one
    node: Node
    parent: Node
    unit: str
    whole: Node  # of the number around it, where the error lies in one


def list_field_faults(errors: Sequence[ErrorDetails], schema: Node, prefix: Keys = ()) -> list[Fault]:
    """Turn the errors of pydantic into faults.

    Parameters
    ----------
    errors : errors with their inputs, from `ValidationError.errors`.
    schema : JSON Schema of the model that was validated.
    prefix : keys of the validated part inside its file.
    """
    names = [error for error in errors if error["type"] == "extra_forbidden"][:ADVISED]
    return [
        _explain(error, locate(schema, error["loc"]), prefix, advised=any(error is name for name in names))
        for error in errors
        if not is_echo(error)
    ]


def is_echo(error: ErrorDetails) -> bool:
    """Return whether it tells another fault again.

    A list is called too short because entries in it are faulty themselves, or what is neither a table nor a text is
    said to be no table, and then to be no text.
    """
    if error["loc"][-1:] == (TABLE,):
        return True
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def locate(schema: Node, loc: Keys) -> Spot:
    """Follow the place of an error through the schema, and take out the tags that stand for no key of the file."""
    node = parent = open_node(schema, schema)
    keys: list[str | int] = []
    amount: Keys | None = None
    unit, tag, whole = "", "", {}
    for step in loc:
        if step == "[key]":
            node = _key_rules(parent)
        elif step == TEXT:
            either = parent.get("items") or parent.get("properties", {}).get(keys[-1] if keys else "", {})
            node = next((choice for choice in _choices(schema, either) if choice.get("type") == "string"), {})
        elif "unit" in node and step in TAGS:
            unit, tag, amount, whole = node["unit"], str(step), tuple(keys), node
            node = node["anyOf"][0 if tag == "plain" else 1]
        else:
            parent, node = node, _enter(schema, node, step)
            if not (tag == "known" and step == "value"):
                keys.append(step)
    return Spot(tuple(keys), amount, node, parent, unit or node.get("unit", ""), whole)


def _choices(schema: Node, node: Node) -> Iterator[Node]:
    """List what may stand at a place, through references and choices within choices."""
    if "$ref" in node:
        yield from _choices(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[1]])
    elif "anyOf" in node:
        for choice in node["anyOf"]:
            yield from _choices(schema, choice)
    else:
        yield node


def list_said(node: Node) -> list[str]:
    """List the words that may stand instead of a number."""
    choices = node.get("anyOf", [])[2:] if "unit" in node else []
    return [str(word) for choice in choices for word in choice.get("enum", ())]


def _enter(schema: Node, node: Node, step: str | int) -> Node:
    if isinstance(step, int):
        inner = node.get("items")
    else:
        patterns: Node = node.get("patternProperties", {})
        inner = node.get("properties", {}).get(step) or next(iter(patterns.values()), node.get("additionalProperties"))
    return open_node(schema, inner) if isinstance(inner, dict) else {}


def open_node(schema: Node, node: Node) -> Node:
    """Follow a reference, and look through "or nothing"."""
    while "$ref" in node or ("anyOf" in node and "unit" not in node):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        else:
            node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    return node


def _key_rules(node: Node) -> Node:
    names: Node = node.get("propertyNames", {})
    return {"type": "string", "pattern": next(iter(node.get("patternProperties", {})), ""), **names}


def _explain(error: ErrorDetails, spot: Spot, prefix: Keys, advised: bool) -> Fault:
    place, found = write_place(prefix + spot.keys), error["input"]
    if error["type"] == "extra_forbidden":
        known = sorted(spot.parent.get("properties", ()))
        return refuse_field(place, str(spot.keys[-1]), found, known, advised)
    code = _code(error, spot)
    expected = _expected(code, spot, error["msg"])
    repair = _mend_value(found, spot) if code in ("wrong-type", "out-of-range") else _REPAIR[code]
    if code == "range-order":
        found = Message.chain(", ", [f"{name} {found[name]}" for name in ("low", "value", "high") if name in found])
    if code == "bad-identifier" and str(spot.node.get("pattern", "")).startswith(REFERS):
        repair = Message("name it by its identifier, as the instance has it")
    elif code == "bad-identifier" and (spelt := spell_identifier(spot.node, found)):
        repair = Message("write it as {name}", name=spelt)
    elif code == "not-a-choice" and isinstance(found, str):
        repair = suggest(found.strip().lower(), [str(choice) for choice in spot.node.get("enum", ())]) or repair
    return make_fault(code, place, None if code == "missing-field" else found, expected, repair)


def _mend_value(found: object, spot: Spot) -> Message:
    """Say what to do about a value of the wrong type or outside its limits."""
    node = spot.node["anyOf"][0] if "unit" in spot.node else spot.node
    kind = node.get("type")
    if kind == "boolean":
        return Message("write true or false")
    if isinstance(found, int | float) and not isinstance(found, bool):
        is_factor = kind == "number" and not spot.unit and node.get("maximum") == FACTOR
        if (spot.unit == SHARE or is_factor) and FACTOR <= found <= 100:
            return Message("write {share} if {percent} % is meant", share=f"{found / 100:g}", percent=f"{found:g}")
        if spot.unit in PERSONS and (question := ask_thousands(found)) is not None:
            return question
        if spot.unit == DEGREES and not _fits(found, node):
            return _mend_degrees(float(found), float(node["maximum"]))
        if kind == "integer" and isinstance(found, float) and math.isfinite(found) and found % 1:
            below, above = math.floor(found), math.ceil(found)
            if _fits(below, node) and _fits(above, node):
                return Message("write {below} or {above}", below=str(below), above=str(above))
        return _REPAIR["wrong-type" if _fits(found, node) else "out-of-range"]
    if kind not in ("integer", "number"):
        return _REPAIR["wrong-type"]
    amount = read_amount(found, spot.unit) if isinstance(found, str) else None
    return Message("write a number") if amount is None else Message("write {number}", number=f"{amount:.15g}")


def _mend_degrees(found: float, most: float) -> Message:
    """Say what to do about degrees outside their limits."""
    if most < abs(found) <= 180.0:
        return Message("latitude and longitude seem to be exchanged: exchange the two numbers")
    return Message(
        "the mark before the decimals is missing, or the map counts in metres; write degrees such as -4.1242"
    )


def _fits(number: float, node: Node) -> bool:
    above = number >= node.get("minimum", -math.inf) and number > node.get("exclusiveMinimum", -math.inf)
    below = number <= node.get("maximum", math.inf) and number < node.get("exclusiveMaximum", math.inf)
    return bool(above and below)


def refuse_field(
    place: str,
    name: str,
    found: object,
    known: Collection[str],
    advised: bool,
    more: str = "",
    where: Message = IN_SCHEMA,
) -> Fault:
    """Make the fault of a field that the format does not have, or refuses on purpose.

    Parameters
    ----------
    known : the fields there are.
    advised : whether to look for a similar one, which is slow.
    more : advice that goes before.
    where : where to find all the fields there are.
    """
    if (reason := forbids(name)) is not None:
        return make_fault("forbidden-field", place, found, Message("no such field, on purpose"), reason)
    advice = more or (suggest(name, known) if advised else "")
    expected = list_near(name, known, where) if known else Message("no field here")
    repair = advice or Message("remove the field or correct its name")
    return make_fault("unknown-field", place, found, expected, repair)


def forbids(name: str) -> str | None:
    """Return why a field of that name is refused on purpose; None where it is not."""
    words = re.split(r"[^a-z]+", name[:200].lower())
    return next((FORBIDDEN[word] for word in words if word in FORBIDDEN), None)


def spell_identifier(node: Node, found: object) -> str | None:
    """Spell a text as the identifier that comes nearest, ``Polres OKU`` as ``polres-oku``; None where there is none."""
    if not isinstance(found, str) or not is_identifier(node) or len(found) > LONGEST:
        return None
    plain = unicodedata.normalize("NFKD", found).encode("ascii", "ignore").decode().strip().lower()
    spelt = re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")
    return spelt if spelt and len(spelt) <= LONGEST else None


def is_identifier(node: Node) -> bool:
    """Return whether a part of the schema is an identifier."""
    return _form(node) == "identifier"


def _code(error: ErrorDetails, spot: Spot) -> str:
    kind, found = error["type"], error["input"]
    if isinstance(found, float) and not math.isfinite(found):
        return "not-finite"
    if kind in ("string_pattern_mismatch", "string_type") and _form(spot.node) == "clock":
        return "bad-clock"
    if kind == "string_pattern_mismatch":
        return "bad-identifier" if _form(spot.node) == "identifier" else "bad-text"
    if kind == "literal_error" and spot.keys == ("format",):
        return "wrong-format"
    if kind in ("float_type", "int_type") and isinstance(found, int) and not isinstance(found, bool):
        return "out-of-range"  # an integer that is too large to be a float
    return _CODE_OF.get(kind, "wrong-type")


def _form(node: Node) -> str:
    """Name the form of a text by its pattern, which unlike its description is the same in every field."""
    pattern = str(node.get("pattern", ""))
    if pattern.startswith(("^[a-z0-9]", REFERS)):
        return "identifier"
    return "clock" if pattern.startswith("^([01]") else "text"


def _expected(code: str, spot: Spot, message: str) -> str:
    node = spot.node
    kind = node.get("type")
    if code == "range-order":
        return Message("low <= value <= high")
    if "unit" in node or kind in ("number", "integer"):
        amount = _amount(code, node["anyOf"][0] if "unit" in node else node, spot.unit)
        words = list_said(spot.whole)
        if words and code == "wrong-type":
            return Message("{amount}, or one of {words}", amount=amount, words=tell_words(words))
        return amount
    if "const" in node or "enum" in node:
        choices = ", ".join(f"'{choice}'" for choice in node.get("enum", [node.get("const")]))
        return Message("one of {choices}", choices=choices)
    if node.get("format") == "date-time":
        return Message("a local date and time, for example {example}", example="2024-08-20T13:00:00")
    if kind == "string":
        return _letters(node)
    if kind == "array":
        least, most = str(node.get("minItems", 0)), str(node.get("maxItems", ""))
        if most:
            return Message("a list of {least} to {most}", least=least, most=most)
        return Message("a list of {least} or more", least=least)
    if kind == "object" and (said := node.get("words")):
        return Message("a table, or one of {words}", words=tell_words(said))
    if kind == "object":
        return Message("a table")
    return Message("true or false") if kind == "boolean" else message


def _letters(node: Node) -> Message:
    form = _form(node)
    if form == "identifier":
        return Message("lower-case letters, digits, - and _; at most 60")
    if form == "clock":
        return Message("a clock time HH:MM")
    least, most = str(node.get("minLength", 0)), str(node.get("maxLength", ""))
    if not most:
        return Message("text of {least} or more characters, none of control", least=least)
    return Message("text of {least} to {most} characters, none of control", least=least, most=most)


def _amount(code: str, node: Node, unit: str) -> Message:
    least, most = _limits(node)
    low, high = _plain(least), _plain(most) if math.isfinite(most) else "..."
    limits = Message("{low} to {high}", low=low, high=high)
    if unit:
        limits = Message("{low} to {high} {unit}", low=low, high=high, unit=UNIT_WORDS.get(unit, unit))
    if code == "out-of-range":
        return limits
    if node["type"] == "integer":
        return Message("a whole number, {limits}", limits=limits)
    return Message("a number, {limits}", limits=limits)


def _limits(node: Node) -> tuple[float, float]:
    """Return the least and the most of a number; where a limit itself is left out, it has another name."""
    limited = {"minimum": 0.0, "maximum": math.inf, **node}
    least, most = (float(node.get(f"exclusive{end.title()}", limited[end])) for end in ("minimum", "maximum"))
    return least, most


def _plain(limit: float) -> int | float:
    return int(limit) if float(limit).is_integer() else limit
