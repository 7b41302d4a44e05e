"""Tables for the terminal: what every command prints besides the plan itself, which `briefing` lays out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TextIO

from pydantic import BaseModel
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimiser.figures import ends, mean, percent, plain, several

if TYPE_CHECKING:
    from optimiser.errors import InputFault
    from optimiser.evaluation import Evaluation
    from optimiser.instance import Instance
    from optimiser.outcome import Event
    from optimiser.rehearsal import Rehearsal
    from optimiser.verdict import Verdict

WIDEST = 120  # columns: beyond that the eye loses the line
REPEATED = ("asked", "call_refused", "none_left", "withheld", "stayed")
UNSOURCED = ("assumed", "invented")
COLOURS = {"green": "green", "yellow": "yellow", "red": "red", "quiet": "dim", "dispersed": "cyan"}
HARM_LABELS = {
    "injuries": ("injured people, all alike", "persons"),
    "injuries_participants": ("  of them participants", "persons"),
    "injuries_public": ("  of them public", "persons"),
    "injuries_personnel": ("  of them personnel", "persons"),
    "process_minutes": ("critical process stopped", "minutes"),
    "property": ("property damaged", "shop fronts"),
    "records": ("records lost", "units"),
}


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


def grid(*columns: str, right: Sequence[int] = (), firm: Sequence[int] = (), lines: bool = False) -> Table:
    """Make an empty table; columns whose numbers are in `right` hold figures, those in `firm` are never wrapped."""
    table = Table(
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


def show_verdict(verdict: Verdict) -> RenderableType:
    """Say what the checker found, with every violation."""
    style = "green" if verdict.passed else "bold red"
    return Group(Text(verdict.sentence(), style=style), show_violations(verdict))


def show_violations(verdict: Verdict) -> RenderableType:
    """List the violations, one each."""
    return Group(*(Text.assemble(("  - ", "red"), plain(str(v))) for v in verdict.violations))


def show_faults(error: InputFault) -> RenderableType:
    """List every fault of a file."""
    head = Text(f"{several(len(error.faults), 'fault')} in {plain(error.source)}", style="bold red")
    return Group(head, *(Text.assemble(("  - ", "red"), plain(str(fault))) for fault in error.faults))


def fault_values(error: InputFault) -> list[dict[str, str]]:
    """Give every fault of a file as plain values."""
    return [asdict(fault) for fault in error.faults]


def show_harms(evaluation: Evaluation) -> Table:
    """Lay out expected harms with their intervals, and the points they come to."""
    table = grid("Expected harm", "Mean", "95 % interval", "Unit", right=(1, 2), firm=(1, 2))
    for name, (label, unit) in HARM_LABELS.items():
        interval = evaluation.harms[name]
        table.add_row(Text(label), mean(interval), ends(interval), Text(unit, style="dim"))
    loss = evaluation.loss
    table.add_row(Text("loss in all", style="bold"), mean(loss), ends(loss), Text("points", style="dim"))
    return table


def show_shares(evaluation: Evaluation) -> Text:
    """Say how many scenarios stay peaceful, turn yellow, turn red."""
    shares, count = evaluation.worst_phase(), evaluation.loss.count
    line = Text("Scenarios by their worst phase anywhere: ")
    for i, (name, style) in enumerate((("peaceful", "green"), ("yellow", "yellow"), ("red", "red"))):
        line.append("; " if i else "").append(f"{name} {percent(shares[name], count)}", style=style)
    return line


def show_phases(instance: Instance, evaluation: Evaluation) -> RenderableType:
    """Lay out mean minutes in each phase by sector, where anything happened."""
    table = grid("Mean minutes by sector", "quiet", "green", "yellow", "red", "dispersed", right=range(1, 6))
    calm = []
    for sector, minutes in zip(instance.sectors, evaluation.phase_minutes(), strict=True):
        if float(minutes[1:].sum()) <= 0.0:
            calm.append(plain(sector.name))
            continue
        cells = [f"{m:.0f}" if m == 0.0 or m >= 0.5 else "<1" for m in minutes]
        table.add_row(text(sector.name), *cells)
    rest = [note(f"Quiet throughout: {', '.join(calm)}.")] if calm else []
    return Group(*([table] if table.row_count else []), *rest)


def show_timeline(instance: Instance, events: Iterable[Event]) -> Table:
    """Tell one scenario in clock times: where, what, why."""
    from optimiser.wording import Wording  # noqa: PLC0415 - only a told scenario needs it

    wording = Wording(instance)
    table = grid("Time", "Where", "What happened, and why", firm=(0,))
    for event, again in fold(events):
        style = COLOURS.get(event.what, "") if event.kind == "phase" else ""
        what = Text().append(wording.tell(event), style=f"bold {style}" if style else "")
        if why := wording.why(event):
            what.append(f" - {why}", style="dim")
        if again:
            until = instance.clock(again[-1].minute)
            what.append(f" (and {several(len(again), 'time')} more until {until})", style="dim")
        table.add_row(instance.clock(event.minute), Text(wording.where(event)), what)
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


def show_rehearsal(rehearsal: Rehearsal) -> RenderableType:
    """Lay out a played deployment: what the checker says, one scenario told, and what many came to."""
    instance, evaluation = rehearsal.instance, rehearsal.evaluation
    parts: list[RenderableType] = [
        Text(plain(instance.title), style="bold reverse"),
        Text(f"Deployment '{plain(rehearsal.deployment.title)}', seed {rehearsal.seed}"),
        show_verdict(rehearsal.verdict),
        heading(f"Reporting scenario {rehearsal.scenario}"),
        show_timeline(instance, rehearsal.events),
    ]
    if not rehearsal.events:
        parts.append(note("Nothing happens."))
    if evaluation is not None:
        parts += [heading(f"Over {several(evaluation.loss.count, 'reporting scenario')}"), show_harms(evaluation)]
        parts += [show_shares(evaluation), Text(), show_phases(instance, evaluation)]
    return Group(*parts)


def show_instances(instances: Mapping[str, Instance], more: Mapping[str, int]) -> RenderableType:
    """List instances with a line each.

    Parameters
    ----------
    instances : what is listed, by the name under which it is read.
    more : number of shipped instances that are not listed, by group.
    """
    table = grid("Name", "What it is", "Sectors", "Heads", "Sourced", right=(2, 3, 4), firm=(0, 4))
    for name, instance in instances.items():
        real, parts = count_sources(instance)
        figures = (f"{len(instance.sectors):,}", f"{instance.cap:,}", f"{real} of {parts}")
        table.add_row(Text(name, style="bold"), text(instance.title), *figures)
    remark = "Sourced: parts whose numbers come from somewhere; those of the others are assumed or invented."
    lines: list[RenderableType] = [table, note(remark)]
    if more:
        groups = " and ".join(f"{number} in {group}/" for group, number in more.items())
        town = "A synthetic town of any other size is made when it is named: families/town-300-tight-none-1."
        lines.append(note(f"Further: {groups}; --all lists them. {town}"))
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


def count_parts(instance: Instance) -> Text:
    """Say in one line how large an instance is, and that nothing is wrong with it."""
    teams = sum(int(t.count) for t in instance.teams)
    heads = sum(int(t.size) * int(t.count) for t in instance.teams)
    parts = (
        several(len(instance.sectors), "sector"),
        several(len(instance.posts), "post"),
        f"{several(teams, 'team')} with {several(heads, 'head')} under a cap of {instance.cap:,}",
        several(sum(int(v.count) for v in instance.vehicles), "vehicle"),
        several(len(instance.gatherings), "gathering"),
    )
    return Text(f"{instance.name}: {', '.join(parts)}, no faults")
