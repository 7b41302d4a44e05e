"""The Markov family: its files, its exact values against theory, hand and simulation, and its stored optima."""

from __future__ import annotations

import copy
import itertools
import json
import math
import random
import re
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path

import markov
import markov_family as family
import markov_optimum as optima
import numpy as np
import pytest
from markov import Situation, exact_tables, exact_value, expected_harms, make_chain, stays
from scipy.linalg import expm
from scipy.stats import binom
from support.small import small_instance

from optimiser import Deployment, Simulator, check, draw, optimise, read
from optimiser.files.read import parse
from optimiser.model.harms import weights
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import DISPERSED, GREEN, RED, YELLOW
from optimiser.planning.programs.configurations import (
    Configuration,
    deployment_of,
    place_configurations,
    placement_cost,
)
from optimiser.planning.search.hand_rules import candidates
from optimiser.planning.search.response_tables import interplay

ROOT = Path(__file__).parents[2]
NAMES = family.names()
ROWS = optima.stored()
BY_HAND = {
    "calm": 1.5,
    **dict.fromkeys(("worsen_green", "worsen_yellow", "fail", "disperse_yellow", "disperse_red"), 0.0),
    **dict.fromkeys(("cool", "provoke", "spill", "calm_words", "calm_received", "calm_alone", "exhaustion"), 0.0),
    "tension_step": 0.125,
}


def instance_of(name):
    return read(family.FOLDER / f"{name}.toml")


def changed(name="markov-4-04", **parts):
    """One instance of the family with some values changed: ``sectors__0__public=3`` changes the first sector."""
    data = copy.deepcopy(family.make(name))
    for path, value in parts.items():
        *way, last = (int(key) if key.isdigit() else key for key in path.split("__"))
        inner = data
        for key in way:
            inner = inner[key]
        inner[last] = value
    return parse(data)


def one_sector(**law):
    """A red crowd of 100 before one squad for two hours, and nothing that happens but what `law` says."""
    data = copy.deepcopy(family.make("markov-4-04"))
    sector = {"id": "s01", "name": "Sector 1", "x": 0.0, "y": 0.0, "records": 20.0}
    role = {"id": "line", "name": "Line", "phases": ["green", "yellow", "red"]}
    role["containment"] = {"green": 1.0, "yellow": 1.0, "red": 1.0}
    crowd = data["gatherings"][0]
    crowd.update(turnout=100.0, comes_as="red", liaison=False, militant={"green": 0.1, "yellow": 0.2, "red": 0.3})
    crowd.update(tension=1.0, itinerary=[{"sector": "s01", "stay": 120.0}])
    data.update(sectors=[sector], roles=[role], teams=[data["teams"][0] | {"fitness": 1.0}], gatherings=[crowd])
    data["period"]["hours"] = 2.0
    return parse(data | {"law": BY_HAND | law, "objective": {"records": 5.0}})


SQUAD = Configuration("s01", (1,), ())


def moments(instance, configuration):
    """Mean and standard deviation of a sector's loss: the first two moments solve linear equations (backward)."""
    chain = make_chain(instance, configuration)
    rate, n = chain.harms @ np.array(weights(instance.objective)), len(chain.situations)
    block = np.zeros((2 * n + 1, 2 * n + 1))
    block[:n, :n] = block[n:-1, n:-1] = chain.generator
    block[:n, n:-1], block[n:-1, -1] = np.diag(2.0 * rate), rate
    ends = expm(block * instance.period.minutes)[:, -1]
    return ends[n], math.sqrt(max(0.0, ends[0] - ends[n] ** 2))


# ---------------------------------------------------------------- files


def test_the_generator_writes_the_stored_files_byte_for_byte():
    assert len(NAMES) >= 36
    assert {f.name for f in family.FOLDER.iterdir()} == {f"{n}.toml" for n in NAMES} | {"README.md", "optimum.csv"}
    for name in NAMES:
        made = family.write_toml(family.make(name)).encode()
        assert made == (family.FOLDER / f"{name}.toml").read_bytes(), f"{name}: run python benchmarks/markov_family.py"


