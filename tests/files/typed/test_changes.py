"""What planners type, in English and Indonesian, in whatever case; and what can be meant in two ways is said so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from optimiser.common.errors import InputFault
from optimiser.files.typed.changes import EXAMPLES
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases

Data = dict[str, Any]


def read(word: str, text: str) -> list[Data]:
    return [change.model_dump() for change in parse_phrases([(word, text)]).changes]


def lose(what: str, number: int = 1, do: str = "lose") -> Data:
    return {"do": do, "what": what, "number": number}


def limit(place: str | None, what: str, least: int | None, most: int | None) -> Data:
    return {"do": "limit", "place": place, "what": what, "at_least": least, "at_most": most}


def receive(minutes: float, sector: str | None = None) -> Data:
    return {"do": "receive", "minutes": minutes, "sector": sector}


def shift(minutes: int, gathering: str | None = None) -> Data:
    return {"do": "shift", "minutes": minutes, "gathering": gathering}


def close(a: str, b: str | None = None, start: str | None = None, end: str | None = None) -> Data:
    return {"do": "close", "a": a, "b": b, "start": start, "end": end}


def route(**shares: float) -> Data:
    return {"do": "route", "gathering": "pawai", "shares": shares}


def chance(share: float) -> Data:
    return {"do": "chance", "gathering": "pawai", "chance": share}


def rain(strength: str = "heavy", **factors: float) -> Data:
    return {"do": "rain", "strength": strength, "drive": None, "march": None, "people": None, **factors}


ALIKE: list[tuple[str, tuple[str, ...], list[Data]]] = [
    ("receive-delegation", ("kpu=20", "KPU=20min", "kpu = 20 menit", "kpu=20 minutes"), [receive(20.0, "kpu")]),
    ("receive-delegation", ("2,5h", "2.5 h", "2,5 jam", "2 jam 30 menit", "150"), [receive(150.0)]),
    ("lose", ("awc", "AWC", "1 awc", "awc = 1 unit"), [lose("awc")]),
    ("lose", ("vehicle:AWC", "kendaraan:awc", "Kendaraan: awc"), [lose("vehicle:awc")]),
    ("lose", ("awc=2, Ambulance", "2 awc; ambulance", "2x awc,ambulance"), [lose("awc", 2), lose("ambulance")]),
    ("lose", ("post:pos-kpu", "pos:POS-KPU"), [{"do": "vacate", "post": "pos-kpu"}]),
    ("gain", ("team:NEGO=2", "tim:nego=2", "2 tim:nego"), [lose("team:nego", 2, "gain")]),
    ("heads", ("200", "200 heads", "200 orang", "200 personel", "0,2 ribu"), [{"do": "heads", "cap": 200}]),
    ("pin", ("kpu:60 heads", "KPU:60 orang", "kpu=60personel", "kpu: 60 heads"), [limit("kpu", "heads", 60, 60)]),
    ("pin", ("kpu=60", "kpu:60", "KPU: 60", "kpu:heads=60"), [limit("kpu", "heads", 60, 60)]),
    ("at-least", ("kpu:60 heads", "kpu:60 personel", "kpu=60"), [limit("kpu", "heads", 60, None)]),
    ("at-most", ("KPU:Dalmas=1", "kpu:1 dalmas", "kpu:dalmas=1 regu"), [limit("kpu", "dalmas", None, 1)]),
    ("at-most", ("sektor:KPU:peran:dalmas = 1", "sector:kpu:role:dalmas=1"),
     [limit("sector:kpu", "role:dalmas", None, 1)]),
    ("forbid", ("awc", "AWC"), [limit(None, "awc", None, 0)]),
    ("forbid", ("vehicle:awc", "kendaraan:AWC"), [limit(None, "vehicle:awc", None, 0)]),
    ("forbid", ("kpu:awc", "KPU : AWC"), [limit("kpu", "awc", None, 0)]),
    ("forbid", ("kpu:awc, KPU:rantis",), [limit("kpu", "awc", None, 0), limit("kpu", "rantis", None, 0)]),
    (
        "start",
        ("pawai=08:00", "PAWAI=08.00", "pawai=08.00 WIB", "pawai = pukul 08.00", "pawai=jam 8 pagi"),
        [{"do": "arrive", "gathering": "pawai", "at": "08:00"}],
    ),
    ("start", ("pawai=8.00", "pawai=jam 8.00"), [{"do": "arrive", "gathering": "pawai", "at": "8:00"}]),
    ("start", ("pawai=jam 8", "pawai=8 WIB"), [{"do": "arrive", "gathering": "pawai", "at": "8"}]),
    ("start", ("pawai=setengah jam lebih awal", "pawai=30 mnt earlier"), [shift(-30, "pawai")]),
    ("start", ("pawai=2h-earlier", "pawai=2 jam lebih awal", "pawai=120 earlier"), [shift(-120, "pawai")]),
    ("start", ("pawai=maju 2 jam", "pawai=dimajukan 2 jam"), [shift(-120, "pawai")]),
    ("start", ("pawai=mundur 30 menit", "pawai=diundur setengah jam"), [shift(30, "pawai")]),
    ("start", ("30min-later", "30 menit lebih lambat", "0,5h later"), [shift(30)]),
    ("period", ("07:00-17:00", "07.00 s/d 17.00", "07.00 sampai 17.00 WIB", "07:00 to 17:00", "07.00–17.00",
      "07.00 — 17.00", "07.00 s.d. 17.00", "07.00 sampai dengan 17.00", "07.00 hingga 17.00"),
     [{"do": "period", "start": "07:00", "end": "17:00"}]),
    ("period", ("-19:00", "- 19.00"), [{"do": "period", "start": None, "end": "19:00"}]),
    ("period", ("7-17", "jam 7-17.00"), [{"do": "period", "start": "7", "end": "17:00"}]),
    ("close", ("kpu", "KPU"), [close("kpu")]),
    ("close", ("sektor:kpu", "sector:kpu"), [close("sector:kpu")]),
    ("close", ("kpu@10.00-selesai", "kpu@10.00 s.d. selesai"), [close("kpu", None, "10:00")]),
    ("close", ("kpu@10.00-12.00", "kpu@10:00-12:00"), [close("kpu", None, "10:00", "12:00")]),
    ("close", ("Terminal:Simpang@10.00-", "terminal--simpang@10:00-"), [close("terminal", "simpang", "10:00")]),
    ("route", ("pawai=north", "PAWAI = North", "pawai=north:100%", "pawai=north:1"), [route(north=1.0)]),
    ("route", ("pawai=north:0%", "pawai=north=0"), [route(north=0.0)]),
    ("route", ("pawai=north:60%,south:40%", "pawai=NORTH:0,6; South:0.4"), [route(north=0.6, south=0.4)]),
    ("chance", ("pawai=80%", "Pawai=0,8", "pawai = 80 persen"), [chance(0.8)]),
    ("rain", ("heavy", "Lebat", "deras", "hujan lebat"), [rain()]),
    ("rain", ("light", "ringan", "gerimis"), [rain("light")]),
    ("rain", ("drive=80%,people=0,5", "kendaraan=0,8; massa=50%"), [rain(drive=0.8, people=0.5)]),
    ("remove", ("gathering:Pawai, hasil", "massa:pawai;hasil"),
     [{"do": "remove", "what": "gathering:pawai"}, {"do": "remove", "what": "hasil"}]),
    ("keep", ("kpu, DPRD",), [{"do": "keep", "place": "kpu"}, {"do": "keep", "place": "dprd"}]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "text", "changes"), [(word, text, changes) for word, texts, changes in ALIKE for text in texts]
)
def test_what_planners_type_is_understood(word: str, text: str, changes: list[Data]) -> None:
    assert read(word, text) == changes


TWO_WAYS = [
    ("receive-delegation", "kpu=2", ("kpu=2h", "kpu=2min")),
    ("start", "pawai=2-earlier", ("pawai=2h-earlier", "pawai=2min-earlier")),
    ("start", "08:00", ("--start GATHERING=08:00", "--period 08:00-")),
    ("heads", "kpu=60", ('--at-most "kpu:60 heads"', '--at-least "kpu:60 heads"', "--heads 60")),
    ("start", "pawai=8", ("pawai=08:00", "pawai=8min-later", "pawai=8h-later")),
    ("receive-delegation", "kpu=2.30 jam", ("kpu=2h30min", "kpu=138min")),
    ("receive-delegation", "2,30 h", ("2h30min", "138min")),
    ("set", "period.hours=8.30", ("period.hours=8h30min", "period.hours=498min")),
    ("start", "pawai=1.45 jam lebih awal", ("pawai=1h45min-earlier", "pawai=87min-earlier")),
    ("pin", "kpu:dalmas=30 orang", ("kpu:dalmas=N", '"kpu:30 heads"')),
    ("forbid", "kpu:awc,rantis", ("--forbid kpu:rantis", "--forbid rantis")),
]


@pytest.mark.parametrize(("word", "text", "ways"), TWO_WAYS)
def test_what_can_be_meant_in_two_ways_is_refused_with_both(word: str, text: str, ways: tuple[str, ...]) -> None:
    with pytest.raises(InputFault) as caught:
        read(word, text)
    (fault,) = caught.value.faults
    assert (fault.place, fault.found) == (f"--{word}", f"'{text}'")
    assert all(way in fault.repair for way in ways)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("lose", "awc=-1"),
        ("receive-delegation", "kpu=-20"),
        ("start", "pawai=25:00"),
        ("heads", "many"),
        ("pin", "kpu"),
        ("pin", "kpu:awc"),
        ("pin", "kpu=20%"),
        ("start", "pawai=jam setengah tiga"),
        ("period", "7-7"),
        ("period", "-"),
        ("route", "pawai"),
        ("route", "pawai=north,south"),
        ("route", "pawai=north:60"),
        ("route", "pawai=north:60%,north:40%"),
        ("chance", "pawai=80"),
        ("chance", "80%"),
        ("rain", "often"),
        ("rain", "drive=-1"),
        ("rain", ""),
        ("close", "kpu@"),
        ("forbid", "kpu:awc:rantis"),
    ],
)
def test_what_cannot_be_understood_is_said_with_an_example(word: str, text: str) -> None:
    with pytest.raises(InputFault) as caught:
        read(word, text)
    (fault,) = caught.value.faults
    assert all(example in fault.expected for example in EXAMPLES[word])


def test_every_example_is_understood(tmp_path: Any) -> None:
    file = tmp_path / "gathering.toml"
    file.write_text('[[triggers]]\nid = "late"\nname = "Late news"\nat = "15:00"\n')
    for word, examples in EXAMPLES.items():
        assert all(read(word, str(file) if word == "add" else example) for example in examples)


@pytest.mark.parametrize("text", ["heads=2.5", "pin=kpu=2,5", "lose=awc=1,5", "at-most=kpu:awc=1.5"])
def test_there_is_no_part_of_a_person_or_a_vehicle(text: str) -> None:
    word, _, typed = text.partition("=")
    with pytest.raises(InputFault, match=r"expected a whole number; write [12] or [23]"):
        read(word, typed)


@pytest.mark.parametrize(
    ("word", "text", "repair"),
    [
        ("heads", "+20", "without a sign"),
        ("receive-delegation", "kpu=1:30", "hours or minutes"),
        ("receive-delegation", "kpu=jam 10", "that is a time of day"),
        ("receive-delegation", "kpu=10-20", "write one number"),
        ("start", "March for a recount=10:00", "name it by its identifier"),
    ],
)
def test_of_what_reads_like_something_else_it_is_said_what_would_be_clear(word: str, text: str, repair: str) -> None:
    with pytest.raises(InputFault) as caught:
        read(word, text)
    assert repair in caught.value.faults[0].repair


PROMISED, STAY, TURNOUT = "sectors.kpu.official.promised", "gatherings.pawai.itinerary.0.stay", "gatherings.a.turnout"


@pytest.mark.parametrize(
    ("word", "text", "repairs"),
    [
        ("receive-delegation", "kpu=14.00", ("kpu=14h00min: hours and minutes", "kpu=14min: minutes")),
        ("receive-delegation", "kpu=13,50", ("kpu=13h50min", "kpu=13.5min")),
        ("receive-delegation", "kpu=1400", ("kpu=14h00min", "kpu=1400min")),
        ("set", f"{PROMISED}=15.30", (f"{PROMISED}=15h30min", f"{PROMISED}=15.3min")),
        ("set", f"{STAY}=1.30", (f"{STAY}=1h30min: hours and minutes", f"{STAY}=1.3min: minutes")),
        ("set", "period.hours=9.30", ("period.hours=9h30min", "period.hours=558min: hours with decimals")),
    ],
)
def test_bug_a_clock_time_was_read_as_minutes(word: str, text: str, repairs: tuple[str, ...]) -> None:
    with pytest.raises(InputFault) as caught:
        read(word, text)
    (fault,) = caught.value.faults
    assert all(repair in fault.repair for repair in repairs)


@pytest.mark.parametrize("text", [f"{TURNOUT}=+500", f"{TURNOUT}=+50%", "period.hours=+1"])
def test_bug_what_is_added_was_read_as_the_new_value(text: str) -> None:
    with pytest.raises(InputFault, match="write the new value, without a sign"):
        read("set", text)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("massa.pawai.jumlah massa", "gatherings.pawai.turnout"),
        ("Sektor.kpu.jalan keluar terbuka", "sectors.kpu.exit_open"),
        ("pejabat.kpu.janji pejabat menerima", "sectors.kpu.official.promised"),
        ("officials.kpu.promised", "sectors.kpu.official.promised"),
        ("rute.pawai.0.lama tinggal", "gatherings.pawai.itinerary.0.stay"),
        ("pengaturan.batas personel", "cap"),
        ("perjalanan.kecepatan berkendara", "travel.drive"),
        ("gatherings.pawai.itinerary.0.stay", "gatherings.pawai.itinerary.0.stay"),
        ("sectors.kpu.minimum.lantas", "sectors.kpu.minimum.lantas"),
        ("cap", "cap"),
        ("travel.drive", "travel.drive"),
        ("law.clash", "law.clash"),
    ],
)
def test_bug_names_of_sheets_and_columns_were_not_known(typed: str, path: str) -> None:
    assert read("set", f"{typed}=30")[0]["path"] == path


def test_bug_delegations_at_several_places_were_one_unknown_place() -> None:
    assert read("receive-delegation", "kpu=20menit, dprd=30menit") == [receive(20, "kpu"), receive(30, "dprd")]


def test_bug_of_an_arrival_that_is_put_off_to_a_time_half_minutes_were_told() -> None:
    with pytest.raises(InputFault) as caught:
        read("start", "pawai=mundur 10.30")
    assert "pawai=10:30: at this time of day; pawai=10h30min-later" in caught.value.faults[0].repair


def test_a_change_of_tension_may_have_a_sign() -> None:
    assert read("set", "triggers.hasil.tension=+0.2")[0]["value"] == 0.2


@pytest.mark.parametrize("text", ["drive=1.2", "people=120%", "march=2", "120%"])
def test_bug_rain_could_help(text: str) -> None:
    with pytest.raises(InputFault):
        read("rain", text)


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("80", "write --rain drive=80%,march=80%,people=80%"),
        ("0.8", "write --rain drive=80%,march=80%,people=80%"),
        ("drive=80", "write drive=80%"),
        ("massa=60", "write massa=60%"),
    ],
)
def test_of_rain_it_is_said_how_a_share_is_typed(text: str, repair: str) -> None:
    with pytest.raises(InputFault) as caught:
        read("rain", text)
    assert repair in caught.value.faults[0].repair


def test_the_page_on_what_ifs_shows_what_is_understood() -> None:
    page = (Path(__file__).parents[3] / "docs" / "whatif.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `--")]
    shown = [split_phrases(code)[0] for row in rows for code in re.findall(r"`(--[^`]+ [^`]+)`", row)]
    assert {word for word, _ in shown} | {"at-most"} == set(EXAMPLES)
    assert all(read(word, text) for word, text in shown if word != "add")


def move(what: str | None = None, number: int | None = None, at: str = "12:30") -> Data:
    return {"do": "move", "what": what, "here": "terminal", "onward": "kpu", "at": at, "number": number}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ("awc:terminal>kpu@12:30=2", "AWC: terminal -> kpu @ 12.30 WIB = 2 unit", "awc:terminal→KPU@12:30=2"),
            ("awc", 2),
        ),
        (("tim:nego:terminal>kpu@pukul 12.30=2 regu", "team:nego:terminal>kpu@12:30=2"), ("team:nego", 2)),
        (("terminal>kpu@12:30", "Terminal > KPU @ 12:30"), ()),
        (("nego:terminal>kpu@12:30",), ("nego",)),
    ],
)
def test_a_movement_is_typed_with_who_and_how_many_or_without(texts, expected):
    for text in texts:
        assert read("move", text) == [move(*expected)], text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("terminal>kpu", "terminal>kpu@12:30"),
        ("nego:terminal>kpu=2", "nego:terminal>kpu@12:30"),
        ("terminal>kpu@soon", "the time of day"),
        ("terminal>kpu@12:30=2", "dalmas-awal:terminal>kpu@12:30=2"),
        ("nego:terminal>kpu@12:30=1.5", "write 1 or 2"),
        ("terminal kpu 12:30", "write it like the example"),
        ("nego:tim:terminal:kpu>dprd@12:30", "write it like the example"),
    ],
)
def test_a_movement_that_is_not_understood_is_said_with_how_it_is_typed(text, told):
    with pytest.raises(InputFault, match=re.escape(told)):
        read("move", text)
