"""Promise: who rebuilds the model from docs/model.md alone gets the same numbers. Prints count, mean and deviation."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from optimiser import Deployment, Simulator, draw, evaluate
from optimiser.model.instance import Instance
from tests.long.independent_street import CONSTANTS, OUTCOMES, Street

pytestmark = pytest.mark.long
WORLDS, DAYS = 72, 1500
RARE = 20  # days that depart from the usual one: below it on both sides an outcome is left out
TOLD = 0.05  # share of the variance of an outcome below which it says nothing beside those before it
Floats = NDArray[np.float64]
ALWAYS = ["green", "yellow", "red"]
ROLES: dict[str, dict[str, Any]] = {
    "soft": {"phases": ["green", "yellow"], "containment": {"green": 1.0, "yellow": 0.5}, "visibility": 0.05},
    "hard": {"phases": ["yellow", "red"], "containment": {"yellow": 1.2, "red": 0.8}, "visibility": 1.0, "arrest": 0.1},
    "phh": {"phases": ["red"], "containment": {"red": 1.5}, "visibility": 1.0},
    "talk": {"phases": ALWAYS, "dialogue": 1.0, "information": 0.3},
    "arrest": {"phases": ["yellow", "red"], "arrest": 1.0, "containment": {"yellow": 0.2, "red": 0.2}},
    "medic": {"phases": ALWAYS, "medical": 1.5},
    "traffic": {"phases": ALWAYS, "traffic": 1.0},
}
SIZES = {"soft": 10, "hard": 10, "phh": 10, "talk": 3, "arrest": 5, "medic": 2, "traffic": 4}
MOST = {"soft": 5, "hard": 10, "phh": 8, "talk": 3, "arrest": 4, "medic": 3, "traffic": 3}
FAMILIES = ("plain", "handover", "water", "process", "disorder", "return", "enclosed", "unlined", "lawful")


def imagine(family: str, rng: np.random.Generator) -> dict[str, Any]:
    """Make a random world as data: one sector, one gathering, a post with nobody."""
    world: dict[str, Any] = {
        "name": family,
        "title": family,
        "cap": 10000,
        "period": {"start": "2024-01-01T08:00:00", "hours": rng.uniform(4.0, 7.0), "overtime": rng.uniform(0.0, 4.0)},
        "sectors": [imagine_sector(rng)],
        "posts": [{"id": "p", "name": "P", "x": 1, "y": 0, "staging_capacity": 5000}],
        "roles": [{"id": name, "name": name, **role} for name, role in ROLES.items()],
        "teams": [
            {"id": f"{name}-t", "name": name, "role": name, "size": size, "count": 300, "home": "p"}
            | {"fitness": float(rng.choice([1.0, 0.8]))}
            for name, size in SIZES.items()
        ],
        "gatherings": [imagine_crowd(rng)],
        "triggers": [imagine_trigger(rng)] if rng.random() < 0.4 else [],
        "doctrine": {
            **{"officer_per_sector": False, "refusal": 0.0, "lapis": 0.0, "lintas": 0.0, "relief_every": 0.0},
            "evacuation": rng.uniform(10.0, 40.0),
            "waiting_marks": [15, 30, 60, 90] if rng.random() < 0.6 else [8, 21, 55],
        },
        "law": {
            str(name): CONSTANTS[name] * rng.uniform(0.7, 1.4) for name in rng.choice(list(CONSTANTS), 5, replace=False)
        },
    }
    shape_family(world, family, rng)
    return world


def imagine_sector(rng: np.random.Generator) -> dict[str, Any]:
    """Make a street, most often with an official."""
    official: dict[str, Any] = {"name": "O", "staff": int(rng.integers(0, 40))}
    if rng.random() < 0.3:
        official["promised"] = float(rng.integers(4, 100)) + 0.5
    else:
        chance, after, spread = rng.uniform(0.0, 1.0), rng.uniform(10.0, 80.0), rng.uniform(0.0, 40.0)
        official |= {"chance": chance, "after": after, "spread": spread}
    return {
        **{"id": "s", "name": "S", "x": 0, "y": 0, "public": int(rng.integers(0, 200))},
        **{"property": rng.uniform(5.0, 50.0), "records": rng.uniform(5.0, 50.0)},
        **{"exit_open": bool(rng.random() < 0.8), "traffic_need": int(rng.choice([0, 0, 6]))},
        **({"official": official} if rng.random() < 0.8 else {}),
    }


def imagine_crowd(rng: np.random.Generator) -> dict[str, Any]:
    """Make a gathering of one stop."""
    green, yellow, red = np.sort(rng.uniform(0.02, 0.4, 3))
    return {
        **{"id": "g", "name": "G", "arrives": "08:10", "late": rng.uniform(0.0, 20.0)},
        **{"turnout": float(rng.integers(100, 1500)), "turnout_spread": rng.uniform(0.0, 0.4)},
        **{"groups": int(rng.integers(1, 5)), "arrival_spread": rng.uniform(5.0, 50.0)},
        **{"tension": rng.uniform(0.3, 0.95), "tension_spread": rng.uniform(0.0, 0.2)},
        **{"liaison": bool(rng.random() < 0.5), "regroup": float(rng.choice([0.0, 0.2, 0.5]))},
        **{"chance": float(rng.choice([1.0, 0.9])), "ends_if_received": rng.uniform(0.0, 1.0)},
        "itinerary": [{"sector": "s", "stay": rng.uniform(60.0, 300.0)}],
        "militant": {"green": green, "yellow": yellow, "red": red},
    }


def imagine_trigger(rng: np.random.Generator) -> dict[str, Any]:
    """Make a rumour or an announcement."""
    kind, tension = str(rng.choice(["rumour", "announcement"])), rng.uniform(-0.2, 0.4)
    return {"id": "t", "name": "T", "kind": kind, "at": "09:30", "chance": 0.7, "late": 15.0, "tension": tension}


def shape_family(world: dict[str, Any], family: str, rng: np.random.Generator) -> None:
    """Give a world what its family is about."""
    sector, gathering, doctrine = world["sectors"][0], world["gatherings"][0], world["doctrine"]
    if family == "handover":
        doctrine |= {"lapis": rng.uniform(5.0, 40.0), "lintas": rng.uniform(5.0, 40.0)}
        doctrine |= {"handover_strength": rng.uniform(0.1, 0.6), "relief_every": 45.0, "relief": 10.0}
    elif family == "water":
        awc = {"id": "awc", "name": "AWC", "count": 9, "home": "p", "crew": 4, "water_cannon": True, "visibility": 5.0}
        awc |= {"endurance": rng.uniform(5.0, 15.0), "refill": rng.uniform(5.0, 30.0)}
        world["vehicles"] = [awc | {"containment": {"red": rng.uniform(5.0, 40.0)}}]
        doctrine |= {"order_red": rng.uniform(0.0, 10.0), "required_risk": rng.uniform(0.7, 0.99)}
        sector |= {"exit_open": True}
        sector.pop("official", None)
        gathering |= {"tension": rng.uniform(0.8, 1.0), "turnout": float(rng.integers(600, 2000))}
    elif family == "process":
        sector["critical"] = [{"name": "count", "start": "09:00", "end": "11:30", "restart": rng.uniform(0.0, 60.0)}]
        car = {"id": "car", "name": "Car", "count": 9, "home": "p", "crew": 3, "crew_role": "hard", "visibility": 4.0}
        car |= {"protected": bool(rng.random() < 0.7), "medical": rng.uniform(0.0, 3.0)}
        world["vehicles"] = [car | {"containment": {"yellow": rng.uniform(0.0, 9.0), "red": rng.uniform(0.0, 9.0)}}]
    elif family == "disorder":
        gathering["comes_as"] = str(rng.choice(["yellow", "red"]))
    elif family == "return":
        sector |= {"exit_open": True, "traffic_need": 0}
        sector["official"] = {"name": "O", "staff": 9, "chance": rng.uniform(0.0, 0.6), "after": 50.0, "spread": 40.0}
        gathering |= {"comes_as": str(rng.choice(["green", "yellow", "red"])), "regroup": rng.uniform(0.4, 0.9)}
        gathering |= {
            "tension": rng.uniform(0.6, 1.0),
            "itinerary": [{"sector": "s", "stay": rng.uniform(200.0, 400.0)}],
        }
        world["law"] |= {"disperse_yellow": rng.uniform(0.8, 2.0), "disperse_red": rng.uniform(1.5, 4.0)}
        world["period"].pop("overtime")
    elif family == "enclosed":
        sector |= {"exit_open": False} if rng.random() < 0.5 else {"exit_open": True, "traffic_need": 99}
        gathering |= {"comes_as": str(rng.choice(["green", "yellow", "red"])), "tension": rng.uniform(0.5, 1.0)}
    elif family == "unlined":
        van = {"id": "van", "name": "Van", "count": 9, "home": "p", "crew": 3, "visibility": 1.0}
        world["vehicles"] = [van | {"containment": {"yellow": 4.0, "red": 0.0}}]
        gathering |= {"comes_as": str(rng.choice(["yellow", "red"])), "tension": rng.uniform(0.5, 1.0)}
    elif family == "lawful":
        red = float(rng.choice([0.0, 0.1]))
        gathering |= {"militant": {"green": 0.0, "yellow": 0.0, "red": red}, "tension": rng.uniform(0.5, 1.0)}
        gathering["comes_as"] = str(rng.choice(["green", "yellow"]))


def stand(family: str, rng: np.random.Generator) -> tuple[dict[str, int], dict[str, int]]:
    """Choose what stands in the street: teams and vehicles by kind."""
    teams = {f"{name}-t": int(rng.integers(0, number + 1)) for name, number in MOST.items()}
    if family == "water":
        return teams | {"medic-t": max(1, teams["medic-t"]), "traffic-t": 2}, {"awc": int(rng.integers(1, 3))}
    if family == "process":
        return teams | {"hard-t": max(1, teams["hard-t"])}, {"car": int(rng.integers(0, 3))}
    if family == "return":
        return teams | {"hard-t": max(5, teams["hard-t"]), "phh-t": max(3, teams["phh-t"])}, {}
    if family == "unlined":
        behind = {f"{name}-t": int(rng.integers(1, MOST[name] + 1)) for name in ("talk", "medic", "traffic")}
        return behind | {"soft-t": int(rng.choice([0, 3])), "hard-t": int(rng.choice([0, 0, 4]))}, {
            "van": int(rng.integers(0, 3))
        }
    return teams, {}


@cache
def world(number: int) -> tuple[Instance, dict[str, int], dict[str, int]]:
    """Return a random world: its instance, and the teams and vehicles that stand there."""
    rng, family = np.random.default_rng([7, number]), FAMILIES[number % len(FAMILIES)]
    return Instance.model_validate(imagine(family, rng)), *stand(family, rng)


@cache
def simulate(number: int) -> Floats:
    """Return what the program says of a world, in the order of `OUTCOMES`, shape (days, outcomes)."""
    instance, teams, vehicles = world(number)
    placed = ({("s", kind): n for kind, n in units.items()} for units in (teams, vehicles))
    with Simulator(instance) as simulator:
        scenarios = draw(instance, seed=number, count=DAYS, group="reporting")
        outcome = evaluate(simulator, Deployment.build(instance, *placed), scenarios).outcome
    minutes = outcome.minutes[:, 0]
    return np.column_stack([minutes[:, 2:] > 0.0, outcome.force[:, 0] == 5, minutes, outcome.harms[:, 0]])


def is_rare(values: Floats) -> bool:
    """Tell whether too few days depart from the usual one."""
    _, counts = np.unique(values, return_counts=True)
    return len(values) - counts.max() < RARE


def compare(numbers: range, changed: dict[str, float] | None = None) -> Floats:
    """Return z-scores of the referee's mean less the program's, shape (2, worlds, outcomes); nan where left out.

    The first are plain. The others are each given those before it in the same world, so that all are independent.
    """
    scores = np.full((2, len(numbers), len(OUTCOMES)), np.nan)
    for row, number in enumerate(numbers):
        theirs, ours = simulate(number), Street(*world(number), changed).play(number, DAYS)
        kept = [j for j in range(len(OUTCOMES)) if not (is_rare(theirs[:, j]) and is_rare(ours[:, j]))]
        variance = (np.cov(theirs[:, kept].T) + np.cov(ours[:, kept].T)) / DAYS
        error = np.sqrt(np.diag(variance))
        plain = (ours - theirs)[:, kept].mean(axis=0) / error
        scores[0, row, kept] = plain
        scores[1, row, kept] = make_independent(plain, variance / np.outer(error, error))
    return scores


def make_independent(plain: Floats, correlation: Floats) -> Floats:
    """Return each z-score given those before it; nan where they tell it already: most of its variance is theirs."""
    found, told = np.full(len(plain), np.nan), list[int]()
    for j, score in enumerate(plain):
        weights = np.linalg.solve(correlation[np.ix_(told, told)], correlation[told, j])
        left = 1.0 - weights @ correlation[told, j]
        if left > TOLD:
            found[j] = (score - weights @ plain[told]) / np.sqrt(left)
            told.append(j)
    return found


def judge(scores: Floats) -> list[str]:
    """List what is wrong with z-scores that should be standard normal: all together, and each outcome for itself."""
    plain, independent = scores
    found = independent[~np.isnan(independent)]
    wrong = []
    if not 0.9 <= found.std(ddof=1) <= 1.1:
        wrong.append(f"deviation {found.std(ddof=1):.3f}")
    if abs(found.mean()) > 3.0 / np.sqrt(len(found)):
        wrong.append(f"mean {found.mean():.3f}")
    for name, column in zip(OUTCOMES, plain.T, strict=True):
        seen = column[~np.isnan(column)]
        if len(seen) and abs(seen.mean()) > 4.0 / np.sqrt(len(seen)):  # one a world: independent
            wrong.append(f"{name}: mean {seen.mean():.2f}")
    far = np.argwhere(np.abs(scores) > 4.5)
    return wrong + [f"{OUTCOMES[j]} in world {k}: {scores[i, k, j]:.1f}" for i, k, j in far]


@cache
def unchanged() -> Floats:
    """Compare all worlds as they are."""
    return compare(range(WORLDS))


def test_who_rebuilds_the_model_from_its_page_gets_the_same_numbers(capsys):
    scores = unchanged()
    plain, independent = (s[~np.isnan(s)] for s in scores)
    figure = f"{len(plain)} z-scores, largest {np.abs(plain).max():.2f}, {scores[0].size - len(plain)} left out; "
    figure += f"{len(independent)} independent: mean {independent.mean():.3f}, deviation {independent.std(ddof=1):.3f}"
    with capsys.disabled():
        print(f"\nindependent street: {WORLDS} worlds, {DAYS} days each; {figure}")
    assert len(independent) >= 300
    assert (~np.isnan(scores[0])).any(axis=0).all(), "an outcome was never compared"
    assert judge(scores) == []


@pytest.mark.parametrize("name", ["mark_loss", "public_hurt", "worsen_green"])
def test_one_changed_constant_would_be_noticed(name):
    assert judge(unchanged()[:, ::4]) == []
    assert judge(compare(range(0, WORLDS, 4), {name: 1.25 * CONSTANTS[name]}))
