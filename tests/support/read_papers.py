"""What papers say, as a reader finds it: facts above a sheet, rows of a table, all of its text."""

from __future__ import annotations

from typing import Any

from support.along_town import along_plan

from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.output.blocks import lines, plain_text
from optimiser.output.orders.files import order
from optimiser.output.orders.form import Orders, Paper


def written(instance: Instance, plan: Deployment | None = None) -> Orders:
    """Write all papers; without a plan that beside the march."""
    return order(instance, plan or along_plan(instance))


def page(orders: Orders, key: str) -> Paper:
    return next(paper for paper in orders.papers if paper.key == key)


def text(value: Any) -> str:
    return "\n".join(plain_text(line) for line in lines(value))


def rows(paper: Paper, title: str) -> list[list[str]]:
    block: Any = next(section for section in paper.sections if section.heading == title).blocks[0]
    return [[text(value) for value in row] for row in block.rows]


def listed(paper: Paper, title: str) -> list[str]:
    """List what stands under a heading, line by line; nothing where the paper has no such heading."""
    blocks: list[Any] = [section.blocks[0] for section in paper.sections if section.heading == title]
    return [text(item) for block in blocks for item in block.items]


def facts(paper: Paper) -> dict[str, str]:
    block: Any = paper.sections[0].blocks[0]
    return {label: text(value) for label, value in block.pairs}


def all_text(paper: Paper) -> str:
    said = [paper.kind, paper.title]
    for section in paper.sections:
        block: Any = section.blocks[0]
        said.append(section.heading)
        said += [text(item) for item in getattr(block, "items", ())]
        said += [text(value) for row in getattr(block, "rows", ()) for value in row]
        said += [f"{label} {text(value)}" for label, value in getattr(block, "pairs", ())]
        said.append(getattr(block, "note", ""))
    return "\n".join(said)
