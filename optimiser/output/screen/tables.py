"""Tables for the terminal: what every command prints besides the plan itself, which `briefing` lays out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TextIO

from pydantic import BaseModel
from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, mean, percent, plain, tell_rare
from optimiser.model.cautions import Caution, caution_values
from optimiser.model.harms import LISTED
from optimiser.output.words.wording import PHASE_WORDS, Wording

if TYPE_CHECKING:
    from optimiser.common.errors import Fault, InputFault
    from optimiser.files.plan_origin import Origin
    from optimiser.model.instance import Instance
    from optimiser.model.verdict import Verdict
    from optimiser.planning.evaluation import Evaluation, Interval
    from optimiser.questions.played_plan import Rehearsal
    from optimiser.simulation.events import Event

WIDEST = 120  # columns: beyond that the eye loses the line
NARROW = 50  # columns: below, a table whose words do not fit is told row by row; assumed
REPEATED = ("asked", "call_refused", "none_left", "withheld", "stayed")
UNSOURCED = ("assumed", "invented")
COLOURS = {"green": "green", "yellow": "yellow", "red": "red", "quiet": "dim", "dispersed": "cyan"}


class _Screen(Console):
    """A console that lets its user handle a reader who has gone; Rich would end the program."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - Rich calls this while it handles the error


