"""Words for numbers that nobody can know: each stands for a number and for how far it may be off.

A planner says of a crowd that it is tense, not that its tension is 0.6. The number of a word, and its range, is that of
shipped instances of days like it. It is assumed there and here, as every number of this kind is; what a word stands for
is written where it is read back, with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.common.message import Message

LANGUAGES = ("en", "id")  # of the words of an anchor, in this order


@dataclass(frozen=True)
class Anchor:
    """A word and what it stands for.

    Attributes
    ----------
    words : in English and in Indonesian, see `LANGUAGES`; the English one is told as the other in that language.
    value, low, high : number and plausible range, in the unit of the field.
    like : what a day is like of which it is said.
    """

    words: tuple[Message, str]
    value: float
    low: float
    high: float
    like: Message

    def say(self, code: str) -> str:
        """Return its word in a language."""
        return self.words[LANGUAGES.index(code)]


Scale = tuple[Anchor, ...]  # from the least to the most
Range = tuple[float, float, float]  # number, low, high

TENSION: Scale = (
    Anchor(
        (Message("calm"), "tenang"),
        0.15,
        0.05,
        0.3,
        Message("no demand: a prayer, a celebration; the prayer of oku-250"),
    ),
    Anchor(
        (Message("usual"), "biasa"),
        0.4,
        0.2,
        0.6,
        Message("a demand, announced and organised; a recap of oku-2015-zones"),
    ),
    Anchor(
        (Message("tense"), "tegang"),
        0.6,
        0.4,
        0.8,
        Message("anger at a decision; the rally at Bawaslu of oku-250"),
    ),
    Anchor(
        (Message("very tense"), "sangat tegang"),
        0.8,
        0.6,
        0.95,
        Message("anger that has broken out before; Muratara and Seram Timur 2024, roads blocked, windows broken"),
    ),
)

CHANCE: Scale = (  # of a reception, a gathering, a trigger
    Anchor(
        (Message("unlikely"), "kecil kemungkinan"),
        0.15,
        0.0,
        0.5,
        Message("has declined so far; chair of oku-425-pleno"),
    ),
    Anchor(
        (Message("even"), "mungkin"), 0.5, 0.2, 0.8, Message("nothing is settled; the member of Bawaslu of oku-250")
    ),
    Anchor(
        (Message("likely"), "kemungkinan besar"),
        0.7,
        0.4,
        0.9,
        Message("has agreed in principle; the election commissioner of oku-recap-330"),
    ),
    Anchor(
        (Message("certain"), "pasti"),
        1.0,
        0.8,
        1.0,
        Message("on the programme, and still it may fall through; the result announced in oku-250"),
    ),
)


def _ready(few: Range, usual: Range, many: Range) -> Scale:
    """Make the words for the share that is ready to act in a phase."""
    return (
        Anchor(
            (Message("few"), "sedikit"), *few, Message("families and elders, or who sits down on a road; Muratara 2024")
        ),
        Anchor((Message("usual"), "biasa"), *usual, Message("an announced protest; the march of oku-250")),
        Anchor((Message("many"), "banyak"), *many, Message("opportunists; those at the mall of oku-425-pleno")),
    )


MILITANT = {  # share ready to act, by phase; in green no shipped day has fewer than usual, that is assumed here
    "green": _ready((0.01, 0.0, 0.03), (0.03, 0.01, 0.06), (0.1, 0.03, 0.2)),
    "yellow": _ready((0.05, 0.03, 0.12), (0.12, 0.05, 0.2), (0.25, 0.1, 0.4)),
    "red": _ready((0.15, 0.05, 0.3), (0.3, 0.15, 0.5), (0.5, 0.3, 0.8)),
}

SCALES = {  # by the name of the field
    "tension": TENSION,
    "chance": CHANCE,
    **{f"militant.{phase}": scale for phase, scale in MILITANT.items()},
}


def find_anchor(text: str, scale: Scale) -> Anchor | None:
    """Return what a word stands for, whatever its capitals and spaces; None where it is no word of the scale."""
    word = " ".join(text.lower().split())
    return next((anchor for anchor in scale if word in anchor.words), None)


def find_nearest(value: float, scale: Scale) -> Anchor:
    """Return what stands for the number nearest to a value."""
    return min(scale, key=lambda anchor: abs(anchor.value - value))


def list_words(scale: Scale) -> list[str]:
    """List the words of a scale in every language."""
    return [word for language in zip(*(anchor.words for anchor in scale), strict=True) for word in language]


def tell_words(words: Sequence[str]) -> Message:
    """List words, those of a scale in the reader's language alone."""
    scale = find_scale(words)
    return Message.chain(", ", [anchor.words[0] for anchor in scale] or words)


def find_scale(words: Sequence[str], field: str = "") -> Scale:
    """Return the scale that has these words, as `list_words` gives them; none where none has.

    Parameters
    ----------
    field : tells scales with the same words apart, as those of the phases.
    """
    found = {name: scale for name, scale in SCALES.items() if list_words(scale) == list(words)}
    return next((scale for name, scale in found.items() if name.endswith(f".{field}")), next(iter(found.values()), ()))
