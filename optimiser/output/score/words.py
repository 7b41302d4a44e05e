"""What measures, ratings and limits read."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import capitalise, given, percent, plain
from optimiser.model.instance import Instance
from optimiser.model.observed_log import WORDS
from optimiser.operation.score.measures import Area, ScoreMeasure
from optimiser.operation.score.occasions import Occasion
from optimiser.operation.score.rating import Rating, Reading
from optimiser.output.blocks import Span, Tone

RATINGS: dict[Rating, Message] = {
    "P": Message("P: performed without challenges"),
    "S": Message("S: performed with some challenges"),
    "M": Message("M: performed with major challenges"),
    "U": Message("U: unable to be performed"),
    "-": Message("not rated"),
}
UNIT_OF_ONE: dict[str, Message] = {  # units of exactly one, by measure
    "unmet": Message("delegation"),
    "gates": Message("gate"),
    "records": Message("unit"),
    "injured": Message("person"),
    "participation": Message("person-hour"),
}
_TONES: dict[Rating, Tone] = {"P": "good", "S": "strong", "M": "warning", "U": "bad", "-": "soft"}
AREAS: dict[Area, Message] = {
    "talking": Message("Facilitation and communication"),
    "safety": Message("Safety of everybody"),
    "process": Message("The process"),
    "drill": Message("Command and drill"),
}
RULE = (
    Message("P: every occasion kept its limit; without a limit, nothing was lost, or no more than on most days."),
    Message("S: the limit was missed, and at least 1 in 20 simulated days of the same plan are no better."),
    Message("M: the limit was missed, and the day is no reason. U: never done, or a gate was not kept."),
    Message("The whole is rated by its weakest link; what the log does not hold is not rated."),
)


class ScoreWords:
    """Words of a score for one reader.

    Parameters
    ----------
    instance : in the language of the reader.
    """

    def __init__(self, instance: Instance, language: Language) -> None:
        self.instance, self.language = instance, language
        places = (*instance.sectors, *instance.posts, *instance.reinforcements)
        self.names = {place.id: plain(place.name) for place in places}

    def where(self, place: str) -> str:
        """Name a place; what is of no place is of the whole town."""
        return self.names.get(place, place) or self.language("the whole town")

    def clock(self, minute: float) -> str:
        """Write a minute as a clock time."""
        return self.language.clock(self.instance.clock(minute))

    def name(self, measure: ScoreMeasure) -> str:
        """Name a measure."""
        return capitalise(self.language(measure.label))

    def amount(self, value: float | None, measure: ScoreMeasure) -> str:
        """Write a value with its unit."""
        if value is None:
            return "–"
        unit = UNIT_OF_ONE.get(measure.id, measure.unit) if value == 1.0 else measure.unit
        return self.language("{n} {unit}", n=given(value, self.language), unit=self.language(unit))

    def rating(self, rating: Rating) -> Span:
        """Write a rating."""
        return Span("–" if rating == "-" else rating, _TONES[rating])

    def found(self, reading: Reading) -> str:
        """Say what was found, and how often the limit was missed."""
        _ = self.language
        if not reading.told:
            return _("the log does not tell")
        if not reading.occasions:
            return _("no occasion")
        parts = [self.amount(reading.value, reading.measure)] if reading.value is not None else []
        if len(reading.occasions) > 1 and not reading.measure.sums:
            parts = [_("{amount}, the median of {n}", amount=part, n=len(reading.occasions)) for part in parts]
        if reading.over and not reading.measure.sums:
            parts.append(_.plural("beyond the limit {n} time", "beyond the limit {n} times", reading.over))
        if reading.undone:
            parts.append(_.plural("not done {n} time", "not done {n} times", reading.undone))
        return "; ".join(parts)

    def limit(self, reading: Reading) -> str:
        """Write the limit."""
        return self.amount(reading.limit, reading.measure) if reading.limit is not None else self.language("none")

    def simulated(self, reading: Reading) -> str:
        """Say what simulated days come to."""
        place, _ = reading.place, self.language
        if place is None:
            return "–"
        words = {"median": given(place.median, _), "usual": given(place.usual, _)}
        return _("median {median}; 95 % up to {usual}", **words)

    def share(self, reading: Reading) -> str:
        """Write the share of simulated days that are better, with its interval."""
        place, _ = reading.place, self.language
        if place is None:
            return "–"
        low, high = (f"{100.0 * end:.0f}" for end in (place.low, place.high))
        return f"{percent(place.share, language=_)} [{_.pair(low, high)}]"

    def tell(self, occasion: Occasion, measure: ScoreMeasure) -> str:
        """Tell one occasion."""
        _ = self.language
        amount = self.amount(occasion.value, measure) if occasion.value is not None else _("not done")
        words = {"clock": self.clock(occasion.minute), "place": self.where(occasion.place), "amount": amount}
        if occasion.what:
            return _("{clock} {place}, {what}: {amount}", **words, what=_(occasion.what))
        return _("{clock} {place}: {amount}", **words)

    def needs(self, measure: ScoreMeasure) -> str:
        """Say which words a log needs for a measure."""
        texts = [self.language(word.text) for what in measure.whats for word in WORDS if word.what == what]
        return ", ".join(f"“{text}”" for text in texts)
