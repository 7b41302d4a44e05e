"""The moving Markov family: its files, exact values against theory, hand and simulation, and its stored optima."""

from __future__ import annotations

import copy
import itertools
import math
import random
import subprocess
import sys
from pathlib import Path

import markov
import markov_family
import markov_moving as moving
import markov_moving_family as family
import markov_moving_optimum as optima
import numpy as np
import pytest
from markov_day import Course, Day
from markov_moving import Pair, exact_value
from markov_optimum import best_two_of, read_plan, stored, write_plan
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.stats import binom

from optimiser import Deployment, Simulator, check, draw, optimise, read
from optimiser.files.read import parse
from optimiser.model.laws.escalation_law import RED, YELLOW
from optimiser.model.values.base import ByPhase
from optimiser.planning.planning_scenarios import draw_planning
from optimiser.planning.programs.configurations import placement_cost
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.settings import Effort, default_budget

ROOT = Path(__file__).parents[2]
NAMES = family.names()
ROWS = stored(family.FOLDER)
STILL = {
    **dict.fromkeys(("worsen_green", "worsen_yellow", "fail", "calm", "disperse_yellow", "disperse_red"), 0.0),
    **dict.fromkeys(("cool", "provoke", "spill", "calm_words", "calm_received", "calm_alone", "exhaustion"), 0.0),
    "tension_step": 0.125,
}


def instance_of(name):
    return read(family.FOLDER / f"{name}.toml")


def changed(name="markov-moving-4-03", **parts):
    """One instance with some values changed: ``sectors__0__public=3`` changes the first sector."""
    data = copy.deepcopy(family.make(name))
    for path, value in parts.items():
        *way, last = (int(key) if key.isdigit() else key for key in path.split("__"))
        inner = data
        for key in way:
            inner = inner[key]
        inner[last] = value
    return parse(data)


def two_sectors(crowds, **law):
    """Two sectors with a crowd each and a movement from the first to the second after an hour; the day has four."""
    data = copy.deepcopy(family.make("markov-moving-4-03"))
    role = {"id": "line", "name": "Line", "phases": ["green", "yellow", "red"]}
    role["containment"] = {"green": 1.0, "yellow": 1.0, "red": 1.0}
    sectors = [{"id": name, "name": name, "x": x, "y": 0.0} for name, x in (("s01", 0.0), ("s02", 1.0))]
    base = {"turnout": 200.0, "liaison": False, "militant": {"green": 0.1, "yellow": 0.2, "red": 0.305}, "tension": 1.0}
    gatherings = [
        data["gatherings"][n] | base | {"itinerary": [{"sector": f"s0{n + 1}", "stay": stay}]} | crowd
        for n, (stay, crowd) in enumerate(crowds)
    ]
    legs = [{"sector": "s01", "until": "09:00"}, {"sector": "s02"}]
    data.update(sectors=sectors, roles=[role], gatherings=gatherings)
    data["teams"] = [data["teams"][0] | {"fitness": 1.0, "count": 9}]
    data["movements"] = [{"id": "m", "name": "m", "legs": legs}]
    data["period"]["hours"] = 4.0
    law = STILL | {"property_rate": 0.25, "records_rate": 0.2} | law
    return parse(data | {"law": law, "objective": {"participation_hour": 0.0}, "cap": 90})


def plan_of(instance, **teams):
    kind = instance.teams[0].id
    return Deployment.build(instance, {(place, kind): n for place, n in teams.items()}, {})


# ---------------------------------------------------------------- files


def test_the_generator_writes_the_stored_files_byte_for_byte():
    assert len(NAMES) >= 20
    assert {f.name for f in family.FOLDER.iterdir()} == {f"{n}.toml" for n in NAMES} | {"README.md", "optimum.csv"}
    for name in NAMES:
        made = markov_family.write_toml(family.make(name)).encode()
        assert made == (family.FOLDER / f"{name}.toml").read_bytes(), f"run benchmarks/markov_moving_family.py: {name}"


