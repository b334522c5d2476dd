"""`agentgateway serve`."""

import gc
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands.lazy_group import loading
from gateway.commands.options import CANNOT_SERVE, WRONG_SETTINGS, SettingsCommand, fail, settings_options
from gateway.listeners.errors import ListenError
from gateway.ops import logs
from gateway.ops.process import OPEN_FILES, allow_open_files
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.settings.workers import worker_count
from gateway.supervisor.node_sockets import open_node_sockets, without_closed_ports
from gateway.supervisor.supervise import supervise
from gateway.supervisor.systemd import assign_sockets, passed_sockets
from gateway.supervisor.worker_slot import NOT_YOURS, WorkerSlot, receive_variables

DEMO: Final = {"DEMO_AGENTS": "ON"}
YOUNG_OBJECTS: Final = 5_000
"""So many more objects than before make Python look for garbage among the young ones; that takes some 0.3 ms."""
_LOG = logging.getLogger(__name__)


def _slot(_context: click.Context, _parameter: click.Parameter, given: str | None) -> WorkerSlot | None:
    if given is None:
        return None
    try:
        slot = WorkerSlot.read(given)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from None
    if not slot.is_passed_on():
        raise click.BadParameter(NOT_YOURS)
    return slot


@click.command(cls=SettingsCommand)
@settings_options("The settings file; it is followed while the gateway runs.")
@click.option("--worker", "slot", hidden=True, callback=_slot, help="For the supervisor, which starts workers.")
@click.option("--demo", is_flag=True, help="The same as --set DEMO_AGENTS=ON: to try things out on this machine.")
def serve(config: Path, overrides: Mapping[str, str], slot: WorkerSlot | None, *, demo: bool) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP reads the settings again, SIGUSR2 restarts workers one by one."""
    try:
        handed_over = {} if slot is None or slot.variables is None else receive_variables(slot.variables)
        loaded = load(config, {**(DEMO if demo else {}), **handed_over, **overrides})
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    settings, number = loaded.settings, None if slot is None else slot.number
    logs.setup_logs(settings.log_level, number, as_json=settings.log_format == "json")
    allow_open_files(OPEN_FILES)
    if slot is not None:
        _work(loaded, slot)
        return
    for warning in loaded.warnings:
        _LOG.warning("settings: %s", warning)
    try:
        sys.exit(_serve(loaded))
    except ListenError as wrong:
        fail(str(wrong), CANNOT_SERVE)


def _serving() -> Any:
    """Loaded when it is needed: a supervisor does without, and is quick and small.

    What calls leave behind is seldom a circle: to look for those every few calls would be a twentieth of a call.
    """
    with loading():
        serving = import_module("gateway.commands.serving")
    gc.set_threshold(YOUNG_OBJECTS)
    return serving


def _serve(loaded: Loaded) -> int:
    """Serves in this process or by workers; the exit code. Raises ListenError."""
    workers = worker_count(loaded.settings)
    sockets = assign_sockets(passed_sockets(os.environ, os.getpid()), loaded.settings, workers)
    if workers > 1:
        return supervise(loaded, open_node_sockets(loaded.settings, sockets, workers), workers)
    _serving().serve_alone(loaded, sockets)
    return 0


def _work(loaded: Loaded, slot: WorkerSlot) -> None:
    sockets = slot.sockets()
    settings = without_closed_ports(loaded.settings, sockets, slot.number)
    _serving().serve_as_worker(replace(loaded, settings=settings), sockets, slot)
