"""A program that uses this one as a part of itself finds everything as it left it."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

import optimiser
from optimiser import Cancelled, Simulator, Watcher, cancelled_by, draw, evaluate, optimise, read
from optimiser.common.cancellation import lookout
from optimiser.output.write import describe_plan, dump

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))
QUICK = {"scenarios": 20, "reporting": 30, "budget": 300, "levers": False}

UNTOUCHED = """
import json, logging, locale, multiprocessing, os, pickle, random, signal, sys, threading, warnings
import numpy as np

random.seed(5), np.random.seed(5)

def look():
    roots = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    return {
        "signals": [repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
        # a NullHandler says nothing; libraries that are there for other reasons put one of these
        "handlers": [repr(h) for l in roots for h in l.handlers if type(h) is not logging.NullHandler],
        "level": logging.root.level,
        "start": multiprocessing.get_start_method(allow_none=True),
        "random": hash(pickle.dumps(random.getstate())),
        "numpy": hash(pickle.dumps(np.random.get_state())),
        "errors": repr(np.geterr()),
        "locale": locale.setlocale(locale.LC_ALL),
        "environment": sorted(os.environ.items()),
        "folder": os.getcwd(),
        "files": sorted(os.listdir()),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "filters": repr(warnings.filters),
        "hook": repr((sys.excepthook, sys.stdout, sys.stderr)),
        "recursion": sys.getrecursionlimit(),
    }

first = look()
import optimiser
optimiser.optimise, optimiser.read, optimiser.simulate, optimiser.whatif, optimiser.explain, optimiser.frontier
imported = look()
instance = optimiser.read("seram-timur-2024")
for workers, engine in ((2, "compiled"), (2, "simpy")):
    scenarios, budget = (200, 300) if engine == "compiled" else (10, 60)
    solution = optimiser.optimise(instance, scenarios=scenarios, reporting=30, budget=budget, levers=False,
                                  workers=workers, engine=engine, over_law=engine == "compiled")
change = optimiser.WhatIf(changes=({"do": "heads", "cap": 60},))
answer = optimiser.whatif(instance, solution.deployment, change, scenarios=10, reporting=20, budget=50, workers=1)
solution._repr_html_(), instance._repr_html_(), solution.deployment._repr_html_()
print(json.dumps([first, imported, look()]))
"""


@pytest.mark.slow
def test_import_and_runs_leave_the_process_as_it_was(tmp_path: Path) -> None:
    """It also is a script without a `__main__` guard that starts worker processes."""
    script = tmp_path / "script.py"
    script.write_text(UNTOUCHED, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    before, imported, after = json.loads(line)
    filters = [state.pop("filters") for state in (before, imported, after)]
    assert imported == before
    assert after == before
    assert "error" not in filters[2]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_holds_what_it_asserts(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    assert "assert " in path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_every_part_that_can_be_exchanged_has_an_example() -> None:
    names = {path.stem for path in EXAMPLES}
    assert names >= {"own_law", "own_stop_rule", "own_dispatch_rule", "own_processes", "progress_and_cancel"}


@pytest.mark.slow
def test_plans_made_at_once_in_threads_are_those_made_alone() -> None:
    tasks = [("oku-250", 1), *((name, seed) for seed in (1, 2) for name in ("seram-timur-2024", "tiny-2"))]

    def plan(task: tuple[str, int]) -> str:
        name, seed = task
        return dump(describe_plan(optimise(read(name), seed=seed, workers=2, **QUICK)))

    alone = [plan(task) for task in tasks]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(plan, tasks))
    assert together == alone
    assert len(set(alone)) == len(tasks)


class Setter(Watcher):
    """Sets an event at the first step."""

    def __init__(self, event: threading.Event) -> None:
        self.event = event

    def stepped(self, progress: optimiser.Progress) -> None:
        self.event.set()


@pytest.mark.parametrize("engine", ["compiled", pytest.param("simpy", marks=pytest.mark.long)])
def test_a_cancelled_search_gives_the_best_plan_so_far(engine: str) -> None:
    event = threading.Event()
    with cancelled_by(event):
        solution = optimise(
            read("oku-250"), engine=engine, watcher=Setter(event), workers=2, **{**QUICK, "budget": 10**9}
        )
    assert solution.interrupted
    assert not solution.replayable
    assert solution.verdict.passed
    assert "interrupted" in solution.certificate.reasons


def test_cancelled_before_there_is_a_plan_raises() -> None:
    event = threading.Event()
    event.set()
    with pytest.raises(Cancelled, match="before there was a result"), cancelled_by(event):
        optimise(read("tiny-2"), **QUICK)


def test_what_gives_nothing_by_halves_raises_when_cancelled() -> None:
    instance, event = read("seram-timur-2024"), threading.Event()
    with pytest.raises(Cancelled), cancelled_by(event):
        optimiser.frontier(instance, (40, 60), watcher=Setter(event), scenarios=20, reporting=20, workers=1)


def _play_for_ever(simulator, plan, scenarios) -> None:
    while True:
        evaluate(simulator, plan, scenarios)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "workers"), [("compiled", 2), ("simpy", 1)])
def test_one_long_call_of_an_engine_ends_soon(engine: str, workers: int) -> None:
    """Without a flag it would take minutes; the limit only has to be far below that."""
    instance = read("oku-250")
    plan = optimise(instance, scenarios=2, reporting=2, budget=1, levers=False).deployment
    scenarios, event = draw(instance, 1, 60_000 if engine == "compiled" else 3_000), threading.Event()
    timer = threading.Timer(0.3, event.set)
    timer.start()
    begun = time.monotonic()
    with Simulator(instance, engine=engine, workers=workers) as simulator:
        with pytest.raises(Cancelled), cancelled_by(event):
            _play_for_ever(simulator, plan, scenarios)
        assert time.monotonic() - begun < 30.0
        evaluate(simulator, plan, draw(instance, 1, 3))  # the engine can still be used


def test_a_flag_is_obeyed_once_and_only_inside_its_block_and_thread() -> None:
    event = threading.Event()
    with cancelled_by(event):
        look = lookout()
        look()
        event.set()
        other: list[object] = []
        thread = threading.Thread(target=lambda: other.append(lookout()()))
        thread.start()
        thread.join()
        assert other == [None]  # a thread of its own has a flag of its own
        with pytest.raises(KeyboardInterrupt):
            look()
        look()
    lookout()()


def test_an_interrupt_that_nobody_asked_for_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt), cancelled_by(threading.Event()):
        raise KeyboardInterrupt


def test_an_observer_hears_of_every_step() -> None:
    heard: list[str] = []

    class Ear(Watcher):
        def started(self, name: str) -> None:
            heard.append("started")

        def candidate(self, name: str, objective: float) -> None:
            heard.append("candidate")

        def stepped(self, progress: optimiser.Progress) -> None:
            heard.append("stepped")

        def reporting(self, what: str) -> None:
            heard.append("reporting")

    optimise(read("tiny-2"), watcher=Ear(), **QUICK)
    assert [word for i, word in enumerate(heard) if word not in heard[:i]] == [
        "started",
        "candidate",
        "stepped",
        "reporting",
    ]


def test_the_package_says_that_it_has_types() -> None:
    assert (ROOT / "optimiser" / "py.typed").is_file()


@pytest.mark.long
def test_whoever_checks_types_sees_those_of_the_package() -> None:
    kept = ("--cache-dir", str(ROOT / ".mypy_cache" / "of-users"))
    code = "import optimiser\nreveal_type(optimiser.optimise(optimiser.read('tiny-2')).deployment)\n"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *kept, "--config-file", os.devnull, "-c", code],
        cwd=ROOT / "docs",
        capture_output=True,
        text=True,
        check=False,
    )
    assert 'Revealed type is "optimiser.model.deployment.Deployment"' in done.stdout, done.stdout + done.stderr


def test_the_page_of_the_interface_names_what_is_stable() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    names, parts = page.split("Further stable parts")
    for name in optimiser.__all__:
        assert f"`{name}`" in names, name
    rows = [row for row in parts.split("## ")[0].splitlines() if row.startswith("| `optimiser.")]
    assert len(rows) == 16
    for row in rows:
        module, *stable = re.findall(r"`([\w.]+)`", row)
        for name in stable:
            assert hasattr(import_module(module), name), (module, name)


def test_stable_functions_keep_their_parameters() -> None:
    """Who calls by keyword relies on these; to take one away is a step of the deprecation policy."""
    promised = {
        "optimise": "instance seed scenarios reporting solver workers seconds budget stop watcher law dispatch extra "
        "levers engine certify",
        "whatif": "instance plan whatif seed scenarios reporting solver workers seconds budget engine watcher "
        "simulator",
        "simulate": "instance deployment scenario law dispatch observers processes",
        "draw": "instance seed count group",
        "evaluate": "simulator deployment scenarios",
    }
    for name, words in promised.items():
        assert set(words.split()) <= set(signature(getattr(optimiser, name)).parameters), name
