"""Tables and curves of the comparison, made from stored rows: ``python benchmarks/rivals_report.py [--short]``.

Regret is the value of a decision minus the optimum, in percent of it; where nobody knows the optimum, minus the best
value of any stored decision. All decisions of an instance are valued on the same scenarios.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from statistics import NormalDist, median
from typing import Any

import numpy as np
from charts import Line, draw_chart
from results import HERE, RESULTS, SHORT, Rows, fill, table

OURS = "ours"
ORDER = (OURS, "local", "local, warm", "R-SPLINE", "genetic", "evolution", "TPE", "random")
# Okabe and Ito's palette for all kinds of colour vision, without yellow, which is too pale on white
COLOURS = ("#000000", "#D55E00", "#E69F00", "#0072B2", "#009E73", "#56B4E9", "#CC79A7", "#8C8C8C")
DASHES = ("", "", "7 3", "", "7 3", "2 3", "7 3 2 3", "2 3")
FOUND = 1e-6  # percent of regret below which the optimum counts as found
FLOOR = 0.01  # percent: the foot of the curves
NEAR = 0.1  # share of regret up to which the exactness of regrets is told
ENOUGH = 0.25  # share of the instances that a budget must have been played on to be told in sums
CURVED = 3  # budgets from which on a curve is drawn of an instance
LEVEL = 0.05  # of the test by which one method counts as worse than another
KEY = ("instance", "method", "budget", "run")
Table = tuple[Sequence[str], list[list[str]]]


class Record:
    """Stored rows with regret in percent, by instance, method and budget."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = [row for row in rows if row["method"] in ORDER]
        self.best: dict[str, float] = {}
        for row in self.rows:
            least = row["value"] - row["regret"] if "regret" in row else row["value"]
            self.best[row["instance"]] = min(least, self.best.get(row["instance"], least))
        known = sorted({row["instance"] for row in self.rows if "regret" in row}, key=_by_size)
        self.exact = [i for i in known if not _moves(i)]
        self.moving = [i for i in known if _moves(i)]
        self.joint = [i for i in dict.fromkeys(row["instance"] for row in self.rows) if i not in known]
        self.budgets = sorted({row["budget"] for row in self.rows})
        self.of: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows:
            self.of[row["instance"], row["method"], row["budget"]].append(row)

    def methods(self) -> list[str]:
        """Methods that have rows, in order."""
        known = {row["method"] for row in self.rows}
        return [m for m in ORDER if m in known]

    def regrets(self, instance: str, method: str, budget: int) -> list[float]:
        """Regret of every run, in percent."""
        best = self.best[instance]
        return [100.0 * (row["value"] - best) / best for row in self.of[instance, method, budget]]

    def complete(self, budget: int, instances: Sequence[str]) -> list[str]:
        """Those of the instances on which everybody has played who plays most of them; none where few were played."""
        known = [i for i in instances if any(self.of[i, m, budget] for m in self.methods())]
        there = [m for m in self.methods() if 2 * sum(bool(self.of[i, m, budget]) for i in known) > len(known)]
        found = [i for i in known if all(self.of[i, m, budget] for m in there)]
        return found if len(found) >= ENOUGH * len(instances) else []


def _moves(name: str) -> bool:
    return name.startswith("markov-moving/")


def _by_size(name: str) -> tuple[int, str]:
    digits = [int(part) for part in name.split("-") if part.isdigit()]
    return (digits[0] if digits else 0), name


@cache
def _divisions(size: int, count: int) -> np.ndarray:
    """List every choice of some of a pool, shape (choices, size): 1 where one is chosen; the first are chosen first."""
    choices = list(combinations(range(size), count))
    chosen = np.zeros((len(choices), size))
    chosen[np.arange(len(choices))[:, None], choices] = 1.0
    return chosen


