"""From a file to an `Instance` or a `Deployment`; whatever is wrong in the file is said in one go.

A file is not trusted: its size, its nesting and its text are looked at before its values.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from optimiser.crossref import find_faults
from optimiser.errors import Fault, FileTrouble, InputFault
from optimiser.faults import FILE, make_fault
from optimiser.instance import Instance
from optimiser.message import Message
from optimiser.shape import explain, mend
from optimiser.synthetic import Town, describe, write

if TYPE_CHECKING:
    from optimiser.deployment import Deployment

MOST_BYTES = 20_000_000  # assumed: far above any instance within the limits of the format
MOST_NESTED = 32  # levels of tables and lists; the format needs 7, a plan 5
MOST_ENTRIES = 50_000  # entries of one list or table; the longest, a road network, is far shorter
MOST_VALUES = 2_000_000  # values in all: a matrix of 1,400 places
MOST_ERRORS = 50_000  # faults looked at one by one; a file with more of them is something else
MOST_FAULTS = 1000  # faults listed; more help nobody
WORKBOOK = ".xlsx"
GROUPS = ("families", "infeasible", "markov")  # folders of further shipped instances
_Kind = TypeVar("_Kind", bound=BaseModel)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# strings and comments, also unfinished ones, so that the search never starts over: it must stay linear
_TOML_STRING = re.compile(r'"(?:\\.|[^"\\\n])*+"?' + r"|'[^'\n]*+'?|#[^\n]*+")
_LONG_KEY = re.compile(r"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){32}")


def read(path: str | Path) -> Instance:
    """Read an instance from a TOML or JSON file or a workbook, or a shipped one by its name.

    Parameters
    ----------
    path : file that ends in ``.toml``, ``.json`` or ``.xlsx``; where there is none, the name of a shipped instance such
        as ``oku-250`` or ``instances/oku-250.toml``, or of one in a folder below, ``markov/markov-6-01``. A synthetic
        town such as ``families/town-300-tight-none-1`` that is not shipped is made.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    file = _find(Path(path))
    if isinstance(file, Path) and file.suffix.lower() == WORKBOOK:
        return parse_workbook(_read_bytes(file, str(path)), str(path))
    return parse(_load(path), str(path))


def parse_workbook(raw: bytes, source: str = "workbook") -> Instance:
    """Make an instance from the bytes of a workbook; faults name sheet and cell, ``sectors!F7``.

    Parameters
    ----------
    raw : content of a file in the format ``.xlsx``.
    source : what to call it in messages.

    Raises
    ------
    InputFault : all faults.
    """
    from optimiser.workbook import unfold  # noqa: PLC0415  (files of text are read without)

    if len(raw) > MOST_BYTES:
        raise _oversize(source)
    book = unfold(raw, source)
    instance, faults = None, book.faults
    try:
        instance = parse(book.data, source)
    except InputFault as refused:
        faults = book.relocate(refused.faults)
    if faults or instance is None:
        raise InputFault(source, _cut(faults))
    return instance


def parse(data: Mapping[str, Any], source: str = "instance") -> Instance:
    """Make an instance from a dictionary as it stands in a file.

    Faults between values are looked for even if there are faults of shape, as far as those do not stand in the way.

    Parameters
    ----------
    data : tables, lists and plain values.
    source : what to call the data in messages, usually its file.

    Raises
    ------
    InputFault : all faults.
    """
    _check_size(data, source)
    instance, errors = _validate(Instance, data, source)
    faults: list[Fault] = []
    mended: set[str] = set()
    if instance is None:
        rules = _rules(Instance)
        faults = explain(errors, rules)
        sound, mended = mend(data, errors, rules)
        attempt = None if sound is None else _validate(Instance, sound, source)[0]
    else:
        attempt = instance
    if attempt is not None:
        faults += [fault for fault in find_faults(attempt) if not _follows(fault, mended)]
    if faults or instance is None:
        raise InputFault(source, _cut(faults))
    return instance


def read_deployment(path: str | Path, instance: Instance | None = None) -> Deployment:
    """Read a deployment from a TOML or JSON file; whether it is feasible is the checker's question.

    Parameters
    ----------
    path : file that holds a deployment, or a plan with a deployment under the key ``deployment``.
    instance : instance that a deployment is for if it does not name one itself, as when written by hand.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    from optimiser.deployment import Deployment  # noqa: PLC0415  (it brings pandas, which reading an instance spares)

    data: Any = _load(path)
    prefix: tuple[str, ...] = ()
    if isinstance(data, dict) and "deployment" in data:
        data, prefix = data["deployment"], ("deployment",)
    _check_size(data, str(path))
    if isinstance(data, dict) and instance is not None:
        data = {"instance": instance.name, **data}
    deployment, errors = _validate(Deployment, data, str(path))
    if deployment is None:
        raise InputFault(str(path), _cut(explain(errors, _rules(Deployment), prefix)))
    return deployment


def read_document(path: str | Path) -> Mapping[str, Any]:
    """Read a TOML or JSON file as it stands, within the same limits; what it holds is not looked at.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file is not what its name says, or no table.
    """
    data = _load(path)
    _check_size(data, str(path))
    if not isinstance(data, dict):
        found, repair = Message("a list or a value"), Message("take the file of a plan")
        raise _refusal(str(path), "wrong-type", found, Message("a table"), repair)
    return data


def instances_folder() -> Path:
    """Give the folder of the shipped instances: inside the installed package, or at the top of a checkout.

    Raises
    ------
    FileTrouble : there is none.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "instances", package.parent / "instances"):
        if folder.is_dir():
            return folder
    raise FileTrouble(
        Message("the folder of shipped instances is missing beside {folder}; install the package again", folder=package)
    )


