"""Wires the admin listener: its token, its pages, its socket; with `/metrics`, in the text format of Prometheus."""

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.admin.admin_tokens import AdminTokens, open_admin_token
from gateway.admin.audit_routes import audit_route, explain_route
from gateway.admin.console_sessions import ConsoleSessions
from gateway.admin.listener import AdminListener, Begin, application
from gateway.admin.route import AdminCall, AdminPage, AdminRoute
from gateway.admin.settings_routes import settings_routes
from gateway.admin.store_routes import store_routes
from gateway.agents.admin_routes import lockout_routes
from gateway.app import App
from gateway.audit.open_trail import OpenTrail
from gateway.console.history import History, HistoryJob
from gateway.console.routes import GuessLimit, file_routes, sign_in_routes
from gateway.interface.operation import Poll, SignIn
from gateway.listeners.accepting import A_TURN, Acceptor, ConnectionLimits
from gateway.listeners.serve import Listeners
from gateway.listeners.sockets import BACKLOG, adopt, open_socket
from gateway.listeners.tls import admin_certificate
from gateway.nodes.admin_routes import LostSessions, node_routes
from gateway.ops import metrics
from gateway.rows import ALL_OPERATIONS
from gateway.sessions.admin_routes import session_routes
from gateway.sessions.survey import adoption_route
from gateway.settings.reload import LiveSettings
from gateway.sim_pages.routes import sim_routes
from gateway.wire.errors import StoreUnavailable

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SILENT_LOOKED_AT: Final = 100
MOST_NAMED: Final = 1000
MOST_CONNECTIONS: Final = 200
MOST_OF_AN_ADDRESS: Final = 100
"""Connections to the admin listener at a time: whoever opens more of them leaves files to the agents' ones."""
_FOR_EVER_MS: Final = 10**15
_LOG = logging.getLogger(__name__)


class Administration(NamedTuple):
    """The admin listener of a process, and the job that keeps the last hour for its charts."""

    listener: AdminListener
    history: HistoryJob


async def administer(
    app: App, agents: Listeners, opened: OpenTrail, given: socket.socket | None
) -> Administration | None:
    """Opens the admin listener of a process, with the audit trail and the charts; as `open_admin`."""
    history = history_job(app)
    told = [audit_route(opened.read), explain_route(opened.read, app.stores.sessions.now_ms), history.route()]
    listener = await open_admin(app, agents, given, told)
    return None if listener is None else Administration(listener, history)


async def open_admin(
    app: App, agents: Listeners, given: socket.socket | None = None, more: Sequence[AdminRoute] = ()
) -> AdminListener | None:
    """Opens the admin listener, None with ADMIN_PORT = 0; `agents` are the listeners of the agents.

    `more` are pages besides those of the app. `given` is a bound socket to use in place of ADMIN_PORT. Raises
    AdminTokenError and ListenError. With ADMIN_CLIENT_CA_FILE it speaks TLS.
    """
    settings = app.live.current
    if settings.admin_token_file is None or not (settings.admin_port or given):
        return None
    open_admin_token(settings.admin_token_file)
    tokens = AdminTokens([], settings.admin_tokens_file, settings.admin_token_file)
    sessions = ConsoleSessions(tokens)
    signing_in = sign_in_routes(sessions, GuessLimit())
    routes = [metrics_route(_probes(app, agents)), *app_routes(app), *_sim(app), *signing_in, *file_routes(), *more]
    listener = AdminListener(application(tokens, routes, sessions, settings.admin_hosts))
    certificate = admin_certificate(settings)
    door = adopt(given) if given else open_socket(settings.admin_bind_address, settings.admin_port, "ADMIN_PORT")
    await listener.open(door, accepting, certificate.context if certificate else None)
    if certificate is not None:
        agents.follow(certificate)
    _LOG.info("administration on %s, with the token in %s", listener.url, settings.admin_token_file)
    return listener


class _Limits:
    """See `ConnectionLimitSettings`."""

    connections_max = MOST_CONNECTIONS
    connections_max_address = MOST_OF_AN_ADDRESS
    trusted_proxies = ()


def accepting(listening: socket.socket, begin: Begin) -> Acceptor:
    """Takes the connections to an admin listener, and no more than its limits allow."""
    limits = ConnectionLimits(
        _Limits,
        f"ADMIN_PORT has {MOST_CONNECTIONS}, the most it may have",
        f"{{}} has {MOST_OF_AN_ADDRESS} to ADMIN_PORT, the most it may have",
    )
    listening.listen(BACKLOG)  # Given sockets may be bound alone.
    listening.setblocking(False)
    return Acceptor(listening, begin, A_TURN, limits)


def app_routes(app: App) -> list[AdminRoute]:
    """The pages about the parts of an app, whatever its contact centre is."""
    live, stores = app.live, app.stores
    return [
        *session_routes(app.sessions, app.sweeper.hurry),
        adoption_route(app.survey),
        *lockout_routes(stores.attempts, lambda: live.current.login_address_limit, stores.sessions.now_ms),
        *node_routes(app.node, partial(_lost_if_stopped, app)),
        *settings_routes(live, app.siblings),
        *store_routes(stores.state, stores.sessions.count),
        *app.traces.routes(),
    ]


