"""Who is signed in now: as the contact centre may know it (docs/design/one_floor.md), and record by record."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from gateway.backend import LiveSession
from gateway.ops.jobs import for_each
from gateway.sessions.model import Record, Session
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.wire.errors import Unreadable

READ_TOGETHER: Final = 200


async def live_sessions(shard: SessionStore, queue: EventQueue) -> list[LiveSession]:
    """The live sessions of a shard, or of all, each with its note, by agent. Raises StoreUnavailable.

    A session without a note has what a version before kept in its record. A record that nobody can read is left out.
    """
    found: list[LiveSession] = []

    async def read(seen: Seen) -> None:
        try:
            record = await shard.read(seen.agent_id)
        except Unreadable:
            return
        session = record.session
        if session is None or session.id != seen.session_id:
            return
        note = await queue.note(seen.agent_id, session.id) or record.former_note.encode()
        found.append(LiveSession(seen.agent_id, session.id, session.started_ms, note, session.upstream))

    await for_each(await shard.live(), read, together=READ_TOGETHER)
    return sorted(found, key=lambda live: live.agent_id)


async def read_live(store: SessionStore, live: Sequence[Seen]) -> AsyncIterator[tuple[Seen, Record, Session]]:
    """Of these sessions those that still are the live ones, READ_TOGETHER at a time. Raises StoreUnavailable.

    Between two lots the event loop goes round, so that nobody waits for a long list.
    """
    for start in range(0, len(live), READ_TOGETHER):
        some = live[start : start + READ_TOGETHER]
        records = await asyncio.gather(*(_readable(store, seen.agent_id) for seen in some))
        for seen, record in zip(some, records, strict=True):
            if record is not None and record.session is not None and record.session.id == seen.session_id:
                yield seen, record, record.session


async def _readable(store: SessionStore, agent_id: int) -> Record | None:
    """None for a record that cannot be read."""
    try:
        return await store.read(agent_id)
    except Unreadable:
        return None
