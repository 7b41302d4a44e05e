"""The after-action review (kaji ulang), filled in as far as the log says: on paper and as a workbook."""

from __future__ import annotations

from pathlib import Path

from optimiser.common.atomic_files import write_files
from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, plain
from optimiser.operation.score.document import describe_score
from optimiser.operation.score.rating import Reading, exceeds
from optimiser.operation.score.score import DayScore, Score
from optimiser.output.blocks import (
    BY_HAND,
    Block,
    Pairs,
    Points,
    Section,
    Signatures,
    Space,
    Span,
    Table,
    TableColumn,
    Value,
)
from optimiser.output.documents.plan import dump
from optimiser.output.excel.orders_book import plain_workbook
from optimiser.output.orders.fit import fit
from optimiser.output.orders.form import SHORT, Orders, Paper
from optimiser.output.render_page import to_page
from optimiser.output.score.occasions_sheet import write_occasions
from optimiser.output.score.sections import (
    gate_table,
    list_areas,
    measure_table,
    readiness,
    trend_blocks,
    untold_points,
)
from optimiser.output.score.words import AREAS, RULE, ScoreWords

MOST_TOLD = 12  # occasions of one measure that are told one by one; assumed: more nobody reads


def write_score(score: Score, folder: str | Path, *, language: Language = ENGLISH) -> tuple[Path, ...]:
    """Write ``review.html``, ``review.xlsx`` and ``score.json`` into a folder.

    Returns
    -------
    The files.

    Raises
    ------
    FileTrouble : a file cannot be written; it is named.
    """
    files = make_score_files(score, language)
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def make_score_files(score: Score, language: Language = ENGLISH) -> dict[str, bytes]:
    """Make the files of `write_score`, by name; ``score.json`` is the last."""
    papers = compose_review(score, language)
    sizes = {paper.key: fit(paper, len(papers.warnings)) for paper in papers.papers}
    return {
        "review.html": to_page("exercise.html", language, orders=papers, sizes=sizes, short=SHORT),
        "review.xlsx": plain_workbook(papers, language, lambda book: write_occasions(book, score, language)),
        "score.json": dump(describe_score(score)).encode(),
    }


def compose_review(score: Score, language: Language = ENGLISH) -> Orders:
    """Write the papers of a score: a review of each day, and the trend where there are several."""
    instance = score.instance.told_in(language.code)
    words = ScoreWords(instance, language)
    warnings: tuple[str, ...] = ()
    if not score.verdict.passed:
        warnings = (language("The plan that was played breaks a rule; the checker names it."),)
    papers = [_review(day, number, words) for number, day in enumerate(score.days, 1)]
    if len(score.days) > 1:
        papers.append(_trend(score, words))
    when = language("plan of {date}", date=language.date(instance.period.start.date()))
    mark = language("{name}, plan {hash}", name=instance.name, hash=score.deployment.fingerprint()[:12])
    return Orders(plain(instance.title), when, mark, warnings, tuple(papers))


def _review(day: DayScore, number: int, words: ScoreWords) -> Paper:
    _ = words.language
    title = plain(day.day.name) or plain(words.instance.title)
    facts = Pairs(
        (
            (_("Operation"), plain(words.instance.title)),
            (_("Log"), _log_of(day, words)),
            (_("Led the review"), BY_HAND),
        )
    )
    sections = [
        Section("", (facts,)),
        Section(_("1. Overall"), (readiness(day, words),)),
        *_areas(day, words),
        *_gates(day, words),
        Section(_("Occasions beyond their limit, or not done"), (_missed(day, words),)),
        Section(_("What is to change"), (_actions(day, words),)),
        Section(_("What went well, and is to be kept"), (_kept(day, words),)),
    ]
    if day.untold:
        sections.append(
            Section(_("What the log does not tell, and what to write down next time"), (untold_points(day, words),))
        )
    sections += [
        Section(_("How it is rated"), (Points([_(line) for line in RULE]),)),
        Section(_("Where limits come from"), (_sources(day, words),)),
        Section(_("What people who were there add"), (Space(4),)),
        Section("", (Signatures((_("Led the review"), _("Approved by")), (_("Name, rank, date"),)),)),
    ]
    return Paper(f"review-{number}", _("After-action review (kaji ulang)"), title, tuple(sections))


def _log_of(day: DayScore, words: ScoreWords) -> str:
    _ = words.language
    if day.day.complete:
        return _.plural("{n} row, everything written down", "{n} rows, everything written down", len(day.day.rows))
    return _.plural("{n} row, in part", "{n} rows, in part", len(day.day.rows))


def _areas(day: DayScore, words: ScoreWords) -> list[Section]:
    _ = words.language
    return [
        Section(f"{number}. {_(AREAS[area])}", (measure_table(readings, words),))  # type: ignore[index]
        for number, (area, readings) in enumerate(list_areas(day.readings).items(), 2)
        if readings
    ]


def _gates(day: DayScore, words: ScoreWords) -> list[Section]:
    if not day.uses:
        return []
    return [Section(words.language("Gates of wide-area means, one by one"), (gate_table(day, words),))]


def _missed(day: DayScore, words: ScoreWords) -> Block:
    """Tell what was missed one by one, the weakest measure first."""
    _ = words.language
    lines: list[Value] = []
    for reading in day.rated:
        missed = [o for o in reading.occasions if o.value is None or exceeds(o, reading.allowed)]
        if not missed:
            continue
        told = [words.tell(one, reading.measure) for one in missed[:MOST_TOLD]]
        if len(missed) > MOST_TOLD:
            told.append(_("and {n} more", n=len(missed) - MOST_TOLD))
        lines.append(f"{words.name(reading.measure)}: {'; '.join(told)}")
    return Points(lines or [_("none")])


def _actions(day: DayScore, words: ScoreWords) -> Table:
    """Fill in what is to change: an action for everything rated S, M or U, the weakest first; room for more."""
    _ = words.language
    columns = (
        TableColumn(_("What is to change"), 5.0),
        TableColumn(_("Because of"), 2.6),
        TableColumn(_("Who"), 1.6),
        TableColumn(_("Until"), 1.2),
    )
    rows: list[tuple[Value, ...]] = [
        (capitalise(_(one.measure.action)), Span(_because(one, words)), _(one.measure.who), BY_HAND)
        for one in day.rated
        if one.rating != "P"
    ]
    return Table(columns, (*rows, *((BY_HAND,) * 4 for _row in range(2))))


def _because(reading: Reading, words: ScoreWords) -> str:
    return f"{words.name(reading.measure)} ({reading.rating}): {words.found(reading)}"


def _kept(day: DayScore, words: ScoreWords) -> Block:
    good = [f"{words.name(one.measure)}: {words.found(one)}" for one in day.readings if one.rating == "P"]
    return Points(good or [words.language("nothing that the log holds was rated P")])


def _sources(day: DayScore, words: ScoreWords) -> Points:
    _ = words.language
    lines: list[Value] = []
    for reading in day.readings:
        limited = reading.limit is not None
        limit = words.limit(reading) if limited else _("no limit")
        lines.append(f"{words.name(reading.measure)}, {limit}: {_(reading.measure.source)}")
    return Points(lines)


def _trend(score: Score, words: ScoreWords) -> Paper:
    _ = words.language
    sections = tuple(Section("", (block,)) for block in trend_blocks(score.days, words))
    return Paper("trend", _("From rehearsal to rehearsal"), plain(words.instance.title), sections)
