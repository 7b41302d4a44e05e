"""A law learned from logs: what is told, what keeps its prior, partial logs, the law file, and the command."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from support.command_line import run
from support.learning_town import SyntheticDays, plan, town

from optimiser.common.errors import BadSetting, FileTrouble, InputFault, OptimiserError
from optimiser.common.language import ENGLISH, Language
from optimiser.common.random_streams import uniform
from optimiser.files.beside.law_file import demand_name, law_text
from optimiser.files.logs.write import list_log_headers, list_log_rows
from optimiser.files.read import read
from optimiser.model.laws.choice import DefaultLaw
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import PlausibleRange, plausible_range
from optimiser.model.observed_log import Observation, ObservedDay, ObservedLog
from optimiser.operation.calibration import likelihood as likelihoods
from optimiser.operation.calibration import posterior, sampler
from optimiser.operation.calibration.calibrate import calibrate
from optimiser.operation.calibration.coarse import chances, resample
from optimiser.operation.calibration.days import CoarseDay, DayReader
from optimiser.operation.calibration.document import calibration_schema, describe_calibration
from optimiser.operation.calibration.likelihood import Likelihood
from optimiser.operation.calibration.posterior import CHAINS, Normal, judge
from optimiser.operation.calibration.prior import Prior, prior_of_law, prior_of_tension
from optimiser.operation.calibration.problem import Problem, pose
from optimiser.operation.calibration.recording import Injured
from optimiser.operation.day_log import log_of
from optimiser.output.calibration.law_file import learned_law_text
from optimiser.output.calibration.sections import calibration_sections
from optimiser.simulation.draws.streams import Stream
from optimiser.simulation.engine import Floats
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator, simulate

PLACE = {c.name: i for i, c in enumerate(CONSTANTS)}


def observed(count: int = 3, seed: int = 5) -> list[ObservedDay]:
    instance, deployment = town(), plan(town())
    days = []
    for number, scenario in enumerate(draw(instance, seed, count, REPORTING).items):
        replication, events = simulate(instance, deployment, scenario)
        days.append(log_of(instance, events, replication, deployment, f"day {number + 1}"))
    return days


def pose_days(count: int) -> Problem:
    """Give what is unknown of some days of the town, with injured who were counted."""
    days = SyntheticDays(town(), plan(town()))
    recorded = days.record(days.logs(days.scenarios(2, count)))
    injured = [Injured(d, s, (0, 1, 2), float(d + s)) for d in range(count) for s in (-1, 1)]
    likelihood = Likelihood(days.facts, recorded, DefaultLaw(), injured)
    return pose(likelihood, prior_of_law(town()), prior_of_tension(town(), likelihood.came))


# ---------------------------------------------------------------- drawing


def test_python_and_machine_code_draw_the_same(monkeypatch) -> None:
    """The chain itself, and so everything that it weighs: same random numbers, same points."""
    compiled, point = pose_days(2), Stream(3).normals(100)
    monkeypatch.setattr(likelihoods, "_choose", likelihoods._PythonWeigher)
    python, chains = pose_days(2), []
    for problem in (compiled, python):
        begin = point[: len(problem.told) + len(problem.days)]
        chains.append(problem.chain(begin, 5).move(3, np.eye(len(begin)), begin))
    np.testing.assert_allclose(chains[0], chains[1], rtol=1e-9, atol=1e-9)
    assert (np.diff(chains[0], axis=0) != 0.0).all()


def test_where_days_tell_nothing_chains_stay_at_the_prior_whatever_helps_them_along(monkeypatch) -> None:
    """All days are equally likely, so that draws are standard normal; what helps lies and leans elsewhere."""
    monkeypatch.setattr(likelihoods, "_choose", likelihoods._PythonWeigher)
    problem = pose_days(2)
    monkeypatch.setattr(sampler, "settle_law", lambda days: None)
    monkeypatch.setattr(sampler, "weigh_day", lambda days, d: days.log.__setitem__(d, 0.0))
    problem = Problem(problem.likelihood, problem.prior, problem.tension, problem.told[:2])
    days = problem.days
    assert len(days) > len(set(days)), "a day has two tensions, which lean on each other"
    numbers = 2 + len(days)
    root = 1.3 * np.eye(numbers)
    root[1, 0], root[2:, 0] = 0.6, 0.3
    for i in range(numbers - 2):
        root[2 + i, 2:][(days == days[i]) & (np.arange(len(days)) < i)] = 0.5
    normal = Normal(np.full(numbers, 0.4), root)
    drawn = np.zeros((CHAINS, 600, numbers))
    for number in range(CHAINS):
        point = Stream(number).normals(numbers)
        chain = problem.chain(point, number)
        for first in range(0, 600, 100):
            drawn[number, first : first + 100] = chain.move(100, root.T, normal.normals(point))
            point = drawn[number, first + 99]
    for moment, value in ((drawn, 0.0), (drawn**2, 1.0)):
        means = moment.mean(axis=1)
        half = 5.4 * means.std(axis=0, ddof=1) / np.sqrt(CHAINS)  # Student, 7 degrees of freedom, 99.9 %
        assert (half < 0.25).all()
        assert (np.abs(means.mean(axis=0) - value) <= half).all()


def test_chains_that_do_not_agree_go_on(monkeypatch) -> None:
    """Enough independent draws are not enough, and neither is it that chains agree."""
    problem, said = pose_days(1), iter([(900.0, 1.2), (20.0, 1.0), (900.0, 1.01)])
    judged = []

    def judge_as_said(draws: Floats) -> tuple[float, float]:
        judged.append(len(draws))
        return next(said)

    monkeypatch.setattr(posterior, "judge", judge_as_said)
    found = posterior.sample(problem, 1)
    assert judged == [posterior.SHORTEST, 2 * posterior.SHORTEST, 4 * posterior.SHORTEST]
    assert found.r_hat == 1.01


def test_a_normal_distribution_is_like_the_draws_it_is_made_from() -> None:
    """Two constants, two days with a tension each that leans on the first constant."""
    random, mix = (
        np.random.default_rng(1),
        np.array([[0.5, 0.0, 0, 0], [0.3, 0.4, 0, 0], [0.5, 0, 0.2, 0], [0, 0, 0, 1]]),
    )
    draws = np.array([1.0, -1.0, 0.0, 2.0]) + random.standard_normal((40_000, 4)) @ mix.T
    found = Normal.like(draws, np.array([0, 1]))
    np.testing.assert_allclose(found.mean, [1.0, -1.0, 0.0, 2.0], atol=0.02)
    np.testing.assert_allclose(found.root @ found.root.T, 1.21 * mix @ mix.T, atol=0.05)
    point = np.array([0.1, 0.2, -0.3, 0.4])
    np.testing.assert_allclose(found.mean + found.root @ found.normals(point), point)


def test_independent_draws_and_agreement_of_chains_are_those_of_series_that_are_known() -> None:
    """An autoregressive series of 0.8 counts (1 - 0.8) / (1 + 0.8) of its length; chains apart do not agree."""
    random = np.random.default_rng(2)
    series = random.standard_normal((4000, 8, 1))
    for i in range(1, 4000):
        series[i] = 0.8 * series[i - 1] + 0.6 * series[i]
    independent, r_hat = judge(series)
    assert independent == pytest.approx(32_000 / 9.0, rel=0.15)
    assert r_hat == pytest.approx(1.0, abs=0.01)
    series[:, 0] += 2.0
    independent, r_hat = judge(series)
    assert independent < 30.0
    assert r_hat > 1.15


def test_a_prior_is_drawn_as_uncertain_scenarios_draw_it() -> None:
    one = PlausibleRange(1.0, 2.0, 6.0)
    drawn = Prior.of([one]).at(np.random.default_rng(3).standard_normal((40_000, 1)))[:, 0]
    assert drawn.min() >= 1.0
    assert drawn.max() <= 6.0
    assert (drawn < 2.0).mean() == pytest.approx(0.5, abs=0.01)
    assert drawn.std() == pytest.approx(one.spread, rel=0.01)


def test_a_share_that_was_counted_narrows_its_prior_to_what_it_can_be() -> None:
    prior = Prior.of([PlausibleRange(0.1, 0.25, 0.5)]).narrow(0, 0.30, 0.31)
    drawn = prior.at(np.random.default_rng(3).standard_normal((1000, 1)))
    assert drawn.min() >= 0.30 - 1e-9
    assert drawn.max() <= 0.31 + 1e-9


def test_numbers_of_a_stream_are_those_of_the_stream_and_have_the_right_distribution() -> None:
    stream = Stream(7)
    assert [*stream.uniforms(2), stream.uniform()] == [uniform(7, k) for k in range(3)]
    normals = stream.normals(40_000)
    assert abs(normals.mean()) < 0.02
    assert normals.std() == pytest.approx(1.0, abs=0.02)
    counts = stream.poisson(np.full(20_000, 3.5))
    assert counts.mean() == pytest.approx(3.5, abs=0.06)
    assert counts.var() == pytest.approx(3.5, abs=0.15)
    assert sorted(stream.order(9)) == list(range(9))


# ---------------------------------------------------------------- learning


def test_what_logs_say_nothing_about_is_named_and_keeps_its_prior() -> None:
    found = calibrate(town(), plan(town()), observed(), draws=100)
    untold = {one.name for one in found.untold}
    assert {"property_rate", "fire_gain", "records_rate", "yellow_process", "yellow_harm", "spray_disperse"} <= untold
    assert all(one.after == one.before and one.shrinkage == 0.0 for one in found.untold)
    text = " ".join(str(section) for section in calibration_sections(found))
    assert all(name in text for name in untold)
    assert found.settled
    assert found.independent == 100.0
    assert "warning" not in text
    for doubtful, words in ((replace(found, independent=40.0), "fewer than 100"), (replace(found, r_hat=1.3), "1.30")):
        assert words in " ".join(str(section) for section in calibration_sections(doubtful))


def test_a_day_on_which_nobody_came_tells_nothing() -> None:
    found = calibrate(town(), plan(town()), [ObservedDay("quiet", (), complete=True)], draws=50)
    assert found.told == ()
    assert (found.independent, found.settled) == (50.0, True)


@pytest.mark.long
def test_more_days_tell_more() -> None:
    few, many = (calibrate(town(), plan(town()), observed(n), draws=100) for n in (1, 12))
    assert sum(c.shrinkage for c in many.constants) > 1.5 * sum(c.shrinkage for c in few.constants)


@pytest.mark.slow
def test_a_law_that_is_not_the_default_one_is_found() -> None:
    """Under a law in which crowds cool down twice as fast, that is what is learned."""
    days = SyntheticDays(town(), plan(town()))
    truth = np.array([c.default for c in CONSTANTS])
    truth[PLACE["cool"]] = CONSTANTS[PLACE["cool"]].high
    scenarios = days.scenarios(3, 10, truth)
    logs = []
    for n in range(10):
        replication, events = simulate(town(), plan(town()), scenarios[n], law=DefaultLaw())
        logs.append(log_of(town(), events, replication, name=str(n)))
    found = calibrate(town(), plan(town()), logs, draws=100)
    cool = found.constants[PLACE["cool"]]
    assert cool.before.value < cool.low
    assert cool.shrinkage > 0.3


def test_same_days_and_seed_give_the_same_document() -> None:
    first, second = (describe_calibration(calibrate(town(), plan(town()), observed(2), draws=100)) for _ in range(2))
    assert first == second
    jsonschema.validate(first, calibration_schema())


def test_logs_that_say_nothing_are_refused() -> None:
    for days in ([], [ObservedDay("rain", (Observation(5.0, "arrived", "kpu", about="march", number=10.0),))]):
        with pytest.raises(OptimiserError, match="say nothing that a law could be learned from"):
            calibrate(town(), plan(town()), days)


def test_rows_of_a_complete_day_that_lack_what_a_replay_needs_are_told_all_at_once() -> None:
    rows = (
        Observation(20.0, "arrived", "kpu", number=300.0),
        Observation(25.0, "arrived", "kpu", about="march"),
        Observation(30.0, "arrived", about="march", number=300.0),
        Observation(40.0, "phase", "kpu"),
    )
    with pytest.raises(InputFault) as refused:
        calibrate(town(), plan(town()), [ObservedDay("Monday", rows, complete=True)])
    told = [(fault.place, str(fault.expected)) for fault in refused.value.faults]
    assert told == [
        ("Monday, 09:20", "the gathering"),
        ("Monday, 09:25", "a number of people"),
        ("Monday, 09:30", "a sector"),
        ("Monday, 09:40", "the phase"),
    ]


# ---------------------------------------------------------------- coarse logs


def test_of_a_coarse_log_the_highest_phase_and_the_injured_are_used_and_nothing_else() -> None:
    rows = (
        Observation(10.0, "phase", "kpu", about="yellow"),
        Observation(20.0, "phase", "kpu", about="green"),
        Observation(30.0, "arrived", "bawaslu", about="rally", number=4000.0),
        Observation(40.0, "injured", "kpu", number=2.0),
        Observation(50.0, "injured", "kpu", number=1.0),
    )
    day = DayReader(town()).coarse(ObservedDay("d", rows))
    assert day == CoarseDay("d", {0: 2}, {0: 3.0})


def test_chances_of_a_coarse_day_are_counted_among_simulated_ones() -> None:
    instance, deployment = town(), plan(town())
    with Simulator(instance) as simulator:
        outcome = simulator.outcome(deployment, draw(instance, 1, 200, REPORTING))
    red = chances(CoarseDay("", {0: 3}, {}), outcome)
    np.testing.assert_array_equal(red, outcome.minutes[:, 0, 3] > 0.0)
    assert 0.0 < red.mean() < 1.0
    yellow = chances(CoarseDay("", {0: 2}, {}), outcome)
    np.testing.assert_array_equal(yellow, (outcome.minutes[:, 0, 2] > 0.0) & (outcome.minutes[:, 0, 3] == 0.0))
    none = chances(CoarseDay("", {}, {-1: 0.0}), outcome)
    np.testing.assert_allclose(none, np.exp(-np.maximum(1e-9, outcome.harms[:, :, :3].sum(axis=(1, 2)))))


def test_laws_are_drawn_by_weight() -> None:
    rows = resample(np.array([0.0, 0.25, 0.75]), 400, 1)
    assert [rows.count(i) for i in range(3)] == [0, 100, 300]


@pytest.mark.long
def test_a_coarse_log_moves_the_law_and_a_complete_one_more() -> None:
    red = [ObservedDay(str(n), (Observation(90.0, "phase", "kpu", about="red"),)) for n in range(4)]
    found = calibrate(town(), plan(town()), red, draws=100)
    assert (len(found.complete), len(found.coarse)) == (0, 4)
    drawn = found.draws[:, PLACE["worsen_yellow"]]
    assert drawn.mean() > CONSTANTS[PLACE["worsen_yellow"]].default * 1.1
    both = calibrate(town(), plan(town()), [*observed(2), *red[:1]], draws=100)
    assert (len(both.complete), len(both.coarse)) == (2, 1)


# ---------------------------------------------------------------- the law file


def test_an_instance_names_the_law_that_was_learned(tmp_path) -> None:
    found = calibrate(town(), plan(town()), observed(2), draws=100)
    (tmp_path / "law.toml").write_text(learned_law_text(found), encoding="utf-8")
    file = {**json.loads(town().model_dump_json(exclude_defaults=True)), "law": "law.toml"}
    (tmp_path / "town.json").write_text(json.dumps(file), encoding="utf-8")
    named = read(tmp_path / "town.json")
    for one, constant in zip(found.constants, CONSTANTS, strict=True):
        assert tuple(plausible_range(named.law, constant)) == pytest.approx(tuple(one.after), rel=1e-3)
    assert len(draw(named, 1, 5, uncertain=True)) == 5


@pytest.mark.parametrize("name", ["../law.toml", "/etc/law.toml", "law.json", "sub/law.toml"])
def test_a_law_file_lies_beside_the_instance(tmp_path, name: str) -> None:
    file = {**json.loads(town().model_dump_json(exclude_defaults=True)), "law": name}
    (tmp_path / "town.json").write_text(json.dumps(file), encoding="utf-8")
    with pytest.raises(InputFault, match="beside the instance"):
        read(tmp_path / "town.json")


def test_a_law_file_that_is_missing_or_holds_something_else_is_refused(tmp_path) -> None:
    file = {**json.loads(town().model_dump_json(exclude_defaults=True)), "law": "law.toml"}
    (tmp_path / "town.json").write_text(json.dumps(file), encoding="utf-8")
    with pytest.raises(FileTrouble, match=r"law\.toml"):
        read(tmp_path / "town.json")
    for text in ("cool = 1.0", "[law]\ncool = 1.0\n[period]\nhours = 3.0", "law = 3"):
        (tmp_path / "law.toml").write_text(text, encoding="utf-8")
        with pytest.raises(InputFault, match="one table"):
            read(tmp_path / "town.json")
    (tmp_path / "law.toml").write_text("[law]\nwarm = 1.0", encoding="utf-8")
    with pytest.raises(InputFault, match="warm"):
        read(tmp_path / "town.json")


def test_bug_a_law_file_named_where_nothing_lies_beside_says_what_to_do() -> None:
    file = {**json.loads(town().model_dump_json(exclude_defaults=True)), "law": "law.toml"}
    with pytest.raises(InputFault, match=r"put what stands below \[law\] in that file in the place of its name"):
        read(file)
    with pytest.raises(InputFault) as refused:
        read({**file, "cap": -1})
    assert [fault.place for fault in refused.value.faults] == ["law", "cap"]


def test_a_law_file_is_written_so_that_it_can_be_read(tmp_path) -> None:
    text = law_text({"cool": PlausibleRange(0.5, 0.98765, 1500.0)}, 'a "source"', ["one", "two"])
    assert text.startswith("# one\n# two\n\n[law]\ncool = { value = 0.9877, low = 0.5, high = 1500.0")
    with pytest.raises(BadSetting, match=r"law\.json"):
        demand_name(tmp_path / "law.json")


# ---------------------------------------------------------------- the command


@pytest.mark.slow
def test_the_command_tells_and_writes_what_was_learned(tmp_path) -> None:
    file, log, wanted = tmp_path / "town.json", tmp_path / "log.csv", tmp_path / "plan.json"
    file.write_text(town().model_dump_json(exclude_defaults=True), encoding="utf-8")
    wanted.write_text(plan(town()).model_dump_json(), encoding="utf-8")
    first, second, third = observed(3)
    days = ObservedLog((first, second, replace(third, name="partly", complete=False)))
    with log.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([list_log_headers(ENGLISH), *list_log_rows(days, town(), ENGLISH)])
    out = tmp_path / "law.toml"
    told = run("calibrate", file, wanted, log, "--draws", 100, "--out", out)
    assert told.exit_code == 0, told.output
    for words in ("WHAT WAS LEARNED", "NOTHING", "WHAT IT CHANGES"):
        assert words in told.output.upper()
    assert "[law]" in out.read_text(encoding="utf-8")
    shown = run("calibrate", file, wanted, log, "--draws", 100, "--json", "--lang", "id")
    document = json.loads(shown.stdout)
    jsonschema.validate(document, calibration_schema())
    assert document["days"] == {"complete": ["day 1", "day 2"], "coarse": ["partly"], "unused": []}
    indonesian = run("calibrate", file, wanted, log, "--draws", 100, "--lang", "id")
    assert Language("id")("What was learned").upper() in indonesian.output.upper()


def test_bug_a_day_that_was_given_twice_counted_twice() -> None:
    first, second = observed(2)
    with pytest.raises(OptimiserError, match=f"'{first.name}' and 'a copy' are the same day, row by row"):
        calibrate(town(), plan(town()), [first, second, replace(first, name="a copy")], draws=100)
    assert not ObservedDay("quiet", ()).is_copy_of(ObservedDay("as quiet", ()))
