"""Who stands where, for the report: sectors with the reason for each, reserve at posts, what is held at base."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimiser.deployment import Allotment
from optimiser.explain import explain, list_visits
from optimiser.figures import given, percent, plain
from optimiser.instance import Instance, Post, Reinforcement, Role, Sector, Team, VehicleType
from optimiser.language import ENGLISH, Language
from optimiser.solution import Solution
from optimiser.write.blocks import Block, Cell, Grid, Listing, Paragraph

MOST = 40  # sectors in the table; of more, those where most is lost, so that it stays a report


def most_lost(solution: Solution, most: int) -> list[int]:
    """Give at most so many sectors by number: those where most is lost, in the order of the instance."""
    lost = solution.evaluation.outcome.losses(solution.instance).mean(axis=0)
    worst = np.argsort(-lost, kind="stable")[:most]
    return sorted(int(s) for s in worst)


def list_heads(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """Tell where the heads are."""
    heads = solution.verdict.heads
    columns = [
        (language("In sectors"), heads.sectors),
        (language("At posts"), heads.posts),
        (language("Vehicle crews"), heads.crews),
        (language("Deployed"), heads.counted),
        (language("Cap"), heads.cap),
        (language("Held at base"), heads.base),
        (language("Outside the cap"), heads.outside),
    ]
    first = [Cell((language("Heads"),))]
    row = [*first, *(Cell((language.number(f"{number:,}"),)) for _, number in columns)]
    yield Grid([("", False), *((name, True) for name, _ in columns)], [row])
    yield Paragraph(
        language("Deployed = sectors + posts + extra vehicle crews, less those outside the cap.")
        if heads.outside
        else language("Deployed = sectors + posts + extra vehicle crews."),
        "note",
    )


def list_sectors(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List the sectors with who stands there and why."""
    instance, why = solution.instance, explain(solution, language)
    visited = {visit.sector for visit in list_visits(instance)}
    yield from list_heads(solution, language)
    chosen = set(most_lost(solution, MOST))
    rows, empty = [], []
    for number, sector in enumerate(instance.sectors):
        here = solution.plan.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and sector.id not in visited:
            empty.append(plain(sector.name))
        elif number in chosen:
            who = Cell(tuple(list_units(instance, here, language)) or (language("nobody"),), listed=True)
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


def team_heads(instance: Instance, here: Allotment) -> int:
    """Count the heads of teams at a place."""
    return sum(here.teams.get(t.id, 0) * int(t.size) for t in instance.teams)


def list_units(instance: Instance, here: Allotment, language: Language) -> Iterator[str]:
    """List teams by role with numbers and heads, then vehicles with where their crew comes from."""
    for role in instance.roles:
        for team in instance.teams:
            if team.role == role.id and (n := here.teams.get(team.id, 0)):
                size = n * int(team.size)
                mark = f"({size})" if team.counts else language("({heads}, outside the cap)", heads=size)
                yield f"{n} x {_label(role, team)} {mark}"
    for vehicle in instance.vehicles:
        if n := here.vehicles.get(vehicle.id, 0):
            yield f"{n} x {plain(vehicle.name)} {_crew(instance, vehicle, n, language)}".rstrip()


def _label(role: Role, team: Team) -> str:
    """Name a kind of team, and its role too where the name tells nothing of it."""
    words = [word for word in role.name.split() if len(word) > 3 or word.isupper()]
    told = any(word[:4].lower() in team.name.lower() for word in words)
    return plain(team.name) if told else f"{plain(team.name)}, {plain(role.name)}"


def _crew(instance: Instance, vehicle: VehicleType, n: int, language: Language) -> str:
    if not vehicle.crew:
        return ""
    crew = n * int(vehicle.crew)
    if vehicle.crew_role is None:
        return language("(+{crew} crew)", crew=crew)
    names = {r.id: plain(r.name) for r in instance.roles}
    return language("(crew {crew} of {role})", crew=crew, role=names[vehicle.crew_role])


def list_reserve(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List the callable reserve by post, and what may come from outside."""
    instance = solution.instance
    rows, idle = [], []
    for post in instance.posts:
        here = solution.plan.places.get(post.id, Allotment())
        units = tuple(list_units(instance, here, language))
        if not units:
            idle.append(plain(post.name))
            continue
        seats = sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles)
        numbers = (Cell((language.number(f"{n:,}"),)) for n in (team_heads(instance, here), seats))
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
        yield Listing([_outside(instance, outside, language) for outside in instance.reinforcements])


def _post(post: Post, language: Language) -> Cell:
    lines = [plain(post.name)]
    if post.mobile > 0:
        lines.append(language("seats for {share}", share=percent(float(post.mobile), language=language)))
    return Cell(tuple(lines))


def _outside(instance: Instance, outside: Reinforcement, language: Language) -> str:
    team = next(t for t in instance.teams if t.id == outside.team)
    return language(
        "From outside, not counted: {n} x {team} ({heads}) at {place}, on request once a sector is {phase}; sets out "
        "{minutes} min later.",
        n=int(outside.teams),
        team=plain(team.name),
        heads=int(outside.teams) * int(team.size),
        place=plain(outside.name),
        phase={"yellow": language("yellow"), "red": language("red")}[outside.asked],
        minutes=given(float(outside.delay), language),
    )


def list_base(solution: Solution, language: Language = ENGLISH) -> Iterator[Block]:
    """List what is held at base."""
    table = solution.deployment
    names = {t.id: plain(t.name) for t in solution.instance.teams}
    names |= {v.id: plain(v.name) for v in solution.instance.vehicles}
    held = [
        f"{number} x {names[ident]}" + (f" ({heads})" if heads else "")
        for kind, ident, number, heads in zip(table["kind"], table["id"], table["number"], table["heads"], strict=True)
        if kind == "base"
    ]
    yield Paragraph(", ".join(held) if held else language("nobody"))
