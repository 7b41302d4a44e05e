"""The pages say what the code does: generated tables, links, names, exit codes, and the examples that people copy."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from support.scripts import load

import optimiser
from optimiser.common import errors
from optimiser.files.read_nation import Nation
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.model.checker import CODES
from optimiser.model.instance import PHASES
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.escalation_law import CHANNELS
from optimiser.model.laws.risk_law import ThresholdLaw
from optimiser.planning import assessment, margins, settings, true_gap
from optimiser.planning.certificate import WORTH_SAYING
from optimiser.planning.search import (
    decoupled_start,
    focus,
    no_good_cuts,
    prefix_bound,
    separable,
    trust_region,
)
from optimiser.planning.search.local import local_search, perturbation
from optimiser.simulation import state

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("instances/**/*.md")]
)
MODEL, SEARCH, QUESTIONS, COMMANDS, ARCHITECTURE, README = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in (
        *("docs/model.md", "docs/search.md", "docs/questions.md", "docs/commands.md", "docs/architecture.md"),
        "README.md",
    )
)
# pages whose examples are run by a test of their own, in folders made for them
RUN_ELSEWHERE = {"docs/batch.md": "tests/test_batch_page.py", "docs/nation.md": "tests/cli/test_nation_commands.py"}


def anchor(heading: str) -> str:
    """Give the anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_tables_are_up_to_date() -> None:
    tables = load(ROOT / "docs" / "make_tables.py")
    pages = [path.read_text(encoding="utf-8") for path in tables.PAGES]
    assert [tables.fill(page) for page in pages] == pages, "run: python docs/make_tables.py"
    assert set(re.findall(r"<!-- table: (\w+) -->", "".join(pages))) == set(tables.TABLES)


def test_a_stale_table_is_noticed() -> None:
    tables = load(ROOT / "docs" / "make_tables.py")
    stale = MODEL.replace(f"| {CONSTANTS[0].default:g} |", "| 99 |", 1)
    assert stale != MODEL
    assert tables.fill(stale) == MODEL


@pytest.mark.parametrize("constant", [c.name for c in CONSTANTS])
def test_constant_has_a_row_and_is_used_in_an_equation(constant: str) -> None:
    prose = "".join(re.split(r"<!-- table: \w+ -->.*?<!-- end of table -->", MODEL, flags=re.DOTALL))
    assert re.search(rf"^\| `{constant}` \|", MODEL, re.MULTILINE)
    assert re.search(rf"\b{constant}\b", prose), f"no equation of docs/model.md uses {constant}"


def test_model_page_names_every_rule_phase_and_clock() -> None:
    for code in CODES:
        assert f"`{code}`" in MODEL
    for word in PHASES + CHANNELS:
        assert re.search(rf"\b{word}\b", MODEL)


def test_the_pages_have_the_numbers_of_the_search() -> None:
    words = " ".join("".join((MODEL, SEARCH, QUESTIONS)).split())
    for phrase in (
        f"Up to {separable.PARAMS.grid:,} feasible configurations",
        f"At most {separable.PARAMS.most:,} configurations",
        f"is then solved as above on {decoupled_start.SCENARIOS} scenarios",
        f"on the same random numbers, in {focus.PARAMS.many} scenarios",
        f"at most `k` moves, {trust_region.PARAMS.first} at first",
        f"`k` doubles, up to {trust_region.PARAMS.widest};",
        f"After {trust_region.PARAMS.patience} such proposals in a row",
        f"of the {local_search.PARAMS.closely} lowest are measured in {local_search.PARAMS.growth * focus.PARAMS.many} "
        f"scenarios, then the {local_search.PARAMS.batch} lowest race",
        f"behind by {local_search.PARAMS.spared:g} standard errors",
        f"times scenarios are at most {local_search.PARAMS.few:,}, all race",
        f"{perturbation.LEAST} to {perturbation.MOST} exchanges are made at random",
        f"for the best {decoupled_start.STARTS} first candidates",
        f"more than {focus.PARAMS.at_once:,} sectors",
        f"looked at, in {focus.PARAMS.few} scenarios",
        f"for at most {assessment.PARAMS.levers} officials",
        f"after {settings.EACH} joint replications for each planning scenario, at most {settings.BUDGET:,} for "
        f"{settings.SECTORS} sectors and fewer, but at least {settings.LEAST_BUDGET:,}",
        f"{settings.FOR_EACH} for each planning one, at most {settings.REPORTED:,} for {settings.SECTORS} sectors",
        f"fresh scenarios of their own, for at most {margins.SECTORS} sectors",
        f"most {assessment.PARAMS.exchanges:,} exchanges are compared",
        f"as many as take {assessment.PARAMS.exchange_budget:,} sectors simulated",
        f"with more than {assessment.PARAMS.places} places",
        f"each of {true_gap.SETS} independent sets",
        f"at most {WORTH_SAYING:.0%}".replace("%", " %"),
        f"at most {no_good_cuts.PARAMS.small} configurations and {no_good_cuts.PARAMS.few:,} combinations",
        f"each of the {prefix_bound.ROUNDS} rounds",
        f"looks every {state.LINGER:g} minutes",
        f"stay {state.SPILL_STAY:g} minutes and go home",
        f"promised after {assessment.PROMISE:g} minutes",
        f"normal with spread {ThresholdLaw.spread:g}",
    ):
        assert phrase in words, phrase


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        goal = (page.parent / file).resolve() if file else page
        assert goal.exists(), f"{page.name} links to {target}"
        if part:
            headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in map(anchor, headings), f"{page.name} links to {target}"


