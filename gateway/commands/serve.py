"""`agentgateway serve`."""

import asyncio
import logging
from collections.abc import Mapping
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
from gateway.sessions.key_check import MissingKeyError
from gateway.sessions.secret_file import SecretFileError
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
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


@click.command()
@settings_options("The settings file; it is followed while the gateway runs.")
def serve(config: Path, overrides: Mapping[str, str]) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP reads the settings again."""
    try:
        loaded = load(config, overrides)
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    logs.setup_logs(loaded.settings.log_level)
    for warning in loaded.warnings:
        _LOG.warning("settings: %s", warning)
    try:
        asyncio.run(server.serve(loaded))
    except WRONG_FILES as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    except (ListenError, MissingKeyError) as wrong:
        fail(str(wrong), CANNOT_SERVE)
