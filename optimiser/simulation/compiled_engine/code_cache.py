"""Machine code on disk: where it may lie, how damage is noticed, and what a person has to know about it.

Each compiled function is one file for each kind of processor. It says what it was made from and carries a checksum of
its machine code, for the loader of object code trusts what it is given and may end the whole process. numba keeps the
same machine code in two files without a checksum, and refuses to compile where it finds no folder to write to; its
places are taken over, and so is its environment variable ``NUMBA_CACHE_DIR``.

Whatever is wrong with a file or a folder, there is machine code in the end: another place is tried, then it is compiled
anew and written again, and where it cannot be written it is used from memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import pickle
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from numba.core import caching, config, serialize
from numba.core.compiler import CompileResult

from optimiser.common.message import Message

MAGIC = b"optimiser machine code 1\n"  # begins every file; the number is that of the form described in `_frame`
WORD = 32  # bytes of a sha256
_LENGTH = 8  # bytes of a length, little endian
_HEAD = len(MAGIC) + 2 * WORD + _LENGTH
_turn = itertools.count()  # tells apart the temporary files of one process


class Damaged(Exception):
    """A file is not as it was written."""


def folders(function: Callable[..., Any]) -> list[Path]:
    """List where the machine code of a function may lie, in the order in which they are tried.

    They are those of numba: the folder that ``NUMBA_CACHE_DIR`` names, ``__pycache__`` beside the source, and the cache
    folder of the user. Without a home the last one has no absolute path and is left out.
    """
    source = function.__code__.co_filename
    locators = [caching.InTreeCacheLocator, caching.UserWideCacheLocator]
    if config.CACHE_DIR:
        locators.insert(0, caching.UserProvidedCacheLocator)
    paths = [Path(locator(function, source).get_cache_path()) for locator in locators]
    if config.CACHE_DIR:
        paths[0] = paths[0].absolute()
    return [path for path in paths if path.is_absolute()]


def _frame(key: bytes, code: bytes) -> bytes:
    """Put machine code into the form of a file: what it is, what it was made from, its length, its checksum."""
    return MAGIC + key + len(code).to_bytes(_LENGTH, "little") + hashlib.sha256(code).digest() + code


def read_code(file: Path, key: bytes) -> bytes | None:
    """Read machine code; None where there is none that can be read, or it was made from something else.

    Raises
    ------
    Damaged : what lies there is no file, or not what was written.
    """
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):  # opening a pipe would wait for ever
            raise Damaged
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
            made_from, length = head[len(MAGIC) : len(MAGIC) + WORD], head[len(MAGIC) + WORD : -WORD]
            if len(head) < _HEAD or not head.startswith(MAGIC):
                raise Damaged
            if made_from != key:
                return None
            if about.st_size != _HEAD + int.from_bytes(length, "little"):  # before a huge one is read
                raise Damaged
            code = stream.read()
    except OSError:
        return None
    if hashlib.sha256(code).digest() != head[-WORD:]:
        raise Damaged
    return code


def write_code(file: Path, key: bytes, code: bytes) -> None:
    """Write machine code, whole or not at all; an empty folder in its place is removed.

    Raises
    ------
    OSError : it cannot be written; what was there is as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}-{next(_turn)}.tmp")
    try:
        with part.open("xb") as stream:
            stream.write(_frame(key, code))
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        part.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


class DiskCache(caching._Cache):
    """Keeps one compiled function, in the place of numba's own cache.

    Parameters
    ----------
    function : what is compiled.
    name : of the function with what is built into it; with the kind of processor it makes the name of the file.
    key : what else the machine code depends on: sources and versions.

    Attributes
    ----------
    kept : the file that holds the machine code now; None where it is in memory alone.
    damaged : files that were found damaged.
    refused : folders that it could not be written to, each with the reason.
    """

    def __init__(self, function: Callable[..., Any], name: str, key: str) -> None:
        self.name, self.key = name, key
        self.folders = folders(function)
        self.kept: Path | None = None
        self.damaged: list[Path] = []
        self.refused: list[tuple[Path, str]] = []

    @property
    def cache_path(self) -> str | None:
        """Where it is kept, for what numba tells of itself."""
        return str(self.kept.parent) if self.kept else None

    def _place(self, signature: Any, processor: Sequence[Any]) -> tuple[str, bytes]:
        """Give the name of the file, and the key in it."""
        versions = (sys.implementation.cache_tag, sys.hexversion)
        digest = hashlib.sha256(
            repr((MAGIC, self.key, str(signature), tuple(processor), versions, config.OPT)).encode()
        ).digest()
        kind = hashlib.sha256(repr(tuple(processor)).encode()).hexdigest()[:8]
        return f"{self.name}.{sys.implementation.cache_tag}-{kind}.machine", digest

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give what was kept, None where there is nothing; called by numba before it compiles."""
        target_context.refresh()
        name, key = self._place(sig, target_context.codegen().magic_tuple())
        for folder in self.folders:
            try:
                code = read_code(folder / name, key)
                if code is not None:
                    result = CompileResult._rebuild(target_context, *pickle.loads(code))
                    self.kept = folder / name
                    return result
            except Exception:  # a checksum that fits says that it was written so, not that it can be used
                self.damaged.append(folder / name)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where that is possible; called by numba."""
        name, key = self._place(sig, data.codegen.magic_tuple())
        code = serialize.dumps(data._reduce())
        for folder in self.folders:
            try:
                write_code(folder / name, key, code)
            except OSError as error:
                self.refused.append((folder, error.strerror or str(error)))
            else:
                self.kept = folder / name
                return

    def enable(self) -> None:
        """Nothing: it is always on."""

    def disable(self) -> None:
        """Nothing: it is always on."""

    def flush(self) -> None:
        """Nothing: a file is replaced when it no longer fits."""


def trouble(caches: Sequence[DiskCache]) -> Message | None:
    """Say in one line what is wrong with what is kept and how to mend it; None where nothing is.

    A damaged file is no trouble where an undamaged one was found elsewhere.
    """
    homeless = [cache for cache in caches if cache.kept is None]
    if homeless:
        places = dict(place for cache in homeless for place in cache.refused)
        parts = [Message("{folder}: {reason}", folder=str(folder), reason=why) for folder, why in places.items()]
        if not parts:
            parts = [Message("there is no folder for it")]
        return Message(
            "the simulation is compiled in memory, again in every process that simulates, about a minute each: its "
            "machine code cannot be kept ({places}); set NUMBA_CACHE_DIR to a folder that can be written, or have "
            "whoever installed this program run `optimiser compile` once",
            places=Message.chain("; ", parts),
        )
    replaced = [file for cache in caches for file in cache.damaged if cache.kept == file]
    if replaced:
        files = ", ".join(str(file) for file in replaced)
        return Message(
            "machine code was damaged; the simulation was compiled anew and written again: {files}", files=files
        )
    left = [(cache, file) for cache in caches for file in cache.damaged if cache.refused]
    if left:
        files, elsewhere = ", ".join(str(file) for _, file in left), str(left[0][0].kept)
        return Message(
            "machine code is damaged and cannot be replaced: {files}; the simulation was compiled anew into {folder}",
            files=files,
            folder=str(Path(elsewhere).parent),
        )
    return None
