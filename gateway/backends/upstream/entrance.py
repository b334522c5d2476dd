"""Signs agents in at the service behind, which knows them and their passwords (contract onlineagent.yaml).

Failures are counted here all the same, by agent and by client address: to the service all clients have our address, so
its own limits could lock everybody out for one.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json

from gateway.agents import counts as agent_counts
from gateway.agents.lockout import Attempts
from gateway.backends.relay import Declined, Entered, Keys, Relayed, Sent
from gateway.backends.upstream.answers import Answer, read_result
from gateway.backends.upstream.seal import Sealer
from gateway.backends.upstream.service import CANNOT_SERVE, OUT_OF_REACH, PREFIX, Service
from gateway.operations.fields import AGENT_ID_MAX
from gateway.ops import audit
from gateway.sessions.lifecycle import answer_was_lost
from gateway.sessions.store import SessionStore
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import Refused, Unavailable

_AS_JSON: Final = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class EntranceParts:
    """What a sign-in needs."""

    store: SessionStore
    attempts: Attempts
    service: Service
    sealer: Sealer
    settings: Callable[[], Settings]


class Entrance:
    """The way in and, where no session came of it, out again."""

    def __init__(self, parts: EntranceParts) -> None:
        self._parts = parts

    async def enter(self, agent_id: int, sent: Sent) -> Entered:
        """See `Relay.enter`."""
        who = str(agent_id) if agent_id else _account(sent.body)
        await self._refuse_locked(who, sent.address)
        try:
            # All calls together within the time of one, so that the agent's reservation outlasts them.
            async with asyncio.timeout(self._parts.settings().upstream_timeout_ms / 1000):
                answer = await self._ask(agent_id, sent)
        except TimeoutError:
            raise Unavailable(OUT_OF_REACH) from None
        await self._count(who, sent.address, answer)
        relayed = Relayed(answer.retcode, answer.body, answer.headers)
        if answer.retcode != retcodes.SUCCESS:
            raise Declined(relayed)
        if not answer.guid:
            raise Unavailable(CANNOT_SERVE)
        return Entered(agent_id or _agent_id(answer), Keys(answer.guid, answer.cookie), relayed)

    async def _ask(self, agent_id: int, sent: Sent) -> Answer:
        answer = await self._parts.service.call(sent)
        if answer.retcode == retcodes.ALREADY_SIGNED_IN and await self._leave_lost(agent_id):
            answer = await self._parts.service.call(sent)
        return answer

    async def _leave_lost(self, agent_id: int) -> bool:
        """Signs out a session whose sign-in answer was lost, so that it does not block the agent (design section 5)."""
        store = self._parts.store.shard_of(agent_id)
        session = (await store.read(agent_id)).session
        if session is None or session.upstream is None or not answer_was_lost(session, store.now_ms()):
            return False
        await self.leave(agent_id, self._parts.sealer.unseal(session.id, session.upstream.key))
        return True

    async def leave(self, agent_id: int, keys: Keys, code: int = 0) -> Answer:
        """Signs out there, in whatever state the agent is; `code` is a cause of 1 to 255. Raises Unavailable."""
        operation = f"forcelogoutwithreason/{code}" if code else "forcelogout"
        target = f"{PREFIX}/onlineagent/{agent_id}/{operation}"
        return await self._parts.service.call(Sent("DELETE", target, content_type=_AS_JSON), keys)

    async def give_back(self, entered: Entered) -> None:
        """See `Relay.give_back`."""
        with suppress(Unavailable):
            await self.leave(entered.agent_id, entered.keys)

    async def _refuse_locked(self, who: str, address: str) -> None:
        parts = self._parts
        limit, now = parts.settings().login_address_limit, parts.store.now_ms()
        if await parts.attempts.locked(who, address, address_limit=limit, now_ms=now):
            agent_counts.REFUSED_LOCKED.inc()
            raise Refused(retcodes.LOCKED)

    async def _count(self, who: str, address: str, answer: Answer) -> None:
        if answer.retcode == retcodes.SUCCESS:
            await self._parts.attempts.succeeded(who, address)
        elif answer.retcode == retcodes.WRONG_CREDENTIALS:
            agent_counts.WRONG_PASSWORDS.inc()
            if await self._parts.attempts.failed(who, address, now_ms=self._parts.store.now_ms()):
                agent_counts.LOCKS.inc()
                audit.record("sign-in-locked", who=who, address=address)


def _account(body: bytes) -> str:
    """Stands for somebody named by account, as long for any length of it."""
    try:
        said = from_json(body)
    except ValueError:
        said = None
    account = str(said.get("account")) if isinstance(said, dict) else ""
    return "?" + hashlib.sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _agent_id(answer: Answer) -> int:
    workno = str(read_result(answer.body, "workno"))
    if not (workno.isascii() and workno.isdigit() and 0 < int(workno[:7]) <= AGENT_ID_MAX):
        raise Unavailable(CANNOT_SERVE)
    return int(workno)
