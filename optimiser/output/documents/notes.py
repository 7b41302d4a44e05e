"""What a planner noted beside the numbers, as plain values: for programs that make papers of their own."""

from __future__ import annotations

from typing import Any

from optimiser.model.instance import Instance
from optimiser.model.parts.notes import NOTES

FIELDS = ("officer_post", *NOTES)
PARTS = ("sectors", "posts", "teams", "vehicles")


def list_notes(instance: Instance) -> list[dict[str, Any]]:
    """List officer post, call sign, contact and equipment of each part that has any; null where one is not noted."""
    found = []
    for part in PARTS:
        for thing in getattr(instance, part):
            noted = {name: getattr(thing, name, None) for name in FIELDS}
            if any(noted.values()):
                found.append({"part": part, "id": thing.id, **noted})
    return found
