"""What is expected in a sector in the order of the day: crowds, processes, triggers, relief."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from optimiser.common.number_format import given, percent, plain
from optimiser.model.clocks import span_window
from optimiser.model.expected.visits import Visit
from optimiser.model.instance import Sector
from optimiser.output.blocks import Section, Table, TableColumn, Value
from optimiser.output.orders.fit import LEGIBLE, SIZES, fits
from optimiser.output.orders.form import Paper
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.relief import relief_times
from optimiser.output.words.reasons import name_visit

MOST_ROWS, LEAST_ROWS = 9, 4  # of the course on a sheet; fewer where it would not fit, the rest is counted, assumed


def fit_course(write: Callable[[int], Paper]) -> Paper:
    """Write a sheet with as many rows of its course as fit on one page.

    In letters that are easy to read if there is room for the fewest rows in them, in the smallest otherwise.
    """
    few = write(LEAST_ROWS)
    size = LEGIBLE if fits(few, LEGIBLE) else SIZES[-1]
    return next((paper for rows in range(MOST_ROWS, LEAST_ROWS, -1) if fits(paper := write(rows), size)), few)


def course_section(at: Situation, sector: Sector, most: int) -> Section:
    """List what is expected in a sector in the order of the day, in so many rows at most and one for the rest."""
    _ = at.language
    events = sorted(_events(at, sector), key=lambda e: (e[0], e[1]))
    rows: list[tuple[Value, ...]] = [(at.clock(m), text) for m, text in events[:most]]
    if len(events) > most:
        more = at.language.plural("and {n} more", "and {n} more", len(events) - most)
        rows.append(("", more))
    if not rows:
        rows = [("–", _("nothing is expected here; people may come over from other sectors"))]
    columns = (TableColumn(_("About"), 1.0), TableColumn(_("What"), 6.0))
    return Section(_("Expected course"), (Table(columns, tuple(rows)),), half=True)


def _events(at: Situation, sector: Sector) -> list[tuple[float, str]]:
    """List what is expected in a sector, by minute."""
    _, instance = at.language, at.instance
    found: list[tuple[float, str]] = []
    visits = at.visits.get(sector.id, ())
    for visit in _join(visits, lambda v: (v.gathering.id, at.clock(v.start))):
        people = _range(at, visit.gathering.turnout, visit.people)
        known = _(", organisers known") if visit.gathering.liaison else ""
        comes = _("{name} comes, {people} people", name=name_visit(visit, _), people=people)
        found.append((visit.start, comes + known))
    leaving = (v for v in visits if v.end < instance.period.minutes)
    for visit in _join(leaving, lambda v: (v.gathering.id, at.clock(v.end), v.onward)):
        goes = _("{name} goes home", name=name_visit(visit, _))
        if visit.onward:
            goes = _("{name} marches on to {place}", name=name_visit(visit, _), place=at.names[visit.onward])
        found.append((visit.end, goes))
    for window in sector.critical:
        begins, ends = span_window(instance, window)
        restart = given(float(window.restart), _)
        what = plain(window.name)
        text = _("{what} until {clock}; once stopped, {n} min to restart", what=what, clock=at.clock(ends), n=restart)
        found.append((begins, text))
    for trigger in instance.triggers:
        if not trigger.sectors or sector.id in trigger.sectors:
            likely = percent(float(trigger.chance), language=_)
            text = _("{name} ({share} likely)", name=plain(trigger.name), share=likely)
            found.append((instance.minutes(trigger.at) + float(trigger.late), text))
    every = float(instance.doctrine.relief_every)
    if every > 0.0 and at.teams(sector.id):
        stand, until = at.stand(sector), _leaves_at(at, sector)
        for i in range(1, math.ceil((until - stand) / every)):
            found.append((stand + i * every, _("relief, like for like")))
    return [*found, *relief_times(at, sector)]


def _join(visits: Iterable[Visit], alike: Callable[[Visit], Hashable]) -> list[Visit]:
    """Join visits that read the same, as on ways that part only later: they come with the chance of any of them."""
    found: dict[Hashable, Visit] = {}
    for visit in visits:
        before = found.get(alike(visit))
        found[alike(visit)] = replace(visit, share=before.share + visit.share) if before else visit
    return list(found.values())


def _leaves_at(at: Situation, sector: Sector) -> float:
    """Give the minute until which anybody is needed in a sector: the last people, the last process, else the end."""
    ends = [visit.end for visit in at.visits.get(sector.id, ())]
    ends += [span_window(at.instance, window)[1] for window in sector.critical]
    return min(float(at.instance.period.minutes), max(ends, default=math.inf))


def _range(at: Situation, turnout: float, people: int) -> str:
    low, high = getattr(turnout, "low", None), getattr(turnout, "high", None)
    told = at.number(people)
    return told if low is None or high is None else f"{told} ({at.number(round(low))}–{at.number(round(high))})"