def is_worse(first: Sequence[float], second: Sequence[float], level: float = LEVEL) -> bool:
    """Tell whether the first sample lies higher: Mann and Whitney's test, one-sided, by counting all divisions.

    Ties count one half. With five and five the least possible level is 1 in 252.
    """
    pool = [*first, *second]
    wins = np.array([[0.5 if a == b else float(a > b) for b in pool] for a in pool])
    chosen = _divisions(len(pool), len(first))
    won = ((chosen @ wins) * (1.0 - chosen)).sum(axis=1)  # of the chosen against the others, in halves: exact
    return int((won >= won[0]).sum()) / len(won) <= level


# ---------------------------------------------------------------- tables


def summary(record: Record, exact: Sequence[str]) -> Table:
    """Instances with known optimum together, by budget and method."""
    rows = []
    for budget in record.budgets:
        instances = record.complete(budget, exact)
        for method in record.methods():
            runs = [row for i in instances for row in record.of[i, method, budget]]
            if not runs or not all(record.of[i, method, budget] for i in instances):
                continue
            middle = [median(record.regrets(i, method, budget)) for i in instances]
            found = [r <= FOUND for i in instances for r in record.regrets(i, method, budget)]
            used = np.mean([row["replications"] / budget for row in runs])
            rows.append(
                [
                    *(f"{budget:,}", str(len(instances)), method),
                    *(_percent(float(np.mean(middle))), _percent(median(middle)), _percent(max(middle))),
                    *(f"{100 * np.mean(found):.0f} %", f"{median(row['seconds'] for row in runs):.2g}"),
                    f"{100 * used:.0f} %",
                ]
            )
    heads = (
        "budget",
        "instances",
        "method",
        "mean regret",
        "median",
        "worst",
        "optimum found",
        "s a run",
        "budget used",
    )
    return heads, rows


def duels(record: Record, instances: Sequence[str]) -> Table:
    """Ours against every rival, by budget: instances where ours is better, no difference is shown, ours is worse."""
    rows = []
    rivals = [m for m in record.methods() if m != OURS]
    for budget in record.budgets:
        here = record.complete(budget, instances)
        cells = [_duel(record, rival, budget, here) for rival in rivals]
        if here and any(cells):
            no_worse = [i for i in here if not losses(record, i, budget)]
            lowest = [i for i in here if _leads(record, i, budget)]
            rows.append([f"{budget:,}", str(len(here)), *cells, str(len(no_worse)), str(len(lowest))])
    return ("budget", "instances", *rivals, "no worse than any", "lowest median"), rows


def _duel(record: Record, rival: str, budget: int, instances: Sequence[str]) -> str:
    pairs = [(record.regrets(i, OURS, budget), record.regrets(i, rival, budget)) for i in instances]
    if not pairs or not all(a and b for a, b in pairs):
        return ""
    better, worse = sum(is_worse(b, a) for a, b in pairs), sum(is_worse(a, b) for a, b in pairs)
    return f"{better} / {len(pairs) - better - worse} / {worse}"


def losses(record: Record, instance: str, budget: int) -> list[str]:
    """Rivals than whom ours is worse on an instance, by the test."""
    ours, rivals = record.regrets(instance, OURS, budget), [m for m in record.methods() if m != OURS]
    there = {m: record.regrets(instance, m, budget) for m in rivals}
    return [m for m, regrets in there.items() if ours and regrets and is_worse(ours, regrets)]


def _leads(record: Record, instance: str, budget: int) -> bool:
    there = {m: record.regrets(instance, m, budget) for m in record.methods()}
    middle = {m: median(regrets) for m, regrets in there.items() if regrets}
    return middle.get(OURS, np.inf) <= min(middle.values()) + FOUND


def lost(record: Record) -> Table:
    """Every instance and budget on which ours is worse than a rival by the test."""
    rows = []
    for instance in (*record.exact, *record.moving, *record.joint):
        for budget in record.budgets:
            rivals = losses(record, instance, budget)
            if rivals:
                best = min(rivals, key=lambda m: median(record.regrets(instance, m, budget)))
                cells = [spread_of(record.regrets(instance, m, budget)) for m in (OURS, best)]
                rows.append([_short(instance), f"{budget:,}", cells[0], f"{best}: {cells[1]}", ", ".join(rivals)])
    return ("instance", "budget", "regret of ours", "regret of the best", "worse than"), rows


