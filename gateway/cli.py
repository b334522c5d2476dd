"""The `agentgateway` command."""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from gateway import __version__, server
from gateway.agents.agents_file import AgentsFileError
from gateway.backends.embedded.plan_file import PlanFileError
from gateway.cli_agents import agents
from gateway.cli_options import settings_options
from gateway.cli_sessions import sessions
from gateway.cli_sim import sim
from gateway.cli_token import token
from gateway.events.push_message import shown_key
from gateway.listeners.errors import ListenError
from gateway.operations.openapi import document
from gateway.ops import logs
from gateway.ops.admin_token import AdminTokenError
from gateway.sessions.key_check import MissingKeyError
from gateway.sessions.secret_file import SecretFileError, new_secret_line, read_secret_file
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.tokens.toml_file import TokenFileError
from gateway.tokens.trust import TrustError

_LOG = logging.getLogger(__name__)
WRONG_FILES = (
    SettingsError,
    AgentsFileError,
    PlanFileError,
    SecretFileError,
    AdminTokenError,
    TokenFileError,
    TrustError,
)
WRONG_SETTINGS = 2
CANNOT_SERVE = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="agentgateway")
def main() -> None:
    """Session gateway for contact-centre agent desktops."""


main.add_command(agents)
main.add_command(sessions)
main.add_command(sim)
main.add_command(token)


@main.command()
@settings_options("The settings file; it is followed while the gateway runs.")
def serve(config: Path, overrides: Mapping[str, str]) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP reads the settings again."""
    try:
        loaded = load(config, overrides)
    except SettingsError as wrong:
        _fail(str(wrong), WRONG_SETTINGS)
    logs.setup_logs(loaded.settings.log_level)
    for warning in loaded.warnings:
        _LOG.warning("settings: %s", warning)
    try:
        asyncio.run(server.serve(loaded))
    except WRONG_FILES as wrong:
        _fail(str(wrong), WRONG_SETTINGS)
    except (ListenError, MissingKeyError) as wrong:
        _fail(str(wrong), CANNOT_SERVE)


@main.command()
def openapi() -> None:
    """Print the agent interface as an OpenAPI 3.1 document."""
    click.echo(json.dumps(document(__version__), indent=2))


@main.group()
def secret() -> None:
    """The secret that GUIDs are made with, shared by all nodes (GUID_SECRET_FILE)."""


@secret.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key-id", default="k1", show_default=True, help="Name of the key; another one than those in the file.")
def new_secret(file: Path, key_id: str) -> None:
    """Put a new key first into FILE, so that it makes the GUIDs from the next start on; former keys stay valid."""
    former = file.read_text("ascii") if file.exists() else ""
    if any(line.split(" ", 1)[0] == key_id for line in former.splitlines()):
        _fail(f"{file} has a key {key_id} already: choose another --key-id", WRONG_SETTINGS)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(f"{new_secret_line(key_id)}\n{former}", "ascii")
    fresh.replace(file)
    click.echo(f"{file}: key {key_id} makes the GUIDs of new sessions from the next start on")


@secret.command("push")
@settings_options("The settings file, for GUID_SECRET_FILE.")
def push_secret(config: Path, overrides: Mapping[str, str]) -> None:
    """Show the secrets by which receivers of pushed events verify `webhook-signature`; they follow from the file."""
    try:
        file = load(config, overrides).settings.guid_secret_file
        if file is None:
            _fail(f"{config}: set GUID_SECRET_FILE; without it the secret changes at every start", WRONG_SETTINGS)
        for key in read_secret_file(file).signing_keys():
            click.echo(shown_key(key))
    except (SettingsError, SecretFileError) as wrong:
        _fail(str(wrong), WRONG_SETTINGS)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
