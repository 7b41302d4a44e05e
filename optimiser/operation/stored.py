"""What stored exercises, scores and calibrations have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optimiser.model.instance import Instance
from optimiser.model.values.base import Model

Text = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, le=2**53, strict=True)]  # as large as JSON of any program holds
Real = Annotated[float, Field(strict=True)]


class AboutInstance(Model):
    """Which instance it is of."""

    name: Text
    title: Annotated[str, Field(max_length=120)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @classmethod
    def of(cls, instance: Instance) -> AboutInstance:
        """Name an instance as its file does."""
        return cls(name=instance.name, title=instance.as_filed().title, sha256=instance.fingerprint())
