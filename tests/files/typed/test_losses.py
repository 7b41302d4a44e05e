"""Units are lost anywhere, not at one place; what may be asked of a place is said."""

from __future__ import annotations

import pytest
from support.refusals import refusal

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
