"""Wires the parts of one gateway process from its settings, and runs the periodic ones."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

from gateway.agents import demo
from gateway.agents.authentication import Authentication
from gateway.agents.follow import follow
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.core.plan import Plan
from gateway.backends.embedded.plan_file import read as read_plan
from gateway.backends.embedded.scheduler import Scheduler
from gateway.backends.upstream.centre import UpstreamCentre
from gateway.backends.upstream.opening import open_upstream
from gateway.edge import forward_auth
from gateway.edge.client_address import client_address
from gateway.edge.dispatch import Edge
from gateway.edge.services import Services
from gateway.events.delivery import Deliveries
from gateway.events.hand_outs import HandOuts
from gateway.events.parking import Parking
from gateway.events.poll import Due, PollService
from gateway.events.push import PushService
from gateway.listeners.development_certificate import FOLDER
from gateway.ops import health, logs
from gateway.ops.jobs import Job
from gateway.redis_link.shards import shard_tags
from gateway.sessions.admin_routes import session_routes
from gateway.sessions.guid import KeyRing, random_key_ring
from gateway.sessions.key_check import check_keys
from gateway.sessions.over_shards import over_shards
from gateway.sessions.policy import Policy
from gateway.sessions.refusal import CannotServeError
from gateway.sessions.secret_file import read_secret_file
from gateway.sessions.service import SessionService
from gateway.sessions.store import SessionStore
from gateway.sessions.sweep import Sweeper
from gateway.settings.files import exists
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import Settings
from gateway.stores import Stores, open_stores
from gateway.tokens.certificate import ExpiryWatch
from gateway.tokens.room import TokenRoom, agent_check
from gateway.wire.errors import StoreUnavailable

_LOG = logging.getLogger(__name__)
BEGIN_EVERY_S = 1.0


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
        scheduler: Scheduler | None = None,
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
        self.tokens = TokenRoom(
            lambda: live.current,
            stores.tokens,
            lambda request: client_address(request, live.current.trusted_proxies).ip,
            stores.sessions.now_ms,
        )
        authentication = self._authentication(registry) if registry else None
        self.backend = backend = (
            self._embedded(registry, authentication, scheduler) if registry and authentication else self._upstream()
        )
        self.sweeper = Sweeper(service, lambda: self._policy, backend.sign_out)
        stores.sessions.on_wake(self.parking.wake)
        due = Due(lambda record: backend.due_ms(record.state), backend.come_due)
        hand_outs = HandOuts(service.note_hand_out)
        deliveries = Deliveries(stores.queue)
        polls = PollService(service, stores.queue, self.parking, deliveries, hand_outs, due, lambda: live.current)
        self.push = PushService(service, stores.queue, stores.push_nodes, due, lambda: live.current, self.sweeper.hurry)
        stores.sessions.on_wake(self.push.wake)
        self.admin_routes = session_routes(service, self.sweeper.hurry)
        services = Services(
            lambda: live.current,
            service,
            polls,
            hand_outs,
            self.push,
            backend,
            registry,
            authentication,
            self.sweeper.hurry,
        )
        pages = health.pages({"store": self.store_reason}, {"settings": self._settings_reason, **stores.remarks})
        self.edge = Edge(services, {**pages, **forward_auth.pages(services), **self.tokens.pages()})

    def _authentication(self, registry: AgentRegistry) -> Authentication:
        stores = self.stores
        book = stores.password_book(registry)
        return Authentication(registry, book, stores.attempts, self._pool, lambda: self.live.current, self._agent_check)

    def _embedded(
        self, registry: AgentRegistry, authentication: Authentication, scheduler: Scheduler | None
    ) -> EmbeddedCentre:
        settings = self.live.current
        return EmbeddedCentre(
            self.sessions,
            registry,
            authentication,
            self.stores.queue,
            node=settings.node_name,
            nodes=self.stores.centre_nodes,
            cluster=settings.server_name,
            plan=_plan(settings, registry),
            scheduler=scheduler,
        )

    def _upstream(self) -> UpstreamCentre:
        stores = self.stores
        return open_upstream(
            self.sessions,
            stores.queue,
            stores.attempts,
            stores.upstream_nodes,
            lambda: self.live.current,
            self._owes,
        )

    def _owes(self) -> None:
        self.sweeper.hurry()

    @property
    def centre(self) -> EmbeddedCentre:
        """The contact centre in this process, with BACKEND = embedded."""
        return cast(EmbeddedCentre, self.backend)

    def _settings_changed(self, _old: Settings, new: Settings) -> None:
        self._policy = Policy(new)
        logs.set_level(new.log_level)

    async def store_reason(self) -> str | None:
        """Why the store is not ready, None when it is."""
        reasons = await self._shard_reasons()
        if len(reasons) == 1 or not any(reasons):
            return reasons[0]
        tags = shard_tags(self.live.current.store_tag, len(reasons))
        return "; ".join(f"{{{tag}}}: {reason}" for tag, reason in zip(tags, reasons, strict=True) if reason)

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
        return refused if self.live.last_error else None

    async def start(self) -> None:
        """Opens the store and checks it. Raises CannotServeError; a store out of reach is waited for later."""
        await self.stores.start()
        try:
            await self._begin()
        except StoreUnavailable:
            _LOG.warning("the store is out of reach: calls are answered 503 until it is back")

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
            "begin": self._keep_beginning,
            "push": self.push.run,
            "token-files": self.tokens.follow,
            "backend": backend.run,
        }
        if registry is not None:
            jobs["agents-file"] = lambda: follow(registry)
        chain = _certificate(self.live.current)
        if chain is not None:
            jobs["certificate-expiry"] = ExpiryWatch(chain).run
        return jobs

    async def _begin(self) -> None:
        await self.stores.agree()
        await over_shards(self.stores.sessions, self._begin_in)

    async def _begin_in(self, shard: SessionStore) -> None:
        begun = self._begun
        if shard not in begun:
            await check_keys(shard, self._ring)
            await self.backend.start(shard)
            begun.add(shard)

    async def _keep_beginning(self) -> None:
        """A shard that was out of reach at the start may hold sessions whose key we lack: then CannotServeError.

        So may the number of shards change under us.
        """
        beginning = Job("begin", passes=(CannotServeError,))
        while True:
            await beginning.attempt(self._begin)
            await asyncio.sleep(BEGIN_EVERY_S)

    async def close(self) -> None:
        """Lets go of the store and the threads."""
        async with AsyncExitStack() as stack:
            stack.callback(self._pool.close)
            stack.push_async_callback(self.stores.close)
            stack.push_async_callback(self.backend.close)
            stack.push_async_callback(self.push.close)
            stack.push_async_callback(self.tokens.close)
            if self._agent_check is not None:
                stack.push_async_callback(self._agent_check.close)


async def _reason(shard: SessionStore) -> str | None:
    """Why a shard is not ready, None when it is."""
    try:
        await shard.read(0)
    except StoreUnavailable as why:
        return why.message
    return None


def make_app(live: LiveSettings) -> App:
    """An app from settings alone.

    Raises SettingsError, AgentsFileError, PlanFileError and SecretFileError.
    """
    settings = live.current
    registry = _registry(settings) if settings.backend == "embedded" else None
    ring = read_secret_file(settings.guid_secret_file) if settings.guid_secret_file else random_key_ring()
    return App(live, registry, ring, open_stores(lambda: live.current))


def _certificate(settings: Settings) -> Path | None:
    """The chain of the HTTPS listener, None where there is none."""
    if not settings.https_port:
        return None
    made = settings.var_dir / FOLDER / "cert.pem" if settings.var_dir else None
    return settings.tls_cert_file or made


def _plan(settings: Settings, registry: AgentRegistry) -> Plan:
    """How the contact centre is set up. Raises PlanFileError."""
    path = settings.contact_center_file
    if path is None:
        return Plan(vdn_id=settings.vdn_id)
    if not exists(path):
        _LOG.warning("CONTACT_CENTER_FILE %s: there is no such file: the contact centre has no numbers", path)
        return Plan(vdn_id=settings.vdn_id)
    return read_plan(path, registry.skills(), settings.vdn_id)


def _registry(settings: Settings) -> AgentRegistry:
    if settings.agents_file is None:
        raise SettingsError([Problem("AGENTS_FILE", "", "", "is empty: name the file with the agents")])
    return AgentRegistry(settings.agents_file)
