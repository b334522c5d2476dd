"""Who may use the desk page: a browser on this machine, where demo agents may sign in (docs/desk.md).

Everybody else gets the 404 of a path that nobody knows. A page of another site that reaches this machine under a name
of its own is stopped by the Host header, one that sends a request across by its Origin.
"""

import re
from typing import Final

from gateway.agents import demo
from gateway.edge.client_address import client_address
from gateway.settings.schema import Settings
from gateway.wire.errors import GatewayError, NotFound
from gateway.wire.http import Request

_HOST: Final = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
"""The port is not compared, so that a forwarded one (ssh -L) works."""


class Forbidden(GatewayError):
    """Not for who asks, whatever GUID the request carries."""

    status = 403


def admit(request: Request, settings: Settings) -> None:
    """Raises NotFound where there is no desk page for who asks, and Forbidden for a foreign Host or Origin."""
    address = client_address(request, settings.trusted_proxies)
    if demo.not_admitted(settings) or address.forwarded or not demo.on_this_machine(address.ip):
        raise NotFound("no such interface: agent calls begin with /agentgateway/resource/")
    hosts = request.headers.getall("Host", ())
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise Forbidden("the Host header must name localhost, 127.0.0.1 or [::1]")
    for origin in request.headers.getall("Origin", ()):
        if origin.lower() not in {f"{scheme}://{hosts[0].lower()}" for scheme in ("http", "https")}:
            raise Forbidden("the Origin header must be that of this server")
