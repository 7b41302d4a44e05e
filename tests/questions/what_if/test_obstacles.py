"""Changes without an effect: which limit binds, what to ask besides, and what the plan meets already."""

from __future__ import annotations

from typing import Any

import pytest
from support.town import town

from optimiser.batch.sweep import read_whatif
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse, read
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.planning.programs.feasibility import nearest
from optimiser.planning.programs.requirements import Frame
from optimiser.questions.what_if.obstacles import Obstacle, find_obstacles


def make_town(**fields: Any) -> Instance:
    """Make the small town with a tactical vehicle besides, and with some numbers set, named by their paths."""
    data = town().model_dump(mode="json")
    data["vehicles"].append({"id": "rantis", "name": "Rantis", "count": 0, "home": "polres"})
    for owner in (*data["roles"], *data["teams"], *data["vehicles"]):  # a role is not called like a team
        for field in ("role", "escort_role", "id" if "phases" in owner else ""):
            if owner.get(field):
                owner[field] = f"{owner[field]}-role"
    changes = [("set", f"{path.replace('__', '.')}={value}") for path, value in fields.items()]
    return apply(parse(data, "town"), parse_phrases(changes or [("heads", "250")]))


def plan_of(instance: Instance, kpu: dict[str, int], **vehicles: int) -> Deployment:
    """Put teams and vehicles at the commission, the rest stays at base."""
    teams = {("kpu", kind): n for kind, n in kpu.items()}
    plan = Deployment.build(instance, teams, {("kpu", kind): n for kind, n in vehicles.items()})
    assert check(instance, plan).passed, check(instance, plan).violations
    return plan


def obstacles_of(instance: Instance, plan: Deployment, phrases: str) -> tuple[Obstacle, ...]:
    """Ask for changes of which nobody moves."""
    return find_obstacles(instance, apply(instance, read_whatif(phrases)[0], plan), plan, plan)


def deployed_at_most(instance: Instance, kind: str, kept: Deployment) -> int:
    """Find out, without the module that is tested, how many of a kind can be deployed beside all that is."""
    frame = Frame.of(instance)
    index = next(k for k, one in enumerate(frame.kinds) if one.id == kind)
    numbers = kept.numbers(instance)
    pins = [
        {"place": place.id, "what": one.id, "at_least": int(numbers[p, k])}
        for p, place in enumerate(instance.places)
        for k, one in enumerate(frame.kinds)
        if numbers[p, k] and k != index
    ]
    data = instance.model_dump(mode="json")
    fuller = parse({**data, "pins": [*data["pins"], *pins]}, "fuller")
    wanted = {(place.id, kind): 100.0 for place in instance.places}
    plan = nearest(fuller, wanted, {kind: 1000.0})
    return int(plan.numbers(instance)[:, index].sum())


