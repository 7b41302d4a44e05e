"""What a plan's document claims and nobody has verified is said, and a document of a later version is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import nations
from support.command_line import run

from optimiser import InputFault, optimise, read, read_deployment, read_result
from optimiser.files.plan_origin import CLAIMS, origin_of, read_plan
from optimiser.nation.audit import audit
from optimiser.nation.run_files import NOT_VERIFIED
from optimiser.output.documents.nation import describe_audit
from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.words.expectation import expect
from optimiser.output.write import describe_plan, dump

NAME = "tiny-2"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    solution = optimise(read(NAME), scenarios=4, reporting=4, budget=20, workers=1)
    loaded: dict[str, Any] = json.loads(dump(describe_plan(solution)))
    return loaded


def keep(folder: Path, document: dict[str, Any], **changes: Any) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "name",
    ["optimiser-plan/99", *(pytest.param(n, marks=pytest.mark.long) for n in ("optimiser-future/1", "", 7, None))],
)
def test_bug_a_plan_of_a_later_format_passed(document: dict[str, Any], tmp_path: Path, name: object) -> None:
    file = keep(tmp_path, document, format=name)
    for command in ("check", "whatif", "orders", "simulate", "explain", "worth", "geojson"):
        more = {"whatif": ["--heads", 5], "orders": ["--out", tmp_path / "o"]}.get(command, [])
        done = run(command, NAME, file, *more)
        assert done.exit_code == 3, (command, done.output)
        assert "wrong-format" in done.output
        assert "Traceback" not in done.output
    for reading in (lambda: read_deployment(file), lambda: read_result(file), lambda: expect({"format": name})):
        with pytest.raises(InputFault, match="read it with the version that wrote it"):
            reading()


def test_bug_a_plan_of_another_version_of_its_instance_passed_without_a_word(
    document: dict[str, Any], tmp_path: Path
) -> None:
    instance = read(NAME)
    other = {**document["instance"], "sha256": "0" * 64}
    file = keep(tmp_path, document, instance=other)
    done = run("check", NAME, file)
    assert done.exit_code == 0, done.output
    words = " ".join(done.output.split())
    assert "made for another version of this instance" in words
    assert "sha256 000000000000" in words
    assert instance.fingerprint()[:12] in words
    told = json.loads(run("check", NAME, file, "--json").output)
    assert told["origin"]["same"] is False
    assert (told["origin"]["made_for"], told["origin"]["instance"]) == ("0" * 64, instance.fingerprint())
    Draft202012Validator(SCHEMAS["check"]()).validate(told)
    for command, more in (("simulate", ()), ("orders", ("--out", tmp_path / "o")), ("worth", ("--scenarios", 4))):
        played = run(command, NAME, file, *more)
        assert "made for another version of this instance" in " ".join(played.output.split()), command
    asked = run("whatif", NAME, file, "--heads", 6, "--scenarios", 4, "--budget", 20, "--quiet")
    assert "made for another version of this instance" in " ".join(asked.output.split())


def test_bug_an_edited_certificate_passed_without_a_word(document: dict[str, Any], tmp_path: Path) -> None:
    edited = {**document["certificate"], "kind": "proved-optimal", "proved": True, "gap": 0.0}
    file = keep(tmp_path, document, certificate=edited)
    done = run("check", NAME, file)
    words = " ".join(done.output.split())
    assert "Not verified, only read from the file: certificate, objective, expected harms" in words
    told = json.loads(run("check", NAME, file, "--json").output)
    assert {"certificate", "objective", "evaluation"} <= set(told["origin"]["not_verified"])
    assert told["origin"]["same"] is True
    in_indonesian = run("check", NAME, file, "--lang", "id").output
    assert "Not verified" not in in_indonesian


def test_a_deployment_by_hand_claims_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "hand.json"
    file.write_text(json.dumps(document["deployment"]), encoding="utf-8")
    deployment, origin = read_plan(file, read(NAME))
    assert deployment == read_deployment(file)
    assert (origin.claims, origin.made_for, origin.same, origin.sentences()) == ((), None, None, ())
    assert "Not verified" not in run("check", NAME, file).output
    without = origin_of({"deployment": {}, "certificate": {}}, read(NAME))
    assert "does not say which version" in " ".join(without.sentences())


def test_every_part_of_a_plan_that_claims_something_is_named(document: dict[str, Any]) -> None:
    plain = {
        "format",
        "instance",
        "settings",
        "replayable",
        "interrupted",
        "heads",
        "heads_by_place",
        "deployment",
        "notes",
    }
    assert set(document) - plain <= set(CLAIMS)


def test_what_the_summary_of_a_nation_claims_is_not_verified(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    nations.draw(2, home)
    made = run(
        "nation", home / "nation.toml", "--scenarios", 4, "--budget", 100, "--workers", 1, "--out", out, "--quiet"
    )
    assert made.exit_code == 0, made.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    summary["certificate"]["objective"] = 0.0
    (out / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    done = run("nation", home / "nation.toml", "--check", out)
    assert done.exit_code == 0, done.output
    assert "Not verified, only written in the summary: certificate, objective and bound" in " ".join(
        done.output.split()
    )
    told = json.loads(run("nation", home / "nation.toml", "--check", out, "--json").output)
    assert told["not_verified"] == list(NOT_VERIFIED)
    Draft202012Validator(SCHEMAS["audit"]()).validate(told)
    plan = next(iter(sorted((out / "plans").iterdir())))
    deployment = json.loads(plan.read_text(encoding="utf-8"))
    wrapped = {"format": "optimiser-plan/1", "instance": {"sha256": "0" * 64}, "deployment": deployment}
    plan.write_text(json.dumps(wrapped), encoding="utf-8")
    found = audit(home / "nation.toml", out)
    assert found.elsewhere == (plan.stem,)
    assert "name another version of their district" in " ".join(found.caveats())
    assert describe_audit(found)["elsewhere"] == [plan.stem]
    plan.write_text(json.dumps({**wrapped, "format": "optimiser-plan/99"}), encoding="utf-8")
    assert run("nation", home / "nation.toml", "--check", out).exit_code == 3
    plan.write_text(json.dumps(deployment), encoding="utf-8")
    (out / "summary.json").write_text(json.dumps({**summary, "format": "optimiser-accord/2"}), encoding="utf-8")
    assert run("nation", home / "nation.toml", "--check", out).exit_code == 3
