"""The Markov family: instances with a known optimum, made from published seeds.

``python benchmarks/markov_family.py`` writes the files of `instances/markov/`, one an instance; `markov_optimum.py`
then works out their optima. The same seed gives the same bytes. Every number in them is invented: ranges are chosen so
that the choice is hard, with constants of the law inside their plausible ranges.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from optimiser.common.random_streams import name_stream, uniform
from optimiser.model.laws.constants import CONSTANTS

FOLDER = Path(__file__).parents[1] / "instances" / "markov"
VERSION = "3"  # of the generator: a change that moves a byte of an instance raises it
SIZES = {4: 8, 6: 8, 8: 8, 12: 8, 20: 8}  # number of instances, by sectors
# 6005 and 20001 were no contest; 6008 and 20006 have two best deployments, where some sector is calm for certain
OTHER_SEEDS = {
    "markov-6-05": 6105,
    "markov-6-08": 6108,
    "markov-20-01": 20101,
    "markov-20-06": 20106,
}
START = "08:00"
DAY = "2024-01-01T08:00:00"
MIXES = (
    ("line", "talk"),
    ("line", "hard"),
    ("line", "talk", "care"),
    ("line", "talk", "hard"),
    ("line", "talk", "care", "hard"),
)
SCARCITY = ("tight", "medium", "loose")
CAP_SHARE = {"tight": 0.55, "medium": 0.8, "loose": 1.0}  # cap as a share of the heads that exist, invented
SQUADS = {"tight": 0.9, "medium": 1.6, "loose": 3.4}  # line squads a sector, invented
OTHERS = {"talk": 0.8, "care": 0.5, "hard": 0.6, "lead": 0.9}  # teams of other kinds a sector, invented
TEAMS = {
    "line": ("Squad", 10),
    "talk": ("Negotiator team", 3),
    "care": ("Medical team", 2),
    "hard": ("Shield squad", 10),
    "lead": ("Officer", 1),
}  # name and heads
MOST = {
    2: {"line": (4, 8), "talk": (2, 3), "hard": (1, 3), "lead": (1, 1)},
    3: {"line": (3, 6), "talk": (1, 3), "care": (1, 2), "hard": (1, 3), "lead": (1, 1)},
    4: {"line": (3, 4), "talk": (1, 2), "care": (1, 2), "hard": (1, 2), "lead": (1, 1)},
}  # least and most of `maximum` of a sector in teams, by number of kinds: so a place has at most 150 configurations
CROWDS = {"green": (100, 1500), "yellow": (80, 700), "red": (40, 300)}  # persons, by the phase they come in, invented
DRAWN = ("worsen_green", "worsen_yellow", "fail", "calm", "disperse_yellow", "disperse_red", "risk_aversion")
ENDING = ("property_rate", "records_rate")
ROLES: dict[str, dict[str, Any]] = {
    "line": {
        "name": "Line without shields",
        "phases": ["green", "yellow", "red"],
        "containment": {"green": 1.0, "yellow": 0.8, "red": 0.5},
        "visibility": 0.4,
    },
    "talk": {"name": "Negotiators", "phases": ["green", "yellow"], "dialogue": 1.0},
    "care": {"name": "Medics", "phases": ["green", "yellow", "red"], "medical": 1.5},
    "hard": {
        "name": "Line with shields",
        "phases": ["yellow", "red"],
        "containment": {"yellow": 1.2, "red": 1.5},
        "visibility": 1.0,
        "arrest": 0.2,
    },
    "lead": {"name": "Officer in charge", "phases": ["green", "yellow", "red"], "dialogue": 0.3, "officer": True},
}
Option = TypeVar("Option")


class Dice:
    """Named draws of one instance: each depends on seed and name alone, so that adding one disturbs no other."""

    def __init__(self, seed: int, prefix: str = "") -> None:
        self.seed, self.prefix = seed, prefix

    def of(self, part: str) -> Dice:
        """Draws of one part of the instance."""
        return Dice(self.seed, f"{part}:")

    def share(self, name: str) -> float:
        """Draw between 0 and 1."""
        return uniform(name_stream(self.seed, "markov-family", self.prefix + name), 0)

    def chance(self, name: str, chance: float) -> bool:
        """Draw yes or no."""
        return self.share(name) < chance

    def pick(self, name: str, options: Sequence[Option]) -> Option:
        """Draw one of several, all as likely."""
        return options[int(self.share(name) * len(options))]

    def whole(self, name: str, low: int, high: int, step: int = 1) -> int:
        """Draw a number from low to high in steps, all as likely."""
        return low + step * int(self.share(name) * ((high - low) // step + 1))


def names() -> list[str]:
    """List the instances of the family."""
    return [f"markov-{sectors}-{n:02d}" for sectors, count in SIZES.items() for n in range(1, count + 1)]


def seed_of(name: str) -> int:
    """Give the published seed of an instance: 1000 times its sectors plus its number, but for `OTHER_SEEDS`."""
    size, number = (int(part) for part in name.split("-")[1:])
    return OTHER_SEEDS.get(name, 1000 * size + number)


def make(name: str) -> dict[str, Any]:
    """Make one instance of the family, as it stands in a file."""
    seed = seed_of(name)
    size, number = (int(part) for part in name.split("-")[1:])
    dice, scarcity, mix = Dice(seed), SCARCITY[(size + number) % 3], MIXES[(size + number) % len(MIXES)]
    led = dice.share("officers") < 0.5
    kinds = (*mix, "lead") if led else mix
    hours = dice.whole("hours", 3, 8)
    ids = [f"s{s + 1:02d}" for s in range(size)]
    teams = [make_team(dice, kind, size, scarcity) for kind in kinds]
    crowds = [make_crowd(dice, place, hours) for place in ids]
    sectors = [make_sector(dice, c["itinerary"][0]["sector"], kinds, hours, c["comes_as"]) for c in crowds]
    return {
        "format": "optimiser-instance/1",
        "name": name,
        "title": f"Markov family: {size} sectors, {scarcity}, {len(mix)} kinds of team{' and officers' if led else ''}",
        "about": f"A test piece with a known optimum, see README.md. Generator version {VERSION}, seed {seed}.",
        "cap": round(sum(t["size"] * t["count"] for t in teams) * CAP_SHARE[scarcity]),
        "source": "invented",
        "period": {"start": DAY, "hours": float(hours), "overtime": 0.0},
        "sectors": sectors,
        "posts": [{"id": "base", "name": "Base", "x": 0.0, "y": 0.0, "staging_capacity": 0, "source": "invented"}],
        "roles": [{"id": kind, **ROLES[kind], "source": "invented"} for kind in kinds],
        "teams": teams,
        "travel": {"kind": "coordinates", "noise": 0.0, "source": "invented"},
        "gatherings": crowds,
        "doctrine": make_doctrine(led),
        "objective": {
            "injury": 10.0,
            "process_minute": dice.pick("process_minute", (0.1, 0.2, 0.3)),
            "property": dice.pick("property", (0.5, 1.0)),
            "records": dice.pick("records", (1.0, 2.0, 5.0)),
            "source": "invented",
        },
        "law": make_law(dice, hours),
    }


def make_doctrine(led: bool) -> dict[str, Any]:
    """Nothing that takes a fixed time."""
    free = {"lapis": 0.0, "lintas": 0.0, "relief_every": 0.0, "refusal": 0.0, "ask_again": 240.0}
    return {**free, "officer_per_sector": led, "source": "invented"}


def make_team(dice: Dice, kind: str, sectors: int, scarcity: str) -> dict[str, Any]:
    """Make the teams of a kind, as many as so many sectors usually have."""
    name, size = TEAMS[kind]
    usual = sectors * (SQUADS[scarcity] if kind == "line" else OTHERS[kind])
    return {
        "id": f"{kind}-team",
        "name": name,
        "role": kind,
        "size": size,
        "count": max(1, round(usual * (0.8 + 0.4 * dice.share(f"count:{kind}")))),
        "home": "base",
        "fitness": dice.pick(f"fitness:{kind}", (1.0, 1.0, 0.9, 0.8)),
        "source": "invented",
    }


def make_sector(dice: Dice, place: str, kinds: Sequence[str], hours: int, comes_as: str) -> dict[str, Any]:
    """Make a sector; what is to be protected there, who fits, whether somebody receives the delegation at once."""
    draw = dice.of(place)
    sector: dict[str, Any] = {
        "id": place,
        "name": f"Sector {int(place[1:])}",
        "ring": draw.whole("ring", 1, 3),
        "x": draw.whole("x", -30, 30) / 10.0,
        "y": draw.whole("y", -30, 30) / 10.0,
        "public": draw.whole("public", 0, 300, 20),
        "property": float(draw.whole("property", 0, 60, 5)),
        "records": float(draw.whole("records", 0, 40, 5)) if draw.chance("kept", 0.5) else 0.0,
        "staging_capacity": draw.whole("capacity", 45, 85, 5),
        "maximum": {kind: draw.whole(f"most:{kind}", *MOST[len(set(kinds) - {"lead"})][kind]) for kind in kinds},
        "source": "invented",
    }
    if place == "s01" and draw.chance("minimum", 0.5):
        sector["minimum"] = {kinds[1]: 1}
    if draw.chance("process", 0.5):
        end, restart = f"{8 + hours:02d}:00", draw.pick("restart", (0.0, 60.0 * hours))  # at once, or not on that day
        sector["critical"] = [{"name": "Process", "start": START, "end": end, "restart": restart}]
    if comes_as != "red" and draw.chance("official", 0.15):
        sector["official"] = {"name": "Official on site", "promised": 0.0}
    if draw.chance("exit", 0.1):
        sector["exit_open"] = False
    return sector


def make_crowd(dice: Dice, place: str, hours: int) -> dict[str, Any]:
    """Make the crowd of a sector, there from the first minute to the last."""
    draw = dice.of(place)
    comes_as = draw.pick("comes", ("green",) * 7 + ("yellow",) * 2 + ("red",))
    return {
        "id": f"crowd-{place}",
        "name": f"Crowd of sector {int(place[1:])}",
        "turnout": float(draw.whole("turnout", *CROWDS[comes_as], 10)),
        "turnout_spread": 0.0,
        "arrives": START,
        "arrival_spread": 0.0,
        "late": 0.0,
        "groups": 1,
        "itinerary": [{"sector": place, "stay": 60.0 * hours}],
        "regroup": 0.0,
        "tension": draw.whole("tension", 8, 15) / 16.0,
        "tension_spread": 0.0,
        "militant": {
            "green": draw.whole("militant-green", 3, 15) / 100.0,
            "yellow": draw.whole("militant-yellow", 12, 30) / 100.0,
            "red": draw.whole("militant-red", 25, 45) / 100.0,
        },
        "liaison": draw.chance("liaison", 0.3),
        "comes_as": comes_as,
        "source": "invented",
    }


def make_law(dice: Dice, hours: int) -> dict[str, float]:
    """Draw some constants from their plausible ranges, to two digits; tension moves in eighths, or stands still.

    Of property and records no more than all there is can be lost in the period, so that what is lost adds up.
    """
    known = {c.name: c for c in CONSTANTS}
    law = {n: round(known[n].low + (known[n].high - known[n].low) * dice.share(f"law:{n}"), 2) for n in DRAWN}
    still = {"cool": 0.0, "provoke": 0.0} if dice.chance("tension stands still", 0.25) else {}
    ending = {name: min(known[name].default, math.floor(100.0 / hours) / 100.0) for name in ENDING}
    return {**law, **ending, **still, "tension_step": 0.125, "spill": 0.0}


# ---------------------------------------------------------------- writing


def write_toml(data: dict[str, Any]) -> str:
    """Write an instance as TOML: plain values, then a table or list of tables for each part."""
    lines = [f"{key} = {_value(value)}" for key, value in data.items() if not isinstance(value, dict | list)]
    for key, value in data.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *_fields(value)]
        elif isinstance(value, list):
            for item in value:
                lines += ["", f"[[{key}]]", *_fields(item)]
    return "\n".join(lines) + "\n"


def _fields(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{key} = {value}" if key == "start" else f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def main() -> None:
    """Write the instances."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names():
        (FOLDER / f"{name}.toml").write_text(write_toml(make(name)), encoding="utf-8")
    print(f"{len(names())} instances in {FOLDER.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
