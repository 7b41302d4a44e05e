"""Amounts are read with their units where that is clear; of the rest it is said what would be."""

from __future__ import annotations

import pytest

from optimiser.common.typed.amounts import advise_amount, read_amount


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("40%", "share of 1", 0.4), ("7 %", "share of 1", 0.07), ("33,3 persen", "share of 1", 0.333),
        ("-20%", "change of tension", -0.2), ("2,5", "h", 2.5), ("9 jam", "h", 9.0), ("9 jam", "min", 540.0),
        ("2 jam 30 menit", "min", 150.0), ("1h30min", "min", 90.0), ("90 menit", "h", 1.5), ("45 mnt.", "min", 45.0),
        ("1,5 jam", "min", 90.0), ("500 m", "km", 0.5), ("40 km/jam", "km/h", 40.0), ("200 orang", "persons", 200.0),
        ("1.500.000 orang", "persons", 1_500_000.0), ("20 Personel", "heads", 20.0), ("3\u00a0tim", "teams", 3.0),
        ("\uff12\uff10 menit", "min", 20.0), ("3 rb", "persons", 3000.0), ("2,5 ribu orang", "persons", 2500.0),
        ("1 juta", "persons", 1e6), ("setengah jam", "min", 30.0), ("2 jam 30 menit", "h", 2.5),
        ("2.0 jam", "min", 120.0), ("2.00 jam", "min", 120.0), ("2.5 jam", "min", 150.0),
        ("2.75 jam", "min", 165.0), ("sejam", "min", 60.0),
    ],
)  # fmt: skip
def test_what_is_clear_is_read(text: str, unit: str, amount: float) -> None:
    assert read_amount(text, unit) == amount


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("1.500 orang", "persons", "write 1500 if thousands are meant, else 1.5"),
        ("jam 9", "min", "that is a time of day"),
        ("2:30", "min", "hours or minutes"),
        ("200-300", "persons", "200 into the column .low and 300 into .high"),
        ("200 s/d 300 orang", "persons", "200 into the column .low and 300 into .high"),
        ("\u00b1200", "persons", "write 200; how far"),
        ("sekitar 200 orang", "persons", "write 200; how far"),
        ("-", "heads", "leave the cell empty"),
        ("2.30 jam", "min", "it may be 2h30min or 138min"),
        ("2,30 h", "h", "it may be 2h30min or 138min"),
        ("tidak diketahui", "min", "leave the cell empty"),
        ("1.30", "min", "it may be 1h30min or 1.3min"),
        ("1,30", "min", "it may be 1h30min or 1.3min"),
        ("14.00", "min", "it may be 14h00min or 14min"),
        ("1400", "min", "it may be 14h00min or 1400min"),
        ("9.30", "h", "it may be 9h30min or 558min"),
    ],
)
def test_what_is_not_clear_is_said_to_be_so(text: str, unit: str, words: str) -> None:
    assert read_amount(text, unit) is None
    advice = advise_amount(text, unit, ranged=True)
    assert advice is not None
    assert words in advice


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 km", "min"),
        ("30 menit 2 jam", "min"),
        ("2 jam 3 jam", "min"),
        ("40%", "heads"),
        ("1.200 rb", "persons"),
        ("3 rb", "min"),
        ("9 jam lagi", "h"),
        ("x" * 99, "h"),
    ],
)
def test_a_unit_of_another_kind_is_no_amount(text: str, unit: str) -> None:
    assert read_amount(text, unit) is None


def test_a_range_is_advised_only_where_there_are_columns_for_it() -> None:
    assert advise_amount("2-3", "", ranged=False) == "write one number"
    assert advise_amount("about 2", "", ranged=False) == "write 2"


def test_of_part_of_a_person_the_nearest_are_said() -> None:
    assert advise_amount("2,5 orang", "persons", ranged=True) == "write 2 or 3"
    assert advise_amount("2,5", "min", ranged=True) is None
