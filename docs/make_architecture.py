"""Draw the picture of the packages from the table that the tests hold: ``python docs/make_architecture.py``.

Each package stands one level above the highest package that it may import. Arrows that follow from others are left out:
where `cli` may import `batch`, and `batch` may import `output`, no arrow leads from `cli` to `output`.
"""

from __future__ import annotations

import ast
from pathlib import Path

DOCS, ROOT = Path(__file__).parent, Path(__file__).parents[1]
PICTURE = DOCS / "pictures" / "architecture.svg"
TABLE = ROOT / "tests" / "test_house.py"
PACKAGE = ROOT / "optimiser"
CAPTIONS = {
    "common": "faults, words, numbers, files",
    "model": "instance, plan, law, checker",
    "files": "instance files, workbooks",
    "simulation": "one day: rules, two engines",
    "planning": "program, search, certificate",
    "jobs": "ledger, results, workers",
    "questions": "what if, frontier, worth, why",
    "operation": "exercise, score, law, advice",
    "nation": "districts that share pools",
    "output": "screen, page, workbook, JSON",
    "batch": "many cases",
    "web": "REST interface",
    "cli": "one file a command",
}
WIDTH, BOX, HEIGHT, GAP, STEP, EDGE = 700, 230, 50, 70, 88, 14  # pixels
STYLE = (
    "text{font-family:system-ui,sans-serif;text-anchor:middle;fill:#1b2733}"
    ".name{font-size:17px;font-weight:600}.caption{font-size:13.5px;fill:#44525f}"
    "rect.box{fill:#eef3f8;stroke:#5b7083}path{fill:none;stroke:#5b7083;stroke-width:1.6}"
)


def read_table() -> dict[str, tuple[str, ...]]:
    """Read which package may import which, from the lowest package to the highest.

    Raises
    ------
    LookupError : the test has no such table.
    """
    for node in ast.parse(TABLE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "BELOW" and node.value is not None:
            table: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return table
    raise LookupError(f"no table BELOW in {TABLE}")


def reduce_table(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Leave out of each row what another package of the row may import already."""
    return {
        name: tuple(low for low in below if not any(low in table[other] for other in below))
        for name, below in table.items()
    }


def read_story(package: str) -> str:
    """Read what a package says of itself: the first paragraph of its docstring, in one line."""
    source = (PACKAGE / package / "__init__.py").read_text(encoding="utf-8")
    story = ast.get_docstring(ast.parse(source)) or ""
    return " ".join(story.split("\n\n")[0].split())


def draw() -> str:
    """Draw the packages as boxes, the highest level on top."""
    table = read_table()
    arrows, level = reduce_table(table), dict.fromkeys(table, 0)
    for name, below in table.items():
        level[name] = max((level[low] + 1 for low in below), default=0)
    top = max(level.values())
    rows = [[name for name in table if level[name] == n] for n in range(top, -1, -1)]
    height = 2 * EDGE + top * STEP + HEIGHT
    middle, upper = {}, {}
    for n, row in enumerate(rows):
        start = (WIDTH - len(row) * BOX - (len(row) - 1) * GAP) / 2
        for i, name in enumerate(row):
            middle[name], upper[name] = start + i * (BOX + GAP) + BOX / 2, EDGE + n * STEP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        "<title>The packages of optimiser; an arrow leads to what a package may import</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" style="fill:#5b7083;stroke:none"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for name, below in arrows.items():
        for low in below:
            shift = max(-70.0, min(70.0, (middle[low] - middle[name]) / 3))  # so that arrows of one box stand apart
            start, end = f"{middle[name] + shift:g} {upper[name] + HEIGHT:g}", f"{middle[low] - shift:g} {upper[low]:g}"
            lines.append(f'<path d="M{start}L{end}" marker-end="url(#tip)"/>')
    for name in table:
        x, y = middle[name], upper[name]
        lines += [
            f'<rect class="box" x="{x - BOX / 2:g}" y="{y:g}" width="{BOX}" height="{HEIGHT}" rx="7"/>',
            f'<text class="name" x="{x:g}" y="{y + 21:g}">{name}</text>',
            f'<text class="caption" x="{x:g}" y="{y + 40:g}">{CAPTIONS[name]}</text>',
        ]
    return "\n".join([*lines, "</svg>\n"])


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
