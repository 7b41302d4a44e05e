"""What happens first: the order of events at the same minute, and the queue that keeps it for the compiled engine.

Events are ordered by minute, then by what happens, then by index, then by which was made first. The queue is a binary
heap (Williams 1964) of slots; the clocks of the law, of which each sector has one running, are kept apart in a
tournament tree (Knuth, vol. 3, 5.4.1), where a change of one sector costs a walk from its leaf to the root.
"""

from __future__ import annotations

from typing import Annotated as Shaped
from typing import Any

from optimiser.simulation.record import Floats, IntRows, Ints, Record

ORDER = (
    "window",
    "available",
    "steady",
    "group",
    "walk",
    "depart",
    "home",
    "trigger",
    "received",
    "mark",
    "evacuated",
    "restart",
    "back",
    "column",
    "formed",
    "along",
    "call",
    "cannon",
    "relief",
    "tired",
    "ring",
    "user",
)
(
    WINDOW,
    AVAILABLE,
    STEADY,
    GROUP,
    WALK,
    DEPART,
    HOME,
    TRIGGER,
    RECEIVED,
    MARK,
    EVACUATED,
    RESTART,
    BACK,
    COLUMN,
    FORMED,
    ALONG,
    CALL,
    CANNON,
    RELIEF,
    TIRED,
    RING,
    USER,
) = range(len(ORDER))
SPAN = 10**9  # room for the indices of one kind of event
NUMBERS = 6  # whole numbers that an event can carry, besides one value


class Agenda(Record):
    """The queue, with where every gathering and water cannon is in its course."""

    full: int  # 1 once an event did not fit: what was played since is void
    count: int
    serial: int
    heap: Shaped[Ints, "agenda"]  # slots; what is beyond `count` is free
    at: Shaped[Floats, "agenda"]
    order: Shaped[Ints, "agenda"]
    made: Shaped[Ints, "agenda"]
    what: Shaped[Ints, "agenda"]
    numbers: Shaped[IntRows, "agenda", NUMBERS]
    value: Shaped[Floats, "agenda"]
    leaves: int
    tree: Shaped[Ints, "tree"]  # sector whose clock rings first below each node; the root is 1
    # gatherings
    turn: Shaped[Ints, "gatherings"]  # number of the present wait, so that an old one knows it is over
    since: Shaped[Floats, "gatherings"]  # minute since which it wants to set out for the next stop
    # water cannon
    cannon_turn: Shaped[Ints, "cannons"]
    cannon_runs: Shaped[Ints, "cannons"]  # sector in which it passes the gates or runs, -1 otherwise
    cannon_red: Shaped[Ints, "cannons"]  # number of the red phase it is for


def agenda_sizes(sizes: dict[str, int], room: int) -> dict[str, int]:
    """Return the length of every axis of an agenda with room for so many events."""
    leaves = 1
    while leaves < sizes["sectors"]:
        leaves *= 2
    return {**sizes, "agenda": room, "tree": 2 * leaves}


def clear_queue(ag: Agenda, sectors: int) -> None:
    """Empty the queue."""
    ag.full = ag.count = ag.serial = 0
    if ag.heap[0] == ag.heap[1]:  # never used: from now on every slot is in it once, in whatever order
        for i in range(len(ag.heap)):
            ag.heap[i] = i
    ag.leaves = len(ag.tree) // 2
    for node in range(len(ag.tree)):
        ag.tree[node] = -1  # nobody below
    for s in range(sectors):
        ag.tree[ag.leaves + s] = s
    for node in range(ag.leaves - 1, 0, -1):
        ag.tree[node] = ag.tree[2 * node]


def put(
    ag: Agenda,
    minute: float,
    kind: int,
    index: int,
    what: int,
    a: int = 0,
    b: int = 0,
    c: int = 0,
    d: int = 0,
    e: int = 0,
    g: int = 0,
    x: float = 0.0,
) -> None:
    """Put an event into the queue, with a code for what is to be done and what that needs to know."""
    if ag.count == len(ag.heap):
        ag.full = 1
        return
    i = ag.count
    new = ag.heap[i]
    ag.at[new], ag.order[new], ag.made[new], ag.what[new] = minute, kind * SPAN + index, ag.serial, what
    numbers = ag.numbers[new]
    numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5] = a, b, c, d, e, g
    ag.value[new] = x
    ag.serial += 1
    ag.count += 1
    while i > 0 and _before(ag, new, ag.heap[(i - 1) // 2]):
        ag.heap[i] = ag.heap[(i - 1) // 2]
        i = (i - 1) // 2
    ag.heap[i] = new


def take_first(ag: Agenda) -> int:
    """Take the first event out of a queue that is not empty; its slot keeps what it carries until the next `put`."""
    first = ag.heap[0]
    ag.count -= 1
    last = ag.heap[ag.count]
    ag.heap[ag.count] = first
    i = 0
    while 2 * i + 1 < ag.count:
        child = 2 * i + 1
        if child + 1 < ag.count and _before(ag, ag.heap[child + 1], ag.heap[child]):
            child += 1
        if not _before(ag, ag.heap[child], last):
            break
        ag.heap[i] = ag.heap[child]
        i = child
    if ag.count > 0:
        ag.heap[i] = last
    return first


def _before(ag: Agenda, one: int, other: int) -> bool:
    if ag.at[one] != ag.at[other]:
        return ag.at[one] < ag.at[other]
    if ag.order[one] != ag.order[other]:
        return ag.order[one] < ag.order[other]
    return ag.made[one] < ag.made[other]


def reset_clock(ag: Agenda, ring_at: Any, s: int) -> None:
    """Tell the tree that the clock of a sector rings at another minute now; at the same minute the first index wins."""
    node = (ag.leaves + s) // 2
    while node > 0:
        left, right = ag.tree[2 * node], ag.tree[2 * node + 1]
        ag.tree[node] = right if right >= 0 and ring_at[right] < ring_at[left] else left
        node //= 2
