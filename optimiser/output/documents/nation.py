"""The plans of a nation as files: loans and districts as tables, each district with its loan, its plan, a summary."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from optimiser.common.atomic_files import write_files
from optimiser.common.errors import FileTrouble
from optimiser.common.message import Message
from optimiser.common.version import installed
from optimiser.files.edit import file_values
from optimiser.files.read_nation import FOLDER, read_district
from optimiser.files.synthetic.town import to_toml
from optimiser.model.deployment import Deployment
from optimiser.model.harms import UNITS
from optimiser.model.nation import Nation, lend
from optimiser.nation.audit import Audit
from optimiser.nation.columns import own_seed, plan_of
from optimiser.nation.nation_plan import NationPlan
from optimiser.nation.run_files import COLUMNS, LOANS, PLANS, SUMMARY
from optimiser.output.documents.plan import dump, interval_values
from optimiser.output.documents.tables import write_rows
from optimiser.planning.evaluation import estimate
from optimiser.planning.law_range import INNER

FORMAT, CHECKED = "optimiser-accord/1", "optimiser-audit/1"


def describe_accord(accord: NationPlan) -> dict[str, Any]:
    """Turn the result for a nation into plain values."""
    nation, settings = accord.nation, accord.settings
    (points, injured), (saved, share) = accord.saved, accord.law_saved
    return {
        "format": FORMAT,
        "nation": {"name": nation.name, "title": nation.title, "districts": len(nation.districts)},
        "settings": {
            "seed": settings.effort.seed,
            "scenarios": settings.effort.scenarios,
            "reporting": settings.effort.reporting,
            "gap": settings.gap,
            "budget": settings.effort.budget,
            "law": settings.means.law.name,
            "versions": installed(),
        },
        "certificate": {
            "kind": accord.kind,
            "sentence": accord.sentence,
            "objective": accord.value,
            "bound": accord.bound,
            "gap": accord.gap,
            "alone": accord.value_alone,
            "joined": accord.joined,
        },
        "loss": interval_values(accord.loss, "points"),
        "law_range": {
            "draws": accord.draws,
            "from": INNER[0],
            "to": INNER[1],
            "loss": accord.law_band._asdict(),
            "saved": {**saved._asdict(), "higher": share},
        },
        "saved": {"loss": interval_values(points, "points"), "injuries": interval_values(injured, UNITS["injuries"])},
        "harms": {name: interval_values(harm, UNITS[name]) for name, harm in accord.harms.items()},
        "pools": [
            {"id": pool.id, "name": pool.name, "teams": int(pool.count), "lent": lent, "price": price}
            for pool, lent, price in zip(nation.pools, accord.lent, accord.prices, strict=True)
        ],
        "rounds": [
            {"number": r.number, "asked": r.solved, "objective": r.value, "bound": r.bound, "gap": r.gap}
            for r in accord.rounds
        ],
        "loans": [{"district": d, "pool": p, "teams": n} for d, p, n in accord.loans()],
    }


def describe_audit(found: Audit) -> dict[str, Any]:
    """Turn what the verifier found into plain values."""
    return {
        "format": CHECKED,
        "passed": found.passed,
        "sentence": found.sentence(),
        "districts": found.districts,
        "pools": found.pools,
        "teams": found.teams,
        "violations": [asdict(violation) for violation in found.violations],
        "not_verified": list(found.not_verified),
        "elsewhere": list(found.elsewhere),
    }


def look_aside(nation: Nation, home: str | Path, folder: str | Path) -> None:
    """Look, before long work, whether a folder can take a result and nothing else lies among it.

    Parameters
    ----------
    home : where the file of the nation lies.

    Raises
    ------
    FileTrouble : the very districts that it is made from would be written over, or districts or plans of another nation
        would stand beside the new ones.
    """
    if (Path(home) / FOLDER).resolve() == (Path(folder) / FOLDER).resolve():
        raise FileTrouble(
            Message(
                "{folder}: the districts of the nation lie there and would be written over; name another folder",
                folder=str(folder),
            )
        )
    known = {district.id for district in nation.districts}
    for where in (FOLDER, PLANS):
        for file in sorted((Path(folder) / where).glob("*.*")):
            if file.stem not in known:
                words = {"file": str(file), "nation": nation.name}
                raise FileTrouble(
                    Message("{file}: no district of {nation}; remove it, or name another folder", **words)
                )


def write_accord(accord: NationPlan, folder: str | Path) -> tuple[Path, ...]:
    """Write everything into a folder; the summary comes last, so that it stands for the whole.

    Raises
    ------
    FileTrouble : naming the file and the reason.
    """
    target = Path(folder)
    look_aside(accord.nation, accord.settings.folder, target)
    plans, districts = {}, {}
    for district, result in zip(accord.nation.districts, accord.results, strict=True):
        pools = accord.nation.serving(district.id)
        loans = {pool.id: n for pool, n in zip(pools, result.column.loans, strict=True)}
        lent = lend(read_district(accord.settings.folder, district.id, pools), pools, loans)
        plan: Deployment = plan_of(lent, result.column)
        plans[f"{district.id}.json"] = dump(plan.model_dump(mode="json")).encode()
        districts[f"{district.id}.toml"] = to_toml(file_values(lent)).encode()
    write_files(target / FOLDER, districts)
    write_files(target / PLANS, plans)
    last = {LOANS: _loans(accord), "districts.csv": _districts(accord), SUMMARY: dump(describe_accord(accord)).encode()}
    write_files(target, last)
    return tuple(target / name for name in (*last, FOLDER, PLANS))


def _loans(accord: NationPlan) -> bytes:
    pools = {pool.id: pool for pool in accord.nation.pools}
    rows = ([d, p, n, n * int(pools[p].size), pools[p].role, float(pools[p].serves[d])] for d, p, n in accord.loans())
    return write_rows([*COLUMNS, "heads", "role", "there_after_min"], rows)


def _districts(accord: NationPlan) -> bytes:
    heads = ["district", "name", "province", "planning_points", "points", "low", "high", "law_low", "law_high"]
    heads += ["borrowed_teams", "seed"]
    rows = []
    for index, (district, result) in enumerate(zip(accord.nation.districts, accord.results, strict=True)):
        loss, seed = estimate(result.losses), own_seed(accord.settings.effort.seed, district.id)
        ends = (max(0.0, loss.low), loss.high) if math.isfinite(loss.half) else ("", "")  # losses are never negative
        figures = [result.column.objective, loss.mean, *ends, *accord.law_band_of(index)]
        rows.append([district.id, district.name, district.province, *figures, sum(result.column.loans), seed])
    return write_rows(heads, rows)
