"""Instances and their files as documents: the line of one, faults and warnings of a file, what could move in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from optimiser.common.errors import Fault
from optimiser.files.examination.proposals import find_section, plain_moving
from optimiser.model.cautions import Caution, caution_values
from optimiser.model.expected.stands import list_stands
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Moving

UNSOURCED = ("assumed", "invented")


def describe_instances(instances: Mapping[str, Instance]) -> dict[str, Any]:
    """Return a line for each instance, by the name under which it is read, as one document."""
    lines = [_instance_values(name, instance) for name, instance in instances.items()]
    return {"format": "optimiser-instances/1", "instances": lines}


def _instance_values(name: str, instance: Instance) -> dict[str, Any]:
    """Return the line of an instance, under the name it is read by, as plain values."""
    real, parts = count_sources(instance)
    return {
        "name": name,
        "title": instance.title,
        "sectors": len(instance.sectors),
        "cap": int(instance.cap),
        "source": instance.source,
        "parts": parts,
        "sourced": real,
    }


def name_instance(instance: Instance) -> dict[str, str]:
    """Return what names an instance in a document, the same in every language."""
    return {"name": instance.name, "title": instance.as_filed().title, "sha256": instance.fingerprint()}


def count_sources(instance: Instance) -> tuple[int, int]:
    """Count the parts that name where their numbers come from, and all parts that could."""
    sources = list(_sources(instance))
    return sum(not s.lower().startswith(UNSOURCED) for s in sources), len(sources)


def _sources(part: object) -> Iterator[str]:
    """List the source of every part and number of a model that has one."""
    source = getattr(part, "source", None)
    if isinstance(source, str):
        yield source
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _sources(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _sources(item)


def describe_faults(source: str, faults: Iterable[Fault], cautions: Iterable[Caution] = ()) -> dict[str, Any]:
    """Return the faults of a file, and the warnings about one without faults, as one document."""
    return {
        "format": "optimiser-faults/1",
        "source": source,
        "faults": [asdict(fault) for fault in faults],
        "warnings": caution_values(cautions),
    }


def describe_proposals(instance: Instance, found: Iterable[Moving]) -> dict[str, Any]:
    """Return what is proposed to move, each as the instance would have it, and where its units would stand."""
    proposals = [
        {
            "part": find_section(moving),
            "data": plain_moving(moving),
            "stands": [
                {"sector": stand.sector, "from": instance.clock(stand.formed), "to": instance.clock(stand.left)}
                for stand in list_stands(instance, moving)
            ],
        }
        for moving in found
    ]
    return {"format": "optimiser-movements/1", "instance": name_instance(instance), "proposals": proposals}
