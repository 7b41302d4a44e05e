"""A repair as a sheet of what is required, there, and needed, and in words what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.output.blocks import Paragraph, Section, Span, Table, TableColumn, Value
from optimiser.output.words.repair import list_repair_lines, price_list, repair_claim
from optimiser.planning.programs.repair import Repair


def repair_sections(repair: Repair, language: Language = ENGLISH) -> list[Section]:
    """Lay out a repair; of none there is only the claim."""
    claim = Paragraph(repair_claim(repair, language))
    if not repair.changes:
        return [Section("", [claim])]
    heading = language("The cheapest repair") if repair.proved else language("A repair")
    return [
        Section(heading, [_sheet(repair, language)]),
        Section("", [claim, Paragraph(price_list(repair, language), "note")]),
    ]


def _sheet(repair: Repair, language: Language) -> Table:
    columns = (
        TableColumn(language("Resource")),
        TableColumn(language("Where")),
        TableColumn(language("Req"), right=True, firm=True),
        TableColumn(language("Have"), right=True, firm=True),
        TableColumn(language("Need"), right=True, firm=True),
        TableColumn(language("What to do")),
        TableColumn(language("Points"), right=True, firm=True),
    )

    def number(value: int) -> str:
        return language.number(f"{value:,}")

    rows: list[Sequence[Value]] = []
    for line in list_repair_lines(repair, language):
        figures = map(number, (line.required, line.have, line.need))
        rows.append((line.resource, tuple(line.where.split("\n")), *figures, line.action, number(line.points)))
    if len(repair.changes) > 1:
        total = Span(language("in all"), "strong")
        rows.append((total, "", "", "", "", "", number(repair.points)))
    return Table(columns, rows)
