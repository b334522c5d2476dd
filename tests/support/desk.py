"""A desktop as the wire sees it: raw HTTP/1.1 on a socket, every byte of the answer kept."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "/agentgateway/resource"
ANSWERS_S = 60
"""Longer than any hold; no claim of its own."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `lines` are the head as sent, header case kept."""

    lines: tuple[str, ...]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.lines[0].split(" ")[1])

    @property
    def headers(self) -> dict[str, str]:
        """By name as sent; the last wins."""
        return dict(line.split(": ", 1) for line in self.lines[1:])

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def retcode(self) -> str:
        code: str = self.json["retcode"]
        return code

    @property
    def set_guid(self) -> str:
        """The GUID handed out, "" for none."""
        return self.headers.get("Set-GUID", "").removeprefix("JSESSIONID=")


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Reads one answer; raises IncompleteReadError when the connection ends before it."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = tuple(head.decode("latin-1").split("\r\n")[:-2])
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    return Answer(lines, await reader.readexactly(length))


class Line:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: gateway", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        await self.writer.drain()

    async def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        await self.send(method, path, headers or {}, body)
        async with asyncio.timeout(ANSWERS_S):
            return await read_answer(self.reader)

    async def raw(self, data: bytes) -> Answer:
        self.writer.write(data)
        async with asyncio.timeout(ANSWERS_S):
            return await read_answer(self.reader)

    def abort(self) -> None:
        """Goes away with a reset."""
        transport = self.writer.transport
        transport.abort()

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


async def ask_once(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Answer:
    """One request on a connection of its own."""
    line = await Line.open(port)
    try:
        return await line.ask(method, path, headers, body)
    finally:
        await line.close()


class Desk:
    """An agent desktop: keeps its GUID and adopts every one it is handed, as the guide says."""

    def __init__(self, port: int, agent_id: int, password: str) -> None:
        self.port = port
        self.agent_id = agent_id
        self.password = password
        self.guid = ""
        self.adopts = True

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        guid: str | None = None,
        line: Line | None = None,
    ) -> Answer:
        """One call below the prefix, `{id}` standing for the agent."""
        headers = {"guid": self.guid if guid is None else guid} if (guid or self.guid) else {}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=UTF-8"
        data = b"" if body is None else json.dumps(body).encode()
        target = f"{PREFIX}/{path.replace('{id}', str(self.agent_id))}"
        if line is None:
            answer = await ask_once(self.port, method, target, headers, data)
        else:
            answer = await line.ask(method, target, headers, data)
        if self.adopts and answer.set_guid:
            self.guid = answer.set_guid
        return answer

    async def sign_in(self, *, force: bool = False, **body: object) -> Answer:
        """login or forcelogin with the smallest body, or what is given on top."""
        path = "onlineagent/{id}/forcelogin" if force else "onlineagent/{id}"
        return await self.call("PUT", path, {"password": self.password, "phonenum": "6001", **body}, guid="")

    async def poll(self, *, guid: str | None = None, line: Line | None = None) -> Answer:
        return await self.call("GET", "agentevent/{id}", guid=guid, line=line)

    async def drain_events(self) -> list[dict[str, Any]]:
        """Polls until the queue is empty; the hold should be short."""
        found = []
        while "event" in (answer := await self.poll()).json:
            found.append(answer.json["event"])
        return found

    async def status(self, *, guid: str | None = None) -> Answer:
        return await self.call("GET", "onlineagent/{id}/agentstatus", guid=guid)
