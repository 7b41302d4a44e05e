"""Yes and no as people type them, in cells and in phrases."""

from __future__ import annotations

from optimiser.common.numerals import plain_characters

YES = ("yes", "ya", "true", "benar", "y", "1", "ada")
NO = ("no", "tidak", "false", "salah", "n", "0", "tidak ada")


def read_answer(text: str) -> bool | None:
    """Read a yes or a no; None where it is neither, as ``T`` is, which is short for true and for tidak."""
    word = plain_characters(text).strip().lower()
    return True if word in YES else False if word in NO else None
