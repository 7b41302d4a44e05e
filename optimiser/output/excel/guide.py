"""The first sheet of a workbook to fill in: what to do, and what each sheet is for."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import Language
from optimiser.files.workbook import Filled
from optimiser.files.workbook.labels import label_column, label_sheet, title_library
from optimiser.output.excel.book import BookSheet


def write_guide(page: BookSheet, filled: Sequence[Filled], language: Language) -> None:
    """Write the guide.

    Parameters
    ----------
    filled : the sheets of the workbook with their rows, in order.
    """
    page.widths(20, 16, 10, 90)
    page.put(0, 0, language("A town to plan for"), "title")
    first = language("Fill in the sheets from left to right, save, and run: optimiser plan FILE.xlsx")
    page.put_across(1, 0, 3, first, "under")
    row = 3
    for number, line in enumerate(_steps(filled, language), 1):
        page.put(row, 0, f"{number}.", "pale")
        page.put_across(row, 1, 3, line)
        row += 1
    row += 1
    page.put_row(
        row, (language("Sheet"), language("must be there"), language("rows"), language("What it holds")), "head"
    )
    for sheet in filled:
        row += 1
        name = label_sheet(sheet.sheet.name, language.code)
        page.sheet.write_url(row, 0, f"internal:'{name}'!A1", page.book.look("link"), name)
        page.put(row, 1, language("yes") if sheet.sheet.required else "", "pale")
        page.put(row, 2, len(sheet.rows) if sheet.sheet.form != "fields" else None, "whole")
        page.put(row, 3, language(sheet.sheet.help), "text")


def _steps(filled: Sequence[Filled], language: Language) -> tuple[str, ...]:
    gatherings = next(page.sheet for page in filled if page.sheet.name == "gatherings")
    ranged = {end: label_column(gatherings, f"turnout.{end}", language.code) for end in ("low", "high", "source")}
    return (
        language("One row is one thing. Rows and columns may be added, moved and left out; empty rows are skipped."),
        language(
            "Headers in the darker blue must be filled in. An empty cell elsewhere means the default, see the notes."
        ),
        language(
            "Do not rename headers or sheets. The row of units in [brackets] is not read, nor are rows that begin with "
            "#, columns whose header begins with #, and sheets whose name begins with _."
        ),
        language(
            "A number may carry a plausible range and a source: columns such as {low}, {high} and {source}. "
            "They are folded in; open them by the + above, or add them beside the number.",
            **ranged,
        ),
        language(
            "Things are named by short names (id): lower-case letters, digits, - and _. Where a cell names something "
            "of another sheet, the list to choose from follows that sheet."
        ),
        language(
            "Roles such as Lantas, Intelkam, Raimas or Satpol PP are on the sheet {sheet}: copy whole rows from there "
            "to the sheet {roles}.",
            sheet=title_library(language.code),
            roles=label_sheet("roles", language.code),
        ),
        language(
            "Cells are read as people type them, where that is clear: 40 %, 2 h 30 min, 09:40 WIB, 27/11/2024 08:00. "
            "What nobody can know in figures may be said in words, such as a tension: calm, usual, tense, very tense."
        ),
        language("There is no field for anybody's opinion, party or faith, and none for firearms: both are refused."),
        language("To see every fault at once, each with its sheet and cell: optimiser validate FILE.xlsx"),
    )
