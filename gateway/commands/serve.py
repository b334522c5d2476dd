"""`agentgateway serve`."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from gateway import server
from gateway.agents.agents_file import AgentsFileError
from gateway.backends.embedded.plan_file import PlanFileError
from gateway.commands.failing import CANNOT_SERVE, WRONG_SETTINGS, fail
from gateway.commands.options import settings_options
from gateway.listeners.errors import ListenError
from gateway.ops import logs
from gateway.ops.admin_token import AdminTokenError
from gateway.sessions.refusal import CannotServeError
from gateway.sessions.secret_file import SecretFileError
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.settings.workers import worker_count
from gateway.supervisor.activation import assign
from gateway.supervisor.doors import only_these, open_doors
from gateway.supervisor.seat import Seat
from gateway.supervisor.supervise import supervise
from gateway.supervisor.systemd import passed_sockets
from gateway.tokens.toml_file import TokenFileError
from gateway.tokens.trust import TrustError

_LOG = logging.getLogger(__name__)
WRONG_FILES: Final = (
    SettingsError,
    AgentsFileError,
    PlanFileError,
    SecretFileError,
    AdminTokenError,
    TokenFileError,
    TrustError,
)


def _seat(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Seat | None:
    try:
        return Seat.read(given) if given is not None else None
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from None


@click.command()
@settings_options("The settings file; it is followed while the gateway runs.")
@click.option("--worker", "seat", hidden=True, callback=_seat, help="For the supervisor, which starts workers.")
def serve(config: Path, overrides: Mapping[str, str], seat: Seat | None) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP reads the settings again, SIGUSR2 restarts workers one by one."""
    try:
        loaded = load(config, overrides)
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    logs.setup_logs(loaded.settings.log_level, None if seat is None else seat.number)
    try:
        code = _serve(loaded) if seat is None else _work(loaded, seat)
    except WRONG_FILES as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    except (ListenError, CannotServeError) as wrong:
        fail(str(wrong), CANNOT_SERVE)
    sys.exit(code)


def _serve(loaded: Loaded) -> int:
    """Serves in this process, or by workers; the exit code. Raises as `server.running`."""
    for warning in loaded.warnings:
        _LOG.warning("settings: %s", warning)
    workers = worker_count(loaded.settings)
    doors = assign(passed_sockets(os.environ, os.getpid()), loaded.settings, workers)
    if workers > 1:
        return supervise(loaded, open_doors(loaded.settings, doors, workers), workers)
    asyncio.run(server.serve(loaded, doors))
    return 0


def _work(loaded: Loaded, seat: Seat) -> int:
    doors = seat.doors()
    settings = only_these(loaded.settings, doors, seat.number)
    asyncio.run(server.work(replace(loaded, settings=settings), doors, seat))
    return 0
