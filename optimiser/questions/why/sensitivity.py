"""Which assumed numbers a decision hangs on.

A plan and its rivals are simulated on the same random numbers while inputs move within their ranges: each alone to
its low and its high end, and many together along the trajectories of Morris (1991), which SALib draws and analyses.
What the plan loses is one question; whether it is still preferred is another, and the one that decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import figure, mean, plain
from optimiser.common.progress import Watcher
from optimiser.model.deployment import Numbers
from optimiser.model.instance import Instance
from optimiser.model.uncertain_inputs import Input, Path, change
from optimiser.planning.evaluation import CONFIDENCE, Interval, estimate
from optimiser.planning.law_range import LawRange, play_over_law, summarise_draws
from optimiser.planning.settings import Means
from optimiser.questions.why.rival_plans import tell_rival
from optimiser.simulation.engine import Floats
from optimiser.simulation.events import negligible
from optimiser.simulation.scenario import draw_set

GRID = 4  # levels of the grid of Morris: low, two between, high; as recommended with few trajectories
BARE = ("1", "share of 1", "")  # units that nobody writes behind a number
CONFIRM = "confirm"  # name of the set of scenarios that flips are confirmed on
WORK, FEWEST = 4_000_000, 60  # sectors simulated at the ends of inputs, unless scenarios get fewer than this; assumed
SCREENING = "screening"  # name of the set of scenarios that trajectories are simulated on


@dataclass(frozen=True)
class End:
    """One input at one end of its range, everything else as in the file.

    Attributes
    ----------
    value : of the input.
    loss : of the plan, in points.
    change : of the plan's loss against the file's value, paired.
    rivals : plan minus each rival, paired; negative is in the plan's favour.
    """

    value: float
    loss: Interval
    change: Interval
    rivals: tuple[Interval, ...]


@dataclass(frozen=True)
class Effect:
    """Elementary effects of one input over its range, in points (Morris 1991; Campolongo, Cariboni, Saltelli 2007).

    Attributes
    ----------
    strength : mean of their absolute values: how much the input matters.
    mean : their mean: in which direction.
    spread : their standard deviation: how much that depends on the others.
    """

    strength: float
    mean: float
    spread: float


@dataclass(frozen=True)
class Influence:
    """What one input does to the plan, and to the choice between it and its rivals.

    Attributes
    ----------
    low, high : the input at its ends, alone.
    loss : effects on the plan's loss; None without SALib.
    rivals : effects on plan minus rival, by rival; empty without SALib.
    """

    input: Input
    low: End
    high: End
    loss: Effect | None
    rivals: tuple[Effect, ...]

    @property
    def swing(self) -> float:
        """Points by which the plan's loss differs between both ends."""
        return abs(self.high.loss.mean - self.low.loss.mean)


@dataclass(frozen=True)
class Flip:
    """An input at whose end another plan is preferred.

    Attributes
    ----------
    rival : name of the plan that is better there.
    difference : plan minus rival there, paired.
    shown : whether the interval excludes 0; otherwise only the mean has changed sides.
    """

    input: Input
    value: float
    rival: str
    difference: Interval
    shown: bool

    def sentence(self, language: Language = ENGLISH) -> str:
        """Say what happens there."""
        values = {
            "input": plain(language(self.input.name)),
            "value": tell_value(self.input, self.value, language),
            "rival": tell_rival(self.rival, language),
            "points": mean(self.difference, language=language),
        }
        if self.shown:
            return language("{input}: at {value} '{rival}' is shown to be better, by {points} points.", **values)
        if self.difference.mean > 0.0:
            return language(
                "{input}: at {value} '{rival}' has the lower mean, by {points} points; not shown.", **values
            )
        return language("{input}: at {value} '{rival}' had the lower mean, not so on further scenarios.", **values)


def counted(one: Input, language: Language = ENGLISH) -> str:
    """Return the unit of an input as it is written behind a number; empty for shares and bare numbers."""
    return "" if one.unit in BARE else language(one.unit).removeprefix("1 ")  # 0.03 per mark, not 0.03 1 per mark


