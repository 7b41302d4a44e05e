"""Tables of the suite `loop`, made from its stored rows: one heading for each version, the newest first.

Differences are those of the other deployment minus ours on the same fresh scenarios, in percent of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from results import fill, table

RIVALS = {
    "proportional": "proportional",
    "risk first": "risk first",
    "greedy": "greedy",
    "static": "program without simulation",
}
GROUPS = {
    "": "Written by hand",
    "none": "Synthetic towns without interplay",
    "reserves": "Synthetic towns that share reserves",
    "marches": "Synthetic towns with marches, reserves and help from outside",
    "markov": "Markov family",
    "markov-moving": "Markov family with units that move",
}
CLAIMS = {"proved-optimal": "optimal", "within": "within gap", "bound-only": "none"}
FLATTERED = 25.0  # percent of the fresh value by which a planning objective is lower that is told by instance
LOOSE = 0.5  # gap above which nothing is claimed
SAME = 1e-9  # share of a value below which a difference is rounding
LEGEND = """
*Objective*, *bound* and *gap* are those of the planning scenarios, which flatter the plan; *fresh, ours* and what
follows are measured on the same fresh scenarios. Rivals: what they cost more than ours, in percent of ours; with a
question mark where the 95 % interval contains 0, bold where they are shown to be better. *Search* is what leads to
the plan, *all* the whole call: alternatives, levers, margins and the statement about single exchanges too.
""".strip()
Row = dict[str, Any]


def write_page(rows: Sequence[Row], file: Path, page: Path | None) -> None:
    """Write everything into a file, and what matters about the newest version into a page."""
    releases = list(dict.fromkeys(row["version"] for row in rows))[::-1]
    parts = ["# The loop"]
    for release in releases:
        here = [row for row in rows if row["version"] == release]
        parts += [f"## {release}", f"{here[-1]['machine']}.", LEGEND, *report(here)]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    if page is not None:
        here = [row for row in rows if row["version"] == releases[0]]
        fill(page, "loop", f"{summary(here)}\n\n{lost(here)}")


def report(rows: Sequence[Row]) -> list[str]:
    """Write all tables of one version."""
    parts = [summary(rows), "### Where ours loses", lost(rows)]
    for kind, title in GROUPS.items():
        here = sorted((row for row in rows if row["interplay"] == kind and "values" in row), key=_by_size)
        if here:
            parts += [f"### {title}", by_instance(here)]
    everything = [row for row in rows if "everything" in row]
    if everything:
        parts += ["### Against every feasible deployment", against_everything(everything)]
    impossible = [row for row in rows if row["status"] == "infeasible"]
    if impossible:
        parts += ["### Infeasible", infeasible(impossible)]
    return parts


def _by_size(row: Row) -> tuple[int, str]:
    return row["sectors"], row["instance"]


def verdict(value: Row) -> str:
    """Say whether another deployment is shown to be worse than ours, or better, or neither."""
    if value["above"] > value["half"]:
        return "worse"
    return "better" if value["above"] < -value["half"] else "no difference shown"


def summary(rows: Sequence[Row]) -> str:
    """Ours against each kind of rival: on how many instances it is worse, no difference is shown, it is better."""
    lines = []
    for kind in (*GROUPS, "all"):
        there = [row for row in rows if "values" in row and kind in (row["interplay"], "all")]
        if there:
            lines.append([GROUPS.get(kind, "**All**"), str(len(there)), *(_duel(there, rival) for rival in RIVALS)])
    return table(("instances", "number", *RIVALS.values()), lines)


def _duel(rows: Sequence[Row], rival: str) -> str:
    values = [(row["values"][rival], row["values"]["ours"]["value"]) for row in rows if rival in row["values"]]
    counts = [sum(verdict(v) == w for v, _ in values) for w in ("worse", "no difference shown", "better")]
    more = [100.0 * v["above"] / ours for v, ours in values if ours > 0.0]
    return " / ".join(map(str, counts)) + (f"; {median(more):+.0f} %" if more else "")


def by_instance(rows: Sequence[Row]) -> str:
    """What is claimed, how long it took, and every rival on the same fresh scenarios."""
    lines = []
    for row in rows:
        ours = row["values"]["ours"]["value"]
        cells = [_short(row["instance"]), str(row["sectors"]), CLAIMS[row["status"]]]
        cells += [f"{row['objective']:.4g}", f"{row['bound']:.4g}", f"{100.0 * row['gap']:.3g} %"]
        cells += [f"{row['searched']:.1f}", f"{row['seconds']:.1f}", f"{row['processor']:.1f}", f"{ours:.4g}"]
        cells += [_difference(row["values"].get(rival), ours) for rival in RIVALS]
        if "exact" in row:
            cells.append(f"{regret(row):.2f} %")
        lines.append(cells)
    heads = [
        "instance",
        "sectors",
        "claim",
        "objective",
        "bound",
        "gap",
        "search, s",
        "all, s",
        "all, processor s",
        "fresh, ours",
    ]
    heads += RIVALS.values()
    if all("exact" in row for row in rows):
        heads.append("true regret")
    return table(heads, lines)


def regret(row: Row) -> float:
    """Give what a plan truly costs more than the true optimum, in percent of it."""
    value, optimum = row["exact"]["value"], row["exact"]["optimum"]
    return float(100.0 * max(0.0, value / optimum - 1.0))


def _difference(value: Row | None, ours: float) -> str:
    if value is None:
        return "no plan"
    if abs(value["above"]) <= SAME * abs(ours):
        return "the same"
    percent = 100.0 * value["above"] / ours if ours > 0.0 else 0.0
    text = f"{percent:+,.0f} %" if abs(percent) >= 99.5 else f"{percent:+.3g} %"
    text = text if ours > 0.0 else f"{value['above']:+.3g} points"
    return {"worse": text, "better": f"**{text}**"}.get(verdict(value), f"{text} ?")


def against_everything(rows: Sequence[Row]) -> str:
    """Tell whether the best of all deployments was found and whether the bound holds, where all of them were valued."""
    lines = []
    for row in sorted(rows, key=_by_size):
        best, ours = row["everything"]["value"], row["objective"]
        found = "yes" if ours <= best + 1e-6 * abs(best) else f"**{100.0 * (ours / best - 1.0):.2g} % above**"
        true = "yes" if row["bound"] <= best + 1e-6 * abs(best) else "**refuted**"
        counts = f"{row['everything']['deployments']:,}"
        lines.append(
            [_short(row["instance"]), counts, f"{best:.6g}", f"{ours:.6g}", found, CLAIMS[row["status"]], true]
        )
    heads = ("instance", "feasible deployments", "best of all", "ours", "best found", "claim", "bound holds")
    return table(heads, lines)


def infeasible(rows: Sequence[Row]) -> str:
    """How long it took to prove that there is no plan, and of how many requirements the clash consists."""
    lines = [[row["instance"], f"{row['seconds']:.2f}", f"{row['processor']:.2f}", str(row["clash"])] for row in rows]
    return table(("instance", "s", "processor s", "clashing requirements"), lines)


def lost(rows: Sequence[Row]) -> str:
    """List what speaks against us, instance by instance."""
    there = [row for row in rows if "values" in row]
    better, lower = [], []
    for row in there:
        ours = row["values"]["ours"]["value"]
        for rival, title in RIVALS.items():
            value = row["values"].get(rival)
            if value is not None and value["above"] < -SAME * abs(ours):
                text = f"`{row['instance']}`: {title} {_difference(value, ours)}"
                (better if verdict(value) == "better" else lower).append(text)
    loose = [row for row in there if row["gap"] > LOOSE]
    open_ = [row for row in there if 0.0 < row["gap"] <= LOOSE]
    missed = [
        row for row in there if "everything" in row and row["objective"] > row["everything"]["value"] * (1 + 1e-6)
    ]
    flat = [(100.0 * (1.0 - row["objective"] / v), row) for row in there if (v := row["values"]["ours"]["value"]) > 0.0]
    much = [f"`{row['instance']}` {percent:.0f} %" for percent, row in flat if percent > FLATTERED]
    optimal = [row for row in there if "exact" in row and row["status"] == "proved-optimal"]
    exact = sorted((regret(row), row["instance"]) for row in optimal)
    words = (
        f"{median(r for r, _ in exact):.2g} % at the median, {exact[-1][0]:.2g} % at `{exact[-1][1]}`" if exact else "-"
    )
    nothing = f"The bound is loose, more than {100 * LOOSE:.0f} % below the plan, so that nothing is claimed"
    lines = [
        f"- A rival is shown to be better than ours on fresh scenarios: {_listed(better)}",
        f"- A rival has the lower mean, and no difference is shown: {_listed(lower)}",
        f"- {nothing}: {_number(loose, there)}",
        f"- Planning scenarios flatter the plan, by more than {FLATTERED:.0f} % of its fresh value: {_listed(much)}",
        f"- Plans that are optimal on planning scenarios are not so in truth, where it is known; regret: {words}.",
        f"- A proof was left open with a smaller gap: {_number(open_, there)}",
        f"- Every feasible deployment was tried and a better one found than ours: {_number(missed, there)}",
    ]
    return "\n".join(lines)


def _listed(texts: Sequence[str]) -> str:
    return "; ".join(texts) + "." if texts else "nowhere."


def _number(rows: Sequence[Row], among: Sequence[Row]) -> str:
    if not rows:
        return f"nowhere, of {len(among)}."
    kinds = [k for k in GROUPS if any(row["interplay"] == k for row in rows)]
    parts = [f"{sum(row['interplay'] == k for row in rows)} ({GROUPS[k][0].lower() + GROUPS[k][1:]})" for k in kinds]
    return f"{len(rows)} of {len(among)}: {', '.join(parts)}."


def _short(instance: str) -> str:
    return instance.rsplit("/", maxsplit=1)[-1]
