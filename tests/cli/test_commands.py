"""The doors: results on standard output, talk aside, an exit code for each end, no traceback for a mistake."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
from support.command_line import RUN, outside, read_all, run, terminal
from support.sample_solution import solved, town_values
from support.town import posted, town
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.cli.shared.helping import NAMES, asked, translate_help
from optimiser.common.errors import Infeasible, NoPlan, SolverFailure
from optimiser.common.language import CODES
from optimiser.common.progress import Progress, Watcher
from optimiser.files.read import read, read_deployment, shipped
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment, count_unit_heads
from optimiser.model.parts.presence import RULES
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.excel.template import write_template
from optimiser.output.write import plan_schema
from optimiser.planning import optimise as planning
from optimiser.planning.certificate import Certificate
from optimiser.planning.solution import Solution

ESCAPE = "\x1b"
QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1"]


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solved()


@pytest.fixture
def instance_file(tmp_path: Path) -> Path:
    file = tmp_path / "town.json"
    file.write_text(json.dumps(town_values()))
    return file


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    file = tmp_path / "posted.json"
    file.write_text(json.dumps(posted(town()).model_dump(mode="json")))
    return file


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Solution | BaseException], None]:
    """Let planning give an answer, or raise it, at once."""

    def arrange(what: Solution | BaseException) -> None:
        def optimise(instance: object, *, watcher: Watcher, **rest: object) -> Solution:
            watcher.started("A small town")
            watcher.candidate("proportional", 31.0)
            watcher.stepped(Progress(1, 30.0, 0.0, 1.0, 500, 1.0, 0, False, "moved"))
            watcher.reporting("plan and alternatives")
            if isinstance(what, BaseException):
                raise what
            return what

        monkeypatch.setattr(planning, "optimise", optimise)

    return arrange


# ------------------------------------------------------------ plan


def test_plan_prints_what_a_briefing_needs(
    answer, solution: Solution, instance_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    answer(solution)
    done = run("plan", instance_file)
    assert done.exit_code == 0
    order = [
        "A small town",
        "Tuesday, 20 August 2024, 13:00 to 19:00",
        "not proved the best",
        "rules kept.",
        "Who decides",
        "FIRST: WHO MEETS THE CROWD",
        "HEADS",
        "SECTORS",
        "3 x Dalmas awal squad (30)",
        "CALLABLE RESERVE",
        "HELD AT BASE",
        "WHAT TO EXPECT",
        "AGAINST OTHER PLANS",
        "historical breaks:",
        "HOW FAR TO TRUST THIS",
        "No proof of optimality",
        "The checker passed",
        "seed 1",
        "Replayable",
    ]
    found = [done.stdout.find(words) for words in order]
    assert -1 not in found, order[found.index(-1)]
    assert found == sorted(found)


def test_talk_stays_off_the_result(answer, solution: Solution, instance_file: Path) -> None:
    answer(solution)
    done = run("plan", instance_file, "--json")
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(plan_schema()).validate(document)
    assert "by hand, proportional: 31.0 points" in done.stderr
    assert "iteration 1: best 30.0, bound 0, gap 100.0 %" in done.stderr


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_quiet_says_nothing_aside(answer, solution: Solution, instance_file: Path, tmp_path: Path, form: list) -> None:
    answer(solution)
    done = run("plan", instance_file, "--quiet", "--out", tmp_path / "out", *form)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert done.stdout


def test_plan_is_written(answer, solution: Solution, instance_file: Path, tmp_path: Path) -> None:
    answer(solution)
    done = run("plan", instance_file, "--out", tmp_path / "new" / "out", "--json")
    names = ["deployment.csv", "events.csv", "plan.json", "plan.xlsx", "report.html"]
    assert sorted(p.name for p in (tmp_path / "new" / "out").iterdir()) == names
    assert (tmp_path / "new" / "out" / "plan.json").read_text() == done.stdout
    assert "written:" in done.stderr


def test_proved_infeasible_is_5_and_names_what_clashes(answer, instance_file: Path, tmp_path: Path) -> None:
    answer(Infeasible(["the cap of 20 heads", "at least 3 negotiator teams at 'KPU'"]))
    done = run("plan", instance_file, "--out", tmp_path / "out")
    assert done.exit_code == 5
    assert done.stdout == ""
    assert "at least 3 negotiator teams at 'KPU'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_no_proof_is_6_only_if_one_was_required(answer, solution: Solution, instance_file: Path) -> None:
    answer(solution)
    assert run("plan", instance_file).exit_code == 0
    done = run("plan", instance_file, "--require-proof", "--json")
    assert done.exit_code == 6
    assert "a proof was required" in done.stderr
    assert json.loads(done.stdout)["certificate"]["proved"] is False
    answer(replace(solution, certificate=Certificate("within", 28.5, 28.0, 0.0175, 200, ("interrupted",), 40)))
    assert run("plan", instance_file, "--require-proof").exit_code == 0


def test_bug_a_proof_for_fewer_scenarios_than_were_asked_for_was_taken_for_the_one_required(
    answer, solution: Solution, instance_file: Path
) -> None:
    asked = solution.settings.scenarios
    for scenarios, code in ((16, 6), (asked, 0), (4 * asked, 0)):
        answer(replace(solution, certificate=Certificate("proved-optimal", 28.5, 28.5, 0.0, scenarios, (), 40)))
        done = run("plan", instance_file, "--require-proof")
        assert done.exit_code == code
    answer(replace(solution, certificate=Certificate("proved-optimal", 28.5, 28.5, 0.0, 16, (), 40)))
    assert f"required, for {asked:,} scenarios: Proved optimal for these 16" in run(
        "plan", instance_file, "--require-proof"
    ).stderr.replace("\n", " ")


def test_no_plan_is_7(answer, instance_file: Path) -> None:
    answer(NoPlan("no deployment was found within 2 seconds"))
    done = run("plan", instance_file)
    assert (done.exit_code, done.stdout) == (7, "")
    assert "no deployment was found" in done.stderr


def test_interrupted_is_130_and_keeps_the_plan(answer, solution: Solution, instance_file: Path, tmp_path: Path) -> None:
    answer(replace(solution, interrupted=True, replayable=False, alternatives=(), levers=(), law_range=None))
    done = run("plan", instance_file, "--out", tmp_path, "--require-proof")
    assert done.exit_code == 130
    assert "best plan found until then" in done.stdout
    assert "Not replayable" in done.stdout
    assert json.loads((tmp_path / "plan.json").read_text())["interrupted"] is True


def test_interrupted_before_anything_is_130(answer, instance_file: Path, tmp_path: Path) -> None:
    answer(KeyboardInterrupt())
    done = run("plan", instance_file, "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (130, "")
    assert not (tmp_path / "out").exists()


def test_solver_failure_is_1(answer, instance_file: Path) -> None:
    answer(SolverFailure("HiGHS: out of memory"))
    done = run("plan", instance_file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "HiGHS: out of memory" in done.stderr


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_refused_plan_is_1_and_goes_nowhere(answer, solution: Solution, instance_file, tmp_path, form: list) -> None:
    broken = Deployment.build(solution.instance, {("kpu", "talk"): 99}, {})
    answer(replace(solution, deployment=broken, verdict=check(solution.instance, broken)))
    done = run("plan", instance_file, "--out", tmp_path / "out", *form)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "withheld" in done.stderr
    assert not (tmp_path / "out").exists()


def test_bad_input_is_3_and_nothing_is_written(tmp_path: Path) -> None:
    data = town_values()
    data["cap"], data["sectors"][0]["ring"] = -20, 9
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(data))
    done = run("plan", file, "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "2 faults" in done.stderr
    assert "cap" in done.stderr
    assert "ring" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_missing_file_is_4(tmp_path: Path) -> None:
    done = run("plan", tmp_path / "nowhere.toml")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "nowhere.toml" in done.stderr


def test_folder_that_cannot_be_is_4_before_any_work(answer, solution: Solution, instance_file: Path) -> None:
    answer(solution)
    done = run("plan", instance_file, "--out", instance_file / "out")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "is not a folder" in done.stderr
    assert "by hand" not in done.stderr


def test_trouble_with_a_file_is_4_and_the_plan_is_printed(
    answer, solution: Solution, instance_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    answer(solution)
    monkeypatch.setattr(os, "replace", fail)
    done = run("plan", instance_file, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 4
    assert json.loads(done.stdout)["format"] == "optimiser-plan/1"
    assert "deployment.csv: could not be written: No space left" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [["--seed", "-1"], ["--scenarios", "0"], ["--solver", "guess"], ["--nonsense"], ["--workers", "0"], ["a", "b"]],
    ids=" ".join,
)
def test_usage_is_2(instance_file: Path, wrong: list[str]) -> None:
    done = run("plan", instance_file, *wrong)
    assert (done.exit_code, done.stdout) == (2, "")


def test_historical_plan_beside_the_instance_is_compared(
    monkeypatch: pytest.MonkeyPatch, solution: Solution, tmp_path: Path
) -> None:
    seen: dict[str, Any] = {}

    def optimise(instance: object, **settings: Any) -> Solution:
        seen.update(settings)
        return solution

    monkeypatch.setattr(planning, "optimise", optimise)
    (tmp_path / "past.json").write_text(json.dumps(posted(town()).model_dump(mode="json")))
    file = tmp_path / "town.json"
    file.write_text(json.dumps(town_values(historical="past.json")))
    options = ["--seed", 7, "--scenarios", 9, "--reporting", 11, "--solver", "cbc", "--workers", 3]
    more = ["--seconds", 2.5, "--budget", 99, "--engine", "simpy", "--certify", "--uncertain"]
    assert run("plan", file, *options, *more).exit_code == 0
    assert seen.pop("extra")["historical"].fingerprint() == posted(town()).fingerprint()
    del seen["watcher"]
    assert seen == {
        "seed": 7,
        "scenarios": 9,
        "reporting": 11,
        "solver": "cbc",
        "workers": 3,
        "seconds": 2.5,
        "budget": 99,
        "engine": "simpy",
        "certify": True,
        "uncertain": True,
        "law": "facilitation",
    }


@pytest.mark.parametrize("columns", [80, 100, 120, 200])
def test_plan_fits_the_screen(answer, solution, instance_file, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    answer(solution)
    lines = run("plan", instance_file).stdout.splitlines()
    assert max(len(line) for line in lines) <= min(columns, 120)
    assert not any("…" in line for line in lines)


def test_hostile_names_stay_text(answer, tmp_path: Path) -> None:
    data = town_values()
    data["title"] = "[red]Town[/red] \x9b31m \u202etxt"
    data["sectors"][1]["name"] = "[link=http://example.org]KPU[/link]"
    instance = type(town()).model_validate(data, context=SHAPE_ONLY)
    file = tmp_path / "town.json"
    file.write_text(json.dumps(data))
    answer(solved(instance))
    printed = run("plan", file).stdout
    assert "[red]Town[/red] ?31m ?txt" in printed
    assert "[link=http://example.org]KPU[/link]" in re.sub(r"\s+", "", printed)
    assert not {"\x1b", "\x9b", "\u202e"} & set(printed)


# ------------------------------------------------------------ simulate, check, validate


def test_simulate_tells_one_scenario(instance_file: Path, plan_file: Path) -> None:
    done = run("simulate", instance_file, plan_file)
    assert done.exit_code == 0
    assert "13 rules, 0 violations" in done.stdout
    assert re.search(r"\d\d:\d\d +Terminal +[\d,]+ people \(March\) arrive", done.stdout)
    assert "turns green; Kapolsek commands - people gather" in done.stdout
    assert "Expected harm" not in done.stdout


def test_simulate_over_many(instance_file: Path, plan_file: Path, tmp_path: Path) -> None:
    done = run("simulate", instance_file, plan_file, "--scenarios", 8, "--scenario", 3, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "REPORTING SCENARIO 3" in done.stdout
    assert "injured people, all alike" in done.stdout
    assert re.search(r"peaceful .*yellow .*red ", done.stdout, re.DOTALL)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["events.csv", "simulation.json"]


def test_simulate_shows_violations_and_plays_all_the_same(instance_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    file.write_text(json.dumps({"places": {"kpu": {"teams": {"talk": 9}}}}))
    done = run("simulate", instance_file, file, "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert {v["code"] for v in document["verdict"]["violations"]} == {"availability", "officer"}
    assert document["events"]
    assert document["evaluation"] is None


def test_simulate_refuses_what_the_instance_does_not_have(instance_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "moon.json"
    file.write_text(json.dumps({"places": {"moon": {"teams": {"talk": 1}}}}))
    done = run("simulate", instance_file, file)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "moon" in done.stderr


def test_simulate_without_a_plan_takes_a_hand_rule(instance_file: Path) -> None:
    done = run("simulate", instance_file, "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["verdict"]["passed"]
    assert document["deployment"]["places"]


def test_simulate_without_a_plan_takes_the_historical_one() -> None:
    done = run("simulate", "muba-2024", "--json")
    assert done.exit_code == 0
    past = read_deployment(Path(__file__).parents[2] / "instances" / "muba-2024.historical.json")
    assert json.loads(done.stdout)["deployment"]["title"] == past.title


def test_check_passes(instance_file: Path, plan_file: Path) -> None:
    done = run("check", instance_file, plan_file)
    assert done.exit_code == 0
    assert done.stdout.strip() == "The checker passed this deployment: 13 rules, 0 violations."
    values = json.loads(run("check", instance_file, plan_file, "--json").stdout)
    assert values["passed"] is True
    assert values["heads"]["cap"] == 250


def test_check_lists_violations_and_is_3(instance_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.toml"
    file.write_text("[places.kpu.teams]\ntalk = 9\n")
    done = run("check", instance_file, file)
    assert done.exit_code == 3
    assert "[availability]" in done.stdout
    assert "[officer]" in done.stdout
    values = run("check", instance_file, file, "--json")
    assert values.exit_code == 3
    assert [v["code"] for v in json.loads(values.stdout)["violations"]] == ["availability", "officer"]


def test_check_reads_the_plan_that_was_written(answer, solution: Solution, instance_file: Path, tmp_path: Path) -> None:
    answer(solution)
    run("plan", instance_file, "--out", tmp_path)
    assert run("check", instance_file, tmp_path / "plan.json").exit_code == 0


def test_validate_counts(instance_file: Path) -> None:
    done = run("validate", instance_file)
    assert done.exit_code == 0
    assert "3 sectors, 1 post," in done.stdout
    instance = read(instance_file)
    kinds = (*instance.teams, *instance.vehicles)
    exist = sum(count_unit_heads(kind, int(kind.count)) for kind in kinds if kind.counts)
    crews = sum(int(v.crew) * int(v.count) for v in instance.vehicles if v.crew_role is None)
    assert crews
    assert f"with {exist} heads, extra crews included," in " ".join(done.stdout.split())
    assert "no faults" in " ".join(done.stdout.split())
    assert json.loads(run("validate", instance_file, "--json").stdout)["faults"] == []


def test_validate_lists_every_fault_and_is_3(tmp_path: Path) -> None:
    data = town_values()
    data["cap"], data["sectors"][0]["ring"], data["posts"][0]["id"] = -20, 9, "NOT AN ID"
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(data))
    done = run("validate", file)
    assert (done.exit_code, done.stderr) == (3, "")
    assert done.stdout.count("  - ") >= 3
    listed = run("validate", file, "--json")
    assert listed.exit_code == 3
    faults = json.loads(listed.stdout)["faults"]
    assert {"cap", "sectors[0].ring", "posts[0].id"} <= {f["place"] for f in faults}


# ------------------------------------------------------------ schema, instances, version


@pytest.mark.parametrize("what", [[], ["instance"], ["deployment"], ["plan"]], ids=str)
def test_schema_is_one(what: list[str]) -> None:
    done = run("schema", *what)
    assert done.exit_code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


def test_schema_of_something_else_is_2() -> None:
    assert run("schema", "poem").exit_code == 2


def test_instances_are_listed() -> None:
    done = run("instances")
    assert done.exit_code == 0
    for name in shipped():
        assert name in done.stdout
    listed = json.loads(run("instances", "--json").stdout)["instances"]
    assert [i["name"] for i in listed] == shipped()
    assert all(0 <= i["sourced"] <= i["parts"] for i in listed)


def test_instance_is_copied_with_its_history_and_never_over_another(tmp_path: Path) -> None:
    assert run("instances", "--copy", "muba-2024", "--to", tmp_path).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["muba-2024.historical.json", "muba-2024.toml"]
    assert run("validate", tmp_path / "muba-2024.toml").exit_code == 0
    (tmp_path / "muba-2024.toml").write_text("mine")
    done = run("instances", "--copy", "muba-2024", "--to", tmp_path)
    assert done.exit_code == 4
    assert (tmp_path / "muba-2024.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ["nothing", "../pyproject", "tiny-2.toml", ""])
def test_only_what_is_shipped_is_copied(tmp_path: Path, name: str) -> None:
    assert run("instances", "--copy", name, "--to", tmp_path).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_version() -> None:
    done = run("--version")
    assert done.exit_code == 0
    assert re.fullmatch(r"optimiser \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize("way", ["option", "environment"])
def test_what_is_read_is_in_the_language_asked_for(instance_file: Path, plan_file: Path, monkeypatch, way: str) -> None:
    words = ["--lang", "id"] if way == "option" else []
    monkeypatch.setenv("OPTIMISER_LANG", "en" if words else "id")
    assert (
        "Pemeriksa meloloskan pengerahan ini: 13 aturan, 0 pelanggaran."
        in run("check", instance_file, plan_file, *words).stdout
    )
    assert "tanpa kesalahan" in run("validate", instance_file, *words).stdout
    assert "Skenario pelaporan 0".upper() in run("simulate", instance_file, plan_file, *words).stdout
    assert "Isinya" in run("instances", *words).stdout
    refused = run("check", instance_file, "nowhere.json", *words)
    assert refused.exit_code == 4
    assert "optimiser: nowhere.json: tidak ada berkas itu" in refused.stderr


def test_json_knows_no_language(answer, solution: Solution, instance_file: Path) -> None:
    answer(solution)
    assert run("plan", instance_file, "--json", "--lang", "id").stdout == run("plan", instance_file, "--json").stdout


def test_a_language_that_is_not_there_is_2(instance_file: Path) -> None:
    assert run("validate", instance_file, "--lang", "xx").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [["-h"], ["plan", "--lang", "xx", "-h"], ["schema", "plan"], ["runs", "-h"], ["validate", "tiny-2", "--lang=xx"]],
    ids=" ".join,
)
def test_bug_a_language_that_is_not_there_was_answered_in_english_without_a_word(words: list[str]) -> None:
    given = {} if any("--lang" in word for word in words) else {"OPTIMISER_LANG": "xx"}
    refused = outside(*words, env={**os.environ, **given})
    assert refused.returncode == 2
    assert refused.stderr == "Error: there is no language 'xx', only en (English), id (bahasa Indonesia)\n"
    assert refused.stdout == ""


def test_every_language_has_a_name_and_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIMISER_LANG", "")
    assert asked([]).code == "en"
    assert tuple(NAMES) == CODES


@pytest.mark.parametrize("words", [["--lang", "id"], ["--lang=id"], []], ids=str)
def test_help_is_in_the_language_asked_for(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    if not words:
        monkeypatch.setenv("OPTIMISER_LANG", "id")
    monkeypatch.setattr(sys, "argv", ["optimiser", "plan", *words, "--help"])
    command = typer.main.get_command(app)
    translate_help(command, asked(sys.argv[1:]))
    shown = CliRunner().invoke(app, ["plan", "--help"]).stdout  # the one that was not told stays English
    assert "Plan a deployment" in shown
    texts = [command.help, command.commands["plan"].help, *(p.help for p in command.commands["plan"].params if p.help)]
    assert "Rencanakan pengerahan" in texts[1]
    assert "Seed of every random stream" not in " ".join(texts)


# ------------------------------------------------------------ from outside


SWALLOWED = """
import sys, time
from optimiser import cli

