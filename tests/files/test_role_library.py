"""Roles to copy from: valid, sourced, and the same in TOML and in a template."""

from __future__ import annotations

import tomllib

import pytest
from support.command_line import run
from support.faulty_workbooks import as_book
from support.small import small_data, small_instance

from optimiser.common.errors import InputFault
from optimiser.common.language import Code, language
from optimiser.files.read import parse, parse_workbook
from optimiser.files.role_library import role_text, shipped_roles
from optimiser.files.xlsx.container import Container
from optimiser.model.values.quantity import Quantity
from optimiser.output.excel.template import write_template

LIBRARIES = ("_roles", "_peran")
ASKED = {"lantas", "intelkam", "reskrim", "phh", "raimas", "polwan", "satpol-pp", "tni"}


def test_every_number_says_where_it_comes_from() -> None:
    assert {role.id for role in shipped_roles()} >= ASKED
    for role in shipped_roles():
        fields = {name: v for name, v in role.__dict__.items() if (name, v) != ("kit", 1.0)}  # of no weight
        numbers = [*role.containment.__dict__.values(), *(v for v in fields.values() if isinstance(v, float))]
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


@pytest.mark.parametrize(("code", "names"), [("en", ("roles", "_roles")), ("id", ("peran", "_peran"))])
def test_rows_of_the_template_fit_the_sheet_that_they_are_copied_to(code: Code, names: tuple[str, str]) -> None:
    raw = write_template(small_instance(), language(code))
    assert parse_workbook(raw) == small_instance()
    container = Container(raw, "template")
    own, library = (container.read(container.titles.index(name)).rows for name in names)
    assert own[0] == library[0]
    assert [row[0] for row in library[2:]] == [role.id for role in shipped_roles()]


@pytest.mark.parametrize("code", ["en", "id"])
def test_roles_that_are_copied_from_a_template_are_read_in_its_language(code: Code) -> None:
    book = as_book(write_template(small_instance(), language(code)))
    own, library = (next(name for name in book.sheets if name in names) for names in (("roles", "peran"), LIBRARIES))
    taken = {row[0] for row in book.sheets[own]}
    book.sheets[own] += [row for row in book.sheets[library][2:] if row[0] not in taken]
    read = parse_workbook(book.write())
    plain = {role.id: role.phases for role in read.roles}
    assert all(plain[role.id] == role.phases for role in shipped_roles() if role.id not in taken)
    assert ("hijau" in str(book.sheets)) == (code == "id")
    assert ("green, yellow" in str(book.sheets[own])) == (code == "en")
