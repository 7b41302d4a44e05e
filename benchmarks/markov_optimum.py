"""The true optimum of every instance of the Markov family, and what hand rules lose against it.

``python benchmarks/markov_optimum.py`` rewrites `instances/markov/optimum.csv` and the table in the README beside it.
``python benchmarks/markov_optimum.py INSTANCE PLAN.json`` gives the exact value of a plan and its regret.

Two ways that share no code lead to each optimum: the integer program of `programs.allocation` over exact tables, and a
dynamic program over the numbers of teams used, which also knows the second-best value.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markov import exact_tables, exact_value
from markov_family import FOLDER, VERSION, names, seed_of
from numpy.typing import NDArray

from optimiser import Deployment, Instance, check, read, read_deployment
from optimiser.planning.programs.allocation import allocate
from optimiser.planning.programs.configurations import ResponseTable, unit_costs
from optimiser.planning.search.hand_rules import candidates

DATE = "2026-11-29"  # of the stored optima
CELLS = 2_000_000  # numbers of teams used that the dynamic program may keep, assumed: about 50 MB
AGREED = 1e-10  # relative difference of two values that counts as none: rounding over 20 sectors is below 1e-13
Choice = tuple[NDArray[np.int64], NDArray[np.float64]]
RULES = ("proportional", "risk first", "greedy")
COLUMNS = (
    *("instance", "seed", "generator", "date", "sectors", "heads", "cap", "configurations", "optimum", "second"),
    *(rule.replace(" ", "_") for rule in RULES),
    *("placed", "held", "spare", "plan"),
)
_BEGIN, _END = "<!-- table: instances -->", "<!-- end of table -->"


def best_two(instance: Instance, tables: Mapping[str, ResponseTable]) -> tuple[float, float]:
    """Give the least and the second-least objective over all feasible deployments, by dynamic programming.

    Raises
    ------
    ValueError : there are rules over several places besides availability and cap, or too many numbers to keep.
    """
    return best_two_of(instance, (_choice_of(instance, tables[sector.id]) for sector in instance.sectors))


def _choice_of(instance: Instance, table: ResponseTable) -> Choice:
    numbers = np.array([c.teams for c in table.configurations])
    return numbers, table.loss[:, 0] + numbers @ unit_costs(instance, table.place)


def best_two_of(instance: Instance, choices: Iterable[Choice]) -> tuple[float, float]:
    """Give the least and the second-least sum over choices of which availability and the cap alone are shared.

    Choice after choice, the two best values are kept for every number of teams of each kind used so far. The cap is
    looked at in the end, because heads follow from numbers. The second is infinite where one sum alone is left.

    Parameters
    ----------
    choices : teams that each option of a choice uses, shape (options, kinds), and its value, shape (options,).

    Raises
    ------
    ValueError : there are rules over several places besides availability and cap, or too many numbers to keep.
    """
    if instance.doctrine.reserve_least or any(s.cover for s in instance.sectors) or instance.vehicles:
        raise ValueError("only availability and the cap may join sectors")
    shape = tuple(int(t.count) + 1 for t in instance.teams)
    if math.prod(shape) > CELLS:
        raise ValueError(f"{math.prod(shape):,} numbers of teams; at most {CELLS:,} can be kept")
    first, second = np.full(shape, np.inf), np.full(shape, np.inf)
    first[(0,) * len(shape)] = 0.0
    for numbers, values in choices:
        better, next_best = np.full(shape, np.inf), np.full(shape, np.inf)
        for teams, value in zip(numbers.tolist(), values.tolist(), strict=True):
            came = tuple(slice(0, max(0, n - used)) for n, used in zip(shape, teams, strict=True))
            goes = tuple(slice(used, n) for n, used in zip(shape, teams, strict=True))
            one, two = first[came] + value, second[came] + value
            next_best[goes] = np.minimum(np.maximum(better[goes], one), np.minimum(next_best[goes], two))
            better[goes] = np.minimum(better[goes], one)
        first, second = better, next_best
    heads = np.zeros(shape)
    for axis, team in enumerate(instance.teams):
        used = np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))])
        heads = heads + used * (int(team.size) if team.counts else 0)
    within = heads <= int(instance.cap)
    ends = np.sort(np.concatenate([first[within], second[within]]))
    return float(ends[0]), float(ends[1])


def find_optimum(instance: Instance, tables: Mapping[str, ResponseTable]) -> Deployment:
    """Give the deployment that is truly best, by one integer program without a gap."""
    answer = allocate(instance, tables, np.zeros(1), gap=0.0)
    if answer.gap is None or answer.gap > AGREED:
        raise ArithmeticError(f"{instance.name}: a gap of {answer.gap} is left")
    return answer.deployment.altered(title="optimum")


# ---------------------------------------------------------------- one line a plan


def write_plan(instance: Instance, plan: Deployment) -> str:
    """Write a deployment in one line: ``s01 line-team=3 talk-team=1; s04 line-team=2``."""
    places = [
        " ".join(
            [p.id, *(f"{t.id}={plan.team_count(p.id, t.id)}" for t in instance.teams if plan.team_count(p.id, t.id))]
        )
        for p in instance.places
        if p.id in plan.places
    ]
    return "; ".join(places)


def read_plan(instance: Instance, line: str) -> Deployment:
    """Read what `write_plan` wrote."""
    teams = {}
    for part in filter(None, line.split("; ")):
        place, *kinds = part.split(" ")
        teams.update({(place, kind): int(n) for kind, n in (k.split("=") for k in kinds)})
    return Deployment.build(instance, teams, {}, "optimum")


def stored(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """Read `optimum.csv` of a folder: rows by instance."""
    with (folder / "optimum.csv").open(encoding="utf-8", newline="") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


# ---------------------------------------------------------------- one row an instance


def work_out(name: str) -> dict[str, Any]:
    """Work out the row of one instance.

    Raises
    ------
    ArithmeticError : integer program and dynamic program disagree.
    """
    instance = read(FOLDER / f"{name}.toml")
    tables = exact_tables(instance)
    plan = find_optimum(instance, tables)
    optimum, (least, second) = exact_value(instance, plan), best_two(instance, tables)
    if not math.isclose(optimum, least, rel_tol=AGREED):
        raise ArithmeticError(f"{name}: {optimum} by integer program, {least} by dynamic program")
    rules = candidates(instance)
    placed = {t.id: sum(plan.team_count(s.id, t.id) for s in instance.sectors) for t in instance.teams}
    row = {
        "instance": name,
        "seed": seed_of(name),
        "generator": VERSION,
        "date": DATE,
        "sectors": len(instance.sectors),
        "heads": sum(int(t.size * t.count) for t in instance.teams),
        "cap": int(instance.cap),
        "configurations": " ".join(str(len(tables[s.id].configurations)) for s in instance.sectors),
        "optimum": write_number(optimum),
        "second": write_number(second),
        "placed": sum(int(t.size) * placed[t.id] for t in instance.teams),
        "held": sum(int(t.count) - placed[t.id] for t in instance.teams),
        "spare": sum(int(t.count) - placed[t.id] for t in instance.teams if could_add(instance, plan, t.id)),
        "plan": write_plan(instance, plan),
    }
    row.update({rule.replace(" ", "_"): write_number(exact_value(instance, rules[rule])) for rule in RULES})
    return {column: row[column] for column in COLUMNS}


def write_number(value: float) -> str:
    """Twelve digits, which is what every machine agrees on."""
    return f"{value:.12g}"


def could_add(instance: Instance, plan: Deployment, kind: str) -> bool:
    """Tell whether one more team of a kind would be allowed in some sector."""
    for sector in instance.sectors:
        teams = {(s.id, t.id): plan.team_count(s.id, t.id) for s in instance.sectors for t in instance.teams}
        teams[sector.id, kind] += 1
        if check(instance, Deployment.build(instance, teams, {})).passed:
            return True
    return False


# ---------------------------------------------------------------- the table of the README


def table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Write the rows as the table of the README; regret in percent of the optimum."""
    heads = ("instance", "heads, cap", "configurations", "optimum", "second", "placed", "held", "spare", *RULES)
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, row in rows.items():
        sizes, best = [int(n) for n in row["configurations"].split()], float(row["optimum"])
        over = [
            f"+{100.0 * (float(row[c]) / best - 1.0):.3g} %" for c in ("second", "proportional", "risk_first", "greedy")
        ]
        cells = [f"[`{name}`]({name}.toml)", f"{row['heads']}, {row['cap']}", f"{min(sizes)} to {max(sizes)}"]
        cells += [f"{best:.6g}", over[0], row["placed"], row["held"], row["spare"], *over[1:]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def fill(text: str, rows: Mapping[str, Mapping[str, str]]) -> str:
    """Put the table of the rows between the marks of a page."""
    return fill_page(text, table(rows))


def fill_page(text: str, table: str) -> str:
    """Put a table between the marks of a page."""
    return re.sub(f"{_BEGIN}.*?{_END}", f"{_BEGIN}\n{table}\n{_END}", text, flags=re.DOTALL)


def value_of(name: str, file: str) -> tuple[float, float | None]:
    """Give the exact value of a plan in a file, and its regret in points where the optimum is stored."""
    instance = read(name)
    value = exact_value(instance, read_deployment(file, instance))
    known = stored().get(instance.name)
    return value, None if known is None else value - float(known["optimum"])


def main() -> None:
    """Value one plan, or work out everything anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", nargs="?", help="file, or name as in markov/markov-6-01")
    parser.add_argument("plan", nargs="?", help="file of a deployment or plan")
    options = parser.parse_args()
    if options.instance and options.plan:
        value, regret = value_of(options.instance, options.plan)
        print(f"{value:.12g} points" + ("" if regret is None else f", regret {regret:.6g}"))
        return
    rows = [work_out(name) for name in names()]
    with (FOLDER / "optimum.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    page = FOLDER / "README.md"
    page.write_text(fill(page.read_text(encoding="utf-8"), stored()), encoding="utf-8")


if __name__ == "__main__":
    main()
