"""Agents that cost the measuring process little: a raw connection each, for benchmarks against running gateways."""

import asyncio
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.support.gateway import CONFIG, PASSWORD

PREFIX = "/agentgateway/resource"
FIRST_AGENT = 1001
_SET_GUID = b"Set-GUID: JSESSIONID="


def write_agents_file(folder: Path, count: int) -> Path:
    """An agents file with the shipped skills and `count` agents from FIRST_AGENT, all with the tests' password."""
    shipped = (CONFIG.parent / "agents.toml").read_text("utf-8")
    found = re.search(r'password_hash = "[^"]+"', shipped)
    assert found is not None
    file = folder / "agents.toml"
    rows = (
        f'[[agents]]\nid = {number}\naccount = "a{number}"\nname = "Agent {number}"\nskills = [1]\n{found[0]}\n'
        for number in range(FIRST_AGENT, FIRST_AGENT + count)
    )
    file.write_text(shipped.partition("[[agents]]\n")[0] + "\n".join(rows), "utf-8")
    return file


class RawAgent(asyncio.Protocol):
    """One connection; one request is out at a time. Adopts every GUID that it is handed.

    `rotations`: GUIDs adopted after that of the sign-in. `wire_bytes`: sent and received, HTTP heads included.
    """

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id
        self.guid = ""
        self.rotations = -1
        self.wire_bytes = 0
        self._buffer = b""
        self._answered: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    async def connect(self, port: int) -> None:
        """Opens the connection."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the gateway closed the connection"))

    def data_received(self, data: bytes) -> None:
        self.wire_bytes += len(data)
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
            return
        self._buffer = b""
        if _SET_GUID in head:
            self.guid = head.partition(_SET_GUID)[2].partition(b"\r\n")[0].decode()
            self.rotations += 1
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(body)

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """One request below the prefix; the body of its answer. Raises ConnectionError."""
        assert self._transport is not None
        guid = f"guid: {self.guid}\r\n" if self.guid else ""
        head = f"{method} {PREFIX}/{path} HTTP/1.1\r\nHost: gateway\r\n{guid}Content-Length: {len(body)}\r\n\r\n"
        self._answered = asyncio.get_running_loop().create_future()
        request = head.encode() + body
        self.wire_bytes += len(request)
        self._transport.write(request)
        return await self._answered

    async def sign_in(self) -> None:
        """Signs in. Raises RuntimeError when it is refused."""
        body = json.dumps({"password": PASSWORD, "phonenum": str(50_000 + self.agent_id)}).encode()
        answer = await self.ask("PUT", f"onlineagent/{self.agent_id}", body)
        if b'"retcode":"0"' not in answer:
            raise RuntimeError(f"sign-in of {self.agent_id}: {answer.decode()}")

    async def poll(self) -> bytes:
        """One event poll."""
        return await self.ask("GET", f"agentevent/{self.agent_id}")

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()


@dataclass(frozen=True)
class Usage:
    """What a process has used so far, and holds now."""

    cpu_s: float
    rss_bytes: int
    loop_s: float
    """Of the CPU time, what the first thread took: that of the event loop."""


def usage(pids: Iterable[int]) -> Usage:
    """Of some processes together."""
    cpu_s, rss, loop_s = 0.0, 0, 0.0
    for pid in pids:
        fields = _stat(Path(f"/proc/{pid}/stat"))
        cpu_s += _cpu_s(fields)
        rss += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        loop_s += _cpu_s(_stat(Path(f"/proc/{pid}/task/{pid}/stat")))
    return Usage(cpu_s, rss, loop_s)


def _stat(file: Path) -> list[str]:
    return file.read_text("ascii").rpartition(") ")[2].split()


def _cpu_s(fields: list[str]) -> float:
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
