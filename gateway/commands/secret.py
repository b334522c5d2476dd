"""`agentgateway secret`: the file of GUID secrets (GUID_SECRET_FILE)."""

from collections.abc import Mapping
from pathlib import Path

import click

from gateway.commands.options import WRONG_SETTINGS, fail, settings_options
from gateway.events.push_message import shown_key
from gateway.sessions.guid import SecretFileError, new_secret_line, read_secret_file
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
    try:
        former = files.read(file).text() if files.exists(file) else ""
    except FileFault as fault:
        fail(f"{file}: {fault}", WRONG_SETTINGS)
    if any(line.split(" ", 1)[0] == key_id for line in former.splitlines()):
        fail(f"{file} has a key {key_id} already: choose another --key-id", WRONG_SETTINGS)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(f"{new_secret_line(key_id)}\n{former}", "utf-8")
    fresh.replace(file)
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
