"""Waiting for what must come to pass."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], bool], within_s: float = 5.0) -> None:
    """Returns as soon as `holds` does. Raises TimeoutError."""

    async def look() -> bool:
        return holds()

    await until_async(look, within_s)


async def until_async(holds: Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    """As `until`, for what must be asked for."""
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - what is waited for may be in another process
            await asyncio.sleep(0.005)
