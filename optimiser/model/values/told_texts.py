"""Texts of an instance in several languages: names of places, people, gatherings and events, and its title.

What nobody has translated is told as the file has it. Identifiers, numbers and their sources are the same in every
language, and so are results and the fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, Field

from optimiser.common.language import Code
from optimiser.model.parts.notes import LATER, UNHASHED
from optimiser.model.values.base import Frozen, Model, Text
from optimiser.model.values.quantity import FrozenMap

FIELDS = frozenset(("name", "title", "about", "officer_post", "why", "command"))  # what people read
HEAD = ("title", "about")  # of the instance itself; their translation may stand under the name of the field
_Part = TypeVar("_Part", bound=Model)
_Change = Callable[[str, str], str]  # from where a text stands, and the text, to what is to stand there


class ToldTexts(Model):
    """What an instance says in other languages than its file's."""

    texts: Annotated[dict[Code, Annotated[dict[Text, Text], Frozen]], Frozen] = Field(
        {},
        validate_default=True,
        description="by language, how a text of this file reads there, under the text itself, title or about",
    )
    told: Annotated[dict[str, tuple[Text, Text]], Frozen] = Field(
        {},
        validate_default=True,
        description="written by the program alone: by place, the text as it is told now, and as the file has it",
    )

    def told_in(self, code: Code) -> Self:
        """Return the instance with its texts in a language, where it has them; all else is the same."""
        filed = self.as_filed()
        words = {_squeeze(text): told for text, told in self.texts.get(code, {}).items()}
        told: dict[str, tuple[str, str]] = {}

        def tell(place: str, text: str) -> str:
            found = words.get(_squeeze(text)) or (words.get(place) if place in HEAD else None)
            if found is not None and found != text:
                told[place] = (found, text)
            return found or text

        changed = _change(filed, "", tell) if words else filed
        return changed.altered(told=FrozenMap(told)) if told else filed

    def as_filed(self) -> Self:
        """Return the instance with the texts of its file."""
        if not self.told:
            return self

        def restore(place: str, text: str) -> str:
            told, filed = self.told.get(place, ("", ""))
            return filed if told == text else text

        return _change(self, "", restore).altered(told=FrozenMap({}))

    def unused_texts(self) -> Iterator[tuple[Code, str]]:
        """List translations of texts that the file does not have, by language."""
        found: set[str] = set(HEAD)

        def look(place: str, text: str) -> str:
            del place
            found.add(_squeeze(text))
            return text

        _change(self.as_filed(), "", look)
        for code, words in self.texts.items():
            yield from ((code, text) for text in words if _squeeze(text) not in found)

    def fingerprint(self) -> str:
        """Return the sha256 of the content, the same in every process and language, and wherever its file lies.

        Free texts for papers, outlines and the base map do not count: a call sign may be filled in once the plan is
        made. Fields that files once lacked count where they say something else than a file without them.
        """
        left_out: Any = {part: {"__all__": set(names)} for part, names in UNHASHED.items()}
        left_out |= dict.fromkeys(("texts", "told", "base_map"), True)
        content = self.as_filed().model_dump(mode="json", exclude=left_out)
        for part, names in LATER.items():
            for owner, written in _pair(getattr(self, part), content[part]):
                for name in names:
                    if written[name] == type(owner).model_fields[name].default:
                        del written[name]
        for movement in content.get("movements", ()):
            movement["legs"] = [{k: v for k, v in leg.items() if (k, v) != ("post", None)} for leg in movement["legs"]]
        body = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(body.encode()).hexdigest()


def _pair(parts: Model | tuple[Model, ...], written: Any) -> list[tuple[Model, dict[str, Any]]]:
    """Return one part, or each of several, with what is written of it."""
    return list(zip(parts, written, strict=True)) if isinstance(parts, tuple) else [(parts, written)]


def _squeeze(text: str) -> str:
    """Return a text without line ends and double spaces, which a table or a sheet may have changed."""
    return " ".join(text.split())


def _change(part: _Part, place: str, change: _Change) -> _Part:
    """Change the texts of a model and of all that it holds; what has none to change is the same object."""
    values: dict[str, Any] = {}
    for name in type(part).model_fields:
        old = getattr(part, name)
        if name in ("texts", "told"):
            continue
        new = _within(old, f"{place}.{name}" if place else name, change, name in FIELDS and (place or name != "name"))
        if new is not old:
            values[name] = new
    return part.altered(**values) if values else part


def _within(value: Any, place: str, change: _Change, told: Any) -> Any:
    if isinstance(value, Model):
        return _change(value, place, change)
    if told and isinstance(value, str):
        new = change(place, value)
        return value if new == value else new
    if told and isinstance(value, Mapping):
        named = {key: _within(text, f"{place}.{key}", change, True) for key, text in value.items()}
        return value if all(named[key] is value[key] for key in value) else FrozenMap(named)
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        items = tuple(_within(x, f"{place}[{getattr(x, 'id', n)}]", change, False) for n, x in enumerate(value))
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value
