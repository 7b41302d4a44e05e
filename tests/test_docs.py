"""The pages say what the code does: generated tables, links, names, exit codes, and the example that people copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.scripts import load

import optimiser
from optimiser.common import errors
from optimiser.model.checker import CODES
from optimiser.model.escalation_law import CHANNELS, CONSTANTS, ThresholdLaw
from optimiser.model.instance import PHASES
from optimiser.planning import optimise as planning
from optimiser.planning import true_gap as assurance
from optimiser.planning.certificate import WORTH_SAYING
from optimiser.planning.search import local_search as joint
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
        f"Up to {separate.GRID:,} feasible configurations",
        f"At most {separate.MOST:,} configurations",
        f"is then solved as above on {joint.APART} scenarios",
        f"on the same random numbers, in {joint.SCREEN} scenarios",
        f"at most `k` moves, {joint.FIRST_TRUST} at first",
        f"`k` doubles, up to {joint.WIDEST};",
        f"After {joint.PATIENCE} broken promises",
        f"{joint.BATCH} at a time race",
        f"behind by {joint.SPARED:g} standard errors",
        f"{joint.KICKS[0]} to {joint.KICKS[1] - 1} exchanges are made at random",
        f"more than {joint.AT_ONCE:,} sectors",
        f"looked at, in {joint.GLANCE} scenarios",
        f"for at most {planning.LEVERS} officials",
        f"after {planning.EACH} joint replications for each planning scenario, at most {planning.BUDGET:,} for "
        f"{planning.SECTORS} sectors and fewer, but at least {planning.LEAST_BUDGET:,}",
        f"up to {planning.MARGIN} planning scenarios, for at most {planning.MARGIN_SECTORS} sectors",
        f"most {planning.EXCHANGES:,} exchanges are compared",
        f"as many as take {planning.EXCHANGE_BUDGET:,} sectors played",
        f"with more than {planning.MANY_PLACES} places",
        f"each of {assurance.SETS} independent sets",
        f"at most {WORTH_SAYING:.0%}".replace("%", " %"),
        f"at most {cuts.SMALL} configurations and {cuts.FEW:,} combinations",
        f"each of the {bound.ROUNDS} rounds",
        f"looks every {state.LINGER:g} minutes",
        f"stay {state.SPILL_STAY:g} minutes and go home",
        f"promised after {planning.PROMISE:g} minutes",
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
