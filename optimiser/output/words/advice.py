"""What an answer to a what-if advises, in words: to stay or to move, which harms change, and what has no effect."""

from __future__ import annotations

from dataclasses import replace

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import percent, plain, span
from optimiser.model.harms import INDEPENDENT, PARTICIPATION, Harm
from optimiser.model.moves import count_moved
from optimiser.planning.evaluation import Comparison
from optimiser.planning.participation import share_held
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.obstacles import Obstacle


def sentence(answer: Answer, language: Language = ENGLISH) -> str:
    """Say what the change does by itself, who has to move, and whether moving beyond that is shown to help.

    What the search finds is not put down to the change: a plan that was not the best before gets better without it.
    """
    words = {"effect": _suffered(answer, language)}
    if answer.forced:
        forced = count_moved(answer.forced)
        words["forced"] = language.plural("{n} unit to move", "{n} units to move", forced)
    if answer.stays and answer.forced:
        return language(
            "The change forces {forced}, as few as it allows, and with that {effect}. Beyond that stay as you are: no "
            "further move was shown to help.",
            **words,
        )
    if answer.stays:
        return language(
            "The change by itself {effect}. Stay as you are: nobody has to move, and no move was shown to help.",
            **words,
        )
    words["brings"] = _effect(answer.gained, language)
    words["moved"] = language.plural("moving {n} unit", "moving {n} units", count_moved(answer.advised))
    if answer.forced:
        return language(
            "The change forces {forced}, as few as it allows, and with that {effect}; {moved} beyond that {brings}.",
            **words,
        )
    return language("The change by itself {effect}; nobody has to move; {moved} {brings}.", **words)


def tell_assembly(answer: Answer, language: Language = ENGLISH) -> str:
    """Say who assembles with the change, and what is not compared for that; empty where the same.

    What nobody means to hold any more is no participation that was lost before. The share that can be held is said
    where the same people mean to stay for another time; of other people it would look like an improvement.
    """
    assembly = answer.assembly
    if assembly is None:
        return ""
    gone = [language("'{gathering}' does not take place.", gathering=name) for name in assembly.absent]
    before, after = (language.number(f"{people:,.0f}") for people in assembly.people)
    if assembly.others:
        come = language("On average {after} people come, instead of {before}.", before=before, after=after)
        apart = language(
            "Points, person-hours of participation lost and the share held are those of other people, and are not "
            "compared: a lower loss with fewer people is no better plan."
        )
        return " ".join([*gone, come, apart])
    first, then = (share_held(one) for one in (answer.before, answer.kept))
    held = []
    if first is not None and then is not None:
        words = {"first": percent(first, language=language), "then": percent(then, language=language)}
        held = [language("Of the time for which they come {then} can be held, instead of {first}.", **words)]
    apart = language(
        "Person-hours of participation lost are not compared, as the same people mean to stay for another time."
    )
    return " ".join([*held, apart])


def _suffered(answer: Answer, language: Language) -> str:
    """Say what the change does by itself; without participation where those who assemble are not the same."""
    assembly = answer.assembly
    if assembly is None:
        return _effect(answer.suffered, language)
    harms = {name: one for name, one in answer.suffered.harms.items() if name != PARTICIPATION}
    effect = _effect(replace(answer.suffered, loss=assembly.apart, harms=harms), language)
    if assembly.others:
        return language("{effect}, with other people, and with participation left aside", effect=effect)
    return language("{effect}, participation left aside", effect=effect)


def _effect(comparison: Comparison, language: Language) -> str:
    """Say what is shown of the loss, and which harms are shown to change, whatever their sum does."""
    words = {
        "better": language("lowers the loss"),
        "worse": language("raises the loss"),
        "the same": language("changes nothing"),
        "no difference shown": language("is not shown to change the loss"),
    }
    effect = words[comparison.sentence]
    if comparison.loss.alike and comparison.loss.usual < 0.0:
        effect = language("lowers the loss in all {n:,} scenarios alike", n=comparison.loss.count)
    elif comparison.loss.alike:
        effect = language("raises the loss in all {n:,} scenarios alike", n=comparison.loss.count)
    shown = [
        f"{language(harm.short)} {span(comparison.harms[harm.id], sign=True, language=language)}"
        for harm in changed_harms(comparison)
    ]
    return f"{effect} ({'; '.join(shown)})" if shown else effect


def changed_harms(comparison: Comparison) -> list[Harm]:
    """Return the harms that are shown to change: their paired interval excludes 0, or all scenarios show the same."""
    paired = [(harm, comparison.harms[harm.id]) for harm in INDEPENDENT if harm.id in comparison.harms]
    return [harm for harm, i in paired if i.high < 0.0 or i.low > 0.0 or i.alike]


def tell_obstacle(obstacle: Obstacle, language: Language = ENGLISH) -> str:
    """Say why a change has no effect, and what to ask besides."""
    said = plain(language(obstacle.sentence))
    if not obstacle.offers:
        return said
    return f"{said} " + language("Ask also with: {offers}", offers=plain(" ".join(obstacle.offers)))
