"""What rules of presence cost: in pairs, from the plan that keeps all, and never less than nothing in planning."""

from __future__ import annotations

import pytest
from rich.console import Console
from support.town import crowd, town

from optimiser.common.errors import InputFault
from optimiser.common.language import ENGLISH, language
from optimiser.common.progress import Watcher
from optimiser.model.admission import Forbidden
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import RULES, Presence
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.output.documents.frontier import describe_presence
from optimiser.output.render_terminal import to_terminal
from optimiser.output.sections.worth import presence_sections
from optimiser.planning.evaluation import compare, evaluate
from optimiser.planning.settings import Effort
from optimiser.questions.presence import PresencePrice, price_presence
from optimiser.simulation.simulator import Simulator

EFFORT = {"scenarios": 40, "reporting": 100, "budget": 4000}
QUICK = {**EFFORT, "workers": 1}
FEW = Presence(officer=False, dialogue=False, observers=False, medical=False, backed=False).without("reserve_share")


def guarded() -> Instance:
    """Build a town with two lines, and records where nobody comes: a guard there is missing in front of the crowd."""
    people = crowd(turnout=1500.0, tension=0.9, itinerary=[{"sector": "mall", "stay": 240.0}])
    plain = town(gatherings=[people], reinforcements=[], triggers=[])
    data = plain.model_dump(mode="json", exclude_none=True)
    lines = {"rope": 2, "shield": 0, "phh": 0, "arrest": 0, "info": 0}
    for team in data["teams"]:
        team["count"] = lines.get(team["id"], 2)
    data["presence"] = FEW.model_dump(mode="json")
    return Instance.model_validate(data, context=SHAPE_ONLY)


@pytest.fixture(scope="module")
def price() -> PresencePrice:
    return price_presence(guarded(), **QUICK)


def test_each_rule_in_force_has_a_price_and_all_of_them(price: PresencePrice) -> None:
    force = price.instance.presence.in_force if price.instance.presence else ()
    assert [one.rules for one in price.prices] == [*((rule,) for rule in force), force]


def test_plans_keep_the_rules_that_are_left(price: PresencePrice) -> None:
    assert check(price.instance, price.deployment).passed
    for one in price.prices:
        left = price.instance.altered(presence=FEW.without(*one.rules))
        assert check(left, one.deployment).passed


def test_no_rule_costs_less_than_nothing_on_planning_scenarios(price: PresencePrice) -> None:
    planning = Effort(**EFFORT, seed=1).planning_set(price.instance)
    with Simulator(price.instance) as simulator:
        with_all = evaluate(simulator, price.deployment, planning).objective
    for one in price.prices:
        world = price.instance.altered(presence=FEW.without(*one.rules))
        with Simulator(world) as simulator:
            assert evaluate(simulator, one.deployment, planning).objective <= with_all + 1e-9


def test_a_guard_where_nobody_comes_is_shown_to_cost_once_no_other_rule_asks_for_it(price: PresencePrice) -> None:
    """Records and the critical window are at one place: either rule alone would keep the guard there."""
    alone = {one.rules[0]: one for one in price.prices[:-1]}
    assert alone["records"].same
    assert alone["windows"].same
    both = price.prices[-1]
    assert both.change.loss.low > 0.0
    assert "costs" in both.sentence()
    assert both.deployment.team_count("kpu", "rope") == 0
    assert price.deployment.team_count("kpu", "rope") == 1


def test_what_is_told_is_the_difference_on_fresh_scenarios(price: PresencePrice) -> None:
    both = price.prices[-1]
    fresh = Effort(**EFFORT, seed=1).reporting_set(price.instance)
    without = price.instance.altered(presence=FEW.without(*both.rules))
    with Simulator(price.instance) as one, Simulator(without) as other:
        pair = compare(evaluate(one, price.deployment, fresh), evaluate(other, both.deployment, fresh))
    assert both.change.loss == pair.loss


def test_a_rule_that_forbids_nothing_costs_nothing(price: PresencePrice) -> None:
    (alone,) = (one for one in price.prices if one.rules == ("escort_stays",))
    assert alone.same
    assert "no better plan" in alone.sentence()


def test_the_terminal_says_each_rule_with_its_interval(price: PresencePrice) -> None:
    console = Console(width=110, color_system=None)
    with console.capture() as capture:
        console.print(to_terminal(presence_sections(price, ENGLISH)))
    shown = " ".join(capture.get().split())
    assert "records guarded at all hours" in shown
    assert "all rules together" in shown
    assert "Above 0 is what the rule costs" in shown
    assert "Without it (all rules together)" in shown
    assert "without any rule of presence" in shown
    assert "without the rule 'all rules together'" not in shown


def test_bug_a_search_that_found_nothing_was_told_as_an_exact_price(price: PresencePrice) -> None:
    """Each without a rule is told as no better plan found, with how that limits the estimate, in both languages."""
    assert any(one.change.loss.exact for one in price.prices)
    said = {"en": ("no better plan found", "no proof that the rule costs nothing", "(same plan)")}
    said["id"] = ("tidak ditemukan rencana lebih baik", "bukan bukti bahwa aturan itu tidak berbiaya", "(rencana sama)")
    for code, texts in said.items():
        console = Console(width=200, color_system=None)
        with console.capture() as capture:
            console.print(to_terminal(presence_sections(price, language(code))))
        shown = " ".join(capture.get().split())
        assert [text for text in texts if text not in shown] == []
        assert not [text for text in ("exactly", "tepat)", "no cost found", "tidak ditemukan biaya") if text in shown]
    (same,) = {one.sentence() for one in price.prices if one.same}
    assert "an estimate that the search limits, no proof that it costs nothing" in same


def test_the_document_has_each_price(price: PresencePrice) -> None:
    document = describe_presence(price)
    assert [one["rules"] for one in document["prices"]] == [list(one.rules) for one in price.prices]


def test_bug_progress_named_rules_by_their_fields() -> None:
    class Told(Watcher):
        def reporting(self, what: str) -> None:
            said.append(language("id")(what))

    said: list[str] = []
    price_presence(guarded(), **{**QUICK, "budget": 400}, watcher=Told())
    assert "tanpa aturan 'dokumen dijaga sepanjang waktu'" in said
    assert not [text for text in said for rule in RULES if rule in text.split()]


def test_without_rules_there_is_nothing_to_price() -> None:
    with pytest.raises(InputFault, match="rule of presence"):
        price_presence(town(), **QUICK)


def test_a_plan_that_breaks_a_rule_is_refused() -> None:
    instance = guarded()
    with pytest.raises(Forbidden, match="presence-records"):
        price_presence(instance, Deployment.build(instance, {}, {}), **QUICK)
