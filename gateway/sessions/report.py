"""What operators see of adoption: who does not take new GUIDs (docs/protocol.md, AUTHMODE).

Nothing here shows a GUID, a session id or anything that leads to one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.sessions.adoption import lags
from gateway.sessions.live import read_live
from gateway.sessions.service import SessionService
from gateway.wire.iso import iso


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


async def adoption(service: SessionService) -> Adoption:
    """The report over all nodes. Raises StoreUnavailable."""
    ids, all_, lagging, agents = set[str](), Counter[str](), Counter[str](), list[Laggard]()
    async for seen, record, session in read_live(service.store, await service.store.live()):
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
