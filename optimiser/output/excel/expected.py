"""What to expect: harms with their intervals, minutes in each phase, and one scenario told event by event."""

from __future__ import annotations

import math
from collections.abc import Iterable

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import UNSURE, ends, percent, plain, tell_rare
from optimiser.model.harms import LISTED
from optimiser.model.instance import PHASES, Instance
from optimiser.output.excel.book import BookSheet, clock_value
from optimiser.output.overview.trust import tell_participation
from optimiser.output.sections.expected import tell_overtime
from optimiser.output.words.wording import Wording
from optimiser.planning.evaluation import Interval
from optimiser.planning.participation import share_held
from optimiser.planning.solution import Solution
from optimiser.simulation.events import Event


def put_interval(
    page: BookSheet,
    row: int,
    column: int,
    interval: Interval,
    language: Language,
    look: str = "two",
    floor: float = -math.inf,
) -> None:
    """Write mean, lower and upper end beside each other; instead of the ends why there are none.

    Parameters
    ----------
    floor : what the quantity cannot be below, same unit; the lower end is cut there.
    """
    page.put(row, column, interval.mean, look)
    if interval.rare or interval.exact:
        page.put(row, column + 1, ends(interval, language=language), "pale")
        page.put(row, column + 2, "", look)
        return
    sure = math.isfinite(interval.half)
    page.put(row, column + 1, max(floor, interval.low) if sure else UNSURE, look)
    page.put(row, column + 2, interval.high if sure else UNSURE, look)


def put_rare(page: BookSheet, row: int, last: int, intervals: Iterable[Interval], language: Language) -> int:
    """Say under a table what its figures without an interval may be taken for, if it has any; gives the next row."""
    if said := tell_rare(intervals, language):
        page.put_across(row, 0, last, said, "under")
        row += 1
    return row


def write_harms(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write expected harms with 95 % intervals, scenarios by their worst phase, and phases by sector."""
    evaluation = solution.evaluation
    page.widths(38, 12, 12, 12, 12, 12, 12, 12, 12, 12)
    page.sheet.freeze_panes(1, 1)
    header = (language("expected harm"), language("mean"), language("from"), language("to"), language("unit"))
    page.head(0, header, {1, 2, 3})
    row = 1
    for harm in LISTED:
        page.put(row, 0, language(harm.label), "bold")
        put_interval(page, row, 1, evaluation.harms[harm.id], language, "three", 0.0)
        page.put(row, 4, language(harm.measure), "pale")
        row += 1
    page.put(row, 0, language("loss in all"), "bold")
    put_interval(page, row, 1, evaluation.loss, language, "three", 0.0)
    page.put(row, 4, language("points"), "pale")
    if solution.law_range is not None:
        band = solution.law_range.losses[0]
        row += 1
        page.put(row, 0, language("loss over the law's ranges"), "bold")
        page.put_row(row, (band.low, band.high), "three", 2)
        page.put(row, 4, language("points"), "pale")
    note = language("95 % intervals over {n} fresh scenarios.", n=language.number(f"{evaluation.loss.count:,}"))
    page.put_across(row + 1, 0, 9, note, "under")
    row = put_rare(page, row + 2, 9, (evaluation.loss, *evaluation.harms.values()), language) + 1
    page.put(row, 0, language("scenarios by their worst phase"), "head")
    page.put(row, 1, language("share"), "head")
    shares = evaluation.worst_phase()
    for name in (Message("peaceful"), "yellow", "red"):
        row += 1
        page.put(row, 0, language(name), "bold")
        page.put(row, 1, percent(shares[name], language=language), "text")
    if said := tell_participation(share_held(evaluation), evaluation.harms["participation"], language):
        row += 1
        page.put_across(row, 0, 9, said, "under")
    _write_phases(page, row + 2, solution, language)


def _write_phases(page: BookSheet, row: int, solution: Solution, language: Language) -> None:
    """Write mean minutes in each phase, and the share of scenarios in which a phase was reached."""
    evaluation = solution.evaluation
    reached = [evaluation.reached(phase) for phase in range(len(PHASES))]
    minutes = [language("{phase}, min", phase=language(phase)) for phase in PHASES]
    shares = [language("{phase} reached", phase=language(phase)) for phase in PHASES[1:4]]
    page.head(row, (language("mean minutes by sector"), *minutes, *shares), range(1, 9))
    for number, (sector, mean) in enumerate(zip(solution.instance.sectors, evaluation.phase_minutes(), strict=True)):
        row += 1
        page.put(row, 0, plain(sector.name), "bold")
        page.put_row(row, [float(value) for value in mean], "one", 1)
        page.put_row(row, [float(reached[phase][number]) for phase in range(1, 4)], "share", 1 + len(PHASES))
    page.put_across(row + 1, 0, 9, tell_overtime(solution.instance, language), "under")


def write_timeline(page: BookSheet, instance: Instance, events: Iterable[Event], language: Language) -> None:
    """Write one scenario event by event: when, where, what, why."""
    wording = Wording(instance, language)
    page.widths(9, 10, 34, 84, 40)
    header = (language("time"), language("minute"), language("where"), language("what happens"), language("why"))
    page.head(0, header, {1})
    page.sheet.freeze_panes(1, 0)
    page.sheet.repeat_rows(0)
    row = 0
    for event in events:
        row += 1
        page.put(row, 0, clock_value(instance.clock(event.minute)), "clock")
        page.put(row, 1, event.minute, "one")
        looks = ("text", "bold" if event.kind == "phase" else "text", "pale")
        page.put_row(row, (wording.where(event), wording.tell(event), wording.why(event)), looks, 2)
    if row:
        page.sheet.autofilter(0, 0, row, len(header) - 1)
    note = language("One scenario of many, to see how the plan works; what to expect stands in the sheet of harms.")
    page.put_across(row + 2, 0, 4, note, "under")
