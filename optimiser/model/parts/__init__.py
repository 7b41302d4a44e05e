"""Parts of an instance that stand by themselves: ways between places, what only people read, outlines of areas."""

from __future__ import annotations
