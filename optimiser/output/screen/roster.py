"""Who stands where, as a briefing lays it out: heads in all, sectors with the reason for each, reserve, base."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import percent, plain
from optimiser.model.deployment import Allotment
from optimiser.model.instance import Instance, Post, Sector
from optimiser.output.screen.tables import grid, heading, note
from optimiser.output.words.head_counts import (
    DEPLOYED,
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


def show_heads(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out where the heads are."""
    heads = solution.verdict.heads
    yield heading(language("Heads"))
    columns = count_heads(heads, language)
    table = grid(*(name for name, _ in columns), right=range(len(columns)))
    table.add_row(*(number for _, number in columns))
    table.columns[DEPLOYED].style = "bold"
    yield table
    yield note(tell_sum(heads, language))


def show_sectors(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out the sectors, with who stands there and why."""
    instance, why = solution.instance, give_reasons(solution, language)
    visited = {visit.sector for visit in list_visits(instance)}
    yield heading(language("Sectors"))
    columns = (language("Sector"), language("Heads"), language("Who"), language("Why"))
    table = grid(*columns, right=(1,), lines=True)
    table.columns[0].ratio, table.columns[2].ratio, table.columns[3].ratio = 3, 4, 6
    table.expand = True
    empty = []
    for sector in instance.sectors:
        here = solution.deployment.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and sector.id not in visited:
            empty.append(plain(sector.name))
            continue
        who = _who(instance, here, language) or note(language("nobody"))
        number = language.number(f"{team_heads(instance, here):,}")
        table.add_row(_where(sector, bool(here.teams), language), number, who, Text(why[sector.id]))
    yield table
    if empty:
        names = ", ".join(empty)
        yield note(language("Nobody is placed and no gathering is expected at: {sectors}.", sectors=names))
    if solution.margins:
        yield note(
            language(
                "Points for one team fewer or more come from the search's own scenarios: read them as a direction."
            )
        )


def _where(sector: Sector, occupied: bool, language: Language) -> Text:
    cell = Text(plain(sector.name), style="bold")
    cell.append("\n").append(language("ring {number}", number=sector.ring), style="not bold dim")
    if sector.officer_post and occupied:
        cell.append("\n").append(language("Padal: {place}", place=plain(sector.officer_post)), style="not bold")
    return cell


def _who(instance: Instance, here: Allotment, language: Language) -> Text | None:
    cell = Text()
    for number, (what, beside) in enumerate(list_units(instance, here, language)):
        cell.append("\n" if number else "").append(what).append(f" {beside}" if beside else "", style="dim")
    return cell or None


def show_posts(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out the callable reserve, and what may come from outside."""
    instance = solution.instance
    yield heading(language("Callable reserve, out of sight"))
    columns = (language("Post"), language("Heads"), language("Seats"), language("Who"))
    table = grid(*columns, right=(1, 2), lines=True)
    idle = []
    for post in instance.posts:
        here = solution.deployment.places.get(post.id, Allotment())
        who = _who(instance, here, language)
        if who is None:
            idle.append(plain(post.name))
            continue
        numbers = (language.number(f"{n:,}") for n in (team_heads(instance, here), seats(instance, here)))
        table.add_row(_post(post, language), *numbers, who)
    if table.row_count:
        yield table
    if idle:
        yield note(language("Nobody waits at: {posts}.", posts=", ".join(idle)))
    for outside in instance.reinforcements:
        yield Text(tell_outside(instance, outside, language))


def _post(post: Post, language: Language) -> Text:
    cell = Text(plain(post.name), style="bold")
    if post.mobile > 0:
        share = percent(float(post.mobile), language=language)
        cell.append("\n").append(language("seats for {share}", share=share), style="not bold dim")
    return cell


def show_base(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """List what is held at base."""
    yield heading(language("Held at base, not callable"))
    yield Text(tell_base(solution, language))
