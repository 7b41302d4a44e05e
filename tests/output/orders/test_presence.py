"""Rules of presence in papers: those in force, who must be there beside who is, and guards in place in time."""

from __future__ import annotations

from typing import Any

from support.along_town import along_town
from support.read_papers import all_text, page, text

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import Presence
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders

IN_FORCE = Presence(medical=False, one_officer=False)
PLAIN = along_town()
RULED = PLAIN.altered(presence=IN_FORCE)
HEADING = "Presence: who must be there"


def drafted(instance: Instance) -> Orders:
    """Write the papers of a plan with a guard at the KPU and a water cannon that waits with its escort."""
    teams = {("polres", "shield"): 1, ("kpu", "padal"): 1, ("kpu", "rope"): 1}
    return order(instance, Deployment.build(instance, teams, {("polres", "awc"): 1}), draft=True)


def said(orders: Orders) -> str:
    return "\n".join(all_text(paper) for paper in orders.papers)


def test_the_operation_order_lists_the_rules_in_force_and_no_others() -> None:
    sections = [section for paper in drafted(RULED).papers for section in paper.sections if section.heading == HEADING]
    block: Any = sections[0].blocks[0]
    items = [text(item) for item in block.items]
    assert len(sections) == 1
    assert len(items) == len(IN_FORCE.in_force)
    assert items[0] == "Where more than 200 people of one gathering are expected an officer is in charge."
    assert not any("medical" in item for item in items)
    assert HEADING not in said(drafted(PLAIN))


def test_what_the_rules_ask_for_stands_beside_what_the_plan_has() -> None:
    told = said(drafted(RULED))
    assert "a line that guards the records at KPU at all hours\n1\n1\n0\nrule of presence" in told
    assert "a dialogue team at KPU for 'March'\n1\n0\n1\nrule of presence" in told
    assert "rule of presence" not in said(drafted(PLAIN))


def test_a_guard_forms_up_before_its_window_opens() -> None:
    """The window opens at 14:00 and people come at 15:08; with records to guard the line is there from the start."""
    windows = PLAIN.altered(presence=IN_FORCE.without("records"))
    for instance, clock in ((PLAIN, "15:08"), (windows, "14:00"), (RULED, "13:00")):
        assert f"Formed up by {clock}" in all_text(page(drafted(instance), "kpu"))


def test_bug_people_were_expected_at_the_earliest_when_a_guard_takes_its_place() -> None:
    """The march is 10 minutes late on average; records are guarded from the start."""
    for instance in (PLAIN, RULED):
        assert "about 15:18, at the earliest 15:08" in all_text(page(drafted(instance), "kpu"))


def test_papers_and_simulated_days_agree_on_the_escort_of_a_water_cannon() -> None:
    called_away = "In the expected figures an escort may be called away"
    assert called_away in said(drafted(PLAIN))
    assert called_away in said(drafted(PLAIN.altered(presence=IN_FORCE.without("escort_stays"))))
    assert called_away not in said(drafted(RULED))
