"""How commands ask the admin listener of a running gateway."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from gateway.listeners.development_certificate import served_chain
from gateway.ops.admin_tokens import AdminTokenError, read_admin_token
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.wire.trust import TrustError, client_context

TIMEOUT_S: Final = 10
ADDRESS: Final = "127.0.0.1"


@dataclass(frozen=True)
class AdminLine:
    """Where the admin listener is, and its token."""

    port: int
    token: str = field(repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def _link(self) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(ADDRESS, self.port, timeout=TIMEOUT_S, context=self.tls)
        return http.client.HTTPConnection(ADDRESS, self.port, timeout=TIMEOUT_S)

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """The answer's JSON value. Raises ClickException for every other outcome."""
        link = self._link()
        sent = None if body is None else json.dumps(body).encode()
        try:
            link.request(method, path, body=sent, headers={"Authorization": f"Bearer {self.token}"})
            answer = link.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            text = f"no gateway answers on ADMIN_PORT {self.port}: {type(problem).__name__}"
            raise click.ClickException(text) from None
        finally:
            link.close()
        if answer.status != http.client.OK:
            raise click.ClickException(f"ADMIN_PORT {self.port}: {said['error']}")
        return said


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """Trusts the certificate of the listener alone, and shows ADMIN_CERT_FILE. Raises TrustError."""
    chain = served_chain(settings.tls_cert_file, settings.var_dir)
    if settings.admin_client_ca_file is None or chain is None:
        return None
    context = client_context(chain, settings.admin_cert_file, settings.admin_key_file)
    context.check_hostname = False  # It is asked for by its address, and known by itself.
    return context


def admin_line(config: Path, overrides: Mapping[str, str]) -> AdminLine:
    """By the settings file of the running gateway. Raises ClickException."""
    try:
        settings = load(config, overrides).settings
        if settings.admin_token_file is None or not settings.admin_port:
            raise click.ClickException(f"{config}: set ADMIN_PORT and ADMIN_TOKEN_FILE, then restart the gateway")
        return AdminLine(settings.admin_port, read_admin_token(settings.admin_token_file), _tls(settings))
    except (SettingsError, AdminTokenError, TrustError) as problem:
        raise click.ClickException(str(problem)) from None
