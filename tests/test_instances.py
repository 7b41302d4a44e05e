"""The shipped instances: each is read, adds up, and says where its numbers come from; the test pieces by hand."""

from __future__ import annotations

import itertools
import json
import math
import re
import tomllib

import pytest

from optimiser.files.read import instances_folder, read, read_deployment, schema, shipped
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.laws.constants import make_law
from optimiser.model.laws.escalation_law import RED, View
from optimiser.model.laws.facilitation_law import FacilitationLaw
from optimiser.model.values.base import SHAPE_ONLY
from optimiser.planning.evaluation import evaluate
from optimiser.planning.programs.feasibility import conflict, nearest
from optimiser.planning.search.response_tables import interplay
from optimiser.simulation.scenario import draw
from optimiser.simulation.simulator import Simulator

FOLDER = instances_folder()
NAMES = shipped()
INVENTED = ("tiny-2", "infeasible-1")
VIGNETTES = ("muba-2024", "empat-lawang-2024", "muratara-2024", "seram-timur-2024", "kaur-2005")
HEADS = {
    "tiny-2": 40,
    "infeasible-1": 54,
    "oku-250": 250,
    "oku-250-static": 250,
    "oku-250-separate": 250,
    "oku-recap-330": 330,
    "oku-425-pleno": 425,
    "oku-2015-zones": 465,
    "muba-2024": 200,
    "empat-lawang-2024": 120,
    "muratara-2024": 92,
    "seram-timur-2024": 80,
    "kaur-2005": 62,
}
MOVING = {  # by the one whose plan moves, its twin with the same facts
    "oku-250": "oku-250-static",
    **{f"{name}-moving": name for name in ("empat-lawang-2024", "kaur-2005", "oku-425-pleno", "oku-recap-330")},
}
HEADS |= {moving: HEADS[twin] for moving, twin in MOVING.items()}
PRESENCE_APART = {"kaur-2005-moving": {"observers": False}}  # nobody there can observe
DUTY = ("relief_every", "relief", "longest_duty", "shortest_rest")  # who relieves whom, and when


def raw(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def ledger(instance):
    teams = sum(t.size * t.count for t in instance.teams if t.counts)
    return teams + sum(v.crew * v.count for v in instance.vehicles if v.crew_role is None and v.counts)


def tables(data):
    """Every table in a file, at any depth."""
    if isinstance(data, dict):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from tables(inner)


# ---------------------------------------------------------------- every file


@pytest.mark.parametrize("name", NAMES)
def test_file_is_valid_and_named_as_it_is_called(name):
    assert Instance.model_validate(raw(name), context=SHAPE_ONLY) == read(FOLDER / f"{name}.toml")
    assert read(name).name == name


def test_index_knows_every_file_and_its_numbers():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`([\w-]+)`\]\(([\w.-]+)\) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    assert sorted(name for name, *_ in rows) == NAMES
    for name, file, sectors, heads in rows:
        instance = read(name)
        assert file == f"{name}.toml"
        assert (int(sectors), int(heads)) == (len(instance.sectors), ledger(instance))


def test_example_of_the_format_is_an_instance():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    example = Instance.model_validate(tomllib.loads("\n".join(blocks[1:])), context=SHAPE_ONLY)
    plan = Deployment.model_validate(json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0]))
    assert example.name == plan.instance == "my-town"
    assert set(plan.places) <= {place.id for place in example.places}


@pytest.mark.parametrize("name", NAMES)
def test_ledger_adds_up(name):
    instance = read(name)
    assert ledger(instance) == HEADS[name]
    assert instance.cap == (100 if name == "infeasible-1" else HEADS[name])  # there the cap must not be what clashes


def test_recap_ledger_adds_up_by_service():
    instance = read("oku-recap-330")
    size = {t.id: t.size * t.count for t in instance.teams}
    joint = {"brimob-regu": 100, "tni-regu": 40, "satpol-pp-regu": 30, "dishub-tim": 10}
    assert {kind: size[kind] for kind in joint} == joint
    assert ledger(instance) - sum(joint.values()) == 150  # police


