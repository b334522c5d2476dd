"""Options of the commands that try a server: `check` and `load`."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from yarl import URL

from gateway.settings.urls import shown_url

PASSWORD: Final = "AGENT_PASSWORD"  # noqa: S105 - its name
Command = Callable[..., None]


class ServerUrl(click.ParamType[str]):
    """The address of a server, without a path."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click."""
        try:
            url = URL(value)
        except ValueError:
            url = URL()
        if url.scheme not in {"http", "https"} or not url.host or url.path not in {"", "/"}:
            self.fail(f"{shown_url(value)} is not like https://gateway.example:8043", param, ctx)
        return str(url.origin())


def agents_options(count: int, least: int, most: int) -> Callable[[Command], Command]:
    """Adds the agents that take part, given as `agents`, `first_agent`, `password`, `phone`, and `ca`."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.option("--agents", type=click.IntRange(least, most), default=count, show_default=True, help="How many."),
        click.option(
            "--first-agent", type=click.IntRange(1, 999_999), default=101, show_default=True, help="The others follow."
        ),
        click.option("--password", envvar=PASSWORD, help=f"Of all of them; ${PASSWORD}, or asked for."),
        click.option("--phone", default="6001", show_default=True, help="Their phone."),
        click.option(
            "--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Authorities to trust."
        ),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def asked_password(given: str | None) -> str:
    """That of the agents."""
    return given if given is not None else str(click.prompt("password of the agents", hide_input=True, err=True))


def trusted(ca: Path | None) -> ssl.SSLContext | None:
    """The authorities of a file, None for those of the system."""
    if ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise click.BadParameter(f"{ca}: no certificates in PEM form", param_hint="--ca") from None
