"""Names in changes stand for what they are typed as: a kind that does not fit is refused, with the one that does."""

from __future__ import annotations

import pytest
from support.small import small_data

from optimiser.common.errors import Fault, InputFault
from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse, read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance

TOWN = read("oku-250")


def ask(line: str) -> Instance:
    return apply(TOWN, parse_phrases(split_phrases(line)))


def refused(line: str) -> Fault:
    """Return the only fault of a line; that there is no other is the promise: each cause is told once."""
    with pytest.raises(InputFault) as caught:
        ask(line)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("line", "expected", "repair"),
    [
        ("--lose team:pos-kpu", "a team", "'pos-kpu' is a post; write post:pos-kpu"),
        ("--lose vehicle:pos-kpu", "a vehicle", "'pos-kpu' is a post; write post:pos-kpu"),
        ("--lose post:awc", "a post", "'awc' is a vehicle; write vehicle:awc"),
        ("--lose team:awc", "a team", "'awc' is a vehicle; write vehicle:awc"),
        ("--lose vehicle:awc-9", "one of", "did you mean 'awc'?"),
        ("--lose role:dalmas-awal-regu", "a role", "write team:dalmas-awal-regu"),
        ("--lose sector:kpu", "a team, a vehicle, a role or a post", "name a team, a vehicle, a role or a post"),
        ("--gain vehicle:dalmas-awal-regu", "a vehicle", "write team:dalmas-awal-regu"),
        ("--gain post:pos-kpu", "a team, a vehicle or a role", "name a team, a vehicle or a role"),
        ("--pin kpu:team:awc=1", "a team", "write vehicle:awc"),
        ("--pin post:kpu=20", "a post", "'kpu' is a sector; write sector:kpu"),
        (
            "--at-least awc=20",
            "a sector, a post, an accompaniment or a movement",
            "'awc' is a vehicle; name a sector, a post, an accompaniment or a movement",
        ),
        ("--forbid vehicle:dalmas-awal-regu", "a vehicle", "write team:dalmas-awal-regu"),
        ("--close post:kpu", "a post", "write sector:kpu"),
        ("--close kpu:team:awc", "a sector, a post or help from outside", "name a sector, a post or help from outside"),
        ("--remove trigger:pawai", "a trigger", "write gathering:pawai"),
        (
            "--remove team:awc",
            "a gathering, a trigger, help from outside, an accompaniment or a movement",
            "name a gathering, a trigger, help from outside, an accompaniment or a movement",
        ),
        ("--start sector:pawai=08:00", "a gathering", "write gathering:pawai"),
        ("--receive-delegation post:kpu=20", "a sector", "write sector:kpu"),
    ],
)
def test_bug_a_kind_that_was_typed_was_not_looked_at(line: str, expected: str, repair: str) -> None:
    fault = refused(line)
    assert expected in fault.expected
    assert repair in fault.repair


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("--lose vehicle:awc", "--lose awc"),
        ("--lose kendaraan:awc-1", "--lose awc"),
        ("--lose role:dalmas-awal", "--lose dalmas-awal-regu"),
        ("--lose pos:pos-kpu", "--lose pos-kpu"),
        ("--close sektor:kpu", "--close kpu"),
        ("--close sector:kpu:sector:dprd", "--close kpu--dprd"),
        ("--pin sektor:kpu:vehicle:awc=1", "--pin kpu:1 awc"),
        ("--forbid vehicle:awc", "--forbid awc"),
        ("--remove massa:pawai", "--remove pawai"),
        ("--start gathering:pawai=10:00", "--start pawai=10:00"),
        ("--pin kpu=20", "--pin 'kpu:20 heads'"),
    ],
)
def test_a_kind_that_fits_changes_nothing(typed: str, plain: str) -> None:
    assert ask(typed) == ask(plain) != TOWN


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--lose awc=99", "99"),
        ("--lose awc --lose AWC", "1"),
        ("--lose post:pos-kpu --pin pos-kpu:kup=1", "'kup'"),
        ("--forbid kpu", "'kpu'"),
        ("--forbid kup", "'kup'"),
        ("--pin kup=20", "'kup'"),
        ("--close kup", "'kup'"),
        ("--close kup:kpu", "'kup'"),
        ("--close kpu@15:00-13:00", "'15:00-13:00'"),
        ("--keep kup", "'kup'"),
        ("--rain light --rain heavy", "a second rain"),
    ],
)
def test_bug_one_cause_was_told_as_several_faults(line: str, found: str) -> None:
    assert refused(line).found == found


