"""The list of injects as one table of a workbook, to be sorted and filtered; a row for each expected action."""

from __future__ import annotations

from optimiser.operation.exercise.exercise import Exercise
from optimiser.output.excel.book import Book, clock_value
from optimiser.output.exercise.staff import in_time, tell_given
from optimiser.output.exercise.texts import ExerciseWords, code_of

WIDTHS = (7, 8, 24, 44, 18, 44, 26, 9, 9, 10, 30)  # characters, by column


def write_table(book: Book, exercise: Exercise, words: ExerciseWords) -> None:
    """Write the table on a sheet of its own."""
    _ = words.language
    sheet = book.sheet(_("table"))
    sheet.widths(*WIDTHS)
    names = (
        *(_("No."), _("Time"), _("Where"), _("Inject"), _("Played by"), _("Expected action"), _("Source")),
        *(_("Limit, min"), _("Limit, time"), _("Evaluator"), _("What happened, time")),
    )
    sheet.head(0, names, right=(7,))
    looks = ("bold", "clock", *("text",) * 5, "number", "clock", "text", "text")
    asked = {c.label: c for c in exercise.conditions}
    row = 0
    for inject in in_time(exercise):
        told = tell_given(exercise, words, inject, asked.get(inject.label))
        clock = clock_value(exercise.instance.clock(inject.minute))
        head = (inject.label, clock, words.where(inject.sector), told, words.tell_player(inject))
        for expected in inject.expected or (None,):
            row += 1
            if expected is None:
                sheet.put_row(row, (*head, *("",) * 6), looks)
                continue
            until = clock_value(exercise.instance.clock(inject.minute + expected.limit))
            told_of = (words.tell_expected(expected), words.tell_source(expected), expected.limit, until)
            code = code_of(exercise.instance, "E", expected.sector)
            sheet.put_row(row, (*head, *told_of, code, ""), looks)
    sheet.sheet.autofilter(0, 0, row, len(names) - 1)
    sheet.sheet.freeze_panes(1, 1)
    sheet.sheet.repeat_rows(0)
