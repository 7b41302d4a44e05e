"""Sheets speak of who is there: no task for nobody, no hidden shields where the plan shows them; risks are signed."""

from __future__ import annotations

from typing import Any

from support.read_papers import facts, page, rows, text
from support.sample_solution import solved
from support.town import posted, town

from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.output.orders import compose
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders
from optimiser.output.write import describe_plan
from optimiser.planning.evaluation import Interval
from optimiser.planning.margins import Margin
from optimiser.planning.solution import Solution


def cost_of(orders: Orders, key: str) -> dict[str, str]:
    heading = "What manning would take"
    block: Any = next(s for s in page(orders, key).sections if s.heading.startswith(heading)).blocks[0]
    return {label: text(value) for label, value in block.pairs}


def asked(orders: Orders) -> str:
    """Give the command with which manning the mall is asked for."""
    said = [text(s.blocks[0].text) for s in page(orders, "mall").sections if s.blocks[0].kind == "paragraph"]
    return next(line.removeprefix("To be asked with: ") for line in said if line.startswith("To be asked"))


def tasks(orders: Orders, key: str) -> dict[str, str]:
    green, yellow, red = (row[3] for row in rows(page(orders, key), "Tasks by phase"))
    return {"green": green, "yellow": yellow, "red": red}


def written(solution: Solution | None = None) -> Orders:
    solution = solution or solved()
    return order(solution.instance, solution.deployment, document=describe_plan(solution))


def test_where_nobody_stands_there_is_a_risk_to_sign_and_no_task() -> None:
    mall = page(written(), "mall")
    assert mall.kind == "Accepted risk, nobody is placed; sector, ring 2, middle"
    headings = {section.heading for section in mall.sections}
    assert not {"Tasks by phase", "Strength"} & headings
    told = facts(mall)
    assert told["Heads here"] == "0: nobody is placed here by this plan"
    assert told["Most people at once"] == "about 1,200"
    assert told["Reached in scenarios"].startswith("▲ Yellow ")
    # 2.6 km by road: 3.9 min by truck at 40 km/h and 4 to form up; the KPU is 1.84 km away, 27.6 min on foot
    assert told["Nearest who can be called"] == "Polres, 8 min after the call"
    assert told["Nearest officer in charge"] == "KPU, 1.8 km, 28 min on foot"
    assert mall.sections[-1].blocks[0].people == ("Prepared by", "Informed: Kapolsek", "Risk accepted by: Kapolres")


def test_manning_is_told_in_heads_in_points_and_as_a_question() -> None:
    worth = {"rope": -0.2, "talk": -0.4}
    margins = (Margin("mall", k, 1, Interval(more, 0.1, 40, 40), held=False, why="") for k, more in worth.items())
    solution = solved(margins=tuple(margins))
    orders = written(solution)
    cost = cost_of(orders, "mall")
    assert cost["Least to man it"] == "1 × Officer in charge (2 heads), and a line"
    assert cost["Heads to spare"] == f"{250 - solution.verdict.heads.counted} heads left of the cap"
    assert cost["One Negotiator team more (3)"].startswith("-0.40 [-0.50, -0.30] points")
    assert cost["One Dalmas awal squad more (10)"].startswith("-0.20 [-0.30, -0.10] points")
    assert asked(orders) == "optimiser whatif town plan.json --at-least mall:talk=1"


def test_what_is_not_known_of_manning_can_be_asked() -> None:
    instance = town()
    orders = compose(instance, posted(instance), check(instance, posted(instance)))
    cost = cost_of(orders, "mall")
    assert cost["In points of harm"] == "not known from this plan; ask for it:"
    assert asked(orders) == "optimiser whatif town plan.json --at-least mall:rope=1"


def test_the_operation_order_lists_the_risks_to_be_signed() -> None:
    heading = "Accepted risk: people are expected, and nobody is placed there"
    ((name, first, people, shares, nearest, sign),) = rows(page(written(), "order"), heading)
    assert (name, people, nearest, sign) == ("Mall", "1,200", "Polres, 8 min after the call", "")
    assert first.startswith("about 1")
    assert "▲ Yellow" in shares
    manned = town()
    plan = Deployment.build(manned, {(s.id, "padal"): 1 for s in manned.sectors}, {})
    everywhere = compose(manned, plan, check(manned, plan))
    assert heading not in {section.heading for section in page(everywhere, "order").sections}


