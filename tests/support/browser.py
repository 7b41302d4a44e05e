"""Pages as Chromium shows and prints them."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.small import program

QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
)
QUIET += " --disable-sync --hide-scrollbars --no-pdf-header-footer"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def print_pages(page: Path, folder: Path) -> list[str]:
    """Print a page on A4 and give the text of each sheet, words where they stand. Skipped where there is no Chromium.

    Parameters
    ----------
    folder : for a profile and the PDF file.
    """
    tool, pdf = program("pdftotext"), folder / f"{page.stem}.pdf"
    _run(folder, f"--print-to-pdf={pdf}", page.as_uri())
    told = subprocess.run([tool, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return told.split("\f")[:-1]


def measure_page(page: bytes, widths: tuple[int, ...], script: str, folder: Path) -> list[Any]:
    """Ask one page by one script: what it answers by width; see `measure_pages`."""
    (answers,) = measure_pages([page], widths, [script], folder)
    return [answer for (answer,) in answers]


def measure_pages(pages: Sequence[bytes], widths: tuple[int, ...], scripts: Sequence[str], folder: Path) -> list[Any]:
    """Show pages in frames of some widths, px, and ask each frame by scripts; all in one start.

    Parameters
    ----------
    scripts : bodies of functions of ``document`` and ``window`` of a page; what they return is written as JSON.

    Returns
    -------
    What each script answers, by page, width and script.
    """
    inner = json.dumps([POLICY.sub("", page.decode()) for page in pages]).replace("</", "<\\/")
    looks = ", ".join(f"(document, window) => {{ {script} }}" for script in scripts)
    outer = folder / "frames.html"
    outer.write_text(
        "<!DOCTYPE html><meta charset=utf-8><body><script>"
        f"const pages = {inner}; const widths = {list(widths)}; const looks = [{looks}];"
        "const found = pages.map(() => []);"
        "pages.forEach((page, p) => widths.forEach((width, n) => { const frame = document.createElement('iframe');"
        "frame.style = `border:0;width:${width}px;height:800px`; frame.srcdoc = page;"
        "frame.onload = () => { found[p][n] = looks.map(look => look(frame.contentDocument, frame.contentWindow));"
        "frame.remove(); document.title = JSON.stringify(found); }; document.body.append(frame); }));"
        "</script>",
        encoding="utf-8",
    )
    told = _run(folder, "--virtual-time-budget=3000", "--dump-dom", outer.as_uri())
    title = re.search(r"<title>(.*?)</title>", told, re.DOTALL)
    assert title, told[:500]
    found = json.loads(html.unescape(title[1]))
    assert [len([answers for answers in page if answers]) for page in found] == [len(widths)] * len(pages)
    return list(found)


def _run(folder: Path, *arguments: str) -> str:
    browser = program("chromium")
    command = [browser, *QUIET.split(), f"--user-data-dir={folder / 'profile'}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
