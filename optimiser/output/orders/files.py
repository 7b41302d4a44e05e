"""Papers of a plan as files: one page to print, one workbook to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimiser.common.atomic_files import write_files
from optimiser.common.errors import OptimiserError
from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.excel.orders_book import papers_workbook
from optimiser.output.orders import Orders, compose
from optimiser.output.orders.fit import fit
from optimiser.output.orders.form import SHORT
from optimiser.output.orders.shapes import Shape
from optimiser.output.render_page import to_page
from optimiser.output.words.expectation import expect


class NotForOrders(OptimiserError):
    """A plan that breaks a rule is not handed out."""

    exit_code = 3


def write_orders(
    instance: Instance,
    plan: Deployment,
    folder: str | Path,
    *,
    document: Mapping[str, Any] | None = None,
    language: Language = ENGLISH,
    draft: bool = False,
    shape: Shape = "iimarch",
    source: tuple[str, ...] = (),
) -> tuple[Path, ...]:
    """Write ``orders.html`` and ``orders.xlsx`` into a folder: sheets, operation order, ICS forms, review.

    Parameters
    ----------
    document : the plan as `write.describe` gives it or as its file holds it, for what is expected.
    draft : write a plan that breaks a rule too, marked as a draft on every paper.
    shape : headings of the operation order: ``iimarch``, or ``five-paragraph`` as Indonesian orders have them.
    source : files that instance and plan were read from, for commands on papers; see `Situation`.

    Returns
    -------
    The files.

    Raises
    ------
    NotForOrders : the plan breaks a rule and is no draft, or it names what the instance does not have.
    InputFault : the document has another shape than a plan's.
    FileTrouble : a file cannot be written; it is named.
    """
    orders = order(instance, plan, document=document, language=language, draft=draft, shape=shape, source=source)
    files = make_order_files(orders, instance, plan, language)
    write_files(folder, files)
    return tuple(Path(folder) / name for name in files)


def make_order_files(
    orders: Orders, instance: Instance, plan: Deployment, language: Language = ENGLISH
) -> dict[str, bytes]:
    """Make ``orders.html`` and ``orders.xlsx`` of papers that were composed, by name."""
    sizes = {paper.key: fit(paper, len(orders.warnings)) for paper in orders.papers}
    return {
        "orders.html": to_page("orders.html", language, orders=orders, sizes=sizes, short=SHORT),
        "orders.xlsx": papers_workbook(orders, instance.told_in(language.code), plan, language),
    }


def order(
    instance: Instance,
    plan: Deployment,
    *,
    document: Mapping[str, Any] | None = None,
    language: Language = ENGLISH,
    draft: bool = False,
    shape: Shape = "iimarch",
    source: tuple[str, ...] = (),
) -> Orders:
    """Compose the papers of a plan after checking it; see `write_orders`."""
    verdict = check(instance, plan)
    unknown = any(v.code == "unknown" for v in verdict.violations)
    if unknown or not (verdict.passed or draft):
        words = {"title": plan.title, "verdict": verdict.all_of_it()}
        lines = [Message("'{title}' is not handed out as orders: {verdict}", **words)]
        if not unknown:
            lines.append(Message("--draft writes it all the same, marked as a draft"))
        raise NotForOrders(Message.chain("\n", lines))
    expected = expect(document or {})
    made_for = expected.instance.sha256
    stale = bool(made_for) and made_for != instance.fingerprint()
    return compose(instance, plan, verdict, expected, language, stale, shape, source)
