"""A plan questioned, laid out for a screen: why so many here, what binds, what comes next, what it hangs on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import NOISE, ends, figure, mean, percent, plain, span
from optimiser.output.screen.tables import grid, heading, note, note_rare, show_verdict
from optimiser.output.words.moves import tell_moves
from optimiser.planning.evaluation import Interval
from optimiser.planning.programs.requirements import Frame
from optimiser.questions.margins import Margin
from optimiser.questions.why.binding_limits import BindingLimit
from optimiser.questions.why.explanation import Explanation
from optimiser.questions.why.rival_plans import Rival, tell_rival
from optimiser.questions.why.sensitivity import End, Influence, counted, tell_value

WORDS = {"better": "green", "worse": "red"}
INPUTS, FLIPS = 12, 12  # inputs and flips that are shown at most; the document has all
CARRIED = 14  # characters a line of what stands for an interval where few scenarios carry a mean


def show_inquiry(inquiry: Explanation, language: Language = ENGLISH) -> RenderableType:
    """Lay out what was found out about a plan."""
    instance = inquiry.instance
    head: list[RenderableType] = [
        Text(plain(instance.title), style="bold reverse"),
        Text(language("Why this plan, instance {instance}", instance=instance.name)),
        *_broken(inquiry, language),
        Text(
            language(
                "Expected loss {loss} points over {n} fresh scenarios.",
                loss=span(inquiry.evaluation.loss, language=language),
                n=language.number(f"{inquiry.reporting:,}"),
            )
        ),
    ]
    parts = (_margins, _limits, _rivals, _inputs, _flips, _stress)
    return Group(*head, *(line for part in parts for line in part(inquiry, language)))


def _broken(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    """Say before anything else which rules the plan breaks, and what would keep them."""
    if inquiry.verdict.passed:
        return
    yield show_verdict(inquiry.verdict, language)
    yield note(
        language(
            "It is played and explained all the same. What is said of changes to it takes these breaches for granted, "
            "as far as they go, and counts nothing as possible that would break a rule further."
        )
    )
    near = inquiry.nearest
    if near is not None:
        words = {
            "moves": tell_moves(inquiry.instance, near.moves, language),
            "points": span(near.against.loss, True, language),
            "verdict": _verdict(near.against.sentence, language),
        }
        yield Text(
            language("The nearest plan found that keeps every rule: {moves}.", **words)
            + " "
            + language("This plan minus it: {points} points; this plan is: {verdict}.", **words)
        )
    elif inquiry.clash:
        yield Text(language("No plan keeps every rule: these requirements cannot be met together:"), style="red")
        for name in inquiry.clash:
            yield Text(f"  - {plain(language(name))}", style="red")
    else:
        yield note(language("No plan that keeps every rule was found within the limits of the search."))


# ---------------------------------------------------------------- why so many here


def _margins(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    yield heading(language("Why so many here"))
    columns = (language("Sector and team"), language("Here"), language("One fewer"), language("One more"))
    table = grid(*columns, right=(1,), firm=(1, 2, 3))
    by = {(m.place, m.kind, m.by): m for m in inquiry.margins}
    for sector in inquiry.instance.sectors:
        rows = []
        for kind in Frame.of(inquiry.instance).kinds:
            allotment = inquiry.deployment.places.get(sector.id)
            here = (allotment.teams.get(kind.id, 0) + allotment.vehicles.get(kind.id, 0)) if allotment else 0
            fewer, more = by.get((sector.id, kind.id, -1)), by.get((sector.id, kind.id, 1))
            helps = more is not None and more.change is not None and more.change.high < 0.0
            if here or helps:
                rows.append((kind.name, here, fewer, more))
        if rows:
            table.add_row(Text(plain(sector.name), style="bold"))
        for name, here, fewer, more in rows:
            table.add_row(Text(f"  {plain(name)}"), f"{here}", _margin(fewer, language), _margin(more, language))
    yield table
    yield note(
        language(
            "Change of the expected loss in points, paired on fresh scenarios, [95 % interval each]. A star: none is "
            "left at base, so one more would have to come from elsewhere. 'Rule': a requirement of the place forbids "
            "it. Teams that do not stand in a sector are shown where one would help."
        )
    )
    yield from note_rare((m.change for m in inquiry.margins if m.change is not None), language)


def _margin(margin: Margin | None, language: Language) -> Text:
    if margin is None:
        return Text("")
    if margin.change is None:
        return Text(language("rule"), style="dim")
    star = "*" if margin.by > 0 and not margin.held else ""
    return Text(span(margin.change, True, language) + star, style=_style(margin.change))


def _style(change: Interval) -> str:
    return "green" if change.high < 0.0 else "red" if change.low > 0.0 else "dim"


# ---------------------------------------------------------------- limits and rivals


def _limits(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    yield heading(language("Limits without slack"))
    broken = [_limit(limit, language) for limit in inquiry.limits if limit.broken]
    if broken:
        yield note(language("Already broken by this plan: {limits}.", limits="; ".join(broken)))
    bring = [limit for limit in inquiry.limits if limit.change is not None]
    if bring:
        columns = (language("Limit"), language("A little slack brings"), language("By the exchange"))
        table = grid(*columns, firm=(1,))
        table.columns[0].ratio, table.columns[2].ratio, table.expand = 3, 4, True
        for limit in bring:
            assert limit.change is not None
            told = tell_moves(inquiry.instance, limit.moves, language)
            if limit.change.high >= 0.0:
                told = language("not shown to help: {moves}", moves=told)
            points = Text(span(limit.change, True, language), style=_style(limit.change))
            table.add_row(Text(_limit(limit, language), style="bold"), points, Text(told))
        yield table
        yield note(
            language(
                "Slack: one team or vehicle more or fewer, or as many heads and seats as change anything. Points: the "
                "best single exchange that it makes possible, on fresh scenarios; negative is better."
            )
        )
        yield from note_rare((limit.change for limit in bring if limit.change is not None), language)
    rest = [
        _limit(limit, language)
        for limit in inquiry.limits
        if limit.change is None and limit.looked and not limit.broken
    ]
    if rest:
        yield note(
            language("Also without slack, and no single exchange that helps needs it: {rest}.", rest="; ".join(rest))
        )
    if aside := sum(not limit.looked for limit in inquiry.limits):
        yield note(
            language.plural(
                "{n} more limit was not played: little is lost there, or it promised less at a first look.",
                "{n} more limits were not played: little is lost there, or they promised less at a first look.",
                aside,
            )
        )
    if len(broken) == len(inquiry.limits):
        yield note(language("No limit binds.") if not broken else language("No other limit binds."))


def _limit(limit: BindingLimit, language: Language) -> str:
    return plain(language(limit.name))


def _rivals(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    yield heading(language("The next best plans found"))
    if not inquiry.rivals:
        yield note(language("No other plan was found that differs in any scenario."))
        return
    columns = (language("Plan"), language("This plan minus it"), language("This plan is"), language("How it differs"))
    table = grid(*columns, firm=(1,), lines=True)
    table.columns[0].ratio, table.columns[2].ratio, table.columns[3].ratio, table.expand = 3, 3, 4, True
    for rival in inquiry.rivals:
        word = rival.against.sentence
        told = tell_moves(inquiry.instance, rival.moves, language)
        points = Text(f"{mean(rival.against.loss, True, language)}\n{ends(rival.against.loss, True, language)}")
        verdict = Text(_verdict(word, language), style=WORDS.get(word, "dim"))
        if rival.behind < 0.0:
            verdict.append("\n" + language("behind it on the planning scenarios"), style="dim")
        name = Text(_named(rival, language), style="bold")
        if rival.breaks:
            name.append(
                "\n" + language.plural("breaks {n} rule", "breaks {n} rules", rival.breaks), style="not bold red"
            )
        table.add_row(name, points, verdict, Text(told))
    yield table
    yield note(language("Chosen on the planning scenarios, compared in pairs on fresh ones; [95 % interval each]."))
    yield from note_rare((rival.against.loss for rival in inquiry.rivals), language)
    if any(rival.behind < 0.0 for rival in inquiry.rivals):
        yield note(
            language("Where this plan is behind on the planning scenarios, a longer search would have moved on.")
        )


def _named(rival: Rival, language: Language) -> str:
    return tell_rival(rival.name, language)


def _verdict(word: str, language: Language) -> str:
    return {
        "better": language("better"),
        "worse": language("worse"),
        "the same": language("the same"),
    }.get(word, language("no difference shown"))


# ---------------------------------------------------------------- assumed numbers


def _inputs(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    found = inquiry.sensitivity
    yield heading(language("Assumed numbers that move the loss most"))
    screened = any(influence.loss for influence in found.influences)
    columns = [
        language("Assumed number"),
        language("Low"),
        language("Loss there"),
        language("High"),
        language("Loss there"),
    ]
    columns += [language("All together")] if screened else []
    table = grid(*map(_stack, columns), right=(1, 3, 5) if screened else (1, 3), firm=range(1, len(columns)))
    for influence in found.influences[:INPUTS]:
        unit = counted(influence.input, language)
        row = [Text(plain(language(influence.input.name)) + (f", {unit}" if unit else ""))]
        for end in (influence.low, influence.high):
            row += [Text(figure(end.value, language=language)), _loss(end, influence, language)]
        if screened:
            strength = influence.loss and figure(_counted(influence.loss.strength), language=language)
            row.append(Text(strength or ""))
        table.add_row(*row)
    yield table
    count = language.number(f"{len(found.influences):,}")
    yield note(
        language(
            "{count} numbers with a low and a high were moved, each alone; mean loss in points, with half of its 95 % "
            "interval.",
            count=count,
        )
    )
    shown = (end for one in found.influences[:INPUTS] for end in (one.low, one.high) if end.value != one.input.value)
    yield from note_rare((end.loss for end in shown), language)
    if screened:
        yield note(
            language(
                "All together: mean absolute effect in points while the others move (Morris), over {n} combinations.",
                n=language.number(f"{found.combinations:,}"),
            )
        )
    elif not inquiry.screened:
        yield note(
            language(
                "They were not moved together, which needs SALib: python -m pip install '.[sensitivity]' in the "
                "folder of the project."
            )
        )


def _loss(end: End, influence: Influence, language: Language) -> Text:
    if end.value == influence.input.value:
        return Text(language("as in the file"), style="dim")
    sure = not end.loss.rare
    half = f" ± {figure(end.loss.half, end.loss.half, language)}"
    unsure = "\n" + _stack(ends(end.loss, language=language), CARRIED)
    return Text(mean(end.loss, language=language) + (half if sure else unsure), style=_style(end.change))


def _flips(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    found = inquiry.sensitivity
    yield heading(language("What the decision hangs on"))
    preferred = [n for n, base in zip(found.rivals, found.base, strict=True) if base.mean < 0.0]
    if not preferred:
        yield note(language("This plan is preferred to none of the others, so nothing can turn that."))
        return
    flips = found.flips
    for flip in flips[:FLIPS]:
        yield Text(f"  - {flip.sentence(language)}", style="red" if flip.shown else "dim")
    shown = sum(flip.shown for flip in flips)
    if not flips:
        yield note(language("No number alone, at its low or high, makes another plan better in the mean."))
    elif len(flips) > FLIPS:
        yield note(language.plural("and {n} more like these", "and {n} more like these", len(flips) - FLIPS))
    if flips:
        yield note(
            language(
                "'Shown': confirmed on further scenarios, with 95 % confidence for all of them at once; looking at so "
                "many numbers turns some means by chance."
            )
        )
    if flips and not shown:
        yield note(language("In none of these another plan is shown to be better."))
    for name, share in zip(found.rivals, found.together, strict=False):
        if name in preferred:
            named = tell_rival(name, language)
            yield note(
                language(
                    "With all numbers moved at once '{name}' has the lower mean in {share} of {n} combinations.",
                    name=named,
                    share=percent(share, language=language),
                    n=language.number(f"{found.combinations:,}"),
                )
            )


# ---------------------------------------------------------------- the worst crowd


def _stress(inquiry: Explanation, language: Language) -> Iterator[RenderableType]:
    worst = inquiry.stress
    yield heading(language("The worst plausible crowd for this plan"))
    if worst is None:
        yield note(language("No number about the crowd states a low and a high."))
        return
    yield Text(
        language(
            "Expected loss {worst} points instead of {usual}; the difference is {change}.",
            worst=span(worst.worst, language=language),
            usual=mean(worst.usual, language=language),
            change=span(worst.change, True, language),
        )
    )
    for one, value in worst.values:
        yield Text(
            language(
                "  - {input}: {value} instead of {usual}",
                input=plain(language(one.name)),
                value=tell_value(one, value, language),
                usual=figure(one.value, language=language),
            )
        )
    yield from note_rare((worst.worst, worst.usual, worst.change, *worst.rivals), language)
    for rival, difference in zip(inquiry.rivals, worst.rivals, strict=True):
        values = {"name": _named(rival, language), "points": span(difference, True, language)}
        yield note(language("This plan minus '{name}' there: {points} points.", **values))
    yield note(
        language(
            "The worst of {tried} combinations of {ranges} numbers about the crowd that were looked at, each within "
            "its stated range; the worst found, not the worst there is. All at once is harsher than any single "
            "range says. Shown on fresh scenarios.",
            tried=language.number(f"{worst.tried:,}"),
            ranges=worst.ranges,
        )
    )


def _stack(words: str, width: int = 10) -> str:
    """Break a heading or a mark into lines, so that it leaves room for what the column is about."""
    return textwrap.fill(words, width, break_long_words=False)


def _counted(value: float) -> float:
    """Give a value, and 0 for what the order of a sum makes of nothing."""
    return value if abs(value) > NOISE else 0.0
