"""Sheets of controllers and evaluators, by sector and for the command post."""

from __future__ import annotations

from itertools import pairwise

from optimiser.operation.exercise.branches import Condition
from optimiser.operation.exercise.crowd import count_role_players
from optimiser.operation.exercise.exercise import Exercise
from optimiser.operation.exercise.injects import Inject
from optimiser.output.blocks import BY_HAND, Pairs, Points, Section, Space, Span, Table, TableColumn, Value
from optimiser.output.exercise.texts import ExerciseWords, code_of
from optimiser.output.orders.form import Paper
from optimiser.output.orders.review import BOXES

Row = tuple[Value, ...]
QUIET = 20.0  # min without an inject after which the clock of the exercise may be set forward; assumed


def control_sheet(exercise: Exercise, words: ExerciseWords, title: str) -> Paper:
    """Write what controllers give, by sector, and when the clock may be set forward."""
    _ = words.language
    sections = [
        Section(
            "",
            (
                Points(
                    (
                        _("Give an inject at its time, or once what comes before it is over. Note the real time."),
                        _("Never tell players what is expected. Never correct them: evaluators write, nobody teaches."),
                        _("At a condition look, decide, and tell all controllers the letter by radio."),
                        _("Anybody may call the stop word. After it nothing goes on before the leader says so."),
                    )
                ),
            ),
        )
    ]
    asked = {c.label: c for c in exercise.conditions}
    columns = (
        TableColumn(_("No."), 0.6),
        TableColumn(_("Time"), 0.7),
        TableColumn(_("Give"), 5.2),
        TableColumn(_("Through"), 1.8),
        TableColumn(_("Given at"), 1.1),
    )
    for sector in _sectors(exercise):
        rows: list[Row] = [
            (
                Span(i.label, "strong"),
                words.clock(i.minute),
                tell_given(exercise, words, i, asked.get(i.label)),
                words.tell_player(i),
                BY_HAND,
            )
            for i in in_time(exercise)
            if i.sector == sector
        ]
        code = code_of(exercise.instance, "C", sector)
        name = words.where(sector) if sector else _("command post and whole town")
        sections.append(Section(_("Controller {code}: {place}", code=code, place=name), (Table(columns, tuple(rows)),)))
    sections.append(_quiet_times(exercise, words))
    return Paper("control", _("Controllers"), title, tuple(sections))


def _quiet_times(exercise: Exercise, words: ExerciseWords) -> Section:
    """List stretches in which nothing is given."""
    _ = words.language
    every = in_time(exercise)
    found = [
        _("after {label}, from {start} to {end}", label=a.label, start=words.clock(a.minute), end=words.clock(b.minute))
        for a, b in pairwise(every)
        if b.minute - a.minute >= QUIET
    ]
    intro = _("Nothing is given then. The leader may set the clock forward, once limits that run are over.")
    return Section(_("Quiet stretches"), (Points((intro, *(found or [_("none")]))),))


def in_time(exercise: Exercise) -> list[Inject]:
    """List the injects of the list and of branches in order of time."""
    return sorted(exercise.every_inject, key=lambda i: i.minute)


def tell_given(exercise: Exercise, words: ExerciseWords, inject: Inject, condition: Condition | None = None) -> str:
    """Say what is put before the players, and how many role-players that takes where each stands for several people."""
    told = words.tell_inject(inject, condition)
    count = count_role_players(inject, exercise.moves, exercise.draws.gatherings)
    if count is None:
        return told
    return words.language("{inject} Role-players: {n:,}.", inject=told, n=count)


def _sectors(exercise: Exercise) -> list[str]:
    """List the sectors in which something is given, the command post first."""
    there = {i.sector for i in exercise.every_inject}
    return ["", *(s.id for s in exercise.instance.sectors if s.id in there)]


def evaluator_sheets(exercise: Exercise, words: ExerciseWords) -> list[Paper]:
    """Write a sheet for the evaluator of each sector, and of the command post."""
    _ = words.language
    made = []
    for sector in ["", *(s.id for s in exercise.instance.sectors)]:
        tasks = [(i, e) for i in in_time(exercise) for e in i.expected if e.sector == sector]
        if not tasks:
            continue
        code = code_of(exercise.instance, "E", sector)
        name = words.where(sector) if sector else _("command post")
        columns = (
            TableColumn(_("No."), 0.6),
            TableColumn(_("Task"), 4.4),
            TableColumn(_("Source"), 1.9),
            TableColumn(_("Time limit"), 1.0),
            TableColumn(_("Given"), 0.8),
            TableColumn(_("Done"), 0.8),
            TableColumn(_("Rating"), 1.9),
            TableColumn(_("What I saw"), 2.6),
        )
        rows = tuple(
            (
                Span(i.label, "strong"),
                words.tell_expected(e),
                words.tell_source(e),
                words.limit(i, e),
                BY_HAND,
                BY_HAND,
                BOXES,
                BY_HAND,
            )
            for i, e in tasks
        )
        head = ((_("Evaluator"), BY_HAND), (_("Stands at"), _post(words, sector)))
        sections = (
            Section("", (Pairs(head),)),
            Section(_("Ratings"), (Points(_ratings(words)),)),
            Section(_("What went well, what to change"), (Space(3),)),
            Section(_("Tasks"), (Table(columns, rows),)),
        )
        made.append(Paper(f"eval-{code.lower()}", _("Evaluator {code}", code=code), name, sections, wide=True))
    return made


def _post(words: ExerciseWords, sector: str) -> Value:
    found = next((s.officer_post for s in words.instance.sectors if s.id == sector), None)
    return words.language("beside: {place}", place=found) if found else BY_HAND


def _ratings(words: ExerciseWords) -> tuple[str, ...]:
    _ = words.language
    return (
        _("P: performed without challenges. S: performed with some challenges."),
        _("M: performed with major challenges. U: unable to be performed."),
        _("P only within the limit and in the way the source says. Nothing that was not given is rated: write –."),
    )
