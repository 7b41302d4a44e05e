"""What there is to deploy, changed: another cap on heads, one more team of a kind, one more vehicle.

Whatever grows here only relaxes requirements: a deployment that was feasible with less stays so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from optimiser.common.errors import Fault, InputFault
from optimiser.common.faults import suggest
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.model.instance import Instance, Team, VehicleType
from optimiser.model.values.quantity import Count
from optimiser.planning.programs.requirements import MOST, Frame

LEAST_SHARE, MOST_SHARE, STEPS = (
    0.4,
    1.6,
    6,
)  # range of heads by default as shares of the cap, in so many steps; assumed
FEW = 8  # steps of the range of teams or vehicles by default, at most; assumed
MOST_LEVELS = 100  # levels of one frontier: each is planned anew; assumed


@dataclass(frozen=True)
class Resource:
    """What is varied.

    Attributes
    ----------
    sort : ``heads`` for the cap, ``team`` for a kind of team, ``vehicle`` for a type of vehicle.
    kind : its identifier; empty for heads.
    """

    sort: Literal["heads", "team", "vehicle"]
    kind: str = ""

    @classmethod
    def of(cls, text: str, instance: Instance) -> Resource:
        """Read ``heads``, ``team:KIND`` or ``vehicle:TYPE``; the kind alone will do.

        Raises
        ------
        InputFault : it is none of these, or the instance has no such kind.
        """
        sort, _, kind = text.partition(":")
        known = {"team": [t.id for t in instance.teams], "vehicle": [v.id for v in instance.vehicles]}
        if text == "heads":
            return cls("heads")
        if sort == "team" and kind in known["team"]:
            return cls("team", kind)
        if sort == "vehicle" and kind in known["vehicle"]:
            return cls("vehicle", kind)
        if text in known["team"]:  # a team kind goes before a vehicle type, as everywhere
            return cls("team", text)
        if text in known["vehicle"]:
            return cls("vehicle", text)
        choices = ["heads", *(f"{s}:{k}" for s, kinds in known.items() for k in kinds)]
        expected = Message("one of {names}", names=", ".join(choices))
        repair = suggest(kind or text, [kind for kinds in known.values() for kind in kinds])
        fault = Fault("unknown-resource", "resource", repr(text), expected, repair or Message("choose one of these"))
        raise InputFault(instance.name, [fault])

    def __str__(self) -> str:
        return f"{self.sort}:{self.kind}" if self.kind else self.sort

    def part(self, instance: Instance) -> Team | VehicleType | None:
        """Return the kind of team or type of vehicle; None for heads."""
        parts = [*instance.teams] if self.sort == "team" else [*instance.vehicles] if self.sort == "vehicle" else []
        return next((part for part in parts if part.id == self.kind), None)

    def name(self, instance: Instance, language: Language = ENGLISH) -> str:
        """Name it as a planner does."""
        part = self.part(instance)
        return language("Heads") if part is None else part.name

    def amount(self, instance: Instance) -> int:
        """Say how much of it the instance has: the cap, or the number of teams or vehicles."""
        part = self.part(instance)
        return int(instance.cap) if part is None else int(part.count)


def default_levels(instance: Instance, resource: Resource) -> tuple[int, int, int]:
    """Return first, last and step of the levels that are looked at by default.

    Heads run from 40 to 160 % of the cap, in tens where it is large enough; teams and vehicles from none to twice as
    many as there are, and two more at least.
    """
    have = resource.amount(instance)
    if resource.sort == "heads":
        unit = 10 if have >= 100 else 1
        step = max(1, round(have * (MOST_SHARE - LEAST_SHARE) / STEPS / unit)) * unit
        first = max(1, round(have * LEAST_SHARE / unit)) * unit
        return first, first + STEPS * step, step
    last = max(2 * have, have + 2)
    return 0, last, -(-last // FEW)


def choose_levels(
    instance: Instance, resource: Resource, first: int | None, last: int | None, step: int | None
) -> range:
    """Fill in what a user left out of first, last and step; see `default_levels`.

    Raises
    ------
    InputFault : the last is below the first, or there are more than 100 levels.
    """
    low, high, by = default_levels(instance, resource)
    low = low if first is None else first
    high = max(high, low) if last is None else last
    if step is None:
        by = by if first is None and last is None else max(1, round((high - low) / STEPS))
    levels = range(low, high + 1, by if step is None else step)
    if not levels or len(levels) > MOST_LEVELS:
        words = {"low": str(low), "high": str(high), "step": str(levels.step)}
        found = Message("{low} to {high} by {step}", **words)
        repair = (
            Message("choose a wider step") if levels else Message("choose a last level that is not below the first")
        )
        fault = Fault("levels", "--from, --to, --step", found, Message("1 to {most} levels", most=MOST_LEVELS), repair)
        raise InputFault(instance.name, [fault])
    return levels


def supply(instance: Instance, resource: Resource, amount: int) -> Instance:
    """Return the instance with another amount of a resource.

    Heads: the cap is the amount. Where more heads are allowed than exist, more teams are assumed: every kind of team
    that counts in the cap grows in proportion, rounded to whole teams, and none shrinks; vehicles, what does not count
    in the cap, and help from outside stay as they are.

    Teams and vehicles: so many exist, and the cap moves with the heads they bring, if those count in it: who comes on
    top comes with their own heads.
    """
    if resource.sort == "heads":
        return instance.altered(cap=Count(amount), teams=_grown(instance, amount))
    frame = Frame.of(instance)
    k = next(i for i, kind in enumerate(frame.kinds) if kind is resource.part(instance))
    kind = frame.kinds[k]
    heads = frame.heads[k] if kind.counts else 0
    cap = max(0, int(instance.cap) + (amount - int(kind.count)) * heads)
    more = kind.altered(count=Count(amount))
    field, before = ("teams", instance.teams) if k in frame.teams else ("vehicles", instance.vehicles)
    parts = tuple(more if other is kind else other for other in before)
    return instance.altered(**{"cap": Count(cap), field: parts})


def existing(instance: Instance) -> int:
    """Count the heads that exist and count in the cap: teams, and extra crews of vehicles."""
    frame = Frame.of(instance)
    return sum(int(k.count) * h for k, h in zip(frame.kinds, frame.heads, strict=True) if k.counts)


def _grown(instance: Instance, heads: int) -> tuple[Team, ...]:
    teams = sum(int(t.count) * int(t.size) for t in instance.teams if t.counts)
    share = (heads - (existing(instance) - teams)) / teams if teams else 1.0
    if share <= 1.0:
        return instance.teams
    return tuple(
        t.altered(count=Count(min(MOST, math.floor(int(t.count) * share + 0.5)))) if t.counts else t
        for t in instance.teams
    )


def tell_rule(instance: Instance, resource: Resource, language: Language = ENGLISH) -> str:
    """Say in words what `supply` assumes."""
    if resource.sort == "heads":
        return language(
            "The cap on heads varies. {n} heads exist; above that, more teams are assumed: every kind of team that "
            "counts in the cap grows in proportion, rounded to whole teams. Vehicles and help from outside stay.",
            n=language.number(f"{existing(instance):,}"),
        )
    return language(
        "The number that exists varies, and the cap on heads moves with the heads that they bring. Everything else "
        "stays as it is."
    )


def tell_spent(budget: int, language: Language = ENGLISH) -> str:
    """Say what it means that the budget of a search was spent."""
    return language(
        "* That search stopped at its limit of {n} simulated days, not because nothing was left to try; --budget sets "
        "the limit.",
        n=language.number(f"{budget:,}"),
    )
