"""Instances that are infeasible on purpose: each names its own smallest clashing set, and nothing in it is idle."""

from __future__ import annotations

import itertools
import re
import tomllib

import pytest

from optimiser.common.errors import Infeasible
from optimiser.files.read import instances_folder, read, shipped
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.words.repair import list_repair_lines
from optimiser.planning.programs.allocation import conflict
from optimiser.planning.programs.feasibility import Limits, _clash, nearest
from optimiser.planning.programs.repair import repair as find_repair
from optimiser.planning.programs.requirements import require
from optimiser.planning.search.hand_rules import candidates

NAMES = [name.removeprefix("infeasible/") for name in shipped("infeasible")]
CODES = {  # of the smallest clashing set
    "cap-too-low": {"cap", "minimum", "officer", "reserve"},
    "too-few-seats": {"availability", "seats", "reserve"},
    "cover-out-of-reach": {"staging", "cover"},
    "one-officer": {"availability", "minimum", "officer"},
    "no-room-for-escort": {"staging", "escort", "pin"},
    "pin-against-limit": {"maximum", "pin"},
}


def set_(*path):
    """Make a change of a file: all but the last are keys, the last is the value."""

    def change(data):
        *keys, last, value = path
        for key in keys:
            data = data[key]
        data[last] = value

    return change


REPAIRS = {  # one for each member of the set, in the order of its names
    "cap-too-low": (
        set_("cap", 42),
        set_("sectors", 0, "minimum", {"line": 1}),
        set_("doctrine", "officer_per_sector", False),
        set_("doctrine", "reserve_least", 1),
    ),
    "too-few-seats": (
        set_("vehicles", 0, "count", 2),
        set_("posts", 0, "mobile", 0.8),
        set_("doctrine", "reserve_least", 1),
    ),
    "cover-out-of-reach": (set_("posts", 1, "staging_capacity", 20), set_("sectors", 1, "cover", 1)),
    "one-officer": (
        set_("teams", 1, "count", 2),
        set_("sectors", 0, "minimum", {}),
        set_("doctrine", "officer_per_sector", False),
        set_("sectors", 1, "minimum", {}),
        set_("doctrine", "officer_per_sector", False),
    ),
    "no-room-for-escort": (
        set_("sectors", 0, "staging_capacity", 32),
        set_("vehicles", 0, "escort", 16),
        set_("pins", []),
    ),
    "pin-against-limit": (set_("sectors", 0, "maximum", {"line": 3}), set_("pins", 0, "at_least", 2)),
}


def raw(name):
    return tomllib.loads((instances_folder() / "infeasible" / f"{name}.toml").read_text(encoding="utf-8"))


def test_each_is_known_here_and_in_the_index():
    assert sorted(CODES) == sorted(REPAIRS) == NAMES
    text = (instances_folder() / "README.md").read_text(encoding="utf-8")
    pattern = r"^\| \[`([\w-]+)`\]\(infeasible/([\w-]+)\.toml\) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$"
    rows = re.findall(pattern, text, re.MULTILINE)
    assert sorted(name for name, *_ in rows) == NAMES
    for name, file, words, repair in rows:
        assert file == name == read(f"infeasible/{name}").name
        assert words == "; ".join(conflict(read(f"infeasible/{name}")))
        found = find_repair(read(f"infeasible/{name}"))
        told = "; ".join(
            f"{line.resource}, {' '.join(line.where.split())}: {line.action}" for line in list_repair_lines(found)
        )
        assert repair == f"{told} ({found.points} points)"


@pytest.mark.parametrize("name", NAMES)
def test_dropping_any_member_makes_the_rest_possible(name):
    instance = read(f"infeasible/{name}")
    limits = Limits.of("highs", None, None)
    everything = require(instance)
    clashing = [r for r in everything if r.name in conflict(instance)]
    assert {r.code for r in clashing} == CODES[name]
    assert _clash(clashing, limits)
    for member in clashing:
        assert not _clash([r for r in everything if r is not member], limits), member.name


@pytest.mark.parametrize(("name", "number"), [(name, n) for name in NAMES for n in range(len(REPAIRS[name]))])
def test_mending_any_member_makes_it_feasible(name, number):
    assert len(REPAIRS[name]) == len(conflict(read(f"infeasible/{name}")))
    data = raw(name)
    REPAIRS[name][number](data)
    instance = Instance.model_validate(data, context=SHAPE_ONLY)
    assert conflict(instance) == ()
    assert check(instance, nearest(instance, {})).passed


def shares(count, places):
    """Every way to put at most so many units into so many places."""
    return [n for n in itertools.product(range(count + 1), repeat=places) if sum(n) <= count]


@pytest.mark.parametrize("name", NAMES)
def test_the_checker_refuses_whatever_is_tried(name):
    """Without any solver: every number of squads and vehicles, an officer or none in each sector."""
    instance = read(f"infeasible/{name}")
    places = [place.id for place in instance.places]
    sectors = [sector.id for sector in instance.sectors]
    squad, officer = instance.teams
    vehicles = [(v.id, shares(int(v.count), len(places))) for v in instance.vehicles] or [("", [()])]
    for squads in shares(int(squad.count), len(places)):
        for led in shares(min(1, int(officer.count)) * len(sectors), len(sectors)):
            for numbers in vehicles[0][1]:
                teams = {(p, squad.id): n for p, n in zip(places, squads, strict=True)}
                teams |= {(s, officer.id): n for s, n in zip(sectors, led, strict=True)}
                placed = {(p, vehicles[0][0]): n for p, n in zip(places, numbers, strict=False)}
                assert not check(instance, Deployment.build(instance, teams, placed)).passed


@pytest.mark.parametrize("name", NAMES)
def test_hand_rules_say_what_clashes(name):
    instance = read(f"infeasible/{name}")
    with pytest.raises(Infeasible) as caught:
        candidates(instance)
    assert caught.value.clashing == conflict(instance)
