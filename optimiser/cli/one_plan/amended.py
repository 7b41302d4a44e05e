"""Writing an instance with changes in it, for the commands that make such."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from optimiser.cli.shared.console import print_notice

if TYPE_CHECKING:
    from optimiser.common.language import Language
    from optimiser.files.edit import Edit
    from optimiser.model.instance import Instance


def write_changed(name: str, problem: Instance, edits: Iterable[Edit], to: Path, language: Language) -> None:
    """Write a changed instance whole; the historical plan is named only where it lies beside the new file too.

    Raises
    ------
    FileTrouble : the file cannot be written.
    InputFault : what the changes make of the instance cannot be used.
    """
    from optimiser.files.edit import Edit, write_amended
    from optimiser.output.write import write_files

    changes = list(edits)
    if problem.historical is not None and not (to.parent / problem.historical).is_file():
        changes.append(Edit(("historical",), None))
        words = {"plan": problem.historical, "file": str(to)}
        print_notice(language("left out: the historical plan {plan}, which does not lie beside {file}", **words))
    write_files(to.parent, {to.name: write_amended(name, changes, to).encode()})
    print_notice(language("written: {files}", files=to))
