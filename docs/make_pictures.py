"""Take the pictures of the pages anew: ``python docs/make_pictures.py [FOLDER]``, with Chromium and pdftoppm.

A plan of oku-250 with `--frontier`, minutes of work unless the folder has one, and its papers in Indonesian are made
as a user makes them and shown by Chromium: parts of the report in frames of a width, as on a laptop or a phone, sheets
as they print on A4. No test holds the pictures: fonts differ between machines, and it is people who look at them.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from make_board_pictures import take as take_board_pictures

PICTURES = Path(__file__).parent / "pictures"
INSTANCE = "oku-250"
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-pdf-header-footer")
MARGIN = 16  # pixels above a section
A4 = 74, 81  # dots per inch of a sheet alone, and of two sheets side by side
DARK = "@media screen and (prefers-color-scheme: dark)"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@dataclass(frozen=True)
class View:
    """A part of the report on a screen.

    Attributes
    ----------
    width, height : pixels.
    section : identifier of the section that stands at the top; the top of the page where it is empty.
    """

    width: int
    height: int
    section: str = ""
    dark: bool = False


SCREENS = {
    "report-laptop": (View(1000, 1205),),
    "report-dark": (View(1120, 1685, "hours", dark=True),),
    "report-phone": (View(400, 1102), View(400, 1102, "map")),
    "report-frontier": (View(1000, 1495, "frontier"),),
}


def main() -> None:
    """Make plan and papers, unless a folder has the plan, then every picture, those of the board last."""
    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name), Path(sys.argv[1] if len(sys.argv) > 1 else name)
        if not (made / "report.html").exists():
            _optimise("plan", INSTANCE, "--out", str(made), "--frontier")
        _optimise("orders", INSTANCE, str(made / "plan.json"), "--out", str(folder), "--lang", "id")
        report, orders = made / "report.html", folder / "orders.html"
        for picture, views in SCREENS.items():
            show(report, views, picture, folder)
        pages = print_page(report, A4[1], folder)
        beside = "".join(f"<img src='{page.as_uri()}' style='margin:4px'>" for page in pages[:2])
        _shoot(f"<body style='margin:0;background:#888;display:flex'>{beside}", (1356, 956), "report-a4", folder)
        sheets = print_page(orders, A4[0], folder)
        shutil.copy(sheets[0], PICTURES / "orders-day-id.png")
        shutil.copy(sheets[_find_sheet(orders, "Kantor KPU", folder)], PICTURES / "orders-sheet-id.png")
        take_board_pictures(made / "plan.json")


def _optimise(*arguments: str) -> None:
    command = [sys.executable, "-m", "optimiser.cli", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def show(page: Path, views: tuple[View, ...], picture: str, folder: Path) -> None:
    """Show parts of a page side by side, each in a frame of its own width."""
    frames = []
    for view in views:
        text = POLICY.sub("", page.read_text(encoding="utf-8"))
        text = text.replace(DARK, "@media screen" if view.dark else "@media not all")
        place = f"scrollTo(0, document.getElementById('{view.section}').offsetTop - {MARGIN})" if view.section else ""
        text += f"<script>{place}</script>"
        size = f"width:{view.width}px;height:{view.height}px;border:0;margin-right:20px;flex:none"
        frames.append(f"<iframe style='{size}' srcdoc='{html.escape(text, quote=True)}'></iframe>")
    wide = sum(view.width + 20 for view in views) - 20
    body = f"<body style='margin:0;background:#888;display:flex'>{''.join(frames)}"
    _shoot(body, (wide, views[0].height), picture, folder)


def _shoot(body: str, size: tuple[int, int], picture: str, folder: Path) -> None:
    """Take a picture of a page that is so many pixels wide and high."""
    page = folder / "shown.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{body}", encoding="utf-8")
    window = f"--window-size={size[0]},{size[1]}"
    _chromium(folder, window, f"--screenshot={PICTURES / f'{picture}.png'}", page.as_uri())


def print_page(page: Path, dots: int, folder: Path) -> list[Path]:
    """Print a page on A4 and return a picture of each sheet."""
    pdf = folder / f"{page.stem}.pdf"
    _chromium(folder, f"--print-to-pdf={pdf}", page.as_uri())
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(pdf), str(folder / page.stem)], check=True)
    return sorted(folder.glob(f"{page.stem}-*.png"))


def _find_sheet(page: Path, title: str, folder: Path) -> int:
    """Return the place of the first printed sheet whose title is a name."""
    told = subprocess.run(
        ["pdftotext", str(folder / f"{page.stem}.pdf"), "-"], capture_output=True, text=True, check=True
    )
    heads = [sheet.split("\n")[:8] for sheet in told.stdout.split("\f")]
    return next(n for n, lines in enumerate(heads) if title in lines)


def _chromium(folder: Path, *arguments: str) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    command = [browser, *QUIET, "--virtual-time-budget=3000", f"--user-data-dir={folder / 'profile'}", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main()
