"""Rules of presence as they are typed, ``off``, ``records=off``, ``expected=500``, and what that changes."""

from __future__ import annotations

from typing import Any

from optimiser.common.faults import suggest
from optimiser.common.message import Message
from optimiser.common.typed.amounts import read_amount
from optimiser.files.typed.unclear import Changes, Data, Unclear, read_each
from optimiser.model.parts.presence import NUMBERS, RULES, Presence
from optimiser.model.whatif import MOST_PEOPLE, Attend

SWITCHES = {
    **dict.fromkeys(("on", "yes", "true", "ya", "aktif", "hidup"), True),
    **dict.fromkeys(("off", "no", "none", "false", "tidak", "mati", "nonaktif"), False),
}
UNITS = {"expected": "heads", "reserve_share": "share of 1"}


def read_presence(text: str) -> Changes:
    """Read which rules are on or off, and their numbers; None where it cannot be understood."""
    return read_each(text, _read)


def _read(text: str) -> list[Data] | None:
    """Read one rule.

    Raises
    ------
    Unclear : there is no rule of that name.
    """
    name, equals, said = text.strip().lower().partition("=")
    if not equals:
        switch = SWITCHES.get(name.strip())
        if switch is None and (meant := suggest(name.strip(), list(SWITCHES))):
            raise Unclear(Message("on or off"), meant)
        return None if switch is None else [{"do": "presence", "value": switch}]
    rule, said = name.strip().replace("-", "_").replace(" ", "_"), said.strip()
    known = list(dict.fromkeys((*RULES, *NUMBERS)))
    if rule not in known:
        expected = Message("one of {names}", names=", ".join(known))
        raise Unclear(expected, suggest(rule, known) or Message("correct the name"), "not-a-choice")
    value: bool | float | None = SWITCHES.get(said)
    if value is None and rule in UNITS:
        value = read_amount(said, UNITS[rule])
    return None if not is_told(value) else [{"do": "presence", "rule": rule, "value": value}]


def is_told(value: object) -> bool:
    """Tell whether a value says something of a rule: that it is on or off, or a number that one may have."""
    if isinstance(value, bool):
        return True
    return isinstance(value, int | float) and 0.0 <= value <= MOST_PEOPLE


def attend(data: dict[str, Any], change: Attend, own: Presence | None) -> None:
    """Change the rules of an instance that is written as plain data; where it has none, others stay off.

    Parameters
    ----------
    own : the rules of the instance before anything was changed, which come back when they are switched on again.

    Raises
    ------
    Unclear : a number where a rule is on or off, or the other way round.
    """
    rules, value, usual = data.get("presence"), change.value, own or Presence()
    if change.rule is None:
        if not isinstance(value, bool):
            raise Unclear(Message("on or off"), Message("name the rule that the number is of"))
        data["presence"] = (rules or usual.model_dump(mode="json")) if value else None
        return
    if change.rule == "expected" and (isinstance(value, bool) or not float(value).is_integer()):
        expected = Message("a whole number of persons")
        raise Unclear(expected, Message("write {typed} to switch all rules off", typed="--presence off"))
    if change.rule not in NUMBERS and not isinstance(value, bool):
        raise Unclear(Message("on or off"), Message("the rule has no number"))
    rules = rules or usual.without(*usual.in_force).model_dump(mode="json")
    told: Any = int(value) if change.rule == "expected" else value
    if change.rule == "reserve_share" and isinstance(value, bool):
        told = (usual if usual.reserve_share else Presence()).model_dump(mode="json")["reserve_share"] if value else 0.0
    data["presence"] = {**rules, change.rule: told}
