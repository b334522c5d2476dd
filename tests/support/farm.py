"""Three gateway processes on one Redis and before one contact centre, as a site runs them behind a balancer.

They have a certificate for localhost.
"""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.desk import ask_once
from tests.support.gateway import GatewayProcess
from tests.support.one_centre import before, centre_process
from tests.support.quick_agents import quick_agents_text
from tests.support.servers import Server, free_port
from tests.support.site import Site, site
from tests.support.waiting import until_async

NAMES = ("NodeA", "NodeB", "NodeC")


@dataclass
class Farm:
    """`tls` holds `agentgateway.pem` (chain and key in one) and `agentgateway.key`; `trust` knows who signed them."""

    site: Site
    redis: Server
    nodes: list[GatewayProcess]
    https_ports: list[int]
    tls: Path
    trust: ssl.SSLContext

    @property
    def http_addresses(self) -> list[str]:
        return [f"127.0.0.1:{node.port}" for node in self.nodes]

    @property
    def https_addresses(self) -> list[str]:
        return [f"127.0.0.1:{port}" for port in self.https_ports]

    @asynccontextmanager
    async def without_store(self) -> AsyncIterator[None]:
        """The store does not answer within the block; afterwards every node has it back."""
        self.redis.freeze()
        try:
            yield
        finally:
            self.redis.thaw()
            await until_async(self._ready)

    async def _ready(self) -> bool:
        answers = [await ask_once(node.port, "GET", "/gateway/ready") for node in self.nodes]
        return all(answer.status == 200 for answer in answers)

    async def kill_node(self, number: int) -> None:
        """Kills a node."""
        await self.nodes[number].end(signal.SIGKILL)

    async def return_node(self, number: int) -> None:
        """Starts a node again that was killed, on the same ports."""
        self.nodes[number] = await self._start(number, self.nodes[number].port)

    async def _start(self, number: int, port: int = 0) -> GatewayProcess:
        own = {"HTTPS_PORT": str(self.https_ports[number])}
        return await self.site.start(NAMES[number], own, port=port)

    async def start(self) -> None:
        """Starts all nodes."""
        self.nodes = list(await asyncio.gather(*(self._start(number) for number in range(len(NAMES)))))


def write_certificate(folder: Path) -> ssl.SSLContext:
    """A pair of files for localhost, in the names that the shipped files use."""
    folder.mkdir()
    authority = trustme.CA()
    made = authority.issue_cert("localhost", "127.0.0.1")
    made.private_key_and_cert_chain_pem.write_to_path(folder / "agentgateway.pem")
    made.private_key_pem.write_to_path(folder / "agentgateway.key")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


def server_context(folder: Path) -> ssl.SSLContext:
    """What a server of a test needs to speak TLS with these files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "agentgateway.pem", folder / "agentgateway.key")
    return context


def agents_from_afar(folder: Path) -> Path:
    """The agents of the configuration, allowed to sign in through a proxy, with a hash that is cheap to verify."""
    file = folder / "agents.toml"
    lines = quick_agents_text().splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith("demo")), "utf-8")
    return file


@asynccontextmanager
async def farm(folder: Path, redis: Server, settings: Mapping[str, str]) -> AsyncIterator[Farm]:
    """One whose nodes end with the block."""
    trust = write_certificate(folder / "tls")
    shared = {
        "REDIS_URL": redis.url,
        "TLS_CERT_FILE": str(folder / "tls" / "agentgateway.pem"),
        "TLS_KEY_FILE": str(folder / "tls" / "agentgateway.key"),
        "TRUSTED_PROXIES": "127.0.0.1",
        **settings,
    }
    async with (
        centre_process({"AGENTS_FILE": str(agents_from_afar(folder))}) as centre,
        site(folder, {**shared, **before(centre)}) as place,
    ):
        made = Farm(place, redis, [], [free_port() for _ in NAMES], folder / "tls", trust)
        await made.start()
        yield made