def test_glossary_has_every_exported_class() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for name in optimiser.__all__:
        thing = getattr(optimiser, name)
        if (
            isinstance(thing, type)
            and not issubclass(thing, Exception)
            and name not in ("Simulator", "Watcher", "Progress")
        ):
            assert re.search(rf"\b{name}\b", glossary), f"docs/glossary.md does not explain {name}"


def test_page_of_commands_lists_every_exit_code() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.OptimiserError)]
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS, re.MULTILINE)}
    assert {c.exit_code for c in classes} <= listed


def test_page_of_commands_lists_every_command() -> None:
    from optimiser.cli import app

    commands = {str(c.callback.__name__) for c in app.registered_commands if c.callback}
    commands |= {str(group.typer_instance.info.name) for group in app.registered_groups if group.typer_instance}
    assert set(re.findall(r"^\| `optimiser (\w+)", COMMANDS, re.MULTILINE)) == commands


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in a language; plain ones for none."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


def small(text: str) -> str:
    """Return an example with less to simulate; it stays the same otherwise."""
    return re.sub(
        r"(?<!def )\boptimise\((\w+(?:\([^)]*\))?)((?:, seed=\d+)?)(?:, scenarios=\d+)?\)",
        r"optimise(\1\2, scenarios=6, budget=300, workers=1)",
        text,
    )


def run_block(block: str, folder: Path) -> str:
    """Run an example in a folder, warnings as errors as everywhere in tests, and return what it printed."""
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(block, "example", "exec"), {"__name__": "__main__"})
    return printed.getvalue().strip()


EXAMPLES = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}-{n}", marks=[pytest.mark.long] if page.stem == "exercise" else [])
    for page in PAGES
    if page.relative_to(ROOT).as_posix() not in RUN_ELSEWHERE
    for n, block in enumerate(blocks(page, "python"), 1)
]


@pytest.mark.slow
@pytest.mark.parametrize("block", EXAMPLES)
def test_examples_run(block: str, tmp_path: Path) -> None:
    printed = run_block(small(block), tmp_path)
    assert printed or "print(" not in block


@pytest.mark.parametrize(("page", "test"), RUN_ELSEWHERE.items())
def test_other_examples_have_a_test_of_their_own(page: str, test: str) -> None:
    assert blocks(ROOT / page, "python")
    assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")


