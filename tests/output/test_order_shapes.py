"""The operation order in its shapes: other headings, the same content."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from optimiser.common.language import ENGLISH, language
from optimiser.files.workbook.examples import example
from optimiser.model.checker import check
from optimiser.model.deployment import Deployment
from optimiser.output.blocks import Section
from optimiser.output.orders import Paper, compose
from optimiser.output.orders.shapes import SHAPES, Part, Shape, shape_parts


def order(shape: Shape, code: str = "en") -> Paper:
    plan = Deployment(instance=example().name)
    papers = compose(example(), plan, check(example(), plan), language=language(code), shape=shape).papers  # type: ignore[arg-type]
    return next(paper for paper in papers if paper.key == "order")


def headings(paper: Paper) -> list[str]:
    return [block.title for section in paper.sections for block in section.blocks if block.kind == "heading"]


def contents(paper: Paper) -> Counter[str]:
    return Counter(repr(section) for section in paper.sections if not _is_heading(section))


def _is_heading(section: Section) -> bool:
    return any(block.kind == "heading" for block in section.blocks)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_part_stands_once_in_every_shape(shape: Shape) -> None:
    parts = [part for _, parts in shape_parts(shape, ENGLISH) for part in parts]
    assert sorted(parts) == sorted(get_args(Part))


def test_indonesian_orders_have_the_five_paragraphs() -> None:
    assert headings(order("five-paragraph", "id")) == [
        "I. Situasi",
        "II. Tugas Pokok",
        "III. Pelaksanaan",
        "IV. Administrasi dan Logistik",
        "V. Komando dan Pengendalian",
    ]


def test_another_shape_has_the_same_content() -> None:
    first, second = order("iimarch"), order("five-paragraph")
    assert contents(first) == contents(second)
    assert len(contents(first)) > 10
    assert headings(first) != headings(second)
