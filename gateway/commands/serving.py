"""Serves in this process, alone or as a worker; apart from `serve`, so that a supervisor does without all of it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from gateway import server
from gateway.agents.agents_file import AgentsFileError
from gateway.backends.embedded.plan_file import PlanFileError
from gateway.commands.failing import CANNOT_SERVE, WRONG_SETTINGS, fail
from gateway.listeners.errors import CertificateError, ListenError
from gateway.ops.admin_token import AdminTokenError
from gateway.sessions.refusal import CannotServeError
from gateway.sessions.secret_file import SecretFileError
from gateway.settings.load import Loaded
from gateway.settings.problems import SettingsError
from gateway.supervisor.doors import Doors
from gateway.supervisor.seat import Seat
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


def serve_alone(loaded: Loaded, doors: Doors) -> None:
    """The one process of a node; ends the command with a message where it cannot serve."""
    _run(server.serve(loaded, doors))


def serve_as_worker(loaded: Loaded, doors: Doors, seat: Seat) -> None:
    """One of several; ends the command as `serve_alone`."""
    _run(server.work(loaded, doors, seat))


def _run(serving: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(serving)
    except WRONG_FILES as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    except (ListenError, CannotServeError) as wrong:
        fail(str(wrong), CANNOT_SERVE)
