"""From a file to an `Instance` or a `Deployment`; whatever is wrong in the file is said in one go.

A file is not trusted: its size, its nesting and its text are looked at before its values.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from optimiser.common.errors import BadSetting, FileTrouble, InputFault
from optimiser.common.faults import make_fault
from optimiser.common.message import Message
from optimiser.common.parsing import MOST_BYTES, check_size, cut, decode, file_fault, oversize, parse_text
from optimiser.files.beside.law_file import refuse_named_law, take_law
from optimiser.files.formats import PLANS, demand_format, refuse_plan
from optimiser.files.synthetic.town import Town, town_text, town_values
from optimiser.model.instance import Instance
from optimiser.model.values.arguments import a, checked, maybe
from optimiser.model.values.build import build_model, plain_values, rules_of
from optimiser.model.values.cross_faults import find_faults
from optimiser.model.values.identifiers import fold_identifiers, list_identifiers
from optimiser.model.values.unread import NOTHING, Unread

if TYPE_CHECKING:
    from optimiser.files.plan_tables.rows import PlanTable
    from optimiser.model.deployment import Deployment

WORKBOOK = ".xlsx"
TABLES = (".csv", WORKBOOK)  # files that hold a plan as a table
GROUPS = ("families", "infeasible", "markov", "markov-moving")  # folders of further shipped instances
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def read(path: str | Path | Mapping[str, Any]) -> Instance:
    """Read an instance from a TOML or JSON file or a workbook, a shipped one by its name, or one from plain values.

    Parameters
    ----------
    path : file that ends in ``.toml``, ``.json`` or ``.xlsx``; where there is none, the name of a shipped instance such
        as ``oku-250`` or ``instances/oku-250.toml``, or of one in a folder below, ``markov/markov-6-01``. A synthetic
        town such as ``families/town-300-tight-none-1`` that is not shipped is made. Or what would stand in a file, as a
        dictionary: it is checked as a file is.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    return read_located(path)[0]


def read_located(path: str | Path | Mapping[str, Any]) -> tuple[Instance, Callable[[str], str]]:
    """Read an instance; return it and what names the place of a value in its file: a path, in a workbook a cell.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults.
    """
    if isinstance(path, Mapping):
        return parse(plain_values(path)), str
    if not isinstance(path, str | Path):
        expected = Message("a file, the name of a shipped instance, or a dictionary")
        fault = make_fault("wrong-type", "path", type(path).__name__, expected, Message("give one of these"))
        raise BadSetting("read()", [fault])
    file = _find(Path(path))
    if isinstance(file, Path) and file.suffix.lower() == WORKBOOK:
        return _parse_book(_read_bytes(file, str(path)), str(path))
    beside = file if isinstance(file, Path) else None
    return parse(take_law(_load(path), beside, str(path), _load), str(path)), str


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
    return _parse_book(raw, source)[0]


def _parse_book(raw: bytes, source: str) -> tuple[Instance, Callable[[str], str]]:
    from optimiser.files.workbook import read_sheets  # noqa: PLC0415  (files of text are read without)

    if len(raw) > MOST_BYTES:
        raise oversize(source)
    book = read_sheets(raw, source)
    instance, faults = None, book.faults
    try:
        instance = _build(book.data, source, book.unread())
    except InputFault as refused:
        faults = book.relocate(refused.faults)
    if faults or instance is None:
        raise InputFault(source, cut(faults))
    return book.note(instance), book.locate


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
    if isinstance(data, Mapping) and data.get("format") in PLANS:
        raise refuse_plan(source, str(data.get("instance", "INSTANCE")))
    if isinstance(data, Mapping) and isinstance(data.get("law"), str):
        named, data = refuse_named_law(data["law"]), {key: value for key, value in data.items() if key != "law"}
        try:
            _build(data, source, NOTHING)
        except InputFault as refused:
            raise InputFault(source, cut([named, *refused.faults])) from None
        raise InputFault(source, [named])
    return _build(data, source, NOTHING)


def _build(data: Mapping[str, Any], source: str, unread: Unread) -> Instance:
    """Make an instance; identifiers are compared without regard to capitals, which is noted."""
    check_size(data, source)
    folded, cautions = fold_identifiers(data, _identifiers())
    return build_model(Instance, folded, source, find_faults, unread=unread).note(cautions)


@cache
def _identifiers() -> tuple[tuple[str, ...], ...]:
    return list_identifiers(rules_of(Instance))


@checked(instance=maybe(a(Instance, Message("read it first, read(file or name)"))))
def read_deployment(path: str | Path, instance: Instance | None = None) -> Deployment:
    """Read a deployment from TOML, JSON, a table or a workbook; whether it is feasible is the checker's question.

    Parameters
    ----------
    path : file that holds a deployment, or a plan with a deployment under the key ``deployment``; or a table of who
        stands where, ``deployment.csv``, ``plan.xlsx`` and ``orders.xlsx`` among them.
    instance : instance that a deployment is for if it does not name one itself, as when written by hand. Tables need
        it.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults. A document of a later version is refused.
    """
    if Path(path).suffix.lower() in TABLES:
        return read_plan_table(path, instance).deployment
    return parse_deployment(_load(path), instance, str(path))


