"""The plan of a nation: loans and plans of all districts, and the claim about them in exact words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimiser.common.message import Message
from optimiser.model.harms import INJURIES, by_name
from optimiser.model.nation import Nation
from optimiser.nation.columns import DistrictResult, Floats, NationSettings
from optimiser.planning.certificate import Certificate, Kind, certify
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.law_range import Band, find_band


@dataclass(frozen=True)
class Round:
    """One round: prices, subproblems at these prices, and the master program with their columns.

    Attributes
    ----------
    number : from 1.
    solved : subproblems that were solved.
    value : least sum of the districts' objectives that was found so far, in points.
    bound : lower bound of all plans, proved so far, in points.
    gap : (value - bound) / value.
    columns : known so far.
    """

    number: int
    solved: int
    value: float
    bound: float
    gap: float
    columns: int

    @property
    def sentence(self) -> Message:
        """The figures of the round in one sentence."""
        return Message(
            "round {number}: {asked:,} districts asked, {value:.5g} points, bound {bound:.5g}, gap {gap:.2f} %",
            number=self.number,
            asked=self.solved,
            value=self.value,
            bound=self.bound,
            gap=100.0 * self.gap,
        )


@dataclass(frozen=True)
class NationPlan:
    """Who lends to whom, and the plans of all districts.

    Attributes
    ----------
    nation : what was planned.
    settings : of its districts.
    results : by district, in the order of the nation.
    alone : the same where nothing is lent, of the best plans known; a district that borrows nothing is there as it is.
    value : sum of the districts' objectives, on the planning scenarios, in points.
    bound : proved: whatever is lent, and whatever the plans, the sum is not lower on these scenarios.
    prices : points that one team more of each pool is worth: duals of the master program.
    joined : districts whose sectors influence each other.
    rounds : in their order.
    """

    nation: Nation
    settings: NationSettings
    results: tuple[DistrictResult, ...]
    alone: tuple[DistrictResult, ...]
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
            for district, result in zip(self.nation.districts, self.results, strict=True)
            for pool, teams in zip(self.nation.serving(district.id), result.column.loans, strict=True)
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
        return certify(self.value, self.bound, self.settings.effort.scenarios, 0, ())

    @property
    def sentence(self) -> Message:
        """The claim in words; nothing is said that its condition does not carry."""
        words: dict[str, object] = {
            "districts": len(self.nation.districts),
            "n": self.settings.effort.scenarios,
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
        return math.fsum(result.column.objective for result in self.alone)

    @property
    def saved(self) -> tuple[Interval, Interval]:
        """What lending saves in fresh scenarios: points, and injured people; the same futures without and with it."""
        loss = np.sum([result.losses for result in self.alone], axis=0) - self.losses
        harms = (np.array(alone.harms) - result.harms for alone, result in zip(self.alone, self.results, strict=True))
        return estimate(loss), estimate(np.sum([by_name(h)[INJURIES.id] for h in harms], axis=0))

    @property
    def losses(self) -> Floats:
        """Loss of all districts together by fresh scenario, in points.

        The n-th scenario of each district, put together, is one future of the nation: districts have streams of their
        own, so these futures are independent of each other, and an interval of their mean is Student's as anywhere.
        """
        total: Floats = np.sum([result.losses for result in self.results], axis=0)
        return total

    @property
    def law_band(self) -> Band:
        """Between which points the mean loss of all districts together lies over draws of the law's constants.

        A draw is the same law in every district.
        """
        return find_band(np.sum([result.drawn for result in self.results], axis=0))

    @property
    def law_saved(self) -> tuple[Band, float]:
        """What lending saves over the same draws, in points, and the share of them in which it saves anything."""
        without = np.sum([result.drawn for result in self.alone], axis=0)
        saved = without - np.sum([result.drawn for result in self.results], axis=0)
        return find_band(saved), float(np.mean(saved > 0.0))

    @property
    def draws(self) -> int:
        """Draws of the law's constants."""
        return len(self.results[0].drawn)

    def law_band_of(self, district: int) -> Band:
        """The band of one district, by its index."""
        return find_band(np.array(self.results[district].drawn))

    def loss_of(self, district: int) -> Interval:
        """Mean loss of one district, by its index, in fresh scenarios, with its interval."""
        return estimate(self.results[district].losses)

    @property
    def loss(self) -> Interval:
        """Mean loss of all districts together in fresh scenarios, with its interval."""
        return estimate(self.losses)

    @property
    def harms(self) -> dict[str, Interval]:
        """Each harm of all districts together in fresh scenarios, in its unit, and all injured people."""
        harms = np.sum([result.harms for result in self.results], axis=0)
        return {name: estimate(values) for name, values in by_name(harms).items()}
