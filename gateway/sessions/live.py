"""Who is signed in now: as the contact centre may know it (docs/design/one_floor.md), and record by record.

`check_keys` tells whether this node holds the secrets that they need (docs/protocol.md, GUIDs).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final

from gateway.backend import LiveSession
from gateway.ops.jobs import for_each
from gateway.sessions.guid import KeyRing
from gateway.sessions.model import Record, Session
from gateway.sessions.store import CannotServeError, EventQueue, Seen, SessionStore
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


class MissingKeyError(CannotServeError):
    """This node would refuse GUIDs that are valid."""


async def check_keys(store: SessionStore, ring: KeyRing) -> None:
    """Registers the making key and compares all keys in use with ours.

    Keys that no live session needs any more are forgotten. Raises MissingKeyError and StoreUnavailable.
    """
    ours = ring.fingerprints()
    known = await store.key_fingerprints({ring.making: ours[ring.making]})
    wrong = [key for key, print_ in known.items() if ours.get(key) != print_]
    if not wrong:
        return
    needed = set[str]()

    async def need(seen: Seen) -> None:
        with suppress(Unreadable):
            record = await store.read(seen.agent_id)
            if record.session is not None:
                needed.add(record.session.key_id)

    await for_each(await store.live(), need)
    if bad := sorted(needed.intersection(wrong)):
        raise MissingKeyError(
            f"GUID_SECRET_FILE: live sessions need the key {', '.join(bad)} as other nodes have it:"
            " copy their file here, with every line"
        )
    await store.key_fingerprints({key: ours[key] for key in wrong if key in ours}, drop=wrong)
