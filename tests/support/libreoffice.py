"""Workbooks as LibreOffice opens, recalculates and saves them."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import python_calamine
from support.small import program

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
HARMLESS = ("javaldx", "Could not find platform")  # no Java and no printer: nothing about the file


def open_in_office(files: Sequence[Path], folder: Path, kind: str = "xlsx", sound: bool = True) -> list[Path]:
    """Open workbooks without a window, recalculate every formula, and save them as another file.

    Parameters
    ----------
    folder : where a profile of its own and the saved files go.
    kind : ``xlsx`` or ``pdf``.
    sound : whether no cell may show an error.

    Returns
    -------
    The saved files. The test is skipped where there is no LibreOffice.
    """
    office = program("soffice")
    profile, out = folder / "profile", folder / "saved"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind, "--outdir", out]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False, timeout=180)
    said = [line for line in done.stderr.splitlines() if line and not any(word in line for word in HARMLESS)]
    assert (done.returncode, said) == (0, [])
    saved = [out / file.with_suffix(f".{kind}").name for file in files]
    for file in saved:
        assert file.is_file(), done.stdout
        if kind == "xlsx" and sound:
            assert not errors(file), f"{file.name} shows errors"
    return saved


def errors(file: Path) -> list[str]:
    """List the sheets of a saved workbook in which a cell shows an error."""
    with zipfile.ZipFile(file) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [name for name in sheets if b't="e"' in archive.read(name)]


def read_cells(file: Path) -> dict[str, list[list[Any]]]:
    """Read every sheet, hidden ones too."""
    book = python_calamine.load_workbook(file)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
