"""What a store is for: its kind of backend, and the format of its records (docs/design/optimistic_swap.md)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.sessions.store import CannotServeError
from gateway.wire.errors import StoreUnavailable

FORMAT: Final = 2
"""Of the records that this version writes. The first had the agent's state in them, and no number."""

_KIND: Final = load_script("store_kind")


async def mark_kind(link: RedisLink, backend: str) -> None:
    """Marks a shard as one of this kind of backend and of our format.

    Raises CannotServeError while it is of another kind that is in use, or of a newer format, and StoreUnavailable.
    """
    keys = ("backend",), ("format",), ("seen", "poll"), ("seen", "push"), ("floor",)
    verdict, found = await link.script(_KIND, [link.key(*key) for key in keys], (backend, FORMAT))
    said = found.decode("utf-8", "replace")
    if verdict == b"format":
        raise CannotServeError(
            f"the records of {link.key()} have the format {said}, and this version knows {FORMAT} at most: run the "
            "version of the other nodes here"
        )
    if verdict == b"backend":
        raise CannotServeError(
            f"BACKEND = {backend}, but a gateway with BACKEND = {said} uses the store {link.key()}: set that, or "
            "a STORE_TAG of its own, or wait until nobody is signed in there and that gateway has ended"
        )


async def check_kinds(links: Sequence[RedisLink], backend: str) -> None:
    """As `mark_kind`, for the shards in reach: another gateway may have come when nobody was signed in."""
    for link in links:
        if not link.reason:
            with suppress(StoreUnavailable):
                await mark_kind(link, backend)
