"""The contact centre behind the gateway, as the edge and the sweeper see it (`Backend`), and how it is opened."""

import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import unquote

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import Attempts
from gateway.backend import (
    Admitted,
    BackendAnswer,
    Declined,
    End,
    EndReason,
    Entered,
    Leave,
    LiveSession,
    Message,
    OperationRequest,
    Sink,
    Upstream,
)
from gateway.events.claims import PushNodes
from gateway.interface.operation import AnswerKind as Shape
from gateway.ops.process import allow_open_files
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue, SessionStore
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.event_fetchers import EventFetchers
from gateway.upstream.service_answers import NOT_DONE, ServiceAnswer
from gateway.upstream.service_client import CANNOT_SERVE, PREFIX, ServiceClient
from gateway.upstream.session_client import SessionAnswer, SessionClient, SessionGone, still_open
from gateway.upstream.upstream_sign_in import AcceptedSignIn, SignInParts, UpstreamSignIn
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from gateway.wire.trust import TrustError, client_context

GIVE_UP_AFTER_MS: Final = 3_600_000
"""By then the service has long signed out an agent of whom it heard nothing."""

_WITH_PASSWORD: Final = frozenset({"modifyAccountPwd", "modifyAccountPwdEx"})
"""Operations that tell whether a password is right."""


