"""Who stands where: heads in all, sectors with the reason for each, reserve at posts, what is held at base."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from optimiser.common.language import Language
from optimiser.common.number_format import percent, plain
from optimiser.model.deployment import Allotment, count_heads_at
from optimiser.model.expected.visits import SURE, list_due, list_visits, order_by_day
from optimiser.model.instance import Instance, Post, Sector
from optimiser.model.parts.movement import Accompaniment, Movement, find_likeliest
from optimiser.output.blocks import Block, Inline, Paragraph, Span, Spans, Table, TableColumn, Value
from optimiser.output.orders.situation import Situation
from optimiser.output.overview.along import tell_companions
from optimiser.output.words.head_counts import (
    find_deployed,
    list_head_counts,
    list_units,
    seats,
    tell_base,
    tell_outside,
    tell_sum,
)
from optimiser.output.words.reasons import give_reasons, tell_margin
from optimiser.planning.solution import Solution


def heads_blocks(solution: Solution, language: Language) -> Iterator[Block]:
    """Say where the heads are."""
    heads = solution.verdict.heads
    counts = list_head_counts(heads, language)
    row = [
        Span(language.number(f"{number:,}"), "strong" if column == find_deployed(heads) else "")
        for column, (_, number) in enumerate(counts)
    ]
    yield Table([TableColumn(name, right=True) for name, _ in counts], [row])
    yield Paragraph(tell_sum(heads, language), "note")


def most_lost(solution: Solution, most: int) -> list[int]:
    """Return at most so many sectors by number: those where most is lost, in the order of the instance."""
    lost = solution.evaluation.outcome.losses(solution.instance).mean(axis=0)
    worst = np.argsort(-lost, kind="stable")[:most]
    return sorted(int(s) for s in worst)


def sectors_blocks(solution: Solution, language: Language, chosen: Collection[int] | None = None) -> Iterator[Block]:
    """List the sectors with who stands there and why, in the order of the day.

    Parameters
    ----------
    chosen : sectors by number that are listed; None lists all, and names those where nobody is.
    """
    instance, why = solution.instance, give_reasons(solution, language)
    visited = {visit.sector for visit in list_visits(instance)}
    at = Situation(instance, solution.deployment, language=language)
    rows: list[Sequence[Value]] = []
    empty = []
    number_of = {sector.id: number for number, sector in enumerate(instance.sectors)}
    for sector in order_by_day(instance.sectors, list_due(instance)):
        number = number_of[sector.id]
        here = solution.deployment.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and sector.id not in visited:
            empty.append(sector.name)
        elif chosen is None or number in chosen:
            heads = language.number(f"{count_heads_at(instance, here):,}")
            along = [Span(said, "soft") for said in tell_companions(at, sector)]
            who = (*_units(instance, here, language), *along) or Span(language("nobody"), "soft")
            rows.append((_sector(sector, bool(here.teams), language), heads, who, why[sector.id]))
    if chosen is not None:
        yield Paragraph(
            language(
                "Of {all:,} sectors, those {n:,} where most is lost; all are in deployment.csv.",
                all=len(instance.sectors),
                n=len(rows),
            )
        )
    columns = (
        TableColumn(language("Sector"), 3),
        TableColumn(language("Heads"), 1, right=True),
        TableColumn(language("Who"), 4),
        TableColumn(language("Why"), 6),
    )
    yield Table(columns, rows, wide=True, ruled=True)
    if empty and chosen is None:
        said = language("Nobody is placed and no gathering is expected at: {sectors}.", sectors=", ".join(empty))
        yield Paragraph(said, "note")
    if solution.margins:
        scenarios = max((m.change.count for m in solution.margins if m.change is not None), default=0)
        said = language(
            "Points for one team fewer or more, where shown: change of the expected loss over {n} fresh scenarios, "
            "everybody else staying, [95 % interval each]; 'optimiser explain' lists all of them. 'optimiser worth' "
            "asks another question: one more that is bought, in a plan that is rearranged for it.",
            n=language.number(f"{scenarios:,}"),
        )
        yield Paragraph(said, "note")


def _sector(sector: Sector, occupied: bool, language: Language) -> Value:
    lines: list[Inline] = [Span(sector.name, "strong"), Span(language("ring {number}", number=sector.ring), "soft")]
    if sector.officer_post and occupied:
        lines.append(language("Padal: {place}", place=sector.officer_post))
    return tuple(lines)


def _units(instance: Instance, here: Allotment, language: Language) -> tuple[Inline, ...]:
    units = list_units(instance, here, language)
    return tuple(Spans((what, Span(f" {beside}", "soft"))) if beside else what for what, beside in units)


def reserve_blocks(solution: Solution, language: Language) -> Iterator[Block]:
    """List the callable reserve by post, and what may come from outside."""
    instance = solution.instance
    rows: list[Sequence[Value]] = []
    idle = []
    for post in instance.posts:
        here = solution.deployment.places.get(post.id, Allotment())
        units = _units(instance, here, language)
        if not units:
            idle.append(post.name)
            continue
        numbers = (language.number(f"{n:,}") for n in (count_heads_at(instance, here), seats(instance, here)))
        rows.append((_post(post, language), *numbers, units))
    if rows:
        columns = (
            TableColumn(language("Post"), 4),
            TableColumn(language("Heads"), 1, right=True),
            TableColumn(language("Seats"), 1, right=True),
            TableColumn(language("Who"), 7),
        )
        yield Table(columns, rows, ruled=True)
    if idle:
        yield Paragraph(language("Nobody waits at: {posts}.", posts=", ".join(idle)), "note")
    for outside in instance.reinforcements:
        yield Paragraph(tell_outside(instance, outside, language))


def _post(post: Post, language: Language) -> Value:
    name = Span(post.name, "strong")
    if post.mobile <= 0:
        return name
    share = percent(float(post.mobile), language=language)
    return name, Span(language("seats for {share}", share=share), "soft")


def tell_moving(language: Language) -> str:
    """Name the group of those who move."""
    return language("On the move, with people or as planned")


def companions_blocks(solution: Solution, language: Language) -> Iterator[Block]:
    """List who moves: with which gathering or as planned, from where, and on to where; nothing where nobody may."""
    instance = solution.instance
    at = Situation(instance, solution.deployment, language=language)
    rows: list[Sequence[Value]] = []
    idle: dict[bool, list[str]] = {}
    for moving in instance.moving:
        here = solution.deployment.places.get(moving.id, Allotment())
        units = _units(instance, here, language)
        if not units:
            idle.setdefault(isinstance(moving, Accompaniment), []).append(moving.name)
            continue
        heads = language.number(f"{count_heads_at(instance, here):,}")
        missed = tell_margin(solution, moving.id, language)
        way = _companions(instance, moving, language) if isinstance(moving, Accompaniment) else _legs(at, moving)
        rows.append((*way, heads, units, missed))
    if rows:
        columns = (
            TableColumn(language("Name"), 3),
            TableColumn(language("Where"), 4),
            TableColumn(language("Heads"), 1, right=True),
            TableColumn(language("Who"), 4),
            TableColumn(language("Why"), 3),
        )
        yield Table(columns, rows, wide=True, ruled=True)
        yield Paragraph(_explain_moving(at), "note")
    if True in idle:
        yield Paragraph(language("Nobody is assigned to: {names}.", names=", ".join(idle[True])), "note")
    if False in idle:
        yield Paragraph(language("Nobody moves: {names}.", names="; ".join(idle[False])), "note")


def _explain_moving(at: Situation) -> str:
    """Say how those count who move."""
    language = at.language
    told = []
    if any(at.units[one.id] for one in at.instance.accompaniments):
        told.append(
            language(
                "Who goes with a gathering stands at its first stop from the start, goes where the people go, by "
                "whichever way, and counts in the line of the sector where the crowd is. It is not called as reserve."
            )
        )
    if any(at.units[one.id] for one in at.instance.movements):
        told.append(
            language(
                "Movements: mean times, nobody held. Who moves counts where it stands, on the way nowhere; it stays "
                "where a sector is yellow or red, and is not called as reserve."
            )
        )
    return " ".join(told)


def _legs(at: Situation, movement: Movement) -> tuple[Value, Value]:
    """Name a movement, and where it stands from when until when, along the likeliest ways."""
    language, crowds = at.language, {g.id: plain(g.name) for g in at.instance.gatherings}
    where: list[Inline] = []
    for stand in at.stands(movement):
        times = f"{at.clock(stand.formed)}–{at.clock(stand.left)}"
        crowd = crowds.get(movement.legs[stand.leg].gathering or "")
        said = f"{at.names[stand.sector]} {times}"
        said = language("{where}, with {crowd}", where=said, crowd=crowd) if crowd else said
        where.append(Span(f"→ {said}", "soft") if where else said)
    return (Span(movement.name, "strong"), Span(language("as planned"), "soft")), tuple(where)


def _companions(instance: Instance, accompaniment: Accompaniment, language: Language) -> tuple[Value, Value]:
    """Name an accompaniment with its gathering, and its way: where it assembles and where it is likeliest to go on."""
    gathering, way = find_likeliest(instance, accompaniment.gathering)
    names = {sector.id: plain(sector.name) for sector in instance.sectors}
    first, *others = (names[stop.sector] for stop in way.stops)
    said = language("with: {gathering}", gathering=gathering.name)
    where: list[Inline] = [language("assembles at {place}", place=first)]
    if others:
        onward = " → ".join(others)
        if way.share < 1.0 - SURE:
            share = percent(way.share, language=language)
            onward = language("{ways} (likeliest way, {share})", ways=onward, share=share)
        where.append(Span(f"→ {onward}", "soft"))
    return (Span(accompaniment.name, "strong"), Span(said, "soft")), tuple(where)


def base_blocks(solution: Solution, language: Language) -> Iterator[Block]:
    """Say what is held at base."""
    yield Paragraph(tell_base(solution, language))
