"""How sure a plan is, in two plain lines; the certificate in full stands in the section about trust."""

from __future__ import annotations

import math
from collections.abc import Mapping

from optimiser.common.language import Language
from optimiser.common.number_format import given, percent, span
from optimiser.planning.certificate import Certificate
from optimiser.planning.evaluation import Interval
from optimiser.planning.solution import Solution

STEP = 0.1  # percent; a proved distance is rounded up to it, never down


def tell_outlook(scenarios: int, shares: Mapping[str, float], injured: Interval, language: Language) -> str:
    """Say what simulation showed: how often all stays peaceful, how often a place turns red, how many are injured.

    Parameters
    ----------
    shares : of scenarios by their worst phase anywhere, as `Evaluation.worst_phase` gives them.
    """
    return language(
        "{peaceful} of {n:,} simulated days stay peaceful everywhere, {red} turn red somewhere; injured people: "
        "{injured}.",
        n=scenarios,
        peaceful=percent(shares.get("peaceful", 0.0), language=language),
        red=percent(shares.get("red", 0.0), language=language),
        injured=span(injured, language=language),
    )


def tell_participation(held: float | None, lost: Interval, language: Language) -> str:
    """Say how much of lawful assembly can take place; nothing where nobody comes, or where it is not known.

    Parameters
    ----------
    held : share of the person-hours that people mean to assemble, as `participation.share_held` gives it.
    lost : person-hours.
    """
    if held is None:
        return ""
    return language(
        "{held} of the time for which people come to assemble can be held; {lost} person-hours are lost.",
        held=percent(held, language=language),
        lost=span(lost, language=language),
    )


def tell_standing(solution: Solution, language: Language) -> str:
    """Say how good the plan is known to be among others, and that it keeps the rules."""
    rules = language.plural("{n} rule kept.", "All {n} rules kept.", solution.verdict.rules)
    said = [_claim(solution.certificate, language), _local(solution.certificate, language), rules]
    return " ".join(text for text in said if text)


def _claim(certificate: Certificate, language: Language) -> str:
    if certificate.kind == "proved-optimal":
        return language("Proved the best plan for the {n:,} simulated days it was chosen on.", n=certificate.scenarios)
    if certificate.kind == "within":
        share = 100.0 * (certificate.objective / certificate.bound - 1.0)
        return language(
            "Proved at most {share} % worse than the best plan, for the {n:,} simulated days it was chosen on.",
            share=given(math.ceil(share / STEP - 1e-9) * STEP, language),
            n=certificate.scenarios,
        )
    if certificate.compared <= 1:
        return language("Not proved the best; no other plan was compared.")
    return language("Best of {n:,} plans compared, not proved the best.", n=certificate.compared)


def _local(certificate: Certificate, language: Language) -> str:
    local = certificate.local
    if local is None or not local.compared:
        return ""
    if local.better:
        return language.plural(
            "{n} single change of those tried seems better.",
            "{n} single changes of those tried seem better.",
            local.better,
        )
    return language(
        "No single change that was tried was shown to gain more than {delta} points.",
        delta=language.number(f"{local.delta:.3g}"),
    )
