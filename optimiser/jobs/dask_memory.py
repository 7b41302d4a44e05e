"""Freed memory that a Dask worker keeps while it works, where the C library is GNU's; elsewhere nothing is done.

Arrays come and go by the thousand. Dask has its workers give memory back to Linux after each, which then has to be
asked for again, page by page, and a case takes a sixth longer. Results are the same.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # parameters of mallopt, from malloc.h of the GNU C library
MMAP = 1 << 17  # bytes of one block that is given back by default, where a variable says anything at all; mallopt(3)
KEPT, BLOCK = 1 << 27, 1 << 25  # bytes freed at the top, and of one block, that a worker keeps; assumed


def keep_memory(trim: int = KEPT, mmap: int = BLOCK) -> bool:
    """Have this process keep freed memory from now on; returns whether it can.

    Parameters
    ----------
    trim : bytes at the top of the heap above which they are given back.
    mmap : bytes from which a block is by itself, and given back when it is freed.
    """
    if not sys.platform.startswith("linux") or not hasattr(library := ctypes.CDLL(None), "mallopt"):
        return False
    return bool(library.mallopt(M_TRIM_THRESHOLD, trim) and library.mallopt(M_MMAP_THRESHOLD, mmap))


def call_keeping_memory(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process of Dask's, which keeps freed memory only meanwhile.

    Dask tells its workers by MALLOC_TRIM_THRESHOLD_ to keep almost nothing. Where that variable asks for as much as
    here or is not set, the process is left as it is.
    """
    trim, mmap = (os.environ.get(f"MALLOC_{name}_THRESHOLD_", "") for name in ("TRIM", "MMAP"))
    if not trim.isdecimal() or int(trim) >= KEPT or not keep_memory():
        return function(*arguments)
    try:
        return function(*arguments)
    finally:
        keep_memory(int(trim), int(mmap) if mmap.isdecimal() else MMAP)
