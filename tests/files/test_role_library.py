"""Roles to copy from: valid, sourced, and the same in TOML and in a template."""

from __future__ import annotations

import tomllib

import pytest
from support.command_line import run
from support.small import small_data, small_instance

from optimiser.common.errors import InputFault
from optimiser.files.read import parse, parse_workbook
from optimiser.files.role_library import SHEET, role_text, shipped_roles
from optimiser.files.xlsx.container import Container
from optimiser.model.values.quantity import Quantity
from optimiser.output.excel.template import write_template

ASKED = {"lantas", "intelkam", "reskrim", "phh", "raimas", "polwan", "satpol-pp", "tni"}


def test_every_number_says_where_it_comes_from() -> None:
    assert {role.id for role in shipped_roles()} >= ASKED
    for role in shipped_roles():
        numbers = [*role.containment.__dict__.values(), *(v for v in role.__dict__.values() if isinstance(v, float))]
        given = [number for number in numbers if number]
        assert role.officer or given
        for number in given:
            assert isinstance(number, Quantity), f"{role.id}: {number}"
            assert number.source
            assert number.low <= number <= number.high
        for phase in ("green", "yellow", "red"):
            assert phase in role.phases or not getattr(role.containment, phase)


def test_printed_roles_are_appended_to_an_instance() -> None:
    done = run("roles", "polwan", "tni")
    assert done.exit_code == 0
    roles = tomllib.loads(done.stdout)["roles"]
    assert [role["id"] for role in roles] == ["polwan", "tni"]
    data = small_data()
    data["roles"] += roles
    assert parse(data).roles[-2:] == tuple(role for role in shipped_roles() if role.id in ("polwan", "tni"))
    with pytest.raises(InputFault, match="did you mean 'tni'"):
        role_text(["tnii"])


def test_roles_are_listed_in_both_languages() -> None:
    assert "satpol-pp" in run("roles").stdout
    assert "PERAN UNTUK DISALIN" in run("roles", "--lang", "id").stdout


def test_rows_of_the_template_fit_the_sheet_that_they_are_copied_to() -> None:
    raw = write_template(small_instance())
    assert parse_workbook(raw) == small_instance()
    container = Container(raw, "template")
    own, library = (container.read(container.titles.index(name)).rows for name in ("roles", SHEET))
    assert own[0] == library[0]
    assert [row[0] for row in library[2:]] == [role.id for role in shipped_roles()]