def by_instance(record: Record, instances: Sequence[str]) -> Table:
    """Median and range of regret by instance, budget and method."""
    methods, rows = record.methods(), []
    for instance in instances:
        for budget in record.budgets:
            regrets = {m: record.regrets(instance, m, budget) for m in methods}
            if any(regrets.values()):
                best = min(median(r) for r in regrets.values() if r)
                cells = [spread_of(r) for r in regrets.values()]
                bold = [bool(r) and median(r) <= best + FOUND for r in regrets.values()]
                marked = [f"**{c}**" if b else c for c, b in zip(cells, bold, strict=True)]
                rows.append([_short(instance), f"{budget:,}", *marked])
    return ("instance", "budget", *methods), rows


def claims(record: Record) -> Table:
    """What methods claim or print, and whether it is true."""
    rows = []
    for budget in record.budgets:
        for method in record.methods():
            runs = [row for row in record.rows if row["method"] == method and row["budget"] == budget]
            if runs:
                flatter = [100.0 * (r["value"] - r["estimate"]) / r["value"] for r in runs if r["estimate"] is not None]
                proved = [row for row in runs if row.get("claim") in ("proved-optimal", "within")]
                claim = f"{len(proved)} of {len(runs)}" if any("claim" in row for row in runs) else "none"
                refuted = str(sum(bool(row.get("refuted")) for row in proved)) if proved else ""
                rows.append([f"{budget:,}", method, claim, refuted, f"{median(flatter):+.1f} %" if flatter else "none"])
    return ("budget", "method", "runs that claim a proof", "of them refuted", "its own estimate is too low by"), rows


def noise(record: Record) -> str:
    """Say how exact regrets below `NEAR` are where the optimum is not known."""
    halves = []
    for instance in record.joint:
        rows = [row for row in record.rows if row["instance"] == instance]
        best = np.array(min(rows, key=lambda row: row["value"])["batches"])
        for row in (r for r in rows if r["value"] <= (1.0 + NEAR) * record.best[instance]):
            difference = np.array(row["batches"]) - best
            spread = float(difference.std(ddof=1)) / np.sqrt(len(difference))
            halves.append(100.0 * NormalDist().inv_cdf(0.975) * spread / record.best[instance])
    return f"{median(halves):.1f} % at the median, {max(halves):.1f} % at most" if halves else "unknown"


def spread_of(values: Sequence[float]) -> str:
    """Write a median with its range, in percent."""
    if not values:
        return ""
    return f"{_digits(median(values))} [{_digits(min(values))}, {_digits(max(values))}]"


def _digits(value: float) -> str:
    return "0" if abs(value) <= FOUND else f"{value:.2g}" if abs(value) < 99.5 else f"{value:.0f}"


def _percent(value: float) -> str:
    return f"{_digits(value)} %"


def _short(instance: str) -> str:
    return instance.rsplit("/", maxsplit=1)[-1]


# ---------------------------------------------------------------- curves


def curve(record: Record, title: str, subtitle: str, pick: Callable[[str, int], list[float]]) -> str | None:
    """Draw regret against budget, one line a method; None if there are fewer than two budgets.

    Parameters
    ----------
    pick : gives the regrets of a method at a budget, in percent.
    """
    lines = []
    met = [b for b in record.budgets if sum(bool(pick(m, b)) for m in record.methods()) > 1]  # one alone is no curve
    for method in record.methods():
        known = [(b, regrets) for b in met if (regrets := pick(method, b))]
        if len(known) > 1:
            place = ORDER.index(method)
            low, high = [min(r) for _, r in known], [max(r) for _, r in known]
            middle, width = [median(r) for _, r in known], 3.0 if method == OURS else 1.8
            xs = [float(b) for b, _ in known]
            lines.append(Line(method, xs, middle, low, high, COLOURS[place], DASHES[place], width))
    if not lines:
        return None
    return draw_chart(
        title, subtitle, lines, "budget, joint replications", "regret, % of the optimum or best known", FLOOR
    )