def make_console(stream: TextIO) -> Console:
    """Make a console on a stream: no colours where nobody wants or sees them, and no lines too long to read."""
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = _Screen(file=stream, color_system=colours, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console


def heading(text: str) -> Text:
    """Set the heading of a part."""
    return Text(f"\n{text.upper()}", style="bold")


def note(text: str) -> Text:
    """Set a remark."""
    return Text(text, style="dim")


class Grid(Table):
    """A table that is told row by row, a line or more for each cell, where the screen is too narrow for its columns."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        least = Measurement.get(console, options.update(width=1000), self).minimum  # of any screen: else it is cut
        if options.max_width >= NARROW or options.max_width >= least:
            yield from super().__rich_console__(console, options)
            return
        cells = [list(column.cells) for column in self.columns]
        for row in zip(*cells, strict=True):
            for column, cell in zip(self.columns, row, strict=True):
                if str(cell):
                    head = Text(str(column.header), style="bold")
                    named = self.show_header and bool(head)
                    yield Text.assemble(head, ": ", cell if isinstance(cell, Text) else str(cell)) if named else cell
            yield Text("")


def grid(*columns: str, right: Sequence[int] = (), firm: Sequence[int] = (), lines: bool = False) -> Table:
    """Make an empty table; columns whose numbers are in `right` hold figures, those in `firm` are never wrapped."""
    table = Grid(
        box=box.HORIZONTALS if lines else box.SIMPLE_HEAD,
        show_lines=lines,
        header_style="bold",
        pad_edge=False,
        show_edge=False,
    )
    for i, name in enumerate(columns):
        table.add_column(Text(name), justify="right" if i in right else "left", no_wrap=i in firm, vertical="top")
    return table


def text(value: str, style: str = "") -> Text:
    """Set a text from a file or a computation, never as markup."""
    return Text(plain(value), style=style)


def show_verdict(verdict: Verdict, language: Language = ENGLISH) -> RenderableType:
    """Say what the checker found, with every violation."""
    style = "green" if verdict.passed else "bold red"
    return Group(Text(language(verdict.sentence()), style=style), show_violations(verdict, language))


def show_origin(origin: Origin, language: Language = ENGLISH) -> RenderableType:
    """Say what of a plan's document is not verified, and whether it was made for another instance."""
    style = "yellow" if origin.same is False else ""
    return Group(*(Text(plain(language(line)), style=style) for line in origin.sentences()))


def show_violations(verdict: Verdict, language: Language = ENGLISH) -> RenderableType:
    """List the violations, one each."""
    return Group(*(Text.assemble(("  - ", "red"), plain(language(v.sentence))) for v in verdict.violations))


def show_faults(error: InputFault, language: Language = ENGLISH) -> RenderableType:
    """List every fault of a file."""
    source = plain(error.source)
    head = language.plural("{n} fault in {source}", "{n} faults in {source}", len(error.faults), source=source)
    faults = (Text.assemble(("  - ", "red"), plain(language(fault.sentence))) for fault in error.faults)
    return Group(Text(head, style="bold red"), *faults)


def describe_faults(source: str, faults: Iterable[Fault], cautions: Iterable[Caution] = ()) -> dict[str, Any]:
    """Give the faults of a file, and the warnings about one without faults, as one document."""
    return {
        "format": "optimiser-faults/1",
        "source": source,
        "faults": [asdict(fault) for fault in faults],
        "warnings": caution_values(cautions),
    }


def show_cautions(cautions: Sequence[Caution], language: Language = ENGLISH) -> RenderableType:
    """List the warnings about a file that can be used."""
    head = language.plural("{n} warning", "{n} warnings", len(cautions))
    lines = (Text.assemble(("  - ", "yellow"), plain(language(caution.sentence))) for caution in cautions)
    return Group(Text(head, style="bold yellow"), *lines)


def show_harms(evaluation: Evaluation, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out expected harms with their intervals, and the points they come to."""
    columns = (language("Expected harm"), language("Mean"), language("95 % interval"), language("Unit"))
    table = grid(*columns, right=(1, 2), firm=(1, 2))
    rows = [
        *(
            (Text(f"{'  ' * bool(harm.part_of)}{language(harm.label)}"), evaluation.harms[harm.id], harm.measure)
            for harm in LISTED
        ),
        (Text(language("loss in all"), style="bold"), evaluation.loss, Message("points")),
    ]
    for label, interval, unit in rows:
        figures = (mean(interval, language=language), ends(interval, language=language))
        table.add_row(label, *figures, Text(language(unit), style="dim"))
    yield table
    yield from note_rare((interval for _, interval, _ in rows), language)


def note_rare(intervals: Iterable[Interval], language: Language = ENGLISH) -> Iterator[Text]:
    """Say under a table what its figures without an interval may be taken for, if it has any."""
    if said := tell_rare(intervals, language):
        yield note(said)


def show_shares(evaluation: Evaluation, language: Language = ENGLISH) -> Text:
    """Say how many scenarios stay peaceful, turn yellow, turn red."""
    shares, count = evaluation.worst_phase(), evaluation.loss.count
    line = Text(language("Scenarios by their worst phase anywhere:"))
    peaceful, yellow, red = (percent(shares[name], count, language) for name in ("peaceful", "yellow", "red"))
    line.append(" ").append(language("peaceful {share}", share=peaceful), style="green")
    line.append("; ").append(language("yellow {share}", share=yellow), style="yellow")
    line.append("; ").append(language("red {share}", share=red), style="red")
    return line


def show_phases(instance: Instance, evaluation: Evaluation, language: Language = ENGLISH) -> RenderableType:
    """Lay out mean minutes in each phase by sector, where anything happened."""
    phases = (language(word) for word in PHASE_WORDS.values())
    table = grid(language("Mean minutes by sector"), *phases, right=range(1, 6))
    calm = []
    for sector, minutes in zip(instance.sectors, evaluation.phase_minutes(), strict=True):
        if float(minutes[1:].sum()) <= 0.0:
            calm.append(plain(sector.name))
            continue
        cells = [language.number(f"{m:,.0f}") if m == 0.0 or m >= 0.5 else "<1" for m in minutes]
        table.add_row(text(sector.name), *cells)
    rest = [note(language("Quiet throughout: {sectors}.", sectors=", ".join(calm)))] if calm else []
    return Group(*([table] if table.row_count else []), *rest)


def show_timeline(instance: Instance, events: Iterable[Event], language: Language = ENGLISH) -> Table:
    """Tell one scenario in clock times: where, what, why."""
    wording = Wording(instance, language)
    table = grid(language("Time"), language("Where"), language("What happened, and why"), firm=(0,))
    for event, again in fold(events):
        style = COLOURS.get(event.what, "") if event.kind == "phase" else ""
        what = Text().append(wording.tell(event), style=f"bold {style}" if style else "")
        if why := wording.why(event):
            what.append(f" - {why}", style="dim")
        if again:
            until = language.clock(instance.clock(again[-1].minute))
            more = language.plural(
                "(and {n} time more until {until})", "(and {n} times more until {until})", len(again), until=until
            )
            what.append(f" {more}", style="dim")
        table.add_row(language.clock(instance.clock(event.minute)), Text(wording.where(event)), what)
    return table


def fold(events: Iterable[Event]) -> list[tuple[Event, list[Event]]]:
    """Put what only repeats itself in a sector behind its first time: calls are made again while nothing changes."""
    told: list[tuple[Event, list[Event]]] = []
    last: dict[tuple[str, str], tuple[Event, list[Event]]] = {}
    for event in events:
        before = last.get((event.sector, event.kind))
        if event.kind in REPEATED and before and before[0][4:] == event[4:]:
            before[1].append(event)
            continue
        told.append((event, []))
        last[event.sector, event.kind] = told[-1]
        if event.kind == "phase":
            for kind in REPEATED:
                last.pop((event.sector, kind), None)
    return told


def show_rehearsal(rehearsal: Rehearsal, language: Language = ENGLISH) -> RenderableType:
    """Lay out a played deployment: what the checker says, one scenario told, and what many came to."""
    instance, evaluation = rehearsal.instance, rehearsal.evaluation
    title = plain(language(rehearsal.deployment.title))
    parts: list[RenderableType] = [
        Text(plain(instance.title), style="bold reverse"),
        Text(language("Deployment '{title}', seed {seed}", title=title, seed=rehearsal.seed)),
        show_verdict(rehearsal.verdict, language),
        heading(language("Reporting scenario {number}", number=rehearsal.scenario)),
        show_timeline(instance, rehearsal.events, language),
    ]
    if not rehearsal.events:
        parts.append(note(language("Nothing happens.")))
    if evaluation is not None:
        count = evaluation.loss.count
        over = language.plural("Over {n} reporting scenario", "Over {n} reporting scenarios", count)
        parts += [heading(over), *show_harms(evaluation, language), show_shares(evaluation, language)]
        parts += [Text(), show_phases(instance, evaluation, language)]
    return Group(*parts)


def show_pinned(rehearsal: Rehearsal, language: Language = ENGLISH) -> RenderableType:
    """Lay out a plan that pins fix where no plan keeps every rule: what it breaks, and what it comes to."""
    parts: list[RenderableType] = [
        heading(language("The pinned plan, played all the same")),
        show_verdict(rehearsal.verdict, language),
    ]
    if rehearsal.evaluation is not None:
        over = language.plural(
            "Over {n} reporting scenario", "Over {n} reporting scenarios", rehearsal.evaluation.loss.count
        )
        parts += [Text(), Text(over), *show_harms(rehearsal.evaluation, language)]
        parts += [show_shares(rehearsal.evaluation, language)]
    return Group(*parts)


def show_instances(
    instances: Mapping[str, Instance], more: Mapping[str, int], language: Language = ENGLISH
) -> RenderableType:
    """List instances with a line each.

    Parameters
    ----------
    instances : what is listed, by the name under which it is read.
    more : number of shipped instances that are not listed, by group.
    """
    columns = (
        language("Name"),
        language("What it is"),
        language("Sectors"),
        language("Heads"),
        language("Sourced"),
    )
    table = grid(*columns, right=(2, 3, 4), firm=(0, 4))
    for name, instance in instances.items():
        real, parts = count_sources(instance)
        figures = (language.number(f"{len(instance.sectors):,}"), language.number(f"{instance.cap:,}"))
        sourced = language("{part} of {all}", part=real, all=parts)
        table.add_row(Text(name, style="bold"), text(instance.title), *figures, sourced)
    remark = language("Sourced: parts whose numbers come from somewhere; those of the others are assumed or invented.")
    lines: list[RenderableType] = [table, note(remark)]
    if more:
        groups = ", ".join(
            language("{number} in {group}/", number=number, group=group) for group, number in more.items()
        )
        lines.append(
            note(
                language(
                    "Further: {groups}; --all lists them. A synthetic town of any other size is made when it is "
                    "named: {name}.",
                    groups=groups,
                    name="families/town-300-tight-none-1",
                )
            )
        )
    return Group(*lines)


def count_sources(instance: Instance) -> tuple[int, int]:
    """Count the parts that name where their numbers come from, and all parts that could."""
    sources = list(_sources(instance))
    return sum(not s.lower().startswith(UNSOURCED) for s in sources), len(sources)


def _sources(part: object) -> Iterator[str]:
    """Walk through a model and give the source of every part and number that has one."""
    source = getattr(part, "source", None)
    if isinstance(source, str):
        yield source
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _sources(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _sources(item)


def instance_values(name: str, instance: Instance) -> dict[str, Any]:
    """Give the line of an instance, under the name it is read by, as plain values."""
    real, parts = count_sources(instance)
    return {
        "name": name,
        "title": instance.title,
        "sectors": len(instance.sectors),
        "cap": int(instance.cap),
        "source": instance.source,
        "parts": parts,
        "sourced": real,
    }


def count_parts(instance: Instance, language: Language = ENGLISH) -> Text:
    """Say in one line how large an instance is, and that nothing is wrong with it."""
    teams = sum(int(t.count) for t in instance.teams)
    heads = sum(int(t.size) * int(t.count) for t in instance.teams)
    vehicles = sum(int(v.count) for v in instance.vehicles)
    plural = language.plural
    return Text(
        language(
            "{name}: {sectors}, {posts}, {teams} with {heads} under a cap of {cap:,}, {vehicles}, {gatherings}, "
            "no faults",
            name=instance.name,
            sectors=plural("{n} sector", "{n} sectors", len(instance.sectors)),
            posts=plural("{n} post", "{n} posts", len(instance.posts)),
            teams=plural("{n} team", "{n} teams", teams),
            heads=plural("{n} head", "{n} heads", heads),
            cap=int(instance.cap),
            vehicles=plural("{n} vehicle", "{n} vehicles", vehicles),
            gatherings=plural("{n} gathering", "{n} gatherings", len(instance.gatherings)),
        )
    )
