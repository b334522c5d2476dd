"""One outage of the store under two nodes with agents at work, and all that was seen of it (docs/design/failure.md)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.desk import Answer, Desk, ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, Servers
from tests.support.site import Site
from tests.support.waiting import lost_time, until_async

REGULAR, FORMER, SILENT, PARKED, ABSENT = 101, 102, 103, 104, 105
"""Polls all the time; holds a replaced GUID too; sends nothing; has a poll parked; is not signed in."""

CALLS: Final = (
    ("GET", "onlineagent/{id}/agentstatus", None),
    ("POST", "onlineagent/{id}/saybusy", None),
    ("POST", "onlineagent/{id}/handshake", None),
    ("PUT", "onlineagent/{id}/updateGuid", None),
    ("DELETE", "onlineagent/{id}/logout", None),
)
STORE: Final = {"STORE_TIMEOUT": "800"}
DEFAULT_MAX_TIME: Final = "120000"
WAITED_FOR_S = 5.0
"""The end of a longer grace is not waited for."""
POLL_PAUSE_S = 0.2


@dataclass(frozen=True)
class Fault:
    """What happens to the store, for how long, under which settings. `grace_s` and `hold_s` follow from those.

    `max_time` is MAXTIME in ms from just before the outage until it is over, so that busy machines have time besides.
    """

    begin: Callable[[Server], None]
    end: Callable[[Server], None]
    lasts_s: float
    grace_s: float
    hold_s: float
    max_time: str = DEFAULT_MAX_TIME
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Timed:
    """An answer and how long it took in s; `lost_s` of that this process did not get."""

    answer: Answer
    took_s: float
    lost_s: float


@dataclass
class Seen:
    """What was seen. Times are in s since the end of the outage."""

    calls: list[Timed] = field(default_factory=list)
    polls: list[Timed] = field(default_factory=list)
    live: list[Answer] = field(default_factory=list)
    ready: list[Answer] = field(default_factory=list)
    regular: list[str] = field(default_factory=list)
    back_s: float = 0.0
    silent: str = ""
    former_first: str = ""
    former_refused_s: float = 0.0
    former_lost_s: float = 0.0
    former_refused: str = ""
    sign_in: str = ""
    event: str = ""


async def timed(asking: Awaitable[Answer]) -> Timed:
    async with lost_time() as lost:
        began_s = time.monotonic()
        answer = await asking
        return Timed(answer, time.monotonic() - began_s, lost.s)


class Outage:
    """Runs one fault. `run` is the whole story."""

    def __init__(self, place: Site, nodes: Sequence[Gateway], server: Server, fault: Fault) -> None:
        self._place = place
        self._nodes = nodes
        self._server = server
        self._fault = fault
        self._desks: dict[int, Desk] = {}
        self._former_guid = ""
        self.seen = Seen()

    async def run(self) -> Seen:
        """From the first sign-in to the end."""
        for number, agent_id in enumerate((REGULAR, SILENT, PARKED)):
            await self._sign_in(self._nodes[number % 2], agent_id)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_polling(stop))
            await self._live_through_it()
            stop.set()
        return self.seen

    async def _live_through_it(self) -> None:
        await asyncio.gather(*(self._desks[agent_id].drain_events() for agent_id in (SILENT, PARKED)))
        await self._sign_in(self._nodes[0], FORMER)
        self._former_guid = self._desks[FORMER].guid
        parked = await self._park()
        await self._set_max_time(self._fault.max_time)
        await self._desks[FORMER].call("PUT", "onlineagent/{id}/updateGuid")
        await self._desks[FORMER].status()  # The grace of the former GUID runs from here.
        await self._desks[SILENT].status()
        self._fault.begin(self._server)
        await self._look_while_down(parked)
        ended_s = time.monotonic()
        self._fault.end(self._server)
        await self._look_afterwards(ended_s)

    async def _sign_in(self, node: Gateway, agent_id: int) -> None:
        self._desks[agent_id] = desk = node.desk(agent_id)
        assert (await desk.sign_in()).retcode == "0"

    async def _set_max_time(self, milliseconds: str) -> None:
        self._place.edit(MAXTIME=milliseconds)
        await asyncio.gather(*(node.app.live.reload("test", force=True) for node in self._nodes))

    async def _keep_polling(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.seen.regular.append((await self._desks[REGULAR].poll()).retcode)
            await asyncio.sleep(POLL_PAUSE_S)

    async def _park(self) -> asyncio.Task[Timed]:
        """A poll that waits; it has told the store so."""
        mark = f"{{agentgateway}}:poll:{PARKED}"
        self._server.ask("DEL", mark)
        poll = asyncio.create_task(timed(self._desks[PARKED].poll()))
        await until_async(lambda: asyncio.to_thread(self._server.ask, "EXISTS", mark))
        return poll

    async def _look_while_down(self, parked: asyncio.Task[Timed]) -> None:
        began_s = time.monotonic()
        polled = [asyncio.create_task(timed(self._desks[SILENT].poll()))]
        await self._call_everything()
        for node in self._nodes:
            self.seen.live.append(await ask_once(node.port, "GET", "/gateway/live"))
            self.seen.ready.append(await ask_once(node.port, "GET", "/gateway/ready"))
        await self._call_everything()
        self.seen.polls += [await parked, *(await asyncio.gather(*polled))]
        await asyncio.sleep(max(0.0, began_s + self._fault.lasts_s - time.monotonic()))

    async def _call_everything(self) -> None:
        for node in self._nodes:
            guid = self._desks[SILENT].guid
            desk = node.desk(SILENT)
            desk.adopts = False
            asked = [timed(desk.call(method, path, body, guid=guid)) for method, path, body in CALLS]
            asked += [timed(node.desk(ABSENT).sign_in()), timed(node.desk(PARKED).sign_in(force=True))]
            self.seen.calls += await asyncio.gather(*asked)

    async def _look_afterwards(self, ended_s: float) -> None:
        for node in self._nodes:
            await until_async(lambda node=node: _is_ready(node))  # type: ignore[misc]
        seen, other = self.seen, self._nodes[1]
        seen.back_s = time.monotonic() - ended_s
        former, lost_s = other.desk(FORMER), 0.0
        seen.former_first = (await former.status(guid=self._former_guid)).retcode
        seen.silent = (await self._desks[SILENT].status()).retcode
        await self._set_max_time(DEFAULT_MAX_TIME)
        seen.sign_in = (await other.desk(ABSENT).sign_in()).retcode
        await self._desks[PARKED].call("POST", "onlineagent/{id}/saybusy")
        seen.event = (await self._desks[PARKED].poll()).json.get("event", {}).get("eventType", "")
        while seen.former_first == "0" and not seen.former_refused and self._fault.grace_s < WAITED_FOR_S:
            said = await timed(former.status(guid=self._former_guid))
            lost_s += said.lost_s
            seen.former_refused = "" if said.answer.retcode == "0" else said.answer.retcode
            seen.former_refused_s, seen.former_lost_s = time.monotonic() - ended_s, lost_s


async def _is_ready(node: Gateway) -> bool:
    return (await ask_once(node.port, "GET", "/gateway/ready")).status == 200


async def run_outage(folder: Path, kind: str, fault: Fault) -> Seen:
    """Two nodes on a server of their own that keeps an append-only file, before a contact centre that has no store."""
    servers = Servers(folder)
    try:
        # By default Redis itself may lose the last second or two when it is killed.
        server = servers.start(kind, {"appendonly": "yes", "appendfsync": "always"})
        async with centre_here() as centre:
            place = Site(folder, {"REDIS_URL": server.url, **before(centre), **fault.settings})
            return await _run(place, server, fault)
    finally:
        servers.end()


async def _run(place: Site, server: Server, fault: Fault) -> Seen:
    async with (
        running_gateway({"NODE_NAME": "NodeA", **STORE}, config=place.config) as first,
        running_gateway({"NODE_NAME": "NodeB", **STORE}, config=place.config) as second,
    ):
        return await Outage(place, (first, second), server, fault).run()


def retcodes(timed_answers: Sequence[Timed]) -> set[tuple[int, str]]:
    """Status and retcode of each."""
    return {(each.answer.status, each.answer.retcode) for each in timed_answers}
