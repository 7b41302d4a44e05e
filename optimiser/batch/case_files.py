"""Files that a name in a list of cases stands for: those of a folder, or those that fit a pattern."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from optimiser.common.errors import FileTrouble, InputFault
from optimiser.common.message import Message
from optimiser.files.read import read_document

ENDINGS = (".toml", ".json", ".xlsx")  # of files that may be instances


def path_beside(name: str, folder: Path | None) -> str:
    """Return the path of a file that lies beside the list that names it, or the name as it is."""
    if folder is not None and not Path(name).is_absolute() and os.path.exists(folder / name):
        return str(folder / name)
    return name


def match_pattern(pattern: str, folder: Path | None) -> list[str]:
    """List the files that fit a pattern; folders at its beginning that are there by that name are no pattern.

    Parameters
    ----------
    folder : where the pattern begins, taken as it is whatever signs its name has; the current one if None.
    """
    above = "" if folder is None else str(folder)
    parts, taken = Path(pattern).parts, 0
    while taken + 1 < len(parts) and os.path.isdir(os.path.join(above, *parts[: taken + 1])):
        taken += 1
    there, rest = os.path.join(above, *parts[:taken]), os.path.join(*parts[taken:])
    found = glob.glob(os.path.join(glob.escape(there), rest), recursive=True)
    return sorted(str(Path(file)) for file in found)


def list_instances(folder: str) -> list[str]:
    """List the files in a folder that may be instances and do not say that they are something else.

    Raises
    ------
    FileTrouble : the folder cannot be read.
    """
    try:
        files = [str(file) for file in sorted(Path(folder).iterdir()) if file.suffix.lower() in ENDINGS]
    except OSError as error:
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=folder, error=error.strerror)) from error
    return [file for file in files if not Path(file).name.startswith((".", "~")) and not _is_other(file)]


def _is_other(file: str) -> bool:
    """Tell whether a file says that it is something else than an instance."""
    if not file.lower().endswith((".toml", ".json")):
        return False
    try:
        kind = str(read_document(file).get("format", ""))
    except (InputFault, FileTrouble):
        return False
    return kind.startswith("optimiser-") and not kind.startswith("optimiser-instance/")
