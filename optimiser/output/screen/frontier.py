"""How many are enough, and what one more is worth: laid out for a screen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import capitalise, ends, figure, mean, plain, span
from optimiser.model.harms import INDEPENDENT, INJURED
from optimiser.model.moves import list_moves
from optimiser.output.screen.tables import grid, heading, note, note_rare, text
from optimiser.output.words.moves import tell_moves
from optimiser.planning.evaluation import Interval
from optimiser.questions.frontier import Frontier, Level
from optimiser.questions.resources import supply, tell_rule, tell_spent
from optimiser.questions.worth import Appraisal, Worth

WORDS = {"better": "green", "worse": "red"}


def show_frontier(frontier: Frontier, language: Language = ENGLISH) -> RenderableType:
    """Lay out a frontier: the answer, the curve, and each harm."""
    instance, resource = frontier.instance, frontier.resource
    name = plain(resource.name(instance, language))
    parts: list[RenderableType] = [
        Text(plain(instance.title), style="bold reverse"),
        Text(language("How many are enough? {name}, instance {instance}", name=name, instance=instance.name)),
        Text(),
        text(frontier.sentence(language), "bold"),
        note(plain(tell_rule(instance, resource, language))),
        heading(language("Expected loss, level by level")),
        _curve(frontier, language),
        *_cut((level.spent for level in frontier.levels), frontier.budget, language),
        *_assumed(frontier, language),
        *_closed(frontier, language),
    ]
    if frontier.planned:
        parts += [heading(language("Expected harms, level by level")), *_harms(frontier, language)]
    parts += note_rare(_shown(frontier), language)
    count = language.number(f"{frontier.reporting:,}")
    parts.append(
        note(
            language(
                "Means over {n} fresh scenarios, the same for every level, with 95 % intervals; participants, public "
                "and personnel are parts of the injured. Each level is the best plan found, not a proved "
                "optimum, and starts from the plans of the other levels.",
                n=count,
            )
        )
    )
    return Group(*parts)


def _shown(frontier: Frontier) -> Iterator[Interval]:
    for level in frontier.planned:
        assert level.evaluation is not None
        yield from (level.evaluation.loss, *level.evaluation.harms.values())
        if level.against is not None:
            yield level.against.loss


def _curve(frontier: Frontier, language: Language) -> RenderableType:
    columns = (language("Used"), language("Points"), language("More than the largest"), language("That is"))
    table = grid(_counted(frontier, language), *columns, right=(0, 1), firm=(0, 1, 2, 3))
    for level in frontier.levels:
        amount = Text(language.number(f"{level.amount:,}"), style="bold")
        if level.evaluation is None:
            table.add_row(amount, "", "", "", _word(frontier, level, language))
            continue
        used, against = language.number(f"{level.used:,}"), level.against
        points = span(level.evaluation.loss, language=language)
        more = span(against.loss, True, language) if against else ""
        word = _word(frontier, level, language)
        if level.spent:
            word.append("\n" + language("budget spent"), style="not bold yellow")
        table.add_row(amount, used, points, more, word)
    return table


def _cut(spent: Iterable[bool], budget: int, language: Language) -> Iterator[RenderableType]:
    """Say what it means that a budget was spent, where one was."""
    if any(spent):
        yield note(tell_spent(budget, language))


def _counted(frontier: Frontier, language: Language) -> str:
    """Head the column of levels with what is counted; the name of a kind would leave no room for the others."""
    unit = frontier.unit(language)
    return capitalise(unit)


def _word(frontier: Frontier, level: Level, language: Language) -> Text:
    word = frontier.word(level)
    styles = {"the fewest not shown to be too few": "bold", "enough": "green", "too few": "red"}
    return Text(language(word), style=styles.get(word, "red" if level.evaluation is None else "dim"))


def _assumed(frontier: Frontier, language: Language) -> list[RenderableType]:
    """Say which teams are assumed beyond those that exist."""
    if frontier.resource.sort != "heads":
        return []
    lines: list[RenderableType] = []
    for level in frontier.levels:
        more = [
            f"{int(new.count)} x {plain(new.name)} ({int(new.count) - int(old.count):+d})"
            for new, old in zip(level.instance.teams, frontier.instance.teams, strict=True)
            if new.count != old.count
        ]
        if more:
            amount = language.number(f"{level.amount:,}")
            lines.append(note(language("Assumed at {amount}: {teams}.", amount=amount, teams=", ".join(more))))
    return lines


def _closed(frontier: Frontier, language: Language) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for level in frontier.levels:
        if level.why:
            amount = language.number(f"{level.amount:,}")
            lines.append(Text(language("With {amount} these cannot be met together:", amount=amount), style="red"))
            lines += [text(f"  - {language(why)}") for why in level.why]
    return lines


def _harms(frontier: Frontier, language: Language) -> Iterator[RenderableType]:
    for columns in (INJURED, INDEPENDENT[1:]):
        every = range(len(columns) + 1)
        heads = (capitalise(language(harm.short)) for harm in columns)
        table = grid(_counted(frontier, language), *heads, right=every, firm=every)
        for level in frontier.planned:
            assert level.evaluation is not None
            harms = [level.evaluation.harms[harm.id] for harm in columns]
            means = (mean(interval, language=language) for interval in harms)
            table.add_row(Text(language.number(f"{level.amount:,}"), style="bold"), *means)
            table.add_row("", *(Text(ends(interval, language=language), style="dim") for interval in harms))
        yield table


def show_worth(appraisal: Appraisal, language: Language = ENGLISH) -> RenderableType:
    """Lay out what one more of each kind is worth, the most useful first."""
    instance = appraisal.instance
    enclosed = any(worth.optimum is not None for worth in appraisal.worths)
    columns = [language("One more"), language("Heads"), language("Points"), language("Injured"), language("Effect")]
    columns += [language("Optimum lowered by")] if enclosed else []
    table = grid(*columns, right=(1,), firm=(1, 2, 3))
    ranked = sorted(appraisal.worths, key=lambda w: (w.change.loss.mean + _nothing(w.placing), str(w.resource)))
    for worth in ranked:
        loss, hurt, word = worth.change.loss, worth.change.harms["injuries"], worth.change.sentence
        row: list[RenderableType | str] = [text(worth.resource.name(instance, language), "bold")]
        row.append(language.number(f"{worth.heads:,}"))
        row += [f"{mean(i, True, language)}\n{ends(i, True, language)}" for i in (loss, hurt)]
        effect = Text(_helps(word, language), style=WORDS.get(word, "dim"))
        row.append(effect.append("\n" + language("budget spent"), style="yellow") if worth.spent else effect)
        row += [_optimum(worth, language)] if enclosed else []
        table.add_row(*row)
    goals = [_goal(appraisal, worth, language) for worth in ranked if worth.change.sentence == "better"]
    count = language.number(f"{appraisal.reporting:,}")
    lines: list[RenderableType] = [
        Text(plain(instance.title), style="bold reverse"),
        Text(language("What one more team or vehicle is worth, instance {instance}", instance=instance.name)),
        Text(),
        table,
        *_cut((worth.spent for worth in ranked), appraisal.budget, language),
        *_cut_without(appraisal, language),
        *goals,
        note(
            language(
                "Points and injured: the plan with one more minus the plan without, over the same {n} fresh scenarios; "
                "[95 % interval each]. The cap grows by the heads that come with it.",
                n=count,
            )
        ),
        *note_rare((i for worth in ranked for i in worth.change.shown), language),
    ]
    if enclosed:
        told = next(w.optimum for w in appraisal.worths if w.optimum is not None)
        lines.append(
            note(
                language(
                    "Optimum lowered by: holds the difference of the two unknown optima with {percent} % confidence, "
                    "each enclosed by a plan and a proved bound on {sets} sets of {n} scenarios.",
                    percent=f"{100 * told.confidence:g}",
                    sets=told.sets,
                    n=language.number(f"{told.scenarios:,}"),
                )
            )
        )
    for why in dict.fromkeys(worth.why for worth in appraisal.worths if worth.why):
        reason = plain(language(why))
        lines.append(note(language("This is the value of the plans found, not of the optima: {why}.", why=reason)))
    return Group(*lines)


def _cut_without(appraisal: Appraisal, language: Language) -> Iterator[RenderableType]:
    if appraisal.spent:
        yield note(
            language(
                "The search for the plan without one more ended because its replications were used up as well: part of "
                "what one more seems to bring may be found without it."
            )
        )


def _nothing(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _helps(word: str, language: Language) -> str:
    return {"better": language("helps"), "worse": language("harms"), "the same": language("same plan")}.get(
        word, language("no difference shown")
    )


def _optimum(worth: Worth, language: Language) -> Text:
    if worth.optimum is None:
        return note(language("nothing can be said"))
    low, high = (figure(v, language=language) for v in (worth.optimum.low, worth.optimum.high))
    told = Text(language("{low} to {high} points", low=low, high=high))
    if worth.optimum.spent:
        words = {"n": worth.optimum.spent, "sets": worth.optimum.sets}
        told.append("\n" + language("budget spent on {n} of {sets} sets", **words), style="yellow")
    return told


def _goal(appraisal: Appraisal, worth: Worth, language: Language) -> Text:
    """Say how the plan changes with one more."""
    more = supply(appraisal.instance, worth.resource, worth.resource.amount(appraisal.instance) + 1)
    moves = list_moves(more, appraisal.deployment, worth.deployment)
    told = tell_moves(more, moves, language) if moves else language("held at base")
    name = plain(worth.resource.name(appraisal.instance, language))
    return Text(language("With one more {name}: {moves}.", name=name, moves=told))