def test_draws_have_names_so_that_a_further_one_disturbs_none(monkeypatch):
    before = family.make("markov-4-01")
    assert before != family.make("markov-4-02") | {"name": "markov-4-01"}
    made = family.make_sector

    def with_one_more(dice, place, *rest):
        dice.of(place).whole("a new field", 0, 100)
        return made(dice, place, *rest)

    monkeypatch.setattr(family, "make_sector", with_one_more)
    assert family.make("markov-4-01") == before


@pytest.mark.parametrize("name", NAMES)
def test_instance_belongs_to_the_family_and_its_stored_plan_keeps_every_rule(name):
    instance, row = instance_of(name), ROWS[name]
    assert instance.name == name
    assert interplay(instance) == markov.departures(instance) == ()
    sizes = [len(place_configurations(instance, s.id, 1000)[0]) for s in instance.sectors]
    assert " ".join(map(str, sizes)) == row["configurations"]
    assert 5 <= min(sizes) <= max(sizes) <= 150
    plan = optima.read_plan(instance, row["plan"])
    assert check(instance, plan).passed
    assert optima.write_plan(instance, plan) == row["plan"]
    assert (int(row["seed"]), int(row["sectors"])) == (family.seed_of(name), len(instance.sectors))


def test_the_family_is_varied():
    made = [family.make(name) for name in NAMES]
    assert {len(i["sectors"]) for i in made} == {4, 6, 8, 12, 20}
    assert {len([r for r in i["roles"] if r["id"] != "lead"]) for i in made} == {2, 3, 4}
    assert {i["doctrine"]["officer_per_sector"] for i in made} == {True, False}
    assert {c["comes_as"] for i in made for c in i["gatherings"]} == {"green", "yellow", "red"}
    sectors = [s for i in made for s in i["sectors"]]
    for field in ("minimum", "critical", "official", "exit_open"):
        assert 0.03 <= sum(field in s for s in sectors) / len(sectors) <= 0.6, field
    assert 5 <= sum(i["law"].get("cool") == 0.0 for i in made) <= 20


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"doctrine__relief_every": 60.0}, "reliefs"),
        ({"doctrine__lapis": 5.0}, "a handover"),
        ({"posts__0__staging_capacity": 30}, "not separate"),
        ({"law__spill": 0.5}, "not separate"),
        ({"law__tension_step": 0.1}, "steps of tension"),
        ({"objective__tail_weight": 0.1}, "the tail"),
        ({"teams__0__available": "09:00"}, "later"),
        ({"triggers": [{"id": "t", "name": "t", "at": "09:00"}]}, "triggers"),
        ({"vehicles": [{"id": "v", "name": "v", "count": 1, "home": "base"}]}, "vehicles"),
        ({"gatherings__0__turnout_spread": 0.1}, "s01: the crowd is drawn"),
        ({"gatherings__0__arrives": "08:30"}, "s01: the crowd is not there"),
        ({"gatherings__0__tension": 0.3}, "s01: tension"),
        ({"gatherings__0__regroup": 0.2}, "s01: the crowd may come back"),
        ({"gatherings__0__chance": 0.5}, "s01: the crowd may come back, or not come"),
        ({"gatherings__0__itinerary__0__stay": 1000.0}, "s01: people lose what would have come after"),
        ({"period__overtime": 1.0}, "played on"),
        ({"law__property_rate": 0.6}, "all there is may be lost"),
        ({"law__records_rate": 0.6}, "all there is may be lost"),
        ({"gatherings": []}, "s01: not exactly one gathering"),
        ({"sectors__0__official": {"name": "o", "promised": 10.0}}, "s01: an official"),
        ({"sectors__1__critical__0__restart": 30.0}, "s02: the process starts again"),
        ({"sectors__1__critical__0__end": "10:00"}, "s02: the process does not run"),
    ],
)
def test_what_is_no_markov_chain_is_refused_with_the_reason(change, why):
    assert markov.departures(changed()) == ()
    instance = changed(**change)
    assert why in "; ".join(markov.departures(instance))
    with pytest.raises(ValueError, match=r"no Markov chain"):
        exact_value(instance, Deployment(instance=instance.name))


