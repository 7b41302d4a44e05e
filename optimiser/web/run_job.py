"""What a worker process does for a job, with the functions that the command line calls."""

from __future__ import annotations

import contextlib
import json
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from optimiser.common.cancellation import cancelled_by
from optimiser.common.errors import (
    CacheWarning,
    Cancelled,
    Infeasible,
    InputFault,
    NoPlan,
    OptimiserError,
    Unrepairable,
)
from optimiser.common.language import language as get_language
from optimiser.common.message import Message
from optimiser.common.progress import Progress, Watcher
from optimiser.files.apply_whatif import apply
from optimiser.jobs.task import TaskResult, describe_error
from optimiser.model.instance import Instance
from optimiser.operation.calibration.calibrate import calibrate
from optimiser.operation.calibration.document import describe_calibration
from optimiser.operation.exercise.document import store_exercise
from optimiser.operation.exercise.exercise import Exercise, make_exercise
from optimiser.operation.exercise.replay import demand_sound, replay_exercise
from optimiser.operation.score.document import describe_score
from optimiser.operation.score.score import Score, score_days
from optimiser.output.documents.answer import describe_answer
from optimiser.output.documents.comparison import describe_comparison, describe_firmness
from optimiser.output.documents.frontier import describe_presence
from optimiser.output.documents.plan import describe_plan, dump
from optimiser.output.documents.repair import describe_infeasible
from optimiser.output.documents.simulation import describe_rehearsal
from optimiser.output.exercise.files import make_exercise_files
from optimiser.output.score.review import make_score_files
from optimiser.planning.optimise import optimise
from optimiser.planning.programs.repair import repair
from optimiser.planning.search.hand_rules import proportional
from optimiser.planning.settings import default_reporting
from optimiser.questions.firmness import find_firmness
from optimiser.questions.plan_comparison import compare_plans
from optimiser.questions.played_plan import rehearse, rehearse_pinned
from optimiser.questions.presence import price_presence
from optimiser.questions.what_if.answer import whatif as answer_whatif
from optimiser.questions.what_if.differences import Difference, list_differences
from optimiser.web.export import describe_files, pack_files
from optimiser.web.requests import JobRequest

WRITE_INTERVAL = 0.2  # s between two notes of progress
NODES = 20_000  # of the search tree of a repair, as on the command line; assumed


class _FlagFile:
    """A flag that is a file: set once the file is there."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def is_set(self) -> bool:
        """Tell whether the file is there."""
        return self.file.exists()


class _ProgressFile(Watcher):
    """Writes how far a job has come into a file, whole, a few times a second."""

    def __init__(self, file: Path) -> None:
        self.file, self.last = file, 0.0
        with contextlib.suppress(OSError):  # of an earlier attempt, whose plans are lost
            file.unlink(missing_ok=True)

    def stepped(self, progress: Progress) -> None:
        """Note an iteration."""
        if progress.finished or time.monotonic() - self.last >= WRITE_INTERVAL:
            self.last = time.monotonic()
            self._write({"stage": "searching", **asdict(progress)})

    def reporting(self, _what: str) -> None:
        """Note that the search is over."""
        self._write({"stage": "reporting"})

    def compiling(self) -> None:
        """Note that the simulation is being compiled."""
        self._write({"stage": "compiling"})

    def _write(self, values: Mapping[str, Any]) -> None:
        part = self.file.with_suffix(".part")
        with contextlib.suppress(OSError):  # a full disk must not end the work; the result will say so
            part.write_text(dump(values), encoding="ascii")
            part.replace(self.file)


def run_job(kind: str, body: bytes, numbers: Mapping[str, Any], files: str) -> TaskResult:
    """Do a job, in one thread; whatever goes wrong with it is its result.

    Parameters
    ----------
    files : path of the job's files without their endings: ``.progress`` is written, ``.cancel`` is looked for.
    """
    try:
        request = JobRequest.of(body, numbers)
        with cancelled_by(_FlagFile(Path(f"{files}.cancel"))), _cache_warnings_shown():
            document = _document(kind, request, _ProgressFile(Path(f"{files}.progress")))
        summary = {"format": document["format"], "interrupted": document.get("interrupted", False)}
        return TaskResult(dump(document).encode(), summary, {})
    except Exception as error:
        return TaskResult(None, {}, describe_failure(error))


@contextlib.contextmanager
def _cache_warnings_shown() -> Iterator[None]:
    """Let a `CacheWarning` reach the log of the server: workers ignore it, and here no other process tells it."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", CacheWarning)
        yield


def describe_failure(error: Exception) -> dict[str, Any]:
    """Describe why a job failed: as `describe_error` does, with faults and a message that can be translated."""
    found = describe_error(error)
    if isinstance(error, OptimiserError):
        found["message"] = str(error)
        found["faults"] = [asdict(fault) for fault in error.faults] if isinstance(error, InputFault) else []
        if isinstance(error.message, Message):
            found["said"] = error.message.pack()
    return found


