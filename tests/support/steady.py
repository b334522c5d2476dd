"""Desks that never rest: each polls on one connection and works on another, both kept for as long as they may."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from tests.support.desk import Answer, Desk, Line

CONNECTION_FAULTS = (ConnectionError, asyncio.IncompleteReadError)
LATEST_S = 20.0
"""An event that has not come so long after the work is lost."""
BUSY, FREE = "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"


class Kept:
    """A connection that is opened again only after an answer said that it was the last one, or after a fault."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._line: Line | None = None

    async def ask(self, method: str, path: str) -> Answer:
        """One call. Raises ConnectionError and IncompleteReadError."""
        line = self._line or await Line.open(self._desk.port)
        self._line = None
        try:
            answer = await self._desk.call(method, path, line=line)
        except CONNECTION_FAULTS:
            await line.close()
            raise
        if answer.headers.get("Connection") == "close":
            await line.close()
        else:
            self._line = line
        return answer

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()


class SteadyDesk:
    """A signed-in desk that goes busy and free again and again, and polls all the time.

    `faults`: what went wrong on a connection; `refusals`: retcodes other than 0; `made`: the events that its work must
    have brought; `got`: those that came, in order, each once.
    """

    def __init__(self, desk: Desk, pause_s: float) -> None:
        self.desk = desk
        self.faults: list[str] = []
        self.refusals: list[str] = []
        self.made: list[str] = []
        self.got: list[str] = []
        self.polls = 0
        self._pause_s = pause_s
        self._seen: set[str] = set()
        self._rests = False
        self._worked_until_s = math.inf

    async def work(self) -> None:
        """Until it rests."""
        kept = Kept(self.desk)
        while not self._rests:
            free = len(self.made) % 2
            answer = await self._try(kept, "POST", "onlineagent/{id}/" + ("sayfree" if free else "saybusy"))
            if answer is not None:
                self.made.append(FREE if free else BUSY)
            await asyncio.sleep(self._pause_s)
        self._worked_until_s = time.monotonic()
        await kept.close()

    async def poll(self) -> None:
        """Until its work is over and it has all events, or what is still missing has had long to come."""
        kept = Kept(self.desk)
        while not self._is_done():
            answer = await self._try(kept, "GET", "agentevent/{id}")
            self.polls += 1
            event = None if answer is None else answer.json.get("event")
            if event is not None:
                self._take(event)
        await kept.close()

    def _is_done(self) -> bool:
        over_for_s = time.monotonic() - self._worked_until_s
        return over_for_s > LATEST_S or (over_for_s >= 0 and len(self.got) >= len(self.made))

    def _take(self, event: dict[str, object]) -> None:
        key = f"{event['eventType']} {event['eventGenTime']}"
        if key not in self._seen and event["eventType"] in (BUSY, FREE):
            self.got.append(str(event["eventType"]))
        self._seen.add(key)

    async def _try(self, kept: Kept, method: str, path: str) -> Answer | None:
        try:
            answer = await kept.ask(method, path)
        except CONNECTION_FAULTS as fault:
            self.faults.append(type(fault).__name__)
            return None
        if answer.retcode != "0":
            self.refusals.append(answer.retcode)
            return None
        return answer

    def rest(self) -> None:
        self._rests = True


@asynccontextmanager
async def steady(desks: Iterable[Desk], pause_s: float = 0.1) -> AsyncIterator[list[SteadyDesk]]:
    """Signs these in and keeps them busy for as long as the block runs, then lets them fetch their last events."""
    busy = [SteadyDesk(desk, pause_s) for desk in desks]
    for each in busy:
        answer = await each.desk.sign_in()
        assert answer.retcode == "0", answer.body
    async with asyncio.TaskGroup() as group:
        for each in busy:
            group.create_task(each.work())
            group.create_task(each.poll())
        try:
            yield busy
        finally:
            for each in busy:
                each.rest()
