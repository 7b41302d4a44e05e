"""The published shape of proposed movements."""

from __future__ import annotations

from optimiser.model.parts.movement import SECTIONS
from optimiser.output.documents.schemas.parts import TEXT, Schema, make_list, make_map, make_object, publish, refer

WRITTEN: Schema = {**make_map({}), "description": "as it stands in an instance, see the schema of one"}
STAND: Schema = make_object(
    {
        "sector": TEXT,
        "from": {**TEXT, "description": "clock time from which units would stand there, by mean times, on foot"},
        "to": {**TEXT, "description": "clock time at which they would leave"},
    }
)


def movements_schema() -> Schema:
    """Give the shape of a list of proposals: each is a change of a what-if once `do` is `add`."""
    proposal = make_object({"part": {"enum": list(SECTIONS)}, "data": WRITTEN, "stands": make_list(STAND)})
    return publish("movements", {"instance": refer("origin"), "proposals": make_list(proposal)})
