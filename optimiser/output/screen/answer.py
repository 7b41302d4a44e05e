"""The answer to a what-if on screen: what changes for those who stay, who moves, and what that brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean, plain
from optimiser.model.harms import INDEPENDENT
from optimiser.model.instance import Instance
from optimiser.model.moves import Move
from optimiser.output.screen.tables import grid, heading, note, note_rare, show_violations, text
from optimiser.output.words.advice import sentence, tell_obstacle
from optimiser.planning.evaluation import Interval
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.differences import Difference

TOLD = 12  # changed fields that a screen lists; assumed


def reply(answer: Answer, language: Language = ENGLISH) -> RenderableType:
    """Lay out the answer to a what-if."""
    parts = (_head, _warned, _broken, _harms, _moves, _trust)
    return Group(*(line for part in parts for line in part(answer, language)))


def _head(answer: Answer, language: Language) -> Iterator[RenderableType]:
    yield Text(plain(answer.instance.title), style="bold reverse")
    yield Text(language("What if: {change}", change=plain(answer.whatif.title)), style="bold")
    yield from show_differences(answer.differences, language)
    yield Text(sentence(answer, language), style="bold")
    for obstacle in answer.obstacles:
        yield Text(tell_obstacle(obstacle, language), style="yellow")
    if answer.interrupted:
        yield Text(language("Interrupted before the search ended: the best found until then."), style="yellow")


def _warned(answer: Answer, language: Language) -> Iterator[RenderableType]:
    """Say what the change makes unusual, and what it moves over the end of the period."""
    lines = [caution.found for caution in answer.cautions if caution.code != "after-the-end"]
    lines = [Message("Warning: {what}.", what=line) for line in lines]
    lines += [answer.not_counted] if answer.not_counted is not None else []
    for line in lines:
        yield Text(plain(language(line)), style="yellow")


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
    shown += [(language(harm.short), [e.harms[harm.id] for e in played]) for harm in INDEPENDENT]
    for label, intervals in shown:
        table.add_row(Text(label), *(_level(i, language) for i in intervals))
    yield table
    yield Text()
    named = {language("The change\nby itself"): answer.suffered, language("Moving\nbrings"): answer.gained}
    if answer.anyway is not None:
        named[language("Same moves, had\nnothing changed")] = answer.anyway
    table = grid(language("Difference"), *named, firm=range(1, 1 + len(named)))
    differences = [(language("points"), [c.loss for c in named.values()])]
    differences += [(language(harm.short), [c.harms[harm.id] for c in named.values()]) for harm in INDEPENDENT]
    for label, intervals in differences:
        table.add_row(Text(label), *(_difference(i, language) for i in intervals))
    yield table
    yield note(
        language(
            "{n} fresh scenarios with the same random numbers throughout; differences are paired; 95 % intervals.",
            n=language.number(f"{answer.after.loss.count:,}"),
        )
    )
    if answer.advised:
        yield note(
            language(
                "Moving brings what a further search finds too; what the same moves would bring had nothing changed is "
                "not owed to the change."
            )
        )
    yield from note_rare((i for _, intervals in (*shown, *differences) for i in intervals), language)


def show_differences(differences: Sequence[Difference], language: Language = ENGLISH) -> Iterator[Text]:
    """List what was changed, from what to what; what comes after the first twelve is only counted."""
    for difference in differences[:TOLD]:
        yield Text(plain(difference.tell(language)))
    if len(differences) > TOLD:
        more = len(differences) - TOLD
        yield Text(language.plural("{n} more field changed", "{n} more fields changed", more))


def _level(interval: Interval, language: Language) -> Text:
    level, sure = Text(mean(interval, language=language)), not interval.rare and not interval.exact
    half = f"±{figure(interval.half, interval.half, language)}" if sure else ends(interval, language=language)
    return level.append(f" {half}", style="dim")


def _difference(interval: Interval, language: Language) -> Text:
    style = "green" if interval.high < 0.0 else "red" if interval.low > 0.0 else ""
    difference = Text(mean(interval, sign=True, language=language), style=style)
    return difference.append(f"\n{ends(interval, sign=True, language=language)}", style="dim")


def _moves(answer: Answer, language: Language) -> Iterator[RenderableType]:
    if answer.forced:
        yield heading(language("Who has to move"))
        yield note(language("The plan would break a rule after the change; these are the fewest moves that mend it."))
        yield show_moves(answer.changed, answer.forced, language)
    yield heading(language("Who moves beyond that") if answer.forced else language("Who moves"))
    if answer.advised:
        yield show_moves(answer.changed, answer.advised, language)
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
            "Chosen on {n} scenarios with seed {seed}; nobody is moved who need not unless that is shown to help in "
            "scenarios of their own, and in those above.",
            n=language.number(f"{answer.settings.scenarios:,}"),
            seed=answer.settings.seed,
        )
    )
    if not answer.replayable:
        yield Text(language("Not replayable: the clock or an interrupt decided when the search ended."), style="yellow")
