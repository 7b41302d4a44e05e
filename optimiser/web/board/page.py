"""The page of the board: markup with its texts in the reader's language, and the files that it loads."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from optimiser.common.language import Language
from optimiser.web.board.texts import TEXTS

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FILES = {file.name: TYPES[file.suffix] for file in sorted(STATIC.iterdir()) if file.suffix in TYPES}
BOARD_HEADERS = {  # the page runs its own files and asks its own server, and nothing else
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-cache, private",
}


def board_page(language: Language) -> str:
    """Fill the page: every ``$name`` is a text of `texts.TEXTS`, and scripts find all of them as data."""
    texts = {name: language(text) for name, text in TEXTS.items()}
    data = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")  # so that no text ends the element
    words = {name: escape(text) for name, text in texts.items()}
    return Template(_shell()).substitute(words, lang=language.code, texts=data)


@cache
def _shell() -> str:
    return (STATIC / "board.html").read_text(encoding="utf-8")


@cache
def read_file(name: str) -> bytes:
    """Read one of `FILES`; a name of the address never leads elsewhere.

    Raises
    ------
    KeyError : there is no such file.
    """
    if name not in FILES:
        raise KeyError(name)
    return (STATIC / name).read_bytes()