@pytest.mark.parametrize("name", NAMES)
def test_instance_belongs_to_the_family_and_its_stored_plan_keeps_every_rule(name):
    instance, row = instance_of(name), ROWS[name]
    assert instance.name == name
    assert moving.departures(instance) == ()
    assert len(instance.movements) == int(row["movements"]) >= 1
    plan = read_plan(instance, row["plan"])
    assert check(instance, plan).passed
    assert write_plan(instance, plan) == row["plan"]
    assert (int(row["seed"]), int(row["sectors"])) == (family.seed_of(name), len(instance.sectors))
    for movement in instance.movements:  # no two events at the same minute, so that their order does not matter
        day = Day(instance, next(s for s in instance.sectors if s.id == movement.legs[0].sector))
        assert instance.minutes(movement.legs[0].until) not in {minute for minute, _ in day.changes}


def test_the_family_is_varied():
    instances = [instance_of(name) for name in NAMES]
    assert {len(i.sectors) for i in instances} == {4, 6, 8}
    assert {len(i.teams) for i in instances} >= {2, 3}
    assert {i.doctrine.officer_per_sector for i in instances} == {True, False}
    assert {g.comes_as for i in instances for g in i.gatherings} == {"green", "yellow", "red"}
    pairs = [Pair(i, m) for i in instances for m in i.movements]
    assert len(pairs) >= 50
    before = sum(p.until < p.first.leave for p in pairs)  # the crowd that they leave is there
    late = sum(p.until + p.takes > p.second.come for p in pairs)  # the crowd that they come to is there
    assert min(before, len(pairs) - before, late, len(pairs) - late) >= 10
    gains = [float(row["still"]) / float(row["optimum"]) - 1.0 for row in ROWS.values()]
    assert sum(gain > 0.01 for gain in gains) >= 12, "moving is worth nothing"
    assert sum(int(row["moving"]) == 0 for row in ROWS.values()) >= 3, "moving is always worth something"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"doctrine__relief_every": 60.0}, "reliefs"),
        ({"posts__0__staging_capacity": 30}, "more than movements"),
        ({"law__spill": 0.5}, "more than movements"),
        ({"objective__tail_weight": 0.1}, "the tail"),
        ({"gatherings__0__turnout_spread": 0.1}, "s01: the crowd is drawn"),
        ({"gatherings__0__regroup": 0.2}, "s01: the crowd may come back"),
        ({"gatherings__0__itinerary__0__stay": 1000.0}, "s01: people lose what would have come after"),
        ({"gatherings": []}, "s01: not exactly one gathering"),
        ({"movements__0__legs__0__until": "08:01", "gatherings__0__arrives": "08:20"}, "leave before anybody comes"),
        ({"movements__1__legs__0__sector": "s01"}, "a sector is joined by two movements"),
        ({"movements__0__legs__0__until_left": "crowd-s01"}, "not from one sector to one other by the clock"),
    ],
)
def test_what_has_no_exact_value_is_refused_with_the_reason(change, why):
    assert moving.departures(changed()) == ()
    instance = changed(**change)
    assert why in "; ".join(moving.departures(instance))
    with pytest.raises(ValueError, match="has no exact value"):
        exact_value(instance, Deployment(instance=instance.name))


# ---------------------------------------------------------------- values by other ways


@pytest.mark.parametrize("name", ["markov-4-04", "markov-6-02", "markov-8-05"])
def test_a_crowd_that_is_there_all_day_has_the_value_of_the_other_family(name):
    instance = read(markov_family.FOLDER / f"{name}.toml")
    for plan in candidates(instance).values():
        assert exact_value(instance, plan) == pytest.approx(markov.exact_value(instance, plan), rel=1e-12)


