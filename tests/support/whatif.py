"""What-ifs asked of the small instance with two sectors."""

from __future__ import annotations

import io

from rich.console import Console

from optimiser.files.read import read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.answer import answer_sections
from optimiser.planning.search.hand_rules import proportional
from optimiser.questions.what_if.answer import whatif as answer_whatif

TINY = read("tiny-2")
PLAN = proportional(TINY)
QUICK = ["--scenarios", "4", "--reporting", "6", "--workers", "1", "--budget", "200"]


def asked(*changes, instance=TINY, plan=PLAN, **more):
    return answer_whatif(
        instance,
        plan,
        parse_whatifs({"changes": list(changes)})[0],
        **{"scenarios": 20, "reporting": 40, "workers": 1, "budget": 3000, **more},
    )


def screen(answer, width=80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, highlight=False, markup=False).print(to_terminal(answer_sections(answer)))
    return stream.getvalue()
