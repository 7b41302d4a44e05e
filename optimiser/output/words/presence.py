"""Rules in words: those of presence for papers and for their price, and every rule of the checker by its code."""

from __future__ import annotations

from collections.abc import Sequence

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import given, percent
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import NAMES, Presence, RuleName, name_rule

RULE_NAMES: dict[str, Message] = {
    "unknown": Message("only what the instance has"),
    "availability": Message("no more than there are"),
    "cap": Message("the limit of heads"),
    "staging": Message("room at the place"),
    "minimum": Message("least teams"),
    "maximum": Message("most teams"),
    "crew": Message("crews of vehicles"),
    "escort": Message("escorts of water cannon"),
    "stands": Message("where units may stand"),
    "officer": Message("an officer in charge"),
    "seats": Message("seats at the post"),
    "cover": Message("reserve within reach"),
    "reserve": Message("callable reserve"),
    "pin": Message("what the planner asked for"),
    **{name_rule(rule): name for rule, name in NAMES.items()},
}


def name_presence(rules: Sequence[RuleName], language: Language) -> str:
    """Name a rule in a few words, or several as all of them."""
    return language("all rules together") if len(rules) > 1 else language(NAMES[rules[0]])


def list_in_force(instance: Instance, presence: Presence, language: Language) -> tuple[str, ...]:
    """Say each rule that is in force in a sentence, with its numbers."""
    return tuple(_tell(rule, instance, presence, language) for rule in presence.in_force)


def _tell(rule: RuleName, instance: Instance, presence: Presence, language: Language) -> str:
    _ = language
    people = given(float(presence.expected), _)
    share = percent(float(presence.reserve_share), language=_)
    minutes = given(float(instance.doctrine.reserve_reach), _)
    sentences = {
        "officer": _("Where more than {n} people of one gathering are expected an officer is in charge.", n=people),
        "dialogue": _("Where more than {n} people of one gathering are expected a dialogue team is there.", n=people),
        "observers": _(
            "Where more than {n} people of one gathering are expected a team with information is there.", n=people
        ),
        "medical": _(
            "Where more than {n} people of one gathering are expected in a sector of ring 1 medical care is there.",
            n=people,
        ),
        "backed": _("Whoever holds no line stands in front of such a crowd only beside a line; a soft line will do."),
        "records": _("A line guards ballots and records at all hours."),
        "windows": _("A line guards every critical window from before it opens until it ends."),
        "reserve_share": _(
            "Of the heads of all lines {share} wait callable within {minutes} min of a sector of ring 1.",
            share=share,
            minutes=minutes,
        ),
        "one_officer": _("One officer a sector, unless more are asked for."),
        "escort_stays": _("Crew and escort of a water cannon that waits are not called away from it."),
    }
    return sentences[rule]


def name_code(code: str, language: Language) -> str:
    """Name a rule of the checker."""
    return language(RULE_NAMES[code])