def test_units_held_until_disorder_ends_by_hand():
    """Red crowds tire at one rate and nothing else happens: units of the first sector are held until it has."""
    crowds = [(240.0, {"comes_as": "red", "arrives": "08:00"}), (120.0, {"comes_as": "red", "arrives": "10:00"})]
    instance = two_sectors(crowds, exhaustion=0.6)
    first, second = (Day(instance, s) for s in instance.sectors)
    tires, pair = 0.6 / 60.0, Pair(instance, instance.movements[0])
    rates = {(d, n): Course(d, (n,)).points[0] for d in (first, second) for n in (1, 2, 3)}
    assert len(set(rates.values())) >= 3
    there = rates[first, 3] * (1.0 - math.exp(-tires * 240.0)) / tires  # all three, as long as it is red

    def later(t):
        arrived = 1.0 - math.exp(-tires * (t - pair.takes)) if t - pair.takes > 60.0 else 0.0
        rate = arrived * rates[second, 3] + (1.0 - arrived) * rates[second, 1]
        return math.exp(-tires * (t - 120.0)) * rate

    lost = there + quad(later, 120.0, 240.0, epsabs=1e-12, epsrel=1e-12)[0]
    plan = plan_of(instance, s01=1, s02=1, m=2)
    assert exact_value(instance, plan) - placement_cost(instance, plan) == pytest.approx(lost, rel=1e-11)


def test_militants_who_stay_on_by_hand():
    """A yellow crowd of 203 to which nothing happens: a fifth stays on when it is due to leave, all militant."""
    crowds = [(100.0, {"comes_as": "yellow", "arrives": "08:00", "turnout": 203.0})]
    crowds.append((30.0, {"comes_as": "green", "arrives": "11:00"}))
    instance = two_sectors(crowds)
    day = Day(instance, instance.sectors[0])
    assert [minute for minute, _ in day.changes] == [100.0, 101.0, 131.0, 161.0, 191.0, 221.0]
    assert day.crowds["yellow"].people == 41.0
    assert day.crowds["red"].people == 62.0
    stayed = instance.altered(
        gatherings=(
            instance.gatherings[0].altered(turnout=41.0, militant=ByPhase(green=0.1, yellow=1.0, red=1.0)),
            instance.gatherings[1],
        )
    )
    before = Course(day, (1,)).points[0]
    after = Course(Day(stayed, stayed.sectors[0]), (1,)).points[0]
    assert before != after
    plan = plan_of(instance, s01=1)
    lost = 100.0 * before + 140.0 * after
    assert exact_value(instance, plan) - placement_cost(instance, plan) == pytest.approx(lost, rel=1e-12)


def test_those_who_stay_on_go_at_the_first_look_after_it_is_calm():
    crowds = [(100.0, {"comes_as": "yellow", "arrives": "08:00"}), (30.0, {"comes_as": "green", "arrives": "11:00"})]
    instance = two_sectors(crowds, calm_alone=6.0, risk_aversion=0.0)
    instance = instance.altered(
        gatherings=tuple(g.altered(tension=0.0) for g in instance.gatherings)  # yellow calms at 6 an hour, for good
    )
    day = Day(instance, instance.sectors[0])
    course = Course(day, (0,))
    people = [day.crowds[who].people if at.phase in (1, YELLOW, RED) else 0.0 for who, at in day.states]
    for minute, expected in (
        (99.0, 200.0),
        (100.5, 40.0 * math.exp(-10.0)),
        (120.0, 40.0 * math.exp(-10.1)),
        (132.0, 40.0 * math.exp(-13.1)),
    ):
        assert course.forward([minute])[1][0] @ people == pytest.approx(expected, rel=1e-9), minute


def test_products_agree_with_scipy():
    """Each interval by scipy's matrix exponential of generator and loss, changes in between."""
    dice, worst = random.Random(5), 0.0
    for name in dice.sample(NAMES[:8], 4):
        instance = instance_of(name)
        day = Day(instance, dice.choice(instance.sectors))
        course = Course(day, tuple(dice.randint(0, 2) for _ in instance.teams))
        size = len(day.states)
        block = np.zeros((size + 1, size + 1))
        block[:size, :size], block[:size, size] = course.generator, course.points
        here, begin = np.append(course.start(), 0.0), day.come
        for until, change in [*day.changes, (day.end, np.arange(size))]:
            here = here @ expm(block * (until - begin))
            here[:size], begin = np.bincount(change, here[:size], size), until
        value = course.value
        worst = max(worst, abs(value / here[-1] - 1.0) if here[-1] else abs(value))
        rest = course.backward([day.come])[0][0]
        assert rest == pytest.approx(value, rel=1e-11)  # forwards and backwards
    assert worst < 1e-11


