"""What rain changes in an instance: every speed, and how many people come; each factor says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optimiser.common.message import Message
from optimiser.model.whatif import Rain


class Factor(NamedTuple):
    """What a quantity is multiplied with, and where that comes from.

    Attributes
    ----------
    light, heavy : without unit, in light and in heavy rain.
    what : what is multiplied.
    source : where the numbers come from, or ``assumed``.
    """

    light: float
    heavy: float
    what: Message
    source: Message


FACTORS = {
    "drive": Factor(
        0.9,
        0.75,
        Message("speed of vehicles and columns"),
        Message("FHWA Road Weather Management: arterial roads are 10 to 25 % slower when wet; for other roads assumed"),
    ),
    "march": Factor(0.95, 0.85, Message("speed on foot, of crowds and units"), Message("assumed")),
    "people": Factor(
        0.9,
        0.6,
        Message("turnout of every gathering"),
        Message("assumed; that rain keeps people away: Madestam, Shoag, Veuger, Yanagizawa-Drott 2013"),
    ),
}


def factors_of(rain: Rain) -> dict[str, float]:
    """Return what each quantity of `FACTORS` is multiplied with: what was typed, else what is assumed."""
    typed = {name: getattr(rain, name) for name in FACTORS}
    given = any(value is not None for value in typed.values())
    usual = {name: 1.0 if given else getattr(factor, rain.strength) for name, factor in FACTORS.items()}
    return {name: usual[name] if value is None else float(value) for name, value in typed.items()}


def tell_rain(rain: Rain) -> tuple[Message, ...]:
    """Say what was assumed of rain, one sentence for each factor; where some were typed, for these alone."""
    typed = [name for name in FACTORS if getattr(rain, name) is not None]
    told = []
    for name, value in factors_of(rain).items():
        if typed and name not in typed:
            continue  # it stays as it is
        source = Message("as typed") if typed else FACTORS[name].source
        words = {"what": FACTORS[name].what, "factor": value, "source": source}
        told.append(Message("Rain: {what} times {factor:g} ({source})", **words))
    return tuple(told)


def let_rain(data: dict[str, Any], rain: Rain) -> None:
    """Change an instance that is written as plain data."""
    factor = factors_of(rain)
    travel = data["travel"]
    travel["march"] = _times(travel["march"], factor["march"])
    travel["drive"] = _times(travel["drive"], factor["drive"])
    for part in ("vehicles", "reinforcements"):
        for item in data[part]:
            item["speed"] = _times(item["speed"], factor["drive"])
    for gathering in data["gatherings"]:
        gathering["turnout"] = _times(gathering["turnout"], factor["people"])


def _times(number: Any, factor: float) -> Any:
    """Multiply a number, and its range where it has one."""
    if not isinstance(number, Mapping):
        return round(number * factor, 6)
    scaled = {key: round(number[key] * factor, 6) for key in ("value", "low", "high") if key in number}
    return {**number, **scaled}
