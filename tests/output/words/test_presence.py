"""Every rule of the checker has a name in words."""

from __future__ import annotations

import pytest

from optimiser.common.language import language
from optimiser.model.checker import CODES
from optimiser.output.words.presence import name_code


@pytest.mark.parametrize("code", ["en", "id"])
def test_every_rule_is_named_in_words_of_its_own(code: str) -> None:
    names = [name_code(rule, language(code)) for rule in CODES]
    assert len(set(names)) == len(CODES)
    assert not set(names) & set(CODES)
