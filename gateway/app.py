"""Wires the parts of one gateway process from its settings, and runs the periodic ones."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

from gateway.agents import demo
from gateway.agents.authentication import Authentication
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backend import Backend
from gateway.edge import forward_auth
from gateway.edge.agent_request import Services
from gateway.edge.client_address import client_address
from gateway.edge.dispatch import Edge, Page
from gateway.events.delivery import Deliveries, HandOuts, SignInAnswers
from gateway.events.parking import Parking
from gateway.events.poll import PollService
from gateway.events.push import PushService
from gateway.interface.operation import OperationTable
from gateway.listeners.development_certificate import served_chain
from gateway.listeners.serve import Listeners
from gateway.nodes import health
from gateway.nodes.node_keeper import Drain, NodeKeeper, Traffic
from gateway.ops import logs
from gateway.ops.jobs import Job
from gateway.rows import ALL_OPERATIONS
from gateway.sessions.guid import KeyRing, random_key_ring, read_secret_file
from gateway.sessions.live import check_keys, live_sessions
from gateway.sessions.outbox import Outbox
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import CannotServeError, SessionStore, over_shards
from gateway.sessions.survey import Survey
from gateway.sessions.sweep import Sweeper
from gateway.settings.cross_checks import DANGERS
from gateway.settings.live_file import follow
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import BY_ATTRIBUTE, Settings
from gateway.stores import Stores, event_bounds, memory_stores
from gateway.tokens.certificate import ExpiryWatch
from gateway.tokens.token_service import TokenService, agent_check
from gateway.trace.traces import Traces
from gateway.wire.errors import StoreUnavailable
from gateway.wire.http import Request

if TYPE_CHECKING:
    from gateway.contact_centre.centre import ContactCentre
    from gateway.contact_centre.scheduler import Scheduler

_LOG = logging.getLogger(__name__)
BEGIN_EVERY_S = 1.0
COMPARE_EVERY_S = 60.0
LEAVE_S = 0.5


class App:
    """One gateway: `edge.handle` answers requests while `run` does the periodic work.

    With BACKEND = upstream there is no registry, because the service behind knows the agents.
    """

    def __init__(
        self,
        live: LiveSettings,
        registry: AgentRegistry | None,
        ring: KeyRing,
        stores: Stores,
        scheduler: "Scheduler | None" = None,
    ) -> None:
        self.live = live
        self.stores = stores
        self.parking = Parking(lambda: live.current.drain_time_ms / 1000)
        self._begun: set[SessionStore] = set()
        self._registry = registry
        self._ring = ring
        self._policy = Policy(live.current)
        self._pool = PasswordPool()
        live.subscribe(self._settings_changed)
        self.sessions = service = SessionService(stores.sessions, ring, lambda: self._policy)
        self._agent_check = agent_check(live.current)
        self.tokens = TokenService(lambda: live.current, stores.tokens, self._address, stores.sessions.now_ms)
        self.traces = Traces(stores.traced, live.current.node_name, self.audit_key(), stores.sessions.now_ms)
        self.outbox = Outbox(service, stores.queue, event_bounds(lambda: live.current), self._owes, traces=self.traces)
        self.centre = self._embedded(registry, scheduler) if registry else None
        self.backend: Backend = self.centre or self._upstream()
        service.ask_to_leave, service.stay = self.backend.ask_to_leave, self.backend.stay
        self.sweeper = Sweeper(service, lambda: self._policy, self.backend.leave)
        stores.sessions.on_wake(self.parking.wake)
        hand_outs, sign_ins = HandOuts(service.note_hand_out), SignInAnswers(service.note_lost_answer)
        deliveries = Deliveries(stores.queue, stores.sessions)
        polls = PollService(service, self.parking, deliveries, hand_outs, lambda: live.current)
        pushed = service, stores.queue, stores.push_nodes, lambda: live.current, self._owes
        self.push = PushService(*pushed, traces=self.traces)
        stores.sessions.on_wake(self.push.wake)
        self.survey = Survey(service, lambda: self._policy, stores.audit.read if stores.audit else None)
        self.drain = Drain()
        self.drain.follow(self.parking.hold_none)
        self.node = NodeKeeper(live.current.node_name, stores.nodes, self.drain, stores.sessions.now_ms)
        self.siblings: Callable[[], None] = _alone
        own_remarks = {"settings": self._settings_reason, "secret": self._secret_reason}
        self.remarks: dict[str, health.Reason] = {**own_remarks, **stores.remarks}
        given = service, polls, hand_outs, sign_ins, self.push, self.backend, self._owes, self.drain
        self.edge = self._entrance(Services(lambda: live.current, *given))

    def _entrance(self, services: Services) -> Edge:
        """The edge with the table of operations, and the pages beside the agent interface."""
        table = OperationTable(ALL_OPERATIONS)
        healthy = health.pages({"store": self.store_reason, "drain": self.drain.reason}, self.remarks)
        authorises = forward_auth.pages(services, table)
        pages = {**healthy, **authorises, **self.tokens.pages(), **self._desk_pages()}
        return Edge(services, table, pages, self.traces)

    def _address(self, request: Request) -> str:
        return client_address(request, self.live.current.trusted_proxies).ip

    def open_to(self, listeners: Listeners) -> None:
        """These are the listeners: they follow a drain, and what is there is counted."""
        self.drain.follow(listeners.shed)
        self.node.traffic = lambda: Traffic(listeners.open_connections, listeners.running_requests, len(self.parking))

    def _desk_pages(self) -> Mapping[str, Page]:
        """None but with the embedded contact centre: only there are demo agents."""
        if self.centre is None or self._registry is None:
            return {}
        from gateway.embedded import desk  # noqa: PLC0415 - as in _embedded

        return desk(lambda: self.live.current, self.sessions, self._registry, self.centre)

    def _authentication(self, registry: AgentRegistry) -> Authentication:
        stores = self.stores
        book = stores.password_book(registry)
        return Authentication(registry, book, stores.attempts, self._pool, lambda: self.live.current, self._agent_check)

    def _embedded(self, registry: AgentRegistry, scheduler: "Scheduler | None") -> "ContactCentre":
        # Either contact centre is loaded where it is the one in force: the other has no part in the process.
        from gateway.embedded import open_centre  # noqa: PLC0415

        given = registry, self._authentication(registry), self.outbox, self.stores.sessions.now_ms, scheduler
        return open_centre(self.live.current, *given)

    def _upstream(self) -> Backend:
        from gateway.upstream.upstream_centre import open_upstream  # noqa: PLC0415 - as in _embedded

        stores = self.stores
        return open_upstream(
            self.sessions,
            stores.queue,
            stores.attempts,
            stores.upstream_nodes,
            lambda: self.live.current,
            self._owes,
            self.outbox,
        )

    def audit_key(self) -> bytes:
        """What hides session ids in the audit trail; the same on all nodes that make GUIDs with one secret."""
        return self._ring.sealing_keys("audit")[self._ring.making]

    def passwords_waiting(self) -> int:
        """How many sign-ins wait for a thread to check their password."""
        return self._pool.waiting

    def _owes(self) -> None:
        self.sweeper.hurry()

    def _settings_changed(self, old: Settings, new: Settings) -> None:
        self._policy = Policy(new)
        self.sweeper.settings_changed(old, new)
        logs.set_level(new.log_level)

    async def store_reason(self) -> str | None:
        """Why the store is not ready, None when it is."""
        reasons = await self._shard_reasons()
        if len(reasons) == 1 or not any(reasons):
            return reasons[0]
        told = zip(self.stores.tags, reasons, strict=True)
        return "; ".join(f"{{{tag}}}: {reason}" for tag, reason in told if reason)

    async def shards_away(self) -> int:
        """How many shards of the store are out of reach."""
        return sum(map(bool, await self._shard_reasons()))

    async def _shard_reasons(self) -> list[str | None]:
        """Why each shard is not ready, in the words of its connections where they have some; None for one that is."""
        found = await asyncio.gather(*map(_reason, self.stores.sessions.shards()))
        return [word or reason for reason, word in zip(found, self.stores.reasons(), strict=True)]

    async def _settings_reason(self) -> str | None:
        refused = (
            "the settings file as it stands is refused, the values before it are in force: see the log "
            "(SIGHUP takes one over that only looks half-written)"
        )
        return refused if self.live.last_error else _danger(self.live.current)

    async def _secret_reason(self) -> str | None:
        """Why GUIDs can be guessed, None where that is not known."""
        weak = ", ".join(self._ring.weak_keys())
        return f"GUID_SECRET_FILE: {weak} is not random, so that anybody can make GUIDs: replace it" if weak else None

    async def start(self) -> None:
        """Opens the store and checks it. Raises CannotServeError; a store out of reach is waited for later."""
        for reason in (await self._secret_reason(), _danger(self.live.current)):
            if reason:
                _LOG.error("%s", reason)
        await self.stores.start()
        try:
            await self._begin()
        except StoreUnavailable:
            _LOG.warning("the store is out of reach: calls are answered 503 until it is back")

    def give_way(self) -> None:
        """This process is about to end: held polls are answered, and another contact centre may wait for the floor."""
        self.parking.drain()
        if self.stores.floor is not None:
            self.stores.floor.drain()

    def tell_demo_agents(self) -> None:
        """Names those that are there."""
        if self._registry is not None:
            demo.tell(self._registry.all(), self.live.current)

    def jobs(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """The periodic work by its name in the metrics; each runs until cancelled."""
        registry, backend = self._registry, self.backend
        jobs = {
            "sweep": self.sweeper.run,
            "settings": self.live.watch,
            "node": self.node.keep,
            "begin": self._keep_beginning,
            "push": self.push.run,
            "token-files": self.tokens.follow,
            "backend": backend.run,
            "compare": self._keep_comparing,
            "trace": self.traces.run,
        }
        if self.stores.floor is not None:
            jobs["floor"] = self.stores.floor.run
        if registry is not None:
            jobs["agents-file"] = lambda: follow([registry.file])
        chain = served_chain(self.live.current.tls_cert_file, self.live.current.var_dir)
        if chain is not None and self.live.current.https_port:
            jobs["certificate-expiry"] = ExpiryWatch(chain).run
        return jobs

    async def _begin(self) -> None:
        await self.stores.agree()
        await over_shards(self.stores.sessions, self._begin_in)

    async def _begin_in(self, shard: SessionStore) -> None:
        begun = self._begun
        if shard not in begun:
            await check_keys(shard, self._ring)
            await self.stores.begin(shard)
            self.backend.resume(await live_sessions(shard, self.stores.queue))
            begun.add(shard)

    async def _keep_beginning(self) -> None:
        """A shard that was out of reach at the start may hold sessions whose key we lack: then CannotServeError.

        So may the number of shards change under us.
        """
        beginning = Job("begin", passes=(CannotServeError,))
        while True:
            await beginning.attempt(self._begin)
            await asyncio.sleep(BEGIN_EVERY_S)

    async def _keep_comparing(self) -> None:
        """A safety net: the backend lets go of agents whose sessions are over without its having heard so."""
        comparing = Job("compare")
        while True:
            await asyncio.sleep(COMPARE_EVERY_S)
            await comparing.attempt(self._compare)

    async def _compare(self) -> None:
        self.backend.compare({seen.agent_id: seen.session_id for seen in await self.stores.sessions.live()})

    async def close(self) -> None:
        """Lets go of the store and the threads."""
        async with AsyncExitStack() as stack:
            stack.callback(self._pool.close)
            stack.push_async_callback(self.stores.close)
            stack.push_async_callback(self._leave)
            stack.push_async_callback(self.outbox.close)
            stack.push_async_callback(self.backend.close)
            stack.push_async_callback(self.push.close)
            stack.push_async_callback(self.tokens.close)
            if self._agent_check is not None:
                stack.push_async_callback(self._agent_check.close)

    async def _leave(self) -> None:
        """Other nodes hear that this process is gone; where they cannot, its silence tells it."""
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self.node.leave()


def _alone() -> None:
    """There are no other workers."""


async def _reason(shard: SessionStore) -> str | None:
    """Why a shard is not ready, None when it is."""
    try:
        await shard.read(0)
    except StoreUnavailable as why:
        return why.message
    return None


def open_stores(settings: Callable[[], Settings]) -> Stores:
    """The stores that the settings ask for. Raises SettingsError."""
    if not settings().redis_url:
        return memory_stores(settings)
    # All that knows Redis is loaded where there is one: without, a start is quicker and a process smaller.
    from gateway.redis_stores import redis_stores  # noqa: PLC0415

    return redis_stores(settings)


def make_app(live: LiveSettings) -> App:
    """An app from settings alone.

    Raises SettingsError, AgentsFileError, PlanFileError and SecretFileError.
    """
    settings = live.current
    registry = _registry(settings) if settings.backend == "embedded" else None
    ring = read_secret_file(settings.guid_secret_file) if settings.guid_secret_file else random_key_ring()
    return App(live, registry, ring, open_stores(lambda: live.current))


def _registry(settings: Settings) -> AgentRegistry:
    if settings.agents_file is None:
        raise SettingsError([Problem("AGENTS_FILE", "", "", "is empty: name the file with the agents")])
    return AgentRegistry(settings.agents_file)


def _danger(settings: Settings) -> str | None:
    """What the settings allow that nobody should, None for nothing."""
    found = ((check, check.complaint(settings)) for check in DANGERS)
    told = [f"{BY_ATTRIBUTE[check.attributes[0]].key}: {complaint}" for check, complaint in found if complaint]
    return "; ".join(told) or None
