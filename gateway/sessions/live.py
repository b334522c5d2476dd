"""Who is signed in now, as the contact centre may know it (docs/design/one_floor.md)."""

from typing import Final

from gateway.backend import LiveSession
from gateway.ops.jobs import for_each
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
