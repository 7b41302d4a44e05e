"""Cases of a run as sections: the list, one case, and pairs of cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optimiser.batch.case import band_of
from optimiser.batch.paired_runs import Pair
from optimiser.batch.run_folder import SHOWN
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure, mean, percent, span
from optimiser.jobs.result_store import Condition
from optimiser.jobs.task import LedgerEntry, State, TaskAttempt
from optimiser.output.blocks import Block, Pairs, Paragraph, Section, Span, Table, TableColumn, Tone, Value
from optimiser.output.sections.parts import rare_note
from optimiser.output.words.bands import from_to, tell_band
from optimiser.output.words.expectation import Estimate
from optimiser.planning.evaluation import Interval
from optimiser.planning.law_range import Band

WORDS: dict[State, Message] = {
    "waiting": Message("waiting"),
    "running": Message("running"),
    "done": Message("done"),
    "failed": Message("failed"),
    "aside": Message("set aside"),
}
CLAIMS = {
    "proved-optimal": Message("proved optimal"),
    "within": Message("within a proved gap"),
    "bound-only": Message("no proof"),
}
ENDS = {
    "done": Message("done"),
    "failed": Message("failed"),
    "died": Message("its worker died"),
    "released": Message("given back"),
    "lost": Message("whoever had it died"),
    "": Message("lasts"),
}
RESULTS: dict[Condition, Message] = {
    "whole": Message("whole"),
    "missing": Message("the result is missing"),
    "changed": Message("the result was changed or damaged"),
}
LONGEST = 90  # characters of what went wrong in a list
TONES: dict[State, Tone] = {"failed": "bad", "aside": "bad", "running": "warning"}


def entries_sections(
    entries: Iterable[tuple[LedgerEntry, str, Condition | None]],
    counts: Mapping[State, int],
    language: Language = ENGLISH,
) -> list[Section]:
    """List cases, one a line.

    Parameters
    ----------
    entries : each with its name and the condition of its result, see `documents.runs.entry_values`.
    """
    columns = (
        TableColumn(language("Case"), firm=True),
        TableColumn(language("What")),
        TableColumn(language("State")),
        TableColumn(language("Points"), right=True, firm=True),
        TableColumn(language("Bound"), right=True, firm=True),
        TableColumn(language("Gap"), right=True, firm=True),
        TableColumn(language("Claim")),
    )
    sums = ", ".join(
        language("{n:,} {state}", n=count, state=language(WORDS[state])) for state, count in counts.items() if count
    )
    remark = language(
        "Points: on fresh scenarios, and below them between which the mean loss lies over the law's ranges. Bound and "
        "gap: on the scenarios the plan was chosen on."
    )
    rows = [_entry(entry, name, result, language) for entry, name, result in entries]
    return [Section("", [Table(columns, rows), Paragraph(sums, "note"), Paragraph(remark, "note")])]


def _entry(entry: LedgerEntry, name: str, result: Condition | None, language: Language) -> Sequence[Value]:
    state = Span(language(WORDS[entry.state]), TONES.get(entry.state, ""))
    key = Span(entry.task.key[:SHOWN], "soft")
    if result in ("missing", "changed"):
        return key, name, state, "", "", "", Span(language(RESULTS[result]), "bad")
    if entry.state != "done":
        return key, name, state, "", "", "", _beginning(entry)
    s = entry.summary
    points = _with_band(figure(s["objective"], language=language), _band(s.get("law_low"), s.get("law_high")), language)
    figures = (points, figure(s["bound"], language=language))
    return key, name, state, *figures, percent(s["gap"], language=language), language(CLAIMS[s["status"]])


def _band(low: float | None, high: float | None) -> Band | None:
    return None if low is None or high is None else Band(low, high)


def _with_band(points: str, band: Band | None, language: Language) -> Value:
    """Set a level of loss above its band over the law's ranges; alone where an early version measured none."""
    return points if band is None else (points, Span(from_to(band, language), "soft"))


def _beginning(entry: LedgerEntry) -> str:
    """Return the beginning of what went wrong."""
    words = " ".join(str(entry.error.get("message", "")).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."


def entry_sections(
    entry: LedgerEntry,
    name: str,
    attempts: Sequence[TaskAttempt],
    document: Mapping[str, Any] | None,
    file: str,
    language: Language = ENGLISH,
) -> list[Section]:
    """Lay out a case with everything that is known about it."""
    facts: list[tuple[str, Value]] = [
        (language("case"), entry.task.key),
        (language("listed as"), str(entry.task.spec["source"])),
        (language("made for version"), entry.task.version),
        (language("state"), language(WORDS[entry.state])),
    ]
    if law := entry.task.spec.get("law"):
        facts.insert(2, (language("law of escalation"), str(law)))
    rare: list[Interval] = []
    if document is not None:
        loss = Estimate.model_validate(document["evaluation"]["loss"]).interval
        rare = [loss]
        points = language("{points} points", points=span(loss, language=language))
        band = band_of(document)
        facts += [
            (language("expected loss"), points if band is None else (points, tell_band(band, language))),
            (language("claim"), str(document["certificate"]["sentence"])),
            (language("checked"), str(document["verdict"]["sentence"])),
            (language("file"), file),
        ]
    elif entry.error:
        facts.append((language("why"), str(entry.error.get("trace") or entry.error["message"])))
    blocks: list[Block] = [Pairs(facts), *rare_note(rare, language)]
    if attempts:
        columns = (
            TableColumn(language("Tried by")),
            TableColumn(language("Begun")),
            TableColumn(language("Seconds"), right=True),
            TableColumn(language("Ended")),
        )
        blocks.append(Table(columns, [_attempt(attempt, language) for attempt in attempts]))
    return [Section(name, blocks)]


def _attempt(attempt: TaskAttempt, language: Language) -> Sequence[Value]:
    begun = f"{dt.datetime.fromtimestamp(attempt.begun):%Y-%m-%d %H:%M:%S}"
    lasted = "" if attempt.ended is None else language.number(f"{attempt.ended - attempt.begun:.1f}")
    return attempt.owner, begun, lasted, language(ENDS[attempt.how])


def pairs_sections(pairs: Sequence[Pair], alone: int, language: Language = ENGLISH) -> list[Section]:
    """List pairs of cases, one a line."""
    columns = (
        TableColumn(language("First")),
        TableColumn(language("Second")),
        TableColumn(language("Points of the first"), right=True),
        TableColumn(language("Of the second"), right=True),
        TableColumn(language("Second minus first"), right=True),
        TableColumn(language("The second is")),
    )
    rows: list[Sequence[Value]] = []
    for one in pairs:
        levels = zip((one.before, one.after), one.bands, strict=True)
        points = (_with_band(mean(e.loss, language=language), band, language) for e, band in levels)
        change = span(one.change.loss, True, language)
        said = language("the same plan") if one.same else language(one.change.sentence)
        rows.append((one.first, one.second, *points, change, said))
    blocks: list[Block] = [Table(columns, rows), *rare_note((one.change.loss for one in pairs), language)]
    if alone:
        said = language.plural("{n} case has no partner", "{n} cases have no partner", alone)
        blocks.append(Paragraph(said, "note"))
    said = language(
        "Each plan in its own town, on the same random numbers; 95 % intervals. Below the points: between which they "
        "lie over the law's ranges, as each plan's own document says; the difference was not simulated over them."
    )
    return [Section("", [*blocks, Paragraph(said, "note")])]
