"""Streams of random numbers with names: the k-th value is computed from the name of its stream and k alone.

A stream never runs out and needs no memory, and adding a stream disturbs no other. A *family* is one stream for each
scenario.
"""

from __future__ import annotations

import hashlib
import math

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15  # odd, from the golden ratio (Steele, Lea, Flood 2014, SplitMix)
UNIT = 2.0**-53
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # of the finaliser


def mix(z: int) -> int:
    """Scramble 64 bits (finaliser of SplitMix64: Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195)."""
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def name_stream(seed: int, group: str, name: str) -> int:
    """Return the 64-bit key of a named family of streams, one stream a scenario."""
    return int.from_bytes(hashlib.blake2b(f"{seed}|{group}|{name}".encode(), digest_size=8).digest(), "little")


def stream(key: int, number: int) -> int:
    """Return the key of one scenario's stream in a family."""
    return mix(key ^ mix(number + 1))


def uniform(key: int, k: int) -> float:
    """Return the k-th value of a stream, strictly between 0 and 1."""
    return ((mix((key + (k + 1) * STEP) & MASK) >> 11) + 0.5) * UNIT


def exponential(key: int, k: int) -> float:
    """Return the k-th unit exponential of a stream."""
    return -math.log(uniform(key, k))
