"""A simulated deployment: what the checker says, one scenario event by event, and what many came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.model.instance import Instance
from optimiser.output.blocks import Block, Paragraph, Section, Span, Spans, Table, TableColumn, Tone, Value
from optimiser.output.sections.expected import expected_blocks, phases_section
from optimiser.output.sections.parts import title_section, verdict_blocks
from optimiser.output.words.bands import tell_draws, tell_too_few
from optimiser.output.words.wording import Wording
from optimiser.planning.evaluation import Evaluation
from optimiser.planning.law_range import LEAST
from optimiser.questions.played_plan import Rehearsal
from optimiser.simulation.events import Event

REPEATED = ("asked", "call_refused", "none_left", "withheld", "stayed")
TONES: dict[str, Tone] = {
    "quiet": "quiet",
    "green": "green",
    "yellow": "yellow",
    "red": "red",
    "dispersed": "dispersed",
}


def simulation_sections(rehearsal: Rehearsal, language: Language = ENGLISH) -> list[Section]:
    """Lay out a simulated deployment."""
    instance, evaluation = rehearsal.instance, rehearsal.evaluation
    named = language(
        "Deployment '{title}', seed {seed}", title=language(rehearsal.deployment.title), seed=rehearsal.seed
    )
    head = [*title_section(instance.title, named).blocks, *verdict_blocks(rehearsal.verdict, language)]
    told: list[Block] = [_timeline_table(instance, rehearsal.events, language)]
    if not rehearsal.events:
        told.append(Paragraph(language("Nothing happens."), "note"))
    sections = [
        Section("", head),
        Section(language("Reporting scenario {number}", number=rehearsal.scenario), told),
    ]
    if evaluation is not None:
        expected = list(_expected(rehearsal, evaluation, language))
        sections += [Section(_over(evaluation, language), expected), phases_section(instance, evaluation, language)]
    return sections


def pinned_sections(rehearsal: Rehearsal, language: Language = ENGLISH) -> list[Section]:
    """Lay out a plan that pins fix where no plan keeps every rule: what it breaks, and what it comes to."""
    found = list(verdict_blocks(rehearsal.verdict, language))
    sections = [Section(language("The pinned plan, played all the same"), found)]
    if rehearsal.evaluation is not None:
        over = Paragraph(_over(rehearsal.evaluation, language))
        sections.append(Section("", [over, *_expected(rehearsal, rehearsal.evaluation, language)]))
    return sections


def _expected(rehearsal: Rehearsal, evaluation: Evaluation, language: Language) -> Iterator[Block]:
    """Say what to expect, and what the band over the law's ranges is."""
    yield from expected_blocks(evaluation, rehearsal.law_range, language)
    if rehearsal.law_range is not None:
        yield Paragraph(tell_draws(rehearsal.law_range, language), "note")
    elif evaluation.loss.count < LEAST:
        yield Paragraph(tell_too_few(language), "note")


def _over(evaluation: Evaluation, language: Language) -> str:
    return language.plural("Over {n} reporting scenario", "Over {n} reporting scenarios", evaluation.loss.count)


def _timeline_table(instance: Instance, events: Iterable[Event], language: Language) -> Table:
    """Tell one scenario in clock times: where, what, why."""
    wording = Wording(instance, language)
    columns = (
        TableColumn(language("Time"), firm=True),
        TableColumn(language("Where")),
        TableColumn(language("What happened, and why")),
    )
    rows: list[Sequence[Value]] = []
    for event, again in join_repeated(events):
        tone: Tone = TONES.get(event.what, "") if event.kind == "phase" else ""
        parts = [Span(wording.tell(event), tone)]
        if why := wording.why(event):
            parts.append(Span(f" - {why}", "soft"))
        if again:
            until = language.clock(instance.clock(again[-1].minute))
            more = language.plural(
                "(and {n} time more until {until})", "(and {n} times more until {until})", len(again), until=until
            )
            parts.append(Span(f" {more}", "soft"))
        clock = language.clock(instance.clock(event.minute))
        rows.append((clock, wording.where(event), Spans(tuple(parts))))
    return Table(columns, rows)


def join_repeated(events: Iterable[Event]) -> list[tuple[Event, list[Event]]]:
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
