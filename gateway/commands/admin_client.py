"""How commands ask the admin listener of a running gateway."""

import functools
import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import click

from gateway.admin.admin_tokens import AdminTokenError, read_admin_token
from gateway.commands.options import NOT_IN_TIME, NOTHING_FOUND, WRONG_SETTINGS, settings_options
from gateway.commands.progress import patience
from gateway.listeners.development_certificate import served_chain
from gateway.settings.cross_checks import is_loopback
from gateway.settings.load import load_parts
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.wire.trust import TrustError, client_context

TIMEOUT_S: Final = 30
ADDRESS: Final = "127.0.0.1"
_ANY: Final = {"0.0.0.0": ADDRESS, "::": "::1"}  # noqa: S104 - it is not bound here
NEEDED: Final = frozenset(
    {
        "ADMIN_PORT",
        "ADMIN_TOKEN_FILE",
        "ADMIN_BIND_ADDRESS",
        "ADMIN_CLIENT_CA_FILE",
        "ADMIN_CERT_FILE",
        "ADMIN_KEY_FILE",
        "TLS_CERT_FILE",
    }
)
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
    """Where the admin listener is, its token, and how TLS is spoken with it, None for not at all."""

    port: int
    token: str = field(repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    address: str = ADDRESS

    def _link(self) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(self.address, self.port, timeout=TIMEOUT_S, context=self.tls)
        return http.client.HTTPConnection(self.address, self.port, timeout=TIMEOUT_S)

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
        link = self._link()
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Host": f"localhost:{self.port}", "Authorization": f"Bearer {self.token}"}
        try:
            link.request(method, path, body=sent, headers=headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            text = f"no gateway answers on ADMIN_PORT {self.port}: {type(problem).__name__}"
            raise click.ClickException(text) from None
        finally:
            link.close()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """Trusts the certificate of the listener alone, and shows ADMIN_CERT_FILE. Raises TrustError."""
    chain = served_chain(settings.tls_cert_file, settings.var_dir)
    plain = settings.admin_client_ca_file is None and is_loopback(settings.admin_bind_address)
    if plain or chain is None:
        return None
    context = client_context(chain, settings.admin_cert_file, settings.admin_key_file)
    context.check_hostname = False  # It is asked for by its address, and known by itself.
    return context


def admin_line(config: Path, overrides: Mapping[str, str]) -> AdminLine:
    """By the settings file of the running gateway. Raises ClickException."""
    try:
        settings = load_parts(config, overrides, NEEDED)
        if settings.admin_token_file is None or not settings.admin_port:
            raise WrongSettings(f"{config}: set ADMIN_PORT and ADMIN_TOKEN_FILE, then restart the gateway")
        token = read_admin_token(settings.admin_token_file)
        address = _ANY.get(settings.admin_bind_address, settings.admin_bind_address)
        return AdminLine(settings.admin_port, token, _tls(settings), address)
    except (SettingsError, AdminTokenError, TrustError) as problem:
        raise WrongSettings(str(problem)) from None


def asks_gateway(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options that say which gateway is meant, and calls it with `line` to ask that."""

    @functools.wraps(command)
    def asking(config: Path, overrides: Mapping[str, str], **given: object) -> None:
        command(line=admin_line(config, overrides), **given)

    return settings_options(HELP)(asking)