ROPE = {"rope": 6, "padal": 1}
CASES = {
    # what binds: the town, the plan, what is asked, the offers
    "cap": ({"cap": 62}, ROPE, {}, "--gain team:rope=2", ("--heads 82",)),
    "cap, two changes": ({"cap": 62}, ROPE, {}, "--gain team:rope=2 --heads 65", ("--heads 85",)),
    "staging": (
        {"sectors__kpu__staging_capacity": 62, "sectors__terminal__staging_capacity": 5}
        | {"sectors__mall__staging_capacity": 5, "posts__polres__staging_capacity": 5},
        ROPE,
        {},
        "--gain team:rope=2",
        ("--set sectors.kpu.staging_capacity=82",),
    ),
    "maximum": (
        {
            "sectors__kpu__maximum__rope-role": 6,
            "sectors__terminal__maximum__rope-role": 0,
            "sectors__mall__maximum__rope-role": 0,
        }
        | {"roles__rope-role__stands": '"sectors"'},
        ROPE,
        {},
        "--gain team:rope=2",
        ("--set sectors.kpu.maximum.rope-role=8",),
    ),
    "officers": (
        {"teams__padal__count": 0, "roles__talk-role__stands": '"sectors"'},
        {},
        {},
        "--gain team:talk=1",
        ("--gain team:padal=1",),
    ),
    "crew": (
        {"vehicles__rantis__crew_role": '"care-role"', "vehicles__rantis__crew": 4, "vehicles__rantis__count": 3},
        {"care": 3, "padal": 1},
        {"rantis": 3},
        "--gain vehicle:rantis=2",
        ("--gain team:care=2",),
    ),
    "crew and cap": (
        {
            "vehicles__rantis__crew_role": '"care-role"',
            "vehicles__rantis__crew": 4,
            "vehicles__rantis__count": 3,
            "cap": 14,
        },
        {"care": 3, "padal": 1},
        {"rantis": 3},
        "--gain vehicle:rantis=2",
        ("--gain team:care=2", "--heads 22"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bug_more_that_another_limit_keeps_back_changed_nothing_without_a_word(name: str) -> None:
    fields, teams, vehicles, asked, offers = CASES[name]
    instance = make_town(**fields)
    plan = plan_of(instance, teams, **vehicles)
    (found, *_) = (o for o in obstacles_of(instance, plan, asked) if o.path.endswith("count"))
    kind = found.path.split(".")[1]
    assert found.limits
    assert all(str(limit) in found.sentence for limit in found.limits)
    assert sorted(found.offers) == sorted(offers)
    changed = apply(instance, read_whatif(asked)[0], plan)
    helped = apply(instance, read_whatif(" ".join((asked, *found.offers)))[0], plan)
    index = next(k for k, one in enumerate(Frame.of(instance).kinds) if one.id == kind)
    used = int(plan.numbers(instance)[:, index].sum())
    assert deployed_at_most(changed, kind, plan) == used  # it is so
    more = int(Frame.of(changed).kinds[index].count) - used
    assert deployed_at_most(helped, kind, plan) >= used + more  # and what is offered helps


def test_seats_keep_back_who_must_be_able_to_leave_at_once() -> None:
    instance = make_town(
        posts__polres__mobile=1.0, teams__phh__count=1, vehicles__rantis__seats=10, vehicles__rantis__count=1
    )
    instance = apply(instance, parse_phrases([("set", "vehicles.truck.count=0")]))
    plan = Deployment.build(instance, {("polres", "phh"): 1}, {("polres", "rantis"): 1})
    assert check(instance, plan).passed
    (found,) = obstacles_of(instance, plan, "--gain team:phh=1")
    assert found.offers == ("--gain vehicle:truck=1",)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("--heads 300", "there is room for more, but no use of it was shown"),
        ("--gain team:rope=1", "there is room for more, but no use of it was shown"),
        ("--heads 200", "cap of 200 heads: the plan keeps to that already, with 42"),
        ("--lose team:rope=2", "only 4 teams of Dalmas awal squad exist: the plan keeps to that already, with 4"),
        ("--at-most kpu:rope=5", "the plan keeps to that already, with 4"),
        ("--at-least kpu:rope=3", "the plan keeps to that already, with 4"),
        ("--at-most kpu:rope=9", "with 4; stricter is: only 6 teams of Dalmas awal squad exist"),
    ],
)
def test_what_the_plan_meets_already_and_what_there_is_room_for_is_said(asked: str, words: str) -> None:
    instance = make_town()
    (found,) = obstacles_of(instance, plan_of(instance, {"rope": 4, "padal": 1}), asked)
    assert words in found.sentence
    assert not found.offers


def test_a_cap_that_nothing_is_left_for_is_said() -> None:
    instance = make_town(cap=12)
    data = instance.model_dump(mode="json")
    for unit in (*data["teams"], *data["vehicles"]):
        unit["count"] = {"rope": 1, "padal": 1}.get(unit["id"], 0)
    instance = parse(data, "town")
    (found,) = obstacles_of(instance, plan_of(instance, {"rope": 1, "padal": 1}), "--heads 50")
    assert "nothing is left at base" in found.sentence


def test_changes_with_an_effect_and_what_is_kept_are_not_named() -> None:
    instance = make_town(cap=62)
    plan = plan_of(instance, ROPE)
    assert not obstacles_of(instance, plan, "--keep kpu")
    assert not obstacles_of(instance, plan, "--set gatherings.march.turnout=500.0")
    more = apply(instance, read_whatif("--heads 72 --gain team:rope=1")[0], plan)
    after = Deployment.build(more, {("kpu", "rope"): 7, ("kpu", "padal"): 1}, {})
    assert check(more, after).passed
    assert not find_obstacles(instance, more, plan, after)


def test_of_parts_that_are_new_only_units_that_are_not_used_are_named(tmp_path) -> None:
    instance = make_town(cap=62)
    file = tmp_path / "more.toml"
    file.write_text(
        '[[teams]]\nid = "more"\nname = "More"\nrole = "rope-role"\nsize = 5\ncount = 2\nhome = "polres"\n'
        '[[sectors]]\nid = "new"\nname = "New"\nx = 1.0\ny = 1.0\n'
    )
    (found,) = obstacles_of(instance, plan_of(instance, ROPE), f"--add {file}")
    assert (found.path, found.offers) == ("teams.more.count", ("--heads 72",))


def test_bug_the_exercise_with_six_squads_more_did_not_say_that_its_cap_stays() -> None:
    oku = read("oku-250")
    squads = {("terminal", "dalmas-awal-regu"): 9, ("terminal", "dalmas-lanjut-regu"): 5, ("terminal", "padal-tim"): 1}
    squads[("kpu", "padal-tim")] = 1
    plan = Deployment.build(oku, squads, {})
    spare = int(oku.cap) - check(oku, plan).heads.counted
    tight = apply(oku, parse_phrases([("heads", str(int(oku.cap) - spare))]))
    (found,) = obstacles_of(tight, plan, "--gain team:dalmas-awal-regu=6")
    assert found.offers == (f"--heads {int(tight.cap) + 60}",)


def test_bug_room_for_one_of_six_squads_hid_the_cap_that_binds_for_the_others() -> None:
    oku = read("oku-250")
    squads = {("terminal", "dalmas-awal-regu"): 9, ("terminal", "dalmas-lanjut-regu"): 5, ("terminal", "padal-tim"): 1}
    squads[("kpu", "padal-tim")] = 1
    plan = Deployment.build(oku, squads, {})
    heads = check(oku, plan).heads.counted
    tight = apply(oku, parse_phrases([("heads", str(heads + 10))]))  # a squad has 10 heads
    (found,) = obstacles_of(tight, plan, "--gain team:dalmas-awal-regu=6")
    assert "room for 1 of the 6" in found.sentence
    assert "cap" in found.limits[0].lower()
    assert found.offers == (f"--heads {heads + 60}",)
    wide = apply(oku, parse_phrases([("heads", str(heads + 60))]))
    (found,) = obstacles_of(wide, plan, "--gain team:dalmas-awal-regu=6")
    assert not found.offers, "what is offered is enough"


def test_bug_a_pin_that_is_left_as_it_is_was_told_because_another_one_is_gone() -> None:
    """Pins were told apart by their place in the list, where those after one that is taken away move up."""
    legs = [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    data = make_town().model_dump(mode="json")
    data["movements"] = [{"id": "patrol", "name": "Mall, then KPU", "legs": legs}]
    data["pins"] = [
        {"place": "patrol", "what": "rope", "at_most": 1},
        {"place": "kpu", "what": "rope", "at_least": 1},
        {"place": "mall", "what": "rope", "at_most": 3},
    ]
    instance = parse(data, "town")
    after = apply(instance, parse_phrases([("remove", "movement:patrol")]))
    assert len(after.pins) == 2
    plan = plan_of(after, {"rope": 1, "padal": 1})
    assert find_obstacles(instance, after, plan, plan) == ()


@pytest.mark.parametrize(("wanted", "lines"), [(4, 1), (3, 0), (5, 0)])
def test_bug_half_of_a_pin_was_told_as_met_while_the_other_half_moves_units(wanted: int, lines: int) -> None:
    """ "at most 5: the plan keeps to that already, with 4", while one more was sent because of "at least 5"."""
    instance = make_town()
    after = apply(instance, parse_phrases([("pin", f"kpu:rope={wanted}")]))
    old, new = plan_of(instance, {"rope": 4, "padal": 1}), nearest(after, {("kpu", "rope"): wanted})
    found = find_obstacles(instance, after, old, new)
    assert len(found) == lines
    assert all("exactly 4 x Dalmas awal squad" in one.sentence for one in found)


def test_a_pin_that_was_there_and_is_asked_for_again_is_met_already() -> None:
    pin = ("at-least", "kpu:rope=2")
    instance = apply(make_town(), parse_phrases([pin]))
    plan = plan_of(instance, {"rope": 4, "padal": 1})
    (again,) = find_obstacles(instance, apply(instance, parse_phrases([pin])), plan, plan)
    assert "the plan keeps to that already, with 4" in again.sentence


def test_what_moves_anew_has_no_limit_that_was_met_already() -> None:
    """Its room is not a limit that somebody has changed."""
    instance = make_town()
    legs = [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    movement = {"id": "patrol", "name": "Mall, then KPU", "legs": legs}
    after = parse({**instance.model_dump(mode="json"), "movements": [movement]}, "town")
    old = plan_of(instance, {"rope": 1, "padal": 1})
    new = plan_of(after, {"rope": 1, "padal": 1})
    assert not [one for one in find_obstacles(instance, after, old, new) if "patrol" in one.path]


def test_bug_room_was_seen_among_who_moves_by_the_clock_where_no_officer_is_left() -> None:
    """Somebody must be in charge of them, along with them or in each sector where they stand."""
    data = make_town(posts__polres__staging_capacity=5).model_dump(mode="json")
    legs = [{"sector": "mall", "until": "14:30"}, {"sector": "kpu"}]
    data["movements"] = [{"id": "patrol", "name": "Mall, then KPU", "legs": legs}]
    for unit in data["teams"]:
        unit["count"] = int(unit["id"] == "rope")
    instance = parse(data, "town")
    (found,) = obstacles_of(instance, Deployment.build(instance, {}, {}), "--gain team:rope=1")
    assert found.offers == ("--gain team:padal=1",)
