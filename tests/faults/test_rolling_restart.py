"""A rolling restart refuses and resets no connection, signs nobody out and loses no event (docs/design/failure.md)."""

import asyncio
import signal
import ssl
from pathlib import Path

import pytest

from tests.support.desk import Desk, Line
from tests.support.gateway import GatewayProcess
from tests.support.servers import free_port
from tests.support.site import Site
from tests.support.steady import SteadyDesk, steady
from tests.support.waiting import until

AGENTS = range(101, 104)
QUICK = {
    "WORKERS": "2",
    "DRAIN_TIME": "20000",
    "AGENT_POLL_WAIT_TIMES": "20",
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "9000",
}
ROLL_S = 120
TALKING, IDLE = 7, 4


class Newcomers:
    """Clients that come for one call, one after the other, without and with TLS."""

    def __init__(self, port: int, secure_port: int, authority: Path) -> None:
        self.answered = 0
        self.enough = False
        self.faults: list[str] = []
        self._ways: list[tuple[int, ssl.SSLContext | None]] = [
            (port, None),
            (secure_port, ssl.create_default_context(cafile=str(authority))),
        ]

    async def come(self) -> None:
        """Until they are enough."""
        while not self.enough:
            for port, trust in self._ways:
                try:
                    await self._one(port, trust)
                    self.answered += 1
                except (OSError, asyncio.IncompleteReadError) as fault:
                    self.faults.append(type(fault).__name__)
                await asyncio.sleep(0.05)

    async def _one(self, port: int, trust: ssl.SSLContext | None) -> None:
        name = "localhost" if trust else None
        line = Line(*await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=name))
        try:
            assert (await line.ask("GET", "/gateway/live")).status == 200
        finally:
            await line.close()


def said(node: GatewayProcess, words: str) -> int:
    return node.log.read_text().count(words)


def faults_of(desks: list[SteadyDesk]) -> list[list[str]]:
    return [desk.faults + desk.refusals for desk in desks]


async def test_under_steady_traffic_nothing_is_refused_reset_signed_out_or_lost(shared: Site) -> None:
    shared.edit(**QUICK, HTTPS_PORT=str(secure_port := free_port()))
    node = await shared.start(overrides={"HTTPS_PORT": str(secure_port)})
    former = node.workers()
    newcomers = Newcomers(node.port, secure_port, shared.folder / "var" / "tls" / "ca.pem")
    async with steady([node.desk(agent_id) for agent_id in AGENTS]) as desks:
        coming = asyncio.create_task(newcomers.come())
        await until(lambda: all(desk.made for desk in desks), ROLL_S)
        node.send(signal.SIGUSR2)
        await until(lambda: said(node, "rolling restart: done") == 1, ROLL_S)
        newcomers.enough = True
        await coming
    assert (faults_of(desks), newcomers.faults) == ([[] for _ in desks], [])
    assert [desk.got for desk in desks] == [desk.made for desk in desks]
    assert newcomers.answered
    assert (sorted(node.workers().values()), former.keys() & node.workers().keys()) == ([0, 1], set())


@pytest.mark.slow
async def test_a_successor_that_cannot_serve_leaves_the_former_at_work(shared: Site) -> None:
    shared.edit(**QUICK)
    node = await shared.start()
    former = node.workers()
    shared.secret.write_text("k1 short", "ascii")
    node.send(signal.SIGUSR2)
    await until(lambda: said(node, "rolling restart: given up at worker 0") == 1, ROLL_S)
    assert node.workers() == former
    assert said(node, "its successor") == 1
    assert (await node.desk(101).sign_in()).retcode == "0"


async def state(desk: Desk) -> int:
    found: int = (await desk.status()).json["result"]["agentState"]
    return found


async def rolled(node: GatewayProcess, times: int = 1) -> dict[int, int]:
    """The workers, once a rolling restart is done for the so manieth time."""
    await until(lambda: said(node, "rolling restart: done") == times, ROLL_S)
    return node.workers()


@pytest.mark.slow
async def test_an_agent_talks_on_while_every_worker_is_replaced(shared: Site) -> None:
    shared.edit(**QUICK)
    node = await shared.start()
    former, desk = node.workers(), node.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    assert (await desk.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"
    node.send(signal.SIGUSR2)
    while said(node, "rolling restart: done") == 0:
        assert await state(desk) == TALKING
    assert not former.keys() & (await rolled(node)).keys()
    assert await state(desk) == TALKING
    assert (await desk.call("DELETE", "voicecall/{id}/release")).retcode == "0"
    assert await state(desk) == IDLE


@pytest.mark.slow
async def test_there_are_as_many_workers_as_the_file_says_and_nobody_meets_the_change(shared: Site) -> None:
    shared.edit(**QUICK)
    node = await shared.start()
    async with steady([node.desk(agent_id) for agent_id in AGENTS]) as desks:
        shared.edit(WORKERS="3")
        node.send(signal.SIGUSR2)
        more = await rolled(node)
        shared.edit(WORKERS="1")
        node.send(signal.SIGUSR2)
        fewer = await rolled(node, 2)
    assert (sorted(more.values()), sorted(fewer.values())) == ([0, 1, 2], [0])
    assert faults_of(desks) == [[] for _ in desks]
    assert [desk.got for desk in desks] == [desk.made for desk in desks]
