"""All occasions of all days as rows of one sheet, to sort and filter."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.operation.score.score import Score
from optimiser.output.excel.book import Book
from optimiser.output.score.words import ScoreWords

WIDTHS = (18.0, 34.0, 26.0, 9.0, 30.0, 11.0, 14.0, 11.0, 9.0)


def write_occasions(book: Book, score: Score, language: Language) -> None:
    """Add the sheet to a workbook; numbers stay numbers, what was not done has none."""
    _ = language
    words = ScoreWords(score.instance.told_in(language.code), language)
    page = book.sheet(_("Occasions"))
    page.widths(*WIDTHS)
    heads = (_("Day"), _("Measure"), _("Place"), _("Time"), _("What"), _("Found"), _("Unit"), _("Limit"), _("Rating"))
    page.head(0, heads, (5, 7))
    looks = ("text", "text", "text", "text", "text", "number", "text", "number", "text")
    row = 1
    for number, day in enumerate(score.days, 1):
        name = day.day.name or _("day {n}", n=str(number))
        for reading in day.readings:
            measure = reading.measure
            for one in reading.occasions:
                what = _(one.what) if one.what else ""
                about = (name, words.name(measure), words.where(one.place), words.clock(one.minute), what)
                page.put_row(row, (*about, one.value, _(measure.unit), reading.limit, reading.rating), looks)
                row += 1
    page.sheet.freeze_panes(1, 0)
    page.sheet.autofilter(0, 0, max(1, row - 1), len(heads) - 1)