def draw_curves(record: Record, folder: Path) -> list[str]:
    """Write the curves of all instances that have several budgets more than most, and one of all exact instances."""
    pages: dict[str, str | None] = {}
    standing = (*record.exact, *record.joint)
    least = max(CURVED, len(set().union(*(_budgets(record, i) for i in standing))))
    most = [i for i in standing if len(_budgets(record, i)) >= least]
    for instance in most:
        subtitle = (
            f"{'optimum known' if instance in record.exact else 'against the best known'}; median and range of runs"
        )
        pages[_short(instance)] = curve(record, _short(instance), subtitle, partial(record.regrets, instance))
    common = [b for b in record.budgets if len(record.complete(b, record.exact)) == len(record.exact)]

    def middles(method: str, budget: int) -> list[float]:
        """Quartiles and median over instances of each one's median, where a method has played all of them."""
        middle = [median(r) for i in record.exact if (r := record.regrets(i, method, budget))]
        if budget not in common or len(middle) < len(record.exact):
            return []
        return [float(v) for v in np.quantile(middle, [0.25, 0.5, 0.75])]

    title = f"The {len(record.exact)} instances with known optimum"
    pages["markov"] = curve(record, title, "median and quartiles over instances of each one's median", middles)
    for name, page in pages.items():
        if page is not None:
            (folder / f"rivals-{name}.svg").write_text(page, encoding="utf-8")
    return [f"rivals-{name}.svg" for name, page in pages.items() if page is not None]


def _budgets(record: Record, instance: str) -> set[int]:
    return {row["budget"] for row in record.rows if row["instance"] == instance}


# ---------------------------------------------------------------- pages


def write_pages(folder: Path, page: Path | None) -> None:
    """Write `rivals.md` with everything into a folder, the curves beside it, and what matters into a page."""
    record = Record(Rows(folder / "rivals.jsonl", KEY).all)
    names = draw_curves(record, folder)
    setup = json.loads((folder / "rivals.json").read_text(encoding="utf-8"))
    later = Counter(row["under"] for row in record.rows if "under" in row)
    more = "".join(f" {count} rows: {under}." for under, count in later.items())
    parts = {
        "summary": table(*summary(record, record.exact)),
        "duels": table(*duels(record, record.exact)),
        "moving summary": table(*summary(record, record.moving)),
        "moving duels": table(*duels(record, record.moving)),
        "joint duels": table(*duels(record, record.joint)),
        "lost": table(*lost(record)),
        "joint": table(*by_instance(record, record.joint)),
        "claims": table(*claims(record)),
        "noise": f"Half-width of 95 % intervals of regret where the optimum is not known: {noise(record)}.",
        "machine": f"{setup['version']}; {setup['machine']}.{more}",
    }
    text = [f"## {name}\n\n{part}" for name, part in parts.items()]
    text.append(f"## exact, by instance\n\n{table(*by_instance(record, record.exact))}")
    text.append(f"## moving, by instance\n\n{table(*by_instance(record, record.moving))}")
    text += [f"![{name}]({name})" for name in names]
    (folder / "rivals.md").write_text("\n\n".join(["# Ours and its rivals", *text]) + "\n", encoding="utf-8")
    for name, part in parts.items() if page else ():
        fill(page, f"rivals {name}", part)  # type: ignore[arg-type]


def main() -> None:
    """Make tables and curves from rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="from the rows of the short form")
    options = parser.parse_args()
    if options.short:
        write_pages(SHORT, None)
    else:
        write_pages(RESULTS, HERE / "README.md")


if __name__ == "__main__":
    main()
