"""Signs agents in at the service behind, which knows them and their passwords.

Attempts are counted here all the same, by agent and by client address, before the service is asked: to it all clients
have our address, so its own limits could lock everybody out for one.
"""

import hashlib
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl

from pydantic_core import from_json

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.backend import Admitted, BackendAnswer, Declined, LetInBehind, Message, SignInRequest
from gateway.interface.fields import AGENT_ID_MAX
from gateway.sessions.guid import new_session_id
from gateway.sessions.lifecycle import abandon, announce, answer_was_lost, standing
from gateway.sessions.model import Record
from gateway.sessions.store import Change, SessionStore
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.service_answers import NOT_DONE, ServiceAnswer, read_result
from gateway.upstream.service_client import CANNOT_SERVE, PREFIX, ServiceClient
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from gateway.wire.headers import SENT_JSON
from gateway.wire.text import whole_number

_WRONG: Final = frozenset({retcodes.WRONG_CREDENTIALS, retcodes.WRONG_OLD_PASSWORD, "100-017", "110-021"})
"""What it says to a wrong password. Whatever else it refuses says nothing of the password."""


class _Judged(Protocol):
    @property
    def retcode(self) -> str:
        """What the service says."""


A = TypeVar("A", bound=_Judged)


@dataclass(frozen=True, slots=True)
class _SignInAnswer:
    """The service's answer to a sign-in, and how the agent's sessions stood before, None where that is not known."""

    answer: ServiceAnswer
    standing: str | None

    @property
    def retcode(self) -> str:
        return self.answer.retcode


@dataclass(frozen=True, slots=True)
class SignInParts:
    """What a sign-in needs."""

    store: SessionStore
    limiter: AttemptLimiter
    service: ServiceClient
    sealer: Sealer


@dataclass(frozen=True, slots=True)
class AcceptedSignIn:
    """The proof of an agent that the service has let in: what calls carry there, and its answer."""

    keys: Keys
    answer: BackendAnswer

    @classmethod
    def of(cls, admitted: Admitted) -> "AcceptedSignIn":
        """That of somebody whom this service has admitted."""
        if not isinstance(admitted.proof, cls):
            raise TypeError("not admitted here")
        return admitted.proof


class UpstreamSignIn:
    """The way in and, where no session came of it, out again."""

    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts

    async def admit(self, request: SignInRequest) -> Admitted:
        """See `Backend.admit`: the service judges, and with its yes the agent is in there."""
        agent_id, message = request.agent_id, request.message
        who = str(agent_id) if agent_id else _account(message)
        asked = await self.judged(who, message.address(), lambda: self._announced(agent_id, message))
        answer = asked.answer
        said = BackendAnswer(answer.body, answer.retcode, answer.headers)
        if answer.retcode != retcodes.SUCCESS:
            raise Declined(said)
        if not answer.guid:
            raise Unavailable(CANNOT_SERVE)
        known_id, keys = agent_id or _agent_id(answer), Keys(answer.guid, answer.cookie)
        let_in = LetInBehind(asked.standing, lambda: self._still_in(known_id, keys))
        return Admitted(known_id, let_in=let_in, proof=AcceptedSignIn(keys, said))

    async def _still_in(self, agent_id: int, keys: Keys) -> bool:
        """See `LetInBehind`: the agent's state is what any session may ask for. Raises Unavailable."""
        answer = await self._parts.service.call(Message("GET", f"{PREFIX}/onlineagent/{agent_id}/agentstatus"), keys)
        if answer.retcode in NOT_DONE:
            raise Unavailable(CANNOT_SERVE)
        return not answer.over

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

    async def _announced(self, agent_id: int, message: Message) -> _SignInAnswer:
        """Asks while the record tells of it: a session that the service ends for this one is not given up before."""
        if not agent_id:
            return _SignInAnswer(await self._ask_in_time(agent_id, message), None)
        store, token = self._parts.store.shard_of(agent_id), new_session_id()

        def rule(record: Record) -> Change[str]:
            return Change(standing(record), announce(record, token, store.now_ms()))

        before = await store.apply(agent_id, rule)
        let_in = False
        try:
            answer = await self._ask_in_time(agent_id, message)
            let_in = answer.retcode == retcodes.SUCCESS
        finally:
            if not let_in:
                with suppress(StoreUnavailable):
                    await store.apply(agent_id, lambda record: Change(None, abandon(record, token)))
        return _SignInAnswer(answer, before)

    async def _ask_in_time(self, agent_id: int, message: Message) -> ServiceAnswer:
        """All calls together within the time of one, so that the announcement outlasts them."""
        service = self._parts.service
        by_s = service.by_s()
        answer = await service.call(message, by_s=by_s, agent_id=agent_id)
        if answer.retcode == retcodes.ALREADY_SIGNED_IN and await self._leave_lost(agent_id, by_s):
            answer = await service.call(message, by_s=by_s, agent_id=agent_id)
        return answer

    async def _leave_lost(self, agent_id: int, by_s: float) -> bool:
        """Signs out a session whose sign-in answer was lost, so that it does not block the agent."""
        store = self._parts.store.shard_of(agent_id)
        session = (await store.read(agent_id)).session
        if session is None or session.upstream is None or not answer_was_lost(session, store.now_ms()):
            return False
        await self.leave(agent_id, self._parts.sealer.unseal(session.id, session.upstream.key), by_s=by_s)
        return True

    async def leave(self, agent_id: int, keys: Keys, code: int = 0, by_s: float | None = None) -> ServiceAnswer:
        """Signs out there, in whatever state the agent is; `code` is a cause of 1 to 255. Raises Unavailable."""
        operation = f"forcelogoutwithreason/{code}" if code else "forcelogout"
        target = f"{PREFIX}/onlineagent/{agent_id}/{operation}"
        return await self._parts.service.call(Message("DELETE", target, content_type=SENT_JSON), keys, by_s=by_s)

    async def withdraw(self, admitted: Admitted) -> None:
        """See `Backend.withdraw`: signs out there, if it can be reached."""
        with suppress(Unavailable):
            await self.leave(admitted.agent_id, AcceptedSignIn.of(admitted).keys)


def _account(message: Message) -> str:
    """Stands for somebody named by account, as long for any length of it and alike for spellings of one name.

    Raises Refused where several names are given: nobody knows which one the service takes.
    """
    said = from_json(message.body) if message.body else {}
    members = said.items() if isinstance(said, dict) else ()
    named = [(name, value) for name, value in (*members, *parse_qsl(message.target.partition("?")[2]))]
    accounts = {_plain(value) for name, value in named if name.casefold() == "account" and value not in (None, "")}
    if len(accounts) > 1:
        raise Refused(retcodes.BAD_SIGN_IN, "account: must be given once")
    return "?" + hashlib.sha256("".join(accounts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _plain(account: Any) -> str:
    """As services compare names: without case, white space around, and forms of one letter."""
    return unicodedata.normalize("NFKC", str(account)).strip().casefold()


def _agent_id(answer: ServiceAnswer) -> int:
    agent_id = whole_number(str(read_result(answer.body, "workno")), 1, AGENT_ID_MAX)
    if agent_id is None:
        raise Unavailable(CANNOT_SERVE)
    return agent_id
