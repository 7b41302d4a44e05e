"""Cases of a run on the screen, and as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from optimiser.batch.paired_runs import Pair
from optimiser.batch.run_folder import SHOWN
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure, mean, percent, span
from optimiser.jobs.result_store import Condition
from optimiser.jobs.task import LedgerEntry, State, TaskAttempt
from optimiser.output.documents.plan import comparison_values, interval_values
from optimiser.output.screen.tables import grid, heading, note, note_rare, text
from optimiser.output.words.expectation import Estimate
from optimiser.planning.evaluation import Interval

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
STYLES: dict[State, str] = {"failed": "red", "aside": "bold red", "running": "yellow"}


def entry_values(entry: LedgerEntry, name: str, result: Condition | None) -> dict[str, Any]:
    """Give a case with what has become of it as plain values.

    Parameters
    ----------
    name : what people call it.
    result : whether its result is there as it was written; None where it has none.
    """
    spec = entry.task.spec
    return {
        "case": entry.task.key,
        "label": name,
        "law": None,  # where an earlier version listed it
        **spec,
        "version": entry.task.version,
        "state": entry.state,
        "result": result,
        "deaths": entry.deaths,
        "summary": dict(entry.summary),
        "error": dict(entry.error),
        "sha256": entry.sha256,
    }


def show_entries(
    entries: Iterable[tuple[LedgerEntry, str, Condition | None]],
    counts: Mapping[State, int],
    language: Language = ENGLISH,
) -> RenderableType:
    """List cases, one a line.

    Parameters
    ----------
    entries : each with its name and the condition of its result, see `entry_values`.
    """
    names = [
        language("Case"),
        language("What"),
        language("State"),
        language("Points"),
        language("Bound"),
        language("Gap"),
        language("Claim"),
    ]
    table = grid(*names, right=(3, 4, 5), firm=(0, 3, 4, 5))
    for entry, called, result in entries:
        state = Text(language(WORDS[entry.state]), style=STYLES.get(entry.state, ""))
        key, name = Text(entry.task.key[:SHOWN], style="dim"), text(called)
        if result in ("missing", "changed"):
            table.add_row(key, name, state, "", "", "", Text(language(RESULTS[result]), style="bold red"))
            continue
        if entry.state != "done":
            table.add_row(key, name, state, "", "", "", text(_beginning(entry)))
            continue
        s = entry.summary
        figures = (figure(s["objective"], language=language), figure(s["bound"], language=language))
        claim = language(CLAIMS[s["status"]])
        table.add_row(key, name, state, *figures, percent(s["gap"], language=language), claim)
    sums = ", ".join(
        language("{n:,} {state}", n=count, state=language(WORDS[state])) for state, count in counts.items() if count
    )
    remark = language("Points: on fresh scenarios. Bound and gap: on the scenarios the plan was chosen on.")
    return Group(table, note(sums), note(remark))


def _beginning(entry: LedgerEntry) -> str:
    """Give the beginning of what went wrong."""
    words = " ".join(str(entry.error.get("message", "")).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."


def show_entry(
    entry: LedgerEntry,
    name: str,
    attempts: Sequence[TaskAttempt],
    document: Mapping[str, Any] | None,
    file: str,
    language: Language = ENGLISH,
) -> RenderableType:
    """Show a case with everything that is known about it."""
    table = grid("", "")
    table.show_header, table.columns[1].overflow = False, "fold"
    facts = [
        (language("case"), entry.task.key),
        (language("listed as"), str(entry.task.spec["source"])),
        (language("made for version"), entry.task.version),
        (language("state"), language(WORDS[entry.state])),
    ]
    if law := entry.task.spec.get("law"):
        facts.insert(2, (language("law of escalation"), str(law)))
    parts: list[RenderableType] = [heading(name), table]
    rare: list[Interval] = []
    if document is not None:
        loss = Estimate.model_validate(document["evaluation"]["loss"]).interval
        rare = [loss]
        facts += [
            (language("expected loss"), language("{points} points", points=span(loss, language=language))),
            (language("claim"), str(document["certificate"]["sentence"])),
            (language("checked"), str(document["verdict"]["sentence"])),
            (language("file"), file),
        ]
    elif entry.error:
        facts.append((language("why"), str(entry.error.get("trace") or entry.error["message"])))
    for fact, value in facts:
        table.add_row(Text(fact, style="bold"), text(value))
    parts += note_rare(rare, language)
    if attempts:
        tried = grid(language("Tried by"), language("Begun"), language("Seconds"), language("Ended"), right=(2,))
        for attempt in attempts:
            begun = f"{dt.datetime.fromtimestamp(attempt.begun):%Y-%m-%d %H:%M:%S}"
            lasted = "" if attempt.ended is None else language.number(f"{attempt.ended - attempt.begun:.1f}")
            tried.add_row(text(attempt.owner), begun, lasted, language(ENDS[attempt.how]))
        parts.append(tried)
    return Group(*parts)


def pair_values(pair: Pair) -> dict[str, Any]:
    """Give two cases side by side as plain values; differences are second less first."""
    return {
        "first": {"label": pair.first, "loss": interval_values(pair.before.loss, "points")},
        "second": {"label": pair.second, "loss": interval_values(pair.after.loss, "points")},
        "same_plan": pair.same,
        "change": comparison_values(pair.change),
    }


def show_pairs(pairs: Sequence[Pair], alone: int, language: Language = ENGLISH) -> RenderableType:
    """List pairs of cases, one a line."""
    names = (
        language("First"),
        language("Second"),
        language("Points of the first"),
        language("Of the second"),
        language("Second minus first"),
        language("The second is"),
    )
    table = grid(*names, right=(2, 3, 4))
    for one in pairs:
        points = (mean(e.loss, language=language) for e in (one.before, one.after))
        change = span(one.change.loss, True, language)
        said = language("the same plan") if one.same else language(one.change.sentence)
        table.add_row(text(one.first), text(one.second), *points, change, said)
    parts: list[RenderableType] = [table]
    parts += note_rare((one.change.loss for one in pairs), language)
    if alone:
        parts.append(note(language.plural("{n} case has no partner", "{n} cases have no partner", alone)))
    parts.append(note(language("Each plan in its own town, on the same random numbers; 95 % intervals.")))
    return Group(*parts)
