"""Which units could move is proposed from where people are expected; nothing is proposed that meets nobody."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.town import crowd, town

from optimiser.files.examination import examine, proposals
from optimiser.files.examination.proposals import propose_moving, weigh
from optimiser.files.read import read, shipped
from optimiser.model.expected.stands import list_stands
from optimiser.model.expected.visits import list_visits
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Accompaniment, Leg, Movement

MARCH = crowd(
    id="march",
    arrives="13:30",
    late=0.0,
    arrival_spread=0.0,
    itinerary=[
        {"sector": "terminal", "stay": 40.0},
        {"sector": "kpu", "stay": 120.0},
        {"sector": "mall", "stay": 60.0},
    ],
)
RALLY = crowd(id="rally", arrives="13:10", late=0.0, arrival_spread=0.0, itinerary=[{"sector": "mall", "stay": 60.0}])


def post(ident: str) -> dict[str, Any]:
    return {"id": ident, "name": ident, "x": 0.0, "y": 3.0}


def day(**parts: object) -> Instance:
    return town(**{"gatherings": [MARCH, RALLY], "accompaniments": [], "triggers": [], **parts})


def test_a_march_is_accompanied_and_who_is_done_elsewhere_joins_it() -> None:
    found = {moving.id: moving for moving in propose_moving(day(), most=20)}
    assert isinstance(found["with-march"], Accompaniment)
    assert [leg.gathering for leg in found["rally-then-march"].parts] == ["rally", "march"]
    assert "march-then-rally" not in found  # the rally is home first
    left = found["terminal-then-kpu"]
    assert left.parts[0] == Leg(sector="terminal", until="14:40", until_left="march")  # leaves at 14:10, 30 min margin


def test_every_proposal_can_be_used_and_none_is_there_twice() -> None:
    for name in ("oku-250", "kaur-2005", "oku-425-pleno", "oku-recap-330"):
        instance = read(name)
        found = propose_moving(instance, most=50)
        moving = {
            "accompaniments": [m for m in (*instance.moving, *found) if isinstance(m, Accompaniment)],
            "movements": [m for m in (*instance.moving, *found) if isinstance(m, Movement)],
        }
        more = instance.replace(**moving)  # every check of a file
        assert len(more.moving) == len(instance.moving) + len(found)
        assert propose_moving(more, most=50) == ()


def moved(instance: Instance, found: tuple[Any, ...]) -> Instance:
    """Add what is proposed."""
    kinds = {"accompaniments": Accompaniment, "movements": Movement}
    of = {name: tuple(m for m in (*instance.moving, *found) if isinstance(m, kind)) for name, kind in kinds.items()}
    return instance.replace(**of)


@pytest.mark.parametrize("name", [*shipped(), "families/town-30-tight-marches-1", "families/town-5-tight-reserves-2"])
def test_bug_a_proposal_drew_a_warning_at_once(name: str) -> None:
    """Units of a proposed movement formed up where a window had opened, or people had come, before them."""
    instance = read(name)
    more = moved(instance, propose_moving(instance, most=20))
    before = {caution.code for caution in examine(instance)}
    assert {caution.code for caution in examine(more)} == before


def test_what_is_proposed_is_the_best_of_all_and_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound on what each may be worth spares most of them; none of the best is lost by it."""
    instance = read("families/town-30-tight-marches-1")
    looked = []
    monkeypatch.setattr(proposals, "weigh", lambda *of: looked.append(of) or weigh(*of))
    every = propose_moving(instance, most=100)
    all_of_them = len(looked)
    looked.clear()
    first = propose_moving(instance, most=4)
    assert first == every[: len(first)] != every
    assert len(looked) < all_of_them / 2


def test_where_units_of_a_proposal_would_stand_is_where_they_stand_once_it_is_there() -> None:
    instance = read("oku-250")
    found = propose_moving(instance, most=20)
    more = moved(instance, found)
    assert [list_stands(instance, m) for m in found] == [list_stands(more, m) for m in found]


def test_nothing_is_proposed_where_nobody_goes_on() -> None:
    assert propose_moving(day(gatherings=[RALLY])) == ()
    assert propose_moving(day(gatherings=[])) == ()


def test_who_meets_nobody_after_the_first_leg_is_worth_nothing() -> None:
    instance = day()
    legs = (Leg(sector="terminal", until="14:10"), Leg(sector="polres-front"))
    idle = Movement(id="m", name="M", legs=(legs[0], Leg(sector="terminal")))
    assert weigh(list_stands(instance, idle), list_visits(instance)) == 0.0
    assert weigh(list_stands(instance, propose_moving(instance)[1]), list_visits(instance)) > 0.0


