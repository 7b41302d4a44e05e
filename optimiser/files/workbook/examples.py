"""The rows of the invented town that a template shows on request, found again where they were left as they were."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from optimiser.common.language import CODES, Code
from optimiser.model.instance import Instance

EXAMPLE = Path(__file__).parent / "example.toml"  # what a template shows on request
SECTIONS = ("sectors", "posts", "roles", "teams", "vehicles", "gatherings", "triggers", "reinforcements", "pins")


@cache
def example(code: Code = CODES[0]) -> Instance:
    """Return the invented town as it is written in a language, without translations."""
    town = Instance.model_validate(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))
    return town.told_in(code).replace(texts={}, told={})


def find_unchanged(instance: Instance) -> Iterator[tuple[str, str]]:
    """Find what stands in an instance exactly as in the invented town of some language, whatever file it came from.

    A row in which anything was changed, its source too, is no example any more. Stops are looked at with their
    gathering; what belongs to a sector also by itself.

    Returns
    -------
    Place in the data, such as ``triggers[0]``, and what stands there, for each.
    """
    yield from max((list(_compare_with(example(code), instance)) for code in CODES), key=len)


def _compare_with(shown: Instance, instance: Instance) -> Iterator[tuple[str, str]]:
    if instance.title == shown.title:
        yield "title", instance.title
    if instance.period == shown.period:
        yield "period.start", f"{instance.period.start:%Y-%m-%d %H:%M}"
    for section in SECTIONS:
        yield from _compare(section, getattr(instance, section), getattr(shown, section))
    yield from _compare("travel.closures", instance.travel.closures, shown.travel.closures)
    officials = [s.official for s in shown.sectors if s.official is not None]
    windows = [window for s in shown.sectors for window in s.critical]
    for number, sector in enumerate(instance.sectors):
        if sector in shown.sectors:
            continue  # told as a whole
        if sector.official is not None and _is_among(sector.official, officials):
            yield f"sectors[{number}].official", sector.official.name
        yield from _compare(f"sectors[{number}].critical", sector.critical, windows)


def _compare(base: str, things: Sequence[Any], shown: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for number, thing in enumerate(things):
        if _is_among(thing, shown):
            yield f"{base}[{number}]", _name(thing)


def _is_among(thing: Any, shown: Sequence[Any]) -> bool:
    """Return whether a thing is one of those shown, ranges and sources of numbers included, which == leaves out."""
    return any(thing == other and thing.model_dump(mode="json") == other.model_dump(mode="json") for other in shown)


def _name(thing: Any) -> str:
    if hasattr(thing, "name"):
        return str(thing.name)
    parts = (thing.place, thing.what) if hasattr(thing, "place") else (thing.a, thing.b)
    return " – ".join(map(str, parts))
