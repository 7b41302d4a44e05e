"""Show that two source trees make the same documents of the same questions, byte for byte.

    git worktree add ../before REVISION
    python tests/long/compare_documents.py ../before . --keep ../documents-before

Every command of document_tasks.py runs on the command line of both trees, with the packages of the Python that runs
this script. The JSON documents, tables and input files that come out are compared, and the codes that commands end
with; so are the plans of the two engines within the second tree. Each file that differs is named with the first places
in it. With `--keep`, documents of the first tree are kept, and a later run makes only those of the second.
Ends with 0 if all are the same, with 1 if not.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Any

from tests.long.document_tasks import ENGINES, INPUTS, LONG, Tasks, list_tasks

DOCUMENTS = {".json", ".csv", ".toml", ".geojson"}
TEXTS = {".txt", ".html", ".svg"}
CODES = "codes.json"  # of a task: its commands with the codes that they ended with; written last
KEY = re.compile(r"[0-9a-f]{32,64}")  # names of files of a run and of its questions, which hash the program's source
SHOWN = 5  # differences of a file
LONGEST = 200  # characters shown of a value

# What is meant to differ: in which files, what, and why.
ASIDE = (
    ("*.json", rb'"versions": \{[^{}]*\}', "packages that are installed"),
    ("batch/*.json", rb'"version": "[^"]*"', "holds a hash of the program's source"),
    ("batch/*.json", rb'"case": "[^"]*"', "a hash of what decides a case, the version included"),
    ("batch/*.json", rb'"sha256": "[^"]*"', "of a result, in which versions stand"),
    ("batch/*.json", rb'"attempts": \[[^\]]*\]', "process and time of day"),
)
COLUMNS_ASIDE = ("case", "version", "seconds")  # of the table of a run: as above, and time on the clock
ENGINE = rb'"engine": "[^"]*"'  # differs between plans of two engines, and nothing else does


def make_documents(tree: Path, folder: Path, tasks: Tasks) -> None:
    """Run the tasks that are not in the folder yet with the program of a tree."""
    todo = {name: commands for name, commands in tasks.items() if _ended(folder / name) != list(commands)}
    print(f"{tree}: {len(todo)} tasks to run, {len(tasks) - len(todo)} kept in {folder}", flush=True)
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "100"}
    environment.pop("OPTIMISER_LANG", None)
    found = _run("-c", "import optimiser; print(optimiser.__file__)", cwd=tree, env=environment).stdout.strip()
    if not Path(found or ".").is_relative_to(tree):
        sys.exit(f"the program that runs is {found or 'none'}; expected the one of {tree}")
    for name, commands in todo.items():
        begun = time.monotonic()
        shutil.rmtree(folder / name, ignore_errors=True)
        codes = _run_task(tree, folder / name, commands, environment)
        print(f"{time.monotonic() - begun:7.1f} s  {name}  {' '.join(map(str, codes))}", flush=True)


def _ended(folder: Path) -> list[str]:
    """List the commands of a task that has ended; none if it has not."""
    try:
        return list(json.loads((folder / CODES).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def _run_task(tree: Path, folder: Path, commands: Sequence[str], environment: dict[str, str]) -> list[int]:
    """Run the commands of a task in its folder and return the codes that they ended with."""
    folder.mkdir(parents=True)
    given = [folder / "instances", *(folder / name for name in INPUTS)]
    given[0].symlink_to(tree / "instances", target_is_directory=True)
    for file in given[1:]:
        file.write_text(INPUTS[file.name], encoding="utf-8")
    codes = {}
    for number, command in enumerate(commands, 1):
        done = _run("-m", "optimiser.cli", *shlex.split(command), cwd=folder, env=environment)
        kind = "json" if done.stdout.startswith("{") else "txt"
        (folder / f"printed-{number}.{kind}").write_text(done.stdout, encoding="utf-8")
        (folder / f"said-{number}.txt").write_text(done.stderr, encoding="utf-8")
        codes[command] = done.returncode
    for file in given:
        file.unlink()
    (folder / CODES).write_text(json.dumps(codes, indent=2), encoding="utf-8")
    return list(codes.values())


def _run(*arguments: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


def compare_folders(before: Path, after: Path, names: Iterable[str], kinds: set[str]) -> Iterator[str]:
    """Say what differs between the documents of tasks in two folders."""
    for name in names:
        here, there = list_documents(before, name, kinds), list_documents(after, name, kinds)
        yield from (f"{file}: is no longer made" for file in sorted(here - there))
        yield from (f"{file}: was not made before" for file in sorted(there - here))
        for file in sorted(here & there):
            yield from compare_documents(file, *((folder / file).read_bytes() for folder in (before, after)))


def compare_engines(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Say what differs between the plans that the two engines led to."""
    for name in names:
        if name.startswith("engines/"):
            plans = [folder / name / engine / "plan.json" for engine in ENGINES]
            if any(plan.exists() for plan in plans):
                texts = [re.sub(ENGINE, b"", plan.read_bytes()) if plan.exists() else b"" for plan in plans]
                yield from compare_documents(f"{name}: {' and '.join(ENGINES)}", *texts)