def test_zones_ledger_adds_up_by_service():
    teams = read("oku-2015-zones").teams
    brimob = {t.id: t.size * t.count for t in teams if t.role == "phh"}
    assert brimob == {"brimob-1": 30, "brimob-2": 30, "brimob-3": 30}
    assert sum(t.size * t.count for t in teams if t.role != "phh") == 375


@pytest.mark.parametrize("name", NAMES)
def test_every_object_has_a_source(name):
    data = raw(name)
    parts = ("sectors", "posts", "roles", "teams", "vehicles", "gatherings", "triggers", "reinforcements")
    objects = [item for part in parts for item in data.get(part, [])]
    for item in (data, data["travel"], data["doctrine"], data["objective"], *objects):
        assert item.get("source"), item.get("id", "a table without source")
    for gathering in data["gatherings"]:
        assert gathering["turnout"]["source"]
        assert gathering["tension"]["source"]
    for sector in data["sectors"]:
        if official := sector.get("official"):
            assert official["chance"]["source"]
            assert official["after"]["source"]
        for window in sector.get("critical", ()):
            assert window["restart"]["source"]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in INVENTED])
def test_assumed_numbers_that_matter_have_a_range(name):
    instance = read(name)
    for number in [n for g in instance.gatherings for n in (g.turnout, g.tension)]:
        assert number.low < number < number.high
    for sector in instance.sectors:
        numbers = [sector.public, sector.property, sector.records]
        if sector.official is not None:
            numbers += [sector.official.chance, sector.official.after]
        for number in numbers:
            assert number == 0 or number.low < number <= number.high
            assert number == 0 or number.source


@pytest.mark.parametrize("name", [n for n in NAMES if n not in INVENTED])
def test_source_says_assumed_computed_or_where_from(name):
    where = re.compile(r"assumed|computed from|\d{4}|exists|public maps|police|Perkap|order of sites", re.IGNORECASE)
    for table in tables(raw(name)):
        if "source" in table:
            assert where.search(table["source"]), table["source"]


def test_nobodys_politics_and_no_firearm_can_be_entered():
    forbidden = re.compile(r"politic|party|affiliat|supporter|candidate|religio|ethnic|firearm|weapon|ammunition")
    keys = {key for name in NAMES for table in tables(raw(name)) for key in table}
    fields = {key for table in tables(schema()) for key in table.get("properties", {})}
    assert "turnout" in keys & fields
    assert not [key for key in sorted(keys | fields) if forbidden.search(key)]


def test_a_role_means_the_same_in_every_real_instance():
    known = {}
    for name in NAMES:
        if name not in INVENTED:
            for role in read(name).roles:
                assert known.setdefault(role.id, role) == role


@pytest.mark.parametrize("name", [n for n in NAMES if n != "infeasible-1"])
def test_a_feasible_deployment_exists(name):
    instance = read(name)
    assert check(instance, nearest(instance, {})).passed


# ---------------------------------------------------------------- plans as they were


def test_every_plan_belongs_to_an_instance():
    named = {read(name).historical for name in NAMES} - {None}
    assert named == {file.name for file in FOLDER.glob("*.json")}
    assert {f"{name}.historical.json" for name in (*VIGNETTES, "oku-recap-330", "oku-2015-zones")} == named


@pytest.mark.parametrize("name", [*VIGNETTES, "oku-recap-330", "oku-2015-zones"])
def test_plan_as_it_was_is_feasible(name):
    instance = read(name)
    plan = read_deployment(FOLDER / instance.historical)
    verdict = check(instance, plan)
    assert verdict.passed, str(verdict)
    assert verdict.heads.counted > 0


