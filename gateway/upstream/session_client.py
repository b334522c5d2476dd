"""Asks the service behind in the name of a session, and finds out when the session is over there.

A refusal that says so is believed only after the newest GUID of the record was tried once more, and the one before it:
another node may just have followed a rotation, and the service may have lost one.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.audit import trail
from gateway.backend import EndReason, Message, Upstream
from gateway.sessions.model import Record
from gateway.sessions.store import SessionStore
from gateway.upstream import counterpart, service_client
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.service_answers import ServiceAnswer, merge_cookies
from gateway.upstream.service_client import PREFIX, ServiceClient
from gateway.wire import retcodes
from gateway.wire.errors import Refused

Send = Callable[[Keys], Awaitable[ServiceAnswer]]


class SessionGone(Exception):
    """The service knows the session no more; `newest` (sealed) is what the record held."""

    def __init__(self, session_id: str, newest: str, reason: EndReason) -> None:
        super().__init__(reason)
        self.session_id = session_id
        self.newest = newest
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """An answer, and what the request carried, sealed and not; `reverts`: the newest had been refused before."""

    answer: ServiceAnswer
    carried: str
    keys: Keys
    reverts: bool = False


class SessionClient:
    """`ended` is called after a session was ended here because it is over there."""

    def __init__(self, store: SessionStore, service: ServiceClient, sealer: Sealer, ended: Callable[[], None]) -> None:
        self._store = store
        self._service = service
        self._sealer = sealer
        self._ended = ended

    def _now_ms(self, agent_id: int) -> int:
        return self._store.shard_of(agent_id).now_ms()

    async def ask(
        self, agent_id: int, session_id: str, upstream: Upstream, send: Send, *, poll: bool = False
    ) -> SessionAnswer:
        """Sends under the newest keys of the session; `upstream` is what it had when it was read last.

        A refused `poll` is tried again by who polls, after a while. Of an operation, a refusal `000-003` may concern
        itself alone: then the agent's state is asked for as well. Raises Gone, Refused (`100-006`) when the session is
        over here, and Unavailable.
        """
        most = 1 if poll else 2
        tries: Counter[str] | None = None  # Seldom needed.
        carried = upstream.key
        while True:
            keys = self._sealer.unseal(session_id, carried)
            answer = await send(keys)
            if not answer.over:
                break
            tries = tries or Counter()
            tries[carried] += 1
            upstream = still_open(await self._store.read(agent_id), session_id)
            untried = self._untried(agent_id, upstream, tries, most)
            if not untried:
                doubtful = not poll and answer.retcode == retcodes.NO_RIGHT
                if doubtful and not (await self.ask_state(agent_id, keys)).over:
                    break
                raise SessionGone(session_id, upstream.key, answer.reason)
            carried = untried
        return SessionAnswer(answer, carried, keys, reverts=carried == upstream.former and not answer.over)

    def _untried(self, agent_id: int, upstream: Upstream, tries: Counter[str], most: int) -> str:
        """What to carry next, sealed; "" when all was tried, the newest as often as `most`."""
        newest, *others = counterpart.keys_to_try(upstream, self._now_ms(agent_id))
        if tries[newest] < most:
            return newest
        return next((sealed for sealed in others if not tries[sealed]), "")

    async def ask_state(self, agent_id: int, keys: Keys) -> ServiceAnswer:
        """The agent's state: what any session may ask, and a sign of life. Raises Unavailable."""
        return await self._service.call(Message("GET", f"{PREFIX}/onlineagent/{agent_id}/agentstatus"), keys)

    async def follow(self, agent_id: int, session_id: str, heard: SessionAnswer) -> bool:
        """Keeps what an answer says of GUIDs. False when the session is over. Raises StoreUnavailable."""
        if heard.reverts:
            await self._store.apply(agent_id, counterpart.reverting(session_id, heard.carried, self._now_ms(agent_id)))
        guid, keys = heard.answer.guid, heard.keys
        if not guid or guid == keys.guid:
            return True
        fresh = self._sealer.seal(session_id, Keys(guid, merge_cookies(keys.cookie, heard.answer.cookie)))
        rule = counterpart.following(session_id, heard.carried, fresh, self._guid(session_id), self._now_ms(agent_id))
        service_client.FOLLOWED.inc()
        still: bool | None = await self._store.apply(agent_id, rule)
        return bool(still)

    def _guid(self, session_id: str) -> counterpart.Guid:
        return lambda sealed: self._sealer.unseal(session_id, sealed).guid

    async def end(self, agent_id: int, gone: SessionGone) -> bool:
        """Ends the session here; False when it is over, has a newer GUID, or a sign-in is under way.

        Raises StoreUnavailable.
        """
        rule = counterpart.ending(gone.session_id, gone.newest, gone.reason, self._now_ms(agent_id))
        ended: bool | None = await self._store.apply(agent_id, rule, durable=True)
        if ended:
            service_client.LOST.inc()
            trail.record("sign-out", agent_id, reason=gone.reason.name, by="upstream")
            self._ended()
        return bool(ended)


def still_open(record: Record, session_id: str) -> Upstream:
    """What a live session carries there. Raises Refused (`100-006`, with the reason) when it is over here."""
    found = counterpart.upstream_of(record, session_id)
    if found is None:
        reason = next((old.reason for old in record.tombstones if old.id == session_id), "")
        raise Refused(retcodes.NOT_SIGNED_IN, reason)
    return found[1]
