"""Waiting for what must come to pass."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

TURN_S: Final = 0.01
GENEROUS_S: Final = 30.0
"""For what must come to pass but whose time is not the claim: no machine is that busy."""
GENEROUS_MS: Final = 30_000


async def until(holds: Callable[[], bool], within_s: float = GENEROUS_S) -> None:
    """Returns as soon as `holds` does. Raises TimeoutError."""

    async def look() -> bool:
        return holds()

    await until_async(look, within_s)


async def until_async(holds: Callable[[], Awaitable[bool]], within_s: float = GENEROUS_S) -> None:
    """As `until`, for what must be asked for."""
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - what is waited for may be in another process
            await asyncio.sleep(0.005)


def held_up_s(pid: int) -> float:
    """How long a process has waited for a core so far although it had something to do; 0 where no system tells it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


class Lost:
    """Time that this process did not get although it had something to do."""

    def __init__(self) -> None:
        self._counted_s = 0.0
        self._slept_from_s = time.monotonic()

    @property
    def s(self) -> float:
        """So far, a stall that has just ended included."""
        return self._counted_s + max(0.0, time.monotonic() - self._slept_from_s - TURN_S)

    async def count(self) -> None:
        """Counts until cancelled."""
        while True:
            self._slept_from_s = time.monotonic()
            await asyncio.sleep(TURN_S)
            self._counted_s = self.s
            self._slept_from_s = math.inf


@asynccontextmanager
async def lost_time() -> AsyncIterator[Lost]:
    """Counts the time that a busy machine takes from this process, so that bounds hold for what is tested alone."""
    lost = Lost()
    counting = asyncio.create_task(lost.count())
    try:
        yield lost
    finally:
        counting.cancel()
