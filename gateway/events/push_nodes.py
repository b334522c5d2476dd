"""Which gateway processes are alive, so that exactly one of them pushes for an agent.

A record names the process that pushes for its session (`PushWay.holder`). The process says again and again that it is
alive; when it has not for the length of a lease, others may take its sessions over.
"""

from collections.abc import Set as AbstractSet
from typing import Final, Protocol

from gateway.redis_link.link import RedisLink
from gateway.redis_link.scripts import load_script

_ALIVE: Final = load_script("gateway.events", "push_nodes")


class PushNodes(Protocol):
    """The living processes of all nodes. Both methods raise StoreUnavailable."""

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """Says that this process is alive for so long from now on, and answers who is."""

    async def leave(self, process: str) -> None:
        """This process pushes no more."""


class OneProcess:
    """`PushNodes` for the embedded store, which has no other processes."""

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """See `PushNodes.alive`."""
        return frozenset({process})

    async def leave(self, process: str) -> None:
        """See `PushNodes.leave`."""


class RedisPushNodes:
    """`PushNodes` over a link, in the time of Redis. `work` names what the processes do; each work has its own."""

    def __init__(self, link: RedisLink, work: str = "push") -> None:
        self._link = link
        self._work = work

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """See `PushNodes.alive`."""
        return await self._say(process, lease_ms)

    async def leave(self, process: str) -> None:
        """See `PushNodes.leave`."""
        await self._say(process, 0)

    async def _say(self, process: str, for_ms: int) -> AbstractSet[str]:
        names = await self._link.script(_ALIVE, [self._link.key(self._work, "alive")], [process, for_ms])
        return frozenset(name.decode("utf-8", "replace") for name in names)
