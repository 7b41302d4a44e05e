"""Rules that a plan is checked against, by their codes, in a few words."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.model.parts.presence import NAMES, name_rule

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


def name_code(code: str, language: Language) -> str:
    """Name a rule of the checker."""
    return language(RULE_NAMES[code])
