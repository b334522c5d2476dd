"""Work on every shard of a store, so that one out of reach holds up no other (design section 8, STORE_SHARDS)."""

import asyncio
from collections.abc import Awaitable, Callable

from gateway.sessions.store import SessionStore
from gateway.wire.errors import StoreUnavailable


async def over_shards(store: SessionStore, work: Callable[[SessionStore], Awaitable[object]]) -> None:
    """Does `work` on all shards at the same time, to the end on each.

    Raises what it raised, another exception rather than StoreUnavailable.
    """
    shards = store.shards()
    if len(shards) == 1:
        await work(shards[0])
        return
    outcomes = await asyncio.gather(*map(work, shards), return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    failed.sort(key=lambda error: isinstance(error, StoreUnavailable))
    if failed:
        raise failed[0]
