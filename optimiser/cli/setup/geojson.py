"""`optimiser geojson`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimiser.cli.one_plan.amended import write_changed
from optimiser.cli.shared.console import guarded, print_document, print_notice
from optimiser.cli.shared.options import InstanceFile, Lang, Tongue, speak
from optimiser.common.errors import InputFault
from optimiser.common.message import Message

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.files.geojson.places import Places
    from optimiser.model.deployment import Deployment
    from optimiser.model.instance import Instance
    from optimiser.model.verdict import Violation


@guarded
def geojson(
    instance: InstanceFile,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="Deployment or plan file: who stands where.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the map here; to standard output if left out.")
    ] = None,
    places: Annotated[
        Path | None,
        typer.Option("--places", metavar="FILE", help="Read places from this map into the instance; needs --to."),
    ] = None,
    base_map: Annotated[
        Path | None,
        typer.Option("--base-map", metavar="FILE", help="Read roads, rivers and borders to draw below; needs --to."),
    ] = None,
    credit: Annotated[
        str | None, typer.Option("--credit", metavar="TEXT", help="Whose map that is, written small on every drawing.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write the changed instance here, .toml or .json.")
    ] = None,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """Give places and plan as a map for QGIS and others, or take places and routes back, or what lies below them."""
    from optimiser.files.read import read

    read_in = [file for file in (places, base_map) if file is not None]
    if len(read_in) != (to is not None):
        raise typer.BadParameter(Message("--to goes with --places or --base-map: a map to read, an instance to write"))
    if credit is not None and base_map is None:
        raise typer.BadParameter(Message("--credit goes with --base-map"))
    if read_in and (plan is not None or out is not None):
        raise typer.BadParameter(Message("either write a map, or read one; a plan has no part in the latter"))
    problem, language = read(instance), speak(lang)
    if places is not None and to is not None:
        _take(instance, problem, places, to, language)
    elif base_map is not None and to is not None:
        _take_base_map(instance, problem, base_map, credit, to, language)
    else:
        _give(problem.told_in(speak(lang).code), plan, out, language)


def _give(problem: Instance, plan: Path | None, out: Path | None, language: Language) -> None:
    from optimiser.output.write import dump, map_plan, write_files

    deployment, document = (None, None) if plan is None else _read_plan(plan, problem, language)
    collection = map_plan(problem, deployment, document, language)
    for line in collection["left_out"]:
        print_notice(language("left out, because an end has no position: {line}", line=line))
    if out is None:
        print_document(collection)
        return
    write_files(out.parent, {out.name: dump(collection).encode()})
    print_notice(language("written: {files}", files=out))


def _read_plan(plan: Path, problem: Instance, language: Language) -> tuple[Deployment, dict[str, Any] | None]:
    """Read who stands where; a plan that names what the instance does not have is refused, rather than half drawn.

    Raises
    ------
    InputFault : it does.
    """
    from optimiser.common.faults import make_fault
    from optimiser.files.plan_origin import read_plan
    from optimiser.files.read import read_json
    from optimiser.model import checker

    deployment, origin = read_plan(plan, problem)
    if (warning := origin.warning()) is not None:
        print_notice(warning, language)
    violations = checker.check(problem, deployment).violations
    strangers = [v for v in violations if v.code == "unknown"]
    if strangers:
        repair = Message("name the instance that the plan was made for")
        expected = Message("a plan for {instance}", instance=problem.name)
        raise InputFault(
            str(plan), [make_fault("unknown-place", _where(v), v.what or v.place, expected, repair) for v in strangers]
        )
    if violations:
        words = Message.plural(
            "optimiser: this plan breaks {n} rule, see `optimiser check`; it is drawn as it is",
            "optimiser: this plan breaks {n} rules, see `optimiser check`; it is drawn as it is",
            len(violations),
        )
        print_notice(words, language)
    data = read_json(plan) if plan.suffix.lower() == ".json" else None
    return deployment, data if isinstance(data, dict) and "evaluation" in data else None


def _where(stranger: Violation) -> str:
    """Say where in a plan stands what the instance does not have."""
    return ".".join(filter(None, ("places", stranger.place, stranger.what))) if stranger.place else "instance"


def _take(instance: str, problem: Instance, places: Path, to: Path, language: Language) -> None:
    from optimiser.files.geojson.places import read_places

    found = read_places(places, problem)
    write_changed(instance, problem, found.edits, to, language)
    _tell(found, language)


def _take_base_map(
    instance: str, problem: Instance, file: Path, credit: str | None, to: Path, language: Language
) -> None:
    from optimiser.files.edit import Edit
    from optimiser.files.geojson.base_map import read_base_map

    found = read_base_map(file, problem, credit)
    shapes = [shape.model_dump(mode="json", exclude_none=True) for shape in found.shapes]
    write_changed(instance, problem, [Edit(("base_map",), shapes)], to, language)
    print_notice(language("drawn: {n} features", n=language.number(f"{found.kept:,}")))
    if found.left_out:
        words = {"n": language.number(f"{found.left_out:,}")}
        print_notice(language("left out as points, broken, too small or too far away: {n}", **words))


def _tell(found: Places, language: Language) -> None:
    none = language("none")
    print_notice(language("moved: {places}", places=", ".join(found.moved) or none))
    print_notice(language("changed: {places}", places=", ".join(found.changed) or none))
    print_notice(language("added: {places}", places=", ".join(found.added) or none))
    for route in found.routes:
        print_notice(language("route {route}", route=route))
    if found.absent:
        print_notice(language("not on the map, unchanged: {places}", places=", ".join(found.absent)))