def test_the_towns_of_other_tests_are_no_markov_chains():
    assert len(markov.departures(small_instance())) > 5


# ---------------------------------------------------------------- chains


def test_three_states_by_hand():
    """Red calms to yellow at rate a, yellow to green at rate b; nothing else happens."""
    instance = one_sector(risk_aversion=0.0)
    chain = make_chain(instance, SQUAD)
    assert [s.phase for s in chain.situations] == [RED, YELLOW, GREEN]
    risk_red, risk_yellow = 1.0 - math.exp(-2.3 * 10 / 30), 1.0 - math.exp(-2.3 * 10 / 20)
    x = (1.0 * (1.0 - 0.5) - 0.1) / (1.0 - 0.1)  # tension 1, legitimacy 0.5, threshold 0.1
    a, b = 0.5 * 1.5 * risk_red * 0.5 * (1.0 - x), 1.5 * risk_yellow * 0.5 * (1.0 - x)  # per hour
    red = (1.0 - math.exp(-2.0 * a)) / a
    yellow = a / (b - a) * (red - (1.0 - math.exp(-2.0 * b)) / b)
    hours = stays(chain.generator, 120.0) / 60.0
    assert hours == pytest.approx([red, yellow, 2.0 - red - yellow], rel=1e-13)
    met_red, met_yellow = 30 * 10 / 40 * (1.0 - 0.5 * risk_red), 20 * 10 / 30 * (1.0 - 0.5 * risk_yellow)
    participants = red * (0.06 * met_red + 0.006 * 30) + 0.3 * x * yellow * (0.06 * met_yellow + 0.006 * 20)
    personnel = 0.12 * (red * met_red + 0.3 * x * yellow * met_yellow)
    records = red * 0.3 * 20.0 * 30 / (30 + 50) * (1.0 - risk_red)
    harms = expected_harms(instance, SQUAD)
    assert harms == pytest.approx([participants, 0.0, personnel, 0.0, 0.0, records, 90.0 * red], rel=1e-12)
    loss = 10.0 * (participants + personnel) + 5.0 * records + 0.01 * 90.0 * red
    plan = deployment_of(instance, [SQUAD])
    assert placement_cost(instance, plan) == pytest.approx(0.002)
    assert exact_value(instance, plan) == pytest.approx(loss + 0.002, rel=1e-13)


def test_every_clock_leads_where_the_rules_say():
    """Tension stands still: with a process that does not start again on that day, nine situations and no more."""
    law = {"worsen_green": 1.0, "worsen_yellow": 1.0, "fail": 1.0, "disperse_yellow": 1.0, "disperse_red": 1.0}
    data = one_sector(**law).model_dump(mode="json", exclude_none=True, exclude_unset=True)
    data["gatherings"][0].update(comes_as="green", tension=1.0, militant={"green": 0.9, "yellow": 0.9, "red": 0.9})
    window = {"name": "p", "start": "08:00", "end": "10:00"}
    data["sectors"][0]["critical"] = [window | {"restart": 0.0}]

    def situations(restart):
        data["sectors"][0]["critical"][0]["restart"] = restart
        return make_chain(parse(data), SQUAD)

    def at(phase, failed, stopped):
        return Situation(phase, failed, 0.0 if phase == DISPERSED else 1.0, stopped)

    fresh = [at(GREEN, False, False), at(YELLOW, False, False), at(YELLOW, True, False), at(DISPERSED, False, False)]
    assert set(situations(0.0).situations) == {*fresh, at(RED, True, True)}
    spoilt = [at(GREEN, False, True), at(YELLOW, False, True), at(YELLOW, True, True), at(DISPERSED, False, True)]
    chain = situations(120.0)
    assert set(chain.situations) == {*fresh, at(RED, True, True), *spoilt}
    place = {s: i for i, s in enumerate(chain.situations)}
    jumps = {(s, t) for s in place for t in place if s != t and chain.generator[place[s], place[t]] > 0.0}
    red, gone = at(RED, True, True), at(DISPERSED, False, False)
    green, open_, failed = fresh[:3]
    assert jumps == {
        *((green, open_), (open_, failed), (open_, green), (open_, gone), (failed, red), (failed, green)),
        *((failed, gone), (red, spoilt[1]), (red, spoilt[3]), (spoilt[0], spoilt[1]), (spoilt[1], spoilt[2])),
        *((spoilt[1], spoilt[0]), (spoilt[1], spoilt[3]), (spoilt[2], red), (spoilt[2], spoilt[0])),
        (spoilt[2], spoilt[3]),
    }
    assert np.allclose(chain.generator.sum(axis=1), 0.0, atol=1e-16)
    missed = 100.0 * (1.0 - 0.9) / 60.0  # person-hours a minute, of the orderly who were dispersed or stand in a riot
    assert [chain.harms[place[s], 6] for s in (red, gone, fresh[0])] == pytest.approx([missed, missed, 0.0])
    process = chain.harms[:, 3]
    yellow = make_law().yellow_process
    assert [process[place[s]] for s in (*fresh, red, *spoilt)] == [0.0, yellow, yellow, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]


