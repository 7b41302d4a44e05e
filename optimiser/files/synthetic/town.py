"""Synthetic towns: invented planning problems of any size, to measure, to test and to prove with.

The name of a town says all of it: ``town-<sectors>-<tightness>-<interplay>-<seed>``. The same name is the same problem,
byte for byte. The three interplays of a town are twins: the same sites, the same people in the same places. Numbers are
invented unless they say otherwise.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel

from optimiser.files.synthetic.sites import OFFICIALS, PER_POST, SITES_OF_TOWN, Crowd, Province
from optimiser.model.instance import (
    FORMAT,
    Gathering,
    Instance,
    Official,
    Post,
    Reinforcement,
    Role,
    Sector,
    Team,
    Trigger,
    VehicleType,
)

Tightness = Literal["tight", "loose"]
Interplay = Literal["none", "reserves", "marches"]
INVENTED = "invented"
START = dt.datetime(2024, 1, 1, 9)  # when the operation starts; invented
HOURS = 8.0  # h, length of the period; invented
HEADS = {"tight": 20, "loose": 40}  # personnel for each sector; tight is near the 250 for 12 of `oku-250`
SHARES = {  # of all heads, by kind of team; what is left goes to officers; near those of `oku-250`
    "dalmas-awal-regu": 0.38,
    "dalmas-lanjut-regu": 0.30,
    "negotiator-tim": 0.08,
    "lantas-regu": 0.08,
    "reskrim-tim": 0.04,
    "dokkes-tim": 0.03,
}
OFFICERS = {"tight": 0.7, "loose": 1.0}  # officers for each sector, at least; invented
HOME = "post-1"  # where all teams and vehicles are at home; invented
LARGEST = 2000  # sectors: the limit of the format
LAST_SEED = 999_999_999  # so that names stay short
_NAME = re.compile(r"town-([1-9]\d{0,3})-(tight|loose)-(none|reserves|marches)-(0|[1-9]\d{0,8})")

_EVER = ["green", "yellow", "red"]
ROLES: tuple[dict[str, Any], ...] = (  # as in `oku-250`
    {"id": "padal", "name": "Officer in charge (Padal)", "phases": _EVER, "dialogue": 0.3, "information": 0.2}
    | {"officer": True},
    {"id": "negotiator", "name": "Negotiators", "phases": _EVER, "dialogue": 1.0},
    {"id": "dalmas-awal", "name": "Dalmas awal: rope and caps, no shields", "phases": ["green", "yellow"]}
    | {"containment": {"green": 1.0, "yellow": 0.5}, "visibility": 0.05},
    {"id": "dalmas-lanjut", "name": "Dalmas lanjut: helmets and shields", "phases": ["yellow", "red"]}
    | {"containment": {"yellow": 1.2, "red": 0.8}, "visibility": 1.0, "arrest": 0.05},
    {"id": "dokkes", "name": "Medics", "phases": _EVER, "medical": 1.5},
    {"id": "lantas", "name": "Traffic", "phases": _EVER, "containment": {"green": 0.2}, "traffic": 1.0},
    {"id": "reskrim", "name": "Arrest team", "phases": ["yellow", "red"], "containment": {"yellow": 0.2, "red": 0.2}}
    | {"visibility": 0.2, "arrest": 1.0},
    {"id": "phh", "name": "PHH of Brimob", "phases": ["red"], "containment": {"red": 1.5}, "visibility": 1.5}
    | {"arrest": 0.3},
)
LIMITED = ("padal", "negotiator", "dalmas-awal", "dalmas-lanjut", "dokkes", "lantas", "reskrim")
TEAMS: tuple[tuple[str, str, str, int], ...] = (  # identifier, name, role, heads
    ("padal-tim", "Officer in charge and radio operator", "padal", 2),
    ("negotiator-tim", "Negotiator team", "negotiator", 3),
    ("dalmas-awal-regu", "Squad of Dalmas awal", "dalmas-awal", 10),
    ("dalmas-lanjut-regu", "Squad of Dalmas lanjut", "dalmas-lanjut", 10),
    ("dokkes-tim", "Medical team", "dokkes", 2),
    ("lantas-regu", "Traffic squad", "lantas", 4),
    ("reskrim-tim", "Arrest team", "reskrim", 5),
)
VEHICLES: tuple[tuple[int, int, dict[str, Any]], ...] = (  # fewest sectors, sectors for each, and what it is
    (1, 10, {"id": "dalmas-truck", "name": "Dalmas truck", "crew": 2, "seats": 30}),
    (1, 20, {"id": "ambulance", "name": "Ambulance", "crew": 2, "speed": 50.0, "medical": 4.0}),
    (
        *(30, 50),
        {"id": "awc", "name": "Armoured water cannon", "crew": 4, "speed": 35.0, "visibility": 20.0}
        | {"containment": {"yellow": 5.0, "red": 10.0}, "water_cannon": True, "endurance": 7.0, "refill": 25.0}
        | {"escort_role": "dalmas-lanjut", "escort": 10},
    ),
)
_SAID = {"none": "no interplay", "reserves": "shared reserve", "marches": "shared reserve and marches"}
PARTS: dict[str, type[BaseModel]] = {
    "sectors": Sector,
    "posts": Post,
    "roles": Role,
    "teams": Team,
    "vehicles": VehicleType,
    "gatherings": Gathering,
    "triggers": Trigger,
    "reinforcements": Reinforcement,
}
COVERED = ("kpu", "gedung", "terminal", "mall")  # kinds of site that want reserve within reach; invented
ESCAPE = {"kpu": "pasar", "gedung": "mall"}  # where people of a red sector go, by kind of site; invented


@dataclass(frozen=True)
class Town:
    """What makes a synthetic town.

    Attributes
    ----------
    sectors : 2 to 2,000.
    tightness : ``tight``, 20 heads a sector, or ``loose``, 40.
    interplay : ``none``, ``reserves`` (posts with callable reserve) or ``marches`` (also itineraries, spill-over and
        help from outside).
    seed : names the province, 0 to 999,999,999.
    """

    sectors: int
    tightness: Tightness
    interplay: Interplay
    seed: int

    def __post_init__(self) -> None:
        if not 2 <= self.sectors <= LARGEST or not 0 <= self.seed <= LAST_SEED:
            raise ValueError(f"a town has 2 to {LARGEST:,} sectors and a seed of 0 to {LAST_SEED:,}")
        if self.tightness not in get_args(Tightness) or self.interplay not in get_args(Interplay):
            raise ValueError("a town is tight or loose, with the interplay none, reserves or marches")

    @property
    def name(self) -> str:
        """Name of the instance, which says all of it."""
        return f"town-{self.sectors}-{self.tightness}-{self.interplay}-{self.seed}"

    @classmethod
    def of(cls, name: str) -> Town | None:
        """Take a name apart; None where it is not the name of a town."""
        found = _NAME.fullmatch(name)
        if found is None or not 2 <= int(found[1]) <= LARGEST:
            return None
        return cls(int(found[1]), cast(Tightness, found[2]), cast(Interplay, found[3]), int(found[4]))


def stored() -> tuple[Town, ...]:
    """List the towns whose files are shipped; larger ones are made when they are asked for."""
    sizes = ((5, 1), (5, 2), (12, 1), (12, 2), (30, 1), (100, 1))
    return tuple(Town(n, t, i, seed) for n, seed in sizes for t in get_args(Tightness) for i in get_args(Interplay))


def generate(sectors: int, tightness: Tightness, interplay: Interplay, seed: int) -> Instance:
    """Make the instance of a synthetic town.

    Raises
    ------
    ValueError : there is no such town.
    """
    return Instance.model_validate(town_values(Town(sectors, tightness, interplay, seed)))


def town_values(town: Town) -> dict[str, Any]:
    """Return a town as the tables, lists and plain values of its file; defaults of the format are left out."""
    province, joined = Province(town.sectors, town.seed), town.interplay == "marches"
    teams, vehicles = list(_teams(town)), list(_vehicles(town))
    data: dict[str, Any] = {"format": FORMAT, "name": town.name}
    data["title"] = f"Synthetic town: {town.sectors} sectors, {town.tightness}, {_SAID[town.interplay]}"
    data["about"] = f"Made by optimiser.synthetic from seed {town.seed}. No such place exists."
    data["cap"] = sum(t["size"] * t["count"] for t in teams) + sum(v["crew"] * v["count"] for v in vehicles)
    data["source"] = INVENTED
    data["period"] = {"start": START, "hours": HOURS}
    data["sectors"] = [_sector(province, k, town.interplay) for k in range(town.sectors)]
    data["posts"] = [_post(province, p, town.interplay) for p in range(province.posts)]
    data["roles"] = list(ROLES)
    data["teams"], data["vehicles"] = teams, vehicles
    data["travel"] = {"source": INVENTED}
    data["gatherings"] = [g for crowd in province.crowds for g in _gatherings(province, crowd, joined)]
    data["triggers"] = [t for number in range(province.towns) for t in _triggers(province, number)]
    data["doctrine"] = {"source": INVENTED}
    data["objective"] = {"source": INVENTED}
    if town.interplay != "none":
        data["doctrine"] = {"reserve_least": max(1, town.sectors // PER_POST), **data["doctrine"]}
    if joined:
        data["teams"].append(_help())
        data["reinforcements"] = [_reinforcement(province)]
    else:
        data["law"] = {"spill": 0.0}
    return data | {part: [_row(kind, table) for table in data[part]] for part, kind in PARTS.items() if part in data}


def _row(kind: type[BaseModel], table: Mapping[str, Any]) -> dict[str, Any]:
    return {**_trim(kind, table), "source": INVENTED}


def _trim(kind: type[BaseModel], table: Mapping[str, Any]) -> dict[str, Any]:
    """Put the fields of a table into the order of the format and leave defaults out."""
    fields = {name: field.default for name, field in kind.model_fields.items() if name in table}
    return {name: table[name] for name, default in fields.items() if table[name] != default}


def town_text(town: Town) -> str:
    """Return the text of the file of a town, in TOML."""
    return to_toml(town_values(town))


def _sector(province: Province, k: int, interplay: Interplay) -> dict[str, Any]:
    site, (ident, name), (x, y) = province.site(k), province.identify(k), province.positions[k]
    figures = {
        what: amount * 2.0 ** (2.0 * province.draw(f"{what}:{k}") - 1.0) for what, amount in site.figures.items()
    }
    sector = {"id": ident, "name": name, "ring": site.ring, "x": x, "y": y, "public": round(figures.pop("public"))}
    sector |= {what: round(amount, 1) for what, amount in figures.items()}
    sector |= {"staging_capacity": int(province.pick(f"room:{k}", 60, 120, 20)), **site.fields}
    sector["maximum"] = dict(zip(LIMITED, site.most, strict=True))
    if site.id in OFFICIALS:
        sector["official"] = _official(province, k)
    if site.id in COVERED and interplay != "none":
        sector["cover"] = 1
    if site.id in ESCAPE:
        escapes = (o for o in province.around(k) if province.site(o).id == ESCAPE[site.id])
        sector["spill_to"] = next((province.identify(o)[0] for o in escapes), None)
    return sector


def _official(province: Province, k: int) -> dict[str, Any]:
    official: dict[str, Any] = {"name": OFFICIALS[province.site(k).id]}
    official["staff"] = int(province.pick(f"staff:{k}", 5, 20, 1))
    official["chance"] = round(province.pick(f"chance:{k}", 0.2, 0.8, 0.05), 2)
    official["after"] = province.pick(f"after:{k}", 15.0, 60.0, 5.0)
    if province.draw(f"promises:{k}") < 0.2:
        official["promised"] = province.pick(f"promised:{k}", 10.0, 40.0, 5.0)
    return _trim(Official, official)


def _post(province: Province, p: int, interplay: Interplay) -> dict[str, Any]:
    x, y = province.post_position(p)
    post: dict[str, Any] = {"id": f"post-{p + 1}", "name": f"Post {p + 1}", "x": x, "y": y, "staging_capacity": 0}
    if interplay != "none":
        post["staging_capacity"] = int(province.pick(f"post room:{p}", 80, 160, 20))
        if province.draw(f"seats:{p}") < 0.6:
            post["mobile"] = 0.5
        if province.draw(f"keep:{p}") < 0.4:
            post["keep"] = 1
    return post


def _teams(town: Town) -> Iterator[dict[str, Any]]:
    """Divide the heads: whole teams by share, the rest to squads, then negotiators and officers until none is left."""
    heads = HEADS[town.tightness] * town.sectors
    size = {ident: of for ident, _, _, of in TEAMS}
    number = {ident: max(1, int(share * heads / size[ident])) for ident, share in SHARES.items()}
    number["padal-tim"] = math.ceil(OFFICERS[town.tightness] * town.sectors)
    crews = sum(v["crew"] * v["count"] for v in _vehicles(town))
    left = heads - crews - sum(n * size[ident] for ident, n in number.items())
    number["dalmas-awal-regu"] += left // 10
    left %= 10
    number["negotiator-tim"] += left % 2  # of 3 heads, so that the rest is even
    number["padal-tim"] += (left - 3 * (left % 2)) // 2
    for ident, name, role, of in TEAMS:
        head = {"id": ident, "name": name, "role": role, "size": of, "count": number[ident]}
        yield {**head, "home": HOME}


def _vehicles(town: Town) -> Iterator[dict[str, Any]]:
    for fewest, every, fields in VEHICLES:
        if town.sectors >= fewest:
            head = {"id": fields["id"], "name": fields["name"], "count": math.ceil(town.sectors / every)}
            yield {**head, "home": HOME, **fields, "stands": "posts"}


def _help() -> dict[str, Any]:
    """The kind of team that comes from outside and is placed by nobody."""
    platoon = {"id": "brimob-sst", "name": "Brimob PHH platoon", "role": "phh", "size": 30, "count": 0}
    return {**platoon, "home": HOME, "counts": False}


def _reinforcement(province: Province) -> dict[str, Any]:
    x, y = province.outside
    head = {"id": "brimob", "name": "Brimob, outside the towns", "x": x, "y": y, "team": "brimob-sst"}
    return {**head, "teams": max(2, province.sites // 20)}


def _gatherings(province: Province, crowd: Crowd, joined: bool) -> Iterator[dict[str, Any]]:
    """One gathering that marches; or one for each stop, which comes when the march would, as one body if it marched."""
    ident, where = province.identify(crowd.stops[0].site)
    name = crowd.name + (", later a march" if len(crowd.stops) > 1 else "")
    stops = [{"sector": province.identify(s.site)[0], "stay": s.stay} for s in crowd.stops]
    mood = {"turnout": float(crowd.persons), "tension": crowd.tension, "liaison": crowd.liaison}
    for number, stop in enumerate(crowd.stops[:1] if joined else crowd.stops):
        head: dict[str, Any] = {"id": f"{ident}-crowd", "name": f"{name}: {where}"}
        if number:
            head = {"id": f"{ident}-crowd-{'abcd'[number]}", "name": f"{name}, stop {number + 1}: {where}"}
            head |= {"arrival_spread": 0.0, "groups": 1}
        itinerary = stops if joined else stops[number : number + 1]
        yield {**head, **mood, "arrives": _clock(stop.due), "itinerary": itinerary}


def _triggers(province: Province, town: int) -> Iterator[dict[str, Any]]:
    """Every town hears its result, and every other one a rumour."""
    core = province.around(town * SITES_OF_TOWN)
    heard = [province.identify(k)[0] for k in core if province.site(k).id in ("kpu", "gedung")]
    name = f"Town {town + 1}, result announced"
    head: dict[str, Any] = {"id": f"t{town + 1}-result", "name": name, "kind": "announcement"}
    at = _clock(province.pick(f"result:{town}", 240.0, 330.0, 15.0))
    yield {**head, "at": at, "late": 15.0, "tension": 0.15, "sectors": heard}
    if town % 2 == 0:
        head = {"id": f"t{town + 1}-rumour", "name": f"Town {town + 1}, rumour of opened ballot boxes"}
        head |= {"at": _clock(province.pick(f"rumour:{town}", 90.0, 240.0, 15.0)), "late": 20.0}
        head["chance"] = round(province.pick(f"rumour chance:{town}", 0.2, 0.6, 0.05), 2)
        yield {**head, "sectors": [province.identify(k)[0] for k in core]}


def _clock(minutes: float) -> str:
    return (START + dt.timedelta(minutes=minutes)).strftime("%H:%M")


def to_toml(data: Mapping[str, Any]) -> str:
    """Write tables as TOML: those of the first level with headings, those inside them on one line."""
    tables = {key: value for key, value in data.items() if isinstance(value, Mapping)}
    lists = {key: value for key, value in data.items() if isinstance(value, list) and value}
    parts = [[f"{key} = {_value(value)}" for key, value in data.items() if key not in {**tables, **lists}]]
    for key, value in data.items():
        if key in tables or key in lists:
            heading = f"[{key}]" if key in tables else f"[[{key}]]"
            for table in [value] if key in tables else value:
                parts.append([heading, *(f"{_key(name)} = {_value(inner)}" for name, inner in table.items())])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _key(name: str) -> str:
    """Write a name as it is where TOML allows it, else in quotes."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    # texts, numbers, true and false are written as in JSON, but for the one character that only TOML forbids
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write files of towns into a folder: those named, or all that are shipped."""
    parser = argparse.ArgumentParser(prog="python -m optimiser.files.synthetic.town", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where to write, for example instances/families")
    parser.add_argument("names", nargs="*", metavar="name", help="for example town-300-loose-marches-1")
    chosen = parser.parse_args(arguments)
    towns = []
    for name in chosen.names:
        if (town := Town.of(name)) is None:
            parser.error(f"'{name}' is no town; they are called town-<sectors>-<tightness>-<interplay>-<seed>")
        towns.append(town)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for town in towns or stored():
        (chosen.folder / f"{town.name}.toml").write_text(town_text(town), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
