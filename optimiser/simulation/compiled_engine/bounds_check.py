"""What an engine is asked for must fit: compiled code checks no bounds, so that it is looked at before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.model.laws.escalation_law import CHANNELS
from optimiser.simulation.event_queue import NUMBERS
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.situations.orders import AXES as ORDER_AXES

if TYPE_CHECKING:
    from optimiser.simulation.engine import Trial
    from optimiser.simulation.situations.moment import Snapshots, Tasks

MOST = 10_000  # teams or vehicles of a kind at a place: the limit of the deployment format


def look_at_scenarios(facts: Facts, scenarios: Scenarios) -> None:
    """Refuse scenarios of another instance.

    Raises
    ------
    ValueError : their arrays or streams do not have the shape that the instance asks for.
    """
    n, size = len(scenarios), facts.sizes
    for name in ("turnout", "route", "first_group", "tension", "content", "displaced"):
        _shape(name, getattr(scenarios, name), n, size["gatherings"])
    if scenarios.number.shape != (n,) or scenarios.weight.shape != (n,) or (scenarios.number < 0).any():
        raise ValueError("numbers or weights: not one of each for every scenario")
    first = np.array(facts.route_first)
    if ((scenarios.route < first[:-1]) | (scenarios.route >= first[1:])).any():
        raise ValueError("routes: there are numbers of none of the gathering's own")
    _shape("received", scenarios.received, n, size["sectors"])
    _shape("triggered", scenarios.triggered, n, size["triggers"])
    if scenarios.constants.shape[1]:
        _shape("constants", scenarios.constants, n, len(facts.law))
    _shape("numbers of their own", scenarios.varied, n, len(scenarios.places))
    if any(not 0 <= place < size["loose"] for place in scenarios.places):
        raise ValueError("numbers of their own: there are places that the facts do not have")
    families = scenarios.families
    _lengths("clocks", families.clocks, size["sectors"], len(CHANNELS))
    _lengths("trips", families.trips, size["stations"], size["sectors"])
    if len(families.calls) != size["sectors"]:
        raise ValueError(f"streams of calls: {len(families.calls)}, expected {size['sectors']}")


def look_at_play(facts: Facts, plans: Any, rows: Any, columns: Any, scenarios: Scenarios) -> None:
    """Refuse deployments and pairs of a deployment and a scenario that do not fit the instance; see `Engine.play`.

    Raises
    ------
    ValueError : a shape, a type, an index or a number is not what it has to be.
    """
    size = facts.sizes
    places = size["sectors"] + facts.posts + size["moving"]
    kinds = size["kinds"] + size["vehicles"]
    _shape("deployments", plans, len(plans), places, kinds)
    _whole("numbers of a deployment", plans, 0, MOST)
    _shape("rows", rows, len(columns))
    _shape("columns", columns, len(columns))
    _whole("rows", rows, 0, len(plans) - 1)
    _whole("columns", columns, 0, len(scenarios) - 1)


def look_at_trial(facts: Facts, trial: Trial, scenarios: Scenarios, end: int) -> None:
    """Refuse a trial that does not fit the instance; see `Engine.attempt`.

    Raises
    ------
    ValueError : a shape, a type, an index or a number is not what it has to be.
    """
    size, n, count = facts.sizes, len(scenarios), len(trial.numbers)
    _whole("sector", np.asarray(trial.sector), 0, size["sectors"] - 1)
    _whole("end", np.asarray(end), 0, n)
    _shape("numbers", trial.numbers, count, size["kinds"] + size["vehicles"])
    _whole("numbers", trial.numbers, 0, MOST)
    for name in ("until", "order", "share"):
        _shape(name, getattr(trial, name), n)
    _shape("help", trial.help, 3)
    _whole("order", trial.order, 0, n - 1)
    if np.isnan(trial.until).any() or np.isnan(trial.help).any():
        raise ValueError("until, help: not a number")
    for name in ("total", "played", "limit"):
        _shape(name, getattr(trial, name), count)
    _whole("played", trial.played, 0, n)
    _shape("loss", trial.loss, count, max(end, np.shape(trial.loss)[-1]))
    for name, dtype in (("loss", np.float64), ("total", np.float64), ("played", np.int64)):
        part = getattr(trial, name)
        if part.dtype != dtype or not part.flags.c_contiguous or not part.flags.writeable:
            raise ValueError(f"{name}: expected an array of {dtype.__name__} in one piece that can be written to")


def _shape(name: str, array: Any, *expected: int) -> None:
    if np.shape(array) != expected:
        raise ValueError(f"{name}: shape {np.shape(array)}, expected {expected}")


def _lengths(name: str, rows: Any, outer: int, inner: int) -> None:
    if len(rows) != outer or any(len(row) != inner for row in rows):
        raise ValueError(f"streams of {name}: expected {outer} rows of {inner}")


def _whole(name: str, array: Any, least: int, most: int) -> None:
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name}: {array.dtype}, expected whole numbers")
    if array.size and not (least <= array.min() and array.max() <= most):
        raise ValueError(f"{name}: {array.min()} to {array.max()}, expected {least} to {most}")


def look_at_minute(facts: Facts, minute: float) -> None:
    """Refuse a minute that is not of the day.

    Raises
    ------
    ValueError : it is before the start or after the end.
    """
    if not 0.0 <= minute <= facts.horizon:
        raise ValueError(f"minute {minute} of {facts.horizon}")


def look_at_tasks(facts: Facts, moment: Snapshots, tasks: Tasks) -> None:
    """Refuse situations, scenarios and orders that there are not; see `Engine.play_on`.

    Raises
    ------
    ValueError : an index or a number is not what it has to be.
    """
    count, size = len(tasks.source), facts.sizes
    for name, indices, most in (
        ("situations", tasks.source, len(moment)),
        ("scenarios", tasks.column, len(moment.scenarios)),
        ("first orders", tasks.first, len(tasks.orders.what) + 1),
        ("last orders", tasks.end, len(tasks.orders.what) + 1),
    ):
        _shape(name, indices, count)
        _whole(name, indices, 0, most - 1)
    limits = {name: size[name] for name in ("sectors", "stations", "kinds", "vehicles", "gatherings")}
    room = np.full((len(ORDER_AXES), NUMBERS), MOST * 100)
    for what, axes in enumerate(ORDER_AXES):
        room[what, : len(axes)] = [limits.get(axis, MOST * 100) for axis in axes]
    given, numbers = tasks.orders.what, tasks.orders.numbers
    _shape("numbers of orders", numbers, len(given), NUMBERS)
    _whole("orders", given, 0, len(ORDER_AXES) - 1)
    for i, j in np.argwhere((numbers < 0) | (numbers >= room[given]))[:1].tolist():
        raise ValueError(f"order {given[i]}: {(*ORDER_AXES[given[i]], *[''] * NUMBERS)[j]} {numbers[i, j]}")
