"""What is firm and what is negotiable, place by place."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.output.blocks import plain_text
from optimiser.output.excel.book import BookSheet
from optimiser.output.excel.stations import begin_sheet
from optimiser.output.sections.comparison import about_firmness
from optimiser.output.words.firmness import tell_firm, tell_firm_places, tell_stay
from optimiser.questions.firmness import Firmness


def write_firmness(page: BookSheet, found: Firmness, language: Language) -> None:
    """Write one row a placement: how many in the plan, in all plans that are about as good, and what it is."""
    instance = found.instance
    header = (
        language("place"),
        language("team or vehicle"),
        language("number"),
        language("from"),
        language("to"),
        language("same"),
        language("it is"),
    )
    begin_sheet(page, header, (34, 44, 8, 8, 8, 8, 21), 2, {2, 3, 4, 5})
    places = {one.id: plain(one.name) for one in instance.places}
    kinds = {team.id: plain(team.name) for team in instance.teams}
    kinds |= {one.id: plain(one.name) for one in instance.vehicles}
    row, looks = 1, {"good": "good", "warning": "text", "soft": "pale"}
    for one in found.placings:
        word = tell_firm(one, language)
        page.put_row(row, (places[one.place], kinds[one.kind]), ("bold", "text"))
        page.put_row(row, (one.number, one.least, one.most), "whole", 2)
        page.put(row, 5, one.share, "share")
        page.put(row, 6, word.text, looks[word.tone])
        row += 1
    row += 1
    stay = tell_stay(found.beyond, found.points, found.within, language).text
    notes = (plain(plain_text(block.text)) for block in about_firmness(found, language))
    for said in (tell_firm_places(found, language), stay, *notes):
        page.put_across(row, 0, 6, said, "under")
        row += 1
