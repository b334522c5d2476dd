"""The contact centre behind the gateway, as the edge and the sweeper see it: `Relay`."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from gateway.backends.relay import Entered, Keys, RelayCall, Relayed
from gateway.backends.upstream.answers import Answer
from gateway.backends.upstream.entrance import Entrance
from gateway.backends.upstream.lines import Lines
from gateway.backends.upstream.messenger import Gone, Messenger, still_open
from gateway.backends.upstream.seal import Sealer
from gateway.backends.upstream.service import CANNOT_SERVE, Service
from gateway.operations import operation as rows
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import End, Event, Upstream
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Admission, change_state
from gateway.sessions.store import EventQueue, SessionStore
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable

GIVE_UP_AFTER_MS: Final = 3_600_000
"""By then the service has long signed out an agent of whom it heard nothing."""
_NOT_DONE: Final = frozenset({retcodes.UNAVAILABLE, "000-004", "105-002"})
"""What it says when it could not act: an error of its own, a switch-over under way."""

_WITH_PASSWORD: Final = frozenset({"modifyAccountPwd", "modifyAccountPwdEx"})
"""Operations that tell whether a password is right."""

_LOG = logging.getLogger(__name__)


class UpstreamCentre:
    """`Relay` to the service at UPSTREAM_URL."""

    def __init__(
        self,
        sessions: SessionService,
        queue: EventQueue,
        service: Service,
        sealer: Sealer,
        entrance: Entrance,
        messenger: Messenger,
        lines: Lines,
    ) -> None:
        self._sessions = sessions
        self._queue = queue
        self._service = service
        self._sealer = sealer
        self._entrance = entrance
        self._messenger = messenger
        self._lines = lines
        self._effects: Mapping[str, Callable[[RelayCall], Awaitable[None]]] = {
            "syncagentinfo": self._forget_events,
            "setAgentTimeOut": self._set_time_out,
        }
        self.enter = entrance.enter
        self.give_back = entrance.give_back
        self.opened = lines.opened
        self.run = lines.run

    async def start(self, _store: SessionStore) -> None:
        """Nothing is to be done before the first call."""

    def admission(self, entered: Entered, session_id: str) -> Admission:
        """See `Relay.admission`."""
        key = self._sealer.seal(session_id, entered.keys)
        return Admission(AgentState(), upstream=Upstream(key, self._lines.process))

    async def perform(self, call: RelayCall) -> Relayed:
        """See `Relay.perform`."""
        _refuse_dots(call.sent.target)
        if call.operation.name not in _WITH_PASSWORD:
            return await self._perform(call)
        return await self._entrance.judged(str(call.record.agent_id), call.sent.address, lambda: self._perform(call))

    async def _perform(self, call: RelayCall) -> Relayed:
        file = call.operation.answer is rows.Answer.FILE
        agent_id, session_id = call.record.agent_id, call.session.id

        async def send(keys: Keys) -> Answer:
            return await self._service.call(call.sent, keys, file=file)

        try:
            heard = await self._messenger.ask(call.record, session_id, send)
        except Gone as gone:
            await self._messenger.end(agent_id, gone)
            still_open(await self._sessions.store.read(agent_id), session_id)
            # A newer GUID came just now, or a sign-in is under way: `100-006` would throw the desktop out.
            raise Unavailable(CANNOT_SERVE) from None
        answer = heard.answer
        with suppress(StoreUnavailable):
            # The operation is done; a poll will hand this GUID out again.
            await self._messenger.follow(agent_id, session_id, heard)
        effect = self._effects.get(call.operation.name)
        if effect is not None and answer.retcode == retcodes.SUCCESS:
            await effect(call)
        return Relayed(answer.retcode, answer.body, answer.headers)

    async def _forget_events(self, call: RelayCall) -> None:
        """A desktop that was loaded again begins anew: what was fetched before is old as well."""
        await self._queue.clear(call.record.agent_id, call.session.id)

    async def _set_time_out(self, call: RelayCall) -> None:
        """Whether silence may end the session is ours to know too."""
        runs_out = call.values.get("flag", "").lower() == "true"

        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, runs_out=runs_out), ()

        await change_state(self._sessions, call.record.agent_id, call.session.id, change)

    async def sign_out(self, end: End) -> None:
        """See `Relay.sign_out`: by what the session carried there, unless a later session carries the same."""
        if end.upstream is None or self._sessions.now_ms(end.agent_id) - end.ended_ms > GIVE_UP_AFTER_MS:
            return
        later = (await self._sessions.store.read(end.agent_id)).session
        in_use = {keys.guid for keys in self._all_keys(later.id, later.upstream)} if later is not None else set()
        for keys in self._all_keys(end.session_id, end.upstream):
            if keys.guid in in_use:
                return
            answer = await self._entrance.leave(end.agent_id, keys, end.code)
            if answer.retcode in _NOT_DONE:
                raise Unavailable(CANNOT_SERVE)
            if not answer.over:
                return

    def _all_keys(self, session_id: str, upstream: Upstream | None) -> list[Keys]:
        sealed = (upstream.key, upstream.former) if upstream is not None else ()
        return [self._sealer.unseal(session_id, text) for text in sealed if text]

    def due_ms(self, _state: AgentState) -> int | None:
        """See `Relay.due_ms`: all that time brings, it brings there."""
        return None

    async def come_due(self, agent_id: int, session_id: str) -> None:
        """See `Relay.come_due`: never."""

    async def close(self) -> None:
        """Lets go of sessions and connections."""
        await self._lines.close()
        await self._service.close()


def _refuse_dots(target: str) -> None:
    """Some servers resolve `..` before they look who calls; no parameter needs it."""
    path = target.partition("?")[0]
    if any(segment in {".", ".."} for segment in unquote(path).split("/")):
        raise Refused(retcodes.BAD_PARAMETER)
