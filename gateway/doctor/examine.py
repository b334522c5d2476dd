"""The whole look at a deployment: all groups of checks at the same time, each within a bounded time."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from gateway.doctor.finding import Finding, Level, judge
from gateway.doctor.local_checks import local_findings
from gateway.doctor.local_facts import local_facts
from gateway.doctor.push import push_findings
from gateway.doctor.server_facts import Clocks
from gateway.doctor.store import store_findings
from gateway.doctor.tokens import CHECKS as TOKEN_CHECKS
from gateway.doctor.tokens import token_facts
from gateway.doctor.upstream import upstream_findings
from gateway.settings.load import Loaded

LONGEST_S: Final = 20.0


async def examine(loaded: Loaded, clocks: Clocks | None = None) -> list[Finding]:
    """All findings, in the order of the groups."""
    clocks = clocks or Clocks()
    settings = loaded.settings
    groups = {
        "store": store_findings(settings, clocks),
        "upstream": upstream_findings(settings),
        "push": push_findings(settings),
    }
    found = await asyncio.gather(*(_bounded(name, group) for name, group in groups.items()))
    # After the servers were asked: reading files would hold up the measure of their distance.
    here = local_findings(local_facts(loaded, clocks.wall))
    tokens = judge(TOKEN_CHECKS, token_facts(settings, clocks.wall))
    return [*here, *(finding for group in found for finding in group), *tokens]


async def _bounded(name: str, group: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await group
    except TimeoutError:
        return [Finding(name, Level.FAIL, f"not done within {LONGEST_S:.0f} s", "run it again when its servers answer")]