def tell_value(one: Input, value: float, language: Language = ENGLISH) -> str:
    """Write a value of an input with its unit."""
    return f"{figure(value, language=language)} {counted(one, language)}".strip()


@dataclass(frozen=True)
class Sensitivity:
    """The influence of every input.

    Attributes
    ----------
    rivals : names of the other plans.
    base : plan minus each rival with the values of the file, paired.
    influences : the strongest on the plan's loss first.
    together : share of the combinations of Morris in which each rival has the lower mean loss; empty without SALib.
    combinations : how many there were.
    worst : values of all inputs in the combination in which the plan lost most; empty without SALib.
    flips : ends at which a rival is preferred that is not with the values of the file; those that are shown first.
    """

    rivals: tuple[str, ...]
    base: tuple[Interval, ...]
    influences: tuple[Influence, ...]
    together: tuple[float, ...]
    combinations: int
    worst: Mapping[Path, float]
    flips: tuple[Flip, ...]


@dataclass(frozen=True)
class Bench:
    """Simulates plans in changed copies of one instance, on random numbers with the same names.

    Attributes
    ----------
    plans : shape (plans, places, kinds); the first is the one in question.
    """

    instance: Instance
    plans: Numbers
    seed: int
    means: Means

    def play(self, values: Mapping[Path, float], count: int, group: str) -> Floats:
        """Return the loss of every plan in every scenario, shape (plans, scenarios), as every evaluation has it."""
        changed = change(self.instance, values)
        scenarios = draw_set(changed, self.seed, count, group)
        with self.means.simulator(changed, Watcher()) as simulator:
            losses: Floats = simulator.totals(self.plans, scenarios)
        return losses

    def range_over_law(self, cases: Sequence[Mapping[Path, float]], count: int, group: str) -> LawRange:
        """Put bands on what the first plan loses in changed copies, and in each but the first less in the first."""
        losses, constants = [], 0
        for values in cases:
            changed = change(self.instance, values)
            with self.means.simulator(changed, Watcher()) as simulator:
                found, constants = play_over_law(simulator, self.plans[:1], draw_set(changed, self.seed, count, group))
            losses.append(found)
        pairs = [(number, 0) for number in range(1, len(losses))]
        return summarise_draws(np.concatenate(losses, axis=1), pairs, constants)


