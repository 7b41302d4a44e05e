"""The worst plausible crowd for a plan: the highest expected loss found within the stated ranges.

A coordinate search over the ends of the ranges, and over the routes that gatherings may take. It finds a bad case and
proves nothing about a worse one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimiser.model.uncertain_inputs import Input, Path
from optimiser.planning.evaluation import Interval, estimate
from optimiser.planning.law_range import LawRange
from optimiser.questions.why.routes import CertainRoute
from optimiser.questions.why.sensitivity import Bench

STRESS = "stress"  # name of the set of scenarios that the search looks at
PASSES = 3  # over all inputs at most; assumed


@dataclass(frozen=True)
class Stress:
    """The worst case found.

    Attributes
    ----------
    values : inputs that differ from the file, with their values.
    usual, worst : expected loss of the plan with the values of the file and in the worst case, on fresh scenarios.
    change : worst minus usual, paired.
    rivals : plan minus each rival in the worst case, paired.
    tried : combinations that were looked at.
    ranges : inputs that were free to move.
    routes : gatherings that take one route for certain in the worst case, each with that route; None is where the line
        is thinnest.
    law_range : the plan with the values of the file and in the worst case over the plausible constants of the law, and
        worst minus usual there.
    """

    values: tuple[tuple[Input, float], ...]
    usual: Interval
    worst: Interval
    change: Interval
    rivals: tuple[Interval, ...]
    tried: int
    ranges: int
    routes: tuple[tuple[str, str | None], ...] = ()
    law_range: LawRange | None = None


def stress(
    bench: Bench,
    inputs: Sequence[Input],
    group: str,
    *,
    start: Mapping[Path, float] | None = None,
    routes: Sequence[CertainRoute] = (),
    scenarios: int = 200,
    reporting: int = 600,
) -> Stress:
    """Search the ranges of some inputs for the highest expected loss of a plan.

    From the values of the file, and from `start` where it is worse, input after input is put to the end of its range
    where the plan loses more on scenarios of the search, until a pass over all of them changes nothing. Each gathering
    is put on each of its routes in the same way, and sent where the line is thinnest.

    Parameters
    ----------
    group : name of the set of fresh scenarios that the result is reported on.
    start : values of a bad case that is already known; of inputs that are not searched it is ignored.
    routes : routes that may be taken for certain.
    """
    crowds = dict.fromkeys(way.gathering for way in routes)
    known: dict[tuple[tuple[Path, float], ...], float] = {}

    def lost(values: Mapping[Path, float]) -> float:
        key = tuple(sorted(values.items(), key=lambda item: str(item[0])))
        if key not in known:
            known[key] = float(bench.play(values, scenarios, STRESS)[0].mean())
        return known[key]

    free = {one.path: one for one in inputs}
    steps: list[list[Mapping[Path, float]]] = [[way.values for way in routes if way.gathering == g] for g in crowds]
    steps += [[{one.path: end} for end in (one.low, one.high) if end != one.value] for one in inputs]
    first = {path: value for path, value in (start or {}).items() if path in free and value != free[path].value}
    best: dict[Path, float] = first if lost(first) > lost({}) else {}
    for _ in range(PASSES):
        before = best
        for ways in steps:
            moved = {path for way in ways for path in way}
            rest = {path: value for path, value in best.items() if path not in moved}
            best = max([best, *({**rest, **way} for way in ways), rest], key=lost)
        if best == before:
            break
    usual, worst = bench.play({}, reporting, group), bench.play(best, reporting, group)
    return Stress(
        tuple((one, best[one.path]) for one in inputs if one.path in best),
        estimate(usual[0]),
        estimate(worst[0]),
        estimate(worst[0] - usual[0]),
        tuple(estimate(worst[0] - other) for other in worst[1:]),
        len(known),
        len(inputs),
        tuple((way.gathering, way.route) for way in routes if way.values.items() <= best.items()),
        bench.range_over_law([{}, best], reporting, group),
    )
