"""Errors of the job queue and of kept boards, which requests are answered with."""

from __future__ import annotations

from optimiser.common.errors import OptimiserError


class QueueFull(OptimiserError):
    """As many jobs wait as may; another one has to be submitted later."""


class Busy(QueueFull):
    """So much is being worked on that nothing else would be answered; whoever asks again gets a turn soon."""


class KeyReused(OptimiserError):
    """An idempotency key that another request has had."""


class JobRunning(OptimiserError):
    """A job that runs cannot be removed."""


class BoardChanged(OptimiserError):
    """A board has another revision than the one that a change was made from."""
