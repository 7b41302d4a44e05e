"""Rules of presence as they are typed: ``off``, ``records=off``, ``expected=500``, ``reserve_share=30%``."""

from __future__ import annotations

from optimiser.common.typed.amounts import read_amount
from optimiser.files.typed.unclear import Changes, Data, read_each
from optimiser.model.parts.presence import NUMBERS, RULES

SWITCHES = {
    **dict.fromkeys(("on", "yes", "true", "ya", "aktif", "hidup"), True),
    **dict.fromkeys(("off", "no", "none", "false", "tidak", "mati", "nonaktif"), False),
}
UNITS = {"expected": "heads", "reserve_share": "share of 1"}


def read_presence(text: str) -> Changes:
    """Read which rules are on or off, and their numbers; None where it cannot be understood."""
    return read_each(text, _read)


def _read(text: str) -> list[Data] | None:
    name, equals, said = text.strip().lower().partition("=")
    if not equals:
        switch = SWITCHES.get(name.strip())
        return None if switch is None else [{"do": "presence", "value": switch}]
    rule, said = name.strip().replace("-", "_").replace(" ", "_"), said.strip()
    if rule not in (*RULES, *NUMBERS):
        return None
    value: bool | float | None = SWITCHES.get(said)
    if value is None and rule in UNITS:
        value = read_amount(said, UNITS[rule])
    return None if value is None else [{"do": "presence", "rule": rule, "value": value}]
