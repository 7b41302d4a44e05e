"""Who stands where, as a briefing lays it out: heads in all, sectors with the reason for each, reserve, base."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from optimiser.deployment import Allotment
from optimiser.explain import explain, list_visits
from optimiser.figures import given, percent, plain
from optimiser.instance import Instance, Post, Reinforcement, Role, Sector, Team, VehicleType
from optimiser.language import ENGLISH, Language
from optimiser.show import grid, heading, note
from optimiser.solution import Solution
from optimiser.wording import PHASE_WORDS


def show_heads(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out where the heads are."""
    heads = solution.verdict.heads
    yield heading(language("Heads"))
    columns = (
        (language("In sectors"), heads.sectors),
        (language("At posts"), heads.posts),
        (language("Vehicle crews"), heads.crews),
        (language("Deployed"), heads.counted),
        (language("Cap"), heads.cap),
        (language("Held at base"), heads.base),
        (language("Outside the cap"), heads.outside),
    )
    table = grid(*(name for name, _ in columns), right=range(len(columns)))
    table.add_row(*(language.number(f"{number:,}") for _, number in columns))
    table.columns[3].style = "bold"
    yield table
    yield note(
        language("Deployed = sectors + posts + extra vehicle crews, less those outside the cap.")
        if heads.outside
        else language("Deployed = sectors + posts + extra vehicle crews.")
    )


def show_sectors(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out the sectors, with who stands there and why."""
    instance, why = solution.instance, explain(solution, language)
    visited = {visit.sector for visit in list_visits(instance)}
    yield heading(language("Sectors"))
    columns = (language("Sector"), language("Heads"), language("Who"), language("Why"))
    table = grid(*columns, right=(1,), lines=True)
    table.columns[0].ratio, table.columns[2].ratio, table.columns[3].ratio = 3, 4, 6
    table.expand = True
    empty = []
    for sector in instance.sectors:
        here = solution.plan.places.get(sector.id, Allotment())
        if not here.teams and not here.vehicles and sector.id not in visited:
            empty.append(plain(sector.name))
            continue
        who = _who(instance, here, language) or note(language("nobody"))
        number = language.number(f"{_team_heads(instance, here):,}")
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


def _team_heads(instance: Instance, here: Allotment) -> int:
    return sum(here.teams.get(t.id, 0) * int(t.size) for t in instance.teams)


def _who(instance: Instance, here: Allotment, language: Language) -> Text | None:
    """List teams by role with numbers and heads, then vehicles with where their crew comes from."""
    lines: list[tuple[str, str]] = []
    for role in instance.roles:
        kinds = [t for t in instance.teams if t.role == role.id and here.teams.get(t.id, 0)]
        for team in kinds:
            n = here.teams[team.id]
            size = n * int(team.size)
            mark = f"({size})" if team.counts else language("({heads}, outside the cap)", heads=size)
            lines.append((f"{n} x {_label(role, team)}", mark))
    for vehicle in instance.vehicles:
        if n := here.vehicles.get(vehicle.id, 0):
            lines.append((f"{n} x {plain(vehicle.name)}", _crew(instance, vehicle, n, language)))
    if not lines:
        return None
    cell = Text()
    for i, (what, heads) in enumerate(lines):
        cell.append("\n" if i else "").append(what).append(f" {heads}" if heads else "", style="dim")
    return cell


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


def show_posts(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """Lay out the callable reserve, and what may come from outside."""
    instance = solution.instance
    yield heading(language("Callable reserve, out of sight"))
    columns = (language("Post"), language("Heads"), language("Seats"), language("Who"))
    table = grid(*columns, right=(1, 2), lines=True)
    idle = []
    for post in instance.posts:
        here = solution.plan.places.get(post.id, Allotment())
        who = _who(instance, here, language)
        if who is None:
            idle.append(plain(post.name))
            continue
        numbers = (language.number(f"{n:,}") for n in (_team_heads(instance, here), _seats(instance, here)))
        table.add_row(_post(post, language), *numbers, who)
    if table.row_count:
        yield table
    if idle:
        yield note(language("Nobody waits at: {posts}.", posts=", ".join(idle)))
    for outside in instance.reinforcements:
        yield Text(_outside(instance, outside, language))


def _post(post: Post, language: Language) -> Text:
    cell = Text(plain(post.name), style="bold")
    if post.mobile > 0:
        share = percent(float(post.mobile), language=language)
        cell.append("\n").append(language("seats for {share}", share=share), style="not bold dim")
    return cell


def _seats(instance: Instance, here: Allotment) -> int:
    return sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles)


def _outside(instance: Instance, outside: Reinforcement, language: Language) -> str:
    team = next(t for t in instance.teams if t.id == outside.team)
    return language(
        "From outside, not counted: {n} x {team} ({heads}) at {place}, on request once a sector is {phase}; sets out "
        "{minutes} min later.",
        n=int(outside.teams),
        team=plain(team.name),
        heads=int(outside.teams) * int(team.size),
        place=plain(outside.name),
        phase=language(PHASE_WORDS[outside.asked]),
        minutes=given(float(outside.delay), language),
    )


def show_base(solution: Solution, language: Language = ENGLISH) -> Iterator[RenderableType]:
    """List what is held at base."""
    table = solution.deployment
    names = {t.id: plain(t.name) for t in solution.instance.teams}
    names |= {v.id: plain(v.name) for v in solution.instance.vehicles}
    held = [
        f"{number} x {names[ident]}" + (f" ({heads})" if heads else "")
        for kind, ident, number, heads in zip(table["kind"], table["id"], table["number"], table["heads"], strict=True)
        if kind == "base"
    ]
    yield heading(language("Held at base, not callable"))
    yield Text(", ".join(held) if held else language("nobody"))
