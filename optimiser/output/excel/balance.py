"""What is required, what the plan has, what is lacking, in the shape of ICS 215; and how far every limit is used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimiser.common.language import Language
from optimiser.common.number_format import plain
from optimiser.model.clocks import find_late_start
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Post, Team, VehicleType
from optimiser.output.excel.book import BookSheet
from optimiser.output.words.head_counts import tell_late
from optimiser.planning.programs.requirements import Frame, Requirement, Row, require
from optimiser.planning.solution import Solution

UNITS = {"crew": "heads", "escort": "heads", "seats": "seats", "cap": "heads", "staging": "heads"}


@dataclass(frozen=True)
class Need:
    """One requirement: what it asks for, and what the plan has.

    Attributes
    ----------
    what : the requirement in a planner's words.
    required, have : in the unit.
    late : kinds that the plan has of it, each with how much it gives, where it can be used only later.
    """

    what: str
    unit: str
    required: int
    have: int
    late: tuple[tuple[Team | VehicleType, float], ...] = ()


def list_needs(solution: Solution) -> tuple[list[Need], list[Need]]:
    """List what is required, and the limits with how far they are used, as far as either concerns this plan.

    Returns
    -------
    Requirements that ask for at least something, then limits that allow at most something.
    """
    frame = Frame.of(solution.instance)
    numbers = solution.deployment.numbers(solution.instance)
    least: list[Need] = []
    most: list[Need] = []
    for requirement in require(solution.instance):
        if requirement.code == "officer":
            least += _officer(requirement, frame, numbers)
        elif requirement.code == "seats":
            least += _seats(requirement, frame, numbers)
        elif requirement.code == "presence-backed":
            least += _backed(requirement, frame, numbers)
        elif requirement.code == "presence-reserve-share":
            least += _reserve(requirement, frame, numbers)
        else:
            for row in requirement.rows:
                (least if row.least is not None else most).extend(_plain(requirement, row, frame, numbers))
    return least, most


def _late(frame: Frame, parts: Iterable[tuple[tuple[int, int], float]]) -> tuple[tuple[Team | VehicleType, float], ...]:
    """List the kinds of cells that can be used only later, each with how much they give."""
    given = ((frame.kinds[kind], number) for (_place, kind), number in parts if number)
    return tuple((kind, number) for kind, number in given if find_late_start(frame.instance, kind))


def _plain(requirement: Requirement, row: Row, frame: Frame, numbers: Numbers) -> Iterator[Need]:
    """Compare the two sides of a row: what is given against what it is asked for by others, such as vehicles."""
    given = sum(c * int(numbers[cell]) for cell, c in row.terms.items() if c > 0)
    asked = -sum(c * int(numbers[cell]) for cell, c in row.terms.items() if c < 0)
    bound = (row.least if row.least is not None else row.most) or 0
    unit = UNITS.get(requirement.code, "number")
    if row.least is not None:
        if bound + asked > 0:
            parts = [(cell, c * int(numbers[cell])) for cell, c in row.terms.items() if c > 0]
            yield Need(requirement.name, unit, bound + asked, given, _late(frame, parts))
    elif given > 0 or requirement.code in ("cap", "pin"):
        yield Need(requirement.name, unit, bound, given)


def _officer(requirement: Requirement, frame: Frame, numbers: Numbers) -> Iterator[Need]:
    """Compare the officers who may be in charge with the one that must be; where several sectors are, the fewest."""
    needs = []
    for row in requirement.rows:
        if any(numbers[place].any() for (place, _), c in row.terms.items() if c > 0):
            parts = [(cell, int(numbers[cell])) for cell, c in row.terms.items() if c < 0]
            needs.append(Need(requirement.name, "number", 1, sum(n for _, n in parts), _late(frame, parts)))
    if needs:
        yield min(needs, key=lambda need: need.have)


def _backed(requirement: Requirement, frame: Frame, numbers: Numbers) -> Iterator[Need]:
    """Compare the lines beside teams that hold none with the one that must be there."""
    row = requirement.rows[0]
    backing = [cell for cell, c in row.terms.items() if c < 0]
    alone = [cell for one in requirement.rows for cell, c in one.terms.items() if c > 0]
    if any(numbers[cell] for cell in alone):
        parts = [(cell, int(numbers[cell])) for cell in backing]
        yield Need(requirement.name, "number", 1, sum(n for _, n in parts), _late(frame, parts))


def _reserve(requirement: Requirement, frame: Frame, numbers: Numbers) -> Iterator[Need]:
    """Compare the heads of lines that wait for ring 1 with their share of all such heads."""
    terms = requirement.rows[0].terms
    waiting = [(cell, frame.heads[cell[1]] * int(numbers[cell])) for cell, c in terms.items() if c > 0]
    heads = sum(frame.heads[cell[1]] * int(numbers[cell]) for cell in terms)
    share = frame.reserve_share
    if heads:
        yield Need(
            requirement.name, "heads", math.ceil(share * heads), sum(n for _, n in waiting), _late(frame, waiting)
        )


def _seats(requirement: Requirement, frame: Frame, numbers: Numbers) -> Iterator[Need]:
    place = requirement.place or 0
    post = frame.instance.places[place]
    heads = sum(int(numbers[place, k]) * frame.heads[k] for k in frame.teams)
    if isinstance(post, Post) and heads:
        parts = [((place, k), int(numbers[place, k]) * int(vehicle.seats)) for k, vehicle in frame.vehicles]
        asked, seats = math.ceil(round(float(post.mobile) * heads, 9)), sum(n for _, n in parts)
        yield Need(requirement.name, "seats", asked, seats, _late(frame, parts))


def write_needs(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write what is required, what the plan has and what is lacking; the difference is a formula."""
    least, _ = list_needs(solution)
    header = (
        language("required of this plan"),
        language("unit"),
        language("required"),
        language("have"),
        language("need"),
    )
    _write(page, header, least, "=MAX(0,C{n}-D{n})", [max(0, n.required - n.have) for n in least], language)
    if any(need.late for need in least):
        page.width(5, 26)
        page.put(0, 5, language("from when"), "head")
        for row, need in enumerate(least, 1):
            page.put(row, 5, "\n".join(tell_late(solution.instance, need.late, language)), "pale")


def write_limits(page: BookSheet, solution: Solution, language: Language) -> None:
    """Write every limit with how much of it is used and left; the difference is a formula."""
    _, most = list_needs(solution)
    header = (language("limit"), language("unit"), language("at most"), language("used"), language("left"))
    _write(page, header, most, "=C{n}-D{n}", [n.required - n.have for n in most], language)


def _write(
    page: BookSheet, header: tuple[str, ...], needs: list[Need], formula: str, values: list[int], language: Language
) -> None:
    page.widths(86, 12, 11, 11, 11)
    page.head(0, header, {2, 3, 4})
    page.sheet.freeze_panes(1, 1)
    page.sheet.repeat_rows(0)
    units = {"number": language("number"), "heads": language("heads"), "seats": language("seats")}
    for row, (need, value) in enumerate(zip(needs, values, strict=True), 1):
        cells = (plain(language(need.what)), units[need.unit], need.required, need.have)
        page.put_row(row, cells, ("text", "pale", "whole", "whole"))
        page.sheet.write_formula(row, 4, formula.format(n=row + 1), page.book.look("whole"), value)