@pytest.mark.slow
def test_more_nodes_and_shorter_pieces_change_nothing(monkeypatch):
    plans = [(instance, read_plan(instance, ROWS[n]["plan"])) for n in NAMES[::4] for instance in [instance_of(n)]]
    before = [exact_value(*one) for one in plans]
    monkeypatch.setattr(moving, "NODES", 14)
    monkeypatch.setattr(moving, "PIECE", 20.0)
    assert [exact_value(*one) for one in plans] == pytest.approx(before, rel=1e-12)


def test_chances_of_leaving_add_up():
    for name in NAMES[::5]:
        instance = instance_of(name)
        pair, none = Pair(instance, instance.movements[0]), (0,) * len(instance.teams)
        one = (1, *none[1:])
        chances = pair.chances(none, one)
        held = pair.course(first=True, teams=one)
        disorder = np.where(pair.first.calm, 0.0, held.forward([pair.until])[1][0])
        kept = held.follow(held.held, disorder, pair.until, [pair.first.end])[1][0].sum()
        assert min(chances) >= 0.0
        assert chances[-1] == pytest.approx(kept, abs=1e-12)


# ---------------------------------------------------------------- against the simulation


def random_plan(instance, dice):
    """Some teams everywhere, whatever the rules: what moves first, so that some do."""
    left = {t.id: int(t.count) for t in instance.teams}
    teams = {}
    for place in [*instance.movements, *dice.sample(instance.sectors, len(instance.sectors))]:
        for kind in instance.teams:
            n = dice.randint(0, min(3, left[kind.id]))
            left[kind.id] -= n
            teams[place.id, kind.id] = n
    return Deployment.build(instance, teams, {})


def simulate(names, seed, count, plans=1):
    """Play random plans; rows of instance, plan, mean simulated loss and its standard error."""
    dice, found = random.Random(seed), []
    for number, name in enumerate(names):
        instance = instance_of(name)
        with Simulator(instance) as simulator:
            for _ in range(plans):
                plan = random_plan(instance, dice)
                losses = simulator.losses([plan], draw(instance, seed + number, count))[0].sum(axis=1)
                found.append((instance, plan, losses.mean(), losses.std(ddof=1) / math.sqrt(count)))
    return found


@pytest.fixture(scope="module")
def played():
    """Random plans of instances of 4 sectors, each in 10,000 scenarios of a seed of its own."""
    return simulate(NAMES[:8], 2024, 10_000, plans=2)


def deviations(played):
    """Simulated minus exact mean in standard errors."""
    return np.array(
        [(mean - exact_value(i, plan) + placement_cost(i, plan)) / error for i, plan, mean, error in played]
    )


def misses(values):
    return int((np.abs(values) > 2.5758).sum())


def is_noticed(values):
    return misses(values) > binom.ppf(0.999, len(values), 0.01) or abs(values.sum()) > 3.3 * math.sqrt(len(values))


@pytest.mark.slow
def test_simulated_means_cover_the_exact_ones_in_99_percent_intervals(played):
    values = deviations(played)
    assert len(values) == 16
    assert not is_noticed(values)


def let_go(monkeypatch):
    """Units are never held."""
    made = Day.__init__

    def calm(day, *parts):
        made(day, *parts)
        day.calm = np.ones(len(day.states), dtype=bool)

    monkeypatch.setattr(Day, "__init__", calm)


def nobody_stays(monkeypatch):
    """Those who stay on go a minute later."""
    made = Day._list_changes

    def gone(day):
        for minute, change in made(day):
            yield (
                minute,
                np.where(np.arange(len(day.states)) > 0, len(day.states) - 2, 0) if minute > day.leave else change,
            )

    monkeypatch.setattr(Day, "_list_changes", gone)


def slow(monkeypatch):
    """Movements take half an hour more."""
    made = Pair._divide

    def later(pair):
        pair.takes += 30.0
        return made(pair)

    monkeypatch.setattr(Pair, "_divide", later)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [let_go, nobody_stays, slow])
