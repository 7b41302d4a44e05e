"""What a notebook shows: a small table in plain HTML, everything escaped, without script or style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

MOST_ROWS = 30  # assumed: a screen in a notebook
MOST_LETTERS = 80  # of a cell; assumed


def make_card(
    title: str, facts: Mapping[str, object], head: Sequence[str] = (), rows: Iterable[Sequence[object]] = ()
) -> str:
    """Make a card: a title, a line for each fact, and a table of which the first rows are shown.

    Parameters
    ----------
    facts : value by name.
    head, rows : of the table; left out where there is no head.
    """
    lines = "".join(f"<div>{_cell(name)}: {escape(str(value))}</div>" for name, value in facts.items())
    listed = [tuple(row) for row in rows]
    table = ""
    if head:
        top = "".join(f"<th>{_cell(name)}</th>" for name in head)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in listed[:MOST_ROWS]
        )
        table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    more = f"<div>and {len(listed) - MOST_ROWS} more</div>" if len(listed) > MOST_ROWS else ""
    return f"<div><strong>{_cell(title)}</strong>{lines}{table}{more}</div>"


def _cell(value: object) -> str:
    text = str(value)
    return escape(text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 3] + "...")