def shipped(group: str = "") -> list[str]:
    """List the names of the shipped instances, sorted, as `read` takes them.

    Parameters
    ----------
    group : one of `GROUPS`, whose instances are not among the others.
    """
    files = (instances_folder() / group).glob("*.toml")
    return sorted(f"{group}/{file.stem}" if group else file.stem for file in files)


def find_town(path: str | Path) -> Town | None:
    """Tell which synthetic town is meant where a file is asked for; None where it is none."""
    path = Path(path)
    named = path.parts[:-1] in ((), ("families",), ("instances", "families"))
    return Town.of(path.name.removesuffix(".toml")) if named else None


def schema() -> dict[str, Any]:
    """Give the JSON Schema of an instance file; dates of TOML are texts in ISO 8601 there."""
    return _publish(Instance, "instance")


def deployment_schema() -> dict[str, Any]:
    """Give the JSON Schema of a deployment file."""
    from optimiser.deployment import Deployment  # noqa: PLC0415  (as in read_deployment)

    return _publish(Deployment, "deployment")


def read_text(path: str | Path) -> tuple[str, str]:
    """Give the text that `read` would make an instance from, and its kind, ``.toml`` or ``.json``.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is too large, or no text.
    """
    file = _find(Path(path))
    return (write(file), ".toml") if isinstance(file, Town) else _text(file, str(path), (".toml", ".json"))


def read_json(path: str | Path, kinds: tuple[str, str] = (".geojson", ".json")) -> Any:
    """Read a JSON document of another kind than an instance, with the same guards against what it may hold.

    Raises
    ------
    FileTrouble : the file cannot be read, or its name ends in none of `kinds`.
    InputFault : it is too large, no JSON, or nested too deeply.
    """
    data = _parse_text(_text(Path(path), str(path), kinds)[0], ".json", str(path))
    _check_size(data, str(path))
    return data


def _load(path: str | Path) -> Any:
    """Read the bytes of a file, of a shipped one where there is none of that name, and parse them; or make a town."""
    file = _find(Path(path))
    if isinstance(file, Town):
        return describe(file)
    return _parse_text(*_text(file, str(path), (".toml", ".json")), str(path))


def _text(file: Path, source: str, kinds: tuple[str, str]) -> tuple[str, str]:
    kind = file.suffix.lower()
    if kind not in kinds:
        first, second = kinds
        words = Message("{file}: what is read must end in {first} or {second}", file=source, first=first, second=second)
        if kinds == (".toml", ".json"):
            words = Message("{file}: what is read must end in .toml or .json, an instance also in .xlsx", file=source)
        raise FileTrouble(words)
    return _decode(_read_bytes(file, source), source), kind


def _read_bytes(file: Path, source: str) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=source, error=error.strerror)) from error


def _find(path: Path) -> Path | Town:
    try:
        if path.is_file():
            return path
        group = path.parts[path.parts[:1] == ("instances",) : -1]
        if group in ((), *((name,) for name in GROUPS)):
            for name in (path.name, f"{path.name}.toml"):
                if (file := instances_folder().joinpath(*group, name)).is_file():
                    return file
        if (town := find_town(path)) is not None:
            return town
        reason = Message("no such file, and no shipped instance of that name")
        if path.exists():
            reason = Message("is not a file")
    except OSError as error:
        reason = Message("cannot be read: {error}", error=error.strerror)
    groups = ", ".join(f"{group}/" for group in GROUPS if shipped(group))
    words = {"file": path, "reason": reason, "known": ", ".join(shipped()), "groups": groups}
    raise FileTrouble(Message("{file}: {reason}; shipped are {known}, more in {groups}", **words))


def _oversize(source: str) -> InputFault:
    expected, repair = Message("at most {n} bytes", n=f"{MOST_BYTES:,}"), Message("leave out what is not needed")
    return _refusal(source, "too-large", Message("more"), expected, repair)