def test_recap_stood_massed_at_the_venue():
    plan = read_deployment(FOLDER / "oku-recap-330.historical.json")
    assert set(plan.places) == {"gedung-kesenian", "belakang-gedung"}
    assert check(read("oku-recap-330"), plan).heads.counted == 330


# ---------------------------------------------------------------- facts kept


def km(a, b):
    """Haversine with the mean radius of the earth."""
    (p, q), (r, s) = [tuple(map(math.radians, map(float, point))) for point in (a, b)]
    h = math.sin((p - r) / 2) ** 2 + math.cos(p) * math.cos(r) * math.sin((q - s) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def test_distances_from_the_centre_of_baturaja():
    published = {
        "baturaja-timur": 1.7,
        "baturaja-barat": 3.6,
        "lubuk-batang": 13.0,
        "peninjauan": 33.4,
        "lubuk-raja": 13.4,
        "semidang-aji": 16.0,
        "lengkiti": 23.8,
        "sinar-peninjauan": 33.2,
        "sosoh-buay-rayap": 10.1,
        "pengandonan": 35.6,
        "ulu-ogan": 45.3,
        "muara-jaya": 35.8,
    }
    centre = (-4.1254, 104.1721)
    found = {s.id: km((s.lat, s.lon), centre) for s in read("oku-2015-zones").sectors}
    assert found == pytest.approx(published, abs=0.15)
    oku = read("oku-250")
    places = {p.id: (p.lat, p.lon) for p in (*oku.sectors, *oku.reinforcements)}
    assert km(places["terminal"], centre) == pytest.approx(4.4, abs=0.1)
    assert km(places["brimob-martapura"], centre) == pytest.approx(29.0, abs=0.5)


def test_crowds_of_the_zones_are_one_per_cent_of_the_voters():
    instance = read("oku-2015-zones")
    voters = {s.id: int(re.search(r"voters ([\d,]+)", s.source)[1].replace(",", "")) for s in instance.sectors}
    assert sum(voters.values()) == 270_765 - 9_429  # all but Kedaton Peninjauan Raya
    for gathering in instance.gatherings:
        assert gathering.turnout == round(voters[gathering.itinerary[0].sector] / 100)


def test_twin_differs_only_by_interplay():
    whole, twin = raw("oku-250-static"), raw("oku-250-separate")
    for part in ("roles", "teams", "vehicles", "travel", "triggers", "objective", "period", "cap"):
        assert twin[part] == whole[part], part
    without = [{k: v for k, v in sector.items() if k not in ("cover", "maximum")} for sector in whole["sectors"]]
    assert [{k: v for k, v in sector.items() if k != "maximum"} for sector in twin["sectors"]] == without
    # its grid is declared: at most so many of a kind at a sector, so that every configuration can be tabulated
    assert {pin["at_most"] for pin in twin["pins"]} == {1}
    assert all(max(sector["maximum"].values()) <= 5 for sector in twin["sectors"])
    for sector, before in zip(twin["sectors"], whole["sectors"], strict=True):
        assert all(sector["maximum"][role] <= most for role, most in before.get("maximum", {}).items())
    assert twin["doctrine"] | {"reserve_least": 3} == whole["doctrine"]
    assert "reinforcements" in whole
    assert "reinforcements" not in twin
    likeliest = [max(g.ways, key=lambda way: way.share) for g in read("oku-250-static").gatherings]
    stops = sorted(
        (stop.sector, stop.stay, g["turnout"]["value"])
        for g, way in zip(whole["gatherings"], likeliest, strict=True)
        for stop in way.stops
    )
    parts = [(g["itinerary"], g) for g in twin["gatherings"]]
    assert all(len(itinerary) == 1 and g["regroup"] == 0.0 for itinerary, g in parts)
    assert sorted((i[0]["sector"], i[0]["stay"], g["turnout"]["value"]) for i, g in parts) == stops
    assert all(post["staging_capacity"] == 0 for post in twin["posts"])
    assert twin["law"] == {"spill": 0.0}


@pytest.mark.parametrize("moving", MOVING)
def test_a_plan_that_moves_is_of_the_facts_of_its_twin(moving):
    """Both files hold all facts, so that either is read alone; they differ by names, movements, rules and relief."""
    data, twin = raw(moving), raw(MOVING[moving])
    assert data["doctrine"]["relief_every"] == 0.0 < twin["doctrine"]["relief_every"]["value"]
    assert data.pop("presence") == {**raw("oku-250")["presence"], **PRESENCE_APART.get(moving, {})}
    for one in (data, twin):
        words = one["texts"]["id"]
        for name in [part["name"] for part in one.pop("accompaniments", []) + one.pop("movements", [])]:
            assert words.pop(name)
        for told in (one, words):
            assert told.pop("title")
        for field in DUTY:
            one["doctrine"].pop(field, None)
        one.pop("name")
        one.pop("historical", None)
    assert data == twin


@pytest.mark.parametrize("moving", MOVING)
def test_a_plan_that_moves_keeps_what_its_twin_lets_move(moving):
    data, twin = raw(moving), raw(MOVING[moving])
    assert [*twin.get("accompaniments", ())] == data.get("accompaniments", [])[: len(twin.get("accompaniments", ()))]
    assert data.get("accompaniments") or data.get("movements")
    assert "movements" not in twin


@pytest.mark.parametrize("moving", ["empat-lawang-2024-moving", "kaur-2005-moving"])
def test_rules_of_presence_are_kept_by_moving_or_not_at_all(moving):
    """One team of observers for two places, and two officers for three: they go with the crowd."""
    instance = read(moving)
    assert conflict(instance) == ()
    assert conflict(instance.altered(accompaniments=(), movements=()))


def test_only_the_twin_and_tiny_2_are_without_interplay():
    separate = {name for name in NAMES if name not in INVENTED and not interplay(read(name))}
    assert separate == {"oku-250-separate"}
    assert interplay(read("tiny-2")) == ()
    assert len(interplay(read("oku-250"))) == 6


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("tiny-2", "oku-250-separate")])
def test_law_is_not_bent_for_a_story(name):
    assert not read(name).law


