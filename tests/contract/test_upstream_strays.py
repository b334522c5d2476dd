"""A contact centre behind that answers too often: no event and no GUID of one agent reaches another."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import pytest

from tests.support.desk import PREFIX, Desk
from tests.support.front import gateway_before
from tests.support.waiting import until

AGENTS: Final = tuple(range(101, 107))
EACH: Final = 15
"""Events that each agent gets to see."""


class Centre:
    """Lets everybody in, and has an event for every poll. Behind an answer it often says the same once more, or a part.

    At once behind any answer, and a little later behind those to polls. `foreign`: requests under another agent's GUID.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.strays = self.requests = self.open = 0
        self.foreign: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
                length = re.search(r"(?i)content-length: (\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                group, agent = head.split(" ")[1].removeprefix(f"{PREFIX}/").split("/")[:2]
                guid = re.search(r"(?i)guid: (\S+)", head)
                if guid is not None and guid[1] != f"{agent}.Centre":
                    self.foreign.append(head)
                self.requests += 1
                await self._answer(group, agent, writer)
        writer.close()
        self.open -= 1

    async def _answer(self, group: str, agent: str, writer: asyncio.StreamWriter) -> None:
        said: dict[str, Any] = {"message": "", "retcode": "0", "result": {"workno": agent}}
        if group == "agentevent":
            event = {"eventType": "AgentOther_Note", "workNo": agent, "eventGenTime": self.requests}
            said = {"message": "", "retcode": "0", "event": event}
        body = json.dumps(said).encode()
        whole = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-GUID: JSESSIONID=%s.Centre\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (agent.encode(), len(body), body)
        )
        writer.write(whole)
        fault = self._chance.choice(["", "", "again", "cut", "later", "later"])
        self.strays += fault != ""
        if fault == "again":
            writer.write(whole)
        elif fault == "cut":
            writer.write(whole[: self._chance.randrange(1, len(whole))])
        elif fault == "later" and group == "agentevent":
            await asyncio.sleep(self._chance.random() / 100)
            writer.write(whole)
        await writer.drain()


@asynccontextmanager
async def centre(seed: int) -> AsyncIterator[tuple[Centre, str]]:
    made = Centre(seed)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    yield made, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await until(lambda: made.open == 0)


async def seen_by(desk: Desk) -> set[str]:
    """Whose events the desk of an agent sees."""
    seen: list[str] = []
    while len(seen) < EACH:
        said = (await desk.poll()).json
        assert said["retcode"] == "0", said
        if "event" in said:
            seen.append(said["event"]["workNo"])
            await desk.status()
    return set(seen)


@pytest.mark.parametrize("seed", range(3))
async def test_no_event_and_no_guid_of_one_agent_reaches_another(seed: int) -> None:
    async with centre(seed) as (behind, url), gateway_before(url, {"UPSTREAM_CONNECTIONS": "4"}) as gateway:
        desks = [gateway.desk(agent_id) for agent_id in AGENTS]
        for desk in desks:
            assert (await desk.sign_in()).retcode == "0"
        found = await asyncio.gather(*(seen_by(desk) for desk in desks))
    assert found == [{str(agent_id)} for agent_id in AGENTS]
    assert behind.foreign == []
    assert behind.strays > len(AGENTS) * EACH
