"""Serves in this process, alone or as a worker; apart from `serve`, so that a supervisor does without all of it."""

from collections.abc import Coroutine
from typing import Any, Final

from gateway import server
from gateway.admin.admin_tokens import AdminTokenError
from gateway.agents.agents_file import AgentsFileError
from gateway.commands.options import CANNOT_SERVE, WRONG_SETTINGS, fail
from gateway.contact_centre.plan_file import PlanFileError
from gateway.listeners.errors import CertificateError, ListenError
from gateway.ops import process
from gateway.sessions.guid import SecretFileError
from gateway.sessions.store import CannotServeError
from gateway.settings.load import Loaded
from gateway.settings.problems import SettingsError
from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.worker_slot import WorkerSlot
from gateway.tokens.toml_file import TokenFileError
from gateway.wire.trust import TrustError

WRONG_FILES: Final = (
    SettingsError,
    AgentsFileError,
    PlanFileError,
    SecretFileError,
    AdminTokenError,
    CertificateError,
    TokenFileError,
    TrustError,
)


def serve_alone(loaded: Loaded, sockets: NodeSockets) -> None:
    """The one process of a node; ends the command with a message where it cannot serve."""
    _run(server.serve(loaded, sockets), loaded)


def serve_as_worker(loaded: Loaded, sockets: NodeSockets, slot: WorkerSlot) -> None:
    """One of several; ends the command as `serve_alone`."""
    _run(server.work(loaded, sockets, slot), loaded)


def _run(serving: Coroutine[Any, Any, None], loaded: Loaded) -> None:
    try:
        process.run_on_event_loop(serving, loaded.settings.event_loop)
    except WRONG_FILES as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    except (ListenError, CannotServeError) as wrong:
        fail(str(wrong), CANNOT_SERVE)
