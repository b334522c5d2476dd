"""Work on every shard of a store, so that one out of reach holds up no other (design section 8, STORE_SHARDS)."""

from collections.abc import Awaitable, Callable

from gateway.ops.jobs import all_done
from gateway.sessions.store import SessionStore


async def over_shards(store: SessionStore, work: Callable[[SessionStore], Awaitable[object]]) -> None:
    """Does `work` on all shards at the same time, to the end on each. Raises as `all_done`."""
    shards = store.shards()
    if len(shards) == 1:
        await work(shards[0])
        return
    await all_done([work(shard) for shard in shards])