def read_plan_table(path: str | Path, instance: Instance | None) -> PlanTable:
    """Read a plan from a table of who stands where, see `plan_tables.rows.parse_plan_table`.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file says something that cannot be used; all its faults, each with its cell. Or there is no
        instance.
    """
    from optimiser.files.plan_tables.rows import parse_plan_table  # noqa: PLC0415  (files of text are read without)
    from optimiser.files.plan_tables.sheets import refuse_kind  # noqa: PLC0415

    raw = _read_bytes(Path(path), str(path))
    if instance is None:
        raise refuse_kind(str(path))
    return parse_plan_table(raw, str(path), Path(path).suffix.lower(), instance)


def parse_deployment(data: Any, instance: Instance | None = None, source: str = "deployment") -> Deployment:
    """Make a deployment from plain data as it stands in a file, see `read_deployment`.

    Raises
    ------
    InputFault : all faults.
    """
    from optimiser.model.deployment import Deployment  # noqa: PLC0415  (it brings numpy, which reading an instance spares)

    prefix: tuple[str, ...] = ()
    if isinstance(data, dict) and "deployment" in data:
        if "format" in data:
            demand_format(data, source)
        data, prefix = data["deployment"], ("deployment",)
    check_size(data, source)
    if isinstance(data, dict) and instance is not None:
        data = {"instance": instance.name, **data}
    return build_model(Deployment, data, source, prefix=prefix)


def read_historical(path: str | Path, instance: Instance) -> Deployment | None:
    """Read the plan that was used in reality, which lies beside the instance; None where it names none.

    Parameters
    ----------
    path : what the instance was read by.

    Raises
    ------
    FileTrouble : it is named and cannot be read.
    InputFault : it cannot be used; all its faults.
    """
    if instance.historical is None:
        return None
    folder = Path(path).parent if Path(path).is_file() else instances_folder()
    return read_deployment(folder / instance.historical, instance)


def read_document(path: str | Path) -> Mapping[str, Any]:
    """Read a TOML or JSON file as it stands, within the same limits; what it holds is not looked at.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : the file is not what its name says, or no table.
    """
    data = _load(path)
    check_size(data, str(path))
    if not isinstance(data, dict):
        found, repair = Message("a list or a value"), Message("take the file of a plan")
        raise file_fault(str(path), "wrong-type", found, Message("a table"), repair)
    return data


def instances_folder() -> Path:
    """Return the folder of the shipped instances: inside the installed package, or at the top of a checkout.

    Raises
    ------
    FileTrouble : there is none.
    """
    package = Path(__file__).resolve().parents[1]
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
    """Return which synthetic town is meant where a file is asked for; None where it is none."""
    path = Path(path)
    named = path.parts[:-1] in ((), ("families",), ("instances", "families"))
    return Town.of(path.name.removesuffix(".toml")) if named else None


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an instance file; dates of TOML are texts in ISO 8601 there."""
    return publish_model(Instance, "instance")


def deployment_schema() -> dict[str, Any]:
    """Return the JSON Schema of a deployment file."""
    from optimiser.model.deployment import Deployment  # noqa: PLC0415  (as in parse_deployment)

    return publish_model(Deployment, "deployment")


def read_text(path: str | Path) -> tuple[str, str]:
    """Return the text that `read` would make an instance from, and its kind, ``.toml`` or ``.json``.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it is too large, or no text.
    """
    file = _find(Path(path))
    return (town_text(file), ".toml") if isinstance(file, Town) else _text(file, str(path), (".toml", ".json"))


def read_json(path: str | Path, kinds: tuple[str, str] = (".geojson", ".json")) -> Any:
    """Read a JSON document of another kind than an instance, with the same guards against what it may hold.

    Raises
    ------
    FileTrouble : the file cannot be read, or its name ends in none of `kinds`.
    InputFault : it is too large, no JSON, or nested too deeply.
    """
    data = parse_text(_text(Path(path), str(path), kinds)[0], ".json", str(path))
    check_size(data, str(path))
    return data


def _load(path: str | Path) -> Any:
    """Read the bytes of a file, of a shipped one where there is none of that name, and parse them; or make a town."""
    file = _find(Path(path))
    if isinstance(file, Town):
        return town_values(file)
    return parse_text(*_text(file, str(path), (".toml", ".json")), str(path))


def _text(file: Path, source: str, kinds: tuple[str, str]) -> tuple[str, str]:
    kind = file.suffix.lower()
    if kind not in kinds:
        first, second = kinds
        words = Message("{file}: what is read must end in {first} or {second}", file=source, first=first, second=second)
        if kinds == (".toml", ".json"):
            words = Message(
                "{file}: what is read must end in .toml or .json, an instance also in .xlsx, a plan in .xlsx or .csv",
                file=source,
            )
        raise FileTrouble(words)
    return decode(_read_bytes(file, source), source), kind


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


def publish_model(kind: type[BaseModel], name: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file."""
    head = {"$schema": DIALECT, "$id": f"urn:optimiser:{name}:1"}
    return {**head, **copy.deepcopy(rules_of(kind)), "title": f"optimiser {name}"}
