"""The independent verifier of a deployment: thirteen rules, those of presence, every violation at once.

It counts and measures by itself, without what allocation and travel compute; otherwise it would prove nothing. What
people and movements are expected to do it looks up where the program does, for rules of presence: `model.expected`.
The instance is taken to be consistent, as `read.read` ensures. A plan exactly at a limit passes: counts
are integers, a share is the decimal it was written as, and a distance may be a millimetre longer than its limit.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

from optimiser.common.message import Message
from optimiser.model.checking.case import (
    LaidOut,
    Occupied,
    Placed,
    say_callable_teams,
    say_heads,
    say_teams,
    say_vehicles,
    take_exactly,
)
from optimiser.model.checking.presence import PRESENCE_CODES, list_presence_rules
from optimiser.model.checking.reach import list_reach
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance, Pin, Post, Sector
from optimiser.model.parts.movement import Movement, Moving
from optimiser.model.values.arguments import checked
from optimiser.model.verdict import HeadCount, Verdict, Violation


@checked()
def check(instance: Instance, deployment: Deployment) -> Verdict:
    """Apply every rule to a deployment.

    Parameters
    ----------
    instance : the problem, consistent in itself.
    deployment : the plan to verify; it need not have been made for this instance.

    Returns
    -------
    Verdict with every violation; the same input gives the same violations in the same order.
    """
    case = LaidOut.of(instance, deployment)
    rules = (*RULES, *list_presence_rules(instance))
    return Verdict(tuple(v for rule in rules for v in rule(case)), _count_heads(case), len(rules))


def _unknown(case: LaidOut) -> Iterator[Violation]:
    """Rule 1: another instance, or places, team kinds and vehicle types that the instance does not have."""
    instance, plan = case.instance, case.deployment
    if plan.instance != instance.name:
        words = {"other": plan.instance, "name": instance.name}
        text = Message("The deployment was made for instance '{other}', not for '{name}'.", **words)
        yield Violation("unknown", "", plan.instance, 1, 0, text)
    names = {spot.place.id: spot.name for spot in case.spots}
    teams, vehicles = {t.id for t in instance.teams}, {v.id for v in instance.vehicles}
    for place, allotment in sorted(plan.places.items()):
        placed = sum(allotment.teams.values()) + sum(allotment.vehicles.values())
        if place not in names:
            text = Message("The deployment names the place '{place}', which the instance does not have.", place=place)
            yield Violation("unknown", place, "", placed, 0, text)
        where = names.get(place, f"'{place}'")
        for kind in sorted(set(allotment.teams) - teams):
            words = {"place": where, "kind": kind}
            text = Message(
                "At {place} the deployment names the team kind '{kind}', which the instance does not have.", **words
            )
            yield Violation("unknown", place, kind, int(allotment.teams[kind]), 0, text)
        for kind in sorted(set(allotment.vehicles) - vehicles):
            words = {"place": where, "kind": kind}
            text = Message(
                "At {place} the deployment names the vehicle '{kind}', which the instance does not have.", **words
            )
            yield Violation("unknown", place, kind, int(allotment.vehicles[kind]), 0, text)


def _availability(case: LaidOut) -> Iterator[Violation]:
    """Rule 2: no more teams of a kind and vehicles of a type are placed than there are."""
    kinds: list[Placed]
    kinds = [(t, case.teams[t.id], say_teams(case.teams[t.id])) for t in case.instance.teams]
    kinds += [(v, case.vehicles[v.id], say_vehicles(case.vehicles[v.id])) for v in case.instance.vehicles]
    for kind, placed, several in kinds:
        if placed > kind.count:
            words = {"several": several, "kind": kind.name, "count": kind.count}
            text = Message("The deployment places {several} of '{kind}'; only {count} can be used.", **words)
            yield Violation("availability", "", kind.id, placed, int(kind.count), text)


def _counted(case: LaidOut) -> int:
    """Deployed heads that count under the cap: teams and extra crews, at every place."""
    teams = sum(case.teams[t.id] * int(t.size) for t in case.instance.teams if t.counts)
    crews = (case.vehicles[v.id] * int(v.crew) for v in case.instance.vehicles if v.counts and v.crew_role is None)
    return teams + sum(crews)


def _cap(case: LaidOut) -> Iterator[Violation]:
    """Rule 3: the cap on personnel at all places together."""
    counted, cap = _counted(case), int(case.instance.cap)
    if counted > cap:
        words = {"heads": say_heads(counted), "cap": cap}
        text = Message("The deployment has {heads} that count under the cap; at most {cap} may be deployed.", **words)
        yield Violation("cap", "", "", counted, cap, text)


def _staging(case: LaidOut) -> Iterator[Violation]:
    """Rule 4: all heads at a place fit there, counted or not, extra crews included.

    At a sector so do those who come there with people or as planned, at a post those who rest there, all of them at
    once.
    """
    for spot in case.spots:
        standing, most = spot.heads(), int(spot.place.staging_capacity)
        along = () if isinstance(spot.place, Moving) else case.moving(spot.place.id)
        coming = sum(other.heads() for other in along)
        heads = standing + coming
        if heads > most:
            words = {"place": spot.title, "heads": say_heads(heads), "most": most}
            text = Message("{place} holds {heads}; at most {most} can be staged there.", **words)
            if coming:
                text = Message(
                    "{place} holds {heads} once {coming} have come with people or as planned; at most {most} can "
                    "be staged there.", coming=coming, **words
                )  # fmt: skip
            yield Violation("staging", spot.place.id, "", heads, most, text)


def _limits(case: LaidOut) -> Iterator[Violation]:
    """Rule 5: least and most teams of a role in a sector.

    The least are placed there; the most include those who come there with people or as planned, all of them at
    once: where no shields may stand, none may come with a march.
    """
    for spot in case.spots:
        if not isinstance(spot.place, Sector):
            continue
        for role in sorted(set(spot.place.minimum) | set(spot.place.maximum)):
            found = spot.role_teams(role)
            words = {"place": spot.title, "teams": say_teams(found), "role": case.role_name(role)}
            least, most = spot.place.minimum.get(role), spot.place.maximum.get(role)
            if least is not None and found < least:
                text = Message(
                    "{place} has {teams} of role '{role}'; at least {least} must stand there.", least=least, **words
                )
                yield Violation("minimum", spot.place.id, role, found, int(least), text)
            coming = sum(other.role_teams(role) for other in case.moving(spot.place.id))
            if most is not None and found + coming > most:
                words["teams"] = say_teams(found + coming)
                text = Message(
                    "{place} has {teams} of role '{role}'; at most {most} may stand there.", most=most, **words
                )
                if coming:
                    text = Message(
                        "{place} has {teams} of role '{role}' once {coming} have come with people or as planned; "
                        "at most {most} may stand there.", coming=coming, most=most, **words
                    )  # fmt: skip
                yield Violation("maximum", spot.place.id, role, found + coming, int(most), text)


def _crew(case: LaidOut) -> Iterator[Violation]:
    """Rule 6: crews drawn from a role are standing at the same place."""
    for spot in case.spots:
        for role in sorted({v.crew_role for v, _ in spot.vehicles if v.crew_role is not None}):
            needed, found = spot.drawn_crews(role), spot.team_heads(role)
            if needed > found:
                words = {"place": spot.name, "heads": say_heads(needed), "role": case.role_name(role), "found": found}
                text = Message(
                    "Vehicles at {place} take {heads} of role '{role}' as crew; the teams there have {found}.", **words
                )
                yield Violation("crew", spot.place.id, role, found, needed, text)


def _escort(case: LaidOut) -> Iterator[Violation]:
    """Rule 7: escorts are standing at the same place and are not the crew."""
    for spot in case.spots:
        for role in sorted({v.escort_role for v, _ in spot.vehicles if v.escort_role is not None and v.escort}):
            crews, escorts, found = spot.drawn_crews(role), spot.escorts(role), spot.team_heads(role)
            if crews + escorts > found:
                words = {"place": spot.name, "heads": say_heads(crews + escorts), "role": case.role_name(role)}
                text = Message(
                    "Vehicles at {place} take {heads} of role '{role}', {crews} as crew and {escorts} as escort; the "
                    "teams there have {found}.", crews=crews, escorts=escorts, found=found, **words
                )  # fmt: skip
                yield Violation("escort", spot.place.id, role, found, crews + escorts, text)


def _stands(case: LaidOut) -> Iterator[Violation]:
    """Rule 8: some roles and vehicle types stand only in sectors, some only at posts.

    Who moves stands in sectors, wherever it rests. A water cannon neither accompanies nor moves: it waits where its
    gates are asked.
    """
    for spot in case.spots:
        elsewhere = "sectors" if isinstance(spot.place, Post) else "posts"
        wrong: list[Placed]
        wrong = [(t, n, say_teams(n)) for t, n in spot.teams if case.roles[t.role].stands == elsewhere]
        wrong += [(v, n, say_vehicles(n)) for v, n in spot.vehicles if v.stands == elsewhere]
        for kind, n, several in wrong:
            words = {"place": spot.title, "several": several, "kind": kind.name}
            if elsewhere == "posts":
                text = Message("{place} has {several} of '{kind}', which may stand only at posts.", **words)
            else:
                text = Message("{place} has {several} of '{kind}', which may stand only in sectors.", **words)
            yield Violation("stands", spot.place.id, kind.id, n, 0, text)
        cannon = [(v, n) for v, n in spot.vehicles if v.water_cannon and v.stands != elsewhere]
        for kind, n in cannon if isinstance(spot.place, Moving) else ():
            words = {"place": spot.title, "several": say_vehicles(n), "kind": kind.name}
            text = Message(
                "{place} has {several} of '{kind}'; a water cannon neither accompanies people nor moves as planned.",
                **words,
            )
            yield Violation("stands", spot.place.id, kind.id, n, 0, text)


def _officer(case: LaidOut) -> Iterator[Violation]:
    """Rule 9: whatever is occupied and no post has a team that can be in charge, where doctrine asks for it.

    Who moves and never goes with people needs none where each sector of its legs has one placed there.
    """
    if not case.instance.doctrine.officer_per_sector:
        return
    led = {spot.place.id for spot in case.spots if any(case.roles[team.role].officer for team, _ in spot.teams)}
    names = {sector.id: sector.name for sector in case.instance.sectors}
    for spot in case.spots:
        if isinstance(spot.place, Post) or not (spot.teams or spot.vehicles) or spot.place.id in led:
            continue
        text = Message("{place} is occupied but has no team that can be in charge of it.", place=spot.title)
        if isinstance(spot.place, Movement) and all(leg.gathering is None for leg in spot.place.legs):
            alone = [leg.sector for leg in spot.place.legs if leg.sector is not None and leg.sector not in led]
            if not alone:
                continue
            words = {"place": spot.title, "sector": names.get(alone[0], alone[0])}
            text = Message(
                "{place} has no team that can be in charge of it, and nor has {sector}, where it is to stand.", **words
            )
        yield Violation("officer", spot.place.id, "", 0, 1, text)


def _seats(case: LaidOut) -> Iterator[Violation]:
    """Rule 10: enough of the heads waiting at a post have a seat; extra crews sit in their own vehicle."""
    for spot in case.spots:
        if not isinstance(spot.place, Post):
            continue
        heads, found = spot.team_heads(), sum(n * int(v.seats) for v, n in spot.vehicles)
        required = math.ceil(take_exactly(spot.place.mobile) * heads)
        if found < required:
            words = {
                "place": spot.title,
                "seats": Message.plural("{n} seat", "{n} seats", found),
                "heads": say_heads(heads),
                "required": required,
            }
            text = Message("{place} has {seats} for {heads}; it needs {required}.", **words)
            yield Violation("seats", spot.place.id, "", found, required, text)


def _cover(case: LaidOut) -> Iterator[Violation]:
    """Rule 11: enough callable teams wait within reserve reach of a sector."""
    if not any(sector.cover for sector in case.instance.sectors):
        return
    waiting = [(post, n) for post, spot in case.posts() if (n := case.callable_teams(spot))]
    cover = Counter[str]()
    for (_, n), sectors in zip(waiting, list_reach(case.instance, [post for post, _ in waiting]), strict=True):
        cover.update(dict.fromkeys(sectors, n))
    within = f"{float(case.instance.doctrine.reserve_reach):g}"
    for sector in case.instance.sectors:
        found, least = cover[sector.id], int(sector.cover)
        if found < least:
            words = {"sector": sector.name, "teams": say_callable_teams(found), "minutes": within, "least": least}
            text = Message("Sector '{sector}' has {teams} within {minutes} minutes; it needs {least}.", **words)
            yield Violation("cover", sector.id, "", found, least, text)


def _reserve(case: LaidOut) -> Iterator[Violation]:
    """Rule 12: enough callable teams wait at all posts together."""
    found = sum(case.callable_teams(spot) for _, spot in case.posts())
    least = int(case.instance.doctrine.reserve_least)
    if found < least:
        words = {"teams": say_callable_teams(found), "least": least}
        text = Message("All posts together hold {teams}; at least {least} must wait there.", **words)
        yield Violation("reserve", "", "", found, least, text)


def _pins(case: LaidOut) -> Iterator[Violation]:
    """Rule 13: a planner's own requirements."""
    spots = {spot.place.id: spot for spot in case.spots}
    for pin in case.instance.pins:
        found, name = _pinned(case, spots[pin.place], pin)
        words = {"place": spots[pin.place].title, "found": found, "what": name}
        if pin.at_least is not None and found < pin.at_least:
            words["least"] = pin.at_least
            text = Message("{place} has {found} of {what}; a pin wants at least {least} there.", **words)
            if not name:
                text = Message("{place} has {found} heads; a pin wants at least {least} there.", **words)
            yield Violation("pin", pin.place, pin.what, found, pin.at_least, text)
        if pin.at_most is not None and found > pin.at_most:
            words["most"] = pin.at_most
            text = Message("{place} has {found} of {what}; a pin wants at most {most} there.", **words)
            if not name:
                text = Message("{place} has {found} heads; a pin wants at most {most} there.", **words)
            yield Violation("pin", pin.place, pin.what, found, pin.at_most, text)


