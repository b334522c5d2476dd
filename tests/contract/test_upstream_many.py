"""Thousands of long polls to the contact centre behind, in one worker."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from gateway.ops.process import allow_open_files
from tests.support.desk import PREFIX, Desk, Line
from tests.support.gateway import gateway_process
from tests.support.waiting import until

pytestmark = pytest.mark.slow
MANY: Final = 3000
FILES: Final = 2 * MANY + 500
"""In this process: a connection of each desk, and one of the gateway for each."""
AT_ONCE: Final = 20
PATIENCE_S: Final = 300
SETTINGS: Final = {
    "BACKEND": "upstream",
    "UPSTREAM_POLL_HOLD": "120000",
    "UPSTREAM_TIMEOUT": "9000",
    "AGENT_POLL_WAIT_TIMES": "300",
    "TIMEOUT_FLAG": "OFF",
    "REQUEST_TIMEOUT": "120000",
}
"""On both sides polls are long, so that few come anew while the agents sign in one after the other."""


class Centre:
    """Lets everybody in and holds every poll until `tell`."""

    def __init__(self) -> None:
        self.held: dict[str, asyncio.Future[bytes]] = {}
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._writers.append(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
                length = head.lower().partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length or 0))
                writer.write(await self._answer(head.split(" ")[1].removeprefix(f"{PREFIX}/")))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, path: str) -> bytes:
        group, agent = path.split("/")[:2]
        body = b'{"message":"success","retcode":"0","result":{"workno":"%s"}}' % agent.encode()
        if group == "agentevent":
            self.held[agent] = asyncio.get_running_loop().create_future()
            body = await self.held[agent]
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-GUID: JSESSIONID=%s.Centre\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (agent.encode(), len(body), body)
        )

    async def close(self) -> None:
        """Ends all connections; a server that is closed leaves them."""
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    def tell(self) -> None:
        """An event for every poll that is held."""
        held, self.held = self.held, {}
        for agent, answer in held.items():
            event = {"eventType": "AgentOther_Note", "workNo": agent, "eventGenTime": 1}
            answer.set_result(json.dumps({"message": "", "retcode": "0", "event": event}).encode())


@pytest.fixture
async def centre() -> AsyncIterator[tuple[Centre, int]]:
    if allow_open_files(FILES) < FILES:
        pytest.skip(f"fewer than {FILES} open files are allowed")
    made = Centre()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, backlog=MANY)
    yield made, server.sockets[0].getsockname()[1]
    server.close()
    await made.close()


async def at_work(desk: Desk, slots: asyncio.Semaphore) -> object:
    """Signs in and polls, on one connection, until there is an event: whose it is."""
    async with slots:
        line = await Line.open(desk.port)
        body = {"password": desk.password, "phonenum": "6001"}
        signed_in = await desk.call("PUT", "onlineagent/{id}", body, line=line)
    assert signed_in.retcode == "0", signed_in.body
    while "event" not in (said := (await desk.poll(line=line)).json):
        assert said["retcode"] == "0", said
    await line.close()
    return said["event"]["workNo"]


async def test_one_worker_holds_a_poll_for_each_of_thousands_of_agents(
    centre: tuple[Centre, int], tmp_path: Path
) -> None:
    hall, port = centre
    settings = {**SETTINGS, "UPSTREAM_URL": f"http://127.0.0.1:{port}"}
    async with gateway_process(tmp_path, settings) as gateway:
        desks = [gateway.desk(agent_id) for agent_id in range(1, MANY + 1)]
        slots = asyncio.Semaphore(AT_ONCE)
        work = [asyncio.create_task(at_work(desk, slots)) for desk in desks]
        await until(lambda: len(hall.held) == MANY or any(task.done() for task in work), PATIENCE_S)
        assert (await desks[0].status()).retcode == "0"
        hall.tell()
        assert await asyncio.gather(*work) == [str(desk.agent_id) for desk in desks]
        await until(lambda: len(hall.held) == MANY, PATIENCE_S)
