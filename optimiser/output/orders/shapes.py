"""Shapes of an operation order: the same parts under the headings of IIMARCH, or of the Indonesian five paragraphs."""

from __future__ import annotations

from typing import Literal, get_args

from optimiser.common.language import Language

Shape = Literal["iimarch", "five-paragraph"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
Part = Literal["information", "intention", "method", "administration", "risk", "communications", "rights"]


def shape_name(shape: Shape, language: Language) -> str:
    """Return the kind of paper that a shape makes of an operation order."""
    _ = language
    return _("Operation order (IIMARCH)") if shape == "iimarch" else _("Operation order (five paragraphs)")


def shape_parts(shape: Shape, language: Language) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    """List the headings of a shape in order, each with the parts of the order that stand below it."""
    _ = language
    if shape == "iimarch":
        return (
            (_("I. Information"), ("information",)),
            (_("II. Intention"), ("intention",)),
            (_("III. Method"), ("method",)),
            (_("IV. Administration"), ("administration",)),
            (_("V. Risk assessment"), ("risk",)),
            (_("VI. Communications"), ("communications",)),
            (_("VII. Human rights and law"), ("rights",)),
        )
    return (
        (_("I. Situation"), ("information", "risk")),
        (_("II. Mission"), ("intention",)),
        (_("III. Execution"), ("method", "rights")),
        (_("IV. Administration and logistics"), ("administration",)),
        (_("V. Command and control"), ("communications",)),
    )
