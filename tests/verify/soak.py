"""The soak of `scripts/verify faults --long`: many desks for a long time, while the gateway's process is watched."""

import asyncio
import itertools
import re
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from gateway.listeners.eager import MOST_STANDING_BY
from tests.failover.place import agents_text
from tests.support.desk import Answer, Desk, Line
from tests.support.gateway import GatewayProcess
from tests.support.servers import Servers, free_port
from tests.support.site import site
from tests.support.waiting import until_async
from tests.verify.table import Bound

Tell = Callable[[str], None]

INTERVAL_MS, GRACE_MS = 1000, 9000
FIRST_AGENT: Final = 10_001
PASSWORD: Final = "soak"
AT_ONCE: Final = 20
"""Desks that sign in at the same time."""
CHANGE_EVERY_S: Final = 20.0
LOOKS: Final = 60
"""How often the process is looked at."""
TRY_AGAIN: Final = 503
DONE_BEFORE: Final = frozenset({"100-006", "100-009"})
"""What is answered to a sign-out or a change of state that was done although its answer was 503."""
BUSY, READY = "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"

WRONG = "in a soak no request is refused and no event is lost"
LATE = "in a soak no more requests than these are to be tried again (503), though the process has no rest"
MEMORY = "in a soak the memory of a gateway grows by no more, from its second fifth to its last"
TASKS = "after a soak, when all are signed out, no more tasks are left than stand by for requests"
SOCKETS = "after a soak, when all are signed out, no socket is left"
BOUNDS: Final = {
    WRONG: Bound(0, "requests and events"),
    LATE: Bound(1, "in 1,000 requests"),
    MEMORY: Bound(5, "%"),
    TASKS: Bound(MOST_STANDING_BY, "tasks"),
    SOCKETS: Bound(0, "descriptors"),
}


@dataclass
class _Tally:
    """What the desks met."""

    polls: int = 0
    calls: int = 0
    adopted: int = 0
    late: int = 0
    wrong: list[str] = field(default_factory=list)

    def took(self, answer: Answer, what: str) -> bool:
        if answer.status == 200 and answer.retcode == "0":
            return True
        if answer.status == TRY_AGAIN:
            self.late += 1
            return False
        self.wrong.append(f"{what}: {answer.status} {answer.body[:100]!r}")
        return False


class _SoakDesk:
    """Follows every new GUID, goes busy and free in turn, and waits for the event of each change."""

    def __init__(self, port: int, agent_id: int, tally: _Tally) -> None:
        self._desk = Desk(port, agent_id, PASSWORD)
        self._tally = tally
        self._told: asyncio.Queue[str] = asyncio.Queue()
        self._over = asyncio.Event()

    async def sign_in(self, turns: asyncio.Semaphore) -> None:
        async with turns:
            self._tally.took(await self._desk.sign_in(), "sign-in")

    async def poll(self) -> None:
        """Until it is over."""
        line = await Line.open(self._desk.port)
        while not self._over.is_set():
            before = self._desk.guid
            answer = await self._desk.poll(line=line)
            self._tally.polls += 1
            self._tally.adopted += self._desk.guid != before
            if self._over.is_set():  # Its own sign-out ends the poll that is held.
                break
            if not self._tally.took(answer, "poll"):
                await asyncio.sleep(1)
            elif "event" in answer.json:
                self._told.put_nowait(answer.json["event"]["eventType"])
        await line.close()

    async def work(self, until_s: float, first_s: float, every_s: float) -> None:
        """From `first_s` on until this time of the clock; then it signs out."""
        await asyncio.sleep(first_s)
        for path, event in itertools.cycle((("saybusy", BUSY), ("sayfree", READY))):
            if time.monotonic() >= until_s:
                break
            if await self._ask("POST", path):
                await self._hear(event)
            await asyncio.sleep(every_s)
        self._over.set()
        await self._ask("DELETE", "logout")

    async def _ask(self, method: str, path: str) -> bool:
        """Asks until it is answered; False where it is not known whether that was done at the first time of asking."""
        again = False
        while True:
            self._tally.calls += 1
            answer = await self._desk.call(method, f"onlineagent/{{id}}/{path}")
            if again and answer.retcode in DONE_BEFORE:
                return False
            if self._tally.took(answer, path):
                return not again
            if answer.status != TRY_AGAIN:
                return False
            again = True
            await asyncio.sleep(1)

    async def _hear(self, event: str) -> None:
        try:
            async with asyncio.timeout(30):
                while await self._told.get() != event:
                    pass
        except TimeoutError:
            self._tally.wrong.append(f"{event} of agent {self._desk.agent_id} did not come within 30 s")


