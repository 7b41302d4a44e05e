"""What the districts of a nation do together, and in exact words how good that is known to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimiser.common.message import Message
from optimiser.model.harms import INJURIES, by_name
from optimiser.model.nation import Nation
from optimiser.nation.district_subproblem import Floats, Settled, Terms
from optimiser.planning.certificate import Certificate, Kind, certify
from optimiser.planning.evaluation import Interval, estimate


@dataclass(frozen=True)
class Round:
    """What one round of prices brought.

    Attributes
    ----------
    number : from 1.
    asked : districts that were asked.
    value : least sum of the districts' objectives that was found so far, in points.
    bound : what no plans can beat, proved so far, in points.
    gap : (value - bound) / value.
    offers : known so far.
    """

    number: int
    asked: int
    value: float
    bound: float
    gap: float
    offers: int

    @property
    def sentence(self) -> Message:
        """Tell how far it has come."""
        return Message(
            "round {number}: {asked:,} districts asked, {value:.5g} points, bound {bound:.5g}, gap {gap:.2f} %",
            number=self.number,
            asked=self.asked,
            value=self.value,
            bound=self.bound,
            gap=100.0 * self.gap,
        )


@dataclass(frozen=True)
class Accord:
    """Who lends to whom, and the plans of all districts.

    Attributes
    ----------
    nation : what was planned.
    terms : how.
    settled : by district, in the order of the nation.
    alone : the same where nothing is lent, of the best plans known; a district that borrows nothing is there as it is.
    value : sum of the districts' objectives, on the planning scenarios, in points.
    bound : proved: whatever is lent, and whatever the plans, the sum is not lower on these scenarios.
    prices : points that one team more of each pool is worth by all offers together.
    joined : districts whose sectors influence each other.
    rounds : how it came about.
    """

    nation: Nation
    terms: Terms
    settled: tuple[Settled, ...]
    alone: tuple[Settled, ...]
    value: float
    bound: float
    prices: tuple[float, ...]
    joined: int
    rounds: tuple[Round, ...]

    @property
    def lent(self) -> tuple[int, ...]:
        """Teams lent of each pool."""
        number = dict.fromkeys((pool.id for pool in self.nation.pools), 0)
        for _, pool, teams in self.loans():
            number[pool] += teams
        return tuple(number.values())

    def loans(self) -> tuple[tuple[str, str, int], ...]:
        """List district, pool and teams of everything that is lent."""
        return tuple(
            (district.id, pool.id, teams)
            for district, settled in zip(self.nation.districts, self.settled, strict=True)
            for pool, teams in zip(self.nation.serving(district.id), settled.offer.loans, strict=True)
            if teams
        )

    @property
    def kind(self) -> Kind:
        """The strongest claim whose condition holds, named as for a single instance."""
        return self._claim.kind

    @property
    def gap(self) -> float:
        """(value - bound) / value."""
        return self._claim.gap

    @property
    def _claim(self) -> Certificate:
        return certify(self.value, self.bound, self.terms.scenarios, 0, ())

    @property
    def sentence(self) -> Message:
        """The claim in words; nothing is said that its condition does not carry."""
        words: dict[str, object] = {
            "districts": len(self.nation.districts),
            "n": self.terms.scenarios,
            "bound": self.bound,
            "joined": self.joined,
        }
        if self.kind == "proved-optimal":
            return Message(
                "Proved optimal for these {n:,} scenarios of each of {districts:,} districts: whatever is lent, and "
                "whatever the plans, the sum of their objectives is not lower. For other scenarios this says nothing.",
                **words,
            )
        if self.kind == "within":
            return Message(
                "Within {above:.2f} % of the optimum for these {n:,} scenarios of each of {districts:,} districts: "
                "whatever is lent, and whatever the plans, the sum of their objectives is at least {bound:.5g} points. "
                "That was proved district by district at prices of borrowed teams.",
                above=100.0 * (self.value / self.bound - 1.0),
                **words,
            )
        why = Message("the rounds of prices ended first")
        if self.joined:
            why = Message("in {joined:,} districts sectors influence each other, where bounds are loose", **words)
        words |= {"why": why, "below": 100.0 * self.gap}
        if self.bound <= 0.0:
            return Message(
                "No proof of optimality ({why}). The best that was found for {n:,} planning scenarios of each of "
                "{districts:,} districts; the proved lower bound is {bound:.4g} points, which is trivial.",
                **words,
            )
        return Message(
            "No proof of optimality ({why}). The best that was found for {n:,} planning scenarios of each of "
            "{districts:,} districts; the proved lower bound is {bound:.4g} points, which is {below:.0f} % below.",
            **words,
        )

    @property
    def value_alone(self) -> float:
        """Sum of the districts' objectives where nothing is lent, on the planning scenarios, in points."""
        return math.fsum(settled.offer.objective for settled in self.alone)

    @property
    def saved(self) -> tuple[Interval, Interval]:
        """What lending saves in fresh scenarios: points, and injured people; the same futures without and with it."""
        loss = np.sum([settled.losses for settled in self.alone], axis=0) - self.losses
        harms = (np.array(alone.harms) - settled.harms for alone, settled in zip(self.alone, self.settled, strict=True))
        return estimate(loss), estimate(np.sum([by_name(h)[INJURIES.id] for h in harms], axis=0))

    @property
    def losses(self) -> Floats:
        """Loss of all districts together by fresh scenario, in points.

        The n-th scenario of each district, put together, is one future of the nation: districts have streams of their
        own, so these futures are independent of each other, and an interval of their mean is Student's as anywhere.
        """
        result: Floats = np.sum([settled.losses for settled in self.settled], axis=0)
        return result

    def loss_of(self, district: int) -> Interval:
        """Mean loss of one district, by its index, in fresh scenarios, with its interval."""
        return estimate(self.settled[district].losses)

    @property
    def loss(self) -> Interval:
        """Mean loss of all districts together in fresh scenarios, with its interval."""
        return estimate(self.losses)

    @property
    def harms(self) -> dict[str, Interval]:
        """Each harm of all districts together in fresh scenarios, in its unit, and all injured people."""
        harms = np.sum([settled.harms for settled in self.settled], axis=0)
        return {name: estimate(values) for name, values in by_name(harms).items()}
