"""The moving Markov family: crowds in different stages of the day, units that move between sectors, a known optimum.

``python benchmarks/markov_moving_family.py`` writes the files of `instances/markov-moving/`, one an instance;
`markov_moving_optimum.py` then works out their optima. The same seed gives the same bytes. Every number in them is
invented, by the draws of the Markov family without movements where it has the same thing.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

from markov_family import (
    ROLES,
    SCARCITY,
    Dice,
    make_crowd,
    make_doctrine,
    make_law,
    make_sector,
    make_team,
    write_toml,
)

FOLDER = Path(__file__).parents[1] / "instances" / "markov-moving"
VERSION = "1"  # of the generator: a change that moves a byte of an instance raises it
SIZES = {4: 8, 6: 8, 8: 8}  # number of instances, by sectors
# 4002, 4102, 6004 and 6006 had one movement each, and their optimum does not use it
OTHER_SEEDS = {"markov-moving-4-02": 4202, "markov-moving-6-04": 6104, "markov-moving-6-06": 6106}
DAY = "2024-01-01T08:00:00"
FIRST_HOUR = 8
MIXES = (("line", "talk"), ("line", "hard"), ("line", "talk", "care"))
CAP_SHARE = {"tight": 0.7, "medium": 0.85, "loose": 1.0}  # cap as a share of the heads that exist, invented
MOST = {
    2: {"line": (3, 5), "talk": (1, 2), "hard": (1, 2), "lead": (2, 2)},
    3: {"line": (2, 4), "talk": (1, 2), "care": (1, 1), "lead": (2, 2)},
}  # least and most of `maximum` of a sector in teams, by number of kinds
TEAMS_SHARE = 0.65  # teams as a share of those of the family without movements: one may serve two stages; invented
SIDE = 10  # tenths of a kilometre from the middle to the edge: on foot across in less than an hour
WAYS = ("after", "during", "late")  # units set out when people should be gone, while they are there, or too late


def names() -> list[str]:
    """List the instances of the family."""
    return [f"markov-moving-{sectors}-{n:02d}" for sectors, count in SIZES.items() for n in range(1, count + 1)]


def seed_of(name: str) -> int:
    """Give the published seed of an instance: 1000 times its sectors plus its number, but for `OTHER_SEEDS`."""
    size, number = (int(part) for part in name.split("-")[2:])
    return OTHER_SEEDS.get(name, 1000 * size + number)


def make(name: str) -> dict[str, Any]:
    """Make one instance of the family, as it stands in a file."""
    seed = seed_of(name)
    size, number = (int(part) for part in name.split("-")[2:])
    dice, scarcity, mix = Dice(seed, "moving:"), SCARCITY[(size + number) % 3], MIXES[(size // 2 + number) % len(MIXES)]
    led = number % 4 == 0
    kinds = (*mix, "lead") if led else mix
    hours, stages = dice.whole("hours", 6, 9), dice.whole("stages", 2, 3)
    windows = _stages(dice, hours, stages)
    ids = [f"s{s + 1:02d}" for s in range(size)]
    stage = {place: (s if s < stages else dice.of(place).whole("stage", 0, stages - 1)) for s, place in enumerate(ids)}
    crowds = [_crowd(dice, place, windows[stage[place]]) for place in ids]
    sectors = [_sector(dice, place, kinds, hours, crowd) for place, crowd in zip(ids, crowds, strict=True)]
    movements = _movements(dice, stage, windows)
    teams = [make_team(dice, kind, max(2, round(TEAMS_SHARE * size)), scarcity) for kind in kinds]
    law = make_law(dice, hours)
    return {
        "format": "optimiser-instance/1",
        "name": name,
        "title": f"Moving Markov family: {size} sectors, {stages} stages, {scarcity}, {len(movements)} movements",
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
        "movements": movements,
        "doctrine": make_doctrine(led),
        "objective": {
            "injury": 10.0,
            "process_minute": dice.pick("process_minute", (0.1, 0.2, 0.3)),
            "property": dice.pick("property", (0.5, 1.0)),
            "records": dice.pick("records", (1.0, 2.0, 5.0)),
            "source": "invented",
        },
        "law": law,
    }


def clock(minute: int) -> str:
    """Write a minute of the day as HH:MM."""
    return f"{FIRST_HOUR + minute // 60:02d}:{minute % 60:02d}"


def _stages(dice: Dice, hours: int, stages: int) -> list[tuple[int, int]]:
    """Divide the day: minutes at which a stage begins and ends; the last one ends with the day."""
    length = 60 * hours // stages // 10 * 10
    bounds = [0, *(length * k + dice.whole(f"stage:{k}", -20, 20, 10) for k in range(1, stages)), 60 * hours]
    return list(itertools.pairwise(bounds))


def _crowd(dice: Dice, place: str, window: tuple[int, int]) -> dict[str, Any]:
    """Make the crowd of a sector: there in one stage, at least for most of it; tensions are eighths."""
    draw, crowd = dice.of(f"moving:{place}"), make_crowd(dice, place, 1)
    comes = window[0] + draw.whole("comes", 0, 20, 5)
    leaves = window[1] - draw.whole("leaves", 10, 40, 5)
    crowd["arrives"], crowd["itinerary"] = clock(comes), [{"sector": place, "stay": float(leaves - comes)}]
    crowd["tension"] = draw.whole("eighths", 4, 7) / 8.0
    return crowd


def _sector(dice: Dice, place: str, kinds: tuple[str, ...], hours: int, crowd: dict[str, Any]) -> dict[str, Any]:
    """Make a sector: near the others, and no larger than its table may be."""
    draw, sector = dice.of(f"moving:{place}"), make_sector(dice, place, kinds, hours, crowd["comes_as"])
    most = MOST[len(set(kinds) - {"lead"})]
    return sector | {
        "x": draw.whole("x", -SIDE, SIDE) / 10.0,
        "y": draw.whole("y", -SIDE, SIDE) / 10.0,
        "maximum": {kind: draw.whole(f"most:{kind}", *most[kind]) for kind in kinds},
    }


def _movements(dice: Dice, stage: dict[str, int], windows: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Join sectors of an earlier stage to sectors of a later one, each once, as many as there are."""
    free, found = sorted(stage, key=lambda place: dice.of(place).share("order")), []
    for origin in sorted(stage, key=lambda place: (stage[place], place)):
        goals = [place for place in free if stage[place] > stage[origin]]
        if origin not in free or not goals or len(found) >= len(stage) // 2:
            continue
        goal, draw = goals[0], dice.of(f"moving:{origin}")
        free = [place for place in free if place not in (origin, goal)]
        ends, begins = windows[stage[origin]][1], windows[stage[goal]][0]
        minute = {
            "during": ends - draw.whole("during", 45, 75, 5) - 2,
            "after": ends - draw.whole("after", 0, 5, 5) - 2,
            "late": begins + draw.whole("late", 20, 50, 5) - 2,
        }[draw.pick("way", WAYS)]
        legs = [{"sector": origin, "until": clock(minute)}, {"sector": goal}]
        name = f"From sector {int(origin[1:])} to sector {int(goal[1:])}"
        found.append({"id": f"{origin}-{goal}", "name": name, "legs": legs, "source": "invented"})
    return found


def main() -> None:
    """Write the instances."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names():
        (FOLDER / f"{name}.toml").write_text(write_toml(make(name)), encoding="utf-8")
    print(f"{len(names())} instances in {FOLDER.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
