"""Units that could move: what is proposed, with where they would stand and when."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.files.examination.stands import list_stands
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import Paragraph, Section, Span, Table, TableColumn


def proposal_sections(instance: Instance, found: Sequence[Moving], language: Language = ENGLISH) -> list[Section]:
    """List proposed accompaniments and movements: their name, and where their units would stand along likely ways."""
    if not found:
        none = language("Nothing to propose: no people are expected to go on, or all that is here moves already.")
        return [Section("", (Paragraph(none),))]
    names = {sector.id: plain(sector.name) for sector in instance.sectors}
    rows = []
    for moving in found:
        stands = "; ".join(
            f"{names[s.sector]} {language.clock(instance.clock(s.formed))}–{language.clock(instance.clock(s.left))}"
            for s in list_stands(instance, moving)
        )
        rows.append(((Span(plain(moving.name), "strong"), Span(moving.id, "soft")), stands))
    columns = (TableColumn(language("Movement"), 2), TableColumn(language("Where its units would stand"), 4))
    remark = language(
        "By mean times, along the likeliest ways, on foot. Nothing is simulated yet: a plan places units in them where "
        "that loses less, and leaves the others empty."
    )
    return [Section("", (Table(columns, rows), Paragraph(remark, "note")))]
