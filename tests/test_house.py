"""How the house is built: which module may know which, what must stay out, and what every file owes its reader."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "optimiser"
# The story of the tool, in order: a module imports only from above. A folder is one chapter.
STORY = (
    "magnitude",
    "message",
    "errors",
    "cancellation",
    "processors",
    "card",
    "caution",
    "language",
    "numeral",
    "figures",
    "quantity",
    "record",
    "streams",
    "escalation",
    "faults",
    "clocks",
    "geography",
    "crossref",
    "shape",
    "parsing",
    "part",
    "forming",
    "instance",
    "province",
    "synthetic",
    "archipelago",
    "deployment",
    "progress",
    "arguments",
    "workbook",
    "formats",
    "reading",
    "origin",
    "earlier",
    "nation",
    "amendment",
    "places",
    "proximity",
    "verdict",
    "checker",
    "lending",
    "admission",
    "travel",
    "examination",
    "moves",
    "changes",
    "variant",
    "differences",
    "phrase",
    "facts",
    "survey",
    "scenario",
    "outcome",
    "state",
    "rates",
    "forces",
    "rules",
    "dispatch",
    "agenda",
    "crowds",
    "units",
    "timeline",
    "replay",
    "engine",
    "signature",
    "simulation",
    "requirement",
    "pins",
    "configuration",
    "neighbourhood",
    "solver_answer",
    "tolerance",
    "solver",
    "solving",
    "relaxation",
    "feasibility",
    "remedy",
    "allocation",
    "handrules",
    "table",
    "evaluation",
    "rehearsal",
    "chronicle",
    "bound",
    "pool",
    "pricing",
    "surrogate",
    "certificate",
    "stop",
    "search",
    "glance",
    "separate",
    "cuts",
    "joint",
    "loop",
    "assurance",
    "solution",
    "planning",
    "decision",
    "obstacles",
    "answer",
    "wording",
    "telling",
    "advice",
    "supply",
    "levels",
    "appraisal",
    "offers",
    "clearing",
    "accord",
    "margins",
    "rivals",
    "binding",
    "inputs",
    "sensitivity",
    "stress",
    "explanation",
    "reasons",
    "muster",
    "movements",
    "drawing",
    "pictures",
    "expectation",
    "orders",
    "write",
    "plots",
    "owner",
    "task",
    "ledger",
    "shelf",
    "memory",
    "crew",
    "cluster",
    "case",
    "naming",
    "journal",
    "rows",
    "sweep",
    "grid",
    "listing",
    "run",
    "readiness",
    "batch",
    "replies",
    "coordination",
    "export",
    "frames",
    "show",
    "reply",
    "requisition",
    "roster",
    "briefing",
    "outlook",
    "overview",
    "rationale",
    "live",
    "meter",
    "pairing",
    "standing",
    "web",
    "door",
    "cli",
    "__main__",
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
FILES = sorted(path for folder in ("optimiser", "docs", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES = 400
HEAVY = ("numpy", "pandas", "pulp", "highspy", "simpy", "loky", "numba", "xlsxwriter")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def chapter(path: Path) -> str:
    """Give the module, or the folder it belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, types: bool = True) -> Iterator[str]:
    """List the modules that a file imports anywhere in it, with dots; those for types only, unless `types` is false."""
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    for node in todo:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types:
            todo.extend(node.orelse)
            continue
        todo.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(path: Path, types: bool = True) -> set[str]:
    """List the chapters of this package that a file imports."""
    found = {module.split(".")[1] for module in imports(path, types) if module.startswith("optimiser.")}
    return found & {chapter(module) for module in MODULES}


def test_story_lists_every_module_once() -> None:
    assert len(set(STORY)) == len(STORY)
    assert set(STORY) == {chapter(path) for path in MODULES}, "put a new module into STORY where it belongs"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_up_the_story(path: Path) -> None:
    here = STORY.index(chapter(path))
    for other in sorted(own_imports(path, types=False) - {chapter(path)}):
        assert STORY.index(other) < here, f"{name(path)} imports {other}, which comes later in the story"


