"""Takes over a changed agents file while the gateway runs (issue 2, part 5)."""

import asyncio
from pathlib import Path

from gateway.agents.registry import AgentRegistry

LOOK_EVERY_S = 0.5

Signature = tuple[int, int, int] | None


async def follow(registry: AgentRegistry, *, look_every_s: float = LOOK_EVERY_S) -> None:
    """Reloads the registry within 2 s of a change of its file; runs until cancelled.

    A file is read when two looks in a row found it the same, so that one which is still being written is left alone.
    """
    taken = seen = await asyncio.to_thread(_signature, registry.path)
    while True:
        await asyncio.sleep(look_every_s)
        now = await asyncio.to_thread(_signature, registry.path)
        if now == seen and now != taken:
            taken = now
            await asyncio.to_thread(registry.reload)
        seen = now


def _signature(path: Path) -> Signature:
    """What changes with the content: inode, time of change (ns), size. None when there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
