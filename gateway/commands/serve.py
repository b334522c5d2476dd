"""`agentgateway serve`."""

import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands.failing import CANNOT_SERVE, WRONG_SETTINGS, fail
from gateway.commands.options import SettingsCommand, settings_options
from gateway.listeners.errors import ListenError
from gateway.ops import logs
from gateway.ops.open_files import OPEN_FILES, allow_open_files
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.settings.workers import worker_count
from gateway.supervisor.activation import assign
from gateway.supervisor.doors import only_these, open_doors
from gateway.supervisor.seat import Seat
from gateway.supervisor.supervise import supervise
from gateway.supervisor.systemd import passed_sockets

DEMO: Final = {"DEMO_AGENTS": "ON"}
_LOG = logging.getLogger(__name__)


def _seat(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Seat | None:
    try:
        return Seat.read(given) if given is not None else None
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from None


@click.command(cls=SettingsCommand)
@settings_options("The settings file; it is followed while the gateway runs.")
@click.option("--worker", "seat", hidden=True, callback=_seat, help="For the supervisor, which starts workers.")
@click.option("--demo", is_flag=True, help="The same as --set DEMO_AGENTS=ON: to try things out on this machine.")
def serve(config: Path, overrides: Mapping[str, str], seat: Seat | None, *, demo: bool) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP reads the settings again, SIGUSR2 restarts workers one by one."""
    try:
        loaded = load(config, {**(DEMO if demo else {}), **overrides})
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    logs.setup_logs(loaded.settings.log_level, None if seat is None else seat.number)
    allow_open_files(OPEN_FILES)
    if seat is not None:
        _work(loaded, seat)
        return
    for warning in loaded.warnings:
        _LOG.warning("settings: %s", warning)
    try:
        sys.exit(_serve(loaded))
    except ListenError as wrong:
        fail(str(wrong), CANNOT_SERVE)


def _serving() -> Any:
    """Loaded when it is needed: a supervisor does without, and is quick and small."""
    return import_module("gateway.commands.serving")


def _serve(loaded: Loaded) -> int:
    """Serves in this process or by workers; the exit code. Raises ListenError."""
    workers = worker_count(loaded.settings)
    doors = assign(passed_sockets(os.environ, os.getpid()), loaded.settings, workers)
    if workers > 1:
        return supervise(loaded, open_doors(loaded.settings, doors, workers), workers)
    _serving().serve_alone(loaded, doors)
    return 0


def _work(loaded: Loaded, seat: Seat) -> None:
    doors = seat.doors()
    settings = only_these(loaded.settings, doors, seat.number)
    _serving().serve_as_worker(replace(loaded, settings=settings), doors, seat)
