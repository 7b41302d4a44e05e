"""Texts, numbers, dates and clock times in the reader's language."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from optimiser.common.language import ENGLISH, Language, language
from optimiser.common.number_format import ends, figure, percent
from optimiser.planning.evaluation import Interval


def test_numbers_dates_and_clock_times_have_the_form_of_the_language():
    indonesian = language("id")
    assert figure(12345.6, 0.25, indonesian) == "12.345,60"
    assert ends(Interval(1.5, 0.25, 9, 9), language=indonesian) == "[1,25; 1,75]"
    assert ends(Interval(1.5, 0.25, 9, 9)) == "[1.25, 1.75]"
    assert percent(0.001, 1000, indonesian) == "di bawah 1 % (1 dari 1.000)"
    assert indonesian.clock("09:05") == "09.05"
    assert indonesian.date(dt.date(2024, 8, 20)) == "Selasa, 20 Agustus 2024"
    assert ENGLISH.date(dt.date(2024, 8, 20)) == "Tuesday, 20 August 2024"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no language 'xx'"):
        Language("xx")  # type: ignore[arg-type]


def test_a_language_can_be_sent_to_another_process():
    assert pickle.loads(pickle.dumps(language("id"))).code == "id"
