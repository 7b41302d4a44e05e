"""One day of a plan as a screen replays it: its events, each in words."""

from __future__ import annotations

from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.output.documents.simulation import describe_rehearsal
from optimiser.output.sections.simulation import join_repeated
from optimiser.output.views.who_is_where import describe_whereabouts
from optimiser.output.words.wording import Wording
from optimiser.questions.played_plan import Rehearsal

FORMAT = "optimiser-day/1"


def describe_day(rehearsal: Rehearsal, language: Language = ENGLISH) -> dict[str, Any]:
    """Describe a told day: the events that ``optimiser simulate --json`` prints, and the sentences that tell them.

    What only repeats itself in a sector is told once, as on the terminal. For who is where see `describe_whereabouts`.
    """
    instance = rehearsal.instance.told_in(language.code)
    wording, document = Wording(instance, language), describe_rehearsal(rehearsal)
    told = [
        {
            "minute": event.minute,
            "clock": language.clock(instance.clock(event.minute)),
            "place": event.sector or event.other,
            "where": wording.where(event),
            "what": wording.tell(event),
            "why": wording.why(event),
            "phase": event.what if event.kind == "phase" else "",
        }
        for event, _again in join_repeated(rehearsal.events)
    ]
    kept = ("instance", "seed", "scenario", "deployment", "events")
    where = describe_whereabouts(rehearsal.instance, rehearsal.deployment, rehearsal.events)
    return {"format": FORMAT, **{name: document[name] for name in kept}, "told": told, **where}
