"""Units are lost anywhere, not at one place; what may be asked of a place is said."""

from __future__ import annotations

import pytest
from support.refusals import refusal
from support.small import small_instance

from optimiser.files.whatif_phrases import parse_phrases


@pytest.mark.parametrize("typed", ["squad@with-march", "team:squad @ accompaniment:with-march", "with-march:squad=2"])
@pytest.mark.parametrize("word", ["lose", "gain"])
def test_bug_units_of_one_place_were_refused_with_no_word_of_what_is_allowed(word: str, typed: str) -> None:
    (fault,) = refusal(parse_phrases, [(word, typed)]).faults
    assert "not at one place" in fault.expected
    for allowed in (f"--{word} squad", "--at-most with-march:squad=N", "--forbid with-march:squad"):
        assert allowed in fault.repair


@pytest.mark.parametrize("typed", ["squad", "team:squad=2", "2 squad", "post:pos-kpu", "vehicle:awc, squad=1"])
def test_units_and_posts_are_lost_as_before(typed: str) -> None:
    assert parse_phrases([("lose", typed)]).changes


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dalmsa@kpu", [("dalmsa", "did you mean 'dalmas'?")]),
        ("dalmas@kpuu", [("kpuu", "did you mean 'kpu'?")]),
        ("nowhere@alsonot", [("nowhere", "correct the name"), ("alsonot", "correct the name")]),
    ],
)
def test_bug_limits_were_advised_of_names_that_the_instance_does_not_have(typed: str, expected: list) -> None:
    faults = refusal(parse_phrases, [("lose", typed)], "what-if", small_instance()).faults
    assert [(fault.found, fault.repair) for fault in faults] == [(f"'{name}'", repair) for name, repair in expected]
    (known,) = refusal(parse_phrases, [("lose", "dalmas@kpu")], "what-if", small_instance()).faults
    assert "--at-most kpu:dalmas=N" in known.repair
