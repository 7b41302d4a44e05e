"""An invented province or nation: districts that share pools of reinforcements, made from a seed.

Real are the numbers of districts and cities by province, and nothing else: no district here is a real one. A district
is a synthetic town (`synthetic.town`) that has put part of its units into pools: squads of Dalmas awal into one
that it shares with its neighbours, negotiators into one of its province; Brimob platoons are shared by a province, and
in a nation some by all. The twins of a name are the same sites, the same people in the same places, the same pools.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from optimiser.common.random_streams import name_stream, uniform
from optimiser.files.synthetic.sites import DETOUR, GOLDEN
from optimiser.files.synthetic.town import INVENTED, LAST_SEED, Interplay, Town, to_toml, town_values

Extent = Literal["province", "nation"]


class Counted(NamedTuple):
    """A province: identifier, name, districts (kabupaten) and cities (kota) that elected who governs them."""

    id: str
    name: str
    districts: int
    cities: int


# Kabupaten and kota by province since 2022, without Jakarta, whose six are not elected. They add up to the 415 and 93
# that the election commission named for 27 November 2024, a sum that tests hold.
PROVINCES = tuple(
    Counted(name.lower().replace(" ", "-"), name, districts, cities)
    for name, districts, cities in (
        ("Aceh", 18, 5),
        ("Sumatera Utara", 25, 8),
        ("Sumatera Barat", 12, 7),
        ("Riau", 10, 2),
        ("Jambi", 9, 2),
        ("Sumatera Selatan", 13, 4),
        ("Bengkulu", 9, 1),
        ("Lampung", 13, 2),
        ("Bangka Belitung", 6, 1),
        ("Kepulauan Riau", 5, 2),
        ("Jawa Barat", 18, 9),
        ("Jawa Tengah", 29, 6),
        ("Yogyakarta", 4, 1),
        ("Jawa Timur", 29, 9),
        ("Banten", 4, 4),
        ("Bali", 8, 1),
        ("Nusa Tenggara Barat", 8, 2),
        ("Nusa Tenggara Timur", 21, 1),
        ("Kalimantan Barat", 12, 2),
        ("Kalimantan Tengah", 13, 1),
        ("Kalimantan Selatan", 11, 2),
        ("Kalimantan Timur", 7, 3),
        ("Kalimantan Utara", 4, 1),
        ("Sulawesi Utara", 11, 4),
        ("Sulawesi Tengah", 12, 1),
        ("Sulawesi Selatan", 21, 3),
        ("Sulawesi Tenggara", 15, 2),
        ("Gorontalo", 5, 1),
        ("Sulawesi Barat", 6, 0),
        ("Maluku", 9, 2),
        ("Maluku Utara", 8, 2),
        ("Papua", 8, 1),
        ("Papua Barat", 7, 0),
        ("Papua Selatan", 4, 0),
        ("Papua Tengah", 8, 0),
        ("Papua Pegunungan", 8, 0),
        ("Papua Barat Daya", 5, 1),
    )
)
ONE = "sumatera-selatan"  # the province of 17 that stands for itself: the one of `oku-250`
SIZES = {"kab": (11, 20), "kota": (8, 11)}  # sectors, in steps of a sub-district's three; invented
STEP = 3  # sectors of a sub-district
APART = 25.0  # km, distance of neighbouring districts divided by 1.7 or so (sunflower pattern); invented
RAYON = 4  # districts that are each other's neighbours and share squads, at most; invented
BUSY = 1.0 / 3.0  # share of a district's teams, officers aside, that stay on routine work: OKU, see docs/nation.md
SHARED = {"dalmas-awal-regu": 0.4, "negotiator-tim": 0.4}  # share of a district's teams that go into pools; invented
KEPT = 2  # teams of each kind that stay at least: two sectors ask for one of each
BRIMOB, BRIMOB_OF_ALL = 4, 25  # districts for each platoon of a province, and of the national reserve; invented
HEAD_START = 90.0  # min by which borrowed teams set out before the operation begins; invented
KMH = 40.0  # speed of columns between districts; invented
FAR = (120.0, 300.0, 15.0)  # min until the national reserve is there: least, most, step; invented
HARD = 3  # squads of Dalmas lanjut that a sector takes which also takes a platoon of Brimob; invented
TEAMS = {  # of pools: role and heads
    "samapta": ("dalmas-awal", 10),
    "negosiator": ("negotiator", 3),
    "brimob": ("phh", 30),
}


@dataclass(frozen=True)
class Archipelago:
    """What makes a synthetic province or nation.

    Attributes
    ----------
    extent : ``province``, 17 districts and cities, or ``nation``, 508.
    separate : the twin in which sectors of a district do not influence each other.
    seed : 0 to 999,999,999.
    """

    extent: Extent
    separate: bool
    seed: int

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LAST_SEED:
            raise ValueError(f"a seed is 0 to {LAST_SEED:,}")

    @property
    def name(self) -> str:
        """Name of the nation, which says all of it."""
        return f"{self.extent}-{'separate' if self.separate else 'joined'}-{self.seed}"

    @property
    def interplay(self) -> Interplay:
        """Interplay of the towns that districts are made of."""
        return "none" if self.separate else "marches"

    @property
    def provinces(self) -> tuple[Counted, ...]:
        """Provinces that belong to it."""
        return tuple(p for p in PROVINCES if self.extent == "nation" or p.id == ONE)

    def draw(self, name: str) -> float:
        """Return the uniform number of that name, between 0 and 1; twins have the same."""
        return uniform(name_stream(self.seed, "archipelago", name), 0)


class Placed(NamedTuple):
    """A district with where it lies in its province, x and y in km from its middle."""

    id: str
    name: str
    sort: str
    x: float
    y: float


def make_files(realm: Archipelago) -> Iterator[tuple[str, str]]:
    """Return the files of a province or nation one after another: name with folder, and text in TOML.

    The file of the nation comes last, so that where it is everything is.
    """
    pools: list[dict[str, Any]] = []
    listed: list[dict[str, str]] = []
    for province in realm.provinces:
        shared: dict[str, dict[str, int]] = {}
        placed = place_districts(realm, province)
        for district in placed:
            data, shared[district.id] = describe_district(realm, district)
            listed.append({"id": district.id, "name": district.name, "province": province.name})
            yield f"districts/{district.id}.toml", to_toml(data)
        pools += _pools(province, placed, shared)
    if realm.extent == "nation":
        pools.append(_national(realm, [district["id"] for district in listed]))
    whole = {"province": "Synthetic province", "nation": "Synthetic nation"}[realm.extent]
    twin = ", sectors of a district apart" if realm.separate else ""
    data = {"format": "optimiser-nation/1", "name": realm.name}
    data["title"] = f"{whole}: {len(listed)} districts and cities{twin}"
    # these texts are part of stored instances, whose bytes they keep
    data["about"] = (
        f"Made by optimiser.archipelago from seed {realm.seed}. The numbers of districts and cities by province are "
        "those that voted on 27 November 2024; everything else is invented, and no district here is a real one."
    )
    yield "nation.toml", to_toml(data | {"source": INVENTED, "districts": listed, "pools": pools})


def place_districts(realm: Archipelago, province: Counted) -> list[Placed]:
    """Spread the districts of a province like the seeds of a sunflower (Vogel 1979), cities first."""
    sorts = ["kota"] * province.cities + ["kab"] * province.districts
    north, placed, number = 2.0 * math.pi * realm.draw(f"{province.id}:north"), [], dict.fromkeys(SIZES, 0)
    for k, sort in enumerate(sorts):
        number[sort] += 1
        radius, angle = APART * math.sqrt(k), north + GOLDEN * k
        word = "city" if sort == "kota" else "district"
        ident, name = f"{province.id}-{sort}-{number[sort]:02}", f"{province.name}, {word} {number[sort]}"
        placed.append(Placed(ident, name, sort, radius * math.cos(angle), radius * math.sin(angle)))
    return placed


def describe_district(realm: Archipelago, district: Placed) -> tuple[dict[str, Any], dict[str, int]]:
    """Return a district as its file has it, and how many teams of each kind it has put into pools."""
    least, most = SIZES[district.sort]
    sectors = least + STEP * round(realm.draw(f"{district.id}:sectors") * (most - least) / STEP)
    seed = int(realm.draw(f"{district.id}:seed") * LAST_SEED)
    data = town_values(Town(sectors, "tight", realm.interplay, seed))
    data.pop("reinforcements", None)  # Brimob comes from pools
    data["name"], data["title"] = district.id, f"Synthetic district: {district.name}"
    data["about"] = f"Made by optimiser.archipelago from seed {realm.seed}. No such place exists."
    shared = {}
    for team in data["teams"]:
        if team["role"] in ("padal", "phh"):
            continue
        there = max(min(KEPT, team["count"]), round((1.0 - BUSY) * team["count"]))
        shared[team["id"]] = max(0, min(there - KEPT, int(SHARED.get(team["id"], 0.0) * there)))
        data["cap"] -= (team["count"] - there + shared[team["id"]]) * team["size"]
        team["count"] = there - shared[team["id"]]
    data["teams"] = [team for team in data["teams"] if team["count"]]
    for sector in data["sectors"]:
        sector["maximum"] = {**sector["maximum"], "phh": int(sector["maximum"]["dalmas-lanjut"] >= HARD)}
    return data, shared


def _pools(province: Counted, placed: list[Placed], shared: dict[str, dict[str, int]]) -> Iterator[dict[str, Any]]:
    """Return the pools of a province: squads by neighbourhood, negotiators and Brimob for all of it."""
    for number, members in enumerate(neighbourhoods(placed), 1):
        count = sum(shared[d.id]["dalmas-awal-regu"] for d in members)
        name = f"Samapta of neighbours, {province.name} {number}"
        yield _pool("samapta", f"{province.id}-{number}", name, count, _ways(members))
    count = sum(here["negotiator-tim"] for here in shared.values())
    yield _pool("negosiator", province.id, f"Negotiators, {province.name}", count, _ways(placed))
    count = max(1, math.ceil(len(placed) / BRIMOB))
    yield _pool("brimob", province.id, f"Brimob, {province.name}", count, _ways(placed))


def _national(realm: Archipelago, districts: list[str]) -> dict[str, Any]:
    least, most, step = FAR
    after = {d: least + step * round(realm.draw(f"{d}:far") * (most - least) / step) for d in districts}
    return _pool("brimob", "nasional", "Brimob, national reserve", math.ceil(len(districts) / BRIMOB_OF_ALL), after)


def _pool(sort: str, where: str, name: str, count: int, serves: dict[str, float]) -> dict[str, Any]:
    role, size = TEAMS[sort]
    head = {"id": f"{sort}-{where}", "name": name, "role": role, "size": size, "count": count}
    return {**head, "source": INVENTED, "serves": serves}


def neighbourhoods(placed: list[Placed]) -> list[list[Placed]]:
    """Divide districts into groups of nearly equal size that lie in the same direction from the province's middle."""
    around = sorted(placed, key=lambda d: math.atan2(d.y, d.x))
    groups = math.ceil(len(around) / RAYON)
    return [around[len(around) * g // groups : len(around) * (g + 1) // groups] for g in range(groups)]


def _ways(members: list[Placed]) -> dict[str, float]:
    """Return the minutes until teams from the middle of some districts are at each, a head start taken off."""
    x, y = (math.fsum(axis) / len(members) for axis in ([d.x for d in members], [d.y for d in members]))
    minutes = (math.hypot(d.x - x, d.y - y) * DETOUR / KMH * 60.0 - HEAD_START for d in members)
    return {d.id: 5.0 * max(0, math.ceil(m / 5.0)) for d, m in zip(members, minutes, strict=True)}