def test_an_arrow_down_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    hidden = "def f():\n    from optimiser.loop import search\n    return search\n"
    file.write_text(hidden + "if TYPE_CHECKING:\n    import optimiser.table\n", encoding="utf-8")
    assert own_imports(file, types=False) == {"loop"}
    assert own_imports(file) == {"loop", "table"}


def test_checker_stands_alone() -> None:
    allowed = {
        "message",
        "errors",
        "arguments",
        "quantity",
        "part",
        "instance",
        "deployment",
        "reading",
        "proximity",
        "verdict",
    }
    assert own_imports(PACKAGE / "checker.py") <= allowed
    assert own_imports(PACKAGE / "proximity.py") <= {"part", "instance"}
    assert own_imports(PACKAGE / "verdict.py") <= {"message"}


def test_solvers_live_where_programs_are_built_and_run() -> None:
    using = {chapter(p) for p in MODULES if {"pulp", "highspy"} & {m.split(".")[0] for m in imports(p)}}
    assert using <= {"solver", "solving", "relaxation", "feasibility", "remedy", "allocation", "clearing", "tolerance"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_randomness_comes_from_named_streams_only(path: Path) -> None:
    assert not {"random", "secrets", "numpy.random", "uuid"} & set(imports(path))
    assert not re.search(r"\b(np|numpy)\.random\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_clock_where_results_are_made(path: Path) -> None:
    if STORY.index(chapter(path)) < STORY.index("solver"):
        assert "time" not in set(imports(path))
        assert not re.search(r"\.(now|today|utcnow)\(\)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("program", ["import optimiser", "{help}"], ids=["import optimiser", "optimiser --help"])
def test_starting_is_light(program: str) -> None:
    show_help = (
        "from optimiser.cli import main; sys.argv = ['optimiser', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
    )
    report = f"\nprint('loaded:', *[m for m in {HEAVY!r} if m in sys.modules])"
    code = "import sys\n" + program.replace("{help}", show_help) + report
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_a_heavy_import_would_be_noticed() -> None:
    code = f"import sys, optimiser; optimiser.simulate; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "simpy" in done.stdout.split()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_public_things_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name(path)} says nothing about itself"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} says nothing about itself"


def test_command_line_has_the_defaults_of_the_package() -> None:
    from optimiser import cli, optimise

    package, command = signature(optimise).parameters, signature(cli.plan).parameters
    shared = set(package) & set(command) - {"instance"}
    assert shared >= {"seed", "scenarios", "reporting", "solver", "workers", "seconds", "budget"}
    for option in shared:
        assert command[option].default == package[option].default, option


def test_changelog_begins_with_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    top = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert top is not None
    assert top[1] == version


def test_no_field_asks_for_an_opinion_or_a_firearm() -> None:
    from optimiser.reading import schema

    fields = re.findall(r'"(\w+)": \{', json.dumps(schema()))
    assert len(fields) > 100
    for field in fields:
        assert not re.search(r"party|support|affiliat|opinion|religion|ethnic|firearm|ammunition|weapon", field), field


def test_no_module_has_the_name_of_an_exported_function():
    """Importing such a module would put itself in the function's place."""
    import optimiser

    homes = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    exported = {n for n in optimiser.__all__ if n[0].islower()}
    assert not homes & exported


def test_exported_functions_stay_functions_whatever_was_imported_before():
    """And they have the names of the commands that do the same."""
    code = (
        "import pkgutil, importlib, optimiser\n"
        "names = [m.name for m in pkgutil.iter_modules(optimiser.__path__) if m.name != '__main__']\n"
        "for name in names: importlib.import_module(f'optimiser.{name}')\n"
        "import types\n"
        "wrong = [n for n in optimiser.__all__ if isinstance(getattr(optimiser, n), types.ModuleType)]\n"
        "from optimiser import frontier, repair, explain, worth, whatif, check, simulate, plan_nation\n"
        "assert all(isinstance(f, types.FunctionType) for f in (frontier, repair, explain, worth, whatif, check))\n"
        "print('wrong:', *wrong)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "wrong:", done.stderr
