"""What operators see of sessions: who is signed in.

Nothing here shows a GUID, a session id or anything that leads to one.
"""

from dataclasses import dataclass

from gateway.sessions.live import read_live
from gateway.sessions.model import Session
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.iso import iso


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


async def session_lines(store: SessionStore, most: int, agent_id: int | None = None) -> list[SessionLine]:
    """Live sessions by agent, at most `most`; of one agent with `agent_id`. Raises StoreUnavailable."""
    asked = store if agent_id is None else store.shard_of(agent_id)
    live = [seen for seen in await asked.live() if agent_id in {None, seen.agent_id}]
    chosen = sorted(live, key=lambda seen: seen.agent_id)[:most]
    return [_line(seen, session) async for seen, _, session in read_live(store, chosen)]


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
