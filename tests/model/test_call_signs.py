"""Call signs of several units in one field: as many as there are units, on papers each with its own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support.faulty_workbooks import small_book
from support.refusals import refusal
from support.small import small_data

from optimiser.files.apply_whatif import apply
from optimiser.files.read import parse, parse_workbook
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.model.deployment import Deployment
from optimiser.model.parts.notes import say_call_signs
from optimiser.output.orders.notes import leader_cell
from optimiser.output.orders.situation import Situation

SIGNS = ("Rajawali 1", "Rajawali 2", "Rajawali 3")


def signed(text, count=3):
    data = small_data()
    data["teams"][0] |= {"count": count, "call_sign": text}
    return data


@pytest.mark.parametrize("between", [", ", ";", "\n", " ,\t", "\r\n"])
def test_signs_are_parted_by_commas_semicolons_and_lines(between):
    team = parse(signed(between.join(SIGNS).replace("\t", " "))).teams[0]
    assert [say_call_signs(team, k, 1) for k in (1, 2, 3)] == list(SIGNS)
    assert say_call_signs(team, 2, 2) == "Rajawali 2, Rajawali 3"


def test_lines_of_a_cell_are_signs_of_units():
    book = small_book()
    data = small_data()
    book.set("teams", data["teams"][0]["id"], "count", 2)
    book.set("teams", data["teams"][0]["id"], "call_sign", "Rajawali 1\nRajawali 2")
    assert say_call_signs(parse_workbook(book.write()).teams[0], 2, 1) == "Rajawali 2"


def test_one_sign_is_that_of_all_units_and_what_stands_at_one_unit_is_its_own():
    assert say_call_signs(parse(signed("Rajawali")).teams[0], 2, 1) == "Rajawali"
    assert say_call_signs(parse(signed("Rajawali, channel 3", 1)).teams[0], 1, 1) == "Rajawali, channel 3"


def test_more_or_fewer_signs_than_units_are_refused():
    for text, n in (("A, B", 2), ("A; B; C; D", 4)):
        (fault,) = refusal(parse, signed(text), "data").faults
        assert (fault.code, fault.place) == ("bad-text", "teams[0].call_sign")
        assert "one call sign for all, or 3" in fault.expected
        assert f"these are {n}" in fault.repair


def test_each_unit_has_its_own_sign_on_papers_and_in_tables():
    instance = parse(signed(", ".join(SIGNS)))
    team, (first, second) = instance.teams[0], [sector.id for sector in instance.sectors][:2]
    plan = Deployment.build(instance, {(first, team.id): 2, (second, team.id): 1}, {})
    at = Situation(instance, plan)
    cells = [leader_cell(unit)[0] for place in (first, second) for unit in at.units[place] if unit.kind.id == team.id]
    assert cells == ["Rajawali 1, Rajawali 2", "Rajawali 3"]
    table = plan.table(instance)
    rows = table[table["id"] == team.id]
    assert rows["call_sign"].tolist() == cells


def test_what_if_a_unit_is_lost_or_gained_its_signs_are_no_fault():
    instance = parse(signed(", ".join(SIGNS)))
    team = instance.teams[0].id

    def ask(word, typed):
        return apply(instance, parse_phrases([(word, typed)])).teams[0].call_sign

    assert ask("lose", f"team:{team}=1") == "Rajawali 1, Rajawali 2"
    assert ask("gain", f"team:{team}=1") is None
    assert ask("heads", "20") == ", ".join(SIGNS)


def test_signs_that_do_not_fit_an_instance_made_by_a_program_are_told_together():
    kind = SimpleNamespace(call_sign="A, B", count=3)
    assert say_call_signs(kind, 1, 1) == "A, B"