def _decode(raw: bytes, source: str) -> str:
    if len(raw) > MOST_BYTES:
        raise _oversize(source)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found, expected = Message("byte {number} is none", number=error.start), Message("UTF-8 text")
        raise _refusal(source, "not-text", found, expected, Message("save the file as UTF-8")) from error


def _parse_text(text: str, kind: str, source: str) -> Any:
    twice: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return content

    try:
        if kind == ".json":
            data = json.loads(text, object_pairs_hook=table)
        elif _LONG_KEY.search(_TOML_STRING.sub("s", text)):
            raise RecursionError  # tomllib's time grows with the square of a dotted key
        else:
            data = tomllib.loads(text)
    except RecursionError as error:
        raise _nested(source) from error
    except ValueError as error:
        raise InputFault(source, [_syntax(text, str(error), kind)]) from error
    if twice:
        expected, repair = Message("each field once in its table"), Message("remove one of them")
        faults = [make_fault("duplicate-key", FILE, key, expected, repair) for key in twice]
        raise InputFault(source, _cut(faults))
    return data


def _syntax(text: str, message: str, kind: str) -> Fault:
    """Turn the parser's message, which names line and column in its own way, into a fault."""
    reason = re.split(r" \(at |; use sys|: line ", message, maxsplit=1)[0]
    reason = reason if reason.isprintable() else ascii(reason)
    where = re.search(r"line (\d+)(?:,| )? ?column (\d+)", message)
    place, found = FILE, None
    if where:
        place = Message("line {line}, column {column}", line=where[1], column=where[2])
        found = text.split("\n")[int(where[1]) - 1].strip()
    expected = Message("valid {format} ({reason})", format=kind[1:].upper(), reason=reason)
    return make_fault("bad-syntax", place, found, expected, Message("correct the text there"))


def _refusal(source: str, code: str, found: Message, expected: Message, repair: Message) -> InputFault:
    return InputFault(source, [make_fault(code, FILE, found, expected, repair)])


def _nested(source: str) -> InputFault:
    expected = Message("at most {n} levels of tables and lists", n=MOST_NESTED)
    return _refusal(source, "too-deep", Message("more"), expected, Message("flatten the file"))


def _check_size(data: Any, source: str) -> None:
    """Refuse deep nesting and endless lists before anything walks through the data or lists its faults."""
    level = [data] if isinstance(data, Mapping | list | tuple) else []
    values = 0
    for _ in range(MOST_NESTED):
        sizes = [len(holder) for holder in level]
        values += sum(sizes)
        if max(sizes, default=0) > MOST_ENTRIES or values > MOST_VALUES:
            words = {"entries": f"{MOST_ENTRIES:,}", "values": f"{MOST_VALUES:,}"}
            expected = Message("at most {entries} entries in a list or table, {values} in all", **words)
            raise _refusal(source, "too-many", Message("more"), expected, Message("leave out what is not needed"))
        level = [inner for holder in level for inner in _inside(holder) if isinstance(inner, Mapping | list | tuple)]
        if not level:
            return
    raise _nested(source)


def _inside(holder: Any) -> Any:
    return holder.values() if isinstance(holder, Mapping) else holder


def _validate(kind: type[_Kind], data: Any, source: str) -> tuple[_Kind | None, list[ErrorDetails]]:
    try:
        return kind.model_validate(data), []
    except ValidationError as error:
        if error.error_count() > MOST_ERRORS:
            found = Message.plural("{n} fault", "{n} faults", error.error_count())
            expected, repair = Message("an instance or a plan"), Message("check that the file is what it should be")
            raise _refusal(source, "more-faults", found, expected, repair) from None
        return None, error.errors(include_url=False)


def _follows(fault: Fault, mended: set[str]) -> bool:
    """Tell whether a fault between values only follows from a number that was mended: itself or one in its list."""
    return fault.place in mended or re.sub(r"\[\d+\]$", "[*]", fault.place) in mended


def _cut(faults: list[Fault]) -> list[Fault]:
    if len(faults) <= MOST_FAULTS:
        return faults
    rest = Message.plural("{n} further fault", "{n} further faults", len(faults) - MOST_FAULTS)
    last = make_fault("more-faults", FILE, rest, Message("none"), Message("repair the others first"))
    return [*faults[:MOST_FAULTS], last]


@cache
def _rules(kind: type[BaseModel]) -> dict[str, Any]:
    """Give the schema that faults are explained by; made once, it is not to be changed."""
    rules = kind.model_json_schema()
    _close(rules)
    return rules


def _publish(kind: type[BaseModel], name: str) -> dict[str, Any]:
    head = {"$schema": _DIALECT, "$id": f"urn:optimiser:{name}:1"}
    return {**head, **copy.deepcopy(_rules(kind)), "title": f"optimiser {name}"}


def _close(node: Any) -> None:
    """Refuse names that are no identifiers, which the model does and its plain schema leaves open."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            _close(inner)
    elif isinstance(node, list):
        for inner in node:
            _close(inner)
