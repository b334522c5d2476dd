"""How Redis stands, for operators: each shard with its latency, its memory and its outage."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from hiredis import ReplyError

from gateway.admin.store_routes import ShardState, StoreState
from gateway.redis_store.link import RedisLink
from gateway.wire.errors import StoreUnavailable

_MEMORY: Final = (b"used_memory", b"maxmemory")


async def redis_state(links: Sequence[RedisLink]) -> StoreState:
    """Of all shards; memory is told where the user of REDIS_URL may ask INFO, and once where shards share a server."""
    return StoreState("redis", await asyncio.gather(*map(_shard, links)))


async def _shard(link: RedisLink) -> ShardState:
    began_s = time.perf_counter()
    latency_ms: float | None = None
    with suppress(StoreUnavailable):
        await link.command("EXISTS", link.key("fence"))
        latency_ms = round((time.perf_counter() - began_s) * 1000, 3)
    used, most = await _memory(link) if latency_ms is not None else (None, None)
    down_s = link.down_for_s
    since = datetime.now(UTC) - timedelta(seconds=down_s) if down_s is not None else None
    return ShardState(
        link.tag,
        latency_ms is not None and not link.reason,
        link.reason,
        latency_ms,
        since.isoformat(timespec="seconds").replace("+00:00", "Z") if since else None,
        used,
        most or None,
    )


async def _memory(link: RedisLink) -> tuple[int | None, int | None]:
    """Bytes in use, and the most there may be (0: no limit)."""
    try:
        said = await link.optional("INFO", "memory")
    except (StoreUnavailable, ReplyError):
        return None, None
    text = said if isinstance(said, bytes) else str(said).encode()
    values = dict(line.partition(b":")[::2] for line in text.splitlines())
    used, most = (values.get(name, b"") for name in _MEMORY)
    return (int(used) if used.isdigit() else None), (int(most) if most.isdigit() else None)