def test_an_example_that_fails_would_be_noticed(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        run_block("import optimiser.no_such_module", tmp_path)


def test_the_example_of_the_readme_is_made_small() -> None:
    (block,) = blocks(ROOT / "README.md", "python")
    assert "scenarios=6, budget=300, workers=1" in small(block)


def test_the_stored_what_if_of_its_page_is_read() -> None:
    (block,) = blocks(ROOT / "docs" / "whatif.md", "toml")
    (whatif,) = parse_whatifs(tomllib.loads(block))
    assert len(whatif.changes) == 2


def test_the_nation_of_its_page_is_read() -> None:
    (block,) = blocks(ROOT / "docs" / "nation.md", "toml")
    assert [d.id for d in Nation.model_validate(tomllib.loads(block)).districts] == ["east", "west"]


# ---------------------------------------------------------------- commands


def calls(page: Path) -> list[list[str]]:
    """List the calls of the command line in the fenced blocks of a page, each as its words behind the program."""
    lines = "\n".join(blocks(page, "")).replace("\\\n", " ").splitlines()
    found = (re.sub(r"^\$ ", "", line.strip()) for line in lines)
    return [shlex.split(line, comments=True)[1:] for line in found if line.startswith("optimiser ")]


def refused(words: list[str]) -> list[str]:
    """List the words of a call that no command or option of the program answers to."""
    from optimiser.cli import app

    here: Any = typer.main.get_command(app)
    while hasattr(here, "commands"):
        if words and words[0] in {name for option in here.params for name in option.opts}:
            return []
        if not words or words[0] not in here.commands:
            return words[:1]
        here, words = here.commands[words[0]], words[1:]
    known = {name for option in here.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("page", [p for p in PAGES if calls(p)], ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_exist_with_their_options(page: Path) -> None:
    for words in calls(page):
        assert not refused(words), words


def test_an_unknown_command_or_option_would_be_noticed() -> None:
    assert refused(["paln", "tiny-2"]) == ["paln"]
    assert refused(["plan", "tiny-2", "--certfy"]) == ["--certfy"]
    assert refused(["runs", "lst", "run"]) == ["lst"]
    assert not refused(["plan", "tiny-2", "--certify"])


# ---------------------------------------------------------------- names of files, modules and functions


TOP = ("optimiser", "tests", "docs", "benchmarks", "instances", ".ci")
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in TOP
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)
# pages about the code, where ``module.name`` is a name in a module and no attribute of a variable
ABOUT_CODE = ("architecture.md", "model.md", "search.md", "questions.md", "why.md", "nation.md")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@cache
def defined(path: str) -> frozenset[str]:
    """List the names that a module defines: functions, classes, values, and what classes define, as ``A.b``."""
    names = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names)


def missing(span: str, about_code: bool = True) -> bool:
    """Say whether a span names a file that is not there, or something in a module that the module does not define."""
    if re.fullmatch(rf"[\w./-]+\.py|({'|'.join(map(re.escape, TOP))})/[\w./-]*", span):
        path = re.escape(span.removesuffix("/").removesuffix("/__pycache__"))
        return not any(re.search(rf"(^|/){path}($|/)", source) for source in SOURCES)
    found = re.fullmatch(r"((?:\w+[./])*)(\w+)\.(\w+)", span)
    if found is None or not (found[1] or about_code):
        return False
    module = f"{found[1]}{found[2]}".replace(".", "/")
    homes = [p for p in SOURCES if p.startswith("optimiser/") and re.search(rf"(^|/){module}\.py$", p)]
    return bool(homes) and not any(found[3] in defined(home) for home in homes)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_and_functions_that_a_page_names_exist(page: Path) -> None:
    if page.name != "CHANGELOG.md":  # it tells what was
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert [span for span in SPAN.findall(text) if missing(span, page.name in ABOUT_CODE)] == []


def test_the_architecture_names_functions_that_exist() -> None:
    named = re.findall(r"`([\w./]+\.py)`: `(\w+)`", ARCHITECTURE)
    assert len(named) >= 4
    for path, name in named:
        homes = [source for source in SOURCES if source.endswith(f"/{path}")]
        assert name in {known.rpartition(".")[2] for home in homes for known in defined(home)}, (path, name)


def test_a_wrong_file_or_function_would_be_noticed() -> None:
    assert missing("model/chequer.py")
    assert missing("planning.certificate.certifies")
    assert missing("certificate.certifies")
    assert not missing("model/checker.py")
    assert not missing("planning.certificate.certify")
    assert not missing("sectors.kpu.official.chance")


def test_the_algorithm_calls_functions_that_exist() -> None:
    (algorithm, *_) = blocks(ROOT / "docs" / "search.md", "")
    called = set(re.findall(r"\b([a-z_]+)\(", algorithm))
    homes = [path for path in SOURCES if re.match(r"optimiser/(planning|simulation|model)/.*\.py$", path)]
    assert len(algorithm.splitlines()) <= 16
    assert len(called) >= 8
    assert called <= {name.rpartition(".")[2] for home in homes for name in defined(home)}


def test_the_picture_of_the_packages_is_up_to_date() -> None:
    script = load(ROOT / "docs" / "make_architecture.py")
    assert script.PICTURE.read_text(encoding="utf-8") == script.draw(), "run: python docs/make_architecture.py"
