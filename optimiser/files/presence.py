"""What a what-if changes in the rules of presence: all of them, one of them, or one of their numbers."""

from __future__ import annotations

from typing import Any

from optimiser.common.message import Message
from optimiser.files.typed.unclear import Unclear
from optimiser.model.parts.presence import NUMBERS, Presence
from optimiser.model.whatif import Attend


def attend(data: dict[str, Any], change: Attend) -> None:
    """Change the rules of an instance that is written as plain data; where it has none, others stay off.

    Raises
    ------
    Unclear : a number where a rule is on or off, or the other way round.
    """
    rules, value = data.get("presence"), change.value
    if change.rule is None:
        if not isinstance(value, bool):
            raise Unclear(Message("on or off"), Message("name the rule that the number is of"))
        data["presence"] = (rules or Presence().model_dump(mode="json")) if value else None
        return
    if change.rule == "expected" and (isinstance(value, bool) or not float(value).is_integer()):
        expected = Message("a whole number of persons")
        raise Unclear(expected, Message("write {typed} to switch all rules off", typed="--presence off"))
    if change.rule not in NUMBERS and not isinstance(value, bool):
        raise Unclear(Message("on or off"), Message("the rule has no number"))
    rules = rules or Presence().without(*Presence().in_force).model_dump(mode="json")
    if change.rule == "reserve_share" and isinstance(value, bool):
        value = float(Presence().reserve_share) if value else 0.0
    data["presence"] = {**rules, change.rule: int(value) if change.rule == "expected" else value}
