"""What operators see of sessions: who is signed in, and who does not adopt new GUIDs (docs/protocol.md, AUTHMODE).

Nothing here shows a GUID, a session id or anything that leads to one.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.sessions.adoption import lags
from gateway.sessions.model import Record, Session
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.errors import Unreadable

READ_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One live session. `since` and `seen` are times in ISO 8601 (UTC); `generation` counts its GUIDs from 0.

    `adopted` tells whether the client has used the newest GUID.
    """

    agent: int
    since: str
    seen: str
    client: str
    node: str
    push: bool
    generation: int
    adopted: bool


@dataclass(frozen=True, slots=True)
class Laggard:
    """A client that went on with an old GUID although a newer one was handed out.

    `at` is when that was last seen; `signed_in` is False for a session that is over, of which this node alone knows.
    """

    agent: int
    client: str
    node: str
    at: str
    signed_in: bool


@dataclass(frozen=True, slots=True)
class ClientAdoption:
    """Live sessions of one client program."""

    client: str
    sessions: int
    not_adopting: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """Who does not adopt: by agent and client, and summed up by client."""

    agents: Sequence[Laggard]
    clients: Sequence[ClientAdoption]


async def session_lines(store: SessionStore, most: int, agent_id: int | None = None) -> list[SessionLine]:
    """Live sessions by agent, at most `most`; of one agent with `agent_id`. Raises StoreUnavailable."""
    asked = store if agent_id is None else store.shard_of(agent_id)
    live = [seen for seen in await asked.live() if agent_id in {None, seen.agent_id}]
    chosen = sorted(live, key=lambda seen: seen.agent_id)[:most]
    return [_line(seen, session) async for seen, _, session in _sessions(store, chosen)]


async def adoption(service: SessionService) -> Adoption:
    """The report over all nodes. Raises StoreUnavailable."""
    ids, all_, lagging, agents = set[str](), Counter[str](), Counter[str](), list[Laggard]()
    async for seen, record, session in _sessions(service.store, await service.store.live()):
        ids.add(session.id)
        all_[session.client] += 1
        if lags(session, service.limits(record.agent_id), seen.seen_ms):
            lagging[session.client] += 1
            agents.append(Laggard(record.agent_id, session.client, session.node, iso(seen.seen_ms), True))
    agents += [
        Laggard(past.agent_id, past.client, past.node, iso(past.at_ms), False)
        for past in service.not_adopting()
        if past.session_id not in ids
    ]
    clients = [ClientAdoption(client, count, lagging[client]) for client, count in sorted(all_.items())]
    return Adoption(sorted(agents, key=lambda laggard: laggard.agent), clients)


def iso(at_ms: int) -> str:
    """A time in ms since the epoch as ISO 8601."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _sessions(store: SessionStore, live: Sequence[Seen]) -> AsyncIterator[tuple[Seen, Record, Session]]:
    """The sessions that still are the live ones, read some at a time."""
    for start in range(0, len(live), READ_TOGETHER):
        some = live[start : start + READ_TOGETHER]
        records = await asyncio.gather(*(_read(store, seen.agent_id) for seen in some))
        for seen, record in zip(some, records, strict=True):
            if record is not None and record.session is not None and record.session.id == seen.session_id:
                yield seen, record, record.session


async def _read(store: SessionStore, agent_id: int) -> Record | None:
    """None for a record that cannot be read."""
    try:
        return await store.read(agent_id)
    except Unreadable:
        return None


def _line(seen: Seen, session: Session) -> SessionLine:
    return SessionLine(
        seen.agent_id,
        iso(session.started_ms),
        iso(seen.seen_ms),
        session.client,
        session.node,
        session.push,
        session.number,
        bool(session.adopted_ms),
    )
