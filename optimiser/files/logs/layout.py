"""What a log looks like: its columns and its words, in every language."""

from __future__ import annotations

from functools import cache

from optimiser.common.language import CODES, Language, language
from optimiser.common.message import Message
from optimiser.files.plan_tables.names import fold_typed
from optimiser.model.instance import PHASES, Instance
from optimiser.model.observed_log import WORDS, Word

SHEET = Message("Log")  # name of the sheet of a template
# columns in their order: key, header
TITLES: dict[str, Message] = {
    "day": Message("date or day"),
    "time": Message("time"),
    "minute": Message("minute"),
    "place": Message("place"),
    "what": Message("what happened"),
    "about": Message("who or what"),
    "number": Message("number"),
    "other": Message("other place"),
    "note": Message("note"),
}
HELP: dict[str, Message] = {
    "day": Message("name or date of the day; empty where the log is of one day"),
    "time": Message("clock time, or minutes from the start of the operation"),
    "minute": Message("minutes from the start, where they are known better than the clock time tells"),
    "place": Message("sector or post, by name or short name"),
    "what": Message("one of the words of the list"),
    "about": Message("gathering, team, vehicle, trigger or phase that is meant"),
    "number": Message("how many; empty where nobody counted"),
    "other": Message("where from, or where to"),
    "note": Message("anything worth remembering"),
}
# what else a column may be called, as people write it
_OTHERS = {
    "day": ("hari", "tanggal", "date"),
    "time": ("waktu", "pukul", "jam", "clock"),
    "minute": ("menit", "minutes"),
    "place": ("tempat", "lokasi", "sector", "sektor", "post", "pos", "place id"),
    "what": ("what", "kejadian", "peristiwa", "apa", "event"),
    "about": ("about", "siapa", "who"),
    "number": ("jumlah", "count"),
    "other": ("other", "tempat lain"),
    "note": ("catatan", "keterangan", "notes"),
}
# what else people write for a word that a log has, and what it says
_SAID = {
    "massa pulang": "left",
    "delegasi menunggu": "waiting",
    "delegasi diterima": "received",
    "perwakilan diterima": "received",
    "delegasi ditolak": "refused",
    "perwakilan ditolak": "refused",
    "perundingan gagal": "failed",
    "kontak pertama": "contact",
    "first contact": "contact",
    "lapis ganti": "lapis",
    "lintas ganti": "lintas",
    "pasukan tiba": "came",
    "pasukan siap": "formed",
    "peringatan": "warned",
    "korban luka": "injured",
    "cedera": "injured",
    "alasan": "reason",
    "log lengkap": "complete",
}
NEEDED = ("what",)  # and one of the two columns of times
TIMES = ("time", "minute")
# which parts of an instance a word may be about; others may be about any of these
_CROWDS = ("arrived", "left", "marched", "blocked", "displaced", "stayed", "waiting", "spilled")
ABOUT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_CROWDS, ("gatherings",)),
    **dict.fromkeys(("moves", "moved", "held"), ("moving",)),
    **dict.fromkeys(("formed", "released", "back", "tired"), ("teams", "vehicles")),
    "triggered": ("triggers",),
}
PARTS = ("gatherings", "teams", "vehicles", "triggers", "moving")


@cache
def log_columns() -> dict[str, str]:
    """Return the key of a column by what it may be called, as names are compared."""
    keys = {fold_typed(name): key for key, names in _OTHERS.items() for name in (key, *names)}
    return keys | {fold_typed(language(code)(title)): key for key, title in TITLES.items() for code in CODES}


@cache
def words_by_text() -> dict[str, Word]:
    """Return each word by how it is written in any language, or by what it says where no other says the same."""
    alone = {word.what: word for word in WORDS if sum(one.what == word.what for one in WORDS) == 1}
    written = {fold_typed(language(code)(word.text)): word for code in CODES for word in WORDS}
    return {**alone, **{text: alone[what] for text, what in _SAID.items()}, **written}


@cache
def phases_by_text() -> dict[str, str]:
    """Return each phase by how it is written in any language."""
    return {fold_typed(name): phase for phase in PHASES for name in (phase, *_tell_phase(phase))}


def _tell_phase(phase: str) -> tuple[str, ...]:
    return tuple(language(code)(Message(phase)) for code in CODES)


def find_word(what: str, note: str) -> Word:
    """Return the word that says something: of several, the one that the note belongs to.

    Raises
    ------
    ValueError : there is no such word.
    """
    words = [word for word in WORDS if word.what == what and word.note in ("", note)]
    if not words:
        raise ValueError(f"no word of a log says '{what}' with the note '{note}'")
    return max(words, key=lambda word: bool(word.note))


def list_log_words(tongue: Language) -> list[str]:
    """List the words of a log as they are written in a language."""
    return [tongue(word.text) for word in WORDS]


def list_abouts(instance: Instance, what: str) -> list[tuple[str, str]]:
    """List identifier and name of what a word may be about in an instance."""
    parts = ABOUT.get(what, PARTS)
    return [(one.id, one.name) for part in parts for one in getattr(instance, part)]
