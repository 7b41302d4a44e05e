"""The true optimum of every instance of the moving Markov family, over placements and movements together.

``python benchmarks/markov_moving_optimum.py`` rewrites `instances/markov-moving/optimum.csv` and the table in the
README beside it. ``python benchmarks/markov_moving_optimum.py INSTANCE PLAN.json`` gives
the exact value of a plan and its regret.

Sectors that a movement joins are one choice: what each has of its own, and what moves. Two ways lead from the values of
all choices to each optimum: one integer program without a gap, and the dynamic program of `markov_optimum`, which also
knows the second-best value. None of it is of the search.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pulp
from markov_day import Course, Day
from markov_moving import Pair, exact_value, require_exact
from markov_moving_family import FOLDER, VERSION, names, seed_of
from markov_optimum import AGREED, RULES, Choice, best_two_of, could_add, fill_page, stored, write_number, write_plan
from numpy.typing import NDArray

from optimiser import Deployment, Instance, read, read_deployment
from optimiser.model.parts.movement import Movement
from optimiser.planning.programs.configurations import place_configurations, unit_costs
from optimiser.planning.search.hand_rules import candidates

DATE = "2026-12-01"  # of the stored optima
MOST = 10_000  # configurations of one place that are listed at most, assumed
COLUMNS = (
    *("instance", "seed", "generator", "date", "sectors", "movements", "heads", "cap", "choices"),
    *("optimum", "second", "still", *(rule.replace(" ", "_") for rule in RULES)),
    *("placed", "moving", "held", "spare", "plan"),
)
HEADS = ("instance", "movements", "heads, cap", "choices", "optimum", "second", "placed", "moving", "still", *RULES)


@dataclass(frozen=True)
class Options:
    """Everything that may be chosen for some places together, with its exact value.

    Attributes
    ----------
    places : identifiers.
    numbers : teams, shape (options, places, kinds).
    values : expected loss and placement costs in points, shape (options,).
    """

    places: tuple[str, ...]
    numbers: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def choice(self) -> Choice:
        """Teams used by each option, and its value."""
        return self.numbers.sum(axis=1), self.values

    def among(self, which: NDArray[np.bool_]) -> Options:
        """Leave some of them."""
        return Options(self.places, self.numbers[which], self.values[which])


def list_options(instance: Instance) -> list[Options]:
    """List what may be chosen for each movement with its two sectors, and for each sector that none joins.

    Raises
    ------
    ValueError : the instance has no exact values, or a place has more than 10,000 configurations.
    """
    require_exact(instance)
    found = [_joined(instance, movement) for movement in instance.movements]
    known = {place for options in found for place in options.places}
    for sector in instance.sectors:
        if sector.id not in known:
            day, numbers = Day(instance, sector), _configurations(instance, sector.id)
            values = np.array([Course(day, tuple(row)).value for row in numbers.tolist()])
            costs = numbers @ unit_costs(instance, sector.id)
            found.append(Options((sector.id,), numbers[:, None, :], values + costs))
    return found


def _configurations(instance: Instance, place: str) -> NDArray[np.int64]:
    listed, complete = place_configurations(instance, place, MOST)
    if not complete:
        raise ValueError(f"{place} has more than {MOST:,} configurations")
    return np.array([c.teams for c in listed], dtype=np.int64)


def _joined(instance: Instance, movement: Movement) -> Options:
    """List what two sectors and the movement between them may have.

    Room and the most of a role count who may come; an officer is in charge along with who moves, or in both sectors.
    """
    pair, places = Pair(instance, movement), tuple(leg.sector or "" for leg in movement.legs)
    own = [_configurations(instance, place) for place in places]
    numbers, values = [], []
    for moving in _configurations(instance, movement.id):
        first, second = (
            rows[_have_room(instance, place, rows + moving)] for place, rows in zip(places, own, strict=True)
        )
        if not len(first) or not len(second):
            continue
        goes = tuple(moving.tolist())
        if any(goes):
            stays = np.array([pair.stays(tuple(row), goes) for row in first.tolist()])
            chances = np.array([pair.chances(tuple(row), goes) for row in first.tolist()])
            arrivals = np.array([pair.arrivals(tuple(row), goes) for row in second.tolist()])
            lost = stays[:, None] + chances @ arrivals.T
        else:
            alone = [
                [pair.course(first=is_first, teams=tuple(row)).value for row in rows.tolist()]
                for is_first, rows in ((True, first), (False, second))
            ]
            lost = np.add.outer(*map(np.array, alone))
        one, other = (index.ravel() for index in np.indices(lost.shape))
        numbers.append(np.stack([first[one], second[other], np.broadcast_to(moving, first[one].shape)], axis=1))
        values.append(lost.ravel())
    listed = np.concatenate(numbers)
    costs = np.array([unit_costs(instance, place) for place in (*places, movement.id)])
    joined = Options((*places, movement.id), listed, np.concatenate(values) + (listed * costs).sum(axis=(1, 2)))
    return joined.among(_is_led(instance, listed))


def _is_led(instance: Instance, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where an officer is in charge of who moves, of numbers of two sectors and who moves between them."""
    if not instance.doctrine.officer_per_sector:
        return np.ones(len(numbers), dtype=bool)
    roles = {role.id: role.officer for role in instance.roles}
    led = numbers[:, :, [roles[team.role] for team in instance.teams]].any(axis=2)
    good: NDArray[np.bool_] = ~numbers[:, 2].any(axis=1) | led[:, 2] | (led[:, 0] & led[:, 1])
    return good


