"""The whole look at a deployment: all groups of checks at the same time, each within a bounded time."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from gateway.doctor.finding import Finding, Level
from gateway.doctor.server_facts import Clocks
from gateway.doctor.store import store_findings
from gateway.settings.load import Loaded

LONGEST_S: Final = 20.0


async def examine(loaded: Loaded, clocks: Clocks | None = None) -> list[Finding]:
    """All findings, in the order of the groups."""
    clocks = clocks or Clocks()
    settings = loaded.settings
    groups = {
        "store": store_findings(settings, clocks),
    }
    found = await asyncio.gather(*(_bounded(name, group) for name, group in groups.items()))
    return [finding for group in found for finding in group]


async def _bounded(name: str, group: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await group
    except TimeoutError:
        return [Finding(name, Level.FAIL, f"not done within {LONGEST_S:.0f} s", "run it again when its servers answer")]
