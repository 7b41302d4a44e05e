"""Who stands where, in words and numbers that screen and page lay out alike."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given, plain
from optimiser.model.deployment import Allotment
from optimiser.model.instance import Instance, Reinforcement, Role, Team, VehicleType
from optimiser.model.verdict import HeadCount
from optimiser.output.words.wording import PHASE_WORDS
from optimiser.planning.solution import Solution


def list_head_counts(heads: HeadCount, language: Language = ENGLISH) -> list[tuple[str, int]]:
    """Tell where the heads are: what is counted, and how many; `DEPLOYED` columns in, all that the cap counts."""
    return [
        (language("In sectors"), heads.sectors),
        (language("At posts"), heads.posts),
        (language("Vehicle crews"), heads.crews),
        (language("Deployed"), heads.counted),
        (language("Cap"), heads.cap),
        (language("Held at base"), heads.base),
        (language("Outside the cap"), heads.outside),
    ]


DEPLOYED = 3  # the column of `list_head_counts` that is the sum of those before it


def tell_sum(heads: HeadCount, language: Language = ENGLISH) -> str:
    """Say how those deployed are counted."""
    if heads.outside:
        return language("Deployed = sectors + posts + extra vehicle crews, less those outside the cap.")
    return language("Deployed = sectors + posts + extra vehicle crews.")


def team_heads(instance: Instance, here: Allotment) -> int:
    """Count the heads of teams at a place."""
    return sum(here.teams.get(t.id, 0) * int(t.size) for t in instance.teams)


def seats(instance: Instance, here: Allotment) -> int:
    """Count the seats in the vehicles at a place."""
    return sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles)


def list_units(instance: Instance, here: Allotment, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """List teams by role, then vehicles: how many of what, and beside it their heads or where their crew comes from."""
    for role in instance.roles:
        for team in instance.teams:
            if team.role == role.id and (n := here.teams.get(team.id, 0)):
                size = n * int(team.size)
                mark = f"({size})" if team.counts else language("({heads}, outside the cap)", heads=size)
                yield f"{n} x {_label(role, team)}", mark
    for vehicle in instance.vehicles:
        if n := here.vehicles.get(vehicle.id, 0):
            yield f"{n} x {plain(vehicle.name)}", _crew(instance, vehicle, n, language)


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


def tell_outside(instance: Instance, outside: Reinforcement, language: Language = ENGLISH) -> str:
    """Tell who may come from outside, and when."""
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


def tell_base(solution: Solution, language: Language = ENGLISH) -> str:
    """Tell what is held at base."""
    table = solution.frame()
    names = {t.id: plain(t.name) for t in solution.instance.teams}
    names |= {v.id: plain(v.name) for v in solution.instance.vehicles}
    held = [
        f"{number} x {names[ident]}" + (f" ({heads})" if heads else "")
        for kind, ident, number, heads in zip(table["kind"], table["id"], table["number"], table["heads"], strict=True)
        if kind == "base"
    ]
    return ", ".join(held) or language("nobody")
