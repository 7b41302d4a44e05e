"""A score as sections: readiness, measures, gates one by one, what the log cannot tell, and how rehearsals went on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import capitalise, given
from optimiser.operation.score.doctrine import GATES
from optimiser.operation.score.measures import MEASURES
from optimiser.operation.score.rating import Reading
from optimiser.operation.score.score import DayScore, Score
from optimiser.output.blocks import Block, Pairs, Paragraph, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.score.words import AREAS, RATINGS, RULE, ScoreWords

APART = 1.0 - math.sqrt(0.05)  # of two uniform numbers: P(|U - V| > d) = (1 - d)^2
KEPT = {True: Message("was kept"), False: Message("was not kept"), None: Message("not told")}


def score_sections(score: Score, language: Language = ENGLISH) -> list[Section]:
    """Tell a score on a terminal."""
    words = ScoreWords(score.instance.told_in(language.code), language)
    sections: list[Section] = []
    for day in score.days:
        name = day.day.name or language("Readiness")
        sections.append(Section(name, (readiness(day, words), measure_table(day.readings, words))))
        if day.uses:
            sections.append(Section(language("Gates of wide-area means, one by one"), (gate_table(day, words),)))
        if day.untold:
            sections.append(Section(language("What the log does not tell"), (untold_points(day, words),)))
    if len(score.days) > 1:
        sections.append(Section(language("From rehearsal to rehearsal"), tuple(trend_blocks(score.days, words))))
    sections.append(Section(language("How it is rated"), (Points([language(line) for line in RULE]),)))
    return sections


def readiness(day: DayScore, words: ScoreWords) -> Pairs:
    """Say how ready the whole is, its weakest link, and what would raise it most."""
    _ = words.language
    pairs: list[tuple[str, Value]] = [(_("Readiness as a whole"), Span(_(RATINGS[day.rating]), "strong"))]
    rated = sum(reading.rating != "-" for reading in day.readings)
    pairs.append((_("Measures rated"), _("{n} of {all}; of the rest nothing is known", n=rated, all=len(day.readings))))
    weakest = day.weakest
    if weakest is not None:
        pairs.append((_("Weakest link"), f"{words.name(weakest.measure)}: {words.found(weakest)}"))
        pairs.append((_("What would raise it most"), capitalise(_(weakest.measure.action))))
        pairs.append((_("The whole would then be"), _(RATINGS[day.without_weakest])))
    pairs.append((_("Compared with"), tell_conditions(day, words)))
    return Pairs(pairs)


def tell_conditions(day: DayScore, words: ScoreWords) -> str:
    """Say which simulated days the day is compared with."""
    _ = words.language
    if day.conditions.draws is not None:
        return _("simulated days of the same plan with the injects of the exercise")
    names = {one.id: one.name for one in words.instance.gatherings}
    told = [_("{name}: {n:,} people", name=names[ident], n=number) for ident, number in day.conditions.turnout.items()]
    if not told:
        return _("simulated days of the same plan; the log does not say how many people came")
    return _("simulated days of the same plan with the same crowds: {crowds}", crowds="; ".join(told))


def measure_table(readings: Sequence[Reading], words: ScoreWords) -> Table:
    """Put all measures into a table."""
    _ = words.language
    columns = (
        TableColumn(_("Measure"), 3.0),
        TableColumn(_("This day"), 2.4),
        TableColumn(_("Limit"), 1.1),
        TableColumn(_("Simulated days"), 1.7),
        TableColumn(_("Better than this day"), 1.5),
        TableColumn(_("Rating"), 0.8),
    )
    rows = [
        (
            words.name(reading.measure),
            words.found(reading),
            words.limit(reading),
            words.simulated(reading),
            words.share(reading),
            words.rating(reading.rating),
        )
        for reading in readings
    ]
    return Table(columns, rows, wide=True)


def gate_table(day: DayScore, words: ScoreWords) -> Table:
    """Put each use of a water cannon against each gate."""
    _ = words.language
    columns = [TableColumn(_("Gate"), 3.0)]
    columns += [TableColumn(f"{words.clock(use.minute)} {words.where(use.place)}", 2.0) for use in day.uses]
    rows: list[tuple[Value, ...]] = [
        (_(text), *(Span(_(KEPT[use.gates[gate]]), "bad" if use.gates[gate] is False else "") for use in day.uses))
        for gate, text in GATES.items()
    ]
    return Table(columns, rows, wide=True)


def untold_points(day: DayScore, words: ScoreWords) -> Points:
    """List what the log does not hold, with the words that it needs."""
    _ = words.language
    told = [(words.name(measure), _("write down {words}", words=words.needs(measure))) for measure in day.untold]
    return Points([f"{name}: {needs}" for name, needs in told])


def trend_blocks(days: Sequence[DayScore], words: ScoreWords) -> list[Block]:
    """Tell how measures went from day to day; only what two days or more hold is compared."""
    _ = words.language
    names = [day.day.name or _("day {n}", n=str(number)) for number, day in enumerate(days, 1)]
    columns = [
        TableColumn(_("Measure"), 3.0),
        *(TableColumn(name, 1.6) for name in names),
        TableColumn(_("Trend"), 1.4),
    ]
    rows: list[tuple[Value, ...]] = []
    for number, measure in enumerate(MEASURES):
        readings = [day.readings[number] for day in days]
        if sum(reading.value is not None for reading in readings) >= 2:
            cells = [_trend_cell(reading, words) for reading in readings]
            rows.append((words.name(measure), *cells, _(judge_trend(readings))))
    whole: tuple[Value, ...] = (
        Span(_("Readiness as a whole"), "strong"),
        *(words.rating(day.rating) for day in days),
        "",
    )
    if not rows:
        return [Paragraph(_("No measure is told of two days."))]
    return [Table(columns, [*rows, whole], wide=True)]


def _trend_cell(reading: Reading, words: ScoreWords) -> str:
    if reading.value is None:
        return "–"
    return f"{given(reading.value, words.language)} ({reading.rating})"


def judge_trend(readings: Sequence[Reading]) -> Message:
    """Say whether a measure rose from its first to its last day by more than luck of two days explains.

    Shares of simulated days that are better are uniform where players do as the plan says. Two of them differ by more
    than `APART` in 5 % of pairs.
    """
    places = [reading.place for reading in readings if reading.place is not None]
    change = places[-1].share - places[0].share if len(places) > 1 else 0.0
    if abs(change) <= APART:
        return Message("not shown to differ")
    return Message("better") if change < 0.0 else Message("worse")


def list_areas(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    """Group readings by area, in the order of areas."""
    return {area: [one for one in readings if one.measure.area == area] for area in AREAS}
