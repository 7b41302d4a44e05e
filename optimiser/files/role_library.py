"""Roles to copy from, as the shipped file `role_library.toml` has them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from optimiser.common.errors import BadSetting
from optimiser.common.faults import make_fault, suggest
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.model.instance import Role

LIBRARY = Path(__file__).parent / "role_library.toml"
ASSUMED = "assumed"
_HEAD = "[[roles]]\n"
_TEXTS = re.compile(r'^(name|source) = "(.*)"$', re.MULTILINE)


@cache
def shipped_roles() -> tuple[Role, ...]:
    """Return the roles of the library, in its order; their names and sources are texts of the catalogues."""
    return tuple(Role.model_validate(role) for role in tomllib.loads(_text())["roles"])


def translated_roles(language: Language) -> tuple[Role, ...]:
    """Return the roles of the library with names and sources for a reader."""
    return tuple(
        role.altered(name=language(role.name), source=_translate_source(role.source, language))
        for role in shipped_roles()
    )


def role_text(names: Sequence[str], language: Language = ENGLISH) -> str:
    """Return roles as they are written in the library, to be appended to an instance file.

    Raises
    ------
    BadSetting : the library has none of that name; all of them.
    """
    known = dict(zip((role.id for role in shipped_roles()), _text().split(_HEAD)[1:], strict=True))
    expected = Message("one of {names}", names=", ".join(known))
    faults = [
        make_fault("unknown-role", "roles", name, expected, suggest(name, known) or Message("correct the name"))
        for name in names
        if name not in known
    ]
    if faults:
        raise BadSetting("roles", faults)
    return "".join(f"\n{_HEAD}{_translate(known[name], language).strip()}\n" for name in dict.fromkeys(names))


def _translate(text: str, language: Language) -> str:
    """Write name and source of one role in the reader's language; the rest is data."""

    def told(line: re.Match[str]) -> str:
        return f'{line[1]} = "{_translate_source(line[2], language)}"'

    return _TEXTS.sub(told, text)


def _translate_source(text: str, language: Language) -> str:
    """Return a name or a source in the reader's language; ``assumed`` is a word of the format and stays."""
    return text if text == ASSUMED else language(text)


def _text() -> str:
    return LIBRARY.read_text(encoding="utf-8")
