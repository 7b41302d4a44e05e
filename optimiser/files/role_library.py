"""Roles to copy from, as the shipped file `role_library.toml` has them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from optimiser.common.errors import BadSetting
from optimiser.common.faults import make_fault, suggest
from optimiser.common.message import Message
from optimiser.model.instance import Role

LIBRARY = Path(__file__).parent / "role_library.toml"
SHEET = "_roles"  # of a template; what begins with _ is not read back
_HEAD = "[[roles]]\n"


@cache
def shipped_roles() -> tuple[Role, ...]:
    """Return the roles of the library, in its order."""
    return tuple(Role.model_validate(role) for role in tomllib.loads(_text())["roles"])


def role_text(names: Sequence[str]) -> str:
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
    return "".join(f"\n{_HEAD}{known[name].strip()}\n" for name in dict.fromkeys(names))


def _text() -> str:
    return LIBRARY.read_text(encoding="utf-8")