def test_one_other_rule_would_be_noticed(wrong, played, monkeypatch):
    wrong(monkeypatch)
    assert is_noticed(deviations(played))


# ---------------------------------------------------------------- optima


@pytest.mark.slow
@pytest.mark.parametrize("name", ["markov-moving-4-05", "markov-moving-4-07"])
def test_enumeration_integer_program_and_dynamic_program_agree(name):
    instance = instance_of(name)
    choices = optima.list_options(instance)
    sizes = np.array([int(t.size) for t in instance.teams])
    most = np.array([int(t.count) for t in instance.teams])
    values = []
    for one in itertools.product(*(range(len(c.values)) for c in choices)):
        used = sum(c.numbers[o].sum(axis=0) for c, o in zip(choices, one, strict=True))
        if (used <= most).all() and used @ sizes <= instance.cap:
            values.append(sum(c.values[o] for c, o in zip(choices, one, strict=True)))
    values.sort()
    assert len(values) > 60
    assert best_two_of(instance, [c.choice for c in choices]) == pytest.approx(values[:2], rel=1e-12)
    plan = optima.find_optimum(instance, choices)
    assert exact_value(instance, plan) == pytest.approx(values[0], rel=1e-12)
    assert float(ROWS[name]["optimum"]) == pytest.approx(values[0], rel=1e-10)
    assert float(ROWS[name]["second"]) == pytest.approx(values[1], rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["markov-moving-4-03", *(pytest.param(f"markov-moving-{n}", marks=pytest.mark.long) for n in ("4-08", "6-03"))],
)
def test_options_are_what_the_checker_allows_and_have_the_value_of_their_plan(name):
    instance, dice = instance_of(name), random.Random(3)
    options, *others = optima.list_options(instance)
    kinds, most = [t.id for t in instance.teams], np.array([int(t.count) for t in instance.teams])
    listed = {tuple(row.ravel().tolist()) for row in options.numbers}
    assert len(listed) == len(options.numbers)
    alone = instance.altered(sectors=tuple(s.altered(minimum={}) for s in instance.sectors))
    for _ in range(400):
        row = np.array([[dice.choice((0, 0, 1, 2)) for _ in kinds] for _ in options.places])
        if (row.sum(axis=0) > most).any() or row.sum(axis=0) @ [int(t.size) for t in instance.teams] > instance.cap:
            continue  # shared with other choices
        teams = {
            (p, k): int(n) for p, r in zip(options.places, row, strict=True) for k, n in zip(kinds, r, strict=True)
        }
        allowed = check(alone, Deployment.build(instance, teams, {})).passed
        needs = {p: dict(s.minimum) for p in options.places for s in instance.sectors if s.id == p}
        enough = all(teams[p, f"{role}-team"] >= least for p, roles in needs.items() for role, least in roles.items())
        assert (tuple(row.ravel().tolist()) in listed) == (allowed and enough)
    for o in dice.sample(range(len(options.values)), 5):
        teams, value = {}, options.values[o]
        for choice, numbers in [(options, options.numbers[o]), *((c, c.numbers[0]) for c in others)]:
            for place, row in zip(choice.places, numbers.tolist(), strict=True):
                teams.update({(place, kind): n for kind, n in zip(kinds, row, strict=True)})
        value += sum(c.values[0] for c in others)
        assert exact_value(instance, Deployment.build(instance, teams, {})) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "name", [name if n % 4 == 0 else pytest.param(name, marks=pytest.mark.long) for n, name in enumerate(NAMES)]
)
def test_stored_optimum_is_the_value_of_the_stored_plan_and_no_hand_rule_beats_it(name):
    instance, row = instance_of(name), ROWS[name]
    best = float(row["optimum"])
    assert exact_value(instance, read_plan(instance, row["plan"])) == pytest.approx(best, rel=1e-10)
    assert best < float(row["second"])
    assert best <= float(row["still"])
    rules = candidates(instance)
    for rule in optima.RULES:
        value = exact_value(instance, rules[rule])
        assert value == pytest.approx(float(row[rule.replace(" ", "_")]), rel=1e-10)
        assert value >= best * (1.0 - 1e-12)


