"""Answers of districts kept on the disk, so that a nation that was interrupted goes on where it was.

An answer is a function of its question: the district, the pools that serve it, the terms, the prices and the
offers it starts from, and the version of this package. Its file is named by a hash of all of these, is written whole or
not at all, and is never looked at for any other question.
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
from optimiser.nation.district_subproblem import Terms
from optimiser.simulation.law_signature import sign

Answer = TypeVar("Answer")


class Replies:
    """Replies in a folder.

    Parameters
    ----------
    folder : where they are kept; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._adapters: dict[type, TypeAdapter[Any]] = {}

    def name(self, task: str, terms: Terms, body: bytes, pools: tuple[SharedPool, ...], *rest: object) -> str:
        """Give the name of a question's answer: a hash of all that decides it.

        Raises
        ------
        OptimiserError : nothing tells when the law is another one, see `law_signature.sign`.
        """
        if self.folder is None:
            return ""
        how = (terms.seed, terms.scenarios, terms.reporting, terms.gap, terms.budget, sign(terms.law))
        served = [pool.model_dump_json() for pool in pools]
        asked = repr((program_version(), task, how, served, rest)).encode()
        return hashlib.blake2b(asked + body, digest_size=16).hexdigest()

    def take(self, name: str, kind: type[Answer]) -> Answer | None:
        """Give an answer that is kept; None where there is none, or its file was cut short."""
        if self.folder is None:
            return None
        with contextlib.suppress(OSError, ValidationError):
            answer: Answer = self._adapter(kind).validate_json((self.folder / f"{name}.json").read_bytes())
            return answer
        return None

    def put(self, name: str, answer: object) -> None:
        """Keep an answer.

        Raises
        ------
        FileTrouble : it cannot be written.
        """
        if self.folder is None:
            return
        write_files(self.folder, {f"{name}.json": self._adapter(type(answer)).dump_json(answer)})

    def _adapter(self, kind: type) -> TypeAdapter[Any]:
        return self._adapters.setdefault(kind, TypeAdapter(kind))