def test_shields_that_the_plan_places_are_not_ordered_out_of_sight() -> None:
    instance = town()
    teams = {("kpu", "shield"): 2, ("kpu", "padal"): 1, ("terminal", "rope"): 1, ("terminal", "padal"): 1}
    plan = Deployment.build(instance, teams, {("kpu", "awc"): 1})
    orders = compose(instance, plan, check(instance, plan))
    said = tasks(orders, "kpu")["green"]
    assert "2 × Dalmas lanjut squad, 1 × Water cannon stand here by this plan and are seen" in said
    assert "out of sight" not in said
    assert "stand here" not in tasks(orders, "terminal")["green"]
    but = "gear stays out of sight, but for what this plan places at: KPU"
    phases = rows(page(orders, "order"), "Phases")
    assert phases[0][2].endswith(f"{but}.")
    assert but in [row[1] for row in rows(page(orders, "review"), "5. Doctrine kept")]


def test_tasks_are_given_to_who_is_there_and_else_to_who_can_come() -> None:
    orders = written()
    kpu, terminal = tasks(orders, "kpu"), tasks(orders, "terminal")
    assert "Negotiate as long as possible: 2 × Negotiator team, who are here." in kpu["yellow"]
    assert "Help everybody alike: 1 × Medical team, who are here." in kpu["red"]
    assert "Arrest offenders only: 1 × Arrest team from Polres, there 7 min after the call." in kpu["red"]
    assert "Help everybody alike: 1 × Medical team from Polres, there" in terminal["red"]


def test_who_is_neither_there_nor_can_come_gets_no_task() -> None:
    instance = town()
    data = instance.model_dump(mode="json")
    data["sectors"][1]["traffic_need"] = 4
    instance = town(sectors=data["sectors"])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {})
    said = tasks(compose(instance, plan, check(instance, plan)), "kpu")
    assert "it takes 4 traffic heads, and none is here; ask for them." in said["green"]
    assert "the officer in charge talks; no negotiators are here or can be called." in said["yellow"]
    assert "no arrest team is here or can be called; ask for one." in said["red"]
    assert "no medics are here or can be called; call an ambulance." in said["red"]


def test_reinforcements_for_red_are_not_promised_in_yellow() -> None:
    data = town().model_dump(mode="json")
    data["roles"][3]["phases"] = ["yellow", "red"]
    data["roles"][3]["containment"] = {"green": 0.0, "yellow": 2.0, "red": 1.5}
    instance = town(roles=data["roles"])
    plan = Deployment.build(instance, {("kpu", "rope"): 1, ("kpu", "padal"): 1}, {})
    said = tasks(compose(instance, plan, check(instance, plan)), "kpu")
    assert "Brimob" not in said["yellow"]
    assert "a second line that this plan has not" in said["yellow"]


def test_bug_the_command_named_the_instance_and_not_its_file() -> None:
    """A planner who typed what stood on the sheet of an own district was told that there is no such instance."""
    solution = solved()
    papers = order(solution.instance, solution.deployment, source=("my district.xlsx", "out/plan.json"))
    assert asked(papers).startswith("optimiser whatif 'my district.xlsx' out/plan.json --at-least mall:")


def test_bug_an_officer_held_at_base_was_not_the_nearest() -> None:
    """The sheet named an officer who stands in another sector while one was held at base much nearer."""
    data = town().model_dump(mode="json")
    mall = next(sector for sector in data["sectors"] if sector["id"] == "mall")
    near = {**data["posts"][0], "id": "near", "name": "Near yard", "x": mall["x"], "y": mall["y"]}
    officer = next(team for team in data["teams"] if team["id"] == "padal")
    data["teams"].append({**officer, "id": "spare", "name": "Spare officer", "home": "near", "count": 1})
    instance = town(posts=[*data["posts"], near], teams=data["teams"])
    plan = posted(instance)
    told = facts(page(compose(instance, plan, check(instance, plan)), "mall"))
    assert told["Nearest officer in charge"].startswith("held at base: Near yard, 0 km")


def test_bug_the_nearest_help_was_one_that_comes_only_once_a_sector_is_red() -> None:
    """PHH at the gate acts in red alone; whoever signs must see who comes before."""
    near = {"id": "gate", "name": "Gate", "x": 4.0, "y": 1.5}
    instance = town(posts=[{"id": "polres", "name": "Polres", "x": 2.0, "y": 1.0}, near])
    teams = {("kpu", "rope"): 1, ("kpu", "padal"): 1, ("gate", "phh"): 1}

    def nearest(**more: int) -> str:
        plan = Deployment.build(instance, {**teams, **{("polres", kind): n for kind, n in more.items()}}, {})
        return facts(page(order(instance, plan, draft=True), "mall"))["Nearest who can be called"]

    # 0.65 km by road: 9.8 min on foot and 4 to form up; from the Polres 2.6 km, 39 min
    assert nearest(shield=1) == "Polres, 43 min after the call; once ■ Red: Gate, 14 min after the call"
    assert nearest() == "once ■ Red: Gate, 14 min after the call"
