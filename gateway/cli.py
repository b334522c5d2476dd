"""The `agentgateway` command. A subcommand is loaded when it is asked for, so that the short ones stay quick."""

import sys
from importlib import import_module
from types import TracebackType
from typing import Final

import click

from gateway import __version__
from gateway.commands.lazy_group import LazyGroup

COMMANDS: Final = {
    "init": "init:init",
    "serve": "serve:serve",
    "live": "live:live",
    "doctor": "doctor:doctor",
    "agents": "agents:agents",
    "sessions": "sessions:sessions",
    "adoption": "adoption:adoption",
    "lockouts": "lockouts:lockouts",
    "nodes": "nodes:nodes",
    "drain": "nodes:drain",
    "undrain": "nodes:undrain",
    "settings": "settings:settings",
    "store": "store:store",
    "audit": "audit:audit",
    "explain": "audit:explain",
    "trace": "trace:trace",
    "secret": "secret:secret",
    "token": "token:token",
    "sim": "sim:sim",
    "check": "kit:check",
    "load": "kit:load",
    "openapi": "openapi:openapi",
}
"""Subcommand -> module in `gateway.commands` and the command in it."""


@click.group(cls=LazyGroup, later=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="agentgateway")
def main() -> None:
    """Session gateway for contact-centre agent desktops."""
    sys.excepthook = _unexpected


def _unexpected(_kind: type[BaseException], problem: BaseException, _trace: TracebackType | None) -> None:
    """What nobody foresaw ends the command in one line: the text of an exception may quote a setting."""
    crash_line = import_module("gateway.ops.logs").crash_line
    click.echo(f"unexpected error: {crash_line(problem)}", err=True)
