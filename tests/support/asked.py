"""What Redis is asked: counted by MONITOR, as clients send commands.

What scripts call is not counted, nor the fence, which rides along every 100 ms whatever is asked.
"""

import asyncio
import secrets
import shlex
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Final

from gateway.redis_store.session_store import FLUSH_EVERY_S
from gateway.sessions.guid import new_secret_line
from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_S, until

AGENT: Final = 101
KINDS: Final = {
    "seen seen": "seen",
    "agent events queue poll": "look",
    "events queue floor": "event",
    "events queue": "confirm",
    "agent events queue seen seen owed owed floor": "swap",
    " ".join(["sign-in"] * 8): "attempt",
}


class Monitor:
    """What clients ask of the keys of one tag, by kind."""

    def __init__(self, server: Server, tag: str) -> None:
        self._server = server
        self._tag = f"{{{tag}}}:"
        self._lines: asyncio.StreamReader

    async def begin(self) -> None:
        self._lines, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        self._writer.write(b"MONITOR\r\n")
        assert await self._lines.readline() == b"+OK\r\n"

    async def so_far(self) -> Counter[str]:
        """All since it was last asked."""
        mark, found = secrets.token_hex(8), Counter[str]()
        self._server.ask("ECHO", mark)
        async with asyncio.timeout(GENEROUS_S):
            while mark not in (line := (await self._lines.readline()).decode()):
                kind = self._kind(line)
                if kind and kind != "fence":
                    found[kind] += 1
        return found

    def _kind(self, line: str) -> str:
        head, _, command = line.partition("] ")
        words = shlex.split(command)
        if head.endswith(" lua") or not any(word.startswith(self._tag) for word in words):
            return ""
        keys = [word.removeprefix(self._tag).split(":")[0] for word in words if word.startswith(self._tag)]
        names = " ".join(key for key in keys if key != "wake")
        return words[0].lower() if words[0].lower() == "get" else KINDS.get(names, names)

    async def aclose(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Place:
    """A gateway on Redis, a desktop on a kept connection whose events have all arrived, and what Redis is asked."""

    def __init__(self, gateway: Gateway, desk: Desk, line: Line, monitor: Monitor) -> None:
        self.gateway, self.desk, self.line, self.monitor = gateway, desk, line, monitor

    async def send_poll(self) -> None:
        await self.line.send("GET", f"{PREFIX}/agentevent/{AGENT}", {"guid": self.desk.guid}, b"")

    async def poll(self) -> Answer:
        await self.send_poll()
        return await read_answer(self.line.reader)

    async def parked(self) -> None:
        await until(lambda: len(self.gateway.app.parking) > 0)

    async def counted(self) -> Counter[str]:
        """Since it was last asked, what was noted meanwhile included."""
        await asyncio.sleep(FLUSH_EVERY_S + 0.1)
        return await self.monitor.so_far()


@asynccontextmanager
async def opened(server: Server, folder: Path, hold_s: float) -> AsyncIterator[Place]:
    secret, tag = folder / "guid.keys", secrets.token_hex(8)
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    settings = {
        "AGENT_POLL_WAIT_TIMES": str(round(hold_s * 10)),
        "AGENT_POLL_WAIT_INTERVAL": "100",
        "REDIS_URL": server.url,
        "GUID_SECRET_FILE": str(secret),
        "STORE_TAG": tag,
    }
    monitor = Monitor(server, tag)
    await monitor.begin()
    async with aclosing(monitor), running_gateway(settings, jobs=False) as gateway:
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        line = await Line.open(gateway.port)
        place = Place(gateway, desk, line, monitor)
        for _ in range(2):
            assert b'"event"' in (await place.poll()).body
        await place.counted()
        try:
            yield place
        finally:
            await line.close()