# ---------------------------------------------------------------- tiny-2 by hand


def hand_loss(people, squads, shop_fronts, papers):
    """Loss of a sector of tiny-2 after two hours, from the formulas in README.md and nothing else."""
    active, line = 0.3 * people, 10.0 * squads
    risk = 1.0 - math.exp(-2.3 * line / active)
    participants = 0.06 * active * line / (active + line) + 0.006 * active
    personnel = 0.06 * 10.0 * squads * active / (active + line)
    damage = 0.25 * shop_fronts * active / (active + 50.0) * (1.0 - risk)
    lost = 0.3 * papers * active / (active + 50.0) * (1.0 - risk)
    return 2.0 * (10.0 * (participants + personnel) + 0.5 * damage + 5.0 * lost)


def law_loss(people, squads, shop_fronts, papers):
    """The same from the law's own functions, per minute."""
    nothing = dict.fromkeys(View._fields, 0.0)
    line = 10.0 * squads
    seen = {"people": people, "tension": 0.5, "share": 0.3, "containment": line, "exposed": line, "taking_part": people}
    here = {"phase": RED, "property": shop_fronts, "records": papers, "exit_open": 1.0}
    view = View(**{**nothing, **seen, **here})
    constants, law = make_law(read("tiny-2").law), FacilitationLaw()
    hurt, public, personnel, process, damage, lost, away = law.harms(constants, view, law.mood(constants, view))
    assert away == pytest.approx(people / 60.0), "all who are lawful are kept away, and it has no weight here"
    return 120.0 * (10.0 * (hurt + public + personnel) + 0.1 * process + 0.5 * damage + 5.0 * lost)


