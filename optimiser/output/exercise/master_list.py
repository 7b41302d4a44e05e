"""The master scenario events list: every inject in order, with what is expected, by when, why, and room for a note."""

from __future__ import annotations

from collections.abc import Iterable

from optimiser.operation.exercise.branches import Branch, Condition
from optimiser.operation.exercise.exercise import Exercise
from optimiser.operation.exercise.injects import Inject
from optimiser.operation.exercise.themes import THEMES
from optimiser.output.blocks import BLANK, BY_HAND, Points, Section, Span, Table, TableColumn, Value
from optimiser.output.exercise.staff import tell_given
from optimiser.output.exercise.texts import ExerciseWords, code_of
from optimiser.output.orders.form import Paper

Row = tuple[Value, ...]


def master_list(exercise: Exercise, words: ExerciseWords, title: str) -> Paper:
    """Write the list, and behind it each condition with both ways to go on."""
    _ = words.language
    asked = {c.label: c for c in exercise.conditions}
    rows = [row for i in exercise.injects for row in list_rows(exercise, words, i, asked.get(i.label))]
    note = _(
        "E: evaluator. Limits count from the time the inject was given, not from the printed one. What is given later "
        "than planned moves what follows."
    )
    sections = [Section("", (Table(inject_columns(words), tuple(rows), note),))]
    for condition in exercise.conditions:
        sections += _branch_sections(exercise, words, condition)
    return Paper("list", _("Master scenario events list"), title, tuple(sections), wide=True)


def inject_columns(words: ExerciseWords) -> tuple[TableColumn, ...]:
    """Give the columns of the list."""
    _ = words.language
    return (
        TableColumn(_("No."), 0.55),
        TableColumn(_("Time"), 0.6),
        TableColumn(_("Where"), 1.6),
        TableColumn(_("Inject"), 3.4),
        TableColumn(_("Played by"), 1.2),
        TableColumn(_("Expected action"), 3.5),
        TableColumn(_("Source"), 1.6),
        TableColumn(_("Time limit"), 0.85),
        TableColumn(_("E"), 0.45),
        TableColumn(_("What happened, time"), 2.6),
    )


def list_rows(
    exercise: Exercise, words: ExerciseWords, inject: Inject, condition: Condition | None = None
) -> Iterable[Row]:
    """Write the rows of one inject: one for each expected action."""
    label = Span(inject.label, "strong")
    who = words.tell_player(inject)
    head: Row = (label, words.clock(inject.minute), words.where(inject.sector))
    told = tell_given(exercise, words, inject, condition)
    if condition is not None:
        yield (*head, Span(told, "strong"), who, BLANK, BLANK, BLANK, BLANK, BY_HAND)
        return
    for n, expected in enumerate(inject.expected):
        code = code_of(exercise.instance, "E", expected.sector)
        action = (words.tell_expected(expected), words.tell_source(expected), words.limit(inject, expected), code)
        yield (*head, told, who, *action, BY_HAND) if not n else (*(BLANK,) * 5, *action, BY_HAND)


def _branch_sections(exercise: Exercise, words: ExerciseWords, condition: Condition) -> list[Section]:
    """Write a condition with both ways to go on."""
    _ = words.language
    made = [
        Section(
            _("Condition {label}: {question}", label=condition.label, question=words.ask(condition)),
            (Points(tuple(_tell_branch(words, branch) for branch in condition.branches)),),
        )
    ]
    for branch in condition.branches:
        if branch.injects:
            rows = [row for i in branch.injects for row in list_rows(exercise, words, i)]
            made.append(
                Section(_("Only on way {label}", label=branch.label), (Table(inject_columns(words), tuple(rows)),))
            )
    for branch in condition.branches:
        if branch.lacks:
            themes = ", ".join(_(THEMES[name].title) for name in branch.lacks)
            text = _(
                "On way {label} the day does not come to: {themes}. Where that has to be trained, the leader of the "
                "exercise may go on with {other} all the same, and tells the evaluators.",
                label=branch.label,
                themes=themes,
                other=next(b.label for b in condition.branches if b is not branch),
            )
            made.append(Section("", (Points((text,)),)))
    return made


def _tell_branch(words: ExerciseWords, branch: Branch) -> str:
    _ = words.language
    label = branch.label
    if branch.main:
        return _("{label}: the list goes on with {next}.", label=label, next=branch.next)
    first, last = branch.injects[0].label, branch.injects[-1].label
    own = first if first == last else f"{first}–{last}"
    said = _("{label}: give {own} at their times, and go on with {next}.", label=label, own=own, next=branch.next)
    if branch.falls_away:
        said += " " + _("Not given then: {labels}.", labels=", ".join(branch.falls_away))
    return said


def short_list(exercise: Exercise, words: ExerciseWords) -> Section:
    """Write the list as a terminal shows it: injects of the list and of branches, with what is expected first."""
    _ = words.language
    asked = {c.label: c for c in exercise.conditions}
    rows: list[Row] = []
    for inject in exercise.every_inject:
        first = inject.expected[0] if inject.expected else None
        expected = words.tell_expected(first) if first else Span("–", "soft")
        limit = words.limit(inject, first) if first else Span("–", "soft")
        told = words.tell_inject(inject, asked.get(inject.label))
        where = words.where(inject.sector)
        rows.append((Span(inject.label, "strong"), words.clock(inject.minute), where, told, expected, limit))
    columns = (
        TableColumn(_("No."), 0.6),
        TableColumn(_("Time"), 0.7),
        TableColumn(_("Where"), 1.6),
        TableColumn(_("Inject"), 3.4),
        TableColumn(_("Expected action"), 3.4),
        TableColumn(_("Time limit"), 1.0),
    )
    return Section(_("Master scenario events list"), (Table(columns, tuple(rows)),))
