"""The index page: a plain list of all routes, which loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from optimiser.common.language import Language
from optimiser.common.message import Message

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td{padding:.2rem .8rem .2rem 0;vertical-align:top}"
    "code{font:.9rem ui-monospace,monospace}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}}"
)


def index_page(description: Mapping[str, Any], language: Language) -> str:
    """List every route with what it does; those that can be opened by a click are links."""
    rows = []
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            shown = f"<code>{escape(path)}</code>"
            if method == "get" and "{" not in path:
                shown = f'<a href="{escape(path)}">{shown}</a>'
            summary = route["summary"]
            rows.append(
                f"<tr><td><code>{method.upper()}</code></td><td>{shown}</td><td>{escape(language(summary))}</td></tr>"
            )
    intro = Message(
        "Send the token as a Bearer token. What takes longer is a job: its address comes in the header Location, "
        "its progress at /events, its document at /result."
    )
    title = escape(f"{description['info']['title']} {description['info']['version']}")
    return (
        f'<!doctype html><html lang="{language.code}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1><p>{escape(language(intro))}</p><table>{''.join(rows)}</table></html>"
    )