def _document(kind: str, request: JobRequest, watcher: _ProgressFile) -> dict[str, Any]:
    instance = request.instance
    try:
        if kind == "plan":
            return describe_plan(optimise(instance, workers=1, watcher=watcher, **request.numbers))
        if kind == "files":
            return _files(request, watcher)
        if kind == "whatif":
            return _answer(request, watcher)
        if kind == "compare":
            return _compare(request)
        begin = next(iter(request.deployments), None)
        if kind == "presence":
            return describe_presence(price_presence(instance, begin, workers=1, watcher=watcher, **request.numbers))
        if kind == "firm":
            return describe_firmness(find_firmness(instance, begin, workers=1, watcher=watcher, **request.numbers))
        if kind == "score":
            return describe_score(_score(request))
        if kind == "calibrate":
            return _calibration(request)
        if kind == "exercise":
            return store_exercise(_exercise(request)).model_dump(mode="json")
        return describe_rehearsal(rehearse(instance, begin or proportional(instance), workers=1, **request.numbers))
    except Infeasible as error:
        whatif = request.whatif
        about = instance if whatif is None else apply(instance, whatif, next(iter(request.deployments), None))
        return _infeasible(about, error, request.numbers, list_differences(instance, about))


def _files(request: JobRequest, watcher: _ProgressFile) -> dict[str, Any]:
    numbers = dict(request.numbers)
    code, of = numbers.pop("lang"), numbers.pop("of", "plan")  # a job of before knows plans only
    if of != "plan":
        language, told = get_language(code), replace(request, instance=request.instance.told_in(code), numbers=numbers)
        papers = (
            make_score_files(_score(told), language)
            if of == "score"
            else make_exercise_files(_exercise(told), language)
        )
        return pack_files(request.instance, papers)
    solution = optimise(request.instance.told_in(code), workers=1, watcher=watcher, **numbers)
    return describe_files(solution, request.deployments[0], code)


def _answer(request: JobRequest, watcher: _ProgressFile) -> dict[str, Any]:
    assert request.whatif is not None
    numbers = request.numbers
    if request.deployments:
        plan = request.deployments[0]
    else:
        asked = ("seed", "scenarios", "seconds", "law", "uncertain")
        same = {name: numbers[name] for name in asked if name in numbers}  # a job of before may not say all
        first = optimise(request.instance, workers=1, levers=False, over_law=False, watcher=watcher, **same)
        if first.interrupted:  # a plan that was cut off is not what is asked about
            raise Cancelled(Message("cancelled before there was a result"))
        plan = first.deployment
    return describe_answer(answer_whatif(request.instance, plan, request.whatif, workers=1, watcher=watcher, **numbers))


def _score(request: JobRequest) -> Score:
    assert request.observed is not None
    asked = {"exercise": request.observed.draws, "workers": 1, **request.numbers}
    return score_days(request.instance, request.deployments[0], request.observed.logs, **asked)


def _calibration(request: JobRequest) -> dict[str, Any]:
    assert request.observed is not None
    days = [day for log in request.observed.logs for day in log.days]
    return describe_calibration(calibrate(request.instance, request.deployments[0], days, workers=1, **request.numbers))


def _exercise(request: JobRequest) -> Exercise:
    made = make_exercise(request.instance, request.deployments[0], workers=1, **request.numbers)
    demand_sound(replay_exercise(request.instance, store_exercise(made)))
    return made


def _compare(request: JobRequest) -> dict[str, Any]:
    return describe_comparison(compare_plans(request.instance, request.deployments, **request.numbers))


def _infeasible(
    instance: Instance, error: Infeasible, numbers: Mapping[str, Any], differences: Sequence[Difference]
) -> dict[str, Any]:
    """Say what clashes, what would repair it, and what a pinned plan comes to, as the command line does."""
    found, why = None, ""
    try:
        found = repair(instance, nodes=NODES)
    except (Unrepairable, NoPlan) as trouble:
        why = trouble.message
    fresh = numbers["scenarios"]
    if "scenario" not in numbers:
        fresh = numbers.get("reporting") or default_reporting(instance, fresh)
    pinned = rehearse_pinned(instance, numbers["seed"], fresh, law=numbers["law"])
    return describe_infeasible(instance, error, found, why, pinned, differences)


def read_progress(file: Path) -> dict[str, Any] | None:
    """Read what `_ProgressFile` wrote; None where there is nothing."""
    with contextlib.suppress(OSError, ValueError):
        values: dict[str, Any] = json.loads(file.read_text(encoding="ascii"))
        return values
    return None
