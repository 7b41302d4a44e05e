"""Estimates whose client has gone, or has called them off to ask anew, are given up: nobody reads what they come to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request


async def watch_client(request: Request) -> AsyncIterator[threading.Event]:
    """Give a flag that is set once the client has gone; what works meanwhile is ended by `cancelled_by`."""
    gone = threading.Event()

    async def wait() -> None:
        while (await request.receive())["type"] != "http.disconnect":  # the body has been received whole
            pass
        gone.set()

    watching = asyncio.create_task(wait())
    try:
        yield gone
    finally:
        watching.cancel()


Gone = Annotated[threading.Event, Depends(watch_client)]
