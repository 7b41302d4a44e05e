"""What a worker process runs: it does the calls that come through a pipe, until the pipe is closed."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import warnings
from collections import deque
from typing import Any

import cloudpickle

from optimiser.common.errors import CacheWarning

END_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
NICENESS = 10  # of the 19 steps by which a process can stand behind others, see nice(2); assumed


def run_worker(pipe: Any, low_priority: bool) -> None:
    """Do the calls that come through the pipe, and send back the result of each; ends with the process.

    Parameters
    ----------
    low_priority : whether all other processes of this machine go first.
    """
    for number in END_SIGNALS:  # to the whole group, as terminals and services send them
        signal.signal(number, signal.SIG_IGN)  # they are for the process that has the executor
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END_SIGNALS)
    warnings.simplefilter("ignore", CacheWarning)  # said once for all workers, see `warm_up.warm_up`
    if low_priority and hasattr(os, "nice"):
        os.nice(NICENESS)
    arrived: deque[bytes] = deque()
    something = threading.Semaphore(0)

    def listen() -> None:
        try:
            while True:
                arrived.append(pipe.recv_bytes())
                something.release()
        except (EOFError, OSError):
            os._exit(0)  # whatever is being done, no process waits for it any more

    threading.Thread(target=listen, daemon=True).start()
    while True:
        something.acquire()
        try:
            pipe.send_bytes(b"begun")
            pipe.send_bytes(_execute(arrived.popleft()))
        except OSError:  # no process waits for it any more, and the other thread has not heard so yet
            os._exit(0)


def _execute(order: bytes) -> bytes:
    """Do a call; returns its value and what it raised, pickled."""
    try:
        function, arguments = pickle.loads(order)
        answer: bytes = cloudpickle.dumps((function(*arguments), None))
    except Exception as error:
        try:
            answer = cloudpickle.dumps((None, error))
            pickle.loads(answer)  # what cannot be read here cannot be read there
        except Exception:
            answer = pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
    return answer
