"""Clock times and durations as people type them: 08:00, 08.00 WIB, pukul 8.30; 20min, 1,5 h, 1 jam 30 menit."""

from __future__ import annotations

import re

from optimiser.common.numerals import read_number

_NUMBER = r"(\d+(?:[.,]\d+)?)\s*"
_HOURS = _NUMBER + r"(?:h|hrs?|hours?|jam)"
_MINUTES = _NUMBER + r"(?:m|mins?|minutes?|menit|mnt)"
_DURATION = re.compile(rf"(?:{_HOURS})?\s*(?:{_MINUTES})?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(?:pukul|pkl\.?|jam)\s*)?(\d{1,2})[:.](\d\d)(?:\s*(?:wib|wita|wit))?", re.IGNORECASE)


def read_minutes(text: str) -> float | None:
    """Read a duration with its units in minutes; None where it is none, or one that can be read in two ways."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    hours, minutes = (read_number(part or "0") for part in match.groups())
    return None if hours is None or minutes is None else 60.0 * hours + minutes


def read_time_of_day(text: str) -> str | None:
    """Read a time of day and return it as HH:MM; None where it is none. A time zone is dropped: all are local."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
