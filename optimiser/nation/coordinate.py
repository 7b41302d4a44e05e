"""Plans of all districts of a nation together: prices go out, offers come back, until the bound is near enough.

Prices take away the rows that join the districts (Lagrange): for any prices, what all districts cost at least with what
they would borrow, less what the pools are worth, lies below every way to lend and every plan (docs/nation.md).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.common.errors import OptimiserError
from optimiser.common.message import Message
from optimiser.common.version import program_version
from optimiser.files.read_nation import read_district
from optimiser.jobs.warm_up import make_ready
from optimiser.jobs.workers import Crew, Here, Processes, gather
from optimiser.model.escalation_law import EscalationLaw
from optimiser.model.nation import Nation, SharedPool
from optimiser.model.values.arguments import MOST_SCENARIOS, a, checked, within
from optimiser.nation.answer_cache import Replies
from optimiser.nation.district_subproblem import Floats, Offer, Reply, Settled, Terms, ask, settle
from optimiser.nation.master_program import Bids, choose_offers, find_prices
from optimiser.nation.nation_plan import Accord, Round
from optimiser.planning.magnitude import relative_gap

INSIDE = 0.25  # share of the gap asked for at which the search of one district ends; assumed
ASKED = 0.25  # share of the gap asked for that districts which are not asked again may leave open; assumed
WHOLE = 0.1  # share of the gap asked for that the choice among offers may leave open; assumed
MANY, FEW = 8, 2  # rounds of prices by default, without and with interplay; assumed
CLOSE = 1e-9  # relative: as far as rounding may put a bound above the plans; tolerances are taken off before
KNOWN = 3  # offers that a search starts from besides the one that borrows nothing; assumed

ALONE, SETTLED = Message("nothing lent"), Message("played in fresh scenarios, with and without loans")
Answered = tuple[int, Reply]


@checked(
    nation=a(Nation, Message("read it first, read_nation(file)")), scenarios=within(2, MOST_SCENARIOS), budget=within(1)
)
def plan_nation(
    nation: Nation,
    folder: str | Path,
    *,
    seed: int = 1,
    scenarios: int = 200,
    reporting: int | None = None,
    gap: float = 0.015,
    rounds: int | None = None,
    budget: int = 20_000,
    workers: int | None = None,
    crew: Crew | None = None,
    kept: Path | None = None,
    observer: Observer | None = None,
    law: EscalationLaw | None = None,
) -> Accord:
    """Decide what each district borrows, and plan all districts.

    Parameters
    ----------
    folder : where the file of the nation lies, with its districts beside it.
    seed : of every random stream; same seed, same result, whatever the number of processes.
    scenarios, reporting : planning scenarios of each district, and fresh ones for its figures; twice as many.
    gap : relative gap at which no further round begins.
    rounds : most rounds of prices; 8 if left out, and 2 where sectors of a district influence each other: no round
        brings the bound near there, and each takes long.
    budget : joint replications of each search of a district.
    workers : processes; all cores by default, and this one alone if 1.
    crew : who asks the districts instead, such as `cluster.Cluster`; it is closed at the end.
    kept : folder in which the answers of districts are kept, so that the same call goes on after an interrupt.
    observer : is told how it comes along.
    law : of escalation, in all districts; it travels to the workers.

    Raises
    ------
    FileTrouble, InputFault : of a district's file.
    FileTrouble : an answer cannot be written, or the cluster is gone; the answers that are kept stay.
    Infeasible, NoPlan : a district has no plan without borrowing.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    OptimiserError : the plans are better than what was proved, so that one of both is wrong.
    """
    terms = Terms(Path(folder), seed, scenarios, reporting or 2 * scenarios, INSIDE * gap, budget, law)
    observer, talks = observer or Observer(), Talks(nation)
    with contextlib.closing(crew or (Here() if workers == 1 else Processes(workers))) as hands:
        desk = _Desk(terms, nation, Replies(kept), hands, observer)
        if crew is None:
            make_ready(hands, observer.compiling)
        talks.hear(desk.ask(ALONE, [(d, None, ()) for d in range(len(nation.districts))]))
        for number in range(1, (rounds or (FEW if talks.joined else MANY)) + 1):
            prices = talks.next_prices()
            asked = talks.worth_asking(prices, gap)
            questions = [(d, prices[talks.pools[d]], talks.best(d, prices)) for d in asked]
            talks.hear(desk.ask(Message("round {number}", number=number), questions))
            state = talks.close(number, prices, len(asked), gap)
            observer.closed(state)
            if state.gap <= gap:
                break
        settled = desk.settle([*enumerate(talks.chosen), *talks.unlent()])
    return talks.accord(terms, settled)


class Observer:
    """Told how the planning of a nation comes along; overwrite what you need."""

    def compiling(self) -> None:
        """The simulation has to be compiled first, once after an installation; that takes a while."""

    def asked(self, what: str, over: int, total: int) -> None:
        """So many of the districts that are asked have answered; `what` says in which round; some play twice."""

    def closed(self, state: Round) -> None:
        """A round of prices is over."""


class Talks:
    """All that was asked and offered so far.

    Attributes
    ----------
    pools : by district, indices of the pools that serve it.
    most : teams of each pool, shape (pools,).
    chosen : by district, the offer of the best choice so far.
    value, bound : of the best choice, and of every choice, in points.
    """

    def __init__(self, nation: Nation) -> None:
        self.nation = nation
        index = {pool.id: k for k, pool in enumerate(nation.pools)}
        self.most = np.array([int(pool.count) for pool in nation.pools], dtype=np.int64)
        self.pools: list[NDArray[np.int64]] = [
            np.array([index[pool.id] for pool in nation.serving(d.id)], dtype=np.int64) for d in nation.districts
        ]
        self.replies: list[list[Reply]] = [[] for _ in nation.districts]
        self.offers: list[dict[tuple[int, ...], Offer]] = [{} for _ in nation.districts]
        self.chosen: list[Offer] = []
        self.value, self.bound = math.inf, 0.0
        self.rounds: list[Round] = []

    @property
    def joined(self) -> int:
        """Districts whose sectors influence each other, of those that were asked."""
        return sum(not replies[0].separate for replies in self.replies if replies)

    def hear(self, replies: Iterable[tuple[int, Reply]]) -> None:
        """Keep what districts, by index, have replied."""
        for d, reply in replies:
            self.replies[d].append(reply)
            for offer in reply.offers:
                before = self.offers[d].get(offer.loans)
                if before is None or offer.objective < before.objective:
                    self.offers[d][offer.loans] = offer

    def next_prices(self) -> Floats:
        """Give the prices to ask at next: nothing at first, then those that the offers imply."""
        return find_prices(self._bids()) if self.rounds else np.zeros(len(self.most))

    def best(self, d: int, prices: Floats) -> tuple[Offer, ...]:
        """Give the offer of a district that borrows nothing, and those that are best at some prices."""
        nothing, *others = sorted(self.offers[d].values(), key=lambda offer: offer.loans)
        return nothing, *sorted(others, key=lambda offer: offer.cost(prices[self.pools[d]]))[:KNOWN]

    def worth_asking(self, prices: Floats, gap: float) -> list[int]:
        """List the districts whose bound at some prices is farthest below their best offer, the others leave little."""
        open_ = np.array([self._open(d, prices) for d in range(len(self.offers))])
        order = np.argsort(-open_, kind="stable")
        left = np.append(np.cumsum(open_[order][::-1])[::-1], 0.0)  # what all from here on leave open
        allowed = ASKED * gap * abs(self.value) if self.rounds else -1.0
        count = int(np.argmax(left <= allowed)) if (left <= allowed).any() else len(order)
        return sorted(order[:count].tolist())

    def _open(self, d: int, prices: Floats) -> float:
        here = prices[self.pools[d]]
        return min(offer.cost(here) for offer in self.offers[d].values()) - self._bound(d, prices)

    def _bound(self, d: int, prices: Floats) -> float:
        here = prices[self.pools[d]]
        return max(reply.bound_at(here) for reply in self.replies[d])

    def close(self, number: int, prices: Floats, asked: int, gap: float) -> Round:
        """Bound every choice by what was replied at these prices, and make the best choice of all offers."""
        below = math.fsum(self._bound(d, prices) for d in range(len(self.replies)))
        self.bound = max(self.bound, below - float(self.most @ prices))
        bids = self._bids()
        which = choose_offers(bids, WHOLE * gap)
        every = [offer for offers in self.offers for offer in offers.values()]
        value = math.fsum(bids.objective[which])
        if value < self.value:
            self.value, self.chosen = value, [every[i] for i in which]
        state = Round(number, asked, self.value, self.bound, relative_gap(self.value, self.bound), len(every))
        self.rounds.append(state)
        return state

    def unlent(self) -> list[tuple[int, Offer]]:
        """List the districts, by index, that borrow by the best choice, with their offers that borrow nothing."""
        return [(d, offers[min(offers)]) for d, offers in enumerate(self.offers) if any(self.chosen[d].loans)]

    def _bids(self) -> Bids:
        every = [(d, offer) for d, offers in enumerate(self.offers) for offer in offers.values()]
        loans = np.zeros((len(every), len(self.most)), dtype=np.int64)
        for i, (d, offer) in enumerate(every):
            loans[i, self.pools[d]] = offer.loans
        owner = np.array([d for d, _ in every], dtype=np.int64)
        return Bids(owner, loans, np.array([offer.objective for _, offer in every]), self.most)

    def accord(self, terms: Terms, settled: Sequence[Settled]) -> Accord:
        """Put the end result together.

        Parameters
        ----------
        settled : the best choice by district, and then what `unlent` lists.
        """
        chosen = tuple(settled[: len(self.offers)])
        unlent = dict(zip((d for d, _ in self.unlent()), settled[len(chosen) :], strict=True))
        alone = tuple(unlent.get(d, one) for d, one in enumerate(chosen))
        value = math.fsum(one.offer.objective for one in chosen)
        if self.bound - value > CLOSE * abs(value):
            raise OptimiserError("bound and plans contradict each other")
        prices, bound, rounds = tuple(self.next_prices().tolist()), min(self.bound, value), tuple(self.rounds)
        return Accord(self.nation, terms, chosen, alone, value, bound, prices, self.joined, rounds)


class _Desk:
    """Asks districts by a crew; answers come in the order of the questions."""

    def __init__(self, terms: Terms, nation: Nation, replies: Replies, crew: Crew, observer: Observer) -> None:
        self.terms, self.replies, self.crew, self.observer = terms, replies, crew, observer
        self.districts: list[tuple[bytes, tuple[SharedPool, ...]]] = []
        for district in nation.districts:  # what is wrong with the last file is told before long work, not after
            pools = nation.serving(district.id)
            instance = read_district(terms.folder, district.id, pools)
            self.districts.append((instance.model_dump_json().encode(), pools))

    def ask(self, what: str, questions: Sequence[tuple[int, Floats | None, tuple[Offer, ...]]]) -> list[Answered]:
        """Ask districts, by index, at prices and from offers that are known."""
        calls = [
            (self.terms, *self.districts[d], None if prices is None else tuple(prices.tolist()), known)
            for d, prices, known in questions
        ]
        return [(d, reply) for (d, _, _), reply in zip(questions, self._run(what, ask, Reply, calls), strict=True)]

    def settle(self, offers: Sequence[tuple[int, Offer]]) -> list[Settled]:
        """Play districts, by index, with what they have borrowed."""
        calls = [(self.terms, *self.districts[d], offer) for d, offer in offers]
        return self._run(SETTLED, settle, Settled, calls)

    def _run(self, what: str, task: Callable[..., Any], kind: type[Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        names = [self.replies.name(task.__name__, *call) for call in calls]
        answers = [self.replies.take(name, kind) for name in names]
        todo = [i for i, answer in enumerate(answers) if answer is None]
        over, pieces = len(calls) - len(todo), ((program_version(), task, *calls[i]) for i in todo)
        self.observer.asked(what, over, len(calls))
        for at, answer in gather(self.crew, _at_version, pieces):
            self.replies.put(names[todo[at]], answer)
            answers[todo[at]], over = answer, over + 1
            self.observer.asked(what, over, len(calls))
        return answers


def _at_version(version: str, task: Callable[..., Any], *call: Any) -> Any:
    """Do a task where the same version is installed; results of another one would not be those of here."""
    if version != program_version():
        words = {"here": program_version(), "there": version}
        raise OptimiserError(Message("this worker runs version {here} and the case asks for {there}", **words))
    return task(*call)
