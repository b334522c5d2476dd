"""`agentgateway secret`: the file of GUID secrets (GUID_SECRET_FILE)."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from gateway.agents.toml_editing import locked_folder, read_text, replace_file
from gateway.commands.options import WRONG_SETTINGS, fail, settings_options
from gateway.events.push_message import shown_key
from gateway.sessions.guid import KEY_ID, SecretFileError, new_secret_line, read_keys, read_secret_file
from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.settings.load import load
from gateway.settings.problems import SettingsError


@click.group()
def secret() -> None:
    """The secret that GUIDs are made with, shared by all nodes (GUID_SECRET_FILE)."""


@secret.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key-id", default="k1", show_default=True, help="Name of the key; another one than those in the file.")
def new_secret(file: Path, key_id: str) -> None:
    """Put a new key first into FILE, so that it makes the GUIDs from the next start on; former keys stay valid."""
    if not KEY_ID.fullmatch(key_id):
        fail("--key-id: must be 1 to 32 of A-Z a-z 0-9 _ -", WRONG_SETTINGS)
    try:
        place = files.resolved(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked_folder(place.parent):
            if files.exists(place) and key_id in read_keys(place):
                fail(f"{file} has a key {key_id} already: choose another --key-id", WRONG_SETTINGS)
            replace_file(place, f"{new_secret_line(key_id)}\n{read_text(place)}")
    except FileFault as fault:
        fail(f"{file}: {fault}", WRONG_SETTINGS)
    except SecretFileError as wrong:
        fail(f"{wrong}; nothing was changed", WRONG_SETTINGS)
    except OSError as problem:
        fail(f"{file}: cannot be written: {os.strerror(problem.errno) if problem.errno else problem}", WRONG_SETTINGS)
    click.echo(f"{file}: key {key_id} makes the GUIDs of new sessions from the next start on")


@secret.command("push")
@settings_options("The settings file, for GUID_SECRET_FILE.")
def push_secret(config: Path, overrides: Mapping[str, str]) -> None:
    """Show the secrets by which receivers of pushed events verify `webhook-signature`; they follow from the file."""
    try:
        file = load(config, overrides).settings.guid_secret_file
        if file is None:
            fail(f"{config}: set GUID_SECRET_FILE; without it the secret changes at every start", WRONG_SETTINGS)
        for key in read_secret_file(file).signing_keys():
            click.echo(shown_key(key))
    except (SettingsError, SecretFileError) as wrong:
        fail(str(wrong), WRONG_SETTINGS)
