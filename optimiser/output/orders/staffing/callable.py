"""Who may be called, where to, and how soon: teams, water cannon and ambulances, as the rule of dispatch sends them.

A water cannon goes to a red sector, and only with its crew and escort: teams of their roles that wait at its post with
it. Papers keep these with it, so nobody else may call them. An ambulance with a crew of its own is sent to a red sector
that has no medics. Other vehicles carry teams and drive back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from optimiser.model.clocks import find_first_minute
from optimiser.model.deployment import count_unit_heads
from optimiser.model.instance import Post, Reinforcement, Sector, Team, VehicleType
from optimiser.model.values.base import CallPhase
from optimiser.output.orders.situation import Situation

TeamList = tuple[tuple[Team, int], ...]
Minutes = tuple[float, float]  # by the shortest and the longest way; infinite where there is none
ENOUGH = 300  # scenarios: what none of them shows happens in at most 1 % with 95 % confidence, by the rule of three
LIKELY = 0.02  # share of scenarios in red from which a sheet has the gates of a water cannon that is called; assumed
NEVER: Minutes = (math.inf, math.inf)


@dataclass(frozen=True)
class Help:
    """A station that may send callable teams, or vehicles of a type, to a sector.

    Attributes
    ----------
    teams : what waits there and does not stay with a water cannon; of a reinforcement, what it sends; with a vehicle,
        those that go along as its crew and escort.
    vehicle : water cannons or ambulances that are sent, and how many; None where teams are.
    km : shortest and longest road kilometres while people are expected in the sector.
    ride, march : minutes until formed up in the sector; without chance.
    """

    station: Post | Reinforcement
    teams: TeamList
    vehicle: tuple[VehicleType, int] | None
    km: Minutes
    ride: Minutes
    march: Minutes

    @property
    def soonest(self) -> Minutes:
        """Minutes by whatever is faster."""
        return min(self.ride[0], self.march[0]), min(self.ride[1], self.march[1])


def may_be_called(at: Situation, team: Team) -> bool:
    """Tell whether a sector may call a kind of team: its role acts in yellow or red and is no officer."""
    role = at.roles[team.role]
    return bool({"yellow", "red"} & set(role.phases)) and not role.officer


def count_without_seat(at: Situation, post: Post) -> int:
    """Count the heads of teams at a post for whom its vehicles have no seat; none where there are no seats at all."""
    seats = sum(n * int(v.seats) for v, n in at.vehicles(post.id))
    heads = sum(n * int(t.size) for t, n in at.teams(post.id))
    return max(0, heads - seats) if seats else 0


def list_called_vehicles(at: Situation, post: Post) -> list[tuple[VehicleType, int]]:
    """List the vehicles at a post that are sent to a red sector and stay there: water cannons, then ambulances."""
    here = at.vehicles(post.id)
    cannons = [(v, n) for v, n in here if v.water_cannon]
    return [*cannons, *((v, n) for v, n in here if v.medical and v.crew_role is None and not v.water_cannon)]


def list_guards(at: Situation, place: Sector | Post) -> dict[str, TeamList]:
    """Give the teams that stay with water cannons at a place as their crew and escort, by the type of vehicle.

    They are taken in the order of the instance, as dispatch takes them; each team stays with one type.
    """
    left = {team.id: n for team, n in at.teams(place.id)}
    found: dict[str, TeamList] = {}
    for vehicle, number in at.vehicles(place.id):
        if not vehicle.water_cannon:
            continue
        asked: dict[str, int] = {}
        for role, heads in ((vehicle.crew_role, vehicle.crew), (vehicle.escort_role, vehicle.escort)):
            if role is not None:
                asked[role] = asked.get(role, 0) + number * int(heads)
        chosen: dict[str, int] = {}
        for team, _ in at.teams(place.id):
            missing = asked.get(team.role, 0)
            n = min(left[team.id], -(-missing // int(team.size)))
            if n > 0:
                chosen[team.id] = n
                left[team.id] -= n
                asked[team.role] = max(0, missing - count_unit_heads(team, n))
        found[vehicle.id] = tuple((team, chosen[team.id]) for team, _ in at.teams(place.id) if team.id in chosen)
    return found


def list_free(at: Situation, post: Post, phase: CallPhase | None = None) -> TeamList:
    """List the teams at a post that may be called, in a phase or at all; none that stays with a water cannon.

    In yellow, of each kind no more than what the post does not keep back, see `most_before_red`.
    """
    staying: dict[str, int] = {}
    for guards in list_guards(at, post).values():
        for team, n in guards:
            staying[team.id] = staying.get(team.id, 0) + n
    fit = [(t, n - staying.get(t.id, 0)) for t, n in at.teams(post.id) if may_be_called(at, t)]
    if phase == "yellow":
        fit = [(t, min(n, most_before_red(at, post))) for t, n in fit]
    return tuple((t, n) for t, n in fit if n > 0 and (phase is None or phase in at.roles[t.role].phases))


def most_before_red(at: Situation, post: Post) -> int:
    """Return how many teams a post sends at most while no sector is red: those that wait, less those it keeps."""
    waiting = sum(n for t, n in at.teams(post.id) if may_be_called(at, t))
    return max(0, waiting - int(post.keep))


def list_for_line(at: Situation, post: Post, phase: CallPhase) -> list[Team]:
    """List the teams, one by one, that a post can send into the line of a sector in a phase, the strongest first."""
    teams = [t for t, n in list_free(at, post, phase) for _ in range(n)]
    teams.sort(key=lambda t: -float(getattr(at.roles[t.role].containment, phase)) * t.size * float(t.fitness))
    return teams[: most_before_red(at, post)] if phase == "yellow" else teams


def tell_free(at: Situation, post: Post, units: TeamList) -> str:
    """Name teams that may be called before red, and how many of them at most where that is not all."""
    most = most_before_red(at, post)
    if sum(n for _, n in units) <= most:
        return at.list(units)
    return at.language("{units}; at most {n} of them unless a sector is red", units=at.list(units), n=at.number(most))


def list_help(at: Situation, sector: Sector) -> list[Help]:
    """List who can send help to a sector, the soonest first; who has no open way is left out."""
    start = at.stand(sector)
    end = max([v.end for v in at.visits.get(sector.id, ())], default=float(at.instance.period.minutes))
    found: list[Help] = []
    for post in at.instance.posts:
        km = at.km(post, sector, start, max(start, end))
        if math.isfinite(km[0]):
            found += _from_post(at, post, km)
    kinds = {t.id: t for t in at.instance.teams}
    for outside in at.instance.reinforcements:
        km = at.km(outside, sector, start, max(start, end))
        if math.isfinite(km[0]):
            ride = _minutes(at, km, float(outside.speed), float(outside.delay))
            found.append(Help(outside, ((kinds[outside.team], int(outside.teams)),), None, km, ride, NEVER))
    return sorted(found, key=lambda h: (h.soonest[0], h.station.id, h.vehicle is not None))


def prefer_in_time(at: Situation, sector: Sector, helps: Iterable[Help]) -> list[Help]:
    """Put those before the others who can be used when the line of a sector must stand; the soonest stay first."""
    return sorted(helps, key=lambda h: any(find_first_minute(at.instance, t) > at.stand(sector) for t, _ in h.teams))


def _from_post(at: Situation, post: Post, km: Minutes) -> list[Help]:
    """Give what a post may send over so many kilometres: its teams, then each type of vehicle."""
    teams, found = list_free(at, post), []
    carried = [float(v.speed) for v, _ in at.vehicles(post.id) if v.seats and not v.water_cannon]
    march = _minutes(at, km, float(at.instance.travel.march))
    if teams:
        ride = _minutes(at, km, min(carried)) if carried else NEVER
        found.append(Help(post, teams, None, km, ride, march))
    guards = list_guards(at, post)
    for vehicle, number in list_called_vehicles(at, post):
        along = guards.get(vehicle.id, ())
        speed = min([float(vehicle.speed), *(carried if along else ())])
        on_foot = march if along and not carried else NEVER
        found.append(Help(post, along, (vehicle, number), km, _minutes(at, km, speed), on_foot))
    return found


def _minutes(at: Situation, km: Minutes, speed: float, delay: float = 0.0) -> Minutes:
    """Minutes from the call until formed up."""
    ready = delay + float(at.instance.travel.form_up)
    return ready + 60.0 * km[0] / speed, ready + 60.0 * km[1] / speed


def expects_cannon(at: Situation, sector: Sector) -> bool:
    """Tell whether a water cannon of this plan stands in a sector or may be sent there.

    It may where a way is open and the sector is red in some scenario, and where people are expected, unless as many
    scenarios as `ENOUGH` were played and it is red in none.
    """
    if any(v.water_cannon for v, _ in at.vehicles(sector.id)):
        return True
    red, played = at.stay(sector, "red"), at.expected.evaluation
    never = red is not None and red.reached <= 0.0
    enough = played is not None and played.scenarios >= ENOUGH
    turns = not (never and enough) if sector.id in at.visits else red is not None and not never
    return turns and any(h.vehicle is not None and h.vehicle[0].water_cannon for h in list_help(at, sector))


def needs_gates(at: Situation, place: Sector | Post) -> bool:
    """Tell whether the sheet of a place has the gates of a water cannon.

    It has where one is placed. Where one may be called it has if the sector is red in as large a share of scenarios as
    `LIKELY`, or if too few were played to know.
    """
    if any(v.water_cannon for v, _ in at.vehicles(place.id)):
        return True
    if isinstance(place, Post) or not expects_cannon(at, place):
        return False
    red, played = at.stay(place, "red"), at.expected.evaluation
    return red is None or played is None or played.scenarios < ENOUGH or red.reached >= LIKELY


def has_cannon(at: Situation) -> bool:
    """Tell whether this plan places a water cannon anywhere."""
    return any(v.water_cannon for place in at.instance.places for v, _ in at.vehicles(place.id))
