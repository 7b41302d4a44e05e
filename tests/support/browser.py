"""Pages as Chromium shows and prints them."""

from __future__ import annotations

import html
import json
import re
import subprocess
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
    """Show a page in frames of some widths, px, and give what a script answers in each; all in one start.

    Parameters
    ----------
    script : body of a function of ``document`` and ``window`` of the page; what it returns is written as JSON.
    """
    inner = json.dumps(POLICY.sub("", page.decode())).replace("</", "<\\/")
    outer = folder / "frames.html"
    outer.write_text(
        "<!DOCTYPE html><meta charset=utf-8><body><script>"
        f"const page = {inner}; const found = []; const widths = {list(widths)};"
        f"const look = (document, window) => {{ {script} }};"
        "widths.forEach((width, n) => { const frame = document.createElement('iframe');"
        "frame.style = `border:0;width:${width}px;height:800px`; frame.srcdoc = page;"
        "frame.onload = () => { found[n] = look(frame.contentDocument, frame.contentWindow);"
        "frame.remove(); document.title = JSON.stringify(found); }; document.body.append(frame); });"
        "</script>",
        encoding="utf-8",
    )
    told = _run(folder, "--virtual-time-budget=3000", "--dump-dom", outer.as_uri())
    title = re.search(r"<title>(.*?)</title>", told, re.DOTALL)
    assert title, told[:500]
    found = json.loads(html.unescape(title[1]))
    assert len(found) == len(widths)
    return list(found)


def _run(folder: Path, *arguments: str) -> str:
    browser = program("chromium")
    command = [browser, *QUIET.split(), f"--user-data-dir={folder / 'profile'}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