@dataclass(frozen=True)
class _Look:
    """The process at a moment."""

    memory: int
    descriptors: int
    tasks: int


@dataclass(frozen=True)
class _Watch:
    """Asks the process for its metrics."""

    admin_port: int
    token_file: Path

    async def look(self) -> _Look:
        token = self.token_file.read_text("ascii").strip()
        headers, url = {"Authorization": f"Bearer {token}"}, f"http://127.0.0.1:{self.admin_port}/metrics"
        async with aiohttp.request("GET", url, headers=headers, raise_for_status=True) as answer:
            found = dict(re.findall(r"^(\w+) ([0-9.e+]+)$", await answer.text(), re.MULTILINE))
        names = ("process_resident_memory_bytes", "process_open_fds", "agentgateway_event_loop_tasks")
        return _Look(*(round(float(found[name])) for name in names))


async def soak(
    folder: Path, kind: str, tell: Tell, values: Mapping[str, list[float]], *, agents: int, minutes: float
) -> None:
    """Plays it, and puts what was measured into `values` by the names of BOUNDS."""
    servers = Servers(folder)
    try:
        url = (await asyncio.to_thread(servers.start, kind)).url
        async with site(folder, _settings(folder, url, agents)) as made:
            node = await made.start(overrides={"ADMIN_PORT": str(port := free_port())})
            await _played(node, _Watch(port, folder / "admin.token"), tell, values, agents, minutes)
    finally:
        await asyncio.to_thread(servers.end)


def _settings(folder: Path, url: str, agents: int) -> dict[str, str]:
    agents_file = folder / "agents.toml"
    agents_file.write_text(agents_text(range(FIRST_AGENT, FIRST_AGENT + agents), PASSWORD), "utf-8")
    return {
        "AUTHMODE": "2",
        "GUIDINTERVAL": str(INTERVAL_MS),
        "GUIDTIMEOUT": str(INTERVAL_MS + GRACE_MS),
        "AGENTS_FILE": str(agents_file),
        "CONTACT_CENTER_FILE": "",
        "ADMIN_TOKEN_FILE": str(folder / "admin.token"),
        "REDIS_URL": url,
        "LOG_LEVEL": "WARNING",
    }


async def _played(
    node: GatewayProcess, watch: _Watch, tell: Tell, values: Mapping[str, list[float]], agents: int, minutes: float
) -> None:
    await watch.look()  # What is opened once for the first look is there before all others.
    before, tally = await watch.look(), _Tally()
    desks = [_SoakDesk(node.port, FIRST_AGENT + number, tally) for number in range(agents)]
    turns = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(desk.sign_in(turns) for desk in desks))
    began_s = time.monotonic()
    until_s = began_s + minutes * 60
    every_s, looks = min(CHANGE_EVERY_S, minutes * 60 / 4), list[_Look]()
    async with asyncio.TaskGroup() as group:
        for number, desk in enumerate(desks):
            group.create_task(desk.poll())
            group.create_task(desk.work(until_s, every_s * number / agents, every_s))
        for number in range(LOOKS):
            await asyncio.sleep(max(0.0, began_s + minutes * 60 * (number + 1) / LOOKS - time.monotonic()))
            looks.append(await watch.look())
            tell(
                f"{number + 1}/{LOOKS}: {looks[-1].memory / 1e6:.0f} MB, {tally.polls:,} polls, {tally.adopted:,} GUIDs"
                f" taken, {tally.late} to be tried again, {len(tally.wrong)} wrong"
            )
    for line in tally.wrong[:10]:
        tell(line)
    values[WRONG].append(len(tally.wrong))
    values[LATE].append(1000 * tally.late / (tally.polls + tally.calls))
    fifth = LOOKS // 5
    early, late = (
        statistics.median(look.memory for look in some) for some in (looks[fifth : 2 * fifth], looks[-fifth:])
    )
    values[MEMORY].append(max(0.0, 100 * (late / early - 1)))
    after = await _at_rest(watch, before)
    values[TASKS].append(max(0, after.tasks - before.tasks))
    values[SOCKETS].append(max(0, after.descriptors - before.descriptors))


async def _at_rest(watch: _Watch, before: _Look) -> _Look:
    """The process when it is as before, or after a while."""
    last = before

    async def is_at_rest() -> bool:
        nonlocal last
        last = await watch.look()
        return last.tasks <= before.tasks and last.descriptors <= before.descriptors

    try:
        await until_async(is_at_rest)
    except TimeoutError:
        return last
    return last
