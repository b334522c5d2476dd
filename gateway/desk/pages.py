"""The files of the desk page and what it shows of the gateway, and who may use it (docs/desk.md).

That is a browser on this machine, where demo agents may sign in. Everybody else gets the 404 of a path that nobody
knows. A page of another site that reaches this machine under a name of its own is stopped by the Host header, one that
sends a request across by its Origin.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from gateway.agents import demo
from gateway.agents.registry import AgentRegistry
from gateway.edge.agent_request import error_response
from gateway.edge.client_address import client_address
from gateway.edge.dispatch import Page
from gateway.openapi.reference_page import reference_files
from gateway.settings.schema import Settings
from gateway.wire.errors import GatewayError, MethodNotAllowed, NotFound
from gateway.wire.headers import AGENT_JSON, OF_ANSWERS, OF_PAGES, PAGE_TYPES
from gateway.wire.http import AnyResponse, Request, Response, header_lines

PATH: Final = "/desk"
HERE: Final = Path(__file__).parent
CLIENT: Final = HERE.parent / "client"
_ALWAYS: Final = header_lines({**OF_ANSWERS, **OF_PAGES})
LOOKING: Final = ("GET", "HEAD")
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


def pages(settings: Callable[[], Settings], registry: AgentRegistry) -> dict[str, Page]:
    """The pages by path; that of the customer is of `customer`."""

    def facts() -> bytes:
        """What the page shows of the gateway; times in ms."""
        now = settings()
        return to_json(
            {
                "agents": [{"id": agent.id, "name": agent.name} for agent in registry.all() if agent.demo],
                "authMode": now.auth_mode,
                "rehearsal": now.guid_rehearsal,
                "guidInterval": now.guid_interval_ms,
                "guidTimeout": now.guid_timeout_ms,
                "queues": [{"id": skill.id, "name": skill.name} for skill in registry.skills().values()],
                "restReasons": [{"id": key, "name": name} for key, name in registry.rest_reasons().items()],
            }
        )

    contents = {path: _content(file) for path, file in files().items()}
    contents |= {f"{PATH}/{name}": content for name, content in reference_files().items()}
    shown = {path: _shown(settings, body, kind) for path, (body, kind) in contents.items()}
    shown[f"{PATH}/facts"] = _shown(settings, facts, AGENT_JSON)
    return shown


def files() -> dict[str, Path]:
    """The file behind each path."""
    own = {f"{PATH}/{file.name}": file for file in sorted(HERE.iterdir()) if file.suffix in {".css", ".js"}}
    client = {f"{PATH}/{name}": CLIENT / name for name in ("agentgateway.js", "agentgateway.d.ts")}
    page = HERE / "desk.html"
    return {PATH: page, f"{PATH}/": page, **own, **client}


def _content(file: Path) -> tuple[Callable[[], bytes], str]:
    body = file.read_bytes()
    return lambda: body, PAGE_TYPES[file.suffix]


def _shown(settings: Callable[[], Settings], body: Callable[[], bytes], kind: str) -> Page:
    """A page that only shows."""
    lines = header_lines({"Content-Type": kind}) + _ALWAYS

    async def show(request: Request) -> AnyResponse:
        if request.body_exists:
            request.peer.close_after_answer()
        try:
            admit(request, settings())
            if request.method not in LOOKING:
                raise MethodNotAllowed(LOOKING)
        except GatewayError as problem:
            return error_response(problem)
        return Response(body(), lines=lines)

    return show
