"""What a table of who stands where looks like: its columns, and what they are called in every language.

The sheet of a workbook of ours and a table that was typed by hand are read alike. Three things say what a row means:
a place, a unit, and how many. Other columns repeat what the instance says; they are looked at, so that a change to
them is not lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from optimiser.common.language import CODES, language
from optimiser.common.message import Message

SHEET = Message("Plotting")  # name of the sheet that is read back
STAMP = "_plan"  # hidden sheet: what the workbook was made for
# columns in their order on the sheet: key, header
TITLES: dict[str, Message] = {
    "ring": Message("ring"),
    "place": Message("place"),
    "officer_post": Message("officer post (Padal)"),
    "unit": Message("unit"),
    "role": Message("role"),
    "teams": Message("teams"),
    "vehicles": Message("vehicles"),
    "heads": Message("heads"),
    "home": Message("comes from"),
    "start": Message("from"),
    "end": Message("to"),
    "lat": Message("latitude"),
    "lon": Message("longitude"),
    "call_sign": Message("call sign"),
    "contact": Message("contact"),
    "equipment": Message("equipment"),
    "place_id": Message("place id"),
    "unit_id": Message("unit id"),
}
# columns of deployment.csv, whose English headers are for programs: name, header in other languages
LISTED: dict[str, Message] = {
    "place": TITLES["place_id"],
    "place_name": TITLES["place"],
    "kind": Message("kind of place"),
    "what": Message("kind of unit"),
    "id": TITLES["unit_id"],
    "role": TITLES["role"],
    "number": Message("number"),
    "heads": TITLES["heads"],
    "available": Message("available"),
    **{note: TITLES[note] for note in ("officer_post", "call_sign", "contact", "equipment")},
}
# what stands in its columns of kinds
KINDS: dict[str, Message] = {
    "sector": Message("sector"),
    "post": Message("post"),
    "accompaniment": Message("accompaniment"),
    "movement": Message("movement"),
    "base": Message("base"),
    "team": Message("team"),
    "vehicle": Message("vehicle"),
}
# what else a column may be called: as in deployment.csv, and as people write it
_OTHERS = {
    "place_id": ("place_id",),
    "place": ("place name", "place_name", "sector", "post", "sektor", "pos"),
    "unit_id": ("id", "unit_id"),
    "unit": ("team", "vehicle", "regu"),
    "number": ("number", "count", "jumlah"),
    "teams": ("jumlah tim", "jumlah regu"),
    "heads": ("jumlah personel", "personel", "jumlah orang"),
    "kind": ("kind",),
    "what": ("what",),
    "start": ("available",),
}
_LISTED_ALONE = {"kind": "kind", "what": "what", "available": "start"}  # of LISTED, those that TITLES has not: key
PLACE, UNIT, COUNT = ("place", "place_id"), ("unit", "unit_id"), ("number", "teams", "vehicles", "heads")
SUMS = ("total", "jumlah", "jml", "sum", "subtotal", "sub", "grand")  # first words of rows that add others up
AGAIN = ("idem", "sda", "s.d.a", "s.d.a.", '"', "''", "〃", "ditto")  # as in the cell above
UNITS = {"heads": "heads", "vehicles": "vehicles", "teams": "teams", "number": "teams"}  # of numbers, by key


@cache
def name_kind(kind: str) -> tuple[str, ...]:
    """Return what a kind of `KINDS` is called in every language."""
    return (kind, *(language(code)(KINDS[kind]) for code in CODES))


@cache
def header_keys() -> dict[str, str]:
    """Return the key of a column by what it may be called, in small letters."""
    return dict(_names())


def _names() -> Iterator[tuple[str, str]]:
    for key, names in _OTHERS.items():
        yield from ((name, key) for name in names)
    for key, title in (*TITLES.items(), *((key, LISTED[name]) for name, key in _LISTED_ALONE.items())):
        yield from ((language(code)(title).lower(), key) for code in CODES)
