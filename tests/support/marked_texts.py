"""Texts in marks, to find those that are told past the catalogue."""

from __future__ import annotations

import re
import string

from optimiser.model.instance import Instance


class Marks:
    """A catalogue that sets its texts into marks, but not what is put into them."""

    def gettext(self, text: str) -> str:
        parts = []
        for literal, name, form, _ in string.Formatter().parse(text):
            parts.append(f"⟦{literal}⟧" if literal else "")
            parts.append("" if name is None else f"{{{name}:{form}}}" if form else f"{{{name}}}")
        return "".join(parts)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


def strangers(text: str, instance: Instance, *known: str) -> set[str]:
    """List the words that neither stand in marks nor come from the file."""
    words = re.compile(r"[^\W\d_]{2,}")
    ours = set(words.findall(f"{instance.model_dump_json()} {' '.join(known)}".lower()))
    return set(words.findall(re.sub(r"⟦[^⟧]*⟧", " ", text).lower())) - ours