def test_tension_moves_in_exact_steps_and_stays_within_its_limits():
    levels = {
        s.tension
        for name in NAMES[:8]
        for place in instance_of(name).sectors
        for s in make_chain(
            instance_of(name), place_configurations(instance_of(name), place.id, 1000)[0][-1]
        ).situations
    }
    assert {0.0, 1.0} <= levels <= {n / 16.0 for n in range(17)}


def test_an_official_on_site_is_received_from_the_first_minute_and_a_closed_exit_keeps_people_in():
    instance = changed(sectors__0__official={"name": "o", "promised": 0.0})
    nobody = Configuration("s01", (0, 0, 0), ())
    assert exact_tables(instance)["s01"].loss[0, 0] < exact_tables(changed())["s01"].loss[0, 0]
    shut = make_chain(changed(sectors__0__exit_open=False, law__exhaustion=0.0), nobody)
    assert not any(s.phase == DISPERSED for s in shut.situations)
    squad = Configuration("s01", (1, 0, 0), ())
    assert any(s.phase == DISPERSED for s in make_chain(changed(), squad).situations)


def by_series(generator, rates, minutes):
    """The same integral by its Taylor series in 150 digits, where cancellation does no harm; rows sum to 0 exactly."""
    with localcontext() as context:
        context.prec = 150
        rows = [{j: Decimal(float(q)) for j, q in enumerate(row) if q and j != i} for i, row in enumerate(generator)]
        for i, row in enumerate(rows):
            row[i] = -sum(row.values(), Decimal(0))
        term, total = [Decimal(int(i == 0)) * Decimal(minutes) for i in range(len(rows))], [Decimal(0)] * len(rows)
        for k in itertools.count(2):
            total = [a + b for a, b in zip(total, term, strict=True)]
            after = [Decimal(0)] * len(rows)
            for here, row in zip(term, rows, strict=True):
                for j, q in row.items():
                    after[j] += here * q
            term = [x * Decimal(minutes) / k for x in after]
            if max(map(abs, term)) < Decimal(10) ** -50:
                break
        return float(sum(x * Decimal(float(r)) for x, r in zip(total, rates, strict=True)))


def sample(count, seed):
    """Some configurations of all instances, at random."""
    dice = random.Random(seed)
    for name in dice.sample(NAMES, count):
        instance = instance_of(name)
        place = dice.choice(instance.sectors).id
        yield instance, dice.choice(place_configurations(instance, place, 1000)[0])


def precision(instance, configuration):
    """Relative differences of one entry from the series in 150 digits and from scipy's matrix exponential."""
    chain = make_chain(instance, configuration)
    rates, size = chain.harms @ np.array(weights(instance.objective)), len(chain.situations)
    value = float(stays(chain.generator, instance.period.minutes) @ rates)
    block = np.zeros((size + 1, size + 1))
    block[:size, :size], block[:size, size] = chain.generator, rates
    exponential = expm(block * instance.period.minutes)[0, size]
    series = by_series(chain.generator, rates, instance.period.minutes)
    if series == 0.0:
        assert value == exponential == 0.0
        return 0.0, 0.0
    return abs(value / series - 1.0), abs(value / exponential - 1.0)


