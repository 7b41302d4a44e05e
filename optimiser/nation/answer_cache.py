"""Results of districts kept on the disk, so that a nation that was interrupted goes on where it was.

A result is a function of its task: the district, the pools that serve it, the settings, the prices and the columns
that the search starts from, and the version of this package. Its file is named by a hash of all of these, is written
whole or not at all, and is never read for any other task.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from optimiser.common.atomic_files import write_files
from optimiser.common.version import program_version
from optimiser.model.nation import SharedPool
from optimiser.nation.columns import NationSettings
from optimiser.simulation.law_signature import sign

_Result = TypeVar("_Result")


class AnswerCache:
    """Results in a folder.

    Parameters
    ----------
    folder : where they are kept; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._adapters: dict[type, TypeAdapter[Any]] = {}

    def key(
        self, task: str, settings: NationSettings, body: bytes, pools: tuple[SharedPool, ...], *rest: object
    ) -> str:
        """Return the key of a task's result: a hash of all that decides it.

        Raises
        ------
        OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
        """
        if self.folder is None:
            return ""
        effort = settings.effort
        how = (effort.seed, effort.scenarios, effort.reporting, settings.gap, effort.budget, sign(settings.means.law))
        served = [pool.model_dump_json() for pool in pools]
        asked = repr((program_version(), task, how, served, rest)).encode()
        return hashlib.blake2b(asked + body, digest_size=16).hexdigest()

    def get(self, key: str, kind: type[_Result]) -> _Result | None:
        """Return a result that is kept; None where there is none, or its file was cut short."""
        if self.folder is None:
            return None
        with contextlib.suppress(OSError, ValidationError):
            result: _Result = self._adapter(kind).validate_json((self.folder / f"{key}.json").read_bytes())
            return result
        return None

    def put(self, key: str, result: object) -> None:
        """Keep a result.

        Raises
        ------
        FileTrouble : it cannot be written.
        """
        if self.folder is None:
            return
        write_files(self.folder, {f"{key}.json": self._adapter(type(result)).dump_json(result)})

    def _adapter(self, kind: type) -> TypeAdapter[Any]:
        return self._adapters.setdefault(kind, TypeAdapter(kind))
