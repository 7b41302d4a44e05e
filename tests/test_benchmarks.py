"""The suites run on their tiniest cases, and what is stored is well formed: every page says what its rows say."""

from __future__ import annotations

import json
import math
import re
import shutil
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import batch
import charts
import engines
import loop
import loop_peers
import loop_profile
import loop_report
import nation
import pytest
import results
import rivals
import rivals_report
import scaling
from engines_queues import QUEUES
from rivals_judge import Judge
from rivals_methods import METHODS, play
from rivals_space import Space

from optimiser import NoPlan, Simulator, check, draw, optimise, read

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "benchmarks" / "README.md"
STORED = sorted(results.RESULTS.glob("*.jsonl"))
KEYS = {
    "loop": loop.KEY,
    "loop_profile": loop_profile.FULL_KEY,
    "scaling": scaling.KEY,
    "batch": batch.KEY,
    "nation": nation.KEY,
    "rivals": rivals.KEY,
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return Path(shutil.copy(PAGE, tmp_path / "README.md"))


# ---------------------------------------------------------------- loop


@pytest.fixture(scope="module")
def tiny() -> dict[str, Any]:
    return {**loop.look("tiny-2", 20, 40), "machine": "a machine"}


def test_loop_values_everything_on_the_same_scenarios(tiny: dict[str, Any]) -> None:
    assert tiny["status"] == "proved-optimal"
    assert set(tiny["values"]) == {"ours", *loop_report.RIVALS}
    assert tiny["values"]["ours"]["above"] == tiny["values"]["ours"]["half"] == 0.0
    assert tiny["values"]["static"]["value"] > 0.0


def test_loop_says_infeasible() -> None:
    row = loop.look("infeasible-1", 20, 40)
    assert row["status"] == "infeasible"
    assert row["clash"] >= 2


def test_trying_everything_finds_what_is_proved(tiny: dict[str, Any]) -> None:
    assert tiny["everything"]["deployments"] > 1
    assert tiny["everything"]["value"] == pytest.approx(tiny["objective"])
    markov = loop.look("markov/markov-4-02", 20, 40)
    assert markov["everything"]["value"] == pytest.approx(markov["objective"])
    assert markov["exact"]["value"] >= markov["exact"]["optimum"] * (1.0 - 1e-9)


def test_adding_sectors_up_is_the_same_as_playing_them_together(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = read("tiny-2")
    with Simulator(instance) as simulator:
        scenarios = draw(instance, 3, 20)
        added = loop_peers.try_everything(simulator, scenarios)
        monkeypatch.setattr(loop_peers, "interplay", lambda _: ("as if",))
        together = loop_peers.try_everything(simulator, scenarios)
        monkeypatch.setattr(loop_peers, "PLAYED", 3)
        assert loop_peers.try_everything(simulator, scenarios) is None
    assert added is not None
    assert together is not None
    assert added.deployments == together.deployments
    assert added.value == pytest.approx(together.value)


@pytest.mark.parametrize("name", ["tiny-2", "oku-250", "muratara-2024", "families/town-12-tight-marches-1"])
def test_program_without_simulation_keeps_every_rule_and_covers(name: str) -> None:
    instance = read(name)
    plan = loop_peers.static_program(instance)
    assert check(instance, plan).passed
    lines = loop_peers.abilities(instance)["containment"]
    assert (plan.numbers(instance)[: len(instance.sectors)] @ lines).sum() > 0.0


def test_program_without_simulation_says_when_there_is_none() -> None:
    with pytest.raises(NoPlan):
        loop_peers.static_program(read("infeasible-1"))


def test_a_rival_that_is_better_is_told() -> None:
    value = {"value": 8.0, "above": -2.0, "half": 1.0}
    ours = {"value": 10.0, "above": 0.0, "half": 0.0}
    row = {"instance": "here", "interplay": "", "gap": 0.9, "objective": 7.0, "values": {"ours": ours, "greedy": value}}
    assert loop_report.verdict(value) == "better"
    text = loop_report.lost([row])
    assert "`here`: greedy **-20 %**" in text
    assert "1 of 1" in text
    assert "`here` 30 %" in text
    assert loop_report.verdict({**value, "half": 3.0}) == "no difference shown"


# ---------------------------------------------------------------- profile and scaling


def test_meter_stops_the_outer_part_while_an_inner_one_runs() -> None:
    now = iter(range(100))
    meter = loop_profile.Meter(lambda: float(next(now)))
    inner = meter.around("inner", lambda: 7)
    with meter.part("outer"):  # 0
        assert inner() == 7  # 1 to 2
        assert inner() == 7  # 3 to 4
    assert dict(meter.spent) == {"outer": 3.0, "inner": 2.0}
    assert meter.calls["inner"] == 2


def test_profile_shares_all_of_the_time_out() -> None:
    row = loop_profile.measure("tiny-2", 20)
    assert sum(row[part] for part in loop_profile.PARTS) == pytest.approx(row["seconds"], abs=0.01)
    assert row["value"] == optimise(read("tiny-2"), scenarios=20, reporting=2, levers=False).planning_objective
    assert "tiny-2" in loop_profile.page_of([row])


def test_a_third_is_the_most_that_the_rest_may_take() -> None:
    row = {"instance": "here", "scenarios": 5, "replications": 1, "seconds": 3.0, "version": "1", "machine": "this"}
    few, many = ({**row, "simulation": 2.9 - rest, "solver": 0.1, "translation": 0.0, "rest": rest} for rest in (1, 2))
    assert "| yes |" in loop_profile.share_table([few])
    assert "| **no** |" in loop_profile.share_table([many])


def test_scaling_plays_a_case_in_a_process_of_its_own() -> None:
    row = scaling.play_apart(scaling.Case("scenarios", "tiny-2", 10, "tiny-2", scenarios=10, runs=1))
    assert len(row["seconds"]) == 1
    assert row["memory"] > 10.0
    assert row["instance"] == "tiny-2"
    assert scaling.Case(**{name: row[name] for name in asdict(next(scaling.cases(True)))}).scenarios == 10


def test_scaling_fits_the_exponent() -> None:
    sizes = [30, 100, 300, 1000]
    assert scaling.exponent(sizes, [0.1 * n**1.3 for n in sizes]) == pytest.approx(1.3)
    common = {"axis": "sectors", "memory": 1.0, "replications": 1, "version": "1", "machine": "this"}
    slow = [{**common, "series": "a", "size": n, "seconds": [0.1 * n**1.5]} for n in sizes]
    fast = [{**common, "series": "b", "size": n, "seconds": [0.1 * n]} for n in sizes]
    assert "a: **does not hold**, the exponent is 1.50; between two neighbouring sizes 1.50 at most" in scaling.claim(
        slow
    )
    assert "b: holds, the exponent is 1.00" in scaling.claim(fast)
    ElementTree.fromstring(scaling.chart([*slow, *fast]))


def test_personnel_is_multiplied() -> None:
    one, two = read("tiny-2"), scaling.multiplied(read("tiny-2"), 2)
    assert [t.count for t in two.teams] == [2 * t.count for t in one.teams]
    assert two.cap == 2 * one.cap
    assert two.gatherings == one.gatherings


# ---------------------------------------------------------------- engines and rivals


def test_engines_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "LEAST", 0.0)
    instance = read("tiny-2")
    scenarios = draw(instance, 1, 4)
    played = {name: engines.Speed(instance, scenarios, name).play() for name in ("simpy", "compiled")}
    assert played["simpy"]["events"] == played["compiled"]["events"] > 0
    assert engines.Alone(instance, scenarios).play()["sectors"] > 0
    row = {"seconds": 1.0, "replications": 2, "events": 4, "customers": 3, "sectors": 2, "imports": 1.0}
    names = ("tiny-2 simpy", "tiny-2 compiled", "tiny-2 alone", "queue SimPy", "cold", "warm")
    data = {"about": {"tiny-2": {"sectors": 2}}, "found": {name: [row] for name in names}}
    assert "tiny-2" in engines.speed_table(data)
    assert "SimPy" in engines.queue_table(data)
    assert "compiling" in engines.start_table(data)


@pytest.mark.long
def test_bug_compiling_was_timed_with_machine_code_that_lay_beside_the_source(tmp_path: Path) -> None:
    engines.start(str(tmp_path))
    assert any(tmp_path.iterdir())


def test_a_plain_queue_runs() -> None:
    plain = [play for play, _, package in QUEUES.values() if package is None]
    assert plain
    for play_queue in plain:
        assert math.isfinite(play_queue(50, 1))


@pytest.mark.long
def test_ours_and_the_local_search_play_and_are_reported(tmp_path: Path) -> None:
    instance = read("markov/markov-4-02")
    space, judge = Space(instance), Judge(instance, 20)
    rows = results.Rows(tmp_path / "rivals.jsonl", rivals.KEY)
    for method in ("ours", "local"):
        answer = play(METHODS[method], space, 300, 1)
        case = rivals.Case("markov/markov-4-02", method, 300, 1)
        rows.add(rivals.row_of(case, answer, judge, rows))
    setup = {"version": "1", "machine": "this", "versions": {}, "settings": {}}
    (tmp_path / "rivals.json").write_text(json.dumps(setup), encoding="utf-8")
    rivals_report.write_pages(tmp_path, None)
    assert "ours" in (tmp_path / "rivals.md").read_text(encoding="utf-8")


# ---------------------------------------------------------------- batches


def test_what_a_batch_costs_is_measured_and_judged(tmp_path: Path) -> None:
    found = batch.costs(30, tmp_path / "run")
    assert min(found.values()) > 0.0
    assert batch.force(tmp_path, 3) > 0.0
    about = {"version": "1", "machine": "this", "round": 1}
    rows = [
        {**about, "measure": "costs", "size": 30, **found, "ledger": 6.0, "memory": 90.0, "force": 1.0},
        {**about, "measure": "throughput", "size": 2, "loops": [1.0, 2.0], "cases": [2.0, 3.7]},
        {**about, "measure": "dask", "size": 2, "pool": 2.0, "dask": 1.5},
    ]
    gain, dask, ledger, memory = batch.claims(rows).splitlines()
    assert "holds; 1.85 [1.85, 1.85] times as many cases" in gain
    assert "**does not hold**; +33.3 %" in dask
    assert "**does not hold**; 6 ms" in ledger
    assert "holds; 90 MB" in memory
    assert batch.tables(rows) in batch.page_of(rows)


# ---------------------------------------------------------------- province and nation


def test_tasks_are_taken_one_after_another_by_whoever_is_free() -> None:
    assert nation.makespan([3.0, 1.0, 1.0, 1.0], 2) == 3.0
    assert nation.makespan([1.0, 1.0, 3.0], 2) == 4.0
    assert nation.makespan([2.0, 1.0], 100) == 2.0
    assert nation.makespan([], 2) == 0.0


def test_more_machines_leave_the_driver_and_the_slowest_district() -> None:
    part = {"seconds": {"alone": [1.0], "prices": [2.0], "settle": [0.5]}, "sent": 1000, "back": 1000}
    asked = [("alone", 400), ("prices", 400), ("settle", 400)]
    assert nation.project(part, asked, 7.0, 1) == nation.START + 7.0 + 200 * 3.5
    assert nation.project(part, asked, 7.0, 10) == nation.START + 7.0 + 20 * 3.5
    handing = 400 * (nation.HANDING + 2000 / nation.NETWORK)
    assert nation.project(part, asked, 7.0, 200) == pytest.approx(nation.START + 7.0 + 3 * handing)


@pytest.mark.long
def test_a_nation_is_planned_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = nation.make

    def make_three(extent: str, separate: bool, folder: Path) -> Path:
        file = made(extent, separate, folder)
        text = file.read_text(encoding="utf-8")
        names = re.findall(r'^id = "(sumatera-selatan-k\S+)"', text, re.MULTILINE)[3:]
        for name in names:
            text = re.sub(rf'\[\[districts\]\]\nid = "{name}"\n.*\n.*\n\n', "", text)
            text = re.sub(rf"{name} = [\d.]+(, )?", "", text)
        pools = text.split("\n\n[[pools]]")
        kept = [pool for pool in pools[1:] if "serves = {  }" not in pool]
        file.write_text("\n\n[[pools]]".join([pools[0], *kept]).replace(",  }", " }"), encoding="utf-8")
        return file

    monkeypatch.setattr(nation, "make", make_three)
    row = nation.play("province", True, 10)
    assert row["processor"] > row["driver"] >= 0.0
    assert row["tasks"] >= 3 * 3
    assert row["objective"] >= row["bound"] > 0.0
    stored = {"version": "1", "extent": "province", "separate": True, "scenarios": 10, "machine": "m", **row}
    assert "province, without interplay: proved within 2 %" in nation.page_of([stored])


def test_bug_a_nation_of_an_earlier_law_stood_among_runs_of_this_one() -> None:
    about = {
        "scenarios": 1,
        "machine": "m",
        "wall": 9.0,
        "load": 1.0,
        "processor": 8.0,
        "memory": 5,
        "rounds": [[17, 1]],
    }
    about |= {"gap": 0.01, "objective": 1.0, "bound": 1.0, "alone": 2.0, "tasks": 51, "driver": 1.0, "separate": True}
    about["saved"] = {"loss": {"mean": 1.0, "low": 0.5, "high": 1.5}}
    parts = {"seconds": {kind: [1.0] for kind in nation.KINDS}, "sent": 1, "back": 1}
    rows = [{**about, "version": "old", "extent": extent} for extent in ("nation", "province")]
    rows += [{**about, "version": "new", "extent": "province"}, {**about, "version": "new", "extent": "parts", **parts}]
    texts = nation.texts_of(rows)
    assert "- nation, without interplay (old): at most 1,200 s" in texts["claims"]
    assert "- province, without interplay: at most 60 s" in texts["claims"]
    assert texts["runs"].count("province") == 1
    assert "rounds and driver of the province" in texts["projection"]  # of the nation they are those of another law


# ---------------------------------------------------------------- what is stored


def test_something_is_stored() -> None:
    assert {"loop", "loop_profile", "scaling", "batch"} <= {file.stem for file in STORED}


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_rows_are_well_formed(file: Path) -> None:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    key = KEYS[file.stem]
    assert lines
    assert len({tuple(row[k] for k in key) for row in lines}) == len(lines)
    text = file.read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize(
    "file", [f for f in STORED if f.stem in ("loop", "loop_profile", "scaling", "batch")], ids=lambda f: f.stem
)
def test_pages_say_what_rows_say(file: Path, tmp_path: Path, page: Path) -> None:
    rows = results.Rows(file, KEYS[file.stem]).all
    newest = [row for row in rows if row["version"] == rows[-1]["version"]]
    made = tmp_path / "page.md"
    if file.stem == "loop":
        loop_report.write_page(rows, made, page)
    elif file.stem == "loop_profile":
        made.write_text(loop_profile.page_of(rows), encoding="utf-8")
        results.fill(page, "profile", loop_profile.share_table(newest))
    elif file.stem == "batch":
        made.write_text(batch.page_of(rows), encoding="utf-8")
        results.fill(page, "batch", f"{batch.claims(newest)}\n\n{batch.tables(newest)}")
    else:
        made.write_text(scaling.page_of(rows), encoding="utf-8")
        results.fill(page, "scaling", f"{scaling.claim(newest)}\n\n{scaling.scaling_table(newest)}")
        assert file.with_suffix(".svg").read_text(encoding="utf-8") == scaling.chart(newest)
    hint = f"run: python benchmarks/{file.stem}.py --tables"
    assert file.with_suffix(".md").read_text(encoding="utf-8") == made.read_text(encoding="utf-8"), hint
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8"), hint


@pytest.mark.skipif(not (results.RESULTS / "nation.jsonl").exists(), reason="not measured yet")
def test_page_of_scale_says_what_was_measured(tmp_path: Path) -> None:
    rows = results.Rows(results.RESULTS / "nation.jsonl", nation.KEY).all
    hint = "run: python benchmarks/nation.py --tables"
    assert (results.RESULTS / "nation.md").read_text(encoding="utf-8") == nation.page_of(rows), hint
    page = Path(shutil.copy(nation.SCALE, tmp_path / "scale.md"))
    for mark, text in nation.texts_of(rows).items():
        results.fill(page, mark, text)
    assert page.read_text(encoding="utf-8") == nation.SCALE.read_text(encoding="utf-8"), hint


@pytest.mark.skipif(not (results.RESULTS / "engines.json").exists(), reason="not measured yet")
def test_page_of_engines_says_what_was_measured() -> None:
    data = json.loads((results.RESULTS / "engines.json").read_text(encoding="utf-8"))
    text = (results.RESULTS / "engines.md").read_text(encoding="utf-8")
    for part in (engines.speed_table(data), engines.queue_table(data), engines.start_table(data)):
        assert part in text


def test_bug_the_curve_over_instances_went_through_points_of_a_few_of_them(tmp_path: Path) -> None:
    """A method that played one of two instances at a budget has no point there: it seemed to get worse with more."""
    key = dict.fromkeys(("instance", "method", "budget", "run"))
    rows = [
        {**key, "instance": f"markov-4-0{n}", "method": method, "budget": budget, "run": 1, "value": 2.0, "regret": 1.0}
        for n in (1, 2)
        for method in ("ours", "local", "R-SPLINE", "random")
        for budget in (1_000, 10_000, 100_000)
        if (n, method, budget) != (2, "random", 100_000)
    ]
    rivals_report.draw_curves(rivals_report.Record(rows), tmp_path)
    drawn = ElementTree.parse(tmp_path / "rivals-markov.svg").getroot()
    dots = {g.get("fill"): sum(e.tag.endswith("circle") for e in g) for g in drawn.iter() if g.tag.endswith("}g")}
    colour = dict(zip(rivals_report.ORDER, rivals_report.COLOURS, strict=True))
    assert (dots[colour["R-SPLINE"]], dots[colour["random"]]) == (3, 2)


def test_bug_the_longest_label_ran_out_of_the_chart() -> None:
    lines = [charts.Line("without interplay", [30.0, 1000.0], *[[1.0, 75.0]] * 3, "#000000", width=3.0)]
    drawn = ElementTree.fromstring(charts.draw_chart("t", "s", lines, "x", "y", 0.5))
    (label,) = (e for e in drawn.iter() if e.tag.endswith("text") and e.text == "without interplay")
    letter = 0.62 * 13.0  # px on average, bold
    assert float(label.get("x", "nan")) + letter * len("without interplay") < charts.WIDTH


@pytest.mark.skipif(not (results.RESULTS / "rivals.md").exists(), reason="not measured yet")
def test_page_of_rivals_says_what_rows_say(tmp_path: Path) -> None:
    for name in ("rivals.jsonl", "rivals.json"):
        shutil.copy(results.RESULTS / name, tmp_path / name)
    rivals_report.write_pages(tmp_path, None)
    assert (tmp_path / "rivals.md").read_text() == (results.RESULTS / "rivals.md").read_text()


def test_stored_versions_are_told_on_their_pages() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert results.version().startswith(f"{version}, law facilitation ")
    for stem in ("loop", "loop_profile", "scaling", "batch"):
        rows = results.Rows(results.RESULTS / f"{stem}.jsonl", KEYS[stem]).all
        text = (results.RESULTS / f"{stem}.md").read_text(encoding="utf-8")
        assert set(re.findall(r"^## (\d.+)$", text, re.MULTILINE)) == {row["version"] for row in rows}
    for stem in ("engines", "rivals"):
        version = json.loads((results.RESULTS / f"{stem}.json").read_text(encoding="utf-8"))["version"]
        assert version in (results.RESULTS / f"{stem}.md").read_text(encoding="utf-8")


def test_bug_tables_of_an_earlier_law_looked_like_those_of_this_one() -> None:
    """All that is measured before the first release has one version, whatever became of the law."""
    marks = [results.mark_of(law) for law in ("facilitation", "risk", "threshold")]
    assert len(set(marks)) == 3
    assert results.version().endswith(marks[0])
    rows = results.Rows(results.RESULTS / "rivals.jsonl", rivals.KEY).all
    assert len({row["version"] for row in rows}) == 1  # what was decided under another law is no rival


def test_make_runs_every_suite_in_both_forms() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for suite in ("loop", "loop_profile", "scaling", "engines", "batch", "rivals", "rivals_report"):
        assert f"benchmarks/{suite}.py --short" in text
        assert re.search(rf"benchmarks/{suite}\.py\n", text)
