"""The constants of the laws: each has a range, a unit, a source and a meaning, and an instance may change any."""

from __future__ import annotations

import pytest

from optimiser.model.laws.constants import CONSTANTS, Law, make_law


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_a_constant_has_range_unit_source_and_meaning(constant):
    assert 0.0 <= constant.low <= constant.default <= constant.high
    assert constant.low < constant.high
    assert constant.unit
    assert len(constant.meaning) > 10
    assert "assumed" in constant.source or "doi" in constant.source


def test_the_constants_are_the_fields_of_the_law():
    assert [c.name for c in CONSTANTS] == list(Law._fields)
    assert make_law() == Law(*(c.default for c in CONSTANTS))


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda constant: constant.name)
def test_one_constant_is_changed_and_the_others_stay(constant):
    changed = make_law({constant.name: constant.high + 1.0})
    assert changed._asdict() == {**make_law()._asdict(), constant.name: constant.high + 1.0}


@pytest.mark.parametrize("name", ["", "risk", "Threshold", "n_half "])
def test_an_unknown_constant_is_refused(name):
    with pytest.raises(KeyError):
        make_law({name: 1.0})
