"""The answer to a what-if: what changes for those who stay, who moves, and what that brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.common.number_format import ends, figure, mean, percent
from optimiser.files.whatif_phrases import tell_title
from optimiser.model.harms import INDEPENDENT, PARTICIPATION
from optimiser.model.instance import Instance
from optimiser.model.moves import Move
from optimiser.output.blocks import Block, Paragraph, Section, Span, Spans, Table, TableColumn, Value
from optimiser.output.sections.parts import (
    difference,
    law_range_blocks,
    list_violations,
    rare_note,
    tell_uncertain,
    title_section,
)
from optimiser.output.sections.plan import tell_replayable
from optimiser.output.words.advice import sentence, tell_assembly, tell_obstacle
from optimiser.planning.evaluation import Evaluation, Interval
from optimiser.planning.participation import share_held
from optimiser.questions.what_if.answer import Answer
from optimiser.questions.what_if.assembly import Assembly
from optimiser.questions.what_if.differences import Difference, tell_differences

MOST_DIFFERENCES = 12  # changed fields that are listed; assumed

Row = tuple[str, list[Interval]]


def answer_sections(answer: Answer, language: Language = ENGLISH) -> list[Section]:
    """Lay out the answer to a what-if."""
    head = title_section(answer.instance.title)
    sections = [Section("", [*head.blocks, *_head(answer, language)])]
    if not answer.broken.passed:
        broken = list(list_violations(answer.broken.violations, language))
        sections.append(Section(language("The plan as it is would break"), broken))
    sections += _harms(answer, language)
    if answer.forced:
        said = language("The plan would break a rule after the change; these are the fewest moves that mend it.")
        forced = _moves_table(answer.changed, answer.forced, language)
        sections.append(Section(language("Who has to move"), [Paragraph(said, "note"), forced]))
    heading = language("Who moves beyond that") if answer.forced else language("Who moves")
    advised = (
        _moves_table(answer.changed, answer.advised, language) if answer.advised else Paragraph(language("nobody"))
    )
    sections.append(Section(heading, [advised]))
    sections.append(Section(language("How far to trust this"), list(_trust(answer, language))))
    return sections


def _head(answer: Answer, language: Language) -> Iterator[Block]:
    yield Paragraph(language("What if: {change}", change=tell_title(answer.whatif.title, language)), "strong")
    yield from differences_blocks(answer.differences, language)
    yield from (Paragraph(language(assumed), "note") for assumed in answer.assumed)
    yield Paragraph(sentence(answer, language), "strong")
    if said := tell_assembly(answer, language):
        yield Paragraph(said)
    warnings: list[str] = [tell_obstacle(obstacle, language) for obstacle in answer.obstacles]
    if answer.interrupted:
        warnings.append(language("Interrupted before the search ended: the best found until then."))
    unusual = [caution.found for caution in answer.cautions if caution.code != "after-the-end"]
    warnings += [language(Message("Warning: {what}.", what=found)) for found in unusual]
    if answer.not_counted is not None:
        warnings.append(language(answer.not_counted))
    yield from (Paragraph(warning, "warning") for warning in warnings)


def differences_blocks(differences: Sequence[Difference], language: Language = ENGLISH) -> Iterator[Paragraph]:
    """List what was changed, from what to what; what comes after the first twelve lines is only counted."""
    told = tell_differences(differences, language)
    for line in told[:MOST_DIFFERENCES]:
        yield Paragraph(line)
    if (more := len(told) - MOST_DIFFERENCES) > 0:
        yield Paragraph(language.plural("{n} more field changed", "{n} more fields changed", more))


def _harms(answer: Answer, language: Language) -> Iterator[Section]:
    stays = language("Only forced\nmoves") if answer.forced else language("Nobody\nmoves")
    played = {language("Before"): answer.before, stays: answer.kept}
    if answer.advised:
        played[language("All moves\nbelow") if answer.forced else language("With the\nmoves")] = answer.after
    levels: list[Row] = [(language("points"), [e.loss for e in played.values()])]
    assembly = answer.assembly
    levels += [(language(harm.short), [e.harms[harm.id] for e in played.values()]) for harm in INDEPENDENT]
    titles = tuple(played)
    columns = [TableColumn(language("Expected")), *(TableColumn(title, right=True, firm=True) for title in titles)]
    rows: list[Sequence[Value]] = [(label, *(_level(i, language) for i in intervals)) for label, intervals in levels]
    if assembly is not None and assembly.others:
        before, after = (language.number(f"{people:,.0f}") for people in assembly.people)
        rows.insert(0, (language("people who come"), before, *[after] * (len(played) - 1)))
    elif assembly is not None:
        rows.append((language("participation held"), *(_held(one, language) for one in played.values())))
    yield Section(language("What changes"), [Table(columns, rows)])
    alone = language("The change and\nforced moves") if answer.forced else language("The change\nby itself")
    named = {alone: answer.suffered}
    if answer.advised:
        named[language("Further\nmoves bring") if answer.forced else language("Moving\nbrings")] = answer.gained
    if answer.anyway is not None:
        named[language("Same moves, had\nnothing changed")] = answer.anyway
    changes: list[Row] = [(language("points"), [c.loss for c in named.values()])]
    changes += [(language(harm.short), [c.harms[harm.id] for c in named.values()]) for harm in INDEPENDENT]
    columns = [TableColumn(language("Difference")), *(TableColumn(title, firm=True) for title in named)]
    rows = [(label, *(difference(i, language) for i in intervals)) for label, intervals in changes]
    if assembly is not None:
        rows = _left_aside(rows, assembly, language)
    blocks: list[Block] = [Table(columns, rows)]
    said = language(
        "{n} fresh scenarios with the same random numbers throughout; differences are paired; 95 % intervals, ± to the "
        "farther end.",
        n=language.number(f"{answer.after.loss.count:,}"),
    )
    blocks.append(Paragraph(said, "note"))
    if said := tell_uncertain(answer.settings, language):
        blocks.append(Paragraph(said, "note"))
    if answer.advised:
        said = language(
            "Moving brings what a further search finds too; what the same moves would bring had nothing changed is "
            "not owed to the change."
        )
        blocks.append(Paragraph(said, "note"))
    shown = [i for _, intervals in (*levels, *changes) for i in intervals]
    blocks += rare_note(shown if assembly is None else [*shown, assembly.apart], language)
    yield Section("", [*blocks, *_over_law(answer, titles, tuple(named), language)])


def _left_aside(rows: Sequence[Sequence[Value]], assembly: Assembly, language: Language) -> list[Sequence[Value]]:
    """Compare no participation of others: the first column of differences is of those who assemble before and after."""
    named = language(next(harm.short for harm in INDEPENDENT if harm.id == PARTICIPATION))
    points, *harms = rows
    if assembly.others:
        points = (points[0], language("other people"), *points[2:])
    aside = (
        language("points, participation left aside"),
        difference(assembly.apart, language),
        *[""] * len(points[2:]),
    )
    apart = [
        (label, language("not compared"), *others) if label == named else (label, own, *others)
        for label, own, *others in harms
    ]
    return [points, [*aside, *([""] * len(points[2:]))], *apart]


def _held(evaluation: Evaluation, language: Language) -> str:
    """Set the share of the time for which people come that can be held."""
    held = share_held(evaluation)
    return language("nobody comes") if held is None else percent(held, language=language)


def _over_law(answer: Answer, plans: Sequence[str], differences: Sequence[str], language: Language) -> Iterator[Block]:
    """Say which of the differences survive the plausible constants of the law, under the same headings.

    What the change does by itself is none where the people are others.
    """
    asked = slice(int(answer.assembly is not None and answer.assembly.others), 2 if answer.advised else 1)
    plans, differences = ([name.replace("\n", " ") for name in names] for names in (plans, differences[asked]))
    found = replace(
        answer.law_range,
        losses=answer.law_range.losses[: len(plans)],
        differences=answer.law_range.differences[asked],
    )
    yield from law_range_blocks(found, language("Difference"), differences, plans, language)


def _level(interval: Interval, language: Language) -> Value:
    sure = not interval.rare and not interval.exact
    half = f"±{figure(interval.reach, interval.reach, language)}" if sure else ends(interval, language=language)
    return Spans((mean(interval, language=language), Span(f" {half}", "soft")))


def _moves_table(instance: Instance, moves: tuple[Move, ...], language: Language) -> Table:
    """List moves with names, one a row."""
    kinds = {t.id: t.name for t in instance.teams} | {v.id: v.name for v in instance.vehicles}
    places = {place.id: place.name for place in instance.places} | {"": language("base")}
    columns = (
        TableColumn(language("Number"), right=True),
        TableColumn(language("What")),
        TableColumn(language("Where from")),
        TableColumn(language("To")),
        TableColumn(language("Heads"), right=True),
    )
    rows = [
        (
            f"{move.number} x",
            kinds[move.what],
            places[move.origin],
            places[move.goal],
            language.number(f"{move.heads:,}") if move.heads else "",
        )
        for move in moves
    ]
    return Table(columns, rows)


def _trust(answer: Answer, language: Language) -> Iterator[Block]:
    yield Paragraph(language(answer.certificate.sentence))
    yield Paragraph(
        language(
            "Chosen on {n} scenarios with seed {seed}; nobody is moved who need not unless that is shown to help in "
            "scenarios of their own, and in those above.",
            n=language.number(f"{answer.certificate.scenarios:,}"),
            seed=answer.settings.seed,
        )
    )
    if not answer.replayable:
        yield Paragraph(tell_replayable(False, language), "warning")