def _pinned(case: LaidOut, spot: Occupied, pin: Pin) -> tuple[int, str]:
    """Count what a pin is about and name it, heads by no name.

    Where names clash a team kind goes before a role before a vehicle before all heads.
    """
    for team in case.instance.teams:
        if team.id == pin.what:
            return sum(n for kind, n in spot.teams if kind.id == team.id), f"'{team.name}'"
    if pin.what in case.roles:
        return spot.role_teams(pin.what), Message("role '{role}'", role=case.role_name(pin.what))
    names = {v.id: v.name for v in case.instance.vehicles}
    if pin.what not in names:
        return spot.team_heads() + spot.crew_heads(), ""
    return sum(n for kind, n in spot.vehicles if kind.id == pin.what), f"'{names[pin.what]}'"


Rule = Callable[[LaidOut], Iterator[Violation]]
RULES: tuple[Rule, ...] = (
    _unknown, _availability, _cap, _staging, _limits, _crew, _escort, _stands, _officer, _seats, _cover, _reserve, _pins
)  # fmt: skip
CODES = (
    "unknown", "availability", "cap", "staging", "minimum", "maximum", "crew", "escort", "stands", "officer", "seats",
    "cover", "reserve", "pin", *PRESENCE_CODES,
)  # fmt: skip


def _count_heads(case: LaidOut) -> HeadCount:
    teams, vehicles = case.instance.teams, case.instance.vehicles
    sectors = sum(spot.heads() for spot in case.spots if isinstance(spot.place, Sector))
    posts = sum(spot.heads() for _, spot in case.posts())
    accompanying = sum(spot.heads() for spot in case.spots if isinstance(spot.place, Moving))
    placed = sum(case.teams[t.id] * int(t.size) for t in teams)
    crews = sum(case.vehicles[v.id] * int(v.crew) for v in vehicles if v.crew_role is None)
    base = sum(max(0, t.count - case.teams[t.id]) * int(t.size) for t in teams if t.counts)
    base += sum(
        max(0, v.count - case.vehicles[v.id]) * int(v.crew) for v in vehicles if v.counts and v.crew_role is None
    )
    counted = _counted(case)
    return HeadCount(
        sectors=sectors,
        posts=posts,
        crews=crews,
        lost=placed + crews - sectors - posts - accompanying,
        counted=counted,
        cap=int(case.instance.cap),
        outside=placed + crews - counted,
        base=base,
        accompanying=accompanying,
    )
