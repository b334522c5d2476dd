"""A site with desks at work, in front of one contact centre, that is judged by what the desks saw."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.failover.place import agents_text
from tests.load.disturb import Nodes
from tests.load.tally import Tally
from tests.support.one_centre import before, centre_process
from tests.support.site import site
from tests.support.waiting import until
from tests.verify.desk import VerifyDesk
from tests.verify.history import Recorder, Result, What

FIRST_AGENT: Final = 1001
INTERVAL_MS, GRACE_MS = 1500, 6000
SETTINGS: Final = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": str(INTERVAL_MS),
    "GUIDTIMEOUT": str(INTERVAL_MS + GRACE_MS),
    "AGENT_POLL_WAIT_TIMES": "3",
    "AGENT_POLL_WAIT_INTERVAL": "100",
    "LOG_LEVEL": "WARNING",
}
GRACE_S: Final = GRACE_MS / 1000
NOTHING: Mapping[int, str] = {}
NO_SETTINGS: Mapping[str, str] = {}
BACK_WITHIN_S: Final = 60.0


@dataclass
class Place:
    """Gateways, desks and what they saw."""

    nodes: Nodes
    ports: list[int]
    desks: list[VerifyDesk]
    recorder: Recorder

    async def until_back(self, at_s: float) -> tuple[float, float]:
        """Waits for a call at every node, and a sign-in, that left after `at_s` and are accepted; after how many s."""
        await until(lambda: all(took_s is not None for took_s in self._back(at_s)), BACK_WITHIN_S)
        *calls, sign_in = self._back(at_s)
        return max(took_s or 0.0 for took_s in calls), sign_in or 0.0

    def _back(self, at_s: float) -> list[float | None]:
        since = [op for op in self.recorder.history.ops if op.sent_s >= at_s and op.result is Result.OK]
        firsts: list[float | None] = []
        for node in range(len(self.ports)):
            firsts.append(min((op.done_s - at_s for op in since if op.node == node and not op.begins), default=None))
        firsts.append(min((op.done_s - at_s for op in since if op.begins), default=None))
        return firsts


@asynccontextmanager
async def place(
    folder: Path,
    url: str,
    recorder: Recorder,
    *,
    nodes: int = 2,
    desks: int = 8,
    settings: Mapping[str, str] = NO_SETTINGS,
    urls: Mapping[int, str] = NOTHING,
    idle: bool = False,
    deaf: bool = False,
    embedded: bool = False,
) -> AsyncIterator[Place]:
    """Gateways on the store at `url` (`urls` are those of nodes that have another one), with desks at work to the end.

    An `embedded` contact centre is in the one node that there is then.

    Every other desk stays signed in and gets the notes of the others. `idle` desks do nothing by themselves,
    and `deaf` ones neither take a new GUID nor rest between polls, and send no notes.
    """
    password = secrets.token_urlsafe(12)
    agents_file = folder / "agents.toml"
    numbers = range(FIRST_AGENT, FIRST_AGENT + desks)
    agents_file.write_text(agents_text(numbers, password), "utf-8")
    behind = {"CONTACT_CENTER_FILE": "", "AGENTS_FILE": str(agents_file)}
    own = {**SETTINGS, "STORE_TAG": f"verify-{secrets.token_hex(4)}", "REDIS_URL": url, **settings}
    async with AsyncExitStack() as stack:
        front = behind if embedded else before(await stack.enter_async_context(centre_process(behind)))
        made = await stack.enter_async_context(site(folder, {**own, **front}))
        running = Nodes(made, Tally())
        for number in range(nodes):
            overrides = {"REDIS_URL": urls[number]} if number in urls else {}
            running.running[f"Node{number}"] = await made.start(f"Node{number}", overrides)
        ports = [node.port for node in running.running.values()]
        receivers = list(numbers) if deaf else list(numbers)[::2]
        at_work = [
            VerifyDesk(number, password, ports, recorder, deaf=deaf, receivers=() if number in receivers else receivers)
            for number in numbers
        ]
        built = Place(running, ports, at_work, recorder)
        try:
            if idle:
                yield built
            else:
                async with _working(built):
                    yield built
        finally:
            for desk in at_work:
                await desk.close()


@asynccontextmanager
async def _working(built: Place) -> AsyncIterator[None]:
    """Desks that only receive are there before anybody sends."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        receiving = [desk for desk in built.desks if not desk.sends]
        sending = [desk for desk in built.desks if desk.sends]
        for desk in receiving:
            group.create_task(desk.work(stop))
        ops = built.recorder.history.ops
        await until(lambda: len({op.agent for op in ops if op.begins and op.result is Result.OK}) == len(receiving))
        for desk in sending:
            group.create_task(desk.work(stop))
        if sending:
            await built.until_back(time.monotonic())
        try:
            yield
        finally:
            stop.set()
    await asyncio.gather(*(desk.take_what_waits(_told(built, desk)) for desk in receiving))


def _told(built: Place, desk: VerifyDesk) -> set[str]:
    """The notes for this desk that somebody was told of."""
    return {
        op.note
        for op in built.recorder.history.ops
        if op.what is What.NOTE and op.result is Result.OK and op.to == desk.agent_id
    }
