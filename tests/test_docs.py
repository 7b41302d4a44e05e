"""The pages say what the code does: generated tables, links, names, exit codes, and the example that people copy."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import optimiser
from optimiser.common import errors
from optimiser.model.checker import CODES
from optimiser.model.escalation_law import CHANNELS, CONSTANTS, ThresholdLaw
from optimiser.model.instance import PHASES
from optimiser.planning import assessment, settings
from optimiser.planning import true_gap as assurance
from optimiser.planning.certificate import WORTH_SAYING
from optimiser.planning.search import decoupled_start, focus, local_search, trust_region
from optimiser.planning.search import no_good_cuts as cuts
from optimiser.planning.search import prefix_bound as bound
from optimiser.planning.search import separable as separate
from optimiser.simulation import state

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("instances/**/*.md")]
)
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_model_page_has_the_numbers_of_the_loop() -> None:
    words = " ".join(MODEL.split())
    for phrase in (
        f"Up to {separate.PARAMS.grid:,} feasible configurations",
        f"At most {separate.PARAMS.most:,} configurations",
        f"is then solved as above on {decoupled_start.SCENARIOS} scenarios",
        f"on the same random numbers, in {focus.PARAMS.many} scenarios",
        f"at most `k` moves, {trust_region.PARAMS.first} at first",
        f"`k` doubles, up to {trust_region.PARAMS.widest};",
        f"After {trust_region.PARAMS.patience} broken promises",
        f"{local_search.PARAMS.batch} at a time race",
        f"behind by {local_search.PARAMS.spared:g} standard errors",
        f"{local_search.PARAMS.least_random} to {local_search.PARAMS.most_random} exchanges are made at random",
        f"more than {focus.PARAMS.at_once:,} sectors",
        f"looked at, in {focus.PARAMS.few} scenarios",
        f"for at most {assessment.PARAMS.levers} officials",
        f"after {settings.EACH} joint replications for each planning scenario, at most {settings.BUDGET:,} for "
        f"{settings.SECTORS} sectors and fewer, but at least {settings.LEAST_BUDGET:,}",
        f"up to {assessment.PARAMS.margin_scenarios} planning scenarios, for at most "
        f"{assessment.PARAMS.margin_sectors} sectors",
        f"most {assessment.PARAMS.exchanges:,} exchanges are compared",
        f"as many as take {assessment.PARAMS.exchange_budget:,} sectors played",
        f"with more than {assessment.PARAMS.places} places",
        f"each of {assurance.SETS} independent sets",
        f"at most {WORTH_SAYING:.0%}".replace("%", " %"),
        f"at most {cuts.PARAMS.small} configurations and {cuts.PARAMS.few:,} combinations",
        f"each of the {bound.ROUNDS} rounds",
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


def test_readme_lists_every_exit_code() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.OptimiserError)]
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert {c.exit_code for c in classes} <= listed


def test_readme_lists_every_command() -> None:
    from optimiser.cli import app

    commands = {str(c.callback.__name__) for c in app.registered_commands if c.callback}
    commands |= {str(group.typer_instance.info.name) for group in app.registered_groups if group.typer_instance}
    assert set(re.findall(r"^\| `optimiser (\w+)", README, re.MULTILINE)) == commands


def test_readme_example_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        small = block.replace("scenarios=200", "scenarios=6, budget=300, workers=1")
        assert small != block
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", small],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()
