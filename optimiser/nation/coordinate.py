"""Plans of all districts of a nation together: rounds of prices and subproblems, until the bound is near enough."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from optimiser.common.message import Message
from optimiser.common.version import program_version
from optimiser.files.read_nation import read_district
from optimiser.jobs.executor import Executor, InlineExecutor, map_unordered
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.task import demand_version
from optimiser.jobs.warm_up import warm_up
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.nation import Nation, SharedPool
from optimiser.model.values.arguments import MOST_SCENARIOS, a, checked, within
from optimiser.nation.answer_cache import AnswerCache
from optimiser.nation.columns import DistrictColumn, DistrictResult, Floats, NationSettings, SubproblemResult
from optimiser.nation.decomposition import Decomposition
from optimiser.nation.district_subproblem import evaluate_column, solve_subproblem
from optimiser.nation.nation_plan import NationPlan, Round
from optimiser.planning.settings import Effort, Means

SUBPROBLEM_GAP = 0.25  # share of the gap asked for at which the search of one district ends; assumed
ROUNDS, ROUNDS_WITH_INTERPLAY = 8, 2  # rounds of prices by default; assumed

ALONE, EVALUATED = Message("nothing lent"), Message("played in fresh scenarios, with and without loans")


class NationObserver:
    """Follows the planning of a nation; override what you need."""

    def compiling(self) -> None:
        """The simulation has to be compiled first, once after an installation; that takes a while."""

    def solved(self, what: str, over: int, total: int) -> None:
        """So many tasks of districts, of all of a stage, are over; `what` names the stage, such as a round."""

    def round_ended(self, ended: Round) -> None:
        """A round of prices is over."""


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
    executor: Executor | None = None,
    cache: Path | None = None,
    observer: NationObserver | None = None,
    law: EscalationLaw | str | None = None,
) -> NationPlan:
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
    executor : solves the subproblems instead, such as `DaskExecutor`; it is closed at the end.
    cache : folder in which results of districts are kept, so that the same call goes on after an interrupt.
    observer : follows the planning.
    law : of escalation, in all districts; it travels to the workers.

    Raises
    ------
    FileTrouble, InputFault : of a district's file.
    FileTrouble : a result cannot be written, or the cluster is gone; the results that are kept stay.
    Infeasible, NoPlan : a district has no plan without borrowing.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    OptimiserError : the plans are better than what was proved, so that one of both is wrong.
    """
    effort = Effort(scenarios, reporting or 2 * scenarios, budget, seed=seed)
    settings = NationSettings(Path(folder), effort, SUBPROBLEM_GAP * gap, Means(find_law(law)))
    observer, master = observer or NationObserver(), Decomposition(nation)
    chosen = executor or (InlineExecutor() if workers == 1 else ProcessExecutor(workers))
    with contextlib.closing(chosen) as used:
        districts = _Districts(settings, nation, AnswerCache(cache), used, observer)
        if executor is None:
            warm_up(used, observer.compiling)
        master.add(districts.solve(ALONE, [(d, None, ()) for d in range(len(nation.districts))]))
        for number in range(1, (rounds or (ROUNDS_WITH_INTERPLAY if master.joined else ROUNDS)) + 1):
            prices = master.next_prices()
            open_districts = master.open_districts(prices, gap)
            tasks = [(d, prices[master.pools[d]], master.best_columns(d, prices)) for d in open_districts]
            master.add(districts.solve(Message("round {number}", number=number), tasks))
            ended = master.end_round(number, prices, len(open_districts), gap)
            observer.round_ended(ended)
            if ended.gap <= gap:
                break
        results = districts.evaluate([*enumerate(master.chosen), *master.without_loans()])
    return master.make_plan(settings, results)


class _Districts:
    """Does the tasks of districts by an executor; results come in the order of the tasks."""

    def __init__(
        self,
        settings: NationSettings,
        nation: Nation,
        cache: AnswerCache,
        executor: Executor,
        observer: NationObserver,
    ) -> None:
        self.settings, self.cache, self.executor, self.observer = settings, cache, executor, observer
        self.districts: list[tuple[bytes, tuple[SharedPool, ...]]] = []
        for district in nation.districts:  # faults of the last file are found before long work, not after
            pools = nation.serving(district.id)
            instance = read_district(settings.folder, district.id, pools)
            self.districts.append((instance.model_dump_json().encode(), pools))

    def solve(
        self, what: str, tasks: Sequence[tuple[int, Floats | None, tuple[DistrictColumn, ...]]]
    ) -> list[tuple[int, SubproblemResult]]:
        """Solve subproblems of districts, by index, at prices and from columns that are known."""
        calls = [
            (self.settings, *self.districts[d], None if prices is None else tuple(prices.tolist()), known)
            for d, prices, known in tasks
        ]
        results = self._run(what, solve_subproblem, SubproblemResult, calls)
        return [(d, result) for (d, _, _), result in zip(tasks, results, strict=True)]

    def evaluate(self, columns: Sequence[tuple[int, DistrictColumn]]) -> list[DistrictResult]:
        """Evaluate columns of districts, by index, in fresh scenarios."""
        calls = [(self.settings, *self.districts[d], column) for d, column in columns]
        return self._run(EVALUATED, evaluate_column, DistrictResult, calls)

    def _run(self, what: str, task: Callable[..., Any], kind: type[Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        keys = [self.cache.key(task.__name__, *call) for call in calls]
        results = [self.cache.get(key, kind) for key in keys]
        todo = [i for i, result in enumerate(results) if result is None]
        over, left = len(calls) - len(todo), ((program_version(), task, *calls[i]) for i in todo)
        self.observer.solved(what, over, len(calls))
        for at, result in map_unordered(self.executor, _at_version, left):
            self.cache.put(keys[todo[at]], result)
            results[todo[at]], over = result, over + 1
            self.observer.solved(what, over, len(calls))
        return results


def _at_version(version: str, task: Callable[..., Any], *call: Any) -> Any:
    """Do a task where the same version is installed."""
    demand_version(program_version(), version)
    return task(*call)
