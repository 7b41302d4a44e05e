"""How a deployment fared, scenario by scenario, and which of its neighbours cannot have fared otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.simulation.engine import Floats
from optimiser.simulation.indexed_instance import Facts
from optimiser.simulation.scenario import Scenarios


@dataclass(frozen=True)
class Course:
    """How a deployment fared, scenario by scenario: what tells which of its neighbours cannot differ.

    Attributes
    ----------
    loss : points, shape (scenarios, sectors).
    visited : whether anybody ever came, shape (scenarios, sectors).
    called : whether reserve was ever asked for, shape (scenarios,).
    weight : of each scenario, shape (scenarios,).
    """

    loss: Floats
    visited: NDArray[np.bool_]
    called: NDArray[np.bool_]
    weight: Floats

    @property
    def mean(self) -> Floats:
        """Mean points by sector."""
        mean: Floats = (self.loss * self.weight[:, None]).mean(axis=0)
        return mean

    @property
    def total(self) -> Floats:
        """Points by scenario, by its weight."""
        total = np.zeros(len(self.loss))
        for column in self.loss.T:  # in the order of sectors, as the engines add them up
            total += column
        return total * self.weight


def _stands_in(facts: Facts, moving: int) -> list[int]:
    """List the sectors where units that move as planned may stand."""
    found: list[int] = []
    for leg in range(facts.leg_first[moving], facts.leg_first[moving + 1]):
        if (g := facts.leg_gathering[leg]) >= 0:
            first, last = (facts.stop_first[facts.route_first[way]] for way in (g, g + 1))
            found += facts.stop_sector[first:last]
        elif facts.leg_sector[leg] < facts.sizes["sectors"]:
            found.append(facts.leg_sector[leg])
    return found


def may_differ(
    facts: Facts, changed: NDArray[np.bool_], course: Course, scenarios: Scenarios, begin: int, end: int
) -> NDArray[np.bool_]:
    """Tell in which scenarios a deployment may fare differently, shape (deployments, end - begin).

    Parameters
    ----------
    changed : where it differs from the one whose course is given, shape (deployments, places, kinds).
    """
    places: NDArray[np.bool_] = np.any(changed, axis=2)
    sectors, along = facts.sizes["sectors"], facts.sizes["sectors"] + facts.posts
    felt = places[:, :sectors].copy()
    for i in range(facts.sizes["moving"]):
        felt[:, _stands_in(facts, i)] |= places[:, along + i, None]
    met = felt.astype(float) @ course.visited[begin:end].T.astype(float) > 0.0
    called = places[:, sectors:along].any(axis=1, keepdims=True) & course.called[begin:end]
    differs: NDArray[np.bool_] = met | called
    for g in np.flatnonzero(scenarios.displaced[begin:end].any(axis=0)).tolist():  # they compare lines of their stops
        first, last = (facts.stop_first[facts.route_first[way]] for way in (g, g + 1))
        compared = felt[:, facts.stop_sector[first:last]].any(axis=1, keepdims=True)
        differs |= compared & (scenarios.displaced[begin:end, g] == 1)
    return differs


def depends_on(
    facts: Facts, visited: NDArray[np.bool_], called: NDArray[np.bool_], displaced: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which places what happened in one scenario depends on, shape (deployments, places).

    Whatever deployment has the same there fares the same in this scenario; `may_differ` asks the same of pairs.

    Parameters
    ----------
    visited : whether anybody ever came, shape (deployments, sectors).
    called : whether reserve was ever asked for, shape (deployments,).
    displaced : whether a gathering goes where the line is thinnest in this scenario, shape (gatherings,).
    """
    sectors, along = facts.sizes["sectors"], facts.sizes["sectors"] + facts.posts
    felt = visited.copy()
    for g in np.flatnonzero(displaced).tolist():  # they compare lines of their stops
        first, last = (facts.stop_first[facts.route_first[way]] for way in (g, g + 1))
        felt[:, facts.stop_sector[first:last]] = True
    depends = np.zeros((len(visited), along + facts.sizes["moving"]), dtype=bool)
    depends[:, :sectors] = felt
    depends[:, sectors:along] = called[:, None]
    for i in range(facts.sizes["moving"]):
        depends[:, along + i] = felt[:, _stands_in(facts, i)].any(axis=1)
    return depends