def _have_room(instance: Instance, place: str, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where a sector has room for all who may stand there, and no more than it may have of a role."""
    sector = next(s for s in instance.sectors if s.id == place)
    sizes = np.array([int(t.size) for t in instance.teams])
    good: NDArray[np.bool_] = numbers @ sizes <= int(sector.staging_capacity)
    for role, most in sector.maximum.items():
        good &= numbers[:, [t.role == role for t in instance.teams]].sum(axis=1) <= int(most)
    return good


def find_optimum(instance: Instance, choices: list[Options]) -> Deployment:
    """Give the deployment that is truly best, by one integer program without a gap.

    Raises
    ------
    ArithmeticError : the solver does not say that it is the best one.
    """
    problem = pulp.LpProblem("optimum", pulp.LpMinimize)
    chosen = [
        [problem.add_variable(f"y_{c}_{o}", cat=pulp.LpBinary) for o in range(len(options.values))]
        for c, options in enumerate(choices)
    ]
    columns = [(y, o, options) for ys, options in zip(chosen, choices, strict=True) for o, y in enumerate(ys)]
    problem += pulp.lpSum(float(options.values[o]) * y for y, o, options in columns)
    for ys in chosen:
        problem += pulp.lpSum(ys) == 1
    used = [options.numbers[o].sum(axis=0) for _, o, options in columns]
    for k, team in enumerate(instance.teams):
        problem += pulp.lpSum(int(n[k]) * y for n, (y, _, _) in zip(used, columns, strict=True)) <= int(team.count)
    heads = [sum(int(n[k] * t.size) for k, t in enumerate(instance.teams) if t.counts) for n in used]
    problem += pulp.lpSum(h * y for h, (y, _, _) in zip(heads, columns, strict=True)) <= int(instance.cap)
    status = problem.solve(pulp.HiGHS(msg=False, gapRel=0.0, gapAbs=0.0, threads=1))
    if status != pulp.LpStatusOptimal:
        raise ArithmeticError(f"{instance.name}: {pulp.LpStatus[status]}")
    teams = {}
    for y, o, options in columns:
        if y.value() > 0.5:
            for place, row in zip(options.places, options.numbers[o].tolist(), strict=True):
                teams.update({(place, t.id): n for t, n in zip(instance.teams, row, strict=True)})
    return Deployment.build(instance, teams, {}, "optimum")


# ---------------------------------------------------------------- one row an instance


def work_out(name: str) -> dict[str, Any]:
    """Work out the row of one instance; `still` is the least value if nobody moves.

    Raises
    ------
    ArithmeticError : integer program and dynamic program disagree.
    """
    instance = read(FOLDER / f"{name}.toml")
    choices = list_options(instance)
    plan = find_optimum(instance, choices)
    optimum, (least, second) = exact_value(instance, plan), best_two_of(instance, [c.choice for c in choices])
    if not math.isclose(optimum, least, rel_tol=AGREED):
        raise ArithmeticError(f"{name}: {optimum} by integer program, {least} by dynamic program")
    still = best_two_of(instance, [c.among(~c.numbers[:, 2:].any(axis=(1, 2))).choice for c in choices])[0]
    rules = candidates(instance)
    placed = {t.id: sum(plan.team_count(p.id, t.id) for p in instance.places) for t in instance.teams}
    moving = sum(int(t.size) * plan.team_count(m.id, t.id) for t in instance.teams for m in instance.movements)
    row = {
        "instance": name,
        "seed": seed_of(name),
        "generator": VERSION,
        "date": DATE,
        "sectors": len(instance.sectors),
        "movements": len(instance.movements),
        "heads": sum(int(t.size * t.count) for t in instance.teams),
        "cap": int(instance.cap),
        "choices": " ".join(str(len(c.values)) for c in choices),
        "optimum": write_number(optimum),
        "second": write_number(second),
        "still": write_number(still),
        "placed": sum(int(t.size) * placed[t.id] for t in instance.teams),
        "moving": moving,
        "held": sum(int(t.count) - placed[t.id] for t in instance.teams),
        "spare": sum(int(t.count) - placed[t.id] for t in instance.teams if could_add(instance, plan, t.id)),
        "plan": write_plan(instance, plan),
    }
    row.update({rule.replace(" ", "_"): write_number(exact_value(instance, rules[rule])) for rule in RULES})
    return {column: row[column] for column in COLUMNS}


def table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """Write the rows as the table of the README; how far others are above the optimum, in percent."""
    lines = ["| " + " | ".join(HEADS) + " |", "|---" * len(HEADS) + "|"]
    for name, row in rows.items():
        sizes, best = [int(n) for n in row["choices"].split()], float(row["optimum"])
        others = ("second", "still", *(rule.replace(" ", "_") for rule in RULES))
        over = [f"+{100.0 * (float(row[column]) / best - 1.0):.3g} %" for column in others]
        cells = [f"[`{name}`]({name}.toml)", row["movements"], f"{row['heads']}, {row['cap']}"]
        cells += [f"{min(sizes):,} to {max(sizes):,}", f"{best:.6g}", over[0], row["placed"], row["moving"], *over[1:]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def value_of(name: str, file: str) -> tuple[float, float | None]:
    """Give the exact value of a plan in a file, and its regret in points where the optimum is stored."""
    instance = read(name)
    value = exact_value(instance, read_deployment(file, instance))
    known = stored(FOLDER).get(instance.name)
    return value, None if known is None else value - float(known["optimum"])


def main() -> None:
    """Value one plan, or work out everything anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", nargs="?", help="file, or name as in markov-moving/markov-moving-6-01")
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
    page.write_text(fill_page(page.read_text(encoding="utf-8"), table(stored(FOLDER))), encoding="utf-8")


if __name__ == "__main__":
    main()
