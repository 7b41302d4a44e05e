"""An invented province: sites around towns, posts, and the routes of crowds, all drawn from named streams.

Nothing here is a real place, and every number is invented unless it says otherwise. A draw is named by what it is for
and by the number of its site, so the first sites of a province are the same however many it has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from optimiser.common.random_streams import exponential, name_stream, uniform

SITES_OF_TOWN = 20  # sites of one town: 8 in its core, then 4 sub-districts of 3; invented
CORE = 8  # sites in the core of a town; invented
FIRST_TERMINAL = 1  # number of the site from which there always is a march; invented
PER_POST = 10  # sites for each post; invented
APART = 22.0  # km, distance of neighbouring towns divided by 1.7 or so (sunflower pattern); invented
GOLDEN = math.pi * (3.0 - math.sqrt(5.0))  # rad, golden angle, which spreads points evenly (Vogel 1979)
DETOUR = 1.3  # road km per straight km: the default of the format, assumed
MARCH = 4.0  # km/h: the default of the format, assumed
FEWEST, MOST = 50.0, 3000.0  # persons of a gathering in a core; invented
MOST_OUTSIDE = 800.0  # persons of a gathering in a sub-district; invented
CALM, TENSE = 0.1, 0.8  # tension of gatherings; invented
TENSER = 0.6  # exponent of a uniform number: below 1 makes more gatherings tense than calm; invented
LAST_ARRIVAL = 420.0  # min from the start: later stops are left out; invented
HAPPENS = "synthetic"  # the set of streams


class Site(NamedTuple):
    """A kind of site.

    Attributes
    ----------
    id, name : identifier and name within its town or sub-district.
    ring : 1 inner, 2 middle, 3 outer.
    starts : chance that a gathering comes together here.
    pull : how much a march is drawn here, against 1 for an ordinary site.
    marches : chance that a gathering that starts here marches on.
    most : most teams of each role of `synthetic.LIMITED` in this order.
    figures : people and values usually there (members of the public; shop fronts; units of records), before the draw.
    fields : further fields of the sector as they stand in a file.
    """

    id: str
    name: str
    ring: int
    starts: float
    pull: float
    marches: float
    most: tuple[int, ...]
    figures: Mapping[str, float]
    fields: Mapping[str, Any] = {}


def _process(name: str, start: str, end: str, **restart: float) -> dict[str, Any]:
    return {"critical": [{"name": name, "start": start, "end": end, **restart}]}


_HELD = {"minimum": {"negotiator": 1, "dalmas-awal": 1}}  # where the result is made somebody always stands
CORE_SITES = (
    Site(
        *("kpu", "election commission", 1, 0.4, 4.0, 0.4, (1, 2, 4, 3, 1, 1, 1)),
        {"public": 60, "property": 30, "records": 60},
        {**_HELD, "traffic_need": 4, **_process("Decision on the result", "13:00", "17:00", restart=60.0)},
    ),
    Site(
        *("terminal", "bus terminal", 3, 0.9, 0.5, 0.8, (1, 1, 4, 3, 1, 1, 1)),
        {"public": 300, "property": 20},
        {"traffic_need": 4},
    ),
    Site(*("dprd", "parliament", 2, 0.5, 2.0, 0.4, (1, 1, 3, 3, 1, 1, 1)), {"public": 60, "property": 30}),
    Site(*("pasar", "market", 2, 0.2, 1.0, 0.3, (1, 1, 2, 2, 1, 1, 1)), {"public": 600, "property": 120}),
    Site(
        *("bawaslu", "election supervision", 2, 0.5, 2.0, 0.4, (1, 1, 3, 2, 1, 1, 1)),
        {"public": 40, "property": 15, "records": 10},
    ),
    Site(
        *("gedung", "recap venue", 1, 0.5, 3.0, 0.4, (1, 2, 4, 3, 1, 1, 1)),
        {"public": 120, "property": 25, "records": 40},
        {**_HELD, **_process("Recapitulation of the district result", "10:00", "16:00", restart=45.0)},
    ),
    Site(*("mall", "shopping centre", 2, 0.2, 1.5, 0.3, (1, 1, 3, 2, 1, 1, 1)), {"public": 800, "property": 150}),
    Site(*("rsud", "hospital", 2, 0.05, 0.2, 0.0, (1, 1, 1, 0, 2, 1, 0)), {"public": 400, "property": 20}),
)
OUTER_SITES = (
    Site(
        *("venue", "recap venue", 2, 0.6, 2.0, 0.2, (1, 1, 2, 2, 1, 1, 0)),
        {"public": 40, "property": 10, "records": 15},
        _process("Recapitulation of the sub-district", "09:00", "15:00"),
    ),
    Site(*("pasar", "market", 3, 0.2, 1.0, 0.3, (1, 1, 2, 1, 1, 1, 0)), {"public": 200, "property": 40}),
    Site(
        *("gudang", "logistics store", 3, 0.3, 1.0, 0.2, (1, 1, 1, 1, 0, 1, 1)),
        {"public": 20, "property": 10, "records": 20},
    ),
)
OFFICIALS = {  # who may receive a delegation, by kind of site
    "kpu": "Member of the election commission",
    "dprd": "Member of the parliament",
    "bawaslu": "Member of the election supervision",
    "gedung": "Election commissioner at the recap",
    "venue": "Head of the sub-district committee",
}


class CrowdStop(NamedTuple):
    """One stop of a crowd: number of the site, minutes from the start when it is due there, minutes it stays."""

    site: int
    due: float
    stay: float


class Crowd(NamedTuple):
    """People who come together at a site and perhaps march on."""

    name: str
    persons: int
    tension: float
    liaison: bool
    stops: tuple[CrowdStop, ...]


class Province:
    """The first sites of the province that belongs to a seed.

    Parameters
    ----------
    sites : number of sites, at least 1.
    seed : names the province.
    """

    def __init__(self, sites: int, seed: int) -> None:
        self.sites, self.seed = sites, seed

    def draw(self, name: str) -> float:
        """Return the uniform number of that name, between 0 and 1."""
        return uniform(name_stream(self.seed, HAPPENS, name), 0)

    def wait(self, name: str) -> float:
        """Return the unit exponential of that name."""
        return exponential(name_stream(self.seed, HAPPENS, name), 0)

    def pick(self, name: str, least: float, most: float, step: float) -> float:
        """Return a uniform number of that name between two limits, rounded to a step."""
        return least + step * round(self.draw(name) * (most - least) / step)

    @property
    def towns(self) -> int:
        """Number of towns."""
        return math.ceil(self.sites / SITES_OF_TOWN)

    @property
    def posts(self) -> int:
        """Number of posts: one for ten sites, so at least one a town."""
        return math.ceil(self.sites / PER_POST)

    def site(self, k: int) -> Site:
        """Return the kind of a site."""
        place = k % SITES_OF_TOWN
        return CORE_SITES[place] if place < CORE else OUTER_SITES[(place - CORE) % len(OUTER_SITES)]

    def part(self, k: int) -> tuple[int, int]:
        """Return town and part of town of a site: 0 is the core, the others are sub-districts."""
        town, place = divmod(k, SITES_OF_TOWN)
        return town, 0 if place < CORE else 1 + (place - CORE) // len(OUTER_SITES)

    def identify(self, k: int) -> tuple[str, str]:
        """Return identifier and name of a site."""
        (town, part), site = self.part(k), self.site(k)
        if part == 0:
            return f"t{town + 1}-{site.id}", f"Town {town + 1}, {site.name}"
        return f"t{town + 1}-{site.id}-{part}", f"Town {town + 1}, sub-district {part}, {site.name}"

    @cached_property
    def positions(self) -> tuple[tuple[float, float], ...]:
        """Positions of the sites, x and y in km."""
        return tuple(self._position(k) for k in range(self.sites))

    def _position(self, k: int) -> tuple[float, float]:
        town, part = self.part(k)
        centre = self._centre(town)
        if part == 0:
            return self._near(centre, f"site:{k}", min(0.2 + self.wait(f"radius:{k}"), 3.0))
        centre = self._near(centre, f"sub-district:{town}:{part}", 6.0 + 12.0 * self.draw(f"out:{town}:{part}"))
        return self._near(centre, f"site:{k}", 0.1 + 0.6 * self.draw(f"radius:{k}"))

    def post_position(self, p: int) -> tuple[float, float]:
        """Return the position of a post, x and y in km: in the core of a town."""
        centre = self._centre(p * PER_POST // SITES_OF_TOWN)
        return self._near(centre, f"post:{p}", 0.4 + 1.2 * self.draw(f"post radius:{p}"))

    @property
    def outside(self) -> tuple[float, float]:
        """Return the position from which help comes, x and y in km."""
        return self._near(self._centre(0), "help", 25.0)

    def _centre(self, town: int) -> tuple[float, float]:
        """Place towns like the seeds of a sunflower (Vogel 1979), so that further ones never come between."""
        radius, angle = APART * math.sqrt(town), GOLDEN * town + 2.0 * math.pi * self.draw("north")
        return radius * math.cos(angle), radius * math.sin(angle)

    def _near(self, centre: tuple[float, float], name: str, radius: float) -> tuple[float, float]:
        angle = 2.0 * math.pi * self.draw(f"angle of {name}")
        return round(centre[0] + radius * math.cos(angle), 2), round(centre[1] + radius * math.sin(angle), 2)

    @cached_property
    def crowds(self) -> tuple[Crowd, ...]:
        """Every gathering, by the site where it starts; from the first terminal there always is a march.

        Starts are a systematic sample (Madow 1949), so that a small province has its share of crowds too.
        """
        so_far, starts = self.draw("starts"), []
        for k in range(self.sites):
            before, so_far = math.floor(so_far), so_far + self.site(k).starts
            if k == FIRST_TERMINAL or math.floor(so_far) > before:
                starts.append(k)
        return tuple(self._crowd(k, number) for number, k in enumerate(starts))

    def _crowd(self, k: int, number: int) -> Crowd:
        """Draw a crowd; the logarithm of its size is uniform, so there are many small ones and a few very large ones.

        Sizes and tensions follow each other evenly (Kronecker sequences), and the first crowd is large and tense, so
        that a small province is no quiet one.
        """
        most = MOST if self.part(k)[1] == 0 else MOST_OUTSIDE
        level = (0.75 + 0.2 * self.draw("persons") + number * (math.sqrt(5.0) - 1.0) / 2.0) % 1.0
        mood = (0.6 + 0.3 * self.draw("tension") + number * math.sqrt(2.0)) % 1.0
        persons = FEWEST * (most / FEWEST) ** level
        tension = round(CALM + (TENSE - CALM) * mood**TENSER, 2)
        name = "Joint prayer" if tension < 0.25 else "Rally" if tension < 0.55 else "Protest against the count"
        liaison = self.draw(f"liaison:{k}") < 0.8 - 0.6 * tension
        return Crowd(name, 10 * round(persons / 10.0), tension, liaison, self._stops(k))

    def _stops(self, k: int) -> tuple[CrowdStop, ...]:
        """Draw the way of a crowd through the part of town where it starts: 1 to 4 stops."""
        stops = [CrowdStop(k, self.pick(f"arrives:{k}", 15.0, 180.0, 5.0), self.pick(f"stay:{k}:0", 30.0, 120.0, 15.0))]
        marches = k == FIRST_TERMINAL or self.draw(f"marches:{k}") < self.site(k).marches
        further = 1 + (self.draw(f"third:{k}") < 0.5) + (self.draw(f"fourth:{k}") < 0.5) if marches else 0
        for number, there in enumerate(self._drawn_to(k)[:further], 1):
            here = stops[-1]
            due = math.ceil(here.due + here.stay + self.km(here.site, there) / MARCH * 60.0)
            if due > LAST_ARRIVAL:
                break
            stops.append(CrowdStop(there, due, self.pick(f"stay:{k}:{number}", 30.0, 90.0, 15.0)))
        return tuple(stops)

    def _drawn_to(self, k: int) -> list[int]:
        """Sort the other sites of the same part by weight and chance (Efraimidis, Spirakis 2006), nearer ones first."""
        others = [o for o in self.around(k) if o != k]
        return sorted(others, key=lambda o: self.wait(f"goes:{k}:{o}") * (1.0 + self.km(k, o)) / self.site(o).pull)

    def around(self, k: int) -> range:
        """List the sites of the same part of town, the site itself among them."""
        place = k % SITES_OF_TOWN
        first, size = (k - place, CORE) if place < CORE else (k - (place - CORE) % len(OUTER_SITES), len(OUTER_SITES))
        return range(first, min(first + size, self.sites))

    def km(self, a: int, b: int) -> float:
        """Measure road kilometres between two sites."""
        (xa, ya), (xb, yb) = self.positions[a], self.positions[b]
        return math.hypot(xa - xb, ya - yb) * DETOUR
