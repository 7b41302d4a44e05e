"""Who stands where and from when, in words and numbers that screens, pages and workbooks lay out alike.

Heads are those of `optimiser.model.deployment.count_heads_at`: teams, within the cap or not, and extra crews.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import given, plain
from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import Allotment, count_unit_heads
from optimiser.model.instance import Instance, Reinforcement, Role, Team, VehicleType
from optimiser.model.verdict import HeadCount
from optimiser.output.words.wording import PHASE_WORDS
from optimiser.planning.solution import Solution


def list_head_counts(heads: HeadCount, language: Language = ENGLISH) -> list[tuple[str, int]]:
    """Tell where the heads are: what is counted, and how many; `find_deployed` columns in, all that the cap counts."""
    along = [(language("On the move"), heads.accompanying)] if heads.accompanying else []
    return [
        (language("In sectors"), heads.sectors),
        (language("At posts"), heads.posts),
        *along,
        (language("Vehicle crews among them"), heads.crews),
        (language("Deployed"), heads.counted),
        (language("Cap"), heads.cap),
        (language("Held at base"), heads.base),
        (language("Outside the cap"), heads.outside),
    ]


def find_deployed(heads: HeadCount) -> int:
    """Return the column of `list_head_counts` that is the sum of those before it."""
    return 4 if heads.accompanying else 3


def tell_sum(heads: HeadCount, language: Language = ENGLISH) -> str:
    """Say how those deployed are counted."""
    if heads.accompanying and heads.outside:
        return language(
            "Deployed = sectors + posts + on the move, less those outside the cap. Heads include extra vehicle crews."
        )
    if heads.accompanying:
        return language("Deployed = sectors + posts + on the move. Heads include extra vehicle crews.")
    if heads.outside:
        return language("Deployed = sectors + posts, less those outside the cap. Heads include extra vehicle crews.")
    return language("Deployed = sectors + posts. Heads include extra vehicle crews.")


def tell_start(instance: Instance, kind: Team | VehicleType, language: Language = ENGLISH, needed: float = 0.0) -> str:
    """Say from when a kind can be used: ``from 13:00``; nothing where it can when it is needed.

    Parameters
    ----------
    needed : minute of the operation, its start if not given.
    """
    minute = find_first_minute(instance, kind)
    return language("from {clock}", clock=language.clock(instance.clock(minute))) if minute > needed else ""


def with_start(
    instance: Instance, kind: Team | VehicleType, said: str, language: Language = ENGLISH, needed: float = 0.0
) -> str:
    """Add to what is said of a kind, in brackets, from when it can be used, where that is later than it is needed."""
    start = tell_start(instance, kind, language, needed)
    return f"{said} ({start})" if start else said


def tell_late(
    instance: Instance,
    counted: Iterable[tuple[Team | VehicleType, float]],
    language: Language = ENGLISH,
    needed: float = 0.0,
) -> tuple[str, ...]:
    """Say how much of what is counted comes only later: ``8 of them from 14:00``, in the order of time.

    Parameters
    ----------
    counted : kinds, each with how much of the sum it is; parts of a whole are rounded down.
    needed : minute of the operation at which all are needed, its start if not given.
    """
    late: dict[float, float] = {}
    for kind, number in counted:
        if (minute := find_first_minute(instance, kind)) > needed:
            late[minute] = late.get(minute, 0.0) + number
    return tuple(
        language(
            "{n} of them from {clock}",
            n=language.number(f"{math.floor(number + 1e-9):,}"),
            clock=language.clock(instance.clock(minute)),
        )
        for minute, number in sorted(late.items())
        if number >= 1.0
    )


def seats(instance: Instance, here: Allotment) -> int:
    """Count the seats in the vehicles at a place."""
    return sum(here.vehicles.get(v.id, 0) * int(v.seats) for v in instance.vehicles)


def list_units(instance: Instance, here: Allotment, language: Language = ENGLISH) -> Iterator[tuple[str, str]]:
    """List teams by role, then vehicles: how many of what; beside it heads or crew, and from when they can be used."""
    for role in instance.roles:
        for team in instance.teams:
            if team.role == role.id and (n := here.teams.get(team.id, 0)):
                size = count_unit_heads(team, n)
                mark = f"({size})" if team.counts else language("({heads}, outside the cap)", heads=size)
                yield f"{n} x {label_team(role, team)}", f"{mark} {tell_start(instance, team, language)}".strip()
    for vehicle in instance.vehicles:
        if n := here.vehicles.get(vehicle.id, 0):
            yield f"{n} x {plain(vehicle.name)}", tell_crew(instance, vehicle, n, language)


def label_team(role: Role, team: Team) -> str:
    """Name a kind of team, and what its role is called at most where the name tells nothing of it."""
    words = [w for w in (word.strip(":,;()") for word in role.name.split()) if len(w) > 3 or w.isupper()]
    told = any(word[:4].lower() in team.name.lower() for word in words)
    return plain(team.name) if told else f"{plain(team.name)}, {plain(re.split('[:,(]', role.name)[0].strip())}"


def tell_crew(instance: Instance, vehicle: VehicleType, n: int, language: Language = ENGLISH) -> str:
    """Say how large the crew of so many vehicles is, who gives it where they bring none, and who escorts them."""
    names = {r.id: plain(r.name) for r in instance.roles}
    crew, escort = n * int(vehicle.crew), n * int(vehicle.escort)
    parts = []
    if crew and vehicle.crew_role is None:
        parts.append(language("+{crew} crew", crew=crew))
    elif crew:
        parts.append(language("crew {crew} of {role}", crew=crew, role=names[str(vehicle.crew_role)]))
    if escort and vehicle.escort_role is not None:
        parts.append(language("escort {heads} of {role}", heads=escort, role=names[vehicle.escort_role]))
    return f"({'; '.join(parts)})" if parts else ""


def tell_outside(instance: Instance, outside: Reinforcement, language: Language = ENGLISH) -> str:
    """Tell who may come from outside, and when."""
    team = next(t for t in instance.teams if t.id == outside.team)
    return language(
        "From outside, not counted: {n} x {team} ({heads}) at {place}, on request once a sector is {phase}; sets out "
        "{minutes} min later.",
        n=int(outside.teams),
        team=plain(team.name),
        heads=count_unit_heads(team, int(outside.teams)),
        place=plain(outside.name),
        phase=language(PHASE_WORDS[outside.asked]),
        minutes=given(float(outside.delay), language),
    )


def tell_base(solution: Solution, language: Language = ENGLISH) -> str:
    """Tell what is held at base."""
    table = solution.frame()
    names = {t.id: plain(t.name) for t in solution.instance.teams}
    names |= {v.id: plain(v.name) for v in solution.instance.vehicles}
    rows = zip(*(table[name] for name in ("kind", "id", "number", "heads", "available")), strict=True)
    held = [
        f"{number} x {names[ident]}"
        + (f" ({heads})" if heads else "")
        + (f", {language('from {clock}', clock=language.clock(start))}" if start else "")
        for kind, ident, number, heads, start in rows
        if kind == "base"
    ]
    return ", ".join(held) or language("nobody")
