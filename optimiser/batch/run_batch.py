"""Many cases, solved side by side and written down one by one, so that nothing finished is lost or done again.

Whatever is killed at whatever time, the same call goes on where it was. Neither memory nor the queue of the executor
grows with the number of cases.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from optimiser.batch.case import PLAN, Case, version_with_law
from optimiser.batch.driver import BatchObserver, BatchProgress, Driver
from optimiser.batch.run_folder import LEDGER, Run
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.version import program_version
from optimiser.jobs.executor import Executor
from optimiser.jobs.ledger import Ledger
from optimiser.jobs.process_executor import ProcessExecutor
from optimiser.jobs.task import LedgerEntry, Task
from optimiser.model.laws.choice import LAWS, DefaultLaw, find_law
from optimiser.model.laws.escalation_law import EscalationLaw
from optimiser.model.values.arguments import a, checked, maybe

DRAFT = "optimiser-draft-"  # how the names of temporary folders begin; the number of their process follows


@checked(observer=maybe(a(BatchObserver, Message("derive your own from BatchObserver"))))
def run_batch(
    cases: Iterable[Case],
    out: str | Path,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    again: bool = False,
    observer: BatchObserver | None = None,
) -> BatchProgress:
    """Solve cases and keep their results in a folder; called again, it goes on where it was.

    Parameters
    ----------
    cases : taken one by one, so there may be any number; those that the folder knows are not listed twice. None at all
        goes on with what is there, but for cases of a law of one's own, which has to be passed again. If the iterable
        raises, none of them is listed and no folder is made.
    out : folder, made if it does not exist. Several calls may work on it at the same time, on one machine.
    workers : processes; as many as there are processors if None.
    executor : does the work instead, such as `DaskExecutor`; it is closed at the end.
    again : whether cases that failed or were set aside are tried once more.

    Raises
    ------
    FileTrouble : a file cannot be written, or the cluster is gone; what was finished is kept.
    OptimiserError : nothing tells when the law of a case is another one, see `law_signature.sign`.
    BadSetting : an argument is none that can be used; all that are wrong are named.
    KeyboardInterrupt : interrupted, or `Cancelled` by `cancelled_by`; what was finished is kept.
    """
    laws = {version_with_law(law): law for law in map(find_law, LAWS) if law.name != DefaultLaw.name}
    with (
        contextlib.closing(executor or ProcessExecutor(workers)) as used,
        _draft(cases, laws) as draft,
        Run(out) as run,
    ):
        observer = observer or BatchObserver()
        if run.restored is not None:
            observer.restored(run.restored)
        new = run.ledger.add(_copied(draft, run.ledger))
        return Driver(run, used, observer, laws, cold=executor is None).drive(new, again)


def results(out: str | Path) -> Iterator[tuple[LedgerEntry, bytes | None]]:
    """Yield every case of a folder with its document, None where it has none, in the order in which they were listed.

    Raises
    ------
    FileTrouble : there is no run, or a file is missing or was changed.
    """
    with Run(out, create=False) as run:
        for entry in run.ledger.entries(kind=PLAN):
            yield entry, run.results.get(entry) if entry.state == "done" else None


@contextlib.contextmanager
def _draft(cases: Iterable[Case], laws: dict[str, EscalationLaw]) -> Iterator[Ledger]:
    """List cases in a temporary ledger, and their laws by the version that each makes.

    Listing may be refused at its last case and may take long; until it is through, nothing is written into the run, and
    no other driver of the run waits.
    """
    _remove_drafts()
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"{DRAFT}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise FileTrouble(Message("no temporary folder can be made: {error}", error=str(error))) from error
    with folder, Ledger(Path(folder.name) / LEDGER) as draft:
        draft.add(_tasks(cases, draft, laws))
        yield draft


def _remove_drafts() -> None:
    """Remove the drafts of this user's processes that were killed: they hold whole instances."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            number = entry.name.removeprefix(DRAFT).partition("-")[0]
            if entry.name.startswith(DRAFT) and number.isdecimal() and not psutil.pid_exists(int(number)):
                with contextlib.suppress(OSError):
                    own = not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()
                    if own and entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)


def _tasks(cases: Iterable[Case], ledger: Ledger, laws: dict[str, EscalationLaw]) -> Iterator[Task]:
    """Make tasks of cases; stores their inputs in the ledger, and their laws by version."""
    last = ""
    for case in cases:
        task = case.task()
        if task.input != last:
            last = ledger.store_input(case.subject.body)
        if case.law is not None and task.version != program_version():
            laws[task.version] = find_law(case.law)
        yield task


def _copied(draft: Ledger, ledger: Ledger) -> Iterator[Task]:
    """Take the tasks of one ledger, and store their inputs in another one."""
    last = ""
    for entry in draft.entries():
        if entry.task.input != last:
            last = ledger.store_input(draft.read_input(entry.task.input))
        yield entry.task
