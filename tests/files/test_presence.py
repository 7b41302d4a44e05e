"""Rules of presence on their way in and out: as they are typed, in what-ifs, in workbooks and instance files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.town import town

from optimiser.common.errors import InputFault
from optimiser.common.language import CODES, language
from optimiser.files.apply_whatif import apply
from optimiser.files.edit import changed_parts
from optimiser.files.read import read
from optimiser.files.read_whatifs import parse_whatifs
from optimiser.files.typed.changes import read_change
from optimiser.files.whatif_phrases import parse_phrases
from optimiser.files.workbook import lay_out
from optimiser.model.instance import Instance
from optimiser.model.parts.presence import NUMBERS, RULES, Presence
from optimiser.output.excel.template import write_template

TOWN = read("tiny-2")


def asked(phrase: str, instance: Instance = TOWN) -> Presence | None:
    return apply(instance, parse_phrases([("presence", phrase)])).presence


def test_all_rules_are_switched_on_and_off() -> None:
    on = TOWN.replace(presence={})
    assert TOWN.presence is None
    assert asked("on") == Presence() == on.presence
    assert asked("off", on) is None
    assert asked("on", TOWN.replace(presence={"records": False})) == Presence(records=False)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_switched_by_itself(rule: str) -> None:
    on = TOWN.replace(presence={})
    left = asked(f"{rule}=off", on)
    assert left is not None
    assert set(RULES) - set(left.in_force) == {rule}
    alone = asked(f"{rule.replace('_', '-')}=ya")
    assert alone is not None
    assert alone.in_force == (rule,)


def test_numbers_are_typed_with_their_rule_and_several_at_once() -> None:
    changed = asked("expected=500, reserve_share=30%, windows=mati", TOWN.replace(presence={}))
    assert changed is not None
    assert (changed.expected, changed.reserve_share, changed.windows) == (500, 0.3, False)


def test_bug_rules_that_are_switched_on_again_are_those_of_the_instance() -> None:
    """They were the usual ones: a crowd of 350, a reserve of 30 % and what was off came back as 200, 20 % and on."""
    share = {"value": 0.3, "low": 0.2, "high": 0.4, "source": "doctrine"}
    own = TOWN.replace(presence={"expected": 350, "reserve_share": share, "records": False, "source": "orders"})
    again = apply(own, parse_phrases([("presence", "off"), ("presence", "on")]))
    assert again.presence == own.presence
    part = apply(own, parse_phrases([("presence", "off"), ("presence", "windows=on,reserve_share=on")])).presence
    assert part is not None
    assert part.in_force == ("windows", "reserve_share")
    assert (part.expected, part.reserve_share, part.source) == (350, own.presence.reserve_share, "orders")
    assert asked("reserve_share=off, reserve_share=on", own) == own.presence


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("recods=off", "records"), ("one-oficer=off", "one_officer"), ("offf", "off"), ("aktiv", "aktif")],
)
def test_a_misspelt_rule_is_told_which_may_be_meant(typed: str, meant: str) -> None:
    _, (fault,) = read_change("presence", typed, TOWN)
    assert f"did you mean '{meant}'?" in str(fault)


def test_a_misspelt_rule_that_is_stored_is_told_which_may_be_meant() -> None:
    with pytest.raises(InputFault, match="did you mean 'records'") as caught:
        parse_whatifs({"changes": [{"do": "presence", "rule": "recods", "value": False}]})
    assert len(caught.value.faults) == 1


NONSENSE = "records=3 expected=off expected=-5 expected=2000000 expected=2.5 reserve_share=3 nobody=off maybe"


@pytest.mark.parametrize("phrase", NONSENSE.split())
def test_what_cannot_be_meant_is_refused_with_what_can(phrase: str) -> None:
    _, faults = read_change("presence", phrase, TOWN)
    if not faults:
        with pytest.raises(InputFault) as caught:
            apply(TOWN, parse_phrases([("presence", phrase)]))
        faults = list(caught.value.faults)
    assert len(faults) == 1
    assert str(faults[0])


def test_only_presence_changes() -> None:
    assert changed_parts(TOWN, apply(TOWN, parse_phrases([("presence", "on")]))) == ("presence",)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("rules", [None, {}, {"records": False, "expected": 350, "reserve_share": 0.0}], ids=str)
def test_a_workbook_gives_back_what_was_written(tmp_path: Path, code: Any, rules: dict[str, Any] | None) -> None:
    instance = TOWN if rules is None else TOWN.replace(presence=rules)
    file = tmp_path / "town.xlsx"
    file.write_bytes(write_template(instance, language(code)))
    assert read(file).presence == instance.presence


def test_an_empty_workbook_has_the_rules_on(tmp_path: Path) -> None:
    from optimiser.files.workbook import empty_sheets, fill_sheets

    (page,) = (page for page in empty_sheets(fill_sheets(TOWN)) if page.sheet.name == "presence")
    values = {column.path: row[0] for column, row in zip(page.sheet.columns, page.rows, strict=True)}
    assert Presence(**values) == Presence()
    assert set(values) == {*RULES, *NUMBERS, "source"}


def test_every_field_has_a_row_in_the_sheet() -> None:
    (sheet,) = (sheet for sheet in lay_out() if sheet.name == "presence")
    assert {column.path for column in sheet.columns} == set(Presence.model_fields)


def test_an_instance_without_rules_is_written_as_ever() -> None:
    assert "presence" not in TOWN.model_dump(mode="json")
    assert "presence" not in town().model_dump(mode="json")
    assert TOWN.replace(presence={}).model_dump(mode="json")["presence"]["officer"] is True


@pytest.mark.parametrize("value", [-5, 2e6, "maybe", None, float("nan")])
def test_bug_a_value_of_no_rule_is_one_fault_at_its_own_place(value: Any) -> None:
    """Each way of reading it was a fault: "changes[0].value.bool ... expected Input should be a valid boolean"."""
    with pytest.raises(InputFault) as caught:
        parse_whatifs({"changes": [{"do": "presence", "rule": "expected", "value": value}]})
    (fault,) = caught.value.faults
    assert fault.place == "changes[0].value"
    assert "Input should" not in str(fault)
