"""Instances and their files: a list of instances, roles to copy, movements to add, how large one is, its faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimiser.common.errors import InputFault
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import plain
from optimiser.files.examination.means import count_heads
from optimiser.files.workbook.labels import title_library
from optimiser.model.cautions import Caution
from optimiser.model.expected.stands import list_stands
from optimiser.model.instance import Instance, Role
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import Paragraph, Points, Section, Span, Table, TableColumn
from optimiser.output.documents.instances import count_sources
from optimiser.output.words.wording import PHASE_WORDS

ABILITIES: dict[str, Message] = {
    "dialogue": Message("dialogue"),
    "visibility": Message("visibility"),
    "medical": Message("medical"),
    "arrest": Message("arrest"),
    "traffic": Message("traffic"),
    "information": Message("information"),
}


def instances_sections(
    instances: Mapping[str, Instance], more: Mapping[str, int], language: Language = ENGLISH
) -> list[Section]:
    """List instances with a line each.

    Parameters
    ----------
    instances : what is listed, by the name under which it is read.
    more : number of shipped instances that are not listed, by group.
    """
    columns = (
        TableColumn(language("Name"), firm=True),
        TableColumn(language("What it is")),
        TableColumn(language("Sectors"), right=True),
        TableColumn(language("Heads"), right=True),
        TableColumn(language("Sourced"), right=True, firm=True),
    )
    rows = []
    for name, instance in instances.items():
        real, parts = count_sources(instance)
        figures = (language.number(f"{len(instance.sectors):,}"), language.number(f"{count_heads(instance):,}"))
        sourced = language("{part} of {all}", part=real, all=parts)
        rows.append((Span(name, "strong"), instance.title, *figures, sourced))
    remark = language(
        "Heads: all that count under the cap, extra vehicle crews included. Sourced: parts whose numbers come from "
        "somewhere; those of the others are assumed or invented."
    )
    remarks = [Paragraph(remark, "note")]
    if more:
        groups = ", ".join(
            language("{number} in {group}/", number=number, group=group) for group, number in more.items()
        )
        further = language(
            "Further: {groups}; --all lists them. A synthetic town of any other size is made when it is named: {name}.",
            groups=groups,
            name="families/town-300-tight-none-1",
        )
        remarks.append(Paragraph(further, "note"))
    return [Section("", [Table(columns, rows), *remarks])]


def faults_sections(error: InputFault, language: Language = ENGLISH) -> list[Section]:
    """List every fault of a file."""
    count = len(error.faults)
    head = language.plural("{n} fault in {source}", "{n} faults in {source}", count, source=error.source)
    faults = Points([language(fault.sentence) for fault in error.faults], tone="bad")
    return [Section("", [Paragraph(head, "bad"), faults])]


def cautions_sections(cautions: Sequence[Caution], language: Language = ENGLISH) -> list[Section]:
    """List the warnings about a file that can be used."""
    head = language.plural("{n} warning", "{n} warnings", len(cautions))
    warnings = Points([language(caution.sentence) for caution in cautions], tone="warning")
    return [Section("", [Paragraph(head, "warning"), warnings])]


def size_sections(instance: Instance, language: Language = ENGLISH) -> list[Section]:
    """Say in one line how large an instance is, and that nothing is wrong with it."""
    teams = sum(int(t.count) for t in instance.teams)
    vehicles = sum(int(v.count) for v in instance.vehicles)
    plural = language.plural
    said = language(
        "{name}: {sectors}, {posts}, {teams} and {vehicles} with {heads}, extra crews included, under a cap of "
        "{cap:,}, {gatherings}, no faults",
        name=instance.name,
        sectors=plural("{n} sector", "{n} sectors", len(instance.sectors)),
        posts=plural("{n} post", "{n} posts", len(instance.posts)),
        teams=plural("{n} team", "{n} teams", teams),
        heads=plural("{n} head", "{n} heads", count_heads(instance)),
        cap=int(instance.cap),
        vehicles=plural("{n} vehicle", "{n} vehicles", vehicles),
        gatherings=plural("{n} gathering", "{n} gatherings", len(instance.gatherings)),
    )
    return [Section("", [Paragraph(said)])]


def roles_sections(roles: Sequence[Role], language: Language = ENGLISH) -> list[Section]:
    """Lay out the roles of the library."""
    columns = (
        TableColumn(language("Role"), firm=True),
        TableColumn(language("Name")),
        TableColumn(language("What one head can do")),
        TableColumn(language("Source")),
    )
    rows = [
        (Span(role.id, "strong"), role.name, "; ".join(_abilities(role, language)), Span(role.source, "soft"))
        for role in roles
    ]
    said = language(
        "Head equivalents per head, compared with one head of Dalmas awal in green. `optimiser roles ROLE` prints one "
        "as TOML; templates hold all on the sheet {sheet}.",
        sheet=title_library(language.code),
    )
    return [Section(language("Roles to copy from"), [Table(columns, rows), Paragraph(said, "note")])]


def _abilities(role: Role, language: Language) -> Iterator[str]:
    for phase in role.phases:
        value = float(getattr(role.containment, phase))
        if value:
            words = {"phase": language(PHASE_WORDS[phase]), "n": language.number(str(value))}
            yield language("containment {phase} {n}", **words)
    for name, label in ABILITIES.items():
        value = float(getattr(role, name))
        if value:
            yield f"{language(label)} {language.number(f'{value:g}')}"
    if role.officer:
        yield language("may be in charge")
    if role.stands == "posts":
        yield language("waits at posts")


def proposal_sections(instance: Instance, found: Sequence[Moving], language: Language = ENGLISH) -> list[Section]:
    """List proposed accompaniments and movements: their name, and where their units would stand along likely ways."""
    if not found:
        none = language(
            "Nothing to propose: no people are expected to go on, units would come too late for them, or all that is "
            "here moves already."
        )
        return [Section("", (Paragraph(none),))]
    names = {place.id: plain(place.name) for place in (*instance.sectors, *instance.posts)}
    rows = []
    for moving in found:
        stands = "; ".join(
            f"{names[s.sector]} {language.clock(instance.clock(s.formed))}–{language.clock(instance.clock(s.left))}"
            for s in list_stands(instance, moving)
        )
        rows.append(((Span(plain(moving.name), "strong"), Span(moving.id, "soft")), stands))
    columns = (TableColumn(language("Movement"), 2), TableColumn(language("Where its units would stand"), 4))
    remark = language(
        "By mean times, along the likeliest ways, on foot. Nothing is simulated yet: a plan places units in them where "
        "that loses less, and leaves the others empty."
    )
    return [Section("", (Table(columns, rows), Paragraph(remark, "note")))]
