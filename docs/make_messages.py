"""Bring the translations up to date: ``make messages``, or ``python docs/make_messages.py [more.po ...]``.

Texts are collected from code and page templates as ``[tool.babel]`` in `pyproject.toml` says: what stands in
``Message``, ``language``, ``_`` and ``plural``, and the help of commands and options. They are put into the catalogue
of each language, which keeps its translations, and the catalogue is compiled. Translations of texts that have none yet
are also taken from further catalogues where some are named. What is still without a translation is listed at the end,
and the exit code is 1 then.
"""

from __future__ import annotations

import ast
import datetime as dt
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from optimiser.common.faults import spell
from optimiser.common.language import CODES, DOMAIN, FOLDER
from optimiser.files.role_library import ASSUMED, shipped_roles
from optimiser.files.workbook import lay_out
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.parts.movement import Leg

ROOT = Path(__file__).parents[1]
KEYWORDS: dict[str, tuple[int, ...] | None] = {"Message": None, "language": None, "_": None, "plural": (1, 2)}
LANGUAGES = tuple(code for code in CODES if code != "en")  # English is the language of the source
COMMANDS = sorted((ROOT / "optimiser" / "cli").rglob("*.py"))
NO_DATE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)  # so that the same texts give the same file
HEADER = "# Translations of optimiser. Made by `make messages`; only msgstr is written by hand.\n"


def collect() -> Catalog:
    """Collect the texts of code and templates, in the order of files and lines."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in settings]
    options = {mapping["pattern"]: mapping.get("options", {}) for mapping in settings}
    catalog = _dated(Catalog(domain=DOMAIN))
    found = [
        (Path(file).as_posix(), line, text)
        for file, line, text, _, _ in extract_from_dir(ROOT, methods, options, KEYWORDS)
    ]
    found += [(f"optimiser/{file}", 0, text) for file, text in _model()]
    found += [(name.relative_to(ROOT).as_posix(), line, text) for name in COMMANDS for line, text in _help(name)]
    for name, _, text in sorted(found, key=lambda where: where[:2]):
        catalog.add(text, None, [(name, 0)])
    return catalog


def _model() -> Iterator[tuple[str, str]]:
    """List what the model says of itself: sheets and fields with their help, constants of the law, and their units."""
    for constant in CONSTANTS:
        yield from (("model/laws/constants.py", text) for text in (constant.meaning, constant.unit) if text != "1")
    for role in shipped_roles():
        texts = (role.name, role.source)
        yield from (("files/role_library.toml", text) for text in texts if text != ASSUMED)
    for field in Leg.model_fields:  # which have no sheet of their own
        yield "common/faults.py", spell(field)
    for sheet in lay_out():
        group = sheet.base.partition("[].")[2] if sheet.parent else sheet.base.partition(".")[2]
        yield "files/workbook/layout.py", sheet.help
        if sheet.base and sheet.name not in ("matrix", "waiting_marks"):
            yield "common/faults.py", spell(sheet.base.rpartition("[].")[2].removesuffix("[]"))
        if sheet.form == "fields" and sheet.base:
            yield "files/workbook/layout.py", spell(sheet.base)
        for column in sheet.columns:
            if sheet.name != "law":
                yield from (("files/workbook/layout.py", text) for text in (column.help, column.unit) if text)
            if sheet.name not in ("law", "matrix", "waiting_marks"):
                yield "common/faults.py", spell(f"{group} {column.path}".strip())


def _help(file: Path) -> Iterator[tuple[int, str]]:
    """List what the commands in a file say of themselves: their docstrings, and the ``help`` of their options."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "guarded" for mark in node.decorator_list):
            yield node.lineno, ast.get_docstring(node) or ""
        if isinstance(node, ast.keyword) and node.arg == "help" and isinstance(node.value, ast.Constant):
            yield node.value.lineno, str(node.value.value)


def load(code: str, file: Path | None = None) -> Catalog:
    """Read the stored catalogue of a language, or another file of translations."""
    with (file or path(code)).open("rb") as stream:
        return _dated(read_po(stream, locale=code, domain=DOMAIN))


def path(code: str) -> Path:
    """Give the file of a language's catalogue."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def update(catalog: Catalog, texts: Catalog, more: Sequence[Catalog] = ()) -> None:
    """Give a catalogue the present texts; translations stay, or come from further catalogues where there are none."""
    catalog.update(texts, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in open_texts(catalog):
        for other in more:
            found = other.get(message.id, message.context)
            if found is not None and found.string:
                message.string = found.string


def open_texts(catalog: Catalog) -> Iterator[Message]:
    """List what has no translation, or a doubtful one."""
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            yield message


def store(code: str, catalog: Catalog) -> None:
    """Write a catalogue, to be read and to be used."""
    file = path(code)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(HEADER.encode())
        write_po(stream, catalog, width=116, include_lineno=False)
    with file.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalog)


def _dated(catalog: Catalog) -> Catalog:
    catalog.creation_date = catalog.revision_date = NO_DATE
    catalog.project, catalog.version, catalog.header_comment = DOMAIN, "1", ""
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    catalog.fuzzy = False
    return catalog


def main(names: Sequence[str]) -> int:
    """Bring every language up to date, a new one from nothing, and return the exit code."""
    texts = collect()
    left = 0
    for code in LANGUAGES:
        catalog = load(code) if path(code).exists() else _dated(Catalog(locale=code, domain=DOMAIN))
        update(catalog, texts, [load(code, Path(name)) for name in names])
        store(code, catalog)
        untold = list(open_texts(catalog))
        for message in untold:
            where = ", ".join(dict.fromkeys(file for file, _ in message.locations))
            print(f"{code}: {where}: {message.id!r}")
        print(f"{code}: {len(catalog)} texts, {len(untold)} without a translation")
        left += len(untold)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
