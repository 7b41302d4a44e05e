"""The commands whose documents are compared between two source trees, see compare_documents.py.

A task is a list of command lines of `optimiser`, run one after another in an empty folder of its own, in which
`instances` leads to the instances of the tree and the files of `INPUTS` lie. What a command prints and writes is kept
there. Tasks do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Tasks = Mapping[str, tuple[str, ...]]

INPUTS = {
    "gathering.toml": """\
[[gatherings]]
id = "second"
name = "Second march"
turnout = 800.0
arrives = "11:00"
itinerary = [{ sector = "dprd", stay = 60.0 }, { sector = "kpu", stay = 90.0 }]
tension = 0.5
""",
    "what-ifs.toml": """\
format = "optimiser-whatif/1"
name = "no-water"
title = "The water cannon is lost, the commission receives"

[[changes]]
do = "lose"
what = "awc"

[[changes]]
do = "receive"
sector = "kpu"
minutes = 20.0
""",
    "sweep.toml": """\
format = "optimiser-sweep/1"
instances = ["tiny-2"]
whatifs = ["--heads 30"]
unchanged = true
seeds = "1:3"
scenarios = 20

[vary]
"gatherings.large.turnout" = [150, 300]
""",
}

# folder of the answer -> options; asked of a plan of oku-250
WHATIFS = {
    "lose": "--lose vehicle:awc",
    "gain": "--gain team:negotiator-tim=2",
    "heads": "--heads 200",
    "close": "--close terminal:simpang-lintas@10:00-12:00",
    "receive": "--receive-delegation kpu=20min",
    "presence": "--presence on",
    "move": "--move 'dalmas-awal:terminal>kpu@12:30=2'",
    "start": "--start pawai=2h-earlier",
    "chance": "--chance pawai=80%",
    "set": "--set gatherings.pawai.turnout=3000",
    "add": "--add gathering.toml",
    "remove": "--remove gathering:pawai",
    "limits": "--pin kpu:negotiator-tim=2 --at-least bawaslu:dalmas-awal-regu=2 --at-most kpu:padal-tim=1",
    "forbid": "--forbid bawaslu:dalmas-awal-regu",
    "clash": "--forbid gedung-kesenian:dalmas-awal-regu",
    "keep": "--keep kpu --lose team:dalmas-awal-regu=2",
    "file": "--file what-ifs.toml",
}

PROVINCE = "nation towns/nation.toml --scenarios 40 --budget 2000 --quiet"

QUESTIONS: Tasks = {
    "whatif/oku-250": (
        "plan oku-250 --out plan --quiet",
        *(f"whatif oku-250 plan/plan.json {options} --out {name} --quiet" for name, options in WHATIFS.items()),
        "whatif oku-250 plan/plan.json --heads 240 --json --quiet",
    ),
    "whatif/without-plan": ("whatif kaur-2005 --heads 50 --out . --quiet",),
    "frontier/heads": ("frontier kaur-2005 --out . --quiet",),
    "frontier/vehicles": ("frontier oku-250 --resource vehicle:awc --scenarios 100 --json --quiet",),
    "worth/historical": ("worth oku-recap-330 --scenarios 100 --out . --quiet",),
    "worth/one-kind": ("worth oku-250 --of team:negotiator-tim --of vehicle:awc --json --quiet",),
    "explain/tiny-2": ("explain tiny-2 --out . --quiet",),
    "explain/historical": (
        "explain oku-recap-330 instances/oku-recap-330.historical.json --scenarios 50 --budget 5000 --trajectories 1"
        " --out . --quiet",
    ),
    "plan/options": (
        "plan tiny-2 --json --quiet",
        "plan kaur-2005 --certify --scenarios 50 --budget 5000 --out certified --quiet",
        "plan muba-2024 --frontier --scenarios 50 --budget 5000 --out frontier --quiet",
        "plan oku-250-separate --solver cbc --seed 2 --scenarios 50 --out cbc --quiet",
    ),
    "workbook/oku-250": (
        "template oku-250.xlsx --from oku-250",
        "validate oku-250.xlsx --json",
        "plan oku-250.xlsx --scenarios 20 --budget 2000 --out plan --quiet",
    ),
    "batch": (
        "batch instances/tiny-2.toml instances/kaur-2005.toml instances/infeasible-1.toml sweep.toml --seeds 1:3"
        " --whatif '--heads 30' --scenarios 50 --budget 2000 --out run --json --quiet",
        "runs list run --json",
        "runs export run --to cases.csv",
        "runs show run 'tiny-2, seed 1' --json",
        "runs show run 'kaur-2005, heads 30, seed 2' --json",
        "runs show run 'infeasible-1, seed 1' --json",
        "runs compare run 'kaur-2005, seed 1' 'kaur-2005, heads 30, seed 1' --json",
    ),
    "nation/joined": (
        "generate province towns",
        f"{PROVINCE} --out run",
        "nation towns/nation.toml --check run --json",
    ),
    "nation/separate": ("generate province towns --separate", f"{PROVINCE} --json"),
    "instances": ("instances --all --json",),
}

# Left out by the short form: towns that take about a minute each, and the many that resemble others.
LONG = ("plan/families/town-100-*", "plan/families/town-30-*", "plan/families/*-2", "plan/markov/*-0[2-8]", "nation/*")
ENGINES = ("compiled", "simpy")


def list_tasks(instances: Path) -> dict[str, tuple[str, ...]]:
    """List all tasks, given the folder of the instances that ship."""
    shipped = [file.relative_to(instances).with_suffix("").as_posix() for file in sorted(instances.rglob("*.toml"))]
    tasks: dict[str, tuple[str, ...]] = {}
    for name in shipped:
        tasks[f"plan/{name}"] = (f"plan {name} --out . --quiet",)
        if "/" not in name:
            few = f"plan {name} --scenarios 10 --reporting 20 --budget 200 --quiet"
            tasks[f"engines/{name}"] = tuple(f"{few} --engine {engine} --out {engine}" for engine in ENGINES)
            tasks[f"simulate/{name}"] = (
                f"simulate {name} --scenario 3 --scenarios 200 --json",
                f"simulate {name} --seed 2 --out .",
            )
        if "/" not in name or name.startswith("infeasible/"):
            tasks[f"validate/{name}"] = (f"validate {name} --strict --json",)
        if name.startswith("infeasible"):
            tasks[f"repair/{name}"] = (f"repair {name} --out repaired.toml --json", "validate repaired.toml --json")
        if (instances / f"{name}.historical.json").exists():
            plan = f"{name} instances/{name}.historical.json"
            tasks[f"check/{name}"] = (f"check {plan} --json", f"geojson {plan} --out map.geojson")
    return {**tasks, **QUESTIONS}
