"""Writers: JSON for programs, CSV or a workbook for spreadsheets, a report for people; a folder gets all."""

from __future__ import annotations

from pathlib import Path

from optimiser.common.atomic_files import check_folder, write_files
from optimiser.common.language import ENGLISH, Language
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.output.documents.answer import describe_answer
from optimiser.output.documents.comparison import describe_firmness
from optimiser.output.documents.frontier import frontier_files
from optimiser.output.documents.geojson import has_degrees, map_plan
from optimiser.output.documents.plan import describe_plan, dump, match
from optimiser.output.documents.schemas.plan import plan_schema
from optimiser.output.documents.simulation import describe_rehearsal
from optimiser.output.documents.tables import write_deployment, write_events
from optimiser.output.excel.plan_book import write_plan_book
from optimiser.output.orders.files import write_orders
from optimiser.output.report.report import write_report
from optimiser.output.words.reasons import give_reasons
from optimiser.planning.solution import Solution
from optimiser.questions.firmness import Firmness
from optimiser.questions.frontier import Frontier
from optimiser.questions.played_plan import Rehearsal, list_events, pick
from optimiser.questions.what_if.answer import Answer
from optimiser.simulation.dispatch import Dispatch, send_nearest

__all__ = [
    "check_folder",
    "describe_answer",
    "describe_plan",
    "describe_rehearsal",
    "dump",
    "has_degrees",
    "make_solution_files",
    "map_plan",
    "plan_schema",
    "write_answer",
    "write_deployment",
    "write_events",
    "write_files",
    "write_orders",
    "write_plan_book",
    "write_rehearsal",
    "write_report",
    "write_solution",
]


def write_solution(
    solution: Solution,
    folder: str | Path,
    *,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    language: Language = ENGLISH,
    frontier: Frontier | None = None,
    firmness: Firmness | None = None,
    file: str = "",
) -> tuple[Path, ...]:
    """Write a solution's files into a folder.

    They are ``deployment.csv``, ``events.csv``, ``plan.xlsx``, ``report.html`` and ``plan.json``.

    Events are those of reporting scenario 0 under the plan. Where places have degrees, ``plan.geojson`` is written too.
    ``plan.json`` comes last, so that it stands for the whole; each file is written whole or not at all.

    Parameters
    ----------
    law, dispatch : those the solution was made with, where the law is none that ships or the rule another one.
    language : of the report, the workbook and the table.
    file : what commands in the report are given to read the instance; its name if empty.
    frontier : how many are enough, for the report; ``frontier.json`` and ``frontier.svg`` are written too then.
    firmness : what is firm in the plan, for report and workbook; ``firm.json`` is written too then.

    Returns
    -------
    The files.

    Raises
    ------
    FileTrouble : one of them cannot be written; it is named.
    OptimiserError : the checker refuses the plan; nothing is written.
    Mismatch : the plan was made under another law, or what is given besides is about another plan; nothing is written.
    """
    files = make_solution_files(
        solution, law=law, dispatch=dispatch, language=language, frontier=frontier, firmness=firmness, file=file
    )
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def make_solution_files(
    solution: Solution,
    *,
    law: EscalationLaw | str | None = None,
    dispatch: Dispatch = send_nearest,
    language: Language = ENGLISH,
    frontier: Frontier | None = None,
    firmness: Firmness | None = None,
    file: str = "",
) -> dict[str, bytes]:
    """Make the files of `write_solution`, by name; ``plan.json`` is the last."""
    law = match(solution, law, frontier, firmness)
    document = describe_plan(solution)
    scenario = pick(solution.instance, solution.settings.seed, 0, solution.settings.uncertain)
    events = list_events(solution.instance, solution.deployment, scenario, law, dispatch)
    files = {
        "deployment.csv": write_deployment(
            solution.deployment.table(solution.instance.told_in(language.code)), language
        ),
        "events.csv": write_events(solution.instance, events),
        "plan.xlsx": write_plan_book(solution, events, language, firmness),
        "report.html": write_report(
            solution, language, law=law, dispatch=dispatch, frontier=frontier, firmness=firmness, file=file
        ),
    }
    if has_degrees(solution.instance):
        drawn = map_plan(
            *(solution.instance, solution.deployment, document), language, give_reasons(solution, language)
        )
        files["plan.geojson"] = dump(drawn).encode()
    if frontier is not None:
        files |= frontier_files(frontier)
    if firmness is not None:
        files["firm.json"] = dump(describe_firmness(firmness)).encode()
    files["plan.json"] = dump(document).encode()
    return files


def write_rehearsal(rehearsal: Rehearsal, folder: str | Path) -> tuple[Path, ...]:
    """Write ``events.csv`` and ``simulation.json`` into a folder.

    Raises
    ------
    FileTrouble : one of them cannot be written; it is named.
    """
    files = {
        "events.csv": write_events(rehearsal.instance, rehearsal.events),
        "simulation.json": dump(describe_rehearsal(rehearsal)).encode(),
    }
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def write_answer(answer: Answer, folder: str | Path, *, language: Language = ENGLISH) -> tuple[Path, ...]:
    """Write ``deployment.csv`` of the plan after the change and ``answer.json`` into a folder.

    Parameters
    ----------
    language : of the table.

    Raises
    ------
    FileTrouble : one of them cannot be written; it is named.
    """
    files = {
        "deployment.csv": write_deployment(answer.deployment.table(answer.changed.told_in(language.code)), language),
        "answer.json": dump(describe_answer(answer)).encode(),
    }
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)
