"""The real nginx and HAProxy with the files that are shipped in config/deploy, before the gateways of a test.

The files run as they are but for addresses, ports and paths. HAProxy's file takes these from its environment; in those
of nginx `placed` replaces them.
"""

import asyncio
import os
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.desk import Answer, Desk, Line
from tests.support.gateway import PASSWORD, ROOT
from tests.support.servers import free_port
from tests.support.waiting import until_async

DEPLOY = ROOT / "config" / "deploy"
NGINX_FILES = (DEPLOY / "nginx" / "agentgateway.conf", DEPLOY / "nginx" / "forward_auth.conf")
HAPROXY = DEPLOY / "haproxy" / "haproxy.cfg"
HAPROXY_TCP = DEPLOY / "haproxy" / "haproxy_tcp.cfg"
SHIPPED_NODES = tuple(f"192.0.2.1{number}:8000" for number in (1, 2, 3))
SHIPPED_SITE = "192.0.2.20:9000"
READY_S = 60
_SYSLOG = re.compile(r"syslog:server=unix:/dev/log,tag=(\w+),nohostname")

_NGINX_MAIN = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log off;
{includes}
}}
"""


class SecureLine(Line):
    """One TLS connection."""

    async def close(self) -> None:
        """As Line; what the other side still had to say, a session ticket perhaps, is of no interest."""
        with suppress(ssl.SSLError):
            await super().close()


class FrontDesk(Desk):
    """A desktop that speaks TLS; calls without a line take a connection of their own."""

    def __init__(self, front: "Front", agent_id: int) -> None:
        super().__init__(front.port, agent_id, PASSWORD)
        self._front = front

    async def call(
        self, method: str, path: str, body: object = None, *, guid: str | None = None, line: Line | None = None
    ) -> Answer:
        if line is not None:
            return await super().call(method, path, body, guid=guid, line=line)
        own = await self._front.line()
        try:
            return await super().call(method, path, body, guid=guid, line=own)
        finally:
            await own.close()


@dataclass(frozen=True)
class Front:
    """What stands before the gateways: its TLS port, who is trusted, its log, and the socket that steers HAProxy."""

    port: int
    trust: ssl.SSLContext
    log: Path
    steering: str = ""

    async def line(self, source: str = "127.0.0.1") -> Line:
        """A TLS connection from this address."""
        pair = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust, local_addr=(source, 0))
        return SecureLine(*pair)

    async def raw(self, request: bytes, source: str = "127.0.0.1") -> Answer:
        """The answer to these bytes."""
        line = await self.line(source)
        try:
            return await line.raw(request)
        finally:
            await line.close()

    def desk(self, agent_id: int) -> FrontDesk:
        """An agent desktop that has not signed in."""
        return FrontDesk(self, agent_id)

    async def steer(self, command: str) -> str:
        """The answer of HAProxy's socket to one command."""
        reader, writer = await asyncio.open_unix_connection(self.steering)
        writer.write(f"{command}\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
        return answer


Fronts = dict[str, Front]
"""By the name of the file that is shipped."""
NAMES = ("agentgateway.conf", "haproxy.cfg", "haproxy_tcp.cfg")


def need(fronts: Fronts, name: str) -> Front:
    """The front with this name; without its program the test is skipped."""
    if name not in fronts:
        pytest.skip(f"{'haproxy' if name.endswith('.cfg') else 'nginx'} is not installed")
    return fronts[name]


async def signed_in(front: Front, agent_id: int = 101) -> FrontDesk:
    """A desk whose agent has just signed in, by force; a node may still be without the store of a former test."""
    desk = front.desk(agent_id)

    async def let_in() -> bool:
        answer = await desk.sign_in(force=True)
        assert answer.retcode in {"0", "100-007"}, answer
        return answer.retcode == "0"

    await until_async(let_in, READY_S)
    return desk


async def told(desk: FrontDesk, kind: str) -> None:
    """Polls until an event of this type comes; what failed is asked again, as desktops do.

    An event may come twice: a poll that follows at once on another node overtakes the word that it has arrived.
    """
    event: dict[str, object] = {}
    while event.get("eventType") != kind:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            answer = await desk.poll()
            assert answer.retcode in {"0", "100-007"}, answer
            event = answer.json.get("event", {})


async def quiet(desk: FrontDesk) -> None:
    """Takes the events of a sign-in."""
    await told(desk, "AgentState_Ready")


def program(name: str) -> str | None:
    """Where it is installed; Debian keeps it out of the path of ordinary users."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def placed(shipped: Path, nodes: Sequence[str], ports: Mapping[str, int], logs: Path, site: str = "") -> str:
    """The text of a file for nginx with places of a test: nodes, site, ports by those shipped, a folder for logs."""
    text = shipped.read_text("utf-8")
    swaps = {**dict(zip(SHIPPED_NODES, nodes, strict=True)), SHIPPED_SITE: site or SHIPPED_SITE}
    swaps |= {f"listen {old} ": f"listen 127.0.0.1:{new} " for old, new in ports.items()}
    for old, new in swaps.items():
        text = text.replace(old, new)
    return _SYSLOG.sub(rf"{logs}/\1.log", text)


def write_nginx(folder: Path, tls: Path, files: Sequence[Path]) -> Path:
    """A main configuration in `folder` that includes these; relative paths in them begin there."""
    if not (folder / "tls").exists():
        (folder / "tls").symlink_to(tls)
    main = folder / "nginx.conf"
    includes = "\n".join(f"    include {file};" for file in files)
    main.write_text(_NGINX_MAIN.format(folder=folder, includes=includes), "utf-8")
    return main


@asynccontextmanager
async def nginx(folder: Path, tls: Path, texts: Sequence[str], ports: Sequence[int]) -> AsyncIterator[None]:
    """One that runs these texts and accepts on the ports."""
    files = [folder / f"{number}.conf" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, "utf-8")
    main = write_nginx(folder, tls, files)
    command = [program("nginx") or "nginx", "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")]
    async with _running(command, folder / "nginx.log", {}, ports):
        yield


@asynccontextmanager
async def haproxy(
    folder: Path, shipped: Path, port: int, certificate: Path, servers: Sequence[str], trust: ssl.SSLContext
) -> AsyncIterator[Front]:
    """One that runs the shipped file before these servers."""
    with TemporaryDirectory(prefix="haproxy") as short:
        steering = f"{short}/admin"
        environment = {"LISTEN": f"127.0.0.1:{port}", "CERTIFICATE": str(certificate), "ADMIN_SOCKET": steering}
        environment |= {f"GATEWAY{number}": server for number, server in enumerate(servers, 1)}
        command = [program("haproxy") or "haproxy", "-db", "-f", str(shipped)]
        async with _running(command, folder / f"{shipped.stem}.log", environment, [port]):
            yield Front(port, trust, folder / f"{shipped.stem}.log", steering)


@asynccontextmanager
async def fronts_before(
    folder: Path,
    http: Sequence[str],
    https: Sequence[str],
    tls: Path,
    trust: ssl.SSLContext,
    names: Sequence[str] = NAMES,
) -> AsyncIterator[Fronts]:
    """Those whose program is installed, before three nodes; `tls` holds the certificate of localhost."""
    made: Fronts = {}
    certificate = tls / "agentgateway.pem"
    async with AsyncExitStack() as stack:
        if program("nginx") and NGINX_FILES[0].name in names:
            port = free_port()
            text = placed(NGINX_FILES[0], http, {"8043": port}, folder)
            await stack.enter_async_context(nginx(folder, tls, [text], [port]))
            made["agentgateway.conf"] = Front(port, trust, folder / "agentgateway.log")
        for shipped, nodes in ((HAPROXY, http), (HAPROXY_TCP, https)):
            if program("haproxy") and shipped.name in names:
                one = haproxy(folder, shipped, free_port(), certificate, nodes, trust)
                made[shipped.name] = await stack.enter_async_context(one)
        yield made


@asynccontextmanager
async def _running(
    command: Sequence[str], log: Path, environment: Mapping[str, str], ports: Sequence[int]
) -> AsyncIterator[None]:
    with log.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=sink, stderr=sink, env={**os.environ, **environment}
        )
    try:
        async with asyncio.timeout(READY_S):
            for port in ports:
                await _accepts(port, process, log)
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _accepts(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    while True:
        if process.returncode is not None:
            raise RuntimeError(f"{log.stem} ended at once: see {log}")
        try:
            line = await Line.open(port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
        else:
            await line.close()
            return
