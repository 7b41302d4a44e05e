"""`optimiser roles`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from optimiser.cli.shared.console import guarded, print_sections
from optimiser.cli.shared.options import Lang, Tongue, speak


@guarded
def roles(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ROLE ...]", help="Print these as TOML, to append to an instance; all are listed if left out."
        ),
    ] = None,
    lang: Lang = Tongue.ENGLISH,
) -> None:
    """List roles to copy from, such as Lantas, Intelkam or Satpol PP, or print some as TOML."""
    from optimiser.files.role_library import role_text, translated_roles

    if names:
        sys.stdout.write(role_text(names, speak(lang)))
        return
    from optimiser.output.sections.instances import roles_sections

    print_sections(roles_sections(translated_roles(speak(lang)), speak(lang)))