def test_a_word_that_names_no_kind_is_refused() -> None:
    (stored,) = parse_whatifs({"changes": [{"do": "lose", "what": "unit:awc"}]})
    with pytest.raises(InputFault, match=r"expected one of team:, vehicle:, role:, post:; write one of them before"):
        apply(TOWN, stored)


NEAR = [
    *(("route", "pawi=south", "pawai"), ("route", "pawai=mal-last", "mall-last"), ("chance", "pawi=33%", "pawai")),
    *(("close", "kup", "kpu"), ("close", "kpu:bawaslo", "bawaslu"), ("keep", "kpuu", "kpu")),
    *(("start", "pawi=08:00", "pawai"), ("start", "pawi=1h-earlier", "pawai"), ("remove", "pawi", "pawai")),
    *(
        ("receive-delegation", "kpuu=20min", "kpu"),
        ("lose", "awcc", "awc"),
        ("gain", "negosiator-tim", "negotiator-tim"),
    ),
    *(("pin", "kpu:dalmas-awl=3", "dalmas-awal"), ("at-least", "kppu=60", "kpu"), ("at-most", "kpu:awcc=1", "awc")),
    *(("forbid", "kpu:awcc", "awc"), ("forbid", "awcc", "awc"), ("forbid", "kpuu:awc", "kpu")),
    *(("set", "gatherings.pawi.turnout=3", "pawai"), ("set", "gathering.pawai.turnout=3", "gatherings")),
    *(("set", "gatherings.pawai.turnut=3", "turnout"), ("set", "sectors.kpu.oficial.chance=0.5", "official")),
]


@pytest.mark.parametrize(("word", "typed", "meant"), NEAR, ids=lambda text: text)
def test_bug_not_every_change_offered_the_name_that_was_nearly_typed(word, typed, meant):
    with pytest.raises(InputFault, match=f"did you mean '{meant}"):
        apply(TOWN, parse_phrases([(word, typed)]), Deployment(instance=TOWN.name))


def test_a_path_that_leads_nowhere_near_is_told_as_before():
    for typed in ("weather.today=3", "doctrine.waiting_marks.first.second=3", "cap.least.most=3"):
        with pytest.raises(InputFault, match="name it as in the file, parts by their id"):
            apply(TOWN, parse_phrases([("set", typed)]))


def test_bug_a_name_that_may_mean_two_places_was_said_to_mean_one() -> None:
    """Whoever typed DPRD for the sector Kantor DPRD was led to the movement of that name alone."""
    data = small_data(pins=[], triggers=[], travel={"kind": "coordinates"})
    data["sectors"][1] |= {"id": "balai", "name": "Kantor DPRD"}
    data["sectors"][0]["spill_to"] = data["gatherings"][0]["itinerary"][1]["sector"] = "balai"
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "balai"}]
    data["movements"] = [{"id": "geser", "name": "DPRD", "legs": legs}]
    with pytest.raises(InputFault, match=r"did you mean sector:balai \(Kantor DPRD\), movement:geser \(DPRD\)\?"):
        apply(parse(data), parse_phrases(split_phrases("--pin dprd:dalmas=1")))
    with pytest.raises(InputFault, match=r"did you mean 'geser'\?"):
        apply(parse(data), parse_phrases(split_phrases("--pin movement:dprd:dalmas=1")))
