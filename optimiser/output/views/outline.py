"""An instance as people read it: places, kinds of units and who comes where, in one document for a screen."""

from __future__ import annotations

from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.clocks import find_first_minute
from optimiser.model.expected.visits import Visit, list_visits
from optimiser.model.harms import HARMS, INJURIES
from optimiser.model.instance import Instance, Post, Sector, Team
from optimiser.model.parts.movement import Movement, Moving
from optimiser.output.documents.instances import name_instance
from optimiser.output.map_pictures import short_names
from optimiser.output.words.head_counts import label_team

FORMAT = "optimiser-outline/1"
LISTED = (INJURIES, *HARMS)


def describe_outline(instance: Instance, language: Language = ENGLISH) -> dict[str, Any]:
    """Describe an instance for a screen; names are those of the language, where the instance has them."""
    read = instance.told_in(language.code)
    short, visits = short_names(read), list_visits(read)
    homes = {place.id: plain(place.name) for place in (*read.sectors, *read.posts)}
    return {
        "format": FORMAT,
        "instance": {**name_instance(instance), "title": plain(read.title)},
        "period": {
            "start": f"{read.period.start:%Y-%m-%dT%H:%M}",
            "day": language.date(read.period.start),
            "minutes": read.period.minutes,
        },
        "cap": int(read.cap),
        "places": [
            {
                "id": place.id,
                "kind": _name_kind(place),
                "name": plain(place.name),
                "short": short[place.id],
                "ring": int(place.ring) if isinstance(place, Sector) else None,
                "official": _name_official(place),
                "process": _name_process(place),
                "people": [_visit_values(read, visit, language) for visit in visits if visit.sector == place.id],
            }
            for place in read.places
        ],
        "kinds": [
            *(
                {
                    "id": team.id,
                    "type": "teams",
                    "name": plain(team.name),
                    "label": plain(label_team(next(role for role in read.roles if role.id == team.role), team)),
                    "heads": int(team.size),
                    "count": int(team.count),
                    "home": homes.get(team.home, ""),
                    "from": _tell_start(read, team, language),
                }
                for team in read.teams
            ),
            *(
                {
                    "id": vehicle.id,
                    "type": "vehicles",
                    "name": plain(vehicle.name),
                    "label": plain(vehicle.name),
                    "heads": int(vehicle.crew) if vehicle.crew_role is None else 0,
                    "count": int(vehicle.count),
                    "home": homes.get(vehicle.home, ""),
                    "from": "",
                }
                for vehicle in read.vehicles
            ),
        ],
        "gatherings": [{"id": g.id, "name": plain(g.name), "people": round(float(g.turnout))} for g in read.gatherings],
        "command": {str(phase): plain(who) for phase, who in read.doctrine.command.items()},
        "triggers": [{"id": one.id, "name": plain(one.name)} for one in read.triggers],
        "harms": [{"id": harm.id, "label": language(harm.label), "unit": language(harm.measure)} for harm in LISTED],
    }


def _name_kind(place: Sector | Post | Moving) -> str:
    if isinstance(place, Sector | Post):
        return "sector" if isinstance(place, Sector) else "post"
    return "movement" if isinstance(place, Movement) else "accompaniment"


def _name_official(place: Sector | Post | Moving) -> str | None:
    official = place.official if isinstance(place, Sector) else None
    return None if official is None else plain(official.name)


def _name_process(place: Sector | Post | Moving) -> str | None:
    named = [plain(one.name) for one in place.critical] if isinstance(place, Sector) else []
    return ", ".join(named) or None


def _visit_values(instance: Instance, visit: Visit, language: Language) -> dict[str, Any]:
    return {
        "id": visit.gathering.id,
        "gathering": plain(visit.gathering.name),
        "people": visit.people,
        "from": language.clock(instance.clock(visit.start)),
        "until": language.clock(instance.clock(visit.end)),
        "share": visit.share,
    }


def _tell_start(instance: Instance, team: Team, language: Language) -> str:
    """Give the clock time from which teams can be used; empty where that is the beginning."""
    minute = find_first_minute(instance, team)
    return language.clock(instance.clock(minute)) if minute > 0.0 else ""
