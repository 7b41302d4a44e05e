"""What a plan hangs on: assumed numbers that move the loss, those that turn the decision, the worst crowd found."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from optimiser.common.language import Language
from optimiser.common.number_format import NOISE, ends, figure, mean, percent, span
from optimiser.output.blocks import Block, Paragraph, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import rare_note, tone_of
from optimiser.questions.why.explanation import Explanation
from optimiser.questions.why.rival_plans import tell_rival
from optimiser.questions.why.sensitivity import End, Flip, Influence, counted, tell_value
from optimiser.questions.why.stress import Stress

INPUTS, FLIPS = 12, 12  # inputs and flips that are listed at most; the document has all
HEADING = 10  # characters a line of a heading, so that it leaves room for what the table is about
CARRIED = 14  # characters a line of what stands for an interval where few scenarios carry a mean


def inputs_section(explanation: Explanation, language: Language) -> Section:
    """Lay out which assumed numbers move the loss most."""
    found = explanation.sensitivity
    screened = any(influence.loss for influence in found.influences)
    titles = [
        language("Assumed number"),
        language("Low"),
        language("Loss there"),
        language("High"),
        language("Loss there"),
    ]
    titles += [language("All together")] if screened else []
    columns = [
        TableColumn("\n".join(_stack(title, HEADING)), right=number in (1, 3, 5), firm=number > 0)
        for number, title in enumerate(titles)
    ]
    shown = found.influences[:INPUTS]
    blocks: list[Block] = [Table(columns, [_influence(influence, screened, language) for influence in shown])]
    said = language(
        "{count} numbers with a low and a high were moved, each alone; mean loss in points, with half of its 95 % "
        "interval.",
        count=language.number(f"{len(found.influences):,}"),
    )
    blocks.append(Paragraph(said, "note"))
    moved = (end for one in shown for end in (one.low, one.high) if end.value != one.input.value)
    blocks += rare_note((end.loss for end in moved), language)
    if screened:
        said = language(
            "All together: by how many points the loss changes on average while all others move too (Morris), over {n} "
            "combinations.",
            n=language.number(f"{found.combinations:,}"),
        )
        blocks.append(Paragraph(said, "note"))
    elif not explanation.screened:
        said = language(
            "They were not moved together, which needs SALib: python -m pip install '.[sensitivity]' in the "
            "folder of the project."
        )
        blocks.append(Paragraph(said, "note"))
    return Section(language("Assumed numbers that move the loss most"), blocks)


def _influence(influence: Influence, screened: bool, language: Language) -> Sequence[Value]:
    unit = counted(influence.input, language)
    row: list[Value] = [language(influence.input.name) + (f", {unit}" if unit else "")]
    for end in (influence.low, influence.high):
        row += [figure(end.value, language=language), _loss(end, influence, language)]
    if screened:
        row.append(figure(_nonzero(influence.loss.strength), language=language) if influence.loss else "")
    return row


def _loss(end: End, influence: Influence, language: Language) -> Value:
    if end.value == influence.input.value:
        return Span(language("as in the file"), "soft")
    tone, loss = tone_of(end.change, "soft"), mean(end.loss, language=language)
    if not end.loss.rare:
        return Span(f"{loss} ± {figure(end.loss.half, end.loss.half, language)}", tone)
    return tuple(Span(line, tone) for line in (loss, *_stack(ends(end.loss, language=language), CARRIED)))


def flips_section(explanation: Explanation, language: Language) -> Section:
    """List the numbers at which another plan is better."""
    return Section(language("What the decision hangs on"), list(_flips(explanation, language)))


def _flips(explanation: Explanation, language: Language) -> Iterator[Block]:
    found, flips = explanation.sensitivity, explanation.sensitivity.flips
    preferred = [n for n, base in zip(found.rivals, found.base, strict=True) if base.mean < 0.0]
    if not preferred:
        said = language("This plan is preferred to none of the others, so nothing can turn that.")
        yield Paragraph(said, "note")
        return
    if flips:
        yield Points([Span(flip.sentence(language), "bad" if flip.shown else "soft") for flip in flips[:FLIPS]])
    yield from (Paragraph(said, "note") for said in _remarks(flips, language))
    for name, share in zip(found.rivals, found.together, strict=False):
        if name in preferred:
            said = language(
                "With all numbers moved at once '{name}' has the lower mean in {share} of {n} combinations.",
                name=tell_rival(name, language),
                share=percent(share, language=language),
                n=language.number(f"{found.combinations:,}"),
            )
            yield Paragraph(said, "note")


def _remarks(flips: Sequence[Flip], language: Language) -> Iterator[str]:
    if not flips:
        yield language("No number alone, at its low or high, makes another plan better in the mean.")
        return
    if len(flips) > FLIPS:
        yield language.plural("and {n} more like these", "and {n} more like these", len(flips) - FLIPS)
    yield language(
        "'Shown': confirmed on further scenarios, with 95 % confidence for all of them at once; looking at so "
        "many numbers turns some means by chance."
    )
    if not any(flip.shown for flip in flips):
        yield language("In none of these another plan is shown to be better.")


def stress_section(explanation: Explanation, language: Language) -> Section:
    """Say which crowd, within the stated ranges, is the worst found for the plan."""
    worst, heading = explanation.stress, language("The worst plausible crowd for this plan")
    if worst is None:
        said = language("No number about the crowd states a low and a high.")
        return Section(heading, [Paragraph(said, "note")])
    return Section(heading, list(_worst(explanation, worst, language)))


def _worst(explanation: Explanation, worst: Stress, language: Language) -> Iterator[Block]:
    yield Paragraph(
        language(
            "Expected loss {worst} points instead of {usual}; the difference is {change}.",
            worst=span(worst.worst, language=language),
            usual=mean(worst.usual, language=language),
            change=span(worst.change, True, language),
        )
    )
    for one, value in worst.values:
        yield Paragraph(
            language(
                "  - {input}: {value} instead of {usual}",
                input=language(one.name),
                value=tell_value(one, value, language),
                usual=figure(one.value, language=language),
            )
        )
    yield from rare_note((worst.worst, worst.usual, worst.change, *worst.rivals), language)
    for rival, difference in zip(explanation.rivals, worst.rivals, strict=True):
        values = {"name": tell_rival(rival.name, language), "points": span(difference, True, language)}
        yield Paragraph(language("This plan minus '{name}' there: {points} points.", **values), "note")
    said = language(
        "The worst of {tried} combinations of {ranges} numbers about the crowd that were looked at, each within "
        "its stated range; the worst found, not the worst there is. All at once is harsher than any single "
        "range says. Shown on fresh scenarios.",
        tried=language.number(f"{worst.tried:,}"),
        ranges=worst.ranges,
    )
    yield Paragraph(said, "note")


def _stack(words: str, width: int) -> list[str]:
    """Break a heading or a mark into lines."""
    return textwrap.wrap(words, width, break_long_words=False)


def _nonzero(value: float) -> float:
    """Return a value, and 0 for what the order of a sum makes of nothing."""
    return value if abs(value) > NOISE else 0.0
