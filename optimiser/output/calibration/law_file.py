"""What was learned as a law file, which an instance names with ``law = "law.toml"``."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.files.beside.law_file import law_text
from optimiser.operation.calibration.calibrate import Calibration


def learned_law_text(found: Calibration, language: Language = ENGLISH) -> str:
    """Return a law file: constants that the logs tell about with their new ranges, and those the instance sets.

    Whatever is not in it keeps the range that it has without it.
    """
    source = language(
        "learned from logs of {complete:,} complete and {coarse:,} coarse days",
        complete=len(found.complete),
        coarse=len(found.coarse),
    )
    ranges = {one.name: one.after for one in found.constants if one.told or one.name in found.instance.law}
    notes = [
        language("Constants of the law of escalation for '{name}'; {source}.", name=found.instance.name, source=source),
        language('An instance beside this file names it: law = "{file}".', file="law.toml"),
    ]
    if found.untold:
        notes.append(language("The logs say nothing about: {names}.", names=", ".join(c.name for c in found.untold)))
    return law_text(ranges, source, notes)
