"""Synthetic towns: the same name is the same file, twins share what they should, and all of them can be planned."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from support.scripts import load
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.common.errors import FileTrouble
from optimiser.files.read import find_town, instances_folder, parse, read, schema, shipped
from optimiser.files.synthetic.sites import CORE, CORE_SITES, FEWEST, FIRST_TERMINAL, MOST, SITES_OF_TOWN, Province
from optimiser.files.synthetic.town import (
    HEADS,
    LARGEST,
    Interplay,
    Tightness,
    Town,
    generate,
    main,
    stored,
    town_text,
    town_values,
)
from optimiser.model.checker import check
from optimiser.model.instance import Gathering, Instance, Post, Role, Sector, Team, Trigger, VehicleType
from optimiser.model.laws.escalation_law import GREEN, RED, YELLOW
from optimiser.model.parts.doctrine import Doctrine
from optimiser.planning.evaluation import evaluate
from optimiser.planning.programs.configurations import place_configurations
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.search.hand_rules import candidates, proportional
from optimiser.planning.search.response_tables import interplay
from optimiser.planning.search.separable import PARAMS
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

ROOT = Path(__file__).parents[3]
FOLDER = instances_folder() / "families"
STORED = stored()
SIZES = sorted({(town.sectors, town.seed) for town in STORED})
TWINS = [(n, t, seed) for n, seed in [*SIZES, (300, 1)] for t in get_args(Tightness)]
REASONS = {
    "none": (),
    "reserves": ("sectors share callable reserve",),
    "marches": (
        "sectors share callable reserve",
        "sectors share reinforcements from outside",
        "gatherings march from sector to sector",
        "people of a red sector spill over to another",
    ),
}


def named(town):
    return town.name


def small_ones(towns):
    """Mark all but the small towns as long."""
    marks = {True: (), False: pytest.mark.long}
    return [pytest.param(t, marks=marks[t.sectors <= 12 and t.seed == 1], id=named(t)) for t in towns]


def without(table, *fields):
    return {key: value for key, value in table.items() if key not in fields}


# ---------------------------------------------------------------- names and files


def test_exactly_the_stored_towns_are_shipped():
    assert shipped("families") == sorted(f"families/{town.name}" for town in STORED)
    assert {town.sectors for town in STORED} == {5, 12, 30, 100}


@pytest.mark.parametrize("town", STORED, ids=named)
def test_file_is_what_the_generator_writes(town):
    text = town_text(town)
    assert (FOLDER / f"{town.name}.toml").read_bytes() == text.encode(), (
        "run: python -m optimiser.files.synthetic.town instances/families"
    )
    assert parse(tomllib.loads(text)) == parse(town_values(town)) == read(f"families/{town.name}")
    assert read(f"families/{town.name}").name == town.name


def test_another_process_writes_the_same(tmp_path):
    names = ["town-12-loose-marches-2", "town-23-tight-reserves-9"]
    command = [sys.executable, "-W", "error", "-m", "optimiser.files.synthetic.town", str(tmp_path), *names]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "77"}, check=True)
    assert sorted(file.stem for file in tmp_path.iterdir()) == names
    for name in names:
        assert (tmp_path / f"{name}.toml").read_bytes() == town_text(Town.of(name)).encode()


def test_without_names_all_that_are_shipped_are_written(tmp_path):
    main([str(tmp_path)])
    assert sorted(f"families/{file.stem}" for file in tmp_path.iterdir()) == shipped("families")


def test_a_wrong_name_is_wrong_use(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main([str(tmp_path), "town-5-tight-none-1", "village-5"])
    assert caught.value.code == 2
    assert "'village-5' is no town" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("town", [*STORED, Town(2000, "loose", "reserves", 0)], ids=named)
def test_a_name_says_all_of_it(town):
    assert Town.of(town.name) == town
    assert generate(town.sectors, town.tightness, town.interplay, town.seed).name == town.name


@pytest.mark.parametrize(
    "name",
    [
        *("town-1-tight-none-1", "town-2001-tight-none-1", "town-0-tight-none-1", "town-05-tight-none-1"),
        *("town-5-tight-none", "town-5-tight-none--1", "town-5-tight-none-01", "town-5-Tight-none-1", "tiny-2"),
        *("town-5-tight-some-1", "town-5-tight-none-1.json", "town-5-tight-none-1\n", "xtown-5-tight-none-1"),
    ],
)
def test_what_is_no_name_of_a_town(name):
    assert Town.of(name) is None
    with pytest.raises(FileTrouble):
        read(f"families/{name}" if name != "town-5-tight-none-1.json" else name)


@pytest.mark.parametrize(
    "wrong",
    [
        (1, "tight", "none", 1),
        (2001, "tight", "none", 1),
        (5, "slack", "none", 1),
        (5, "tight", "all", 1),
        (5, "tight", "none", -1),
    ],
)
def test_there_is_no_such_town(wrong):
    with pytest.raises(ValueError, match="a town"):
        generate(*wrong)


@pytest.mark.parametrize("path", ["families/{}", "families/{}.toml", "instances/families/{}", "{}", "{}.toml"])
def test_a_town_is_made_where_there_is_no_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("town-7-tight-marches-3", "town-12-tight-none-1"):
        town = Town.of(name)
        assert find_town(path.format(name)) == town
        assert read(path.format(name)) == generate(town.sectors, town.tightness, town.interplay, town.seed)


@pytest.mark.parametrize(
    "path", ["elsewhere/town-7-tight-none-1", "../town-7-tight-none-1", "infeasible/town-7-tight-none-1"]
)
def test_no_town_is_made_elsewhere(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_town(path) is None
    with pytest.raises(FileTrouble, match="more in families/, infeasible/"):
        read(path)


def test_a_file_goes_before_a_town_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "families").mkdir()
    changed = town_text(Town.of("town-5-tight-none-1")).replace("Synthetic town", "My town")
    (tmp_path / "families" / "town-5-tight-none-1.toml").write_text(changed, encoding="utf-8")
    assert read("families/town-5-tight-none-1.toml").title.startswith("My town")


# ---------------------------------------------------------------- on the command line


def test_families_are_listed_when_asked_for():
    short, long = CliRunner().invoke(app, ["instances"]), CliRunner().invoke(app, ["instances", "--all", "--json"])
    assert short.exit_code == long.exit_code == 0
    assert "town-5-tight-none-1" not in short.stdout
    assert f"{len(STORED)} in families/" in short.stdout
    for name in (*shipped(), *shipped("families"), *shipped("infeasible")):
        assert f'"{name}"' in long.stdout


@pytest.mark.parametrize(
    "name", ["families/town-5-tight-none-1", "families/town-9-loose-marches-4", "infeasible/one-officer"]
)
def test_a_copy_is_read_by_its_path(name, tmp_path):
    file = tmp_path / f"{name.rpartition('/')[2]}.toml"
    assert CliRunner().invoke(app, ["instances", "--copy", name, "--to", str(tmp_path)]).exit_code == 0
    assert read(file) == read(name)
    again = CliRunner().invoke(app, ["instances", "--copy", name, "--to", str(tmp_path)])
    assert again.exit_code == FileTrouble.exit_code


# ---------------------------------------------------------------- what stands in them


@pytest.mark.parametrize("town", STORED, ids=named)
def test_nothing_is_written_that_the_format_knows_by_itself(town):
    data = town_values(town)
    kinds = {"sectors": Sector, "posts": Post, "roles": Role, "teams": Team, "vehicles": VehicleType}
    kinds |= {"gatherings": Gathering, "triggers": Trigger}
    tables = [(kind, table) for part, kind in kinds.items() for table in data[part]]
    for kind, table in [*tables, (Doctrine, data["doctrine"]), (Instance, data)]:
        for field, value in table.items():
            if field not in ("format", "available"):
                assert value != kind.model_fields[field].default, f"{kind.__name__}.{field}"


@pytest.mark.parametrize("kind", get_args(Interplay))
def test_the_schema_accepts_a_town(kind):
    data = town_values(Town(12, "tight", kind, 1))
    jsonschema.validate({**data, "period": {**data["period"], "start": "2024-01-01T09:00:00"}}, schema())


@pytest.mark.parametrize("town", STORED, ids=named)
def test_everything_says_that_it_is_invented(town):
    data = town_values(town)
    parts = [item for part in data.values() if isinstance(part, list) for item in part]
    for item in (data, data["travel"], data["doctrine"], data["objective"], *parts):
        assert item["source"] == "invented"


@pytest.mark.parametrize(("sectors", "tightness", "seed"), TWINS)
def test_ledger_adds_up(sectors, tightness, seed):
    instance = generate(sectors, tightness, "marches", seed)
    heads = sum(t.size * t.count for t in instance.teams if t.counts) + sum(v.crew * v.count for v in instance.vehicles)
    assert heads == instance.cap == HEADS[tightness] * sectors
    assert all(t.count > 0 for t in instance.teams if t.counts)
    assert 6 <= len(instance.teams) <= 8
    assert 1 <= len(instance.vehicles) <= 3


@pytest.mark.parametrize(("sectors", "tightness", "seed"), TWINS)
def test_twins_differ_by_interplay_only(sectors, tightness, seed):
    none, reserves, marches = (town_values(Town(sectors, tightness, i, seed)) for i in get_args(Interplay))
    alike = ("cap", "period", "roles", "vehicles", "travel", "triggers", "objective")
    for part in alike:
        assert none[part] == reserves[part] == marches[part], part
    bare = [[without(sector, "cover") for sector in twin["sectors"]] for twin in (none, reserves, marches)]
    assert bare[0] == bare[1] == bare[2]
    assert none["sectors"] == bare[0]
    assert reserves["sectors"] == marches["sectors"]
    assert reserves["posts"] == marches["posts"]
    shut = [without(post, "mobile", "keep") | {"staging_capacity": 0} for post in reserves["posts"]]
    assert none["posts"] == shut
    assert none["teams"] == reserves["teams"] == marches["teams"][:-1]
    assert (marches["teams"][-1]["count"], marches["teams"][-1]["counts"]) == (0, False)
    assert none["gatherings"] == reserves["gatherings"]
    changed = {"name", "title", "sectors", "posts", "teams", "gatherings", "doctrine", "law", "reinforcements"}
    assert set(none) | set(reserves) | set(marches) == {*alike, *changed, "format", "about", "source"}
    assert none["law"] == reserves["law"] == {"spill": 0.0}


@pytest.mark.parametrize(("sectors", "seed"), [*SIZES, (300, 1)])
def test_twins_have_the_same_people_at_the_same_places_and_times(sectors, seed):
    apart, marching = (generate(sectors, "tight", i, seed) for i in ("none", "marches"))
    stops, starts = Counter(), {}
    for g in marching.gatherings:
        starts[g.id] = g
        stops.update((stop.sector, float(stop.stay), float(g.turnout), float(g.tension)) for stop in g.itinerary)
    assert stops == Counter(
        (g.itinerary[0].sector, float(g.itinerary[0].stay), float(g.turnout), float(g.tension))
        for g in apart.gatherings
    )
    for g in apart.gatherings:
        if g.id in starts:  # its first stop, drawn from the same stream
            assert g == starts[g.id].altered(itinerary=g.itinerary)
    place = {s.id: s for s in marching.sectors}
    later = {(g.name, g.itinerary[0].sector): g for g in apart.gatherings if g.id not in starts}
    for g in marching.gatherings:
        minute = apart.minutes(g.arrives)
        for number, (here, there) in enumerate(zip(g.itinerary, g.itinerary[1:], strict=False), 2):
            a, b = place[here.sector], place[there.sector]
            km = ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5 * marching.travel.detour
            minute += here.stay + km / marching.travel.march * 60.0
            part = later[g.name.replace(":", f", stop {number}:"), there.sector]
            assert 0.0 <= apart.minutes(part.arrives) - minute <= number - 1.0  # whole minutes, rounded up each time
            assert (part.groups, part.arrival_spread) == (1, 0.0)


@pytest.mark.parametrize(("sectors", "seed"), SIZES)
@pytest.mark.parametrize("kind", get_args(Interplay))
def test_tight_and_loose_differ_by_personnel_only(sectors, kind, seed):
    tight, loose = (town_values(Town(sectors, t, kind, seed)) for t in get_args(Tightness))
    for part in set(tight) - {"name", "title", "cap", "teams"}:
        assert tight[part] == loose[part], part
    for few, many in zip(tight["teams"], loose["teams"], strict=True):
        assert without(few, "count") == without(many, "count")
        assert few["count"] <= many["count"]


@pytest.mark.parametrize("town", STORED, ids=named)
def test_interplay_is_as_named(town):
    assert interplay(read(f"families/{town.name}")) == REASONS[town.interplay]


def test_a_smaller_town_is_the_beginning_of_a_larger_one():
    large = [without(sector, "spill_to") for sector in town_values(Town(1000, "tight", "marches", 5))["sectors"]]
    for sectors in (2, 5, 33, 300):
        small = [without(sector, "spill_to") for sector in town_values(Town(sectors, "tight", "marches", 5))["sectors"]]
        assert small == large[:sectors]


@pytest.mark.parametrize("seed", range(1, 21))
def test_crowds_are_many_small_and_some_large(seed):
    province = Province(300, seed)
    crowds = province.crowds
    visits = Counter(stop.site for crowd in crowds for stop in crowd.stops)
    assert 0.4 <= len(visits) / province.sites <= 0.6  # roughly half of the sites
    assert max(visits.values()) >= 2
    persons = sorted(crowd.persons for crowd in crowds)
    assert FEWEST <= persons[0] < 100
    assert MOST >= persons[-1] > 2000
    assert persons[len(persons) // 2] < 400
    assert 0.1 <= min(c.tension for c in crowds) < 0.2
    assert 0.8 >= max(c.tension for c in crowds) > 0.7
    assert {len(crowd.stops) for crowd in crowds} == {1, 2, 3, 4}
    assert all(len({stop.site for stop in crowd.stops}) == len(crowd.stops) for crowd in crowds)
    assert any(s.official and s.official.promised for s in generate(300, "tight", "none", seed).sectors)


@pytest.mark.parametrize("sectors", range(2, 31))
def test_every_town_has_a_march_and_a_large_crowd(sectors):
    for seed in range(10):
        crowds = Province(sectors, seed).crowds
        assert any(len(crowd.stops) > 1 and crowd.stops[0].site == FIRST_TERMINAL for crowd in crowds)
        assert crowds[0].persons > 1000
        assert crowds[0].tension > 0.5


def test_towns_keep_apart():
    province = Province(1000, 1)
    assert len(CORE_SITES) == CORE
    middle = [province.positions[town * SITES_OF_TOWN] for town in range(province.towns)]
    nearest_one = [min(((a - c) ** 2 + (b - d) ** 2) ** 0.5 for c, d in middle if (a, b) != (c, d)) for a, b in middle]
    assert min(nearest_one) > 20.0
    assert 30.0 < sum(nearest_one) / len(nearest_one) < 45.0


# ---------------------------------------------------------------- they can be planned


@pytest.mark.parametrize("town", small_ones(t for t in STORED if t.interplay == "none"))
def test_every_sector_has_so_few_configurations_that_all_are_simulated(town):
    instance = read(f"families/{town.name}")
    counted = load(ROOT / "docs" / "make_tables.py").count_configurations(instance)
    assert min(counted) >= 24
    assert max(counted) <= PARAMS.grid
    if town.sectors <= 12:
        listed = [place_configurations(instance, place.id, PARAMS.grid) for place in instance.places]
        assert all(complete for _, complete in listed)
        assert [len(found) for found, _ in listed] == [*counted, *[1] * len(instance.posts)]


@pytest.mark.parametrize("town", small_ones(STORED))
def test_hand_rules_and_the_nearest_to_nothing_are_feasible(town):
    instance = read(f"families/{town.name}")
    for plan in (nearest(instance, {}), *candidates(instance).values()):
        verdict = check(instance, plan)
        assert verdict.passed, verdict.sentence()


def test_a_town_sees_every_phase():
    instance = read("families/town-30-tight-marches-1")
    with Simulator(instance, workers=1) as simulator:
        result = evaluate(simulator, proportional(instance), draw(instance, 1, 40))
    for phase in (GREEN, YELLOW, RED):
        assert result.anywhere(phase) > 0.0


@pytest.mark.long
@pytest.mark.parametrize("sectors", [300, 1000, LARGEST])
@pytest.mark.parametrize("tightness", get_args(Tightness))
def test_large_towns_are_feasible_and_small_in_every_sector(sectors, tightness, capsys):
    for kind in get_args(Interplay):
        instance = read(f"families/town-{sectors}-{tightness}-{kind}-1")
        assert interplay(instance) == REASONS[kind]
        plans = candidates(instance)
        assert all(check(instance, plan).passed for plan in plans.values())
    with capsys.disabled():
        print(f"\n{instance.name}: {len(plans)} hand rules pass the checker in each of 3 twins")
    counted = load(ROOT / "docs" / "make_tables.py").count_configurations(generate(sectors, tightness, "none", 1))
    assert max(counted) <= PARAMS.grid
