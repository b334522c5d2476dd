"""Puts the parts of this room together."""

from collections.abc import Callable

from gateway.agents.lockout import Attempts
from gateway.backends.upstream.centre import UpstreamCentre
from gateway.backends.upstream.entrance import Entrance, EntranceParts
from gateway.backends.upstream.lines import Lines
from gateway.backends.upstream.messenger import Messenger
from gateway.backends.upstream.seal import Sealer
from gateway.backends.upstream.service import Service
from gateway.backends.upstream.trust import UpstreamTrustError, upstream_context
from gateway.events.push_nodes import PushNodes
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.schema import Settings


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
        trust = upstream_context(settings().upstream_ca_file)
    except UpstreamTrustError as problem:
        raise SettingsError([Problem("UPSTREAM_CA_FILE", "", "", str(problem))]) from None
    store = sessions.store
    service, sealer = Service(settings, trust), Sealer(sessions.ring)
    entrance = Entrance(EntranceParts(store, attempts, service, sealer, settings))
    messenger = Messenger(store, service, sealer, ended)
    lines = Lines(settings().node_name, store, queue, service, messenger, nodes)
    return UpstreamCentre(sessions, queue, service, sealer, entrance, messenger, lines)
