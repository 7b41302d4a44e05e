"""How the house is built: which module may know which, what must stay out, and what every file owes its reader."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from inspect import signature
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "optimiser"
# Which package may import which; an arrow only goes down. Each package tells its story in its `__init__`.
BELOW: dict[str, tuple[str, ...]] = {
    "common": (),
    "model": ("common",),
    "files": ("model", "common"),
    "simulation": ("model", "common"),
    "planning": ("simulation", "files", "model", "common"),
    "jobs": ("simulation", "model", "common"),
    "questions": ("planning", "simulation", "files", "model", "common"),
    "operation": ("questions", "planning", "simulation", "files", "model", "common"),
    "nation": ("planning", "jobs", "simulation", "files", "model", "common"),
    "output": ("questions", "operation", "nation", "planning", "jobs", "simulation", "files", "model", "common"),
    "batch": (
        "output",
        "questions",
        "operation",
        "nation",
        "planning",
        "jobs",
        "simulation",
        "files",
        "model",
        "common",
    ),
    "web": ("output", "questions", "operation", "nation", "planning", "jobs", "simulation", "files", "model", "common"),
    "cli": (
        "web",
        "batch",
        "output",
        "questions",
        "operation",
        "nation",
        "planning",
        "jobs",
        "simulation",
        "files",
        "model",
        "common",
    ),
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
FILES = sorted(path for folder in ("optimiser", "docs", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES = 400
MOST_FILES = 14
SEVERAL = ("main",)  # public names that may stand in any file: what a script runs
HEAVY = ("numpy", "pandas", "pulp", "highspy", "simpy", "loky", "numba", "xlsxwriter")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def package(path: Path) -> str:
    """Give the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module(path: Path) -> str:
    """Give the dotted name of a file below the whole, such as ``model.checker``."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


KNOWN = {module(path) for path in MODULES}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, types: bool = True) -> tuple[str, ...]:
    """List the modules that a file imports anywhere in it, with dots; those for types only, unless `types` is false."""
    return tuple(walk(path, types))


def walk(path: Path, types: bool) -> Iterator[str]:
    """Find what `imports` lists, node by node."""
    todo: list[ast.AST] = [parsed(path)]
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
    """List the modules of this package that a file imports, below the whole."""
    found = {name.removeprefix("optimiser.") for name in imports(path, types) if name.startswith("optimiser.")}
    return found & KNOWN


def test_packages_are_those_of_the_table_and_each_tells_its_story() -> None:
    folders = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert folders == set(BELOW)
    for folder in PACKAGE.rglob("__init__.py"):
        story = ast.get_docstring(ast.parse(folder.read_text(encoding="utf-8")))
        assert story, f"{name(folder)} tells no story"
    listed = list(BELOW)
    for here, below in BELOW.items():
        assert all(listed.index(other) < listed.index(here) for other in below), f"{here}: an arrow back"
        assert all(set(BELOW[other]) <= set(below) for other in below), f"{here}: what is below is not all below"


@pytest.mark.slow
def test_arrows_go_down() -> None:
    for path in MODULES:
        here = package(path)
        above = {other.partition(".")[0] for other in own_imports(path)} - {here, *BELOW[here]}
        assert not above, f"{name(path)} imports {sorted(above)}, which stand above it"


def test_no_two_modules_import_each_other() -> None:
    """No circle while modules are loaded; what functions import when they run does not count."""
    arrows = {module(path): loaded(path) - {module(path)} for path in MODULES}
    left = dict(arrows)
    while free := [m for m, others in left.items() if not others & set(left)]:
        for m in free:
            del left[m]
    assert not left, f"a circle among {sorted(left)}"


def loaded(path: Path) -> set[str]:
    """List the modules of this package that are loaded with a file; a package counts as its `__init__`."""
    found = set()
    for node in parsed(path).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("optimiser."):
            base = str(node.module).removeprefix("optimiser.")
            names = {f"{base}.{alias.name}" for alias in node.names} & KNOWN
            found |= names or {base}
    return found & KNOWN


def homes() -> dict[str, list[Path]]:
    """List the files that define each public class or function at their top, by its name.

    Commands do not count: their names are words of the command line, most often those of the functions they call.
    """
    found: dict[str, list[Path]] = {}
    for path in MODULES:
        for node in parsed(path).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name[0] == "_":
                continue
            if "guarded" not in map(ast.unparse, node.decorator_list):
                found.setdefault(node.name, []).append(path)
    return found


def different(files: list[Path]) -> list[Path]:
    """Leave out the second of twins: a process of the simulation stands twice, for SimPy and compiled."""
    engines = [p.relative_to(PACKAGE).as_posix().rpartition("/")[0] for p in files]
    twins = sorted(engines) == ["simulation/compiled_engine", "simulation/simpy_engine"]
    return files[:1] if twins else files


def test_a_public_name_has_one_meaning() -> None:
    left = {word: different(files) for word, files in sorted(homes().items()) if word not in SEVERAL}
    several = {word: list(map(name, files)) for word, files in left.items() if len(files) > 1}
    assert not several, "rename all but the lowest:\n" + "\n".join(
        f"{word}: {files}" for word, files in several.items()
    )


def test_a_name_with_two_meanings_would_be_noticed() -> None:
    found, engine = homes(), PACKAGE / "simulation"
    assert len(found["main"]) > 1
    assert PACKAGE / "cli/one_plan/check.py" not in found["check"]
    twins = [engine / "simpy_engine/crowds.py", engine / "compiled_engine/crowds.py"]
    assert len(different(twins)) == 1
    assert len(different([*twins, engine / "state.py"])) == 3
    assert len(different([engine / "state.py", twins[0]])) == 2


@pytest.mark.parametrize("folder", sorted(p.parent for p in PACKAGE.rglob("__init__.py")), ids=name)
def test_packages_are_small(folder: Path) -> None:
    if folder != PACKAGE:
        assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= MOST_FILES


def test_an_arrow_up_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    hidden = "def f():\n    from optimiser.planning.search.loop import search\n    return search\n"
    file.write_text(hidden + "if TYPE_CHECKING:\n    import optimiser.planning.evaluation\n", encoding="utf-8")
    assert own_imports(file, types=False) == {"planning.search.loop"}
    assert own_imports(file) == {"planning.search.loop", "planning.evaluation"}


def test_checker_stands_alone() -> None:
    data = {"model.instance", "model.deployment", "model.parts.movement", "common.message", "common.errors"}
    own = {"model.checking.case", "model.checking.reach", "model.verdict", "model.values.arguments"}
    presence = "model.checking.presence"
    assert own_imports(PACKAGE / "model/checker.py") <= data | own | {presence}
    day = {"model.expected.mean_day", "model.expected.crowds", "model.expected.stands"}  # as papers print it
    assert own_imports(PACKAGE / "model/checking/presence.py") <= data | own | day | {
        "model.clocks",
        "model.parts.presence",
    }
    assert own_imports(PACKAGE / "model/checking/case.py") <= data | {"model.expected.mean_day"}
    assert own_imports(PACKAGE / "model/checking/reach.py") <= {
        "model.instance",
        "model.values.base",
        "model.parts.travel_data",
    }
    assert own_imports(PACKAGE / "model/verdict.py") <= {"common.message"}


def test_solvers_live_where_programs_are_built_and_run() -> None:
    using = {module(p) for p in MODULES if {"pulp", "highspy"} & {m.split(".")[0] for m in imports(p)}}
    programs = {m for m in using if m.startswith("planning.programs.")}
    assert using - programs <= {"nation.master_program"}


def test_randomness_comes_from_named_streams_only() -> None:
    for path in MODULES:
        assert not {"random", "secrets", "numpy.random", "uuid"} & set(imports(path)), name(path)
        assert not re.search(r"\b(np|numpy)\.random\b", path.read_text(encoding="utf-8")), name(path)


def test_no_clock_where_results_are_made() -> None:
    for path in MODULES:
        if package(path) in ("model", "files", "simulation"):
            assert "time" not in set(imports(path)), name(path)
            assert not re.search(r"\.(now|today|utcnow)\(\)", path.read_text(encoding="utf-8")), name(path)


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


def test_files_are_short() -> None:
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: lines for path, lines in long.items() if lines > MOST_LINES} == {}


def test_public_things_have_docstrings() -> None:
    for path in FILES:
        tree = parsed(path)
        assert ast.get_docstring(tree), f"{name(path)} says nothing about itself"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name(path)}: {node.name} says nothing about itself"


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
    from optimiser.files.read import schema

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


@pytest.mark.slow
def test_tests_mirror_the_packages_and_none_imports_another() -> None:
    tests = ROOT / "tests"
    folders = {path.relative_to(tests) for path in tests.rglob("*") if path.is_dir() and any(path.glob("test_*.py"))}
    assert {path for path in folders if not (PACKAGE / path).is_dir()} <= {Path("long"), Path("support")}
    for path in tests.rglob("*.py"):
        assert not [known for known in imports(path) if re.search(r"(^|\.)test_", known)], name(path)
