"""The band of a level of loss over the plausible constants of the law in words, the same in every face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import figure

if TYPE_CHECKING:
    from optimiser.planning.law_range import Band, LawRange


def tell_band(band: Band, language: Language) -> str:
    """Say between which points a mean loss lies over the plausible constants of the law."""
    return language(
        "between {low} and {high} over the law's ranges",
        low=figure(band.low, language=language),
        high=figure(band.high, language=language),
    )


def tell_level(band: Band, language: Language) -> str:
    """Say the same in a sentence of its own, after one that tells a mean loss."""
    return language("It lies {band}.", band=tell_band(band, language))


def tell_levels(names: Sequence[str], bands: Sequence[Band], language: Language) -> str:
    """Say how far the levels of several plans move, each by its name."""
    levels = [f"{name} {from_to(band, language)}" for name, band in zip(names, bands, strict=True)]
    return language("Mean loss over the law's ranges, points: {levels}.", levels="; ".join(levels))


def from_to(band: Band, language: Language, write: Callable[..., str] = figure) -> str:
    """Write both ends of a band."""
    low, high = (write(end, language=language) for end in band)
    return language("{low} to {high}", low=low, high=high)


def tell_draws(found: LawRange, language: Language) -> str:
    """Say what was drawn, in how many scenarios, and that what comes of it is no confidence interval."""
    played = Message.plural("the first reporting scenario", "the first {n} reporting scenarios", found.scenarios)
    said = language.plural(
        "{n} draw of {constants} constants of the law, all together within their plausible ranges, on {played}; ranges "
        "are from 5 % to 95 % of the draws, and others on another number of scenarios. This is no confidence interval.",
        "{n} draws of {constants} constants of the law, all together within their plausible ranges, each on {played}; "
        "ranges are from 5 % to 95 % of the draws, and others on another number of scenarios. This is no confidence "
        "interval.",
        found.draws,
        constants=found.constants,
        played=played,
    )
    from optimiser.planning.law_range import LEAST  # noqa: PLC0415  (most sections have no band)

    few = language("Fewer than {n} scenarios in a draw are too few to go by.", n=LEAST)
    return said if found.scenarios >= LEAST else f"{said} {few}"


def tell_too_few(language: Language) -> str:
    """Say that so few scenarios have no band."""
    from optimiser.planning.law_range import LEAST  # noqa: PLC0415

    return language("No band over the law's ranges: it takes at least {n} scenarios.", n=LEAST)
