"""What is unusual in the personnel and vehicles there are, and in where they may stand."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.common.message import Message
from optimiser.model.cautions import Caution
from optimiser.model.deployment import count_unit_heads
from optimiser.model.expected.crowds import list_crowds
from optimiser.model.instance import Instance, Role, Sector, Team, VehicleType
from optimiser.model.values.base import ByPhase

TOO_HIGH = 2.5  # cap as a multiple of the heads that exist; assumed: shipped instances have up to 2.4
LEAST_DUTY = 60.0  # minutes that a kind of team is on duty; assumed: a relief that comes for less is not planned
TOO_LOW = 0.25  # assumed: shipped instances have 0.5 and more


def find_means_cautions(instance: Instance) -> Iterator[Caution]:
    """List what is unusual in the cap, in kinds of team and vehicle, and in who may stand where."""
    yield from _cap(instance)
    yield from _useless(instance)
    yield from _late(instance)
    yield from _unguarded(instance)
    yield from _unable(instance)


def count_heads(instance: Instance) -> int:
    """Count the heads that exist and count in the cap: teams, and crews that no team gives."""
    kinds: tuple[Team | VehicleType, ...] = (*instance.teams, *instance.vehicles)
    return sum(count_unit_heads(kind, int(kind.count)) for kind in kinds if kind.counts)


def _cap(instance: Instance) -> Iterator[Caution]:
    cap, heads = int(instance.cap), count_heads(instance)
    if heads * TOO_LOW <= cap <= heads * TOO_HIGH:
        return
    found = Message("at most {cap:,} heads may be deployed, and {heads:,} exist", cap=cap, heads=heads)
    usual = Message("{low:,.0f} to {high:,.0f} for so many heads", low=TOO_LOW * heads, high=TOO_HIGH * heads)
    check = Message("check cap, and size and count of the teams")
    yield Caution("cap-and-heads", "cap", found, usual, check)


def _any(of_phase: ByPhase) -> bool:
    return any(float(value) > 0.0 for value in (of_phase.green, of_phase.yellow, of_phase.red))


def _acts(role: Role) -> bool:
    """Return whether any ability of a role does anything; being seen is none."""
    single = (role.dialogue, role.medical, role.arrest, role.traffic, role.information)
    return _any(role.containment) or any(float(value) > 0.0 for value in single)


def _serves(vehicle: VehicleType) -> bool:
    carries = vehicle.seats > 0 or vehicle.protected or vehicle.water_cannon
    return carries or _any(vehicle.containment) or float(vehicle.medical) > 0.0


def _useless(instance: Instance) -> Iterator[Caution]:
    """Find kinds that nothing in the model rewards, unless somebody asks for them by name."""
    roles = {role.id: role for role in instance.roles}
    asked = {name for sector in instance.sectors for name, least in sector.minimum.items() if least > 0}
    asked |= {pin.what for pin in instance.pins if pin.at_least}
    asked |= {role for vehicle in instance.vehicles for role in (vehicle.crew_role, vehicle.escort_role) if role}
    usual = Message("at least one ability above 0, or somebody who asks for it")
    for i, team in enumerate(instance.teams):
        role = roles.get(team.role)
        if role is None or not team.count or role.officer or asked & {team.id, team.role}:
            continue
        if float(team.fitness) == 0.0 or not _acts(role):
            found = Message("'{name}' can do nothing: every ability of it is 0", name=team.name)
            if float(team.fitness) == 0.0:
                found = Message("'{name}' can do nothing: its fitness is 0", name=team.name)
            check = Message("write its abilities in the role {role}, or leave the kind out", role=team.role)
            yield Caution("useless-kind", f"teams[{i}]", found, usual, check)
    for i, vehicle in enumerate(instance.vehicles):
        if vehicle.count and vehicle.id not in asked and not _serves(vehicle):
            found = Message("'{name}' can do nothing: it carries nobody and has no ability", name=vehicle.name)
            check = Message("write its seats or what it does, or leave the kind out")
            yield Caution("useless-kind", f"vehicles[{i}]", found, usual, check)


def _late(instance: Instance) -> Iterator[Caution]:
    """Find kinds that come on duty when the operation is all but over: in one of 24 hours, a time just before it."""
    for i, team in enumerate(instance.teams):
        left = instance.period.minutes - (instance.minutes(team.available) if team.available else 0.0)
        if team.count and left < min(LEAST_DUTY, instance.period.minutes):
            words = {"name": team.name, "clock": team.available, "left": f"{left:g}"}
            found = Message("'{name}' comes on duty at {clock}, {left} min before the operation ends", **words)
            usual = Message("{least} min and more", least=f"{LEAST_DUTY:g}")
            check = Message("correct it, or leave it empty if it is there from the start")
            yield Caution("useless-kind", f"teams[{i}].available", found, usual, check)


def _unguarded(instance: Instance) -> Iterator[Caution]:
    """Find sectors with something to guard where the file lets nobody stand."""
    for i, sector in enumerate(instance.sectors):
        kept = float(sector.records) > 0.0
        if (not kept and not sector.critical) or _guards(instance, sector):
            continue
        found = Message("nobody who could guard '{name}' may stand there", name=sector.name)
        usual = Message("a kind of team that fits there where records are kept or a critical process runs")
        check = Message("check staging_capacity, maximum, pins, and where the roles may stand")
        yield Caution("unguarded", f"sectors[{i}].{'records' if kept else 'critical'}", found, usual, check)


def _unable(instance: Instance) -> Iterator[Caution]:
    """Find rules of presence for which there is no team: no plan keeps them."""
    roles = {role.id: role for role in instance.roles}
    there = [roles[team.role] for team in instance.teams if team.count and team.role in roles]
    cared = any(vehicle.medical > 0.0 for vehicle in instance.vehicles if vehicle.count)
    inner = {sector.id for sector in instance.sectors if sector.ring == 1}
    crowded = {crowd.sector for crowd in list_crowds(instance)}
    able = {
        "officer": any(role.officer for role in there) or not crowded,
        "dialogue": any(role.dialogue > 0.0 and not role.officer for role in there) or not crowded,
        "observers": any(role.information > 0.0 and not role.officer for role in there) or not crowded,
        "medical": any(role.medical > 0.0 for role in there) or cared or not crowded & inner,
    }
    for rule in instance.presence.in_force if instance.presence else ():
        if not able.get(rule, True):
            found = Message("the rule {rule} asks for teams of which there are none", rule=rule)
            usual = Message("at least one team that can do it")
            check = Message("add a team, or switch the rule off")
            yield Caution("nobody-able", f"presence.{rule}", found, usual, check)


def _guards(instance: Instance, sector: Sector) -> bool:
    """Return whether a team that does anything may stand in a sector, with an officer where doctrine asks for one."""
    roles = {role.id: role for role in instance.roles}
    allowed = [team for team in instance.teams if team.role in roles and _may_stand(instance, sector, team, roles)]
    officer = any(roles[team.role].officer for team in allowed)
    acting = any(_acts(roles[team.role]) and float(team.fitness) > 0.0 for team in allowed)
    return acting and (officer or not instance.doctrine.officer_per_sector)


def _may_stand(instance: Instance, sector: Sector, team: Team, roles: dict[str, Role]) -> bool:
    barred = any(
        pin.at_most == 0 and pin.place == sector.id and pin.what in (team.id, team.role) for pin in instance.pins
    )
    room = int(team.size) <= int(sector.staging_capacity) and (not team.counts or int(team.size) <= int(instance.cap))
    allowed = sector.maximum.get(team.role, 1) > 0 and roles[team.role].stands != "posts"
    return bool(team.count) and room and allowed and not barred