# ---------------------------------------------------------------- where units stand, by hand


def test_stands_are_those_of_the_legs_on_foot() -> None:
    """The day of `simulation/test_move`: the first people come after 30 min; 58.5 on foot to KPU, 4 to form up."""
    legs = [{"sector": "terminal", "until": "16:00", "until_left": "march"}, {"sector": "kpu"}]
    instance = day(movements=[{"id": "m", "name": "M", "legs": legs}])
    first, second = list_stands(instance, instance.movements[0])
    assert (first.sector, first.sent, first.left) == ("terminal", 30.0, 70.0)
    assert (second.sector, second.sent) == ("kpu", 70.0)
    assert second.formed == pytest.approx(70.0 + 58.5 + 4.0)
    assert second.left == instance.period.minutes


def test_who_joins_people_on_the_road_goes_where_they_go() -> None:
    legs = [{"sector": "mall", "until": "14:30"}, {"gathering": "march"}]
    instance = day(movements=[{"id": "m", "name": "M", "legs": legs}])
    assert [stand.sector for stand in list_stands(instance, instance.movements[0])] == ["mall", "kpu", "mall"]


# ---------------------------------------------------------------- what a reader found


@pytest.mark.parametrize("path", sorted(Path("instances/families").glob("*.toml"))[::5], ids=lambda path: path.stem)
def test_bug_long_names_made_a_proposal_unusable(path: Path) -> None:
    """Two names together were longer than a name may be."""
    for moving in propose_moving(read(str(path)), most=100):
        assert len(moving.name) <= 120


def test_bug_a_proposal_took_an_identifier_that_a_place_had() -> None:
    instance = day(
        posts=[*(p.model_dump(mode="json") for p in town().posts), post("with-march"), post("rally-then-march")]
    )
    found = [moving.id for moving in propose_moving(instance, most=20)]
    assert len(set(found)) == len(found)
    assert {"with-march-2", "rally-then-march-2"} <= set(found)
    assert not {"with-march", "rally-then-march"} & set(found)


def test_bug_people_who_had_left_before_ended_a_leg_on_paper() -> None:
    """The march leaves the terminal at 70; units that set out for it at 100 wait there for the clock."""
    legs = [
        {"sector": "kpu", "until": "14:40"},
        {"sector": "terminal", "until": "17:00", "until_left": "march"},
        {"sector": "mall"},
    ]
    instance = day(movements=[{"id": "m", "name": "M", "legs": legs}])
    kpu, terminal, mall = list_stands(instance, instance.movements[0])
    assert (kpu.left, terminal.left, mall.sent) == (100.0, 240.0, 240.0)


def test_bug_a_leg_that_ends_before_people_come_ended_before_it_began() -> None:
    legs = [{"gathering": "march", "until": "13:10"}, {"sector": "mall"}]
    instance = day(movements=[{"id": "m", "name": "M", "legs": legs}])
    assert all(stand.formed <= stand.left for stand in list_stands(instance, instance.movements[0]))


def test_bug_two_proposals_had_one_name() -> None:
    """What stands before the comma was all that was left of a name, the same for two sectors."""
    sectors = [s.model_dump(mode="json") for s in town().sectors]
    for sector, name in zip(sectors, ("Office, market", "Office, KPU", "Office, mall"), strict=True):
        sector["name"] = name
    found = propose_moving(day(sectors=sectors), most=20)
    assert len({moving.name for moving in found}) == len(found) > 4


def test_bug_without_movements_there_were_no_accompaniments_either() -> None:
    """Nought movements ended in an error of the interpreter."""
    assert [type(found) for found in propose_moving(day(), most=0)] == [Accompaniment]


@pytest.mark.parametrize("name", ["oku-425-pleno-moving", "oku-250"])
def test_bug_rest_was_proposed_without_who_relieves(name: str) -> None:
    """Who relieves the march, or rests first at KPU, drew a warning and was left out; the other was still to rest."""
    found = [m for m in propose_moving(read(name), most=1) if isinstance(m, Movement)]
    goes = {(m.legs[0].sector, m.legs[0].gathering) for m in found if m.legs[-1].post}
    comes = {(m.legs[-1].sector, m.legs[-1].gathering) for m in found if m.legs[0].post}
    assert goes == comes != set()
    in_turns = Counter(m.legs[0].sector for m in found if any(leg.post for leg in m.legs[1:-1]))
    assert 1 not in in_turns.values(), "both who rest in turns, or neither"


def test_with_none_asked_for_accompaniments_alone_are_proposed() -> None:
    found = propose_moving(read("oku-250-static"), most=0)
    assert found
    assert all(isinstance(moving, Accompaniment) for moving in found)
