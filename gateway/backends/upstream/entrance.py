"""Signs agents in at the service behind, which knows them and their passwords (contract onlineagent.yaml).

Attempts are counted here all the same, by agent and by client address, before the service is asked: to it all clients
have our address, so its own limits could lock everybody out for one.
"""

import asyncio
import codecs
import hashlib
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl

from pydantic_core import from_json

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.backends.relay import Declined, Entered, Keys, Relayed, Sent
from gateway.backends.upstream.answers import Answer, read_result
from gateway.backends.upstream.seal import Sealer
from gateway.backends.upstream.service import CANNOT_SERVE, OUT_OF_REACH, PREFIX, Service
from gateway.operations.fields import AGENT_ID_MAX
from gateway.sessions.guid import new_session_id
from gateway.sessions.lifecycle import abandon, announce, answer_was_lost
from gateway.sessions.store import Change, SessionStore
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable

_AS_JSON: Final = "application/json; charset=UTF-8"
_WRONG: Final = frozenset({retcodes.WRONG_CREDENTIALS, retcodes.WRONG_OLD_PASSWORD, "100-017", "110-021"})
"""What it says to a wrong password. Whatever else it refuses says nothing of the password."""


class _Judged(Protocol):
    @property
    def retcode(self) -> str:
        """What the service says."""


A = TypeVar("A", bound=_Judged)


@dataclass(frozen=True, slots=True)
class EntranceParts:
    """What a sign-in needs."""

    store: SessionStore
    limiter: AttemptLimiter
    service: Service
    sealer: Sealer
    settings: Callable[[], Settings]


class Entrance:
    """The way in and, where no session came of it, out again."""

    def __init__(self, parts: EntranceParts) -> None:
        self._parts = parts

    async def enter(self, agent_id: int, sent: Sent) -> Entered:
        """See `Relay.enter`."""
        who = str(agent_id) if agent_id else _account(sent)
        answer = await self.judged(who, sent.address, lambda: self._announced(agent_id, sent))
        relayed = Relayed(answer.retcode, answer.body, answer.headers)
        if answer.retcode != retcodes.SUCCESS:
            raise Declined(relayed)
        if not answer.guid:
            raise Unavailable(CANNOT_SERVE)
        return Entered(agent_id or _agent_id(answer), Keys(answer.guid, answer.cookie), relayed)

    async def judged(self, who: str, address: str, ask: Callable[[], Awaitable[A]]) -> A:
        """The service's answer to a request with a password, which is counted before it is asked.

        Raises Refused (LOCKED), and as `ask` does.
        """
        async with self._parts.limiter.attempt(who, address, self._parts.store.now_ms()) as attempt:
            answer = await ask()
            if answer.retcode == retcodes.SUCCESS:
                await attempt.right()
            elif answer.retcode in _WRONG:
                await attempt.wrong()
        return answer

    async def _announced(self, agent_id: int, sent: Sent) -> Answer:
        """Asks while the record tells of it: a session that the service ends for this one is not given up before."""
        if not agent_id:
            return await self._ask_in_time(agent_id, sent)
        store, token = self._parts.store.shard_of(agent_id), new_session_id()
        await store.apply(agent_id, lambda record: Change(None, announce(record, token, store.now_ms())))
        let_in = False
        try:
            answer = await self._ask_in_time(agent_id, sent)
            let_in = answer.retcode == retcodes.SUCCESS
        finally:
            if not let_in:
                with suppress(StoreUnavailable):
                    await store.apply(agent_id, lambda record: Change(None, abandon(record, token)))
        return answer

    async def _ask_in_time(self, agent_id: int, sent: Sent) -> Answer:
        try:
            # All calls together within the time of one, so that the announcement outlasts them.
            async with asyncio.timeout(self._parts.settings().upstream_timeout_ms / 1000):
                return await self._ask(agent_id, sent)
        except TimeoutError:
            raise Unavailable(OUT_OF_REACH) from None

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


def _account(sent: Sent) -> str:
    """Stands for somebody named by account, as long for any length of it and alike for spellings of one name.

    Raises Refused where several names are given: nobody knows which one the service takes.
    """
    said = from_json(sent.body.removeprefix(codecs.BOM_UTF8)) if sent.body.strip() else {}
    members = said.items() if isinstance(said, dict) else ()
    named = [(name, value) for name, value in (*members, *parse_qsl(sent.target.partition("?")[2]))]
    accounts = {_plain(value) for name, value in named if name.casefold() == "account" and value not in (None, "")}
    if len(accounts) > 1:
        raise Refused(retcodes.BAD_SIGN_IN, "account: must be given once")
    return "?" + hashlib.sha256("".join(accounts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _plain(account: Any) -> str:
    """As services compare names: without case, white space around, and forms of one letter."""
    return unicodedata.normalize("NFKC", str(account)).strip().casefold()


def _agent_id(answer: Answer) -> int:
    workno = str(read_result(answer.body, "workno"))
    if not (workno.isascii() and workno.isdigit() and 0 < int(workno[:7]) <= AGENT_ID_MAX):
        raise Unavailable(CANNOT_SERVE)
    return int(workno)
