"""Levels of a resource, each with the best plan found for it, and what may be said of how many are enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import DefaultLaw
from optimiser.planning.evaluation import Comparison, Evaluation
from optimiser.planning.law_range import LawRange
from optimiser.questions.resources import Resource


@dataclass(frozen=True)
class Level:
    """One amount of the resource and the best plan found for it.

    Attributes
    ----------
    amount : heads allowed, teams or vehicles that exist.
    instance : the problem with that amount; see `resources.supply`.
    deployment : the plan; None where there is none.
    planning : its objective on the planning scenarios, in points; infinite where there is none.
    used : of the resource, in the plan: heads that count in the cap, teams or vehicles.
    evaluation : on the reporting scenarios.
    against : this level minus the largest one, paired.
    before : this level minus the next lower one that has a plan, paired; None for the first.
    why : where there is no plan, the requirements that clash; empty where none was found and nothing is proved.
    spent : the budget ended the search of this level, which was not done.
    """

    amount: int
    instance: Instance
    deployment: Deployment | None = None
    planning: float = math.inf
    used: int = 0
    evaluation: Evaluation | None = None
    against: Comparison | None = None
    before: Comparison | None = None
    why: tuple[str, ...] = ()
    spent: bool = False


@dataclass(frozen=True)
class Frontier:
    """Levels of a resource, the smallest first.

    Attributes
    ----------
    tolerance : points by which a level may lose more than the largest one and still be called enough.
    share : the same as a share of the largest level's loss, where it was given so.
    scenarios, reporting, seed, budget : how it was made; the budget is in joint replications, for each level.
    law : name of the escalation law that every level was simulated under.
    law_range : levels that have a plan over the plausible constants of the law, and each but the largest less the
        largest; None where none has.
    """

    instance: Instance
    resource: Resource
    levels: tuple[Level, ...]
    tolerance: float
    share: float | None
    seed: int
    scenarios: int
    reporting: int
    budget: int
    law: str = DefaultLaw.name
    law_range: LawRange | None = None

    @property
    def planned(self) -> tuple[Level, ...]:
        """Levels that have a plan."""
        return tuple(level for level in self.levels if level.evaluation is not None)

    @property
    def knee(self) -> Level | None:
        """The smallest level that is not shown to lose more than the largest one by more than the tolerance.

        All smaller ones are shown to. Going up from the smallest and stopping at the first that is not, the confidence
        of 95 % (one-sided 97.5 %) is that of all statements together: fixed-sequence testing. None where too few
        scenarios tell that level from the largest for anything to be shown of it, see `unclear`.
        """
        return None if self.unclear else self._first

    @property
    def unclear(self) -> Level | None:
        """The level that would be the knee, where too few scenarios tell it from the largest to show anything."""
        first = self._first
        return first if first is not None and first.against is not None and first.against.loss.rare else None

    @property
    def _first(self) -> Level | None:
        return next((x for x in self.planned if x.against is None or x.against.loss.low <= self.tolerance), None)

    @property
    def sure(self) -> Level | None:
        """The smallest level that is, as are all larger ones, shown to lose no more than the tolerance beyond it."""
        found = None
        for level in reversed(self.planned):
            if not self.enough(level):
                break
            found = level
        return found

    def enough(self, level: Level) -> bool:
        """Tell whether a level is shown to lose no more than the tolerance beyond the largest one.

        Where they differ in few scenarios, or in none, nothing is shown, see `evaluation.enough`: what one of
        them loses may be rarer than that. Two levels with the same plan lose the same.
        """
        if level.against is None:
            return level.evaluation is not None
        return level.against.loss.high <= self.tolerance

    def word(self, level: Level) -> Message:
        """Say in a word what is shown of a level."""
        if level.evaluation is None:
            return Message("not possible, see below") if level.why else Message("no plan found")
        if level.against is None:
            return Message("the largest")
        if level is self.knee:
            return Message("the fewest not shown to be too few")
        if level.against.loss.low > self.tolerance:
            return Message("too few")
        return Message("enough") if self.enough(level) else Message("not decided")

    def sentence(self, language: Language = ENGLISH) -> str:
        """Answer how many are enough, in words that carry their condition."""
        knee, sure = self._first, self.sure
        if knee is None or sure is None:
            return language("No level has a plan.")
        last = self.planned[-1]
        words = {
            "unit": self.unit(language),
            "largest": language.number(f"{last.amount:,}"),
            "tolerance": figure(self.tolerance, language=language),
        }
        if len(self.planned) == 1:
            return language("Of all levels only {largest} {unit} has a plan.", **words)
        if knee.against is None or knee is last:
            return self._all_smaller_lose(words, language)
        said = [self._tell_knee(knee, knee.against, words, language)]
        if knee is self.planned[0] and not self.unclear:
            said.append(language("It is the smallest level that has a plan; fewer may be enough."))
        if sure is last or sure.against is not None:
            said.append(self._tell_sure(None if sure is last else sure, words, language))
        return " ".join(said)

    @property
    def _exact(self) -> bool:
        """Whether nothing is tolerated: "by more than 0 points" says no more than that it loses more."""
        return self.tolerance <= 0.0

    def _all_smaller_lose(self, words: Mapping[str, str], language: Language) -> str:
        if self._exact:
            return language(
                "Every smaller level that has a plan is shown to lose more than {largest} {unit}: no level looked "
                "at below {largest} is enough.",
                **words,
            )
        return language(
            "Every smaller level that has a plan is shown to lose more than {largest} {unit}, by more than "
            "{tolerance} points: no level looked at below {largest} is enough.",
            **words,
        )

    def _tell_knee(self, knee: Level, against: Comparison, words: Mapping[str, str], language: Language) -> str:
        words = {
            **words,
            "knee": language.number(f"{knee.amount:,}"),
            "mean": mean(against.loss, True, language),
            "ends": ends(against.loss, True, language),
        }
        if self.unclear:
            return language(
                "So few scenarios tell {knee} {unit} from {largest} that nothing is shown of them: the difference is "
                "{mean} points. More --scenarios may tell how many are enough.",
                **words,
            )
        if self._exact:
            return language(
                "{knee} {unit} are the fewest not shown to lose more than {largest}: the difference is {mean} {ends} "
                "points.",
                **words,
            )
        return language(
            "{knee} {unit} are the fewest not shown to lose more than {largest} by more than {tolerance} points: "
            "the difference is {mean} {ends} points.",
            **words,
        )

    def _tell_sure(self, sure: Level | None, words: Mapping[str, str], language: Language) -> str:
        """Say from which level on nothing, or next to nothing, is lost; None: from the largest on only."""
        if sure is None and self._exact:
            return language("No smaller level is shown to lose no more than it.")
        if sure is None:
            return language("No smaller level is shown to stay within {tolerance} points of it.", **words)
        words = {**words, "sure": language.number(f"{sure.amount:,}")}
        if self._exact:
            return language("From {sure} on it is shown that nothing is lost beyond {largest}.", **words)
        return language(
            "From {sure} on it is shown that no more than {tolerance} points are lost beyond {largest}.", **words
        )

    def unit(self, language: Language = ENGLISH) -> str:
        """Name what is counted."""
        sort = self.resource.sort
        return language("heads") if sort == "heads" else language("teams") if sort == "team" else language("vehicles")
