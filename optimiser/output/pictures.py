"""Pictures of a plan: what `optimiser.output.drawing` needs, taken from an instance and a solution."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, plain
from optimiser.model.clocks import span_window
from optimiser.model.deployment import Deployment, count_heads_over_time, count_unit_heads
from optimiser.model.harms import INDEPENDENT
from optimiser.model.instance import PHASES, Instance
from optimiser.model.parts.movement import find_assembly
from optimiser.output.drawing.bars import BarRow, draw_bars
from optimiser.output.drawing.fan import Fan, draw_fan
from optimiser.output.drawing.gantt import Bar, Group, Lane, Sign, draw_gantt
from optimiser.output.map_pictures import short_names
from optimiser.output.words.bands import tell_band
from optimiser.output.words.events import Chronicle
from optimiser.output.words.movements import (
    AlongStand,
    ReserveColumn,
    find_end,
    list_along_stands,
    list_columns,
    list_phases,
    list_waiting,
)
from optimiser.planning.solution import Solution
from optimiser.simulation.events import Event

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
GROUPS = 14  # most sectors in a Gantt chart, and most posts: what a page has room for
SIGNS: dict[str, Sign] = {
    "waiting": "waits",
    "received": "received",
    "refused": "unmet",
    "failed": "unmet",
    "spraying": "water",
}


# ---------------------------------------------------------------- over time


def picture_fan(
    instance: Instance, told: Chronicle, column: int, sector: int, *, key: str, language: Language = ENGLISH
) -> str:
    """Draw crowd and phases of one sector over the day.

    Parameters
    ----------
    told : a chronicle that follows the sector.
    column : its place there.
    sector : its number in the instance.
    """
    windows = [
        (span_window(instance, w)[0], min(instance.period.minutes, span_window(instance, w)[1]), plain(w.name))
        for w in instance.sectors[sector].critical
    ]
    fan = Fan(
        told.edges.tolist(),
        told.crowd(QUANTILES)[:, :, column].tolist(),
        told.shares[:, column].tolist(),
        PHASES,
        windows,
    )
    name = plain(instance.sectors[sector].name)
    title = language("{sector}: people over the day, and how likely each phase is", sector=name)
    return draw_fan(fan, instance.period.start, title=title, key=key, language=language)


def picture_gantt(
    instance: Instance,
    deployment: Deployment,
    events: Sequence[Event],
    *,
    width: int = 720,
    key: str = "gantt",
    language: Language = ENGLISH,
) -> str:
    """Draw teams and vehicles over one told scenario; empty if nobody comes and nobody stands anywhere."""
    groups = list_groups(instance, deployment, events, language)
    if not groups:
        return ""
    title = language("Teams and vehicles over one scenario")
    start, end = instance.period.start, find_end(instance, events)
    return draw_gantt(groups, start, end, width=width, title=title, key=key, language=language)


def list_groups(
    instance: Instance, deployment: Deployment, events: Sequence[Event], language: Language = ENGLISH
) -> list[Group]:
    """Give sectors in the order in which people come there, then posts, with who stands and who moves.

    Sectors that nobody visits are left out. Of many, those are shown that are red for longest, then yellow, and of
    many posts those from which most is sent.
    """
    end = find_end(instance, events)
    columns, phases = list_columns(instance, events), list_phases(events, end)
    names, heads = short_names(instance), list_heads_over_time(instance, deployment)
    along = [(m, list_along_stands(events, m.id, find_assembly(instance, m), end)) for m in instance.moving]
    worst = sorted(phases, key=lambda ident: [-_minutes(phases[ident], phase) for phase in ("red", "yellow", "green")])
    groups = []
    for ident, spans in ((ident, spans) for ident, spans in phases.items() if ident in worst[:GROUPS]):
        lanes = []
        if ident in heads:
            lanes.append(Lane(language("placed here"), list(_placed(heads[ident], end, language))))
        for a, stays in along:
            if a.id in heads and any(stay.sector == ident for stay in stays):
                text = language.plural("{n} head", "{n} heads", heads[a.id][-1][1])
                lanes.append(
                    Lane(names[a.id], [bar for stay in stays if stay.sector == ident for bar in _stay(stay, text)])
                )
        here = [c for c in columns if c.sector == ident]
        for origin in dict.fromkeys(c.origin for c in here):
            bars = [bar for c in here if c.origin == origin for bar in _bars(c, end, language)]
            lanes.append(Lane(language("from {place}", place=names.get(origin, origin)), bars))
        groups.append(Group(names[ident], spans, (), _signs(events, ident), lanes))
    crews = {vehicle.id: count_unit_heads(vehicle, 1) for vehicle in instance.vehicles}
    waiting = list_waiting(columns, {post.id: heads[post.id] for post in instance.posts if post.id in heads}, crews)
    busy = sorted(waiting, key=lambda post: -sum(c.heads for c in columns if c.origin == post))[:GROUPS]
    for post, steps in ((post, steps) for post, steps in waiting.items() if post in busy):
        lanes = []
        for vehicle in instance.vehicles:
            rides = [c for c in columns if c.origin == post and any(kind == vehicle.id for kind, _ in c.rides)]
            if rides:
                bars = [Bar("away", c.sent, min(end, c.home)) for c in rides]
                lanes.append(Lane(language("{vehicle} away", vehicle=plain(vehicle.name)), bars))
        groups.append(Group(language("{post}, waiting", post=names[post]), (), steps, (), lanes))
    return groups


def _minutes(spans: Sequence[tuple[float, float, str]], phase: str) -> float:
    return sum(end - begin for begin, end, name in spans if name == phase)


def list_heads_over_time(instance: Instance, deployment: Deployment) -> dict[str, list[tuple[float, int]]]:
    """Give the heads of each place where anybody is, with the minutes from which there are so many."""
    found = {place: count_heads_over_time(instance, here) for place, here in deployment.places.items()}
    return {place: steps for place, steps in found.items() if steps[-1][1]}


def _placed(steps: Sequence[tuple[float, int]], end: float, language: Language) -> Iterator[Bar]:
    """Give a bar for each time in which as many heads stand in a sector."""
    for (minute, heads), (until, _) in pairwise([*steps, (end, 0)]):
        if heads and minute < until:
            yield Bar("stand", minute, until, language.plural("{n} head", "{n} heads", heads))


def _stay(stay: AlongStand, text: str) -> Iterator[Bar]:
    if stay.sent < stay.formed:
        yield Bar("road", stay.sent, stay.formed)
    if stay.formed < stay.left:
        yield Bar("stand", stay.formed, stay.left, text)


def _bars(column: ReserveColumn, end: float, language: Language) -> Iterator[Bar]:
    text = language.number(f"{column.heads:,}") if column.heads else ""
    yield Bar("road", column.sent, min(end, column.formed))
    if math.isfinite(column.formed):
        yield Bar("stand", column.formed, min(end, column.released), text)
    if math.isfinite(column.released):
        yield Bar("back", column.released, min(end, column.back))


def _signs(events: Sequence[Event], ident: str) -> list[tuple[float, Sign]]:
    return [(e.minute, SIGNS[e.kind]) for e in events if e.sector == ident and e.kind in SIGNS]


# ---------------------------------------------------------------- against other plans


def picture_harms(solution: Solution, *, key: str = "harm", language: Language = ENGLISH) -> list[tuple[str, str]]:
    """Draw each harm under the plan and under every alternative; gives heading and drawing of each."""
    plans = [(language("this plan"), solution.evaluation)]
    plans += [(plain(language(other.name)), other.evaluation) for other in solution.alternatives]
    found = []
    for number, (name, heading, unit) in enumerate(list_harms(language)):
        intervals = [(who, e.loss if name == "loss" else e.harms[name]) for who, e in plans]
        if not any(interval.mean > 0.0 for _, interval in intervals):
            continue
        rows = [BarRow(who, i.mean, max(0.0, i.low), i.high, first=n == 0) for n, (who, i) in enumerate(intervals)]
        title = language("{harm}: mean and 95 % interval by plan", harm=heading)
        ranged = solution.law_range if name == "loss" else None
        note = tell_band(ranged.losses[0], language) if ranged is not None else ""
        drawn = draw_bars(rows, unit, title=title, key=f"{key}-{number}", language=language, note=note)
        found.append((heading, drawn))
    return found


def list_harms(language: Language = ENGLISH) -> list[tuple[str, str, str]]:
    """Give name, heading and unit of what the plan is judged by."""
    return [
        ("loss", language("Expected loss"), language("points")),
        *((harm.id, capitalise(language(harm.label)), language(harm.measure)) for harm in INDEPENDENT),
    ]