class UpstreamCentre:
    """The service at UPSTREAM_URL."""

    def __init__(
        self,
        store: SessionStore,
        queue: EventQueue,
        service: ServiceClient,
        sealer: Sealer,
        sign_in: UpstreamSignIn,
        session_client: SessionClient,
        fetchers: EventFetchers,
        sink: Sink,
    ) -> None:
        self._store = store
        self._queue = queue
        self._service = service
        self._sealer = sealer
        self._sign_in = sign_in
        self._session_client = session_client
        self._fetchers = fetchers
        self._sink = sink
        self._effects: Mapping[str, Callable[[OperationRequest], Awaitable[None]]] = {
            "syncagentinfo": self._forget_events,
            "setAgentTimeOut": self._set_time_out,
        }
        self.admit = sign_in.admit
        self.withdraw = sign_in.withdraw
        self.opened = fetchers.opened
        self.run = fetchers.run

    async def enter(self, admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
        """See `Backend.enter`: the agent is in there already; the session here keeps the key."""
        let_in = AcceptedSignIn.of(admitted)
        key = self._sealer.seal(session_id, let_in.keys)
        return Entered(let_in.answer, upstream=Upstream(key, self._fetchers.process))

    async def perform(self, request: OperationRequest) -> BackendAnswer:
        """See `Backend.perform`. Raises Refused (`100-006`) when the session is over there; it is then over here."""
        if request.operation.name not in _WITH_PASSWORD:
            return await self._perform(request)
        address = request.message.address()
        return await self._sign_in.judged(str(request.agent_id), address, lambda: self._perform(request))

    async def _perform(self, request: OperationRequest) -> BackendAnswer:
        answer = await self._relayed(request)
        effect = self._effects.get(request.operation.name)
        if effect is not None and answer.retcode == retcodes.SUCCESS:
            await effect(request)
        return answer

    async def _relayed(self, request: OperationRequest) -> BackendAnswer:
        agent_id, session_id, upstream, message = (
            request.agent_id,
            request.session_id,
            request.upstream,
            request.message,
        )
        _refuse_dots(message.target)
        file = request.operation.answer is Shape.FILE
        try:
            heard = await self._ask(agent_id, session_id, upstream, message, file=file)
        except SessionGone as gone:
            await self._session_client.end(agent_id, gone)
            still_open(await self._store.read(agent_id), session_id)
            # A newer GUID came just now, or a sign-in is under way: `100-006` would throw the desktop out.
            raise Unavailable(CANNOT_SERVE) from None
        return BackendAnswer(heard.answer.body, heard.answer.retcode, heard.answer.headers)

    async def _ask(
        self, agent_id: int, session_id: str, upstream: Upstream | None, message: Message, *, file: bool = False
    ) -> SessionAnswer:
        """Raises Gone, Refused (`100-006`) for a session without counterpart there, and Unavailable."""
        if upstream is None:
            raise Refused(retcodes.NOT_SIGNED_IN)

        async def send(keys: Keys) -> ServiceAnswer:
            return await self._service.call(message, keys, file=file)

        heard = await self._session_client.ask(agent_id, session_id, upstream, send)
        try:
            with suppress(StoreUnavailable):
                # The operation is done; a poll will hand this GUID out again.
                await self._session_client.follow(agent_id, session_id, heard)
        except BaseException:
            if not isinstance(heard.answer.body, bytes):
                await heard.answer.body.aclose()
            raise
        return heard

    async def _forget_events(self, request: OperationRequest) -> None:
        """A desktop that was loaded again begins anew: what was fetched before is old as well."""
        await self._queue.clear(request.agent_id, request.session_id)

    async def _set_time_out(self, request: OperationRequest) -> None:
        """Whether silence may end the session is ours to know too."""
        silent = request.values.get("flag", "").lower() != "true"
        self._sink.may_be_silent(request.agent_id, request.session_id, silent)

    async def ask_to_leave(self, live: LiveSession, request: OperationRequest | None = None) -> Leave:
        """See `Backend.ask_to_leave`: the only question that the service takes is the sign-out itself."""
        if request is None:
            return await self._sign_out(live)
        answer = await self._relayed(request)
        if answer.retcode != retcodes.SUCCESS:
            raise Declined(answer)
        return Leave(answer, told=True)

    async def _sign_out(self, live: LiveSession) -> Leave:
        """A sign-out of ours, which is refused while the agent is in a call."""
        message = Message("DELETE", f"{PREFIX}/onlineagent/{live.agent_id}/logout")
        try:
            heard = await self._ask(live.agent_id, live.session_id, live.upstream, message)
        except SessionGone:
            return Leave(told=True)
        answer = heard.answer
        if answer.retcode in NOT_DONE:
            raise Unavailable(CANNOT_SERVE)
        if answer.retcode != retcodes.SUCCESS:
            raise Declined(BackendAnswer(answer.body, answer.retcode, answer.headers))
        return Leave(told=True)

    def stay(self, agent_id: int, session_id: str) -> None:
        """See `Backend.stay`: the service has signed the agent out, so the session ends once the store is back."""
        self._sink.ended(agent_id, session_id, EndReason.SIGNED_OUT)

    async def leave(self, end: End) -> None:
        """See `Backend.leave`: by what the session carried there, unless a later session carries the same."""
        store = self._store.shard_of(end.agent_id)
        if end.upstream is None or store.now_ms() - end.ended_ms > GIVE_UP_AFTER_MS:
            return
        later = (await store.read(end.agent_id)).session
        in_use = {keys.guid for keys in self._all_keys(later.id, later.upstream)} if later is not None else set()
        for keys in self._all_keys(end.session_id, end.upstream):
            if keys.guid in in_use:
                return
            answer = await self._sign_in.leave(end.agent_id, keys, end.code)
            if answer.retcode in NOT_DONE:
                raise Unavailable(CANNOT_SERVE)
            if not answer.over:
                return

    def _all_keys(self, session_id: str, upstream: Upstream | None) -> list[Keys]:
        sealed = (upstream.key, upstream.former) if upstream is not None else ()
        return [self._sealer.unseal(session_id, text) for text in sealed if text]

    def resume(self, sessions: Sequence[LiveSession]) -> None:
        """See `Backend.resume`: `event_fetchers` finds the sessions that nobody fetches for."""

    def compare(self, live: Mapping[int, str]) -> None:
        """See `Backend.compare`: who is signed in there alone signs out there by its own limits."""

    async def close(self) -> None:
        """Lets go of sessions and connections."""
        await self._fetchers.close()
        await self._service.close()


def _refuse_dots(target: str) -> None:
    """Some servers resolve `..` before they look who calls; no parameter needs it."""
    path = target.partition("?")[0]
    if not ("." in path or "%" in path):
        return
    if any(segment in {".", ".."} for segment in unquote(path).split("/")):
        raise Refused(retcodes.BAD_PARAMETER)


OTHER_FILES: Final = 1024
_LOG = logging.getLogger(__name__)


def open_upstream(
    sessions: SessionService,
    queue: EventQueue,
    attempts: Attempts,
    nodes: PushNodes,
    settings: Callable[[], Settings],
    ended: Callable[[], None],
    sink: Sink,
) -> UpstreamCentre:
    """The centre that the settings name; `ended` is called when it is owed an end. Raises SettingsError."""
    try:
        trust = service_trust(settings())
    except TrustError as problem:
        raise SettingsError([Problem(trust_files(settings()), "", "", str(problem))]) from None
    _make_room(settings())
    store = sessions.store
    service, sealer = ServiceClient(settings, trust), Sealer(sessions.ring)
    limiter = AttemptLimiter(attempts, lambda: settings().login_address_limit)
    sign_in = UpstreamSignIn(SignInParts(store, limiter, service, sealer))
    session_client = SessionClient(store, service, sealer, ended)
    fetchers = EventFetchers(settings().node_name, store, queue, service, session_client, nodes)
    return UpstreamCentre(store, queue, service, sealer, sign_in, session_client, fetchers, sink)


def service_trust(settings: Settings) -> ssl.SSLContext:
    """What the service behind is trusted by, and what it is shown. Raises TrustError."""
    return client_context(settings.upstream_ca_file, settings.upstream_cert_file, settings.upstream_key_file)


def trust_files(settings: Settings) -> str:
    """The settings that say so, for messages."""
    own = ", UPSTREAM_CERT_FILE, UPSTREAM_KEY_FILE" if settings.upstream_cert_file else ""
    return f"UPSTREAM_CA_FILE{own}"


def files_wanted(settings: Settings) -> int:
    """How many files a process opens at most: an agent needs two connections, its own and the one for its events."""
    return 2 * settings.upstream_connections + settings.upstream_calls + OTHER_FILES


def _make_room(settings: Settings) -> None:
    wanted = files_wanted(settings)
    allowed = allow_open_files(wanted)
    if allowed < wanted:
        agents = max(0, (allowed - settings.upstream_calls - OTHER_FILES) // 2)
        _LOG.warning("this process may open %d files, enough for about %d agents: raise ulimit -n", allowed, agents)
