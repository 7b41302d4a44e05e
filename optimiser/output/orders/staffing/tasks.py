"""What the officer in charge has to do in each phase, and by whom: those who stand there, else those who can be called.

A sheet gives no task to anybody who is not there: whoever is missing is named with where they come from and how soon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from optimiser.common.number_format import given, plain
from optimiser.model.instance import Post, Reinforcement, Sector, Team, VehicleType
from optimiser.model.parts.movement import Moving
from optimiser.model.values.base import CallPhase
from optimiser.output.blocks import Section, Table, TableColumn, Value
from optimiser.output.orders.doctrine import CALL_PHASES, commander, phase_mark
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.along import list_coming, tell_formed, tell_left
from optimiser.output.orders.staffing.callable import Help, list_help, most_before_red, prefer_in_time

MAIN_SHARE = 0.5  # of the strongest ability in a phase: whose is less is there for something else, assumed
HARD = 1.0  # visibility of a head from which on it is in hard kit: helmet and shield, as in shipped instances; assumed
Ability = Literal["dialogue", "medical", "arrest", "traffic"]


def tasks_section(at: Situation, sector: Sector) -> Section:
    """Lay out tasks by phase: who commands, who acts, who keeps back, and what is to be done."""
    _ = at.language
    rows: list[tuple[Value, ...]] = []
    here = at.teams(sector.id)
    for phase in CALL_PHASES:
        who = tell_acting(at, here, phase, at.stand(sector))
        do = {"green": _green, "yellow": _yellow, "red": _red}[phase](at, sector)
        rows.append((phase_mark(at, phase), commander(at, phase), who, tuple(do)))
    heads = ((_("Phase"), 1.0), (_("In command"), 1.1), (_("May act"), 1.8), (_("Tasks"), 7.8))
    columns = tuple(TableColumn(name, width) for name, width in heads)
    return Section(_("Tasks by phase"), (Table(columns, tuple(rows)),))


def tell_acting(at: Situation, here: Sequence[tuple[Team, int]], phase: CallPhase, needed: float) -> str:
    """Say who of some teams may act in a phase, and who keeps back.

    Parameters
    ----------
    needed : minute at which the teams must stand.
    """
    _ = at.language
    back = [(t, n) for t, n in here if phase not in at.roles[t.role].phases]
    if len(back) == len(here):
        return _("nobody of those here; all keep back")
    if back:
        return _("all but {units}, who keep back", units=at.list(back, needed))
    return _("all who are here")


def list_hard_units(at: Situation, place: Sector | Moving) -> list[tuple[Team | VehicleType, int]]:
    """List what stands at a place in sight of the crowd that may provoke it: teams in hard kit, vehicles for force."""
    teams = [(t, n) for t, n in at.teams(place.id) if float(at.roles[t.role].visibility) >= HARD]
    return [*teams, *((v, n) for v, n in at.vehicles(place.id) if float(v.visibility) > 0.0)]


def _green(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    if sector.official is None:
        yield _("Escort, appeal courteously, keep contact with the organisers.")
    else:
        yield _("Escort, appeal courteously, keep contact with the organisers; bring the delegation in.")
    if hard := list_hard_units(at, sector):
        yield _(
            "{units} stand here by this plan and are seen, which its figures count; they hold back and do nothing yet.",
            units=at.list(hard, at.stand(sector)),
        )
    if not sector.exit_open:
        yield _("There is no way out for the crowd here: make one, and say so at once.")
    elif not sector.traffic_need:
        yield _("Keep the way out open.")
    else:
        need = at.number(int(sector.traffic_need))
        if who := _find(at, sector, "green", "traffic"):
            yield _("Keep the way out open, which takes {n} traffic heads: {who}", n=need, who=who)
        else:
            yield _("Keep the way out open: it takes {n} traffic heads, and none is here; ask for them.", n=need)


def _yellow(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    if who := _find(at, sector, "yellow", "dialogue"):
        yield _("Negotiate as long as possible: {who}", who=who)
    else:
        yield _("Negotiate as long as possible: the officer in charge talks; no negotiators are here or can be called.")
    yield _("Appeal step by step; fire extinguishers at hand.")
    minutes = given(float(at.instance.doctrine.lapis), at.language)
    yield _("Lapis ganti ({minutes} min) to {who}", minutes=minutes, who=_taker(at, sector, "yellow"))
    yield _("Ask for reserve. Never act against all for what a few do.")


def _red(at: Situation, sector: Sector) -> Iterator[str]:
    _ = at.language
    doctrine = at.instance.doctrine
    yield _(
        "Only for crimes, and after negotiation failed. {who} gives the order (about {minutes} min).",
        who=commander(at, "red"),
        minutes=given(float(doctrine.order_red), _),
    )
    minutes = given(float(doctrine.lintas), at.language)
    yield _("Lintas ganti ({minutes} min) to {who}", minutes=minutes, who=_taker(at, sector, "red"))
    yield _("Disperse by stages, the way out open.")
    arrests = _find(at, sector, "red", "arrest")
    yield _("Arrest offenders only: {who}", who=arrests or _("no arrest team is here or can be called; ask for one."))
    care = _find(at, sector, "red", "medical")
    yield _("Help everybody alike: {who}", who=care or _("no medics are here or can be called; call an ambulance."))
    staff = int(sector.official.staff) if sector.official else 0
    if staff:
        rides = any(v.protected for v, n in at.vehicles(sector.id))
        took = given(float(doctrine.evacuation_protected if rides else doctrine.evacuation), _)
        if rides:
            yield _("Take {n} officials out in the protected vehicle (about {minutes} min).", n=staff, minutes=took)
        else:
            yield _("Lead {n} officials out on foot (about {minutes} min).", n=staff, minutes=took)


# ---------------------------------------------------------------- who does it


def _able_roles(at: Situation, phase: CallPhase, ability: Ability) -> set[str]:
    """Give the roles that mainly have an ability and may act in a phase; officers are none."""
    able = {r.id: float(getattr(r, ability)) for r in at.instance.roles if phase in r.phases and not r.officer}
    least = MAIN_SHARE * max(able.values(), default=0.0)
    return {role for role, value in able.items() if value > 0.0 and value >= least}


def _line_roles(at: Situation) -> dict[CallPhase, set[str]]:
    """Give the roles that first take the line in a phase: soft, second, and third line; officers are none."""
    found: dict[CallPhase, set[str]] = {}
    for i, phase in enumerate(CALL_PHASES):
        able = {r.id: float(getattr(r.containment, phase)) for r in at.instance.roles if phase in r.phases}
        least = MAIN_SHARE * max(able.values(), default=0.0)
        earlier = set(CALL_PHASES[:i])
        found[phase] = {
            role.id
            for role in at.instance.roles
            if able.get(role.id, 0.0) > 0.0
            and able[role.id] >= least
            and not earlier & set(role.phases)
            and not role.officer
        }
    return found


def _find(at: Situation, sector: Sector, phase: CallPhase, ability: Ability) -> str:
    """Say who with an ability is here, else who can be called soonest; empty where this plan has nobody."""
    roles = _able_roles(at, phase, ability)
    vehicles = [(v, n) for v, n in at.vehicles(sector.id) if ability == "medical" and float(v.medical) > 0.0]
    here = [(t, n) for t, n in at.teams(sector.id) if t.role in roles]
    return _tell_units(at, sector, phase, roles, [*here, *vehicles], ability == "medical")


def _taker(at: Situation, sector: Sector, phase: CallPhase) -> str:
    """Say who takes the line over: those who stand here, else the soonest help, else those to be asked."""
    _ = at.language
    roles = _line_roles(at)[phase]
    here = [(t, n) for t, n in at.teams(sector.id) if t.role in roles]
    if said := _tell_units(at, sector, phase, roles, here):
        return said
    if phase == "yellow":
        return _("a second line that this plan has not: ask the nearest Polres for Dalmas lanjut.")
    return _("PHH, which this plan has not: the higher command sends it.")


def _one_by_one(at: Situation, sector: Sector) -> list[Help]:
    """List help with one kind of team each: those who can be used in time first, then the soonest."""
    found = [replace(h, teams=(unit,)) for h in list_help(at, sector) if h.vehicle is None for unit in h.teams]
    found += [h for h in list_help(at, sector) if h.vehicle is not None]
    return prefer_in_time(at, sector, sorted(found, key=lambda h: h.soonest[0]))


def _tell_units(
    at: Situation,
    sector: Sector,
    phase: CallPhase,
    roles: set[str],
    here: Sequence[tuple[Team | VehicleType, int]],
    ambulances: bool = False,
) -> str:
    """Say that units are here or come with people, or which of some roles are called soonest in a phase."""
    _ = at.language
    if here:
        return _("{units}, who are here.", units=at.list(here, at.stand(sector)))
    if said := _tell_along(at, sector, roles, ambulances):
        return said
    if phase == "green":  # nobody is called before it is yellow
        return ""
    for help in _one_by_one(at, sector):
        if isinstance(help.station, Reinforcement) and CALL_PHASES.index(help.station.asked) > CALL_PHASES.index(phase):
            continue
        most = most_before_red(at, help.station) if phase == "yellow" and isinstance(help.station, Post) else None
        sent = [(t, n if most is None else min(n, most)) for t, n in help.teams if t.role in roles]
        units: list[tuple[Team | VehicleType, int]] = [(t, n) for t, n in sent if n]
        if help.vehicle is not None:
            units = [help.vehicle] if ambulances and phase == "red" and not help.vehicle[0].water_cannon else []
        if units:
            return _(
                "{units} from {place}, there {minutes} min after the call.",
                units=at.list(units),
                place=plain(help.station.name),
                minutes=at.range(help.soonest, up=True),
            )
    return ""


def _tell_along(at: Situation, sector: Sector, roles: set[str], ambulances: bool) -> str:
    """Say which units of some roles come to a sector with people or as planned; empty where none do."""
    told = []
    for one in list_coming(at, sector):
        place = one.moving
        units: list[tuple[Team | VehicleType, int]] = [(t, n) for t, n in at.teams(place.id) if t.role in roles]
        units += [(v, n) for v, n in at.vehicles(place.id) if ambulances and float(v.medical) > 0.0]
        if units:
            words = {"units": at.list(units, at.stand(place)), "name": plain(place.name)}
            if one.planned:
                words |= {"clock": tell_formed(at, one), "until": tell_left(at, one)}
                told.append(at.language("{units}, who are here from {clock} until {until}: {name}.", **words))
            else:
                told.append(at.language("{units}, who come with the crowd: {name}.", **words))
    return " ".join(dict.fromkeys(told))  # with whichever of its legs: one who comes with two crowds is there once
