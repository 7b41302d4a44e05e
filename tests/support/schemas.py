"""Documents against their published schemas."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from optimiser.output.documents.schemas.publish import SCHEMAS
from optimiser.output.write import dump

DRAFT = jsonschema.Draft202012Validator


def validate(document: dict[str, Any]) -> str:
    """Check a document against the schema that its format names; gives the name."""
    plain = json.loads(dump(document))
    name = plain["format"].removeprefix("optimiser-").removesuffix("/1")
    DRAFT(SCHEMAS[name]()).validate(plain)
    return name
