"""Parts that many sections are made of: differences with intervals, verdicts, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from optimiser.common.language import Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, mean, percent, signed, tell_rare
from optimiser.output.blocks import (
    Block,
    Inline,
    Paragraph,
    Points,
    Section,
    Span,
    Spans,
    Table,
    TableColumn,
    Tone,
    Value,
    spans,
)
from optimiser.output.words.bands import from_to, tell_draws, tell_levels

if TYPE_CHECKING:  # who only says whether a plan is feasible needs no planning
    from optimiser.files.plan_origin import Origin
    from optimiser.model.verdict import Verdict, Violation
    from optimiser.nation.audit import Audit
    from optimiser.planning.evaluation import Interval
    from optimiser.planning.law_range import LawRange, RangedDifference
    from optimiser.planning.solution import Settings

TONES: dict[str, Tone] = {"better": "good", "worse": "bad"}  # of what a comparison says; else soft
HELPS = {"better": Message("helps"), "worse": Message("harms")}


def title_section(title: str, *more: str) -> Section:
    """Make the section that names an instance, and what is told about it."""
    return Section("", [Paragraph(title, "title"), *map(Paragraph, more)])


def judged(word: str, said: str) -> Span:
    """Set what a comparison comes to, by its word."""
    return Span(said, TONES.get(word, "soft"))


def tone_of(change: Interval, undecided: Tone = "") -> Tone:
    """Return the tone of a difference: good where it is shown to be negative, bad where it is shown to be positive."""
    return "good" if change.high < 0.0 else "bad" if change.low > 0.0 else undecided


def difference(interval: Interval, language: Language) -> Value:
    """Set a difference above its interval."""
    value = Span(mean(interval, sign=True, language=language), tone_of(interval))
    return value, Span(ends(interval, sign=True, language=language), "soft")


def rare_note(intervals: Iterable[Interval], language: Language) -> Iterator[Block]:
    """Say under a table what its figures without an interval may be taken for, if it has any."""
    if said := tell_rare(intervals, language):
        yield Paragraph(said, "note")


def law_range_blocks(
    found: LawRange,
    what: str,
    differences: Sequence[str],
    plans: Sequence[str],
    language: Language,
    drawn: bool = True,
) -> Iterator[Block]:
    """Say which differences survive the plausible constants of the law, then how far levels of loss move.

    Parameters
    ----------
    what : heading of the differences.
    differences, plans : names of what was compared and of what was simulated.
    drawn : whether to say what was drawn, which once a page is enough.
    """
    columns = (
        TableColumn(what),
        TableColumn(language("Points over the law's ranges"), firm=True),
        TableColumn(language("Lower loss in"), right=True),
        TableColumn(language("Shown better in"), right=True),
        TableColumn(language("Shown worse in"), right=True),
    )
    rows = [ranged_row(name, one, language) for name, one in zip(differences, found.differences, strict=True)]
    if rows:
        yield Table(columns, rows)
    yield Paragraph(tell_levels(plans, found.losses, language))
    if drawn:
        yield Paragraph(tell_draws(found, language), "note")


def ranged_row(name: str, one: RangedDifference, language: Language) -> Sequence[Value]:
    """Lay out a difference over draws: between which points it lies, and in how many draws what is so."""
    if one.equal == 1.0:
        return name, language("the same in every draw"), "", "", ""
    shares = (percent(share, language=language) for share in (one.lower, one.better, one.worse))
    return name, from_to(one.band, language, signed), *shares


def mark_spent(said: Inline, spent: bool) -> Inline:
    """Mark a text where a search stopped at its limit, which a note below says, see `tell_spent`."""
    return Spans((*spans(said), Span("*", "warning"))) if spent else said


def list_violations(violations: Sequence[Violation], language: Language, most: int | None = None) -> Iterator[Block]:
    """List violations, one each; what comes after so many is only counted."""
    if violations:
        yield Points([language(violation.sentence) for violation in violations[:most]], tone="bad")
    more = len(violations) - most if most is not None else 0
    if more > 0:
        yield Paragraph(language.plural("and {n} more", "and {n} more", more), "note")


def verdict_line(verdict: Verdict | Audit, language: Language) -> Paragraph:
    """Say what a checker found in one sentence."""
    return Paragraph(language(verdict.sentence()), "good" if verdict.passed else "bad")


def verdict_blocks(verdict: Verdict | Audit, language: Language) -> Iterator[Block]:
    """Say what a checker found, with every violation."""
    yield verdict_line(verdict, language)
    yield from list_violations(verdict.violations, language)


def origin_blocks(origin: Origin, language: Language) -> Iterator[Block]:
    """Say what of a plan's document is not verified, and whether it was made for another instance."""
    for sentence in origin.sentences():
        yield Paragraph(language(sentence), "warning" if origin.same is False else "")


def name_law(settings: Settings, language: Language) -> str:
    """Name the law that a plan was made under, and say where its constants and the inputs were drawn."""
    if not settings.uncertain:
        return settings.law
    return language("{law}, constants and numbers with a range drawn anew for each scenario", law=settings.law)


def tell_uncertain(settings: Settings, language: Language) -> str:
    """Say that each scenario has its own constants and inputs; empty where all have those of the instance."""
    if not settings.uncertain:
        return ""
    return language(
        "Each scenario has its own constants of the law and its own numbers of the file that state a low and a high, "
        "drawn from their ranges: the plan is chosen over them, and its losses and harms are means over them."
    )