def screen(
    bench: Bench,
    inputs: Sequence[Input],
    rivals: Sequence[str],
    group: str,
    *,
    scenarios: int = 300,
    trajectories: int = 6,
    few: int = 60,
) -> Sensitivity:
    """Move every input alone and all of them together.

    Parameters
    ----------
    rivals : names of the plans of the bench after the first.
    group : name of a set of scenarios that none of the plans was chosen on.
    scenarios : simulated at each end of each input, fewer where simulating takes long.
    trajectories : of Morris, two at least; each simulates one combination more than there are inputs. 0, or a missing
        SALib, leaves them out.
    few : scenarios for each combination, fewer where simulating takes long; they have a set of their own.
    """
    sectors, ways = bench.plans.shape[0] * len(bench.instance.sectors), max(1, len(inputs))
    scenarios = min(scenarios, max(FEWEST, WORK // (2 * ways * sectors)))
    few = min(few, max(FEWEST // 2, WORK // (2 * max(1, trajectories) * ways * sectors)))
    base = bench.play({}, scenarios, group)
    ends = [tuple(_end(bench, one, at, base, scenarios, group) for at in (one.low, one.high)) for one in inputs]
    effects: list[list[Effect]] = [[] for _ in inputs]
    together: tuple[float, ...] = ()
    worst: Mapping[Path, float] = {}
    combinations = 0
    if trajectories and inputs and salib_installed():
        samples = _draw(inputs, max(2, trajectories), bench.seed)  # one has no spread
        rows = [dict(zip([one.path for one in inputs], row, strict=True)) for row in samples.tolist()]
        rows = [{one.path: round(row[one.path]) if one.whole else row[one.path] for one in inputs} for row in rows]
        means = np.array([bench.play(row, few, SCREENING).mean(axis=1) for row in rows])
        outputs = [means[:, 0], *(means[:, 0] - means[:, r] for r in range(1, means.shape[1]))]
        effects = _analyse(inputs, samples, outputs, bench.seed)
        together = tuple(float(np.mean(values > 0.0)) for values in outputs[1:])
        combinations, worst = len(rows), rows[int(np.argmax(means[:, 0]))]
    influences = [
        Influence(one, low, high, found[0] if found else None, tuple(found[1:]))
        for one, (low, high), found in zip(inputs, ends, effects, strict=True)
    ]
    influences.sort(key=lambda i: -max(i.swing, i.loss.strength if i.loss else 0.0))
    differences = tuple(estimate(base[0] - other) for other in base[1:])
    found = _find_flips(influences, rivals, differences, negligible(bench.instance.objective))
    flips = _confirm(bench, found, rivals, 2 * scenarios)
    return Sensitivity(tuple(rivals), differences, tuple(influences), together, combinations, worst, flips)


def _find_flips(
    influences: Sequence[Influence], rivals: Sequence[str], base: Sequence[Interval], least: float
) -> list[Flip]:
    """List ends at which a rival has the lower mean, by `least` points or more, that has the higher one in the file."""
    return [
        Flip(influence.input, end.value, name, there, there.low > 0.0)
        for influence in influences
        for end in (influence.low, influence.high)
        for name, usual, there in zip(rivals, base, end.rivals, strict=True)
        if usual.mean < 0.0 and there.mean >= least
    ]


def _confirm(bench: Bench, flips: Sequence[Flip], rivals: Sequence[str], scenarios: int) -> tuple[Flip, ...]:
    """Simulate the flips that seem sure once more, on scenarios that did not choose them.

    Their intervals hold together (Bonferroni over those that are simulated again).
    """
    again = [flip for flip in flips if flip.shown]
    level = 1.0 - (1.0 - CONFIDENCE) / max(1, len(again))
    played: dict[tuple[Path, float], Floats] = {}
    result = []
    for flip in again:
        key = flip.input.path, flip.value
        if key not in played:
            played[key] = bench.play({flip.input.path: flip.value}, scenarios, CONFIRM)
        losses = played[key]
        difference = estimate(losses[0] - losses[1 + rivals.index(flip.rival)], level)
        result.append(replace(flip, difference=difference, shown=difference.low > 0.0))
    result += [flip for flip in flips if not flip.shown]
    return tuple(sorted(result, key=lambda flip: (not flip.shown, -flip.difference.mean)))


def salib_installed() -> bool:
    """Tell whether SALib is installed."""
    return find_spec("SALib") is not None


def _end(bench: Bench, one: Input, value: float, base: Floats, scenarios: int, group: str) -> End:
    losses = base if value == one.value else bench.play({one.path: value}, scenarios, group)
    rivals = tuple(estimate(losses[0] - other) for other in losses[1:])
    return End(value, estimate(losses[0]), estimate(losses[0] - base[0]), rivals)


def _problem(inputs: Sequence[Input]) -> dict[str, object]:
    return {
        "num_vars": len(inputs),
        "names": [one.where for one in inputs],
        "bounds": [[one.low, one.high] for one in inputs],
    }


def _draw(inputs: Sequence[Input], trajectories: int, seed: int) -> Floats:
    from SALib.sample.morris import sample  # noqa: PLC0415 - scipy and pandas come with it

    drawn: Floats = sample(_problem(inputs), trajectories, num_levels=GRID, seed=seed)
    return drawn


def _analyse(inputs: Sequence[Input], samples: Floats, outputs: Sequence[Floats], seed: int) -> list[list[Effect]]:
    """Return the effects on each output, by input."""
    from SALib.analyze.morris import analyze  # noqa: PLC0415 - as above

    found: list[list[Effect]] = [[] for _ in inputs]
    for values in outputs:
        result = analyze(_problem(inputs), samples, values, num_levels=GRID, num_resamples=2, seed=seed)
        for i in range(len(inputs)):
            strength, mean, spread = (float(result[key][i]) for key in ("mu_star", "mu", "sigma"))
            found[i].append(Effect(strength, mean, spread))
    return found
