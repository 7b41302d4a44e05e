"""What is read into a change beyond what was typed is said: a longer operation, a closure over midnight."""

from __future__ import annotations

import pytest
from support.small import small_instance

from optimiser.common.language import language
from optimiser.files.apply_whatif import apply
from optimiser.files.examination import examine, list_new
from optimiser.files.read import read
from optimiser.files.typed.phrases import split_phrases
from optimiser.files.whatif_phrases import parse_phrases, tell_title
from optimiser.model.deployment import Deployment
from optimiser.questions.what_if.assumptions import tell_assumed, tell_counted

TOWN = read("oku-250")  # from 09:00 to 17:00


def told(line: str, code: str = "en") -> list[str]:
    asked = parse_phrases(split_phrases(line))
    return [language(code)(one) for one in tell_assumed(asked, TOWN, apply(TOWN, asked))]  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["--start pawai=07:30", "--start 'pawai=2 jam lebih awal'"])
def test_bug_an_operation_that_starts_earlier_for_a_gathering_was_not_told(line: str) -> None:
    (said,) = told(line)
    assert "starts at 07:30 instead of 09:00" in said
    assert "lasts 9.5 h instead of 8 h" in said
    assert "pukul 07.30, bukan 09.00" in told(line, "id")[0]


@pytest.mark.parametrize(
    "line", ["--start pawai=10:00", "--period 07:00-", "--close kpu@10:00-12:00", "--close kpu@10:00-", "--lose awc"]
)
def test_nothing_is_said_where_nothing_is_read_into_it(line: str) -> None:
    assert told(line) == []


def test_of_a_closure_over_midnight_the_part_in_the_operation_is_said() -> None:
    assert told("--close kpu@20:00-10:00") == ["Closed 20:00 to 10:00: within the operation that is 09:00 to 10:00."]
    assert told("--close kpu@20:00-10:00", "id") == [
        "Ditutup 20.00 sampai 10.00: di dalam jam operasi berarti 09.00 sampai 10.00."
    ]


def test_bug_a_place_that_is_closed_at_no_time_was_told_once_for_each_way() -> None:
    after = apply(TOWN, parse_phrases([("close", "kpu@22:00-02:00")]))
    (caution,) = list_new(examine(TOWN), examine(after))
    assert "'kpu' to 'terminal', 'simpang-lintas', 'jembatan-ogan', 12 more, closed 22:00 to 02:00" in caution.found
    assert "22.00 sampai 02.00" in language("id")(caution.found)


def test_a_title_made_of_phrases_is_told_in_the_language() -> None:
    title = parse_phrases(split_phrases("--lose AWC --rain lebat --keep kpu")).title
    assert tell_title(title, language("en")) == title == "lose AWC, rain lebat, keep kpu"
    assert tell_title(title, language("id")) == "kehilangan AWC, hujan lebat, tetap seperti rencana kpu"
    assert tell_title("The water cannon is lost", language("id")) == "The water cannon is lost"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("presence on", "aturan kehadiran berlaku"),
        ("presence records=off", "aturan kehadiran dokumen dijaga sepanjang waktu=tidak berlaku"),
        ("rain heavy", "hujan lebat"),
        ("rain people=60%", "hujan jumlah massa=60%"),
        ("chance pawai=likely", "peluang bahwa massa ini berkumpul pawai=kemungkinan besar"),
        ("start pawai=2h-earlier", "massa datang pawai=2 jam lebih awal"),
        ("start pawai=08:00", "massa datang pawai=08.00"),
        ("receive-delegation kpu=20min", "perwakilan massa diterima kpu=20 menit"),
        ("close kpu@10:00-12:00", "ditutup kpu@10.00-12.00"),
        ("lose vehicle:awc", "kehilangan kendaraan:awc"),
        ("pin kpu:60 heads", "persis kpu:60 personel"),
        ("pin zona-2h:60 heads", "persis zona-2h:60 personel"),
        ("set sectors.kpu.official.chance=0.8", "ubah sectors.kpu.official.chance=0.8"),
    ],
)
def test_bug_words_after_an_option_stayed_english_in_an_indonesian_title(typed: str, told: str) -> None:
    assert tell_title(typed, language("id")) == told


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ("at-most", "kpu:dalmas=1"),
            "1 in the plan after the change; those who move may be there besides: 2 as 'With them'",
        ),
        (("forbid", "kpu:dalmas"), "2 as 'With them'"),
        (("at-least", "kpu:dalmas=1"), "2 as 'With them'"),
        (("at-most", "kpu:talk=0"), None),  # none comes
        (("at-most", "with:dalmas=2"), None),  # all who are there are placed there
        (("forbid", "dalmas"), None),  # wherever they come from
    ],
)
def test_bug_a_limit_on_a_sector_did_not_say_that_it_counts_who_is_placed_there(
    asked: tuple[str, str], said: str | None
) -> None:
    along = {"id": "with", "name": "With them", "gathering": "recount"}
    instance = small_instance(accompaniments=[along], pins=[])
    plan = Deployment.build(instance, {("kpu", "dalmas"): 1, ("with", "dalmas"): 2}, {})
    found = list(tell_counted(instance, apply(instance, parse_phrases([asked])), plan))
    assert len(found) == (said is not None)
    assert all(str(said) in one for one in found)
