"""Wires the admin listener: its token, its pages, its socket (design section 2)."""

import logging
import socket
import time
from typing import Final

from gateway.app import App
from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.sim_routes import sim_routes
from gateway.listeners.serve import Listeners
from gateway.listeners.server import ConnectionServer
from gateway.listeners.sockets import ADMIN_ADDRESS, adopt, open_socket
from gateway.ops import logs
from gateway.ops.admin import AdminPages, Route
from gateway.ops.admin_token import open_admin_token
from gateway.ops.scrape import Probe, metrics_route
from gateway.wire.errors import StoreUnavailable

_DAY_S: Final = 86_400

_LOG = logging.getLogger(__name__)


async def open_admin(app: App, agents: Listeners, given: socket.socket | None = None) -> Listeners | None:
    """Opens the admin listener, None with ADMIN_PORT = 0; `agents` are the listeners of the agents.

    `given` is a bound socket to use in place of ADMIN_PORT. Raises AdminTokenError and ListenError.
    """
    settings = app.live.current
    if settings.admin_token_file is None or not (settings.admin_port or given):
        return None
    token = open_admin_token(settings.admin_token_file)
    pages = AdminPages(token, [metrics_route(_probes(app, agents)), *app.admin_routes, *_sim(app)])
    listeners = Listeners(ConnectionServer(pages.handle, head_timeout_ms=settings.request_timeout_ms))
    listening = adopt(given) if given else open_socket(ADMIN_ADDRESS, settings.admin_port, "ADMIN_PORT")
    await listeners.open(listening, 0, None)
    _LOG.info("administration on %s, with the token in %s", listeners.urls[0], settings.admin_token_file)
    return listeners


def _sim(app: App) -> list[Route]:
    """The world to play in is there with BACKEND = embedded alone."""
    return sim_routes(app.backend) if isinstance(app.backend, EmbeddedCentre) else []


async def _dropped_lines() -> float:
    return logs.dropped_lines()


def _probes(app: App, agents: Listeners) -> list[Probe]:
    async def sessions() -> float | None:
        try:
            return await app.stores.sessions.count()
        except StoreUnavailable:
            return None

    async def pushing() -> float:
        return app.push.sessions

    async def store() -> float:
        return float(await app.store_reason() is None)

    async def shards_away() -> float:
        return await app.shards_away()

    async def certificate() -> float | None:
        ends_s = agents.certificate.ends_s if agents.certificate else None
        return (ends_s - time.time()) / _DAY_S if ends_s is not None else None

    async def applied() -> float:
        return app.live.applied

    async def refused() -> float:
        return app.live.refused

    async def refused_now() -> float:
        return float(app.live.last_error is not None)

    return [
        Probe("gateway_log_lines_dropped", "Log lines that nobody read in time", _dropped_lines),
        Probe("gateway_sessions_live", "Live sessions, over all nodes", sessions),
        Probe("gateway_push_sessions", "Sessions that this process pushes events for", pushing),
        Probe("gateway_store_reachable", "1 when the session store answers, all shards of it", store),
        Probe("gateway_store_shards_away", "Shards of the session store that do not answer", shards_away),
        Probe("gateway_settings_applied", "Changed settings files put in force", applied),
        Probe("gateway_settings_refused", "Changed settings files refused", refused),
        Probe("gateway_settings_wrong", "1 while the settings file as it stands is refused", refused_now),
        Probe("gateway_certificate_days_left", "Days until the certificate of HTTPS_PORT ends", certificate),
    ]