def test_entries_agree_with_150_digits_and_with_scipy():
    found = [precision(*one) for one in sample(30, seed=1)]
    assert max(series for series, _ in found) < 1e-14
    assert max(exponential for _, exponential in found) < 1e-12


def test_a_chain_without_jumps_and_one_with_too_many():
    assert stays(np.zeros((1, 1)), 60.0).tolist() == [60.0]
    fast = np.array([[-11.0, 11.0], [11.0, -11.0]])
    assert stays(fast / 2.0, 100.0) == pytest.approx([50.0 + 1.0 / 22.0, 50.0 - 1.0 / 22.0], rel=1e-13)
    with pytest.raises(ValueError, match="1100 jumps"):
        stays(fast, 100.0)


# ---------------------------------------------------------------- against the simulation


@pytest.fixture(scope="module")
def played():
    """Random configurations of twelve instances, each in 400 scenarios of a seed of its own.

    Rows: name, configuration, losses, exact mean and exact standard deviation.
    """
    dice, found = random.Random(2024), []
    for number, name in enumerate(NAMES[4:16]):
        instance = instance_of(name)
        chosen = [dice.choice(place_configurations(instance, s.id, 1000)[0]) for s in instance.sectors]
        plan, scenarios = deployment_of(instance, chosen), draw(instance, 100 + number, 400)
        with Simulator(instance) as simulator:
            losses = simulator.losses([plan], scenarios)[0]
        found += [(name, c, loss, *moments(instance, c)) for c, loss in zip(chosen, losses.T, strict=True)]
    return found


def deviations(played, **law):
    """Simulated minus exact mean in exact standard errors, of all sectors whose loss is random; `law` changes means."""
    found = []
    for name, configuration, losses, mean, deviation in played:
        if law:
            data = family.make(name)
            instance = parse(data | {"law": data["law"] | law})
            mean = expected_harms(instance, configuration) @ weights(instance.objective)  # noqa: PLW2901
        if deviation > 1e-6:
            found.append((losses.mean() - mean) / deviation * math.sqrt(len(losses)))
    return np.array(found)


def misses(values):
    return int((np.abs(values) > 2.5758).sum())


@pytest.mark.slow
def test_simulated_means_cover_the_exact_ones_in_99_percent_intervals(played):
    values = deviations(played)
    assert len(values) >= 45
    assert misses(values) <= binom.ppf(0.999, len(values), 0.01)
    assert abs(values.sum()) <= 3.3 * math.sqrt(len(values))


def test_a_loss_that_does_not_vary_is_simulated_to_the_last_digit(played):
    certain = [(losses, mean) for _, _, losses, mean, deviation in played if deviation <= 1e-6]
    assert len(certain) >= 3
    for losses, mean in certain:
        assert losses == pytest.approx(np.full(len(losses), mean), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        ("worsen_green", 1.0),
        ("calm", 2.4),
        ("yellow_level", 0.6),
        ("arrest_k", 1.5),
        ("calm_alone", 3.0),
        ("fear", 0.5),
    ],
)
def test_one_other_constant_would_be_noticed(played, constant, value):
    values = deviations(played, **{constant: value})
    assert misses(values) > binom.ppf(0.999, len(values), 0.01)


# ---------------------------------------------------------------- optima


def brute_force(instance, tables):
    """Every combination of tabulated configurations that availability and the cap allow: objectives, sorted."""
    sizes = [int(t.size) for t in instance.teams]
    options = []
    for s in instance.sectors:
        plans = [deployment_of(instance, [c]) for c in tables[s.id].configurations]
        costs = [placement_cost(instance, plan) for plan in plans]
        options.append(list(zip(tables[s.id].configurations, tables[s.id].loss[:, 0], costs, strict=True)))
    values = []
    for chosen in itertools.product(*options):
        used = [sum(c.teams[k] for c, _, _ in chosen) for k in range(len(sizes))]
        enough = all(u <= t.count for u, t in zip(used, instance.teams, strict=True))
        if enough and sum(u * size for u, size in zip(used, sizes, strict=True)) <= instance.cap:
            values.append(sum(loss + cost for _, loss, cost in chosen))
    return sorted(values)


