"""Takes over a changed agents file while the gateway runs."""

import asyncio
from typing import Final

from gateway.agents.registry import AgentRegistry, signature
from gateway.ops.jobs import Job

LOOK_EVERY_S: Final = 0.5


async def follow(registry: AgentRegistry, *, look_every_s: float = LOOK_EVERY_S) -> None:
    """Reloads the registry within 2 s of a change of its file; runs until cancelled."""
    follower, looking = Follower(registry), Job("agents-file")
    while True:
        await asyncio.sleep(look_every_s)
        await looking.attempt(lambda: asyncio.to_thread(follower.look))


class Follower:
    """Looks at the file of a registry."""

    def __init__(self, registry: AgentRegistry) -> None:
        self._registry = registry
        self._seen = registry.signature

    def look(self) -> None:
        """Reloads when two looks in a row found the same new file: one that is being written is left alone."""
        now = signature(self._registry.path)
        if now == self._seen and now != self._registry.signature:
            self._registry.reload()
        self._seen = now
