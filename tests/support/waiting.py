"""Waiting for what must come to pass."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], within_s: float = 5.0) -> None:
    """Returns as soon as `holds` does. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - what is waited for may be in another process
            await asyncio.sleep(0.005)
