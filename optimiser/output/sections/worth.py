"""What one more team or vehicle of each kind is worth, the most useful first; and what rules of presence cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean
from optimiser.model.moves import list_moves
from optimiser.output.blocks import Block, Paragraph, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import HELPS, judged, law_range_blocks, mark_spent, rare_note, title_section
from optimiser.output.words.moves import tell_moves
from optimiser.output.words.presence import name_presence
from optimiser.questions.presence import PresencePrice, RulePrice
from optimiser.questions.resources import supply, tell_spent
from optimiser.questions.worth import Appraisal, Worth

EFFECTS = {**HELPS, "the same": Message("same plan")}


def worth_sections(appraisal: Appraisal, language: Language = ENGLISH) -> list[Section]:
    """Lay out what one more of each kind is worth."""
    instance = appraisal.instance
    ranked = sorted(appraisal.worths, key=lambda w: (w.change.loss.mean + _finite(w.placing), str(w.resource)))
    asked = language("What one more team or vehicle is worth, instance {instance}", instance=instance.name)
    return [
        title_section(instance.title, asked),
        Section("", [_table(appraisal, ranked, language), *_notes(appraisal, ranked, language)]),
    ]


def _table(appraisal: Appraisal, ranked: Sequence[Worth], language: Language) -> Table:
    enclosed = any(worth.optimum is not None for worth in ranked)
    columns = [
        TableColumn(language("One more")),
        TableColumn(language("Heads"), right=True, firm=True),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("Effect")),
    ]
    columns += [TableColumn(language("Optimum lowered by"))] if enclosed else []
    rows: list[Sequence[Value]] = []
    for worth in ranked:
        word = worth.change.sentence
        effect = judged(word, language(EFFECTS.get(word, "no difference shown")))
        row: list[Value] = [Span(worth.resource.name(appraisal.instance, language), "strong")]
        row.append(language.number(f"{worth.heads:,}"))
        row += [
            (mean(i, True, language), ends(i, True, language))
            for i in (worth.change.loss, worth.change.harms["injuries"])
        ]
        row.append(mark_spent(effect, worth.spent))
        row += [_optimum(worth, language)] if enclosed else []
        rows.append(row)
    return Table(columns, rows)


def _notes(appraisal: Appraisal, ranked: Sequence[Worth], language: Language) -> Iterator[Block]:
    if any(worth.spent for worth in ranked):
        yield Paragraph(tell_spent(appraisal.budget, language), "note")
    if appraisal.spent:
        said = language(
            "The search for the plan without one more stopped at its limit as well: part of what one more seems to "
            "bring may be found without it."
        )
        yield Paragraph(said, "note")
    yield from (_goal(appraisal, worth, language) for worth in ranked if worth.change.sentence == "better")
    said = language(
        "Points and injured: the plan with one more minus the plan without, over the same {n} fresh scenarios; "
        "[95 % interval each]. The cap grows by the heads that come with it, and the plan is rearranged. One more at a "
        "given sector, everybody else staying, is another question: 'optimiser explain'.",
        n=language.number(f"{appraisal.reporting:,}"),
    )
    yield Paragraph(said, "note")
    yield from rare_note((i for worth in ranked for i in worth.change.shown), language)
    yield from _over_law(appraisal, ranked, language)
    told = next((w.optimum for w in appraisal.worths if w.optimum is not None), None)
    if told is not None:
        said = language(
            "Optimum lowered by: holds the difference of the two unknown optima with {percent} % confidence, "
            "each enclosed by a plan and a proved bound on {sets} sets of {n} scenarios.",
            percent=f"{100 * told.confidence:g}",
            sets=told.sets,
            n=language.number(f"{told.scenarios:,}"),
        )
        yield Paragraph(said, "note")
    for why in dict.fromkeys(worth.why for worth in appraisal.worths if worth.why):
        said = language("This is the value of the plans found, not of the optima: {why}.", why=language(why))
        yield Paragraph(said, "note")


def _over_law(appraisal: Appraisal, ranked: Sequence[Worth], language: Language) -> Iterator[Block]:
    """Say which changes survive the plausible constants of the law, and how far levels of loss move."""
    found = appraisal.law_range
    if found is None:
        return
    order = [appraisal.worths.index(worth) for worth in ranked]
    without, *levels = found.losses
    found = replace(
        found,
        losses=(without, *(levels[i] for i in order)),
        differences=tuple(found.differences[i] for i in order),
    )
    names = [worth.resource.name(appraisal.instance, language) for worth in ranked]
    plans = [language("the plan"), *(language("with one more {name}", name=name) for name in names)]
    yield from law_range_blocks(found, language("One more"), names, plans, language)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _optimum(worth: Worth, language: Language) -> Value:
    if worth.optimum is None:
        return Span(language("nothing can be said"), "soft")
    low, high = (figure(v, language=language) for v in (worth.optimum.low, worth.optimum.high))
    told = language("{low} to {high} points", low=low, high=high)
    if not worth.optimum.spent:
        return told
    spent = language("stopped at its limit on {n} of {sets} sets", n=worth.optimum.spent, sets=worth.optimum.sets)
    return told, Span(spent, "warning")


def _goal(appraisal: Appraisal, worth: Worth, language: Language) -> Paragraph:
    """Say how the plan changes with one more."""
    more = supply(appraisal.instance, worth.resource, worth.resource.amount(appraisal.instance) + 1)
    moves = list_moves(more, appraisal.deployment, worth.deployment)
    told = tell_moves(more, moves, language) if moves else language("held at base")
    name = worth.resource.name(appraisal.instance, language)
    return Paragraph(language("With one more {name}: {moves}.", name=name, moves=told))


# ---------------------------------------------------------------- what rules of presence cost


def presence_sections(price: PresencePrice, language: Language = ENGLISH) -> list[Section]:
    """Lay out what each rule of presence costs, the dearest first, and all of them together."""
    asked = language("What rules of presence cost, instance {instance}", instance=price.instance.name)
    ranked = sorted(price.prices, key=lambda one: (len(one.rules) > 1, -one.change.loss.mean))
    return [
        title_section(price.instance.title, asked),
        Section("", [_prices(ranked, language), *_about_prices(price, ranked, language)]),
    ]


def _prices(ranked: Sequence[RulePrice], language: Language) -> Table:
    columns = [
        TableColumn(language("Rule")),
        TableColumn(language("Points"), firm=True),
        TableColumn(language("Injured"), firm=True),
        TableColumn(language("What it costs")),
    ]
    rows: list[Sequence[Value]] = []
    for one in ranked:
        row: list[Value] = [Span(name_presence(one.rules, language), "strong")]
        row += [
            (mean(i, True, language), ends(i, True, language)) for i in (one.change.loss, one.change.harms["injuries"])
        ]
        rows.append([*row, mark_spent(_effect(one, language), one.spent)])
    return Table(columns, rows)


def _effect(one: RulePrice, language: Language) -> Span:
    """Say in a word whether rules are shown to cost anything."""
    loss = one.change.loss
    if one.same:
        return Span(language("no better plan found"), "soft")
    if loss.low > 0.0:
        return Span(language("costs"), "warning")
    return Span(language("not shown to cost"), "soft")


def _about_prices(price: PresencePrice, ranked: Sequence[RulePrice], language: Language) -> Iterator[Block]:
    if price.spent or any(one.spent for one in ranked):
        yield Paragraph(tell_spent(price.budget, language), "note")
    for one in ranked:
        moves = list_moves(price.instance, price.deployment, one.deployment)
        if one.change.loss.low > 0.0 and moves:
            words = {
                "rule": name_presence(one.rules, language),
                "moves": tell_moves(price.instance, moves, language),
            }
            yield Paragraph(language("Without it ({rule}): {moves}.", **words))
    said = language(
        "Points and injured: the plan that keeps all rules minus the plan found without the rule, over the same {n} "
        "fresh scenarios; [95 % interval each]; the others are kept. Above 0 is what the rule costs. Each plan is "
        "improved from the one that keeps all. This estimates the price, and the search limits the estimate: it is "
        "between plans found, not between optima, and where no better plan was found that is no proof that the rule "
        "costs nothing. What a rule is there for is not all in these points.",
        n=language.number(f"{price.reporting:,}"),
    )
    yield Paragraph(said, "note")
    yield from rare_note((i for one in ranked for i in one.change.shown), language)
    if price.law_range is not None:
        order = [price.prices.index(one) for one in ranked]
        first, *losses = price.law_range.losses
        found = replace(
            price.law_range,
            losses=(first, *(losses[i] for i in order)),
            differences=tuple(price.law_range.differences[i] for i in order),
        )
        names = [name_presence(one.rules, language) for one in ranked]
        plans = [language("the plan"), *(_without(one, language) for one in ranked)]
        yield from law_range_blocks(found, language("Rule"), names, plans, language)


def _without(one: RulePrice, language: Language) -> str:
    """Name the plan without some rules, as they are switched off: one of them, or all."""
    if len(one.rules) > 1:
        return language("without any rule of presence")
    return language("without the rule '{rule}'", rule=name_presence(one.rules, language))
