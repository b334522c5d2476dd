"""One process from start to drain."""

import asyncio
import errno
import socket

from aiohttp.web import BaseRequest, Response

from gateway.server import Running
from gateway.settings.load import load
from gateway.settings.reload import LiveSettings
from tests.support.gateway import CONFIG
from tests.support.waiting import until
from tests.unit.listeners.doors import Door, fine, get, opened

LONG_MS, LATEST_S = 120_000, 60


def refuses(door: Door) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", door.port)) == errno.ECONNREFUSED


async def test_a_process_with_a_successor_accepts_no_agent_while_an_operator_still_waits_for_an_answer() -> None:
    here, go = asyncio.Event(), asyncio.Event()

    async def slow(_request: BaseRequest) -> Response:
        here.set()
        await go.wait()
        return Response(text="slow")

    live = LiveSettings(load(CONFIG, {"DRAIN_TIME": str(LONG_MS)}))
    async with opened(fine) as agents, opened(slow) as admin:
        operator = await admin.client()
        await operator.send(get())
        await here.wait()
        leaving = asyncio.create_task(Running(live, agents.listeners, admin.listeners).step_down())
        await until(lambda: refuses(agents), LATEST_S)
        still = not leaving.done()
        go.set()
        answer = await operator.answer()
        await operator.close()
        await leaving
    assert (still, answer.body) == (True, b"slow")
