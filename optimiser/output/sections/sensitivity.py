"""What a plan hangs on: numbers that move the loss or turn the decision, all together, the worst crowd, and routes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from optimiser.common.language import Language
from optimiser.common.number_format import NOISE, ends, figure, mean, percent, span
from optimiser.output.blocks import Block, Paragraph, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import difference, law_range_blocks, ranged_row, rare_note, tone_of
from optimiser.output.words.bands import tell_band, tell_level, tell_levels
from optimiser.questions.why.explanation import Explanation
from optimiser.questions.why.joint_draws import JointDraws
from optimiser.questions.why.rival_plans import EXCHANGE, tell_rival
from optimiser.questions.why.routes import KnownRoute, Routes
from optimiser.questions.why.sensitivity import End, Flip, Influence, counted, tell_value
from optimiser.questions.why.stress import Stress

INPUTS, FLIPS = 12, 12  # inputs and flips that are listed at most; the document has all
PLANS = 8  # other plans that are listed over joint draws at most
RIVALS = 4  # other plans that have a column of their own on each route; more do not fit a line
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
        "{count} numbers with a low and a high were moved, each alone; mean loss in points, ± to the farther end of "
        "its 95 % interval.",
        count=language.number(f"{len(found.influences):,}"),
    )
    blocks.append(Paragraph(said, "note"))
    if explanation.law_range is not None:
        said = language(
            "Levels at these ends have no band of their own; with every number as in the file the loss lies {band}.",
            band=tell_band(explanation.law_range.losses[0], language),
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
        return Span(f"{loss} ± {figure(end.loss.reach, end.loss.reach, language)}", tone)
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
        said = language("No number about the crowd states a low and a high, and no gathering may take several routes.")
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
    if worst.law_range is not None:
        plans = [language("as in the file"), language("the worst crowd")]
        what, named = language("Difference"), [language("the worst crowd")]
        yield from law_range_blocks(worst.law_range, what, named, plans, language, drawn=False)
    for one, value in worst.values:
        yield Paragraph(
            language(
                "  - {input}: {value} instead of {usual}",
                input=language(one.name),
                value=tell_value(one, value, language),
                usual=figure(one.value, language=language),
            )
        )
    called = {gathering.id: gathering.name for gathering in explanation.instance.gatherings}
    for ident, route in worst.routes:
        said = language("  - {gathering}: goes where the line is thinnest", gathering=called[ident])
        if route is not None:
            said = language("  - {gathering}: takes the route '{route}'", gathering=called[ident], route=route)
        yield Paragraph(said)
    yield from rare_note((worst.worst, worst.usual, worst.change, *worst.rivals), language)
    for rival, lead in zip(explanation.rivals, worst.rivals, strict=True):
        values = {"name": tell_rival(rival.name, language), "points": span(lead, True, language)}
        yield Paragraph(language("This plan minus '{name}' there: {points} points.", **values), "note")
    said = language(
        "The worst of {tried} combinations of {ranges} numbers about the crowd that were looked at, each within "
        "its stated range; the worst found, not the worst there is. All at once is harsher than any single "
        "range says. Shown on fresh scenarios.",
        tried=language.number(f"{worst.tried:,}"),
        ranges=worst.ranges,
    )
    yield Paragraph(said, "note")


def routes_section(explanation: Explanation, language: Language) -> Iterator[Section]:
    """Lay out the plan route by route; nothing where no gathering may take more than one."""
    if explanation.routes is not None:
        yield Section(language("Route by route"), list(_routes(explanation, explanation.routes, language)))


def _routes(explanation: Explanation, found: Routes, language: Language) -> Iterator[Block]:
    others = [i for i, name in enumerate(found.rivals) if not name.startswith(EXCHANGE)][:RIVALS]
    named = {gathering.id: gathering.name for gathering in explanation.instance.gatherings}
    worst = found.worst
    words = {"gathering": named[worst.gathering], "loss": span(worst.loss, language=language)}
    most = language("Most is lost where {gathering} goes where the line is thinnest: {loss} points.", **words)
    if worst.route is not None:
        words["route"] = worst.route
        most = language("Most is lost where {gathering} takes the route '{route}': {loss} points.", **words)
    yield Paragraph(f"{most} {tell_level(worst.band, language)}")
    columns = (
        TableColumn(language("Route"), 3),
        TableColumn(language("Chance"), right=True, firm=True),
        TableColumn(language("Expected loss"), 2, firm=True),
        *(
            TableColumn(language("minus '{name}'", name=tell_rival(found.rivals[i], language)), 2, firm=True)
            for i in others
        ),
    )
    rows: list[Sequence[Value]] = []
    for ident in dict.fromkeys(one.gathering for one in found.known):
        rows.append((Span(named[ident], "strong"), *([""] * (len(columns) - 1))))
        rows += [_row(one, others, language) for one in found.known if one.gathering == ident]
    yield Table(columns, rows, wide=True)
    yield Paragraph(
        tell_levels([_name(one, language) for one in found.known], [one.band for one in found.known], language)
    )
    said = language(
        "Each route taken for certain, everything else drawn as ever; this plan minus others in pairs on fresh "
        "scenarios, [95 % interval each], negative is in favour of this plan. Costs of placement are not counted."
    )
    yield Paragraph(said, "note")
    yield from map(Paragraph, _knowing(found, named, language))
    yield from rare_note([one.loss for one in found.known] + [r for one in found.known for r in one.rivals], language)


def _name(one: KnownRoute, language: Language) -> str:
    return language("where the line is thinnest") if one.route is None else one.route


def _row(one: KnownRoute, others: Sequence[int], language: Language) -> Sequence[Value]:
    return (
        _name(one, language),
        percent(one.share, language=language),
        (
            mean(one.loss, language=language),
            Span(ends(one.loss, language=language), "soft"),
        ),
        *(difference(one.rivals[i], language) for i in others),
    )


def _knowing(found: Routes, named: dict[str, str], language: Language) -> Iterator[str]:
    """Say on which routes another plan at hand is shown to be better."""
    shown = [one for one in found.known if one.gain is not None and one.gain.low > 0.0]
    for one in shown:
        assert one.gain is not None
        words = {"gathering": named[one.gathering], "plan": tell_rival(str(one.better), language)}
        words["points"] = span(one.gain, language=language)
        if one.route is None:
            yield language(
                "Were it known that {gathering} goes where the line is thinnest, '{plan}' would be better, by {points} "
                "points.",
                **words,
            )
        else:
            yield language(
                "Were it known that {gathering} takes the route '{route}', '{plan}' would be better, by {points} "
                "points.",
                route=one.route,
                **words,
            )
    if not shown:
        yield language("On no route another plan that was looked at is shown to be better.")


def _stack(words: str, width: int) -> list[str]:
    """Break a heading or a mark into lines."""
    return textwrap.wrap(words, width, break_long_words=False)


def _nonzero(value: float) -> float:
    """Return a value, and 0 for what the order of a sum makes of nothing."""
    return value if abs(value) > NOISE else 0.0


def joint_section(explanation: Explanation, language: Language) -> Iterator[Section]:
    """Lay out the plan against others over joint draws; nothing where that was not asked."""
    if explanation.joint is not None:
        yield Section(language("Whatever is assumed"), list(_joint_draws(explanation.joint, language)))


def _joint_draws(found: JointDraws, language: Language) -> Iterator[Block]:
    words = {"best": percent(found.best, language=language), "unbeaten": percent(found.unbeaten, language=language)}
    best = language(
        "Against hand rules and other plans at hand this plan has the lowest mean loss in {best} of the draws.", **words
    )
    unbeaten = language("In {unbeaten} of them no other one is shown to be better.", **words)
    band = language("Its mean loss lies between {low} and {high} points.", **_joint_ends(found, language))
    yield Paragraph(f"{best} {unbeaten} {band}")
    yield Paragraph(_tell_regret(found, language))
    columns = (
        TableColumn(language("The plan minus")),
        TableColumn(language("Points over the draws"), firm=True),
        TableColumn(language("Lower loss in"), right=True),
        TableColumn(language("Shown better in"), right=True),
        TableColumn(language("Shown worse in"), right=True),
    )
    pairs = list(zip(found.rivals, found.differences, strict=True))[:PLANS]
    yield Table(columns, [ranged_row(tell_rival(name, language), one, language) for name, one in pairs])
    said = language(
        "{draws} draws of {inputs} numbers, all together within their ranges: constants of the law and inputs of the "
        "file; each on {n} scenarios that chose no plan, the same for all plans. Ranges are from 5 % to 95 % of the "
        "draws. How plausible a draw is nobody knows, so these shares are no probabilities. Whether a plan stays "
        "feasible in a draw is not asked.",
        draws=language.number(f"{found.draws:,}"),
        inputs=language.number(f"{found.inputs:,}"),
        n=language.number(f"{found.scenarios:,}"),
    )
    yield Paragraph(said, "note")
    if found.largest is not None:
        yield from rare_note([found.largest.loss], language)


def _joint_ends(found: JointDraws, language: Language) -> dict[str, str]:
    return {name: figure(end, language=language) for name, end in found.loss._asdict().items()}


def _tell_regret(found: JointDraws, language: Language) -> str:
    """Say what standing by the plan costs where another one is better, on average and at most."""
    if found.largest is None:
        return language("No other plan has a lower mean loss in any draw: nothing is lost by standing by it.")
    mean = language(
        "Standing by it costs {low} to {high} points in the mean over the draws, against the best of them all in each.",
        low=figure(found.regret.low, language=language),
        high=figure(found.regret.high, language=language),
    )
    most = language(
        "In the draw where it costs most, this plan minus '{rival}' is {points} points on further scenarios.",
        rival=tell_rival(found.largest.rival, language),
        points=span(found.largest.loss, True, language),
    )
    return f"{mean} {most}"
