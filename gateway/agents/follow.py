"""Takes over a changed agents file while the gateway runs (issue 2, part 5)."""

import asyncio
from pathlib import Path
from typing import Final

from gateway.agents.registry import AgentRegistry

LOOK_EVERY_S: Final = 0.5

Signature = tuple[int, int, int] | None


async def follow(registry: AgentRegistry, *, look_every_s: float = LOOK_EVERY_S) -> None:
    """Reloads the registry within 2 s of a change of its file; runs until cancelled."""
    follower = Follower(registry)
    while True:
        await asyncio.sleep(look_every_s)
        await asyncio.to_thread(follower.look)


class Follower:
    """Looks at the file of a registry. The file is as it was read when this is made."""

    def __init__(self, registry: AgentRegistry) -> None:
        self._registry = registry
        self._taken = self._seen = _signature(registry.path)

    def look(self) -> None:
        """Reloads when two looks in a row found the same new file: one that is being written is left alone."""
        now = _signature(self._registry.path)
        if now == self._seen and now != self._taken:
            self._taken = now
            self._registry.reload()
        self._seen = now


def _signature(path: Path) -> Signature:
    """What changes with the content: inode, time of change (ns), size. None when there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
