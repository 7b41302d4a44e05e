"""What a situation report looks like as a workbook: its sheets, columns and words, in every language."""

from __future__ import annotations

from collections.abc import Mapping

from optimiser.common.language import CODES, language
from optimiser.common.message import Message
from optimiser.files.plan_tables.names import fold_typed
from optimiser.operation.now.report import DELEGATIONS, PHASES

SHEETS: dict[str, Message] = {
    "report": Message("Situation"),
    "sectors": Message("Sectors"),
    "people": Message("People"),
    "units": Message("Who is where"),
    "road": Message("On the road"),
}
LABELS: dict[str, Message] = {  # of the first sheet, whose values stand beside them
    "instance": Message("instance"),
    "at": Message("clock time of the report"),
    "listed": Message("is everybody who is on the road listed?"),
}
COLUMNS: dict[str, dict[str, Message]] = {  # by sheet, in their order; kinds of units follow those of "units"
    "sectors": {
        "place": Message("place"),
        "phase": Message("phase"),
        "mood": Message("mood"),
        "delegation": Message("delegation"),
        "since": Message("waits since"),
        "exit_open": Message("is the way out open?"),
        "stopped": Message("has the critical process stopped?"),
        "on_duty_since": Message("on duty since"),
        "water": Message("water left, min"),
    },
    "people": {"place": Message("place"), "gathering": Message("gathering"), "number": Message("number of people")},
    "units": {"place": Message("place")},
    "road": {
        "start": Message("from"),
        "sector": Message("to"),
        "kind": Message("kind of team"),
        "number": Message("number"),
        "arrives": Message("arrives"),
    },
}
CLOCKS = ("since", "on_duty_since", "arrives")
ANSWERS = ("exit_open", "stopped")
PHASE_WORDS: dict[str, Message] = {phase: Message(phase) for phase in PHASES}
DELEGATION_WORDS: dict[str, Message] = dict(
    zip(
        DELEGATIONS,
        (Message("none"), Message("waits"), Message("was received"), Message("will not be received")),
        strict=True,
    )
)
UNHEARD = Message("What is not heard stays empty: it is drawn from simulated days, not assumed.")


def by_text(words: Mapping[str, Message]) -> dict[str, str]:
    """Return each key by itself and by its word in any language, as names are compared."""
    return {fold_typed(said): key for key, word in words.items() for said in (key, *_say(word))}


def _say(word: Message) -> tuple[str, ...]:
    return tuple(language(code)(word) for code in CODES)
