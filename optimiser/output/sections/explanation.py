"""A plan questioned: why so many here, which limits bind, which plans come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, mean, span
from optimiser.model.instance import Instance, Sector
from optimiser.model.parts.movement import Moving
from optimiser.output.blocks import Block, Inline, Paragraph, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.sections.parts import (
    judged,
    law_range_blocks,
    list_violations,
    rare_note,
    title_section,
    tone_of,
    verdict_blocks,
)
from optimiser.output.sections.sensitivity import (
    flips_section,
    inputs_section,
    joint_section,
    routes_section,
    stress_section,
)
from optimiser.output.words.bands import tell_level
from optimiser.output.words.moves import tell_moves
from optimiser.planning.evaluation import Interval
from optimiser.planning.margins import Margin
from optimiser.planning.programs.requirements import Frame
from optimiser.questions.why.binding_limits import BindingLimit
from optimiser.questions.why.explanation import Explanation
from optimiser.questions.why.rival_plans import Rival, tell_rival
from optimiser.questions.why.standing import Standing, list_used

WORDS = {"better": Message("better"), "worse": Message("worse"), "the same": Message("the same")}
RULES = 4  # broken rules that are listed at most; the document has all
STANDING = {  # what a comparison with standing still comes to, said of a movement and of an accompaniment
    "better": (
        Message("The units of '{name}' save {points} points by moving as planned, against standing at {stop} all day."),
        Message("The units of '{name}' save {points} points by going along, against standing at {stop} all day."),
    ),
    "worse": (
        Message("The units of '{name}' would save {points} points by standing at {stop} all day; moving costs that."),
        Message(
            "The units of '{name}' would save {points} points by standing at {stop} all day; going along costs that."
        ),
    ),
}
UNDECIDED = (
    Message(
        "'{name}': moving as planned is not shown to help. Points, this plan minus them standing at {stop} all day: "
        "{points}."
    ),
    Message(
        "'{name}': going along is not shown to help. Points, this plan minus them standing at {stop} all day: {points}."
    ),
)


def explanation_sections(explanation: Explanation, language: Language = ENGLISH) -> list[Section]:
    """Lay out what was found out about a plan."""
    instance = explanation.instance
    expected = language(
        "Expected loss {loss} points over {n} fresh scenarios.",
        loss=span(explanation.evaluation.loss, language=language),
        n=language.number(f"{explanation.reporting:,}"),
    )
    if explanation.law_range is not None:
        expected = f"{expected} {tell_level(explanation.law_range.losses[0], language)}"
    asked = language("Why this plan, instance {instance}", instance=instance.name)
    head = [*title_section(instance.title, asked).blocks, *_broken(explanation, language), Paragraph(expected)]
    return [
        Section("", head),
        Section(language("Why so many here"), list(_margins(explanation, language))),
        *_moving(explanation, language),
        Section(language("Limits that are reached"), list(_limits(explanation, language))),
        Section(language("The next best plans found"), list(_rivals(explanation, language))),
        inputs_section(explanation, language),
        flips_section(explanation, language),
        *joint_section(explanation, language),
        stress_section(explanation, language),
        *routes_section(explanation, language),
    ]


def _broken(explanation: Explanation, language: Language) -> Iterator[Block]:
    """Say before anything else which rules the plan breaks, and what would keep them."""
    if explanation.verdict.passed:
        return
    yield from verdict_blocks(explanation.verdict, language)
    said = language(
        "It is played and explained all the same. What is said of changes to it takes these breaches for granted, "
        "as far as they go, and counts nothing as possible that would break a rule further."
    )
    yield Paragraph(said, "note")
    near = explanation.nearest
    if near is not None:
        words = {
            "moves": tell_moves(explanation.instance, near.moves, language),
            "points": span(near.against.loss, True, language),
            "verdict": _word(near.against.sentence, language),
        }
        nearest = language("The nearest plan found that keeps every rule: {moves}.", **words)
        against = language("This plan minus it: {points} points; this plan is: {verdict}.", **words)
        yield Paragraph(f"{nearest} {against}")
    elif explanation.clash:
        yield Paragraph(language("No plan keeps every rule: these requirements cannot be met together:"), "bad")
        yield Points([Span(language(name), "bad") for name in explanation.clash], tone="bad")
    else:
        yield Paragraph(language("No plan that keeps every rule was found within the limits of the search."), "note")


# ---------------------------------------------------------------- why so many here


def _margins(explanation: Explanation, language: Language) -> Iterator[Block]:
    columns = (
        TableColumn(language("Sector and team")),
        TableColumn(language("Here"), right=True, firm=True),
        TableColumn(language("One fewer"), firm=True),
        TableColumn(language("One more"), firm=True),
    )
    by = {(m.place, m.kind, m.by): m for m in explanation.margins}
    kinds = Frame(explanation.instance).kinds
    shown: list[Interval] = []
    rows: list[Sequence[Value]] = []
    instance = explanation.instance
    places: tuple[Sector | Moving, ...] = (*instance.sectors, *instance.moving)
    for place in places:
        allotment = explanation.deployment.places.get(place.id)
        found: list[Sequence[Value]] = []
        for kind in kinds:
            here = (allotment.teams.get(kind.id, 0) + allotment.vehicles.get(kind.id, 0)) if allotment else 0
            fewer, more = by.get((place.id, kind.id, -1)), by.get((place.id, kind.id, 1))
            helps = more is not None and more.change is not None and more.change.high < 0.0
            if here or helps:
                shown += [m.change for m in (fewer, more) if m is not None and m.change is not None]
                found.append((Span(kind.name, "sub"), f"{here}", _margin(fewer, language), _margin(more, language)))
        if found:
            rows += [(Span(place.name, "strong"), "", "", ""), *found]
    yield Table(columns, rows)
    said = language(
        "Change of the expected loss in points, paired on fresh scenarios, [95 % interval each]. A star: none is "
        "left at base, so one more would have to come from elsewhere. 'Rule': a requirement of the place forbids "
        "it. Teams that do not stand in a sector are shown where one would help. Everybody else stays; 'optimiser "
        "worth' asks another question: one more that is bought, in a plan that is rearranged for it."
    )
    yield Paragraph(said, "note")
    yield from rare_note(shown, language)


def _margin(margin: Margin | None, language: Language) -> Inline:
    if margin is None:
        return ""
    if margin.change is None:
        return Span(language("rule"), "soft")
    star = "*" if margin.by > 0 and not margin.held else ""
    return Span(span(margin.change, True, language) + star, tone_of(margin.change, "soft"))


# ---------------------------------------------------------------- why these units move


def _moving(explanation: Explanation, language: Language) -> Iterator[Section]:
    """Lay out what moving brings; nothing where no unit of the plan moves."""
    if explanation.standing:
        yield Section(language("Why these units move"), list(_standing(explanation, language)))


def _standing(explanation: Explanation, language: Language) -> Iterator[Block]:
    instance, losses = explanation.instance, [one.against.loss for one in explanation.standing]
    for one in explanation.standing:
        yield Paragraph(_tell_standing(instance, one, language), tone_of(one.against.loss))
        if n := len(one.broken):
            said = language.plural(
                "To stand there all day breaks {n} rule:", "To stand there all day breaks {n} rules:", n
            )
            yield Paragraph(said, "note")
            yield from list_violations(one.broken, language, RULES)
    said = language(
        "Standing: all units of one accompaniment or movement are at one of its stops from beginning to end, whether "
        "or not rules allow it; everybody else stays. The stop is the best of them, chosen on scenarios of its own. "
        "Points of the expected loss, paired on fresh scenarios, [95 % interval each]."
    )
    yield Paragraph(said, "note")
    if more := len(list_used(instance, explanation.deployment)) - len(losses):
        said = language.plural(
            "{n} more accompaniment or movement, with fewer heads, was not played.",
            "{n} more accompaniments or movements, with fewer heads, were not played.",
            more,
        )
        yield Paragraph(said, "note")
    yield from rare_note(losses, language)
    if explanation.standing_range is not None:
        places = {place.id: place.name for place in instance.places}
        names = [
            language("'{name}' standing at {stop}", name=places[one.place], stop=places[one.stop])
            for one in explanation.standing
        ]
        plans, what = [language("the plan"), *names], language("The plan minus")
        told = not explanation.rivals  # otherwise what was drawn is said of those, once
        yield from law_range_blocks(explanation.standing_range, what, names, plans, language, told)


def _tell_standing(instance: Instance, one: Standing, language: Language) -> str:
    """Say in a sentence what is gained by moving, or by standing; where neither is shown, what was seen."""
    loss, word = one.against.loss, one.against.sentence
    if word == "better":
        loss = -loss
    names = {place.id: place.name for place in instance.places}
    along = one.place in {accompaniment.id for accompaniment in instance.accompaniments}
    points = span(loss, word not in STANDING, language)
    told = STANDING.get(word, UNDECIDED)[along]
    return language(told, name=names[one.place], stop=names[one.stop], points=points)


# ---------------------------------------------------------------- limits


def _limits(explanation: Explanation, language: Language) -> Iterator[Block]:
    limits = explanation.limits
    broken = [language(limit.name) for limit in limits if limit.broken]
    if broken:
        yield Paragraph(language("Already broken by this plan: {limits}.", limits="; ".join(broken)), "note")
    if bring := [limit for limit in limits if limit.change is not None]:
        yield from _slack(explanation, bring, language)
    rest = [language(limit.name) for limit in limits if limit.change is None and limit.looked and not limit.broken]
    if rest:
        said = language("Also reached, and no single move that helps needs more room: {rest}.", rest="; ".join(rest))
        yield Paragraph(said, "note")
    if aside := sum(not limit.looked for limit in limits):
        said = language.plural(
            "{n} more limit was not played: little is lost there, or it promised less at a first look.",
            "{n} more limits were not played: little is lost there, or they promised less at a first look.",
            aside,
        )
        yield Paragraph(said, "note")
    if len(broken) == len(limits):
        yield Paragraph(language("No other limit binds.") if broken else language("No limit binds."), "note")


def _slack(explanation: Explanation, bring: Sequence[BindingLimit], language: Language) -> Iterator[Block]:
    """Lay out what a little slack of each limit brings."""
    columns = (
        TableColumn(language("Limit"), 3),
        TableColumn(language("A little more room brings"), 2, firm=True),
        TableColumn(language("By this move"), 4),
    )
    rows: list[Sequence[Value]] = []
    for limit in bring:
        assert limit.change is not None
        told = tell_moves(explanation.instance, limit.moves, language)
        if limit.change.high >= 0.0:
            told = language("not shown to help: {moves}", moves=told)
        points = Span(span(limit.change, True, language), tone_of(limit.change, "soft"))
        rows.append((Span(language(limit.name), "strong"), points, told))
    yield Table(columns, rows, wide=True)
    said = language(
        "More room: one team or vehicle more or fewer, or as many heads and seats as change anything. Points: the "
        "best single move that it makes possible, on fresh scenarios; negative is better."
    )
    yield Paragraph(said, "note")
    yield from rare_note((limit.change for limit in bring if limit.change is not None), language)


# ---------------------------------------------------------------- the next best plans


def _rivals(explanation: Explanation, language: Language) -> Iterator[Block]:
    rivals = explanation.rivals
    if not rivals:
        yield Paragraph(language("No other plan was found that differs in any scenario."), "note")
        return
    columns = (
        TableColumn(language("Plan"), 3),
        TableColumn(language("This plan minus it"), 2, firm=True),
        TableColumn(language("This plan is"), 3),
        TableColumn(language("How it differs"), 4),
    )
    rows = [_rival(explanation, rival, language) for rival in rivals]
    yield Table(columns, rows, wide=True, ruled=True)
    said = language("Chosen on the planning scenarios, compared in pairs on fresh ones; [95 % interval each].")
    yield Paragraph(said, "note")
    yield from rare_note((rival.against.loss for rival in rivals), language)
    if any(rival.behind < 0.0 for rival in rivals):
        said = language("Where this plan is behind on the planning scenarios, a longer search would have moved on.")
        yield Paragraph(said, "note")
    if explanation.law_range is not None:
        names = [tell_rival(rival.name, language) for rival in rivals]
        plans = [language("the plan"), *names]
        yield from law_range_blocks(explanation.law_range, language("The plan minus"), names, plans, language)


def _rival(explanation: Explanation, rival: Rival, language: Language) -> Sequence[Value]:
    loss, word = rival.against.loss, rival.against.sentence
    name: list[Inline] = [Span(tell_rival(rival.name, language), "strong")]
    if rival.breaks:
        name.append(Span(language.plural("breaks {n} rule", "breaks {n} rules", rival.breaks), "bad"))
    verdict: list[Inline] = [judged(word, _word(word, language))]
    if rival.behind < 0.0:
        verdict.append(Span(language("behind it on the planning scenarios"), "soft"))
    points = (mean(loss, True, language), ends(loss, True, language))
    return tuple(name), points, tuple(verdict), tell_moves(explanation.instance, rival.moves, language)


def _word(word: str, language: Language) -> str:
    return language(WORDS.get(word, "no difference shown"))
