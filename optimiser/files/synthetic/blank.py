"""An empty district to begin with: one place to guard, one post, the roles of the library and the usual teams.

Everything in it is assumed, and every text is in the reader's language; it can be planned as it is.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from optimiser.common.language import ENGLISH, Language
from optimiser.common.message import Message
from optimiser.files.role_library import ASSUMED, translated_roles
from optimiser.model.distances import EARTH_RADIUS
from optimiser.model.instance import FORMAT
from optimiser.model.values.field_faults import spell_identifier

HOURS = 8.0  # h of the period; assumed
APART = 0.5  # km between the two places to begin with; assumed, so that a map shows both
IDENTIFIER = {"type": "string", "pattern": "^[a-z0-9]"}
TEAMS: tuple[tuple[str, Message, int, int], ...] = (  # role, name, heads of one, how many; assumed
    ("padal", Message("Officer and radio operator"), 2, 2),
    ("negotiator", Message("Negotiator team"), 3, 2),
    ("dalmas-awal", Message("Squad of Dalmas awal"), 10, 2),
    ("dalmas-lanjut", Message("Squad of Dalmas lanjut"), 10, 1),
    ("lantas", Message("Traffic team"), 4, 1),
    ("dokkes", Message("Medical team"), 2, 1),
)


def blank_values(
    title: str, start: dt.datetime, middle: tuple[float, float] | None = None, language: Language = ENGLISH
) -> dict[str, Any]:
    """Return an instance to begin with, as it would stand in a file.

    Parameters
    ----------
    start : local time the operation starts.
    middle : latitude and longitude of the first place, degrees; positions are in kilometres where it is left out.
    language : of names.
    """
    teams = [
        {
            "id": f"{role}-tim",
            "name": language(name),
            "role": role,
            "size": size,
            "count": count,
            "home": "post-1",
            "source": ASSUMED,
        }
        for role, name, size, count in TEAMS
    ]
    return {
        "format": FORMAT,
        "name": spell_identifier(IDENTIFIER, title) or "district",
        "title": title,
        "period": {"start": start.isoformat(), "hours": HOURS},
        "cap": sum(size * count for _, _, size, count in TEAMS),
        "sectors": [{"id": "place-1", "name": language("First place"), **_position(middle, 0.0)}],
        "posts": [{"id": "post-1", "name": language("Police station"), **_position(middle, APART)}],
        "roles": [
            {key: value for key, value in role.model_dump(mode="json").items() if value not in (0.0, None)}
            for role in translated_roles(language)
        ],
        "teams": teams,
    }


def _position(middle: tuple[float, float] | None, north: float) -> dict[str, float]:
    if middle is None:
        return {"x": 0.0, "y": north}
    return {"lat": round(middle[0] + math.degrees(north / EARTH_RADIUS), 5), "lon": round(middle[1], 5)}
