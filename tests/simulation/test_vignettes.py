"""Named incidents come out as they went, and levers work in the direction that the sources give.

Shares are judged by exact binomial confidence limits, effects by paired 95 % intervals. Agreement here is by
construction: inputs and constants were chosen with these incidents in view, all with the same constants.
"""

from __future__ import annotations

from functools import cache

import pytest
from scipy import stats

from optimiser.files.read import instances_folder, read, read_deployment
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.risk_law import ThresholdLaw
from optimiser.planning.evaluation import Evaluation, compare, evaluate
from optimiser.simulation.scenario import REPORTING, draw
from optimiser.simulation.simulator import Simulator

COUNT = 300
NAMES = ("muba-2024", "empat-lawang-2024", "muratara-2024", "seram-timur-2024", "kaur-2005")


@cache
def vignette(name: str) -> tuple[Instance, Deployment]:
    instance = read(instances_folder() / f"{name}.toml")
    return instance, read_deployment(instances_folder() / str(instance.historical))


@cache
def played(name: str) -> Evaluation:
    return play(*vignette(name))


def play(instance: Instance, deployment: Deployment, count: int = COUNT) -> Evaluation:
    with Simulator(instance) as simulator:
        return evaluate(simulator, deployment, draw(instance, 1, count, REPORTING))


def limits(share: float) -> tuple[float, float]:
    interval = stats.binomtest(round(share * COUNT), COUNT).proportion_ci(0.95, "exact")
    return interval.low, interval.high


def with_sector(instance: Instance, number: int, **official: object) -> Instance:
    sector = instance.sectors[number]
    changed = sector.altered(official=sector.official.altered(**official))
    sectors = tuple(changed if i == number else s for i, s in enumerate(instance.sectors))
    return instance.altered(sectors=sectors)


def moved(instance: Instance, deployment: Deployment, origin: str, goal: str, kind: str, number: int) -> Deployment:
    teams = {(p, k): n for p, a in deployment.places.items() for k, n in a.teams.items()}
    vehicles = {(p, k): n for p, a in deployment.places.items() for k, n in a.vehicles.items()}
    teams[origin, kind] = teams.get((origin, kind), 0) - number
    if goal:
        teams[goal, kind] = teams.get((goal, kind), 0) + number
    assert teams[origin, kind] >= 0
    return Deployment.build(instance, teams, vehicles)


@pytest.mark.parametrize("name", ["muba-2024", "empat-lawang-2024"])
def test_received_delegations_stay_peaceful_in_nearly_all_scenarios(name):
    share = play(*vignette(name), 2000).worst_phase()["peaceful"]
    assert stats.binomtest(round(share * 2000), 2000).proportion_ci(0.95, "exact").low > 0.9


def test_muratara_is_mostly_yellow():
    """Pooled over five seeds, so that no lucky one decides."""
    instance, plan = vignette("muratara-2024")
    with Simulator(instance) as simulator:
        runs = [evaluate(simulator, plan, draw(instance, seed, 200, REPORTING)).worst_phase() for seed in range(1, 6)]
    yellow = round(sum(r["yellow"] for r in runs) * 200)
    assert stats.binomtest(yellow, 1000).proportion_ci(0.95, "exact").low > 0.5


@pytest.mark.parametrize("name", ["seram-timur-2024", "kaur-2005"])
def test_seram_and_kaur_turn_red_in_a_good_share(name):
    assert limits(played(name).worst_phase()["red"])[0] > 0.2


def test_kaur_moves_on_to_further_sites():
    minutes = played("kaur-2005").outcome.minutes
    disorder = (minutes[:, :, 2] + minutes[:, :, 3] > 0).mean(axis=0)
    assert len(disorder) == 3
    assert all(limits(float(share))[0] > 0.3 for share in disorder)


def test_seram_loses_hours_of_recap():
    assert played("seram-timur-2024").harms["process_minutes"].low > 60.0


@pytest.mark.parametrize("name", NAMES)
def test_no_constant_exists_for_one_incident_only(name):
    assert not vignette(name)[0].law


def test_reception_lowers_loss_where_nobody_came():
    """Facilitation: the same plan, the same futures, but an official receives the delegation after 20 minutes."""
    instance, plan = vignette("seram-timur-2024")
    number = next(i for i, s in enumerate(instance.sectors) if s.official)
    received = play(with_sector(instance, number, promised=20.0), plan)
    change = compare(received, played("seram-timur-2024"))
    assert change.loss.high < 0.0
    assert change.harms["injuries"].high < 0.0
    assert change.harms["process_minutes"].high < 0.0


def test_a_longer_wait_makes_empat_lawang_worse():
    instance, plan = vignette("empat-lawang-2024")
    waiting = instance
    for number, sector in enumerate(instance.sectors):
        if sector.official:
            waiting = with_sector(waiting, number, chance=0.0, promised=None)
    # it makes a difference in 1 or 2 of 100 scenarios: fewer than these show nothing
    assert compare(play(waiting, plan, 8 * COUNT), play(instance, plan, 8 * COUNT)).loss.low > 0.0


def test_without_any_police_kaur_is_worse():
    instance, _ = vignette("kaur-2005")
    nobody = play(instance, Deployment(instance=instance.name))
    assert compare(nobody, played("kaur-2005")).loss.low > 0.0


def test_shields_in_view_of_a_calm_crowd_make_it_less_calm():
    """Muba with a tenser crowd that nobody receives: shields in front instead of in the yard cost calm minutes."""
    instance, plan = vignette("muba-2024")
    crowds = tuple(g.altered(tension=0.6) for g in instance.gatherings)
    tense = with_sector(instance, 0, chance=0.0, promised=None).altered(gatherings=crowds)
    roles = {r.id: r for r in tense.roles}
    shields = next(t for t in tense.teams if roles[t.role].visibility >= 1.0)
    front = moved(tense, plan, "mapolres", tense.sectors[0].id, shields.id, plan.team_count("mapolres", shields.id))
    calm, provoked = (play(tense, d).outcome.minutes[:, :, 1].sum(axis=1) for d in (plan, front))
    difference = calm - provoked
    assert difference.mean() > 1.96 * difference.std(ddof=1) / COUNT**0.5


def test_the_threshold_law_can_take_the_place_of_the_default():
    instance, plan = vignette("kaur-2005")
    with Simulator(instance, law=ThresholdLaw()) as simulator:
        other = evaluate(simulator, plan, draw(instance, 1, 60, REPORTING))
    assert other.loss.mean > 0.0
    assert other.loss.mean != played("kaur-2005").loss.mean