@pytest.mark.parametrize("name", ["markov-moving-4-03", "markov-moving-6-02"])
def test_no_plan_is_better_than_the_optimum_and_no_optimum_better_than_a_bound(name):
    """The plan is chosen on scenarios; in truth it has a regret, and on its scenarios the optimum keeps its bound."""
    instance, row = instance_of(name), ROWS[name]
    found = optimise(instance, seed=3, scenarios=40, reporting=20, workers=1, over_law=False)
    assert round(exact_value(instance, found.deployment), 9) >= float(row["optimum"])  # stored with nine decimals
    best = read_plan(instance, row["plan"])
    with Simulator(instance) as simulator:
        chosen_on = draw_planning(simulator, Effort(40, 20, default_budget(instance, 40), seed=3))
        losses = simulator.totals(best.numbers(instance)[None], chosen_on)[0]
    value = losses.mean() + placement_cost(instance, best)
    bound = found.certificate.bound
    assert value >= bound - 1e-9 * abs(value)


@pytest.mark.slow
def test_a_proof_is_the_best_of_all_deployments_on_its_scenarios_and_in_truth():
    instance, row = instance_of("markov-moving-4-02"), ROWS["markov-moving-4-02"]
    found = optimise(instance, seed=1, scenarios=100, reporting=20, workers=1, over_law=False)
    assert found.certificate.kind == "proved-optimal"
    plans, kinds = [], [t.id for t in instance.teams]
    for one in itertools.product(
        *([*zip(c.numbers, itertools.repeat(c.places))] for c in optima.list_options(instance))
    ):
        teams = {
            (place, kind): n
            for numbers, places in one
            for place, here in zip(places, numbers.tolist(), strict=True)
            for kind, n in zip(kinds, here, strict=True)
        }
        plan = Deployment.build(instance, teams, {})
        plans += [plan] if check(instance, plan).passed else []
    assert len(plans) > 5
    with Simulator(instance) as simulator:
        drawn = draw_planning(simulator, Effort(100, 20, default_budget(instance, 100)))
        losses = simulator.totals(np.stack([plan.numbers(instance) for plan in plans]), drawn).mean(axis=1)
    values = [loss + placement_cost(instance, plan) for loss, plan in zip(losses, plans, strict=True)]
    assert found.certificate.objective == pytest.approx(min(values), rel=1e-12)
    assert exact_value(instance, found.deployment) == pytest.approx(float(row["optimum"]), rel=1e-10)


def test_table_of_the_page_has_the_stored_figures():
    page = (family.FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in NAMES)
    assert optima.fill_page(page, optima.table(ROWS)) == page, "run python benchmarks/markov_moving_optimum.py"


def test_a_plan_is_valued_from_the_command_line(tmp_path):
    instance = instance_of("markov-moving-4-01")
    plan = tmp_path / "plan.json"
    plan.write_text(candidates(instance)["greedy"].model_dump_json(), encoding="utf-8")
    name = "markov-moving/markov-moving-4-01"
    command = [sys.executable, "-W", "error", "benchmarks/markov_moving_optimum.py", name, str(plan)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    value, best = float(ROWS[instance.name]["greedy"]), float(ROWS[instance.name]["optimum"])
    assert done.stdout == f"{value:.12g} points, regret {value - best:.6g}\n"


@pytest.mark.long
def test_simulation_and_products_agree_on_many_random_plans(capsys):
    values = deviations(simulate(NAMES, 500, 4000, plans=6))
    with capsys.disabled():
        print(f"\nMoving Markov family: {misses(values)} of {len(values)} means of simulations outside 99 %")
    assert not is_noticed(values)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_stored_is_found_again(name):
    row = optima.work_out(name)
    for column, value in row.items():
        known = ROWS[name][column]
        if column in ("optimum", "second", "still", *(r.replace(" ", "_") for r in optima.RULES)):
            assert float(value) == pytest.approx(float(known), rel=1e-10)
        elif column != "plan":
            assert str(value) == known, column
