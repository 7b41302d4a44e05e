"""Who moves: with which gathering, and from sector to sector as planned."""

from __future__ import annotations

import math

from optimiser.common.language import Language
from optimiser.common.number_format import percent, plain
from optimiser.output.excel.book import BookSheet, clock_value
from optimiser.output.excel.stations import begin_sheet, find_here, tell_situation, write_total
from optimiser.output.orders.staffing.along import find_gathering, list_coming, name_assembly, tell_formed
from optimiser.output.orders.staffing.movement import list_relocations, tell_end
from optimiser.output.words.head_counts import list_units
from optimiser.planning.solution import Solution

_STAND = ("bold", "whole", "text", "clock", "clock", "pale", "number", "text", "whole", "whole", "text")


def write_accompaniments(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write who goes with which gathering, where and when they form up, and where they may come with it."""
    at = tell_situation(solution, language)
    header = (
        language("accompaniment"),
        language("goes with"),
        language("forms up at"),
        language("by"),
        language("heads"),
        language("who"),
        language("where it may come, formed up about"),
    )
    begin_sheet(page, header, (28, 34, 28, 8, 7, 40, 66), 1, {3, 4})
    row = 1
    for one in at.instance.accompaniments:
        here = find_here(solution, one.id)
        who = [f"{what} {beside}".strip() for what, beside in list_units(at.instance, here, language)]
        along = [(s, coming) for s in at.instance.sectors for coming in list_coming(at, s) if coming.moving is one]
        stops = [f"{at.names[s.id]}: {tell_formed(at, c)} ({percent(c.share, language=language)})" for s, c in along]
        values = (
            plain(one.name),
            plain(find_gathering(at, one).name),
            name_assembly(at, one),
            clock_value(at.instance.clock(at.stand(one))),
            at.heads(one.id),
            "\n".join(who) or language("nobody"),
            "\n".join(stops),
        )
        page.put_row(row, values, ("bold", "text", "text", "clock", "whole", "text", "pale"))
        row += 1
    write_total(page, row, 4, 2, language("heads with gatherings"))


def write_movements(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write where units of each movement stand, one row a stand, and how they get to the next; heads once each."""
    at = tell_situation(solution, language)
    header = (
        language("movement"),
        language("stand"),
        language("sector"),
        language("formed up"),
        language("sets out"),
        language("when"),
        language("km to the next"),
        language("how"),
        language("min"),
        language("heads"),
        language("who"),
    )
    begin_sheet(page, header, (28, 7, 28, 10, 10, 34, 9, 24, 7, 7, 40), 2, {1, 3, 4, 6, 8, 9})
    row = 1
    for one in at.instance.movements:
        here = find_here(solution, one.id)
        who = "\n".join(f"{what} {beside}".strip() for what, beside in list_units(at.instance, here, language))
        steps, stands = list_relocations(at, one), at.stands(one)
        if not stands:
            page.put_row(row, (plain(one.name), *(None,) * 8, 0, language("nobody")), _STAND)
            row += 1
        for number, stand in enumerate(stands):
            onward: tuple[object, ...] = (None, language("stays until released"), None, None, None)
            if number < len(steps):
                step = steps[number]
                sent = clock_value(at.instance.clock(step.goal.sent))
                onward = (
                    sent,
                    tell_end(at, one, step),
                    round(step.goal.km, 2),
                    step.how,
                    math.ceil(step.minutes - 1e-9),
                )
            formed = clock_value(at.instance.clock(stand.formed))
            first = (at.heads(one.id), who) if number == 0 else (None, "")
            where = at.names[stand.sector]
            if one.legs[stand.leg].post is not None:
                where = language("{place}, rest", place=where)
            page.put_row(row, (plain(one.name), number + 1, where, formed, *onward, *first), _STAND)
            row += 1
    write_total(page, row, 9, 7, language("heads that move as planned"))