@pytest.mark.parametrize("name", ["markov-4-02", "markov-4-07", "markov-4-08"])
def test_enumeration_integer_program_and_dynamic_program_agree(name):
    instance = instance_of(name)
    tables = exact_tables(instance)
    values = brute_force(instance, tables)
    assert len(values) > 500
    assert optima.best_two(instance, tables) == pytest.approx(values[:2], rel=1e-12)
    plan = optima.find_optimum(instance, tables)
    assert exact_value(instance, plan) == pytest.approx(values[0], rel=1e-12)
    assert float(ROWS[name]["optimum"]) == pytest.approx(values[0], rel=1e-10)
    assert float(ROWS[name]["second"]) == pytest.approx(values[1], rel=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_stored_optimum_is_the_value_of_the_stored_plan(name):
    instance, row = instance_of(name), ROWS[name]
    assert exact_value(instance, optima.read_plan(instance, row["plan"])) == pytest.approx(
        float(row["optimum"]), rel=1e-10
    )
    assert float(row["optimum"]) < float(row["second"])


@pytest.mark.parametrize("name", NAMES[::7])
def test_no_hand_rule_beats_the_optimum(name):
    instance, row = instance_of(name), ROWS[name]
    for rule, plan in candidates(instance).items():
        value = exact_value(instance, plan)
        assert value == pytest.approx(float(row[rule.replace(" ", "_")]), rel=1e-10)
        assert value >= float(row["optimum"]) * (1.0 - 1e-12)


def test_the_choice_is_hard_and_more_is_not_always_better():
    over = {n: min(float(r[c.replace(" ", "_")]) for c in optima.RULES) / float(r["optimum"]) for n, r in ROWS.items()}
    assert min(over.values()) > 1.1, "a hand rule is within 10 % of the optimum"
    assert sum(int(r["held"]) > 0 for r in ROWS.values()) >= 30, "nearly everybody is sent"
    assert sum(int(r["spare"]) > 0 for r in ROWS.values()) >= 8, "nobody is held at base by choice"
    assert all(r["plan"] for r in ROWS.values())


def test_nobody_at_all_is_worse_than_the_optimum():
    compared = 0
    for name in NAMES[:16]:
        instance, nobody = instance_of(name), Deployment(instance=name)
        if check(instance, nobody).passed:
            assert exact_value(instance, nobody) > 1.1 * float(ROWS[name]["optimum"])
            compared += 1
    assert compared >= 8


def test_the_loop_proves_its_scenarios_and_has_a_regret():
    instance = instance_of("markov-4-08")
    found = optimise(instance, seed=3, scenarios=20, reporting=20, workers=1, over_law=False)
    assert found.certificate.kind == "proved-optimal"
    regret = exact_value(instance, found.deployment) - float(ROWS["markov-4-08"]["optimum"])
    assert regret >= -1e-9


def test_rules_over_several_places_are_refused_by_the_dynamic_program():
    with pytest.raises(ValueError, match="only availability"):
        optima.best_two(changed(doctrine__reserve_least=1), {})


def test_too_many_numbers_are_refused_by_the_dynamic_program():
    crowded = {f"teams__{k}__count": 200 for k in range(3)}
    with pytest.raises(ValueError, match="at most 2,000,000"):
        optima.best_two(changed(**crowded), {})


def test_table_of_the_page_has_the_stored_figures():
    page = (family.FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in NAMES)
    assert optima.fill(page, ROWS) == page, "run python benchmarks/markov_optimum.py"
    assert optima.fill(page.replace("+", "-"), ROWS) != page.replace("+", "-")


@pytest.mark.slow
def test_page_lists_every_constant_that_matters_and_no_file_sets():
    page = (family.FOLDER / "README.md").read_text(encoding="utf-8")
    text = re.search(r"<!-- constants: begin -->(.*?)<!-- constants: end -->", page, re.DOTALL)[1]
    listed = {name: float(value) for name, value in re.findall(r"(\w+) ([\d.]+)", text)}
    defaults, unlisted = make_law()._asdict(), {}
    for name, value in listed.items():
        assert value == defaults[name], name
        assert name not in family.DRAWN + family.ENDING
    fixed = instance_of("markov-8-06")  # what is not listed changes nothing
    for name in set(defaults) - set(listed) - {*family.DRAWN, *family.ENDING, "tension_step", "spill"}:
        unlisted[name] = defaults[name] * 0.5
    other = parse(family.make("markov-8-06") | {"law": dict(fixed.law) | unlisted})
    for place, table in exact_tables(fixed).items():
        assert np.array_equal(table.loss, exact_tables(other)[place].loss)
    for name, value in listed.items():  # and each that is listed changes something
        assert any(moves(n, name, 0.9 * value) for n in NAMES), name


def moves(name, constant, value):
    """Tell whether a constant matters to some sector of an instance with its largest configuration."""
    data = family.make(name)
    own, other = parse(data), parse(data | {"law": data["law"] | {constant: value}})
    largest = [place_configurations(own, s.id, 1000)[0][-1] for s in own.sectors]
    return any(not np.array_equal(expected_harms(own, c), expected_harms(other, c)) for c in largest)


def test_a_plan_is_valued_from_the_command_line(tmp_path):
    instance = instance_of("markov-4-01")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(candidates(instance)["greedy"].model_dump(mode="json")), encoding="utf-8")
    command = [sys.executable, "-W", "error", "benchmarks/markov_optimum.py", "markov/markov-4-01", str(plan)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    value, best = float(ROWS["markov-4-01"]["greedy"]), float(ROWS["markov-4-01"]["optimum"])
    assert done.stdout == f"{value:.12g} points, regret {value - best:.6g}\n"


@pytest.mark.long
def test_simulation_and_chain_agree_on_random_configurations_of_every_instance(capsys):
    dice, found = random.Random(7), []
    for number, name in enumerate(NAMES):
        instance = instance_of(name)
        chosen = [dice.choice(place_configurations(instance, s.id, 1000)[0]) for s in instance.sectors]
        plan, scenarios = deployment_of(instance, chosen), draw(instance, 500 + number, 1000)
        with Simulator(instance) as simulator:
            losses = simulator.losses([plan], scenarios)[0]
        found += [(name, c, loss, *moments(instance, c)) for c, loss in zip(chosen, losses.T, strict=True)]
    values = deviations(found)
    with capsys.disabled():
        print(f"\nMarkov family: {misses(values)} of {len(values)} means of simulations outside 99 %")
    assert misses(values) <= binom.ppf(0.999, len(values), 0.01)
    assert abs(values.sum()) <= 3.3 * math.sqrt(len(values))


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_stored_is_found_again(name):
    row = optima.work_out(name)
    for column, value in row.items():
        known = ROWS[name][column]
        if column in ("optimum", "second", *(r.replace(" ", "_") for r in optima.RULES)):
            assert float(value) == pytest.approx(float(known), rel=1e-10)
        elif column != "plan":
            assert str(value) == known, column


@pytest.mark.long
def test_every_entry_of_every_table_agrees_with_150_digits_and_with_scipy(capsys):
    worst, entries = np.zeros(2), 0
    for name in NAMES:
        instance = instance_of(name)
        for s in instance.sectors:
            for configuration in place_configurations(instance, s.id, 1000)[0]:
                worst = np.maximum(worst, precision(instance, configuration))
                entries += 1
    with capsys.disabled():
        print(f"\nMarkov family: {entries} entries, off by {worst[0]:.1e} (series) and {worst[1]:.1e} (scipy) at most")
    assert worst[0] < 1e-13
    assert worst[1] < 1e-11