def list_documents(folder: Path, task: str, kinds: set[str]) -> set[str]:
    files = (file for file in (folder / task).rglob("*") if file.suffix in kinds and not KEY.fullmatch(file.stem))
    return {file.relative_to(folder).as_posix() for file in files}


def compare_documents(name: str, before: bytes, after: bytes) -> list[str]:
    """Say what differs between two documents of one name: the first places, or nothing."""
    texts = [_put_aside(name, text) for text in (before, after)]
    if texts[0] == texts[1]:
        return []
    try:
        found = list(islice(_list_places(*map(json.loads, texts)), SHOWN))
    except ValueError:
        found = []
    found = found or _list_lines(*(text.decode(errors="replace").splitlines() for text in texts))
    return [f"{name}: {place}" for place in found or ["ends of lines or of the file"]]


def _put_aside(name: str, text: bytes) -> bytes:
    """Take away what is meant to differ."""
    for files, pattern, _ in ASIDE:
        if fnmatch(name, files):
            text = re.sub(pattern, pattern.split(b":")[0] + b": null", text)
    if fnmatch(name, "batch/*.csv"):
        rows = csv.DictReader(text.decode().splitlines())
        text = repr([{**row, **dict.fromkeys(COLUMNS_ASIDE)} for row in rows]).replace("}, {", "},\n{").encode()
    return text


def _list_places(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """List the places at which two JSON values differ, with what stands there."""
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after):
            gone, new = [key for key in before if key not in after], [key for key in after if key not in before]
            moved = f"fields gone: {gone}, new: {new}" if gone or new else "fields in another order"
            yield f"{path or 'top'}: {moved}"
        for key in before:
            if key in after:
                yield from _list_places(before[key], after[key], f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{path or 'top'}: {len(before)} entries -> {len(after)}"
        for index, pair in enumerate(zip(before, after, strict=False)):
            yield from _list_places(*pair, f"{path}[{index}]")
    elif repr(before) != repr(after):
        yield f"{path or 'top'}: {_shorten(before)} -> {_shorten(after)}"


def _list_lines(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """List the first lines at which two texts differ."""
    length = max(len(before), len(after))
    padded = ([*text, *[""] * (length - len(text))] for text in (before, after))
    differing = (
        f"line {number}: {_shorten(old)} -> {_shorten(new)}"
        for number, (old, new) in enumerate(zip(*padded, strict=True), 1)
        if old != new
    )
    return list(islice(differing, SHOWN))


def _shorten(value: Any) -> str:
    """Show a value on one line."""
    return json.dumps(value, ensure_ascii=False)[:LONGEST]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and compare the documents of two trees; return 1 if any differ."""
    options = _parse(arguments)
    tasks = _choose_tasks(options)
    kinds = DOCUMENTS | (TEXTS if options.texts else set())
    with ExitStack() as stack:
        before = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_documents(options.before, before, tasks)
        if options.after is None:
            return 0
        after = options.out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in tasks:
            shutil.rmtree(after / name, ignore_errors=True)
        make_documents(options.after, after, tasks)
        compared = sum(len(list_documents(before, name, kinds)) for name in tasks)
        found = [*compare_folders(before, after, tasks, kinds), *compare_engines(after, tasks)]
    print(*found, f"{compared} documents of {len(tasks)} tasks: {'differences' if found else 'the same'}", sep="\n")
    return 1 if found or not compared else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", type=_folder, help="the first source tree")
    parser.add_argument("after", type=_folder, nargs="?", help="the second; left out, nothing is compared")
    parser.add_argument(
        "--keep", type=_folder, help="keep documents of the first tree here, and use those that are here"
    )
    parser.add_argument("--out", type=_folder, help="write documents of the second tree here, all anew")
    parser.add_argument(
        "--only", action="append", metavar="PATTERN", help="only such tasks, as 'plan/oku-*'; repeatable"
    )
    parser.add_argument("--short", action="store_true", help=f"leave out {', '.join(LONG)}")
    parser.add_argument("--texts", action="store_true", help="also compare what is printed, pages and drawings")
    return parser.parse_args(arguments)


def _folder(text: str) -> Path:
    return Path(text).resolve()


def _choose_tasks(options: argparse.Namespace) -> Tasks:
    def fits(name: str, patterns: Iterable[str]) -> bool:
        return any(fnmatch(name, pattern) for pattern in patterns)

    tasks = list_tasks(options.before / "instances")
    left_out = LONG if options.short else ()
    return {name: tasks[name] for name in tasks if fits(name, options.only or "*") and not fits(name, left_out)}


if __name__ == "__main__":
    sys.exit(main())
