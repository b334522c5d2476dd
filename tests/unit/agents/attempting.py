"""Wrong passwords of one agent at one address, and whether another attempt may begin."""

import secrets

from gateway.agents.lockout import Attempts, AttemptStanding
from tests.unit.agents.samples import MINUTE, NOW

HERE = "192.0.2.7"
ELSEWHERE = "192.0.2.8"
WINDOW = 5 * MINUTE
LIMIT = 200


async def fail(attempts: Attempts, *after_ms: int, who: str = "101", address: str = HERE) -> list[bool]:
    return [await attempts.failed(who, address, secrets.token_hex(8), now_ms=NOW + after) for after in after_ms]


async def begin(
    attempts: Attempts,
    attempt: str,
    after_ms: int = 0,
    *,
    who: str = "101",
    address: str = HERE,
    limit: int = LIMIT,
) -> AttemptStanding:
    return await attempts.begin(who, address, attempt, address_limit=limit, now_ms=NOW + after_ms)


async def begin_all(attempts: Attempts, count: int, *, who: str = "101", address: str = HERE) -> None:
    """Attempts "0", "1" and so on."""
    for number in range(count):
        assert await begin(attempts, str(number), who=who, address=address) is AttemptStanding.OPEN


async def locked(
    attempts: Attempts, after_ms: int = 0, *, who: str = "101", address: str = HERE, limit: int = LIMIT
) -> bool:
    standing = await begin(attempts, "look", after_ms, who=who, address=address, limit=limit)
    await attempts.withdrawn(who, address, "look")
    return standing is AttemptStanding.LOCKED
