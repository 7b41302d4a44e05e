"""The score of observed days: every measure read, compared and rated, the weakest link, and how rehearsals went on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.model.admission import playable
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.choice import find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.observed_log import ObservedDay, ObservedLog
from optimiser.model.values.arguments import checked, within
from optimiser.model.verdict import Verdict
from optimiser.operation.exercise.draws import Draws
from optimiser.operation.score.doctrine import read_gates
from optimiser.operation.score.measures import MEASURES, ScoreMeasure
from optimiser.operation.score.rating import ORDER, Rating, Reading, explains_undone, place_among, rate
from optimiser.operation.score.reference import (
    DayConditions,
    Reference,
    draw_reference,
    name_log,
    play_reference,
    read_conditions,
)

DAYS = 500  # simulated days that each observed one is compared with: a share of 5 % is known to within 2 %


@dataclass(frozen=True)
class Use:
    """One use of a water cannon, with its gates.

    Attributes
    ----------
    gates : by name of `doctrine.GATES` whether it was kept; None where the log does not say.
    """

    place: str
    minute: float
    gates: dict[str, bool | None]


@dataclass(frozen=True)
class DayScore:
    """The score of one day.

    Attributes
    ----------
    conditions : under which simulated days were made.
    readings : of every measure, in the order of `MEASURES`.
    uses : of water cannons.
    """

    day: ObservedDay
    conditions: DayConditions
    readings: tuple[Reading, ...]
    uses: tuple[Use, ...]

    @property
    def rated(self) -> list[Reading]:
        """What was rated, the weakest first: by rating, then by how few simulated days are worse."""
        rated = [reading for reading in self.readings if reading.rating != "-"]
        return sorted(rated, key=lambda one: (-ORDER.index(one.rating), -_badness(one)))

    @property
    def rating(self) -> Rating:
        """Readiness as a whole: that of the weakest link."""
        return self.rated[0].rating if self.rated else "-"

    @property
    def weakest(self) -> Reading | None:
        """The weakest link; None where everything that was rated was performed without challenges, or nothing was."""
        return self.rated[0] if self.rated and self.rating != "P" else None

    @property
    def without_weakest(self) -> Rating:
        """Return what readiness as a whole would be if the weakest link were performed without challenges."""
        return self.rated[1].rating if len(self.rated) > 1 else "P"

    @property
    def untold(self) -> list[ScoreMeasure]:
        """What the log does not hold."""
        return [reading.measure for reading in self.readings if not reading.told]


@dataclass(frozen=True)
class Score:
    """The score of one rehearsal or several of the same plan.

    Attributes
    ----------
    verdict : of the checker on the plan.
    law : name of the law of simulated days.
    simulated : days that each observed one is compared with.
    days : in the order in which they were given.
    """

    instance: Instance
    deployment: Deployment
    verdict: Verdict
    law: str
    simulated: int
    days: tuple[DayScore, ...]


def _badness(reading: Reading) -> float:
    """Order readings of one rating: by place among simulated days, and where there is none by occasions missed.

    Shares count to the hundredth: neither what breaks ties between days nor luck of the draw makes a link weaker.
    """
    if reading.place is not None:
        return round(reading.place.share, 2)
    return (reading.over + reading.undone) / max(1, len(reading.occasions))


@checked(days=within(20, 100_000), workers=within(1, 1024))
def score_days(
    instance: Instance,
    deployment: Deployment,
    logs: ObservedLog | Sequence[ObservedLog],
    *,
    exercise: Draws | None = None,
    days: int = DAYS,
    law: EscalationLaw | str | None = None,
    workers: int = 1,
) -> Score:
    """Score observed days of a plan against its limits and against simulated days under the same conditions.

    Parameters
    ----------
    logs : of one day or several, each as `read_log` gives it.
    exercise : what its injects bring, `draws` of what `read_exercise` gives; None where there was none.
    days : simulated days that each observed one is compared with.

    Raises
    ------
    Unplayable : the plan names what the instance does not have.
    Mismatch : the exercise is of another instance.
    BadSetting : an argument is none that can be used.
    """
    verdict, used = playable(instance, deployment), find_law(law)
    given = [logs] if isinstance(logs, ObservedLog) else list(logs)
    scored = [score_day(instance, deployment, day, exercise, days, used, workers) for log in given for day in log.days]
    return Score(instance, deployment, verdict, used.name, days, tuple(scored))


def score_day(
    instance: Instance,
    deployment: Deployment,
    day: ObservedDay,
    exercise: Draws | None,
    days: int,
    law: EscalationLaw,
    workers: int = 1,
) -> DayScore:
    """Score one day, see `score_days`."""
    conditions = read_conditions(instance, day, exercise)
    name = name_log(day, conditions)
    scenarios = draw_reference(instance, conditions, name, days)
    reference = play_reference(instance, deployment, scenarios, law, workers, whole_minutes=day.resolution > 0.0)
    readings = tuple(_read(instance, day, measure, reference.get(measure.id), name) for measure in MEASURES)
    uses = tuple(Use(row.place, row.minute, read_gates(instance, day, row)) for row in day.of("spraying"))
    return DayScore(day, conditions, readings, uses)


def _read(
    instance: Instance, day: ObservedDay, measure: ScoreMeasure, reference: Reference | None, name: bytes
) -> Reading:
    occasions, limit = measure.take(instance, day), measure.limit(instance)
    if occasions is None:
        return Reading(measure, False, (), None, limit, None, None, "-")
    allowed = None if limit is None else limit + (day.resolution if measure.timed else 0.0)
    value, undone = measure.value(occasions), sum(one.value is None for one in occasions)
    place = None
    if value is not None and reference is not None:
        more = measure.unexpected(occasions)
        if more is None:
            place = place_among(value, reference.values, name, measure.id)
        else:
            place = place_among(more, reference.unexpected, name, measure.id, expected=value - more)
    explained = reference is not None and explains_undone(undone, reference.undone)
    rated = rate(measure, occasions, allowed, place, explained)
    return Reading(measure, True, occasions, value, limit, allowed, place, rated)
