"""Write the JSON Schemas of all documents into docs/schemas: ``python docs/make_schemas.py``."""

from __future__ import annotations

from pathlib import Path

from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.write import dump

FOLDER = Path(__file__).with_name("schemas")


def files() -> dict[str, str]:
    """Give the text of each file by its name."""
    return {f"{name}.json": dump(make()) for name, make in SCHEMAS.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
