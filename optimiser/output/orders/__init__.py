"""From a plan to the papers that are handed out: a sheet for each place, operation order, ICS forms, review.

Everything here is plain data in the reader's language; `optimiser.output.write` makes a page and a workbook of it.
"""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.common.number_format import plain
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.verdict import Verdict
from optimiser.output.orders.first_page import first_page
from optimiser.output.orders.form import Orders, Paper
from optimiser.output.orders.operation import operation_order
from optimiser.output.orders.post import post_sheet
from optimiser.output.orders.resources import assignment_list, period, planning_worksheet
from optimiser.output.orders.review import review_form
from optimiser.output.orders.shapes import Shape
from optimiser.output.orders.sheet import sector_sheet
from optimiser.output.orders.situation import Situation
from optimiser.output.orders.staffing.accepted_risk import accepted_risk_sheet
from optimiser.output.orders.staffing.accompaniment import accompaniment_sheet
from optimiser.output.orders.staffing.movement import movement_sheet
from optimiser.output.words.expectation import NOTHING, Expectation

__all__ = ["Orders", "Paper", "compose"]


def compose(
    instance: Instance,
    deployment: Deployment,
    verdict: Verdict,
    expected: Expectation = NOTHING,
    language: Language = ENGLISH,
    stale: bool = False,
    shape: Shape = "iimarch",
    source: tuple[str, ...] = (),
) -> Orders:
    """Write all papers of a plan: the day at a glance, the order, a sheet for each place, ICS 204 and 215, the review.

    A sector where nobody stands has a sheet of accepted risk instead; where nothing is expected either it has none, and
    the operation order names it.

    Parameters
    ----------
    deployment : names nothing that the instance does not have.
    verdict : of the checker; violations are told on the first page.
    expected : what is expected under the plan, if it was played.
    shape : of the operation order.
    source : files of the instance and of the plan, for commands on papers; see `Situation`.
    stale : whether the instance has changed since the plan was made; then nothing expected is told.
    """
    instance = instance.told_in(language.code)
    at = Situation(instance, deployment, NOTHING if stale else expected, language, source)
    sheets = [
        sector_sheet(at, s) if at.units[s.id] else accepted_risk_sheet(at, s) for s in instance.sectors if at.active(s)
    ]
    along = [accompaniment_sheet(at, a) for a in instance.accompaniments if at.units[a.id]]
    moving = [movement_sheet(at, m) for m in instance.movements if at.units[m.id]]
    posts = [post_sheet(at, p) for p in instance.posts if at.units[p.id]]
    papers = (
        first_page(at, verdict),
        operation_order(at, verdict, shape),
        *sheets,
        *along,
        *moving,
        *posts,
        assignment_list(at),
        planning_worksheet(at),
    )
    return Orders(
        title=plain(instance.title),
        when=period(at),
        mark=language("{name}, plan {hash}", name=instance.name, hash=deployment.fingerprint()[:12]),
        warnings=_warnings(language, verdict, stale),
        papers=(*papers, review_form(at)),
    )


def _warnings(language: Language, verdict: Verdict, stale: bool) -> tuple[str, ...]:
    _ = language
    found = []
    if not verdict.passed:
        count = len(verdict.violations)
        broken = language.plural("it breaks {n} requirement", "it breaks {n} requirements", count)
        found.append(_("DRAFT, not to be handed out: {broken}.", broken=broken))
        found += [plain(v.message) for v in verdict.violations]
    if stale:
        found.append(_("The instance has changed since this plan was made; what was expected then is left out."))
    return tuple(found)
