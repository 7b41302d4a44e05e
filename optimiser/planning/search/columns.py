"""Configurations of one place, simulated only as far as it takes to know what they are worth.

Losses are never negative, so what a configuration has lost in the scenarios simulated so far is a lower bound of what
it loses in all. Scenarios are simulated in an order in which losses come early, a configuration is given up as soon as
it has cost too much, and nothing is simulated twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.model.deployment import Numbers
from optimiser.planning.programs.configurations import LocalRules, unit_costs
from optimiser.simulation.engine import Trial
from optimiser.simulation.scenario import Scenarios
from optimiser.simulation.simulator import Simulator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
MOST = 10_000  # units of a kind at a place: the limit of the deployment format


@dataclass(frozen=True)
class PoolParams:
    """Tuned constants; all assumed.

    Attributes
    ----------
    widths : scenarios after which it is looked again whether to go on with a configuration.
    least_pilots, most_pilots : configurations that are simulated to find the scenarios in which losses come.
    pilot_share : one configuration in so many is a pilot, between these limits.
    """

    widths: tuple[int, ...] = (16, 64, 256, 1024)
    least_pilots: int = 3
    most_pilots: int = 24
    pilot_share: int = 40


PARAMS = PoolParams()


@dataclass
class _Tier:
    """Configurations of which the first scenarios of the order are known.

    Attributes
    ----------
    members : their indices.
    loss : points by the weight of the scenario, shape (members, scenarios simulated), in the order of the pool.
    """

    members: Ints
    loss: Floats


class Pool:
    """Configurations of one place with what is known of their losses.

    Parameters
    ----------
    simulator : simulates them.
    place : index of the place.
    scenarios : what they are simulated in.
    until, help_ : see `engine.Trial`.
    limit : most configurations that are all listed; where there are more, the pool begins with the smallest and takes
        up others as they are asked for.
    every : list all configurations even where nothing can be lost.
    charges : points that one unit of each kind costs besides its placement, shape (kinds,); nothing if left out.

    Attributes
    ----------
    numbers : shape (configurations, kinds).
    cost : placement of each, charges included, in points.
    complete : whether they are all that the rules of the place allow.
    idle : nobody ever comes there of themselves, or it is no sector: then nothing is lost, and the smallest will do.
    """

    def __init__(
        self,
        simulator: Simulator,
        place: int,
        scenarios: Scenarios,
        until: Floats,
        help_: Floats,
        limit: int,
        every: bool = False,
        charges: Floats | None = None,
    ) -> None:
        instance, facts = simulator.instance, simulator.facts
        ident = instance.places[place].id
        self.simulator, self.place, self.scenarios, self.until, self.help = simulator, place, scenarios, until, help_
        self.rules, self.unit_cost = LocalRules(instance, ident), unit_costs(instance, ident)
        if charges is not None:
            self.unit_cost = self.unit_cost + charges
        self.idle = place >= len(instance.sectors) or facts.start_first[place] == facts.start_first[place + 1]
        nothing = np.zeros((1, len(self.unit_cost)), dtype=np.int64)
        listed = nothing if self.idle and not every and self.rules.hold(nothing)[0] else self.rules.grid(limit)
        self.complete = listed is not None
        self.numbers = nothing[:0] if listed is None else listed
        self.cost = self.numbers @ self.unit_cost
        self.order = np.arange(len(scenarios))
        self.floor = np.zeros(len(self.numbers))  # points of the mean loss that are certain, whatever the tier says
        self.tier_of, self.row_of = np.full(len(self.numbers), -1), np.zeros(len(self.numbers), dtype=np.int64)
        self.widths = [*(w for w in PARAMS.widths if w < len(scenarios)), len(scenarios)]
        self.tiers = [_Tier(np.zeros(0, dtype=np.int64), np.zeros((0, width))) for width in self.widths]
        self._index()

    def _index(self) -> None:
        """Sort the configurations, so that each is found by halving."""
        codes = _codes(self.numbers)
        self._by_code = np.argsort(codes, kind="stable")
        self._codes = codes[self._by_code]

    def find(self, numbers: Numbers) -> Ints:
        """Return the indices of configurations, -1 for what is not in the pool, shape (configurations,)."""
        if not len(self.numbers):
            return np.full(len(numbers), -1)
        fits: Flags = np.all((numbers >= 0) & (numbers <= MOST), axis=1)
        codes = _codes(np.where(fits[:, None], numbers, 0))
        place = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return np.where(fits & (self._codes[place] == codes), self._by_code[place], -1)

    def take_up(self, numbers: Numbers) -> None:
        """Add configurations that keep the rules of the place and are not there yet."""
        fresh = np.unique(numbers[self.find(numbers) < 0], axis=0)
        fresh = fresh[self.rules.hold(fresh)]
        if not len(fresh) or self.complete:
            return
        self.numbers = np.concatenate([self.numbers, fresh])
        self.cost = self.numbers @ self.unit_cost
        self.floor = np.append(self.floor, np.zeros(len(fresh)))
        self.tier_of = np.append(self.tier_of, np.full(len(fresh), -1))
        self.row_of = np.append(self.row_of, np.zeros(len(fresh), dtype=np.int64))
        self._index()

    def around(self, which: Ints) -> Ints:
        """Return the configurations that differ from some by one unit of one kind, without repetition."""
        kinds = len(self.unit_cost)
        steps = np.concatenate([np.eye(kinds, dtype=np.int64), -np.eye(kinds, dtype=np.int64)])
        beside = (self.numbers[which][:, None] + steps).reshape(-1, kinds)
        self.take_up(beside)
        near = self.find(beside)
        return np.unique(near[near >= 0])

    def look_ahead(self) -> None:
        """Put the scenarios first in which configurations of all sizes lose most; once, before any is simulated."""
        by_size = np.argsort(self.numbers.sum(axis=1), kind="stable")
        count = min(PARAMS.most_pilots, max(PARAMS.least_pilots, len(by_size) // PARAMS.pilot_share))
        pilots = np.unique(by_size[np.linspace(0, len(by_size) - 1, count).astype(int)])
        trial = Trial.of(self.place, self.numbers[pilots], self.until, self.help)
        self.simulator.attempt(trial, self.scenarios, len(self.scenarios))
        loss = trial.loss * self.scenarios.weight
        self.order = np.argsort(-loss.sum(axis=0), kind="stable")
        self._settle(pilots, len(self.widths) - 1, loss[:, self.order])

    @property
    def known(self) -> Flags:
        """Tell which configurations are simulated in every scenario."""
        if self.idle:
            return np.ones(len(self.numbers), dtype=bool)
        played: Flags = self.tier_of == len(self.widths) - 1
        return played

    def losses(self, which: Ints) -> Floats:
        """Return the losses of configurations that are known, shape (configurations, scenarios)."""
        result = np.zeros((len(which), len(self.scenarios)))
        if not self.idle:
            result[:, self.order] = self.tiers[-1].loss[self.row_of[which]]
        return result

    def least(self, share: Floats) -> Floats:
        """Return a lower bound of each configuration's loss, exact where it is known, shape (configurations,).

        Parameters
        ----------
        share : weight of each scenario, nowhere below that of the mean, shape (scenarios,).
        """
        result = self.floor.copy()
        weights = share[self.order]
        for width, tier in zip(self.widths, self.tiers, strict=True):
            lost = tier.loss @ weights[:width]
            result[tier.members] = lost if width == len(share) else np.maximum(result[tier.members], lost)
        return result

    def know(self, which: Ints) -> None:
        """Simulate configurations in every scenario."""
        which = which[~self.known[which]]
        if len(which):
            share = np.full(len(self.scenarios), 1.0 / len(self.scenarios))
            self.advance(which, share, np.full(len(which), np.inf), len(self.widths))

    def advance(self, which: Ints, share: Floats, limit: Floats, rounds: int = 1) -> Ints:
        """Simulate configurations on to the next width, and `rounds` widths in all, unless they cost too much before.

        Parameters
        ----------
        which : configurations, by index.
        share : see `least`.
        limit : weighted loss at which a configuration is given up, shape (configurations of `which`,).

        Returns
        -------
        Those that were given up.
        """
        alive, dear = which, []
        for _ in range(rounds):
            through = np.zeros(len(alive), dtype=bool)
            for tier in np.unique(self.tier_of[alive])[::-1]:  # the last first, so that none is moved twice in a round
                here = np.flatnonzero(self.tier_of[alive] == tier) if tier < len(self.widths) - 1 else alive[:0]
                through[here] = self._play(alive[here], int(tier), share, limit[here]) if len(here) else False
            dear.append(alive[~through & (self.tier_of[alive] < len(self.widths) - 1)])
            go_on = through & (self.tier_of[alive] < len(self.widths) - 1)
            alive, limit = alive[go_on], limit[go_on]
        return np.concatenate(dear)

    def _play(self, which: Ints, tier: int, share: Floats, limit: Floats) -> Flags:
        """Simulate configurations of one tier (-1: nothing simulated yet) on to the next; tells which came through."""
        width, begun = self.widths[tier + 1], 0
        loss = np.zeros((len(which), width))
        if tier >= 0:
            begun = self.widths[tier]
            loss[:, :begun] = self.tiers[tier].loss[self.row_of[which]]
        weights, counts = share[self.order], self.scenarios.weight[self.order][:width]
        total, played = loss[:, :begun] @ weights[:begun], np.full(len(which), begun)
        numbers, weighted = self.numbers[which], weights * self.scenarios.weight[self.order]
        trial = Trial(self.place, numbers, self.until, self.help, self.order, weighted, loss, total, played, limit)
        self.simulator.attempt(trial, self.scenarios, width)
        loss[:, begun:] *= counts[begun:]
        self.floor[which] = np.maximum(self.floor[which], trial.loss.sum(axis=1) / len(self.scenarios))
        through: Flags = trial.played == width
        self._settle(which[through], tier + 1, trial.loss[through])
        return through

    def _settle(self, which: Ints, tier: int, loss: Floats) -> None:
        """Put configurations into a tier and take them out of the ones where they were."""
        for old in np.unique(self.tier_of[which]):
            if old >= 0:
                here = self.tiers[old]
                stay = np.flatnonzero(~np.isin(here.members, which))
                self.tiers[old] = _Tier(here.members[stay], here.loss[stay])
                self.row_of[here.members[stay]] = np.arange(len(stay))
        here = self.tiers[tier]
        self.row_of[which], self.tier_of[which] = len(here.members) + np.arange(len(which)), tier
        self.tiers[tier] = _Tier(np.concatenate([here.members, which]), np.concatenate([here.loss, loss]))


def _codes(numbers: Numbers) -> NDArray[np.bytes_]:
    """Write each configuration as bytes, two a kind, the highest first: sorted like the numbers, and never too long."""
    return np.ascontiguousarray(numbers.astype(">u2")).view(f"S{2 * numbers.shape[1]}").reshape(len(numbers))
