"""Puts the parts of this room together."""

import logging
from collections.abc import Callable
from typing import Final

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import Attempts
from gateway.backends.upstream.centre import UpstreamCentre
from gateway.backends.upstream.entrance import Entrance, EntranceParts
from gateway.backends.upstream.lines import Lines
from gateway.backends.upstream.messenger import Messenger
from gateway.backends.upstream.seal import Sealer
from gateway.backends.upstream.service import Service
from gateway.events.push_nodes import PushNodes
from gateway.ops.open_files import allow_open_files
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.schema import Settings
from gateway.wire.trust import TrustError, client_context

FILES_BESIDES: Final = 1024
_LOG = logging.getLogger(__name__)


def open_upstream(
    sessions: SessionService,
    queue: EventQueue,
    attempts: Attempts,
    nodes: PushNodes,
    settings: Callable[[], Settings],
    ended: Callable[[], None],
) -> UpstreamCentre:
    """The centre that the settings name; `ended` is called when it is owed an end. Raises SettingsError."""
    try:
        trust = client_context(settings().upstream_ca_file)
    except TrustError as problem:
        raise SettingsError([Problem("UPSTREAM_CA_FILE", "", "", str(problem))]) from None
    _make_room(settings())
    store = sessions.store
    service, sealer = Service(settings, trust), Sealer(sessions.ring)
    limiter = AttemptLimiter(attempts, lambda: settings().login_address_limit)
    entrance = Entrance(EntranceParts(store, limiter, service, sealer, settings))
    messenger = Messenger(store, service, sealer, ended)
    lines = Lines(settings().node_name, store, queue, service, messenger, nodes)
    return UpstreamCentre(sessions, queue, service, sealer, entrance, messenger, lines)


def files_wanted(settings: Settings) -> int:
    """How many files a process opens at most: an agent needs two connections, its own and the one for its events."""
    return 2 * settings.upstream_connections + settings.upstream_calls + FILES_BESIDES


def _make_room(settings: Settings) -> None:
    wanted = files_wanted(settings)
    allowed = allow_open_files(wanted)
    if allowed < wanted:
        agents = max(0, (allowed - settings.upstream_calls - FILES_BESIDES) // 2)
        _LOG.warning("this process may open %d files, enough for about %d agents: raise ulimit -n", allowed, agents)
