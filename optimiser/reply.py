"""The answer to a what-if on screen: what changes for those who stay, who moves, and what that brings."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimiser.answer import Answer
from optimiser.evaluation import Comparison, Interval
from optimiser.figures import ends, figure, mean, plain
from optimiser.instance import Instance
from optimiser.language import ENGLISH, Language
from optimiser.moves import Move, count_moved
from optimiser.show import grid, heading, note, note_rare, show_violations, text

COLOURS = {"better": "green", "worse": "red"}


def reply(answer: Answer, language: Language = ENGLISH) -> RenderableType:
    """Lay out the answer to a what-if."""
    parts = (_head, _broken, _harms, _moves, _trust)
    return Group(*(line for part in parts for line in part(answer, language)))


def sentence(answer: Answer, language: Language = ENGLISH) -> str:
    """Say in one sentence what the change does by itself, who moves, and what moving brings.

    What the search finds is not put down to the change: a plan that was not the best before gets better without it.
    """
    by_itself, brings = _effect(answer.suffered, language), _effect(answer.gained, language)
    if not answer.moves:
        return language("The change by itself {effect}; nobody moves.", effect=by_itself)
    moved = language.plural("{n} unit moves", "{n} units move", count_moved(answer.moves))
    if answer.deployment.fingerprint() == answer.kept.deployment.fingerprint():
        return language("The change by itself {effect}; {moved}, as few as it allows.", effect=by_itself, moved=moved)
    return language(
        "The change by itself {effect}; {moved}, and moving beyond what must move {brings}.",
        effect=by_itself,
        moved=moved,
        brings=brings,
    )


def _effect(comparison: Comparison, language: Language) -> str:
    words = {
        "better": language("lowers the loss"),
        "worse": language("raises the loss"),
        "the same": language("changes nothing"),
        "no difference shown": language("is not shown to change the loss"),
    }
    return words[comparison.sentence]


def _head(answer: Answer, language: Language) -> Iterator[RenderableType]:
    yield Text(plain(answer.instance.title), style="bold reverse")
    yield Text(language("What if: {change}", change=plain(answer.whatif.title)), style="bold")
    yield Text(sentence(answer, language), style="bold")
    if answer.interrupted:
        yield Text(language("Interrupted before the search ended: the best found until then."), style="yellow")


def _broken(answer: Answer, language: Language) -> Iterator[RenderableType]:
    if answer.broken.passed:
        return
    yield heading(language("The plan as it is would break"))
    yield show_violations(answer.broken, language)


def _harms(answer: Answer, language: Language) -> Iterator[RenderableType]:
    yield heading(language("What changes"))
    levels = (language("Before"), language("Nobody\nmoves"), language("With the\nmoves"))
    table = grid(language("Expected"), *levels, right=range(1, 4), firm=range(1, 4))
    played = (answer.before, answer.kept, answer.after)
    shown = [(language("points"), [e.loss for e in played])]
    shown += [(label, [e.harms[harm] for e in played]) for harm, label in _labels(language).items()]
    for label, intervals in shown:
        table.add_row(Text(label), *(_level(i, language) for i in intervals))
    yield table
    yield Text()
    named = {language("The change\nby itself"): answer.suffered, language("Moving\nbrings"): answer.gained}
    if answer.anyway is not None:
        named[language("Same moves, had\nnothing changed")] = answer.anyway
    table = grid(language("Difference"), *named, firm=range(1, 1 + len(named)))
    differences = [(language("points"), [c.loss for c in named.values()])]
    differences += [(label, [c.harms[harm] for c in named.values()]) for harm, label in _labels(language).items()]
    for label, intervals in differences:
        table.add_row(Text(label), *(_difference(i, language) for i in intervals))
    yield table
    yield note(
        language(
            "{n} fresh scenarios with the same random numbers throughout; differences are paired; 95 % intervals.",
            n=language.number(f"{answer.after.loss.count:,}"),
        )
    )
    if answer.moves:
        yield note(
            language(
                "Moving brings what a further search finds too; what the same moves would bring had nothing changed is "
                "not owed to the change."
            )
        )
    yield from note_rare((i for _, intervals in (*shown, *differences) for i in intervals), language)


def _labels(language: Language) -> dict[str, str]:
    return {
        "injuries": language("injured people"),
        "process_minutes": language("process stopped, min"),
        "property": language("damage, shop fronts"),
        "records": language("records lost"),
    }


def _level(interval: Interval, language: Language) -> Text:
    level, sure = Text(mean(interval, language=language)), not interval.rare and not interval.exact
    half = f"±{figure(interval.half, interval.half, language)}" if sure else ends(interval, language=language)
    return level.append(f" {half}", style="dim")


def _difference(interval: Interval, language: Language) -> Text:
    style = "green" if interval.high < 0.0 else "red" if interval.low > 0.0 else ""
    difference = Text(mean(interval, sign=True, language=language), style=style)
    return difference.append(f"\n{ends(interval, sign=True, language=language)}", style="dim")


def _moves(answer: Answer, language: Language) -> Iterator[RenderableType]:
    yield heading(language("Who moves"))
    if answer.moves:
        yield show_moves(answer.changed, answer.moves, language)
    else:
        yield Text(language("nobody"))


def show_moves(instance: Instance, moves: tuple[Move, ...], language: Language = ENGLISH) -> Table:
    """List moves with names, one a row."""
    kinds = {t.id: plain(t.name) for t in instance.teams} | {v.id: plain(v.name) for v in instance.vehicles}
    places = {p.id: plain(p.name) for p in instance.places} | {"": language("base")}
    table = grid(
        language("Number"), language("What"), language("From"), language("To"), language("Heads"), right=(0, 4)
    )
    for move in moves:
        heads = language.number(f"{move.heads:,}") if move.heads else ""
        where = (Text(places[move.origin]), Text(places[move.goal]))
        table.add_row(f"{move.number} x", Text(kinds[move.what]), *where, heads)
    return table


def _trust(answer: Answer, language: Language) -> Iterator[RenderableType]:
    yield heading(language("How far to trust this"))
    yield text(language(answer.certificate.sentence))
    yield Text(
        language(
            "Chosen on {n} scenarios with seed {seed}; nobody is moved without a proof unless that also pays in "
            "scenarios of their own.",
            n=language.number(f"{answer.settings.scenarios:,}"),
            seed=answer.settings.seed,
        )
    )
    if not answer.replayable:
        yield Text(language("Not replayable: the clock or an interrupt decided when the search ended."), style="yellow")
