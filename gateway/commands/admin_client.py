"""How commands ask the admin listener of a running gateway."""

import functools
import http.client
import json
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import click

from gateway.commands.options import NOT_IN_TIME, NOTHING_FOUND, WRONG_SETTINGS, settings_options
from gateway.commands.progress import patience
from gateway.ops.admin_tokens import AdminTokenError, read_admin_token
from gateway.settings.cross_checks import is_loopback
from gateway.settings.load import load_parts
from gateway.settings.problems import SettingsError

TIMEOUT_S: Final = 30
ADDRESS: Final = "127.0.0.1"
_ANY: Final = {"0.0.0.0": ADDRESS, "::": "::1"}  # noqa: S104 - it is not bound here
NEEDED: Final = frozenset({"ADMIN_PORT", "ADMIN_TOKEN_FILE", "ADMIN_BIND_ADDRESS", "ADMIN_HOSTS", "TLS_CERT_FILE"})
"""Settings that must be right; a gateway that refuses its changed file goes on, and is asked why."""
HELP: Final = "The settings file of the running gateway, for ADMIN_PORT and ADMIN_TOKEN_FILE."


class NothingFound(click.ClickException):
    """There is nothing of what was asked for."""

    exit_code = NOTHING_FOUND


class WrongSettings(click.ClickException):
    """The settings do not say how to ask."""

    exit_code = WRONG_SETTINGS


class NotInTime(click.ClickException):
    """What was begun goes on."""

    exit_code = NOT_IN_TIME


@dataclass(frozen=True)
class AdminLine:
    """Where the admin listener is, and its token; with a `chain` it speaks TLS by that file, and is called `host`."""

    port: int
    token: str = field(repr=False)
    address: str = ADDRESS
    host: str = ""
    chain: Path | None = None

    def _connection(self) -> http.client.HTTPConnection:
        if self.chain is None:
            return http.client.HTTPConnection(self.address, self.port, timeout=TIMEOUT_S)
        context = ssl.create_default_context(cafile=self.chain)
        # Its own certificate is trusted here, whoever signed it; whether it is valid and has this name is looked at.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        link = http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT_S, context=context)
        plain = socket.create_connection((self.address, self.port), TIMEOUT_S)
        link.sock = context.wrap_socket(plain, server_hostname=self.host)
        return link

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """The answer's JSON value. Raises ClickException for every other outcome."""
        with patience(f"waiting for ADMIN_PORT {self.port}"):
            status, said = self._asked(method, path, body)
        if status == http.client.NOT_FOUND:
            raise NothingFound(f"ADMIN_PORT {self.port}: {said['error']}")
        if status != http.client.OK:
            raise click.ClickException(f"ADMIN_PORT {self.port}: {said['error']}")
        return said

    def get(self, path: str, **query: object) -> Any:
        """As `ask`, with the parameters that are not empty."""
        given = urlencode({name: value for name, value in query.items() if value not in {None, ""}})
        return self.ask("GET", f"{path}?{given}" if given else path)

    def _asked(self, method: str, path: str, body: Mapping[str, object] | None) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body).encode()
        link: http.client.HTTPConnection | None = None
        try:
            link = self._connection()
            link.request(method, path, body=sent, headers={"Authorization": f"Bearer {self.token}"})
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            text = f"no gateway answers on ADMIN_PORT {self.port}: {type(problem).__name__}"
            raise click.ClickException(text) from None
        finally:
            if link is not None:
                link.close()


def admin_line(config: Path, overrides: Mapping[str, str]) -> AdminLine:
    """By the settings file of the running gateway. Raises ClickException."""
    try:
        settings = load_parts(config, overrides, NEEDED)
        if settings.admin_token_file is None or not settings.admin_port:
            raise WrongSettings(f"{config}: set ADMIN_PORT and ADMIN_TOKEN_FILE, then restart the gateway")
        token = read_admin_token(settings.admin_token_file)
        if is_loopback(settings.admin_bind_address):
            return AdminLine(settings.admin_port, token)
        address = _ANY.get(settings.admin_bind_address, settings.admin_bind_address)
        host = next(iter(settings.admin_hosts), address)
        return AdminLine(settings.admin_port, token, address, host, settings.tls_cert_file)
    except (SettingsError, AdminTokenError) as problem:
        raise WrongSettings(str(problem)) from None


def asks_gateway(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options that say which gateway is meant, and calls it with `line` to ask that."""

    @functools.wraps(command)
    def asking(config: Path, overrides: Mapping[str, str], **given: object) -> None:
        command(line=admin_line(config, overrides), **given)

    return settings_options(HELP)(asking)
