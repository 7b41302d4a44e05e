"""The verifier of a nation's files: what is planted is found, and what was written passes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from support import nations

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.nation.audit import audit
from optimiser.nation.coordinate import plan_nation
from optimiser.output.documents.nation import write_accord


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("nation")
    districts = [nations.district(random.Random(i), f"district-{i}") for i in (1, 2)]
    pools = [
        nations.pool(count=1, serves={"district-1": 0.0, "district-2": 0.0}),
        nations.pool("only-one", count=2, serves={"district-1": 0.0}),
    ]
    nation = nations.found(districts, pools, folder)
    write_accord(plan_nation(nation, folder, scenarios=8, reporting=8, rounds=1, workers=1), folder / "run")
    return folder / "nation.toml", folder / "run"


@pytest.fixture
def copied(written: tuple[Path, Path], tmp_path: Path) -> Path:
    for file in written[1].rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(written[1])
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    return tmp_path


def codes(nation: Path, run: Path) -> set[str]:
    return {violation.code for violation in audit(nation, run).violations}


def lend_out(run: Path, *rows: str) -> None:
    (run / "loans.csv").write_text("\n".join(["district,pool,teams", *rows]) + "\n")


def test_what_was_written_passes(written: tuple[Path, Path]) -> None:
    found = audit(*written)
    assert found.passed
    assert "0 violations" in found.sentence()
    assert found.districts == found.pools == 2


def test_bug_loans_saved_by_a_spreadsheet_with_semicolons_had_no_columns(
    written: tuple[Path, Path], copied: Path
) -> None:
    table = (copied / "loans.csv").read_text(encoding="utf-8")
    (copied / "loans.csv").write_text("\ufeff" + table.replace(",", ";") + "\n;;;;;\n", encoding="utf-8")
    assert audit(written[0], copied).passed
    lend_out(copied, "", "district-1,bko", "district-1,bko,2")
    with pytest.raises(InputFault, match="teams, 3"):
        audit(written[0], copied)


def test_planted_faults_are_found(written: tuple[Path, Path], copied: Path) -> None:
    nation = written[0]
    lend_out(copied, "district-1,bko,1", "district-2,bko,1")
    assert codes(nation, copied) >= {"lent-more"}
    lend_out(copied, "district-1,bko,1", "district-1,bko,1")  # rows of the same pair add up
    assert codes(nation, copied) >= {"lent-more"}
    lend_out(copied, "district-2,only-one,1")
    assert codes(nation, copied) >= {"not-served"}
    lend_out(copied, "district-2,nobody,1")
    assert codes(nation, copied) >= {"unknown-pool"}
    lend_out(copied, "nowhere,bko,1")
    assert codes(nation, copied) >= {"not-served"}


def test_a_plan_that_uses_what_was_not_lent_is_refused(written: tuple[Path, Path], copied: Path) -> None:
    plan = copied / "plans" / "district-1.json"
    data = json.loads(plan.read_text())
    data["places"] = {"s0": {"teams": {"bko": 1, "padal": 1}}}
    plan.write_text(json.dumps(data))
    lend_out(copied)
    found = audit(written[0], copied)
    assert "availability" in {v.code for v in found.violations if v.place == "district-1"}
    assert not found.passed
    assert "Refused" in found.all_of_it()
    lend_out(copied, "district-1,bko,1")
    assert "availability" not in {v.code for v in audit(written[0], copied).violations if v.place == "district-1"}


def test_a_plan_that_is_missing_or_anothers_is_refused(written: tuple[Path, Path], copied: Path) -> None:
    plans = copied / "plans"
    (plans / "district-2.json").write_bytes((plans / "district-1.json").read_bytes())
    assert "wrong-plan" in codes(written[0], copied)
    (plans / "district-2.json").unlink()
    assert "no-plan" in codes(written[0], copied)


def test_a_district_that_is_not_written_with_what_it_borrows_is_refused(
    written: tuple[Path, Path], copied: Path
) -> None:
    file = copied / "districts" / "district-1.toml"
    text = file.read_text()
    assert "count = 1" in text
    file.write_text(text.replace("count = 1", "count = 9"))  # the papers of the district are made from this file
    found = audit(written[0], copied).violations
    assert [(v.code, v.place) for v in found] == [("wrong-district", "district-1")]
    file.unlink()
    assert codes(written[0], copied) == {"wrong-district"}


def test_a_run_is_refused_once_its_districts_have_changed(tmp_path: Path) -> None:
    districts = [nations.district(random.Random(i), f"district-{i}") for i in (1, 2)]
    nation = nations.found(districts, [nations.pool(serves={"district-1": 0.0})], tmp_path)
    write_accord(plan_nation(nation, tmp_path, scenarios=8, reporting=8, rounds=1, workers=1), tmp_path / "run")
    assert codes(tmp_path / "nation.toml", tmp_path / "run") == set()
    file = tmp_path / "districts" / "district-1.toml"
    file.write_text(file.read_text().replace("cap = 60", "cap = 61"))
    assert codes(tmp_path / "nation.toml", tmp_path / "run") == {"wrong-district"}


def test_a_table_that_is_none_is_an_input_fault(written: tuple[Path, Path], copied: Path) -> None:
    lend_out(copied, "district-1,bko,one")
    with pytest.raises(InputFault, match="wrong-type"):
        audit(written[0], copied)
    (copied / "loans.csv").write_text("who,what\n")
    with pytest.raises(InputFault, match="missing-header"):
        audit(written[0], copied)
    (copied / "loans.csv").write_text(f"district,pool,teams\n{'x' * 200_000},bko,1\n")  # more than a cell may hold
    with pytest.raises(InputFault, match="bad-syntax"):
        audit(written[0], copied)
    (copied / "loans.csv").unlink()
    with pytest.raises(FileTrouble):
        audit(written[0], copied)
