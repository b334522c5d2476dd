"""The whole look at a deployment: all groups of checks at the same time, each within a bounded time."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from gateway.doctor.finding import DoctorFinding, Level, judge
from gateway.doctor.local_checks import local_facts, local_findings
from gateway.doctor.push_checks import push_findings
from gateway.doctor.server_facts import Clocks
from gateway.doctor.store_checks import store_findings
from gateway.doctor.token_checks import CHECKS as TOKEN_CHECKS
from gateway.doctor.token_checks import token_facts
from gateway.doctor.upstream_checks import upstream_findings
from gateway.settings.load import Loaded

LONGEST_S: Final = 20.0


async def examine(loaded: Loaded, clocks: Clocks | None = None) -> list[DoctorFinding]:
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


async def _bounded(name: str, group: Awaitable[list[DoctorFinding]]) -> list[DoctorFinding]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await group
    except TimeoutError:
        return [
            DoctorFinding(
                name, Level.FAIL, f"not done within {LONGEST_S:.0f} s", "run it again when its servers answer"
            )
        ]
