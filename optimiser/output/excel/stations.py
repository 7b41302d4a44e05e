"""Who stands where: sectors with their reasons, reserve at posts, vehicles with their crews."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.model.deployment import Allotment, count_heads_at, count_unit_heads
from optimiser.model.instance import Instance, Sector, Team, VehicleType
from optimiser.output.excel.book import BookSheet
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import tell_extra
from optimiser.output.words.head_counts import list_units, tell_outside, tell_start
from optimiser.output.words.reasons import give_reasons
from optimiser.planning.solution import Solution

_POST = ("bold", "text", "whole", "whole", "text", "whole")
_Unit = Team | VehicleType


def write_sectors(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write one row a sector, inner ring first: officer post, heads, who, why."""
    header = (
        language("ring"),
        language("sector"),
        language("officer post (Padal)"),
        language("heads"),
        language("who"),
        language("why"),
    )
    begin_sheet(page, header, (5, 28, 22, 7, 40, 66), 2, {0, 3})
    why, at = give_reasons(solution, language), tell_situation(solution, language)
    row = 1
    for sector in _by_ring(solution.instance):
        here = find_here(solution, sector.id)
        page.put(row, 0, sector.ring, "ring")
        page.put(row, 1, plain(sector.name), "bold")
        page.put(row, 2, plain(sector.officer_post or "") if here.teams else "", "text")
        who = [f"{what} {beside}".strip() for what, beside in list_units(solution.instance, here, language)]
        page.put(row, 3, count_heads_at(solution.instance, here), "whole")
        who = who or [language("nobody")]
        page.put(row, 4, "\n".join(filter(None, (*who, tell_extra(at, sector)))), "text")
        page.put(row, 5, why[sector.id], "pale")
        row += 1
    write_total(page, row, 3, 1, language("heads in sectors"))


def write_reserve(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write who waits at posts, what comes from outside, and who is held at base."""
    instance = solution.instance
    header = (
        language("post"),
        language("team or vehicle"),
        language("number"),
        language("heads"),
        language("from"),
        language("seats at the post"),
    )
    begin_sheet(page, header, (34, 44, 8, 8, 11, 16), 1, {2, 3, 5})
    row = 1
    for post in instance.posts:
        here = find_here(solution, post.id)
        seats = sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles) or None
        waiting = _units(instance, here)
        if not waiting:
            page.put_row(row, (plain(post.name), language("nobody waits here"), None, None, None, None), _POST)
            row += 1
        for kind, number in waiting:
            what = (
                plain(kind.name),
                number,
                count_unit_heads(kind, number),
                tell_start(instance, kind, language),
                seats,
            )
            page.put_row(row, (plain(post.name), *what), _POST)
            row += 1
    write_total(page, row, 3, 0, language("heads at posts"))
    row += 2
    for outside in instance.reinforcements:
        page.put_across(row, 0, 5, tell_outside(instance, outside, language))
        row += 1
    _write_base(page, row + 1, solution, language)


def _write_base(page: BookSheet, row: int, solution: Solution, language: Language) -> None:
    table = solution.frame()
    names = {team.id: plain(team.name) for team in solution.instance.teams}
    names |= {vehicle.id: plain(vehicle.name) for vehicle in solution.instance.vehicles}
    page.put_across(row, 0, 5, language("Held at base, not callable"), "part")
    rows = zip(*(table[name] for name in ("kind", "id", "number", "heads", "available")), strict=True)
    for kind, ident, number, heads, start in rows:
        if kind == "base":
            row += 1
            said = language("from {clock}", clock=language.clock(start)) if start else ""
            page.put_row(row, ("", names[ident], int(number), int(heads) or None, said), _POST)


def write_vehicles(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write where vehicles stand, and where crew and escort come from."""
    instance = solution.instance
    roles = {r.id: plain(r.name) for r in instance.roles}
    header = (
        language("place"),
        language("vehicle"),
        language("vehicles"),
        language("crew, heads"),
        language("crew from"),
        language("seats"),
        language("escort, heads"),
        language("escort from"),
    )
    begin_sheet(page, header, (34, 34, 9, 9, 34, 8, 9, 34), 1, {2, 3, 5, 6})
    row = 1
    for place in instance.places:
        for vehicle, number in _vehicles(instance, find_here(solution, place.id)):
            crew = roles[vehicle.crew_role] if vehicle.crew_role else language("extra heads, its own crew")
            escort = roles[vehicle.escort_role] if vehicle.escort_role and vehicle.escort else ""
            values = (
                plain(place.name),
                plain(vehicle.name),
                number,
                number * int(vehicle.crew),
                crew if vehicle.crew else "",
                number * int(vehicle.seats) or None,
                number * int(vehicle.escort) or None,
                escort,
            )
            page.put_row(row, values, ("bold", "text", "whole", "whole", "text", "whole", "whole", "text"))
            row += 1
    if row == 1:
        page.put(1, 0, language("no vehicle is placed"), "pale")


def begin_sheet(
    page: BookSheet, header: Sequence[str], widths: Sequence[float], keys: int, right: Collection[int]
) -> None:
    """Set widths and the header of a sheet, which stays in sight.

    Parameters
    ----------
    keys : columns that stay in sight.
    right : columns of numbers.
    """
    page.widths(*widths)
    page.head(0, header, right)
    page.sheet.freeze_panes(1, keys)
    page.sheet.repeat_rows(0)


def write_total(page: BookSheet, row: int, column: int, label: int, said: str) -> None:
    """Write a sum as a formula of ours, with its value, so that it follows changes and filters."""
    page.put(row, label, said, "sum")
    letter = chr(ord("A") + column)
    total = sum(page.values.get((r, column), 0.0) for r in range(1, row))
    page.put_formula(row, column, f"=SUBTOTAL(109,{letter}2:{letter}{row})", total, "total")


def tell_situation(solution: Solution, language: Language) -> Situation:
    """Give what papers look up, told in a language."""
    return Situation(solution.instance.told_in(language.code), solution.deployment, language=language)


def _by_ring(instance: Instance) -> list[Sector]:
    return sorted(instance.sectors, key=lambda sector: sector.ring)


def find_here(solution: Solution, place: str) -> Allotment:
    """Return who stands at a place."""
    return solution.deployment.places.get(place, Allotment())


def _vehicles(instance: Instance, here: Allotment) -> list[tuple[VehicleType, int]]:
    return [(vehicle, n) for vehicle in instance.vehicles if (n := here.vehicles.get(vehicle.id, 0))]


def _units(instance: Instance, here: Allotment) -> list[tuple[_Unit, int]]:
    """List teams, then vehicles, with their numbers."""
    teams = [(team, n) for team in instance.teams if (n := here.teams.get(team.id, 0))]
    return [*teams, *_vehicles(instance, here)]
