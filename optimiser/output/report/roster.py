"""Who stands where, for the report: sectors with the reason for each, reserve at posts, what is held at base."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import percent, plain
from optimiser.model.deployment import Allotment
from optimiser.model.instance import Instance, Post, Sector
from optimiser.output.report.blocks import Block, Cell, Grid, Listing, Paragraph
from optimiser.output.words.head_counts import (
    count_heads,
    list_units,
    seats,
    team_heads,
    tell_base,
    tell_outside,
    tell_sum,
)
from optimiser.output.words.reasons import give_reasons, list_visits
from optimiser.planning.solution import Solution

MOST = 40  # sectors in the table; of more, those where most is lost, so that it stays a report


def most_lost(solution: Solution, most: int) -> list[int]:
    """Give at most so many sectors by number: those where most is lost, in the order of the instance."""
    lost = solution.evaluation.outcome.losses(solution.instance).mean(axis=0)
    worst = np.argsort(-lost, kind="stable")[:most]
    return sorted(int(s) for s in worst)


def list_heads(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """Tell where the heads are."""
    heads = solution.verdict.heads
    columns = count_heads(heads, language)
    row = [Cell((language("Heads"),)), *(Cell((number,)) for _, number in columns)]
    yield Grid([("", False), *((name, True) for name, _ in columns)], [row])
    yield Paragraph(tell_sum(heads, language), "note")


def list_sectors(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List the sectors with who stands there and why."""
    instance, why = solution.instance, give_reasons(solution, language)
    visited = {visit.sector for visit in list_visits(instance)}
    yield from list_heads(solution, language)
    chosen = set(most_lost(solution, MOST))
    rows, empty = [], []
    for number, sector in enumerate(instance.sectors):
        here = solution.deployment.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and sector.id not in visited:
            empty.append(plain(sector.name))
        elif number in chosen:
            who = Cell(_units(instance, here, language) or (language("nobody"),), listed=True)
            heads = language.number(f"{team_heads(instance, here):,}")
            rows.append([_where(sector, bool(here.teams), language), Cell((heads,)), who, Cell((why[sector.id],))])
    if len(instance.sectors) > MOST:
        yield Paragraph(
            language(
                "Of {all:,} sectors, those {n:,} where most is lost; all are in deployment.csv.",
                all=len(instance.sectors),
                n=len(rows),
            )
        )
    columns = [
        (language("Sector"), False),
        (language("Heads"), True),
        (language("Who"), False),
        (language("Why"), False),
    ]
    yield Grid(columns, rows, widths=(23, 7, 28, 42))
    if empty and len(instance.sectors) <= MOST:
        said = language("Nobody is placed and no gathering is expected at: {sectors}.", sectors=", ".join(empty))
        yield Paragraph(said, "note")
    if solution.margins:
        yield Paragraph(
            language(
                "Points for one team fewer or more come from the search's own scenarios: read them as a direction."
            ),
            "note",
        )


def _where(sector: Sector, occupied: bool, language: Language) -> Cell:
    lines = [plain(sector.name), language("ring {number}", number=sector.ring)]
    if sector.officer_post and occupied:
        lines.append(language("Padal: {place}", place=plain(sector.officer_post)))
    return Cell(tuple(lines))


def _units(instance: Instance, here: Allotment, language: Language) -> tuple[str, ...]:
    return tuple(f"{what} {beside}".rstrip() for what, beside in list_units(instance, here, language))


def list_reserve(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List the callable reserve by post, and what may come from outside."""
    instance = solution.instance
    rows, idle = [], []
    for post in instance.posts:
        here = solution.deployment.places.get(post.id, Allotment())
        units = _units(instance, here, language)
        if not units:
            idle.append(plain(post.name))
            continue
        numbers = (Cell((language.number(f"{n:,}"),)) for n in (team_heads(instance, here), seats(instance, here)))
        rows.append([_post(post, language), *numbers, Cell(units, listed=True)])
    if rows:
        columns = [
            (language("Post"), False),
            (language("Heads"), True),
            (language("Seats"), True),
            (language("Who"), False),
        ]
        yield Grid(columns, rows, widths=(30, 8, 8, 54))
    if idle:
        yield Paragraph(language("Nobody waits at: {posts}.", posts=", ".join(idle)), "note")
    if instance.reinforcements:
        yield Listing([tell_outside(instance, outside, language) for outside in instance.reinforcements])


def _post(post: Post, language: Language) -> Cell:
    lines = [plain(post.name)]
    if post.mobile > 0:
        lines.append(language("seats for {share}", share=percent(float(post.mobile), language=language)))
    return Cell(tuple(lines))


def list_base(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List what is held at base."""
    yield Paragraph(tell_base(solution, language))
