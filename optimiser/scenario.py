"""Randomness as data: every random quantity of a future comes from a stream with a name.

A stream is named by seed, set of scenarios, what it is for, and the scenario's number. Its k-th value is computed
from the name and k alone, so a stream never runs out, needs no memory, and adding a sector or a gathering disturbs no
other draw. A replication is then a deterministic function of instance, deployment and scenario, and two deployments
see the same future.

Planning and reporting scenarios are different sets: plans are chosen on the first, printed figures come from the
second.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from statistics import NormalDist

from optimiser.escalation import CHANNELS
from optimiser.instance import Instance

PLANNING, REPORTING = "planning", "reporting"
_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15  # odd, from the golden ratio (Steele, Lea, Flood 2014, SplitMix)
_UNIT = 2.0**-53


def mix(z: int) -> int:
    """Scramble 64 bits (finaliser of SplitMix64: Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195)."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def name_stream(seed: int, group: str, name: str) -> int:
    """Give the 64-bit key of a named family of streams, one stream a scenario."""
    return int.from_bytes(hashlib.blake2b(f"{seed}|{group}|{name}".encode(), digest_size=8).digest(), "little")


def stream(key: int, number: int) -> int:
    """Give the key of one scenario's stream in a family."""
    return mix(key ^ mix(number + 1))


def uniform(key: int, k: int) -> float:
    """Give the k-th value of a stream, strictly between 0 and 1."""
    return ((mix((key + (k + 1) * _STEP) & _MASK) >> 11) + 0.5) * _UNIT


def exponential(key: int, k: int) -> float:
    """Give the k-th unit exponential of a stream."""
    return -math.log(uniform(key, k))


@dataclass(frozen=True)
class Scenario:
    """One future.

    Attributes
    ----------
    number : its number in the set.
    turnout : persons, by gathering.
    first : minutes of the first group's arrival, by gathering.
    tension : initial tension 0 to 1, by gathering.
    content : uniform number that decides whether a gathering goes home once received, by gathering.
    received : minutes of waiting until the delegation is received, infinite if never, by sector.
    triggered : minutes at which a trigger strikes, infinite if it does not, by trigger.
    clocks : stream keys of the unit exponentials, by sector and channel.
    trips : stream keys of travel noise, by station and sector.
    calls : stream keys of refusals, by sector.
    """

    number: int
    turnout: tuple[int, ...]
    first: tuple[float, ...]
    tension: tuple[float, ...]
    content: tuple[float, ...]
    received: tuple[float, ...]
    triggered: tuple[float, ...]
    clocks: tuple[tuple[int, ...], ...]
    trips: tuple[tuple[int, ...], ...]
    calls: tuple[int, ...]


@dataclass(frozen=True)
class Scenarios:
    """A set of futures of one instance, drawn with one seed."""

    seed: int
    group: str
    items: tuple[Scenario, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, number: int) -> Scenario:
        return self.items[number]

    def first(self, count: int) -> Scenarios:
        """Give the first `count` of them."""
        return Scenarios(self.seed, self.group, self.items[:count])


def draw(instance: Instance, seed: int, count: int, group: str = PLANNING) -> Scenarios:
    """Draw `count` scenarios of the set called `group`.

    Raises
    ------
    ValueError : count is below one or seed below zero.
    """
    if count < 1 or seed < 0:
        raise ValueError("count must be at least 1 and seed at least 0")
    families = _families(instance, seed, group)
    return Scenarios(seed, group, tuple(_draw_one(instance, families, n) for n in range(count)))


@dataclass(frozen=True)
class _Families:
    gatherings: tuple[int, ...]
    officials: tuple[int, ...]
    triggers: tuple[int, ...]
    clocks: tuple[tuple[int, ...], ...]
    trips: tuple[tuple[int, ...], ...]
    calls: tuple[int, ...]


def _families(instance: Instance, seed: int, group: str) -> _Families:
    def named(name: str) -> int:
        return name_stream(seed, group, name)

    sectors = [s.id for s in instance.sectors]
    stations = [p.id for p in (*instance.posts, *instance.reinforcements)]
    return _Families(
        tuple(named(f"gathering:{g.id}") for g in instance.gatherings),
        tuple(named(f"official:{s}") for s in sectors),
        tuple(named(f"trigger:{t.id}") for t in instance.triggers),
        tuple(tuple(named(f"clock:{s}:{c}") for c in CHANNELS) for s in sectors),
        tuple(tuple(named(f"trip:{p}:{s}") for s in sectors) for p in stations),
        tuple(named(f"call:{s}") for s in sectors),
    )


def _draw_one(instance: Instance, families: _Families, number: int) -> Scenario:
    turnout, first, tension, content = [], [], [], []
    for g, family in zip(instance.gatherings, families.gatherings, strict=True):
        key = stream(family, number)
        sigma = float(g.turnout_spread)
        # log-normal with mean `turnout`
        factor = math.exp(sigma * NormalDist().inv_cdf(uniform(key, 0)) - 0.5 * sigma * sigma)
        turnout.append(round(float(g.turnout) * factor))
        first.append(instance.minutes(g.arrives) + float(g.late) * exponential(key, 1))
        shift = float(g.tension_spread) * (2.0 * uniform(key, 2) - 1.0)
        tension.append(min(1.0, max(0.0, float(g.tension) + shift)))
        content.append(uniform(key, 3))
    received = []
    for s, family in zip(instance.sectors, families.officials, strict=True):
        key, official = stream(family, number), s.official
        if official is None:
            received.append(math.inf)
        elif official.promised is not None:
            received.append(float(official.promised))
        elif uniform(key, 0) < official.chance:
            received.append(max(0.0, official.after + official.spread * (2.0 * uniform(key, 1) - 1.0)))
        else:
            received.append(math.inf)
    triggered = []
    for t, family in zip(instance.triggers, families.triggers, strict=True):
        key = stream(family, number)
        struck = uniform(key, 0) < t.chance
        triggered.append(instance.minutes(t.at) + t.late * exponential(key, 1) if struck else math.inf)
    return Scenario(
        number,
        tuple(turnout),
        tuple(first),
        tuple(tension),
        tuple(content),
        tuple(received),
        tuple(triggered),
        tuple(tuple(stream(c, number) for c in row) for row in families.clocks),
        tuple(tuple(stream(c, number) for c in row) for row in families.trips),
        tuple(stream(c, number) for c in families.calls),
    )