class Callback:
    def __del__(self):
        raise KeyboardInterrupt  # Python tells of it, and goes on

def run_command_line(*_):
    Callback()
    time.sleep(30)

cli.run_command_line = run_command_line
cli.main()
"""


def test_bug_an_interrupt_that_fell_into_a_callback_was_lost() -> None:
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, text=True, timeout=25, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Plan the tiny instance for real, once."""
    folder = tmp_path_factory.mktemp("planned")
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    return outside("plan", "tiny-2", *QUICK, "--out", folder, env=environment), folder


@pytest.mark.slow
def test_real_plan_from_file_to_files(planned) -> None:
    done, folder = planned
    assert done.returncode == 0, done.stderr
    assert "3 x Squad" in done.stdout
    assert "Proved optimal" in done.stdout
    document = json.loads((folder / "plan.json").read_text())
    jsonschema.Draft202012Validator(plan_schema()).validate(document)
    assert document["deployment"]["places"]["kpu"]["teams"] == {"squad": 3}
    assert run("check", "tiny-2", folder / "plan.json").exit_code == 0


def test_no_control_codes_into_a_pipe(planned) -> None:
    done, _ = planned
    assert ESCAPE not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr


@pytest.mark.slow
def test_real_plan_has_the_same_bytes_in_other_processes(planned, tmp_path: Path) -> None:
    _, folder = planned
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Jakarta"}
    options = ["--scenarios", 4, "--reporting", 6, "--workers", 2, "--quiet"]
    done = outside("plan", "tiny-2", *options, "--out", tmp_path / "again", env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for file in sorted(folder.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_real_infeasible_instance_is_5() -> None:
    done = outside("plan", "infeasible-1", *QUICK)
    assert done.returncode == 5
    assert done.stderr.count("\n  - ") >= 2
    assert "Traceback" not in done.stderr
    assert "bring 1 more" in done.stdout
    assert "Proved under these prices" in done.stdout


@pytest.mark.parametrize("ending", ["json", "xlsx"])
def test_a_rule_of_presence_that_clashes_is_told_with_what_switches_it_off(tmp_path: Path, ending: str) -> None:
    alone = dict.fromkeys(set(RULES) - {"officer", "reserve_share"}, False)
    strict = read("tiny-2").replace(presence={**alone, "reserve_share": 0.0, "expected": 50})
    file = tmp_path / f"strict.{ending}"
    file.write_bytes(write_template(strict) if ending == "xlsx" else strict.model_dump_json().encode())
    done = run("plan", file, *QUICK)
    assert done.exit_code == 5
    way = "(rule of presence, could be switched off: presence.officer = false in the file, --presence officer=off in"
    assert way in " ".join(done.stderr.split())
    eased = read(file).replace(presence={**alone, "officer": False, "reserve_share": 0.0})
    file = tmp_path / "eased.json"
    file.write_text(eased.model_dump_json())
    assert run("plan", file, *QUICK).exit_code == 0
    stuck = run("whatif", tmp_path / f"strict.{ending}", *QUICK, "--presence", "officer=off")
    assert stuck.exit_code == 5
    assert "without the change there is no plan to begin at" in stuck.stderr


def test_infeasible_as_json_is_one_document_with_clash_and_repair() -> None:
    done = run("plan", "infeasible/one-officer", "--json", *QUICK)
    document = json.loads(done.stdout)
    assert done.exit_code == 5
    assert document["infeasible"] is True
    assert len(document["clashing"]) == 5
    (change,) = document["repair"]["changes"]
    assert (change["what"], change["required"], change["have"], change["need"]) == ("padal-team", 2, 1, 1)
    assert change["set"] == {"keys": ["teams", 1, "count"], "value": 2}


def test_simulating_without_a_plan_says_what_would_repair_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    done = run("simulate", "infeasible/cap-too-low")
    assert done.exit_code == 5
    assert "allow 42 instead of 40" in done.stdout
    assert "cap of 40 heads" in done.stderr


def test_repair_writes_an_instance_that_can_be_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    file = tmp_path / "new" / "repaired.toml"
    done = run("repair", "infeasible/too-few-seats", "--never", "person", "--out", file)
    assert done.exit_code == 0
    assert "let 4 heads wait without a seat" in done.stdout
    assert str(file) in done.stderr
    text = file.read_text(encoding="utf-8")
    assert "mobile = 0.8" in text
    assert "# Two squads must wait at the yard" in text  # comments stay
    assert run("validate", file).exit_code == 0
    assert "Nothing has to be changed" in run("repair", file).stdout


def test_what_cannot_be_repaired_is_5_and_says_so(tmp_path: Path) -> None:
    measures = ("room", "cap", "person", "vehicle", "seat", "maximum", "pin", "cover", "minimum")
    barred = [part for measure in measures for part in ("--never", measure)]
    done = run("repair", "infeasible/one-officer", *barred)
    assert (done.exit_code, done.stdout) == (5, "")
    assert "no change that is allowed" in done.stderr
    assert run("repair", "infeasible/one-officer", "--never", "sleep").exit_code == 2
    assert run("repair", "infeasible/one-officer", "--out", tmp_path / "a.txt").exit_code == 4


def test_measures_of_the_command_line_are_those_of_the_package() -> None:
    from optimiser.cli.one_plan.repair import Measure
    from optimiser.planning.programs.repair import PRICES

    assert [measure.value for measure in Measure] == list(PRICES)


def test_infeasible_beyond_repair_says_both(tmp_path: Path) -> None:
    values = town_values()
    values["doctrine"] = {**values.get("doctrine", {}), "reserve_least": 1}
    for role in values["roles"]:
        role["stands"] = "sectors"
    file = tmp_path / "stuck.json"
    file.write_text(json.dumps(values))
    done = run("plan", file, *QUICK)
    assert (done.exit_code, done.stdout) == (5, "")
    assert "cannot be met together" in done.stderr
    assert "no change that is allowed" in done.stderr
    document = json.loads(run("plan", file, "--json", *QUICK).stdout)
    assert document["repair"] is None
    assert "no change that is allowed" in document["why"]


@pytest.mark.parametrize("colours", [True, False])
def test_terminal_gets_colours_unless_they_are_unwanted(colours: bool) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "100"} | ({} if colours else {"NO_COLOR": "1"})
    with terminal([*RUN, "instances"], environment) as (process, number):
        text = read_all(number)
        assert process.wait(60) == 0
    assert "tiny-2" in text
    assert (ESCAPE in text) is colours


@pytest.mark.slow
def test_control_c_keeps_the_best_plan(tmp_path: Path) -> None:
    command = [*RUN, "plan", "oku-250", "--scenarios", "60", "--reporting", "6", "--budget", "100000000"]
    command += ["--workers", "1", "--json", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:  # hand rules are simulated, so there is something to keep
                if line.startswith("by hand"):
                    break
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            out, talk = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 130, talk
    assert "Traceback" not in talk
    document = json.loads(out)
    assert document["interrupted"] is True
    assert document["replayable"] is False
    assert document["verdict"]["passed"] is True
    assert (tmp_path / "plan.json").read_text() == out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [["instances"], ["schema"]], ids=str)
def test_full_standard_output_is_4(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RUN, *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "optimiser: standard output: No space left on device\n"


@pytest.mark.parametrize("command", ["firm", "worth", "presence", "optimum"])
def test_bug_help_named_another_plan_than_the_one_that_is_made(command: str) -> None:
    shown = " ".join(run(command, "--help").output.split())
    assert "Left out: planned first" in shown
    assert "by hand rule" not in shown
