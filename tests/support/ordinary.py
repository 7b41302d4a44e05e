"""Ordinary gatherings: a mix of sizes, with and without an official to talk to, with and without a line."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from support.ordinary_street import play, street

from optimiser.model.harms import by_name

SIZES = {20: 0.3, 50: 0.3, 100: 0.2, 300: 0.12, 1000: 0.08}  # people and share of the events; assumed
OFFICIALS = ({}, {"official": {"name": "Official"}})  # half of the events each, received as by default; assumed
POLICE = ({}, {"soft": 2, "talk": 1})  # half of the events each; assumed


class Shares(NamedTuple):
    """Shares of events with anybody hurt, personnel hurt, anything damaged, any of these, and a red phase."""

    injured: float
    personnel: float
    damage: float
    any: float
    red: float


def ordinary(mood: str, count: int, law: dict[str, float] | None = None) -> Shares:
    """Simulate every kind of event so many times in a mood and return the shares of the mix.

    Expected counts become shares as if counts were Poisson: the mean of 1 - exp(-expected) over scenarios.
    """
    total = np.zeros(len(Shares._fields))
    for (people, weight), official, teams in product(SIZES.items(), OFFICIALS, POLICE):
        instance = street(people, sector={"property": 20.0, "public": 50, **official}, tension=mood)
        found = play(instance.altered(law=law or {}), count, **teams)
        harms = by_name(found.outcome.harms.sum(axis=1))
        hurt, damage = harms["injuries"], harms["property"]
        some = [np.mean(-np.expm1(-x)) for x in (hurt, harms["injuries_personnel"], damage, hurt + damage)]
        total += 0.25 * weight * np.array([*some, found.worst_phase()["red"]])
    return Shares(*total.tolist())
