"""Names of sheets and headers of columns in the languages of a reader, and the way back to those of the fields.

English has the names of the fields; another language has those that its catalogue gives. A workbook may mix them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from optimiser.common.faults import ALIKE, MISSPELT, find_close, spell, suggest
from optimiser.common.language import CODES, Code, Language, language
from optimiser.common.message import Message
from optimiser.files.workbook.layout import RANGE, README, Sheet, lay_out

FIELD, VALUE = "field", "value"
CHECK = "check"  # column of warnings, which is not read
EXPLAINS = ("unit", "limits", "default", "help")  # columns that explain a field and are not read

_SHEETS = {  # where the name of the field alone does not say what the sheet holds
    "settings": Message("general settings"),
    "critical": Message("critical windows"),
    "officials": Message("officials who may receive"),
    "limits": Message("limits of teams"),
    "roads": Message("roads between places"),
    "closures": Message("closures of roads"),
    "matrix": Message("matrix of distances"),
    "matrix_ranges": Message("ranges of distances"),
    "waiting_marks": Message("marks of waiting"),
    "law": Message("escalation law"),
    "base_map": Message("base map"),
    README: Message("read this first"),
}
_HEADERS = {  # of a sheet with one field a row, and of the column of warnings
    FIELD: Message("field to fill in"),
    VALUE: Message("value of the field"),
    "low": Message("lowest value"),
    "high": Message("highest value"),
    "source": Message("source of the value"),
    "unit": Message("unit of the value"),
    "limits": Message("limits of the value"),
    "default": Message("value if left empty"),
    "help": Message("help for the field"),
    CHECK: Message("check of the row"),
}
_COLUMNS = {  # where what the fields of other sheets have in common is not enough
    ("reinforcements", "teams"): Message("number of teams that come"),
    ("accompaniments", "gathering"): Message("gathering that is accompanied"),
    ("itinerary", "gathering"): Message("gathering that goes there"),
    ("legs", "movement"): Message("movement that goes there"),
    ("legs", "gathering"): Message("gathering that units go with"),
    ("routes", "gathering"): Message("gathering that may take it"),
    ("waiting_marks", "after"): Message("delegation waits since"),
}
_RANGED = {
    "low": Message("{field}, lowest"),
    "high": Message("{field}, highest"),
    "source": Message("source of {field}"),
}


_SYNONYMS = {  # by sheet and column: what districts write above it in forms of their own, in small letters
    ("gatherings", "arrives"): ("pukul", "jam", "waktu", "jam datang", "waktu kedatangan", "time"),
    ("gatherings", "turnout"): ("perkiraan massa", "estimasi massa", "massa", "jumlah peserta", "peserta", "crowd"),
    ("teams", "count"): ("jumlah regu", "jumlah tim", "jumlah unit", "regu", "number", "number of teams"),
    ("teams", "size"): ("jumlah personel", "personel", "kekuatan", "jumlah anggota", "strength", "heads"),
    ("vehicles", "count"): ("jumlah kendaraan", "jumlah unit", "unit", "number"),
    ("legs", "until"): ("pukul", "jam", "sampai pukul", "sampai jam", "s.d.", "until"),
    ("vehicles", "seats"): ("kursi", "jumlah kursi", "kapasitas"),
}
_SHORT = {"jml": "jumlah", "jlh": "jumlah", "jmlh": "jumlah", "pers": "personel", "no": "id", "nomor": "id"}


def fold_header(text: str) -> str:
    """Return a header or a name as it is compared: without capitals, with single spaces."""
    return " ".join(text.split()).lower()


def label_sheet(name: str, code: Code) -> str:
    """Return the name of a sheet in a language."""
    return name if code == CODES[0] else language(code)(_SHEETS.get(name) or spell(name))


def title_library(code: Code) -> str:
    """Return the name of the sheet of roles to copy from; what begins with _ is not read back."""
    return f"_{label_sheet('roles', code)}"


def label_header(name: str, code: Code) -> str:
    """Return a header of a sheet with one field a row, or that of warnings, in a language."""
    return name if code == CODES[0] else language(code)(_HEADERS[name])


def label_column(sheet: Sheet, name: str, code: Code) -> str:
    """Return the header of a column, or the name of a field in its row, in a language.

    Parameters
    ----------
    name : path of the field, or of what its number carries, such as ``turnout.low``.
    """
    if code == CODES[0] or sheet.name == "law":  # constants are known by the names that the law has for them
        return name
    return tell_column(sheet, name, language(code))


def tell_sheet(name: str, tongue: Language) -> str:
    """Return the name of a sheet in words, in English too."""
    return tongue(_SHEETS.get(name) or spell(name))


def tell_column(sheet: Sheet, name: str, tongue: Language) -> str:
    """Return the name of a field in words, in English too; constants of the law have their own names."""
    if sheet.name == "law":
        return name
    paths = [column.path for column in sheet.columns]
    base, _, end = name.rpartition(".")
    if name not in paths and base in paths:
        return tongue(_RANGED[end], field=tell_column(sheet, base, tongue))
    group = sheet.base.partition("[].")[2] if sheet.parent else sheet.base.partition(".")[2]
    if tongue.code == CODES[0] or (sheet.parent and name == paths[0]):  # English tells them apart by their sheet
        group = ""
    return tongue(_COLUMNS.get((sheet.name, name)) or spell(f"{group} {name}".strip()))


def list_headers(sheet: Sheet) -> list[str]:
    """List the paths of a sheet, with those of what its numbers may carry."""
    paths = [column.path for column in sheet.columns]
    return [*paths, *(f"{c.path}.{end}" for c in sheet.columns if c.ranged for end in RANGE)]


@cache
def read_titles() -> dict[str, str]:
    """Return the sheet that each of its names, as it is compared, stands for."""
    names = (*(sheet.name for sheet in lay_out()), README)
    return {fold_header(label_sheet(name, code)): name for code in reversed(CODES) for name in names}


def read_columns(sheet: Sheet) -> dict[str, str]:
    """Return the path that each header of a sheet, or name of a field in its row, stands for in any language."""
    return _read_columns(sheet.name)


@cache
def _read_columns(name: str) -> dict[str, str]:
    sheet = next(sheet for sheet in lay_out() if sheet.name == name)
    names: dict[str, str] = {}
    for code in reversed(CODES):  # the names of the fields count before others
        for column in sheet.columns:
            for end in RANGE if column.ranged else ():
                names[fold_header(f"{label_column(sheet, column.path, code)}.{end}")] = f"{column.path}.{end}"
        names |= {fold_header(label_column(sheet, name, code)): name for name in list_headers(sheet)}
    return names


@cache
def read_headers() -> dict[str, str]:
    """Return what each header of a sheet with one field a row stands for, and that of warnings."""
    return {fold_header(label_header(name, code)): name for code in reversed(CODES) for name in _HEADERS}


def find_code(texts: Iterable[str], names: dict[str, str]) -> Code:
    """Return the language most of the names are written in; English where as many are.

    Parameters
    ----------
    texts : as they are compared.
    names : what each name stands for.
    """
    other = sum(1 if names[text] != text else -1 for text in texts if text in names and text not in _SHARED)
    return CODES[1] if other > 0 else CODES[0]


_SHARED = ("id", "x", "y", "ring", "format")  # the same in every language


def find_meant(text: str, names: dict[str, str], left: Iterable[str], alike: float = MISSPELT) -> str | None:
    """Return what a misspelt name stands for, in whichever language; None where it is like none of those left."""
    wanted = set(left)
    close = find_close(text, [name for name, path in names.items() if path in wanted], alike)
    return None if close is None else names[close]


def find_header(sheet: Sheet, text: str, names: dict[str, str], left: Iterable[str]) -> str | None:
    """Return the column that a header stands for which is none: a word of one's own, or the only one that is near.

    Parameters
    ----------
    text : header as it is compared.
    names : what each header that is known stands for.
    left : columns that have no header yet.
    """
    wanted = set(left)
    words = [_SHORT.get(word.strip("."), word) for word in text.split()]
    about = {word for code in CODES for word in fold_header(label_sheet(sheet.name, code)).split()}
    about |= {word.removesuffix("s") for word in about}
    own, bare = " ".join(words), " ".join(word for word in words if word not in about)
    for (name, path), said in _SYNONYMS.items():
        if name == sheet.name and path in wanted and own in said:
            return path
    for spelt in (own, bare):
        if names.get(spelt) in wanted:
            return names[spelt]
    return find_meant(own, names, wanted) or _find_only(own, names, wanted)


def _find_only(text: str, names: dict[str, str], wanted: set[str]) -> str | None:
    """Return the only column whose name is near to a header; None where several are, or none is."""
    known = [name for name, path in names.items() if path in wanted]
    near = {names[name] for name in difflib.get_close_matches(text[:60], known, n=len(known) or 1, cutoff=ALIKE)}
    return near.pop() if len(near) == 1 else None


def suggest_meant(text: str, names: dict[str, str], known: Iterable[str]) -> Message:
    """Return ``did you mean 'turnout'?`` where a known name is close in any language, else an empty text."""
    wanted = set(known)
    return suggest(text, [name for name, path in names.items() if path in wanted])
