"""A gateway with an embedded contact centre behind, and two gateway nodes on one Redis before it: real processes."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.desk import Desk
from tests.support.gateway import GatewayProcess
from tests.support.servers import Server, free_port
from tests.support.site import Site, site

BEHIND: Mapping[str, str] = {"AUTHMODE": "1", "AGENT_POLL_WAIT_TIMES": "10"}
BEFORE: Mapping[str, str] = {
    "BACKEND": "upstream",
    "AUTHMODE": "2",
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "9000",
    "AGENT_POLL_WAIT_TIMES": "5",
    "UPSTREAM_TIMEOUT": "9000",
    "UPSTREAM_POLL_HOLD": "1000",
}


@dataclass
class TwoSites:
    """`behind` serves the calls of `first` and `second`."""

    redis: Server
    tag: str
    behind_site: Site
    before_site: Site
    behind: GatewayProcess
    first: GatewayProcess
    second: GatewayProcess

    @property
    def nodes(self) -> tuple[GatewayProcess, GatewayProcess]:
        return self.first, self.second

    async def desk(self, agent_id: int, *, node: int = 0, force: bool = False) -> Desk:
        """A signed-in desk of the first or the second node."""
        desk = self.nodes[node].desk(agent_id)
        answer = await desk.sign_in(force=force)
        assert answer.retcode == "0", answer.body
        return desk

    def elsewhere(self, desk: Desk) -> Desk:
        """The same desk at the other node."""
        port = next(node.port for node in self.nodes if node.port != desk.port)
        other = Desk(port, desk.agent_id, desk.password)
        other.guid = desk.guid
        return other

    def kept(self, agent_id: int) -> dict[str, Any]:
        """What the record of an agent holds of its session behind."""
        record = json.loads(self.redis.ask("GET", f"{{{self.tag}}}:agent:{agent_id}")[16:])
        found: dict[str, Any] = record["s"]["upstream"]
        return found


@asynccontextmanager
async def two_sites(
    folder: Path, redis: Server, behind: Mapping[str, str] | None = None, before: Mapping[str, str] | None = None
) -> AsyncIterator[TwoSites]:
    """Both sites; `behind` and `before` are settings on top of those here."""
    tag = secrets.token_hex(4)
    for name in ("behind", "before"):
        (folder / name).mkdir()
    shared = {"REDIS_URL": redis.url, "STORE_TAG": tag, **BEFORE, **(before or {})}
    async with (
        site(folder / "behind", {**BEHIND, **(behind or {})}) as behind_site,
        site(folder / "before", shared) as before_site,
    ):
        port = free_port()
        before_site.edit(UPSTREAM_URL=f"http://127.0.0.1:{port}")
        served, first, second = await asyncio.gather(
            behind_site.start("Behind", port=port), before_site.start("NodeA"), before_site.start("NodeB")
        )
        yield TwoSites(redis, tag, behind_site, before_site, served, first, second)
