"""Laws that ship are found by their names, everywhere by the same ones."""

from __future__ import annotations

from typing import get_args

import pytest

from optimiser.cli.shared.options import LawChoice
from optimiser.model.laws.choice import LAWS, DefaultLaw, LawName, find_law
from optimiser.model.laws.risk_law import RiskLaw


def test_every_face_offers_the_laws_that_ship() -> None:
    assert list(LAWS) == list(get_args(LawName)) == [choice.value for choice in LawChoice]
    assert all(name == law.name for name, law in LAWS.items())
    assert next(iter(LAWS.values())) is DefaultLaw


def test_a_law_is_found_by_its_name_or_is_itself() -> None:
    own = RiskLaw()
    assert find_law(own) is own
    assert type(find_law("risk")) is RiskLaw
    assert type(find_law(None)) is DefaultLaw
    with pytest.raises(KeyError):
        find_law("kindness")
