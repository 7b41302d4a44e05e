"""Pages for people: one HTML file that needs nothing else, for screen and paper.

A page runs no script and asks no outside host, and says so to the browser. Names from files are hostile: every value
put into a template is escaped, and characters that steer a screen are replaced; only drawings made here pass as they
are.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.output.blocks import Value, lines, plain_text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
# What the browser may do with a page: show its own styles and pictures, nothing else. `frame-ancestors` would be
# ignored in a meta element.
ENDLESS = 24  # letters of a word that may be broken: longer than any of a language here; assumed
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def to_page(template: str, language: Language = ENGLISH, **values: object) -> bytes:
    """Fill a template.

    Parameters
    ----------
    template : name of a file in ``templates``; it extends ``page.html``.
    language : of the reader; the template calls it ``_``, and ``plural`` for what depends on a number.
    values : what the template names besides; a text becomes one line of plain characters.

    Returns
    -------
    A whole page in UTF-8; the same values give the same bytes.
    """
    words: dict[str, Any] = {"_": language, "plural": language.plural, "lang": language.code, "policy": POLICY}
    return _templates().get_template(template).render(**words, **values).encode("utf-8", errors="replace")


def drawing(svg: str) -> Markup:
    """Let a drawing of `optimiser.output.drawing` through as it is: its texts are escaped already."""
    from markupsafe import Markup  # noqa: PLC0415 - only where a page is made

    return Markup(svg)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only where a page is made

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )
    made.tests["endless"] = _has_endless_word
    return made


def _has_endless_word(value: Value) -> bool:
    """Tell whether a cell holds a word that would make any column too wide."""
    return any(len(word) > ENDLESS for line in lines(value) for word in plain_text(line).split())


def _clean(value: object) -> object:
    """Replace characters that steer; markup is made here and knows none."""
    return plain(value) if type(value) is str else value
