"""What dies between a desktop and the contact centre behind, and what comes of it: real processes, kill -9."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.support.desk import Desk
from tests.support.servers import Server
from tests.support.two_sites import TwoSites, two_sites
from tests.support.waiting import until, until_async

pytestmark = pytest.mark.slow

TAKEN_OVER_WITHIN_S = 5.0
ROTATION_S = 20.0


@pytest.fixture
def kind() -> str:
    """What differs between kinds of servers is proven where the stores are."""
    return "valkey"


@pytest.fixture
async def sites(tmp_path: Path, server: Server) -> AsyncIterator[TwoSites]:
    """The one behind keeps its sessions in Redis, so that they outlive its process."""
    behind = {"REDIS_URL": server.url, "STORE_TAG": f"behind-{tmp_path.name}"}
    async with two_sites(tmp_path, server, behind=behind) as made:
        yield made


async def next_event(desk: Desk, within_s: float = 10) -> str:
    """The type of the next event."""
    async with asyncio.timeout(within_s):
        while "event" not in (said := (await desk.poll()).json):
            assert said["retcode"] == "0", said
    found: str = said["event"]["eventType"]
    return found


async def without_events(desk: Desk) -> Desk:
    """Takes the events of the sign-in; the last poll confirms them."""
    for event_type in ("AgentOther_InService", "AgentState_Ready"):
        assert await next_event(desk) == event_type
    assert "event" not in (await desk.poll()).json
    return desk


async def until_served(desk: Desk, within_s: float = 10) -> None:
    async def served() -> bool:
        return (await desk.status()).status != 503

    await until_async(served, within_s)


async def test_another_node_fetches_events_when_the_first_is_killed(sites: TwoSites) -> None:
    desk = await without_events(await sites.desk(101, node=0))
    other = sites.elsewhere(desk)
    await sites.first.end(signal.SIGKILL)
    await other.call("POST", "onlineagent/{id}/saybusy")
    assert await next_event(other, TAKEN_OVER_WITHIN_S) == "AgentState_SetNotReady_Success"


async def test_while_the_one_behind_is_dead_calls_are_503_and_afterwards_all_is_as_before(sites: TwoSites) -> None:
    desk = await without_events(await sites.desk(102))
    await sites.behind.end(signal.SIGKILL)
    refused = await desk.status()
    assert (refused.status, refused.retcode) == (503, "100-007")
    assert (await desk.poll()).retcode == "0"
    await sites.behind_site.start("Behind", port=sites.behind.port)
    await until_served(desk)
    await without_events(desk)  # It was entered again there, and is told so as at its sign-in.
    assert (await sites.elsewhere(desk).call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
    assert await next_event(desk) == "AgentState_SetNotReady_Success"


async def stays_in(desk: Desk, place: TwoSites, seconds: float) -> int:
    """Polls and calls on both nodes for so long, without one refusal; how many calls."""
    calls = 0
    until_s = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until_s:
        for answer in (await desk.poll(), await place.elsewhere(desk).status(), await desk.status()):
            assert (answer.status, answer.retcode) == (200, "0"), answer.body
            calls += 1
    return calls


ROTATES: Mapping[str, str] = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "4000",
    "AGENT_POLL_WAIT_TIMES": "5",
}


async def test_rotation_behind_is_followed_without_a_refusal(tmp_path: Path, server: Server) -> None:
    async with two_sites(tmp_path, server, behind=ROTATES) as place:
        desks = [await place.desk(agent, node=agent % 2) for agent in range(101, 107)]
        first = [place.kept(desk.agent_id)["key"] for desk in desks]
        await asyncio.gather(*(stays_in(desk, place, ROTATION_S) for desk in desks))
        last = [place.kept(desk.agent_id)["key"] for desk in desks]
    assert not set(first) & set(last)


async def test_one_behind_that_forgot_its_sessions_has_signed_the_agents_out(tmp_path: Path, server: Server) -> None:
    async with two_sites(tmp_path, server) as place:
        desk = await without_events(await place.desk(101))
        await place.behind.end(signal.SIGKILL)
        assert (await desk.poll()).retcode == "0"
        await place.behind_site.start("Behind", port=place.behind.port)
        async with asyncio.timeout(10):
            while (answer := await desk.poll()).retcode == "0":
                pass
        assert (answer.retcode, answer.json["message"]) == (
            "100-006",
            "signed out by the contact centre behind this gateway",
        )
        assert (await desk.sign_in()).retcode == "0"


class Changing:
    """An agent that changes its state every 100 ms, and the events that it gets of it, on the node that is there."""

    def __init__(self, desk: Desk, ports: list[int]) -> None:
        self._desk = desk
        self._ports = ports
        self.asked = 0
        self.got: list[str] = []

    async def change(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            operation = "sayfree" if self.asked % 2 else "saybusy"
            answer = await self._anywhere("POST", f"onlineagent/{{id}}/{operation}")
            assert answer == "0", answer
            self.asked += 1
            await asyncio.sleep(0.1)

    async def poll(self, stop: asyncio.Event) -> None:
        while not stop.is_set() or len(self.got) < self.asked:
            try:
                answer = await self._desk.poll()
            except (OSError, asyncio.IncompleteReadError):
                self._turn()
                continue
            assert answer.retcode in {"0", "100-007"}, answer.body
            if "event" in answer.json:
                self.got.append(answer.json["event"]["eventType"])

    async def go_on(self, events: int = 20) -> None:
        """Returns when so many more events have come."""
        before = len(self.got)
        await until(lambda: len(self.got) >= before + events)

    async def _anywhere(self, method: str, path: str) -> str:
        while True:
            try:
                answer = await self._desk.call(method, path)
            except (OSError, asyncio.IncompleteReadError):
                self._turn()
                continue
            if answer.status != 503:
                return answer.retcode

    def _turn(self) -> None:
        self._desk.port = next(port for port in self._ports if port != self._desk.port)


async def test_a_rolling_restart_of_the_nodes_loses_no_event_and_signs_nobody_out(sites: TwoSites) -> None:
    desk = await without_events(await sites.desk(101))
    ports, stop = [node.port for node in sites.nodes], asyncio.Event()
    changing = Changing(desk, ports)
    async with asyncio.TaskGroup() as group:
        group.create_task(changing.change(stop))
        group.create_task(changing.poll(stop))
        for name, node in zip(("NodeA", "NodeB"), sites.nodes, strict=True):
            await changing.go_on()
            await node.end(signal.SIGTERM)
            await sites.before_site.start(name, port=node.port)
        await changing.go_on()
        stop.set()
    expected = ["AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"] * changing.asked
    assert changing.got == expected[: changing.asked]
