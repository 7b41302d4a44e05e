"""An exercise as files: one page to print, one workbook to fill in, and the document for programs."""

from __future__ import annotations

from pathlib import Path

from optimiser.common.atomic_files import write_files
from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.operation.exercise.document import StoredExercise, store_exercise
from optimiser.operation.exercise.exercise import Exercise
from optimiser.output.blocks import Section
from optimiser.output.documents.plan import dump
from optimiser.output.excel.orders_book import plain_workbook
from optimiser.output.exercise.first_page import cover, name_exercise, safety_page, summary_sections
from optimiser.output.exercise.master_list import master_list, short_list
from optimiser.output.exercise.role_players import crowd_sheets, officials_sheet, overview
from optimiser.output.exercise.staff import control_sheet, evaluator_sheets
from optimiser.output.exercise.table import write_table
from optimiser.output.exercise.texts import ExerciseWords
from optimiser.output.orders.fit import fit
from optimiser.output.orders.form import SHORT, Orders
from optimiser.output.render_page import to_page

WIDE_SIZE = 7.6  # points of letters on paper across; assumed: ten columns can be read


def write_exercise(exercise: Exercise, folder: str | Path, *, language: Language = ENGLISH) -> tuple[Path, ...]:
    """Write ``exercise.html``, ``exercise.xlsx`` and ``exercise.json`` into a folder.

    Returns
    -------
    The files.

    Raises
    ------
    FileTrouble : a file cannot be written; it is named.
    """
    files = make_exercise_files(exercise, language)
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def make_exercise_files(exercise: Exercise, language: Language = ENGLISH) -> dict[str, bytes]:
    """Make the files of `write_exercise`, by name; ``exercise.json`` is the last."""
    papers = compose_exercise(exercise, language)
    words = ExerciseWords(exercise.instance.told_in(language.code), language)
    sizes = {paper.key: WIDE_SIZE if paper.wide else fit(paper, len(papers.warnings)) for paper in papers.papers}
    return {
        "exercise.html": to_page("exercise.html", language, orders=papers, sizes=sizes, short=SHORT),
        "exercise.xlsx": plain_workbook(papers, language, lambda book: write_table(book, exercise, words)),
        "exercise.json": describe_exercise(store_exercise(exercise)).encode(),
    }


def describe_exercise(stored: StoredExercise) -> str:
    """Write the document of an exercise; the same in every language."""
    return dump(stored.model_dump(mode="json"))


def compose_exercise(exercise: Exercise, language: Language = ENGLISH) -> Orders:
    """Write all papers of an exercise."""
    instance = exercise.instance.told_in(language.code)
    words = ExerciseWords(instance, language)
    title = name_exercise(words)
    warnings: tuple[str, ...] = ()
    if not exercise.verdict.passed:
        warnings = (language("The plan that is exercised breaks a rule; the checker names it."),)
    officials = officials_sheet(exercise, words, title)
    papers = (
        cover(exercise, words, title),
        safety_page(words, title),
        master_list(exercise, words, title),
        control_sheet(exercise, words, title),
        *evaluator_sheets(exercise, words),
        overview(exercise, words, title),
        *crowd_sheets(exercise, words),
        *((officials,) if officials is not None else ()),
    )
    words_of = {"name": instance.name, "hash": exercise.deployment.fingerprint()[:12]}
    when = language("plan of {date}", date=language.date(instance.period.start.date()))
    mark = language("{name}, plan {hash}", **words_of)
    return Orders(plain(title), when, mark, warnings, papers)


def exercise_sections(exercise: Exercise, language: Language = ENGLISH) -> list[Section]:
    """Tell an exercise on a terminal: what is trained, why this day, and the list of injects."""
    words = ExerciseWords(exercise.instance.told_in(language.code), language)
    return [*summary_sections(exercise, words), short_list(exercise, words)]
