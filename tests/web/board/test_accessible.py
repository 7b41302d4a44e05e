"""axe-core finds nothing in any view of the board, light or dark, on a laptop or a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.board_pages import LAPTOP, PHONE, Pages, RunningBoard, chip, row, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long  # some of them wait for what takes longer where a machine is busy

LOG = Path(__file__).parents[3] / "docs" / "examples" / "oku-250-rehearsal.csv"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Examiner:
    """Runs axe-core in a page, which may then have scripts of others in it.

    Attributes
    ----------
    found : what is wrong, in words, by view.
    """

    def __init__(self, page: Page) -> None:
        axe = pytest.importorskip("axe_playwright_python.base")
        self.page, self.found, self.script = page, {}, axe.AXE_SCRIPT  # type: ignore[var-annotated]

    def look(self, view: str) -> None:
        """Examine what is shown."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(self.script)
        asked = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        found = self.page.evaluate("asked => axe.run(document, asked)", asked)
        said = [
            f"{one['id']}: {node['target']} {node['failureSummary'][:300]}"
            for one in found["violations"]
            for node in one["nodes"][:4]
        ]
        if said:
            self.found[view] = said


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        (LAPTOP, "light"),
        (PHONE, "dark"),
        pytest.param(LAPTOP, "dark", marks=pytest.mark.long),
        pytest.param(PHONE, "light", marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing_in_any_view(board: RunningBoard, open_board: Pages, size: Any, scheme: str) -> None:
    key = board.add_board("oku-250")
    page = open_board("", size, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    axe = Examiner(page)
    settle(page)
    axe.look("start")
    open_board.show(page, key)
    axe.look("plan")
    chip(page, "kpu", "padal-tim").focus()
    for press in ("Enter", "ArrowDown"):
        page.keyboard.press(press)
    axe.look("unit picked up")
    page.keyboard.press("Enter")
    settle(page)
    axe.look("plan with a broken rule and a difference")
    chip(page, "halaman-polres", "raimas-regu").click()
    axe.look("dialog of a unit")
    page.locator("dialog button[value=pin]").click()
    page.locator("dialog").wait_for(state="detached")
    axe.look("plan with a pin")
    page.locator("[data-key=downloads]").click()
    settle(page)
    axe.look("files")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Variants").click()
    page.locator("[data-key=copy]").click()
    settle(page)
    axe.look("variants")
    page.get_by_role("tab", name="What if").click()
    page.locator("[data-key=whatif-add]").click()
    axe.look("what if")
    page.get_by_role("tab", name="What now").click()
    settle(page)
    page.locator(".now summary").first.click()
    page.locator(".now [data-key=at]").fill("11:20")
    page.locator("[data-key=now-ask]").click()
    settle(page)
    axe.look("what now")
    page.get_by_role("tab", name="Score").click()
    page.set_input_files("#score-logs", LOG)
    page.locator("[data-key=score-ask]").click()
    settle(page)
    axe.look("score")
    page.get_by_role("tab", name="Exercise").click()
    page.locator("[data-key='theme lapis']").check()
    page.locator("[data-key=exercise-ask]").click()
    settle(page)
    axe.look("exercise")
    row_tab = page.get_by_role("tab", name="Who stands where")
    row_tab.click()
    row(page, "kpu").locator(".place-name").click()
    settle(page)
    axe.look("why")
    page.fill("#told-number", "54")
    page.press("#told-number", "Enter")
    settle(page)
    page.locator(".time input[type=range]").fill("300")
    settle(page)
    axe.look("told day")
    page.locator("[data-key=edit]").click()
    settle(page)
    names = page.locator(".editor nav .tab").count()
    for number in range(names):
        page.locator(".editor nav .tab").nth(number).click()
        more = page.locator(".editor-body [aria-expanded=false]:visible")
        if more.count():
            more.first.click()
        settle(page)
        axe.look(f"district: {page.locator('.editor nav .tab').nth(number).inner_text()}")
    others = page.locator("[data-key=others] option").count()
    for number in range(1, others):
        page.locator("[data-key=others]").select_option(index=number)
        settle(page)
        axe.look(f"district, other {number}: {page.inner_text('.editor-body h3')}")
    assert not axe.found, "\n".join(f"{view}: {said}" for view, all_said in axe.found.items() for said in all_said)
