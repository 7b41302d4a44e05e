"""What is firm, what is negotiable, and whether a plan may stay, in a line each."""

from __future__ import annotations

from optimiser.common.language import Language
from optimiser.common.number_format import given, span
from optimiser.output.blocks import Span
from optimiser.planning.evaluation import Interval
from optimiser.questions.firmness import Firmness, Placing


def tell_firm_places(found: Firmness, language: Language) -> str:
    """Say in how many of its places a plan is firm, and how many of its placements are."""
    words = {"firm": len(found.firm_places), "places": len(found.places)}
    placements = [one for one in found.placings if one.number]
    words |= {"n": sum(one.firm for one in placements), "all": len(placements)}
    return language("Firm in {firm} of {places} places; of {all} placements {n} are firm.", **words)


def tell_number(one: Placing, language: Language) -> str:
    """Give the units of a placement in the plan, and their range over all plans that are about as good."""
    number, least, most = (language.number(f"{n:,}") for n in (one.number, one.least, one.most))
    return number if one.least == one.most else f"{number} ({least}–{most})"


def tell_firm(one: Placing, language: Language) -> Span:
    """Say whether a placement is firm."""
    if one.firm:
        return Span(language("firm"), "good")
    return Span(language("negotiable"), "warning" if one.number else "soft")


def tell_stay(beyond: Interval, allowed: float, within: float, language: Language) -> Span:
    """Say whether a plan may stay as it is beside the best one known.

    Parameters
    ----------
    beyond : points that it loses more, in pairs, on scenarios that chose neither.
    allowed : points that it may lose more; within is the same as a share.
    """
    if beyond.mean == 0.0 and not beyond.unusual:
        return Span(language("It may stay: no plan was found that loses less."), "good")
    words = {"within": given(100.0 * within, language), "points": span(beyond, True, language)}
    if beyond.low > allowed:
        said = language(
            "It is shown to lose more than {within} % more than the best plan found: {points} points.", **words
        )
        return Span(said, "bad")
    if beyond.high <= allowed:
        said = language(
            "It may stay: it is shown to lose at most {within} % more than the best plan found, {points} points.",
            **words,
        )
        return Span(said, "good")
    said = language(
        "As far as these scenarios tell it may stay: it is not shown to lose more than {within} % more than the best "
        "plan found, {points} points.",
        **words,
    )
    return Span(said)