async def _lost_if_stopped(app: App) -> LostSessions:
    """Sessions outlive this process but for those in its memory."""
    if app.live.current.redis_url:
        return LostSessions(0, ())
    agents = sorted(seen.agent_id for seen in await app.stores.sessions.live())
    return LostSessions(len(agents), agents[:MOST_NAMED])


def _sim(app: App) -> list[AdminRoute]:
    """The world to play in is there with BACKEND = embedded alone."""
    return sim_routes(app.centre) if app.centre is not None else []


@dataclass(frozen=True, slots=True)
class Probe:
    """A gauge, or a counter where the name ends in `_total`. `read` gives its value now, None: it is left out."""

    name: str
    description: str
    read: Callable[[], Awaitable[float | None]]


ProbeRow = tuple[str, str, Callable[[], Awaitable[float | None]]]
"""Its name without `agentgateway_`, its description, its value."""


def metrics_route(probes: Sequence[Probe]) -> AdminRoute:
    """The page `/metrics`: what this process counted, and the probes."""

    async def answer(_call: AdminCall) -> AdminPage:
        values = await asyncio.gather(*(probe.read() for probe in probes))
        read = CollectorRegistry()
        read.register(_Gauges(zip(probes, values, strict=True)))
        return AdminPage(b"".join(map(generate_latest, [*metrics.registries(), read])), CONTENT_TYPE)

    return AdminRoute("GET", "/metrics", answer)


class _Gauges(Collector):
    def __init__(self, values: Iterable[tuple[Probe, float | None]]) -> None:
        self._values = [(probe, value) for probe, value in values if value is not None]

    def collect(self) -> Iterator[Metric]:
        for probe, value in self._values:
            kind = CounterMetricFamily if probe.name.endswith("_total") else GaugeMetricFamily
            yield kind(probe.name, probe.description, value=value)


async def _sessions(app: App) -> float | None:
    try:
        return await app.stores.sessions.count()
    except StoreUnavailable:
        return None


async def _round_trip_s(app: App) -> float | None:
    began_s = time.perf_counter()
    try:
        await app.stores.sessions.read(0)
    except StoreUnavailable:
        return None
    return time.perf_counter() - began_s


def history_job(app: App) -> HistoryJob:
    """What keeps the last hour for charts."""
    sign_ins = {row.name for row in ALL_OPERATIONS if isinstance(row, SignIn)}
    polls = {row.name for row in ALL_OPERATIONS if isinstance(row, Poll)}
    return HistoryJob(History(sign_ins, polls), partial(_sessions, app), partial(_round_trip_s, app))


def _probes(app: App, agents: Listeners) -> list[Probe]:
    async def certificate() -> float | None:
        return agents.certificate.ends_s if agents.certificate else None

    words = "When the certificate of HTTPS_PORT expires, in seconds since the epoch"
    rows = [
        *_store_probes(app),
        *_settings_probes(app.live),
        ("certificate_not_after_timestamp_seconds", words, certificate),
    ]
    return [Probe(f"agentgateway_{name}", words, read) for name, words, read in rows]


def _store_probes(app: App) -> list[ProbeRow]:
    async def reachable() -> float:
        return float(await app.store_reason() is None)

    async def shards_away() -> float:
        return await app.shards_away()

    return [
        ("sessions", "Live sessions, over all nodes", partial(_sessions, app)),
        (
            "sessions_pushed",
            "Live sessions in push mode, over all nodes; the others poll",
            partial(_push_sessions, app),
        ),
        (
            "event_queue_depth_max",
            f"Most events that wait for one of the {SILENT_LOOKED_AT} sessions that were heard of the longest ago",
            partial(_deepest_queue, app),
        ),
        ("store_reachable", "1 when the session store answers, all shards of it", reachable),
        (
            "store_round_trip_seconds",
            "How long the session store took for one read just now",
            partial(_round_trip_s, app),
        ),
        ("store_shards_unreachable", "Shards of the session store that do not answer", shards_away),
    ]


def _settings_probes(live: LiveSettings) -> list[ProbeRow]:
    def now(read: Callable[[], float]) -> Callable[[], Awaitable[float | None]]:
        async def value() -> float:
            return read()

        return value

    return [
        ("settings_reloads_total", "Changed settings files put in force", now(lambda: live.applied)),
        ("settings_reloads_refused_total", "Changed settings files refused", now(lambda: live.refused)),
        (
            "settings_last_reload_successful",
            "1 while the settings file as it stands is the one in force, 0 while it is refused",
            now(lambda: live.last_error is None),
        ),
        (
            "settings_last_reload_timestamp_seconds",
            "When the settings in force were put in force, in seconds since the epoch",
            now(lambda: live.applied_s),
        ),
        (
            "settings_hash",
            "A number that differs between settings files of different content",
            now(lambda: live.checksum),
        ),
    ]


async def _push_sessions(app: App) -> float | None:
    try:
        return await app.stores.sessions.count(push=True)
    except StoreUnavailable:
        return None


async def _deepest_queue(app: App) -> float | None:
    """Of the sessions that were heard of the longest ago: who does not poll has the most events waiting."""
    store = app.stores.sessions
    try:
        silent = await store.silent(_FOR_EVER_MS, _FOR_EVER_MS, SILENT_LOOKED_AT)
        return max(await asyncio.gather(*(app.stores.queue.depth(seen.agent_id) for seen in silent)), default=0)
    except StoreUnavailable:
        return None
