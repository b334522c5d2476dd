"""The files of the desk page, and the one thing of the simulator that it may ask for (docs/desk.md)."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from gateway.agents.registry import AgentRegistry
from gateway.desk.admission import admit
from gateway.desk.customer import DeskCustomers, sim_page
from gateway.edge.agent_request import error_response
from gateway.edge.dispatch import Page
from gateway.openapi.document import reference_files
from gateway.sessions.service import SessionService
from gateway.settings.schema import Settings
from gateway.wire.errors import GatewayError, MethodNotAllowed
from gateway.wire.http import AnyResponse, Request, Response, header_lines
from gateway.wire.standing_headers import AGENT_JSON, OF_ANSWERS, OF_PAGES, PAGE_TYPES

PATH: Final = "/desk"
HERE: Final = Path(__file__).parent
CLIENT: Final = HERE.parent / "client"
_ALWAYS: Final = header_lines({**OF_ANSWERS, **OF_PAGES})
LOOKING: Final = ("GET", "HEAD")


def pages(
    settings: Callable[[], Settings],
    sessions: SessionService,
    registry: AgentRegistry,
    customers: DeskCustomers,
) -> dict[str, Page]:
    """The pages by path."""

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
    return {**shown, **sim_page(settings, sessions, registry, customers)}


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