KPU = [192.6545, 154.1746, 129.3546, 113.9217, 104.8239]
BAWASLU = [64.3500, 49.8220, 45.5108, 45.6907, 47.5724]
SPLITS = [(a, b) for a in range(5) for b in range(5) if a + b <= 4]


@pytest.mark.parametrize("loss", [hand_loss, law_loss])
def test_tiny_2_by_hand(loss):
    assert [loss(200.0, t, 40.0, 110.0) for t in range(5)] == pytest.approx(KPU, abs=5e-5)
    assert [loss(100.0, t, 0.0, 54.0) for t in range(5)] == pytest.approx(BAWASLU, abs=5e-5)


def test_tiny_2_optimum_is_inside_and_alone():
    totals = sorted((hand_loss(200, a, 40, 110) + hand_loss(100, b, 0, 54), a, b) for a, b in SPLITS)
    assert totals[0] == (pytest.approx(163.7437, abs=5e-5), 3, 1)
    assert totals[1] == (pytest.approx(169.1739, abs=5e-5), 4, 0)


def test_tiny_2_tables_in_the_readme():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \|((?: [-\d.]+ \|){6,7})", text, re.MULTILINE)
    losses = [float(row.split("|")[5]) for _, row in rows]
    assert losses == KPU + BAWASLU
    table = re.findall(r"^\| (\d) \|((?: [\d.*]* ?\|){5})$", text, re.MULTILINE)
    cells = {(int(a), b): v.strip(" *") for a, row in table for b, v in enumerate(row.split("|")[:5])}
    assert {cell for cell, value in cells.items() if value} == set(SPLITS)
    for a, b in SPLITS:
        total = hand_loss(200, a, 40, 110) + hand_loss(100, b, 0, 54)
        assert cells[a, b] == f"{total:.4f}"


def test_tiny_2_is_simulated_as_by_hand():
    instance = read("tiny-2")
    simulator, scenarios = Simulator(instance), draw(instance, 7, 2)
    for a, b in SPLITS:
        plan = Deployment.build(instance, {("kpu", "squad"): a, ("bawaslu", "squad"): b}, {})
        assert check(instance, plan).passed
        evaluation = evaluate(simulator, plan, scenarios)
        expected = hand_loss(200, a, 40, 110) + hand_loss(100, b, 0, 54)
        assert evaluation.losses.tolist() == pytest.approx([expected] * 2, rel=1e-12)
        assert evaluation.objective == pytest.approx(expected, rel=1e-12)


# ---------------------------------------------------------------- infeasible-1


def test_infeasible_1_breaks_a_rule_whatever_is_tried():
    instance = read("infeasible-1")
    places = [place.id for place in instance.places]
    for squads in itertools.product(range(6), repeat=3):
        for officers in itertools.product(range(3), repeat=2):
            teams = {(p, "squad"): n for p, n in zip(places, squads, strict=True)}
            teams |= {(p, "padal-team"): n for p, n in zip(places, officers, strict=False)}
            assert not check(instance, Deployment.build(instance, teams, {})).passed


def test_infeasible_1_clash_is_the_one_in_the_readme():
    clash = conflict(read("infeasible-1"))
    assert len(clash) == 4
    for words in ("only 5 teams", "at least 3 teams", "at least 2 teams", "at least 1 of"):
        assert sum(words in requirement for requirement in clash) == 1


@pytest.mark.parametrize("drop", ["availability", "kpu", "dprd", "pin"])
def test_infeasible_1_is_possible_without_any_one_requirement(drop):
    data = raw("infeasible-1")
    if drop == "availability":
        data["teams"][0]["count"] = 6
    elif drop == "pin":
        del data["pins"]
    else:
        del next(s for s in data["sectors"] if s["id"] == drop)["minimum"]
    instance = Instance.model_validate(data, context=SHAPE_ONLY)
    assert conflict(instance) == ()
    assert check(instance, nearest(instance, {})).passed
