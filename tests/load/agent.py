"""One agent desktop under load: a loop of polls that loses answers, and calls beside it, over all nodes."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from tests.load import tally as verdict
from tests.load.guid_book import GuidBook, Held
from tests.load.tally import ACCEPTED, SIGNED_OUT, Tally
from tests.support.desk import Answer, Desk
from tests.support.kept_lines import KeptLines

POLL_PAUSE_S = (0.2, 0.5)
"""As known clients pause between two polls (docs/protocol.md, Polling)."""
CALL_PAUSE_S = (0.1, 0.4)
SAFETY_S = 0.25
"""An expired GUID is tried only this long after the latest time at which it can have expired."""
LATEST_EVENT_S = 30.0
"""One that is not there by then is lost."""
STANDS_STILL_S = 5.0
"""A desk has an answered poll at least this often, whatever breaks. What the load itself did not get is not counted."""
BUSY = 3
"""See docs/contact_centre.md, Agent states."""
TRIES = 5
POLL = "agentevent/{id}"
STATUS = "onlineagent/{id}/agentstatus"

Step = Callable[[], Awaitable[object]]


class CannotBeginError(Exception):
    """The load cannot begin; the text says why."""


class Lines:
    """Connections to all nodes; each request goes to a node by chance."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        self._ports = ports
        self._chance = chance
        self._kept = KeptLines()
        self.close = self._kept.close

    async def ask(self, desk: Desk, method: str, path: str, guid: str) -> Answer:
        """See `KeptLines.ask`."""
        return await self._kept.ask(self._chance.choice(self._ports), desk, method, path, guid)


class LoadAgent:
    """Signs in, works until told to stop, signs out; everything it sees goes into the tally.

    With `breaks`, connections may break: then it goes on with new ones, as known clients do.
    """

    def __init__(
        self,
        agent_id: int,
        password: str,
        ports: Sequence[int],
        drop: float,
        grace_s: float,
        tally: Tally,
        *,
        breaks: bool = False,
    ) -> None:
        self._desk = Desk(ports[0], agent_id, password)
        self._desk.adopts = False
        self._chance = random.Random(agent_id)
        self._drop = drop
        self._grace_s = grace_s
        self._tally = tally
        self._polls = Lines(ports, self._chance)
        self._calls = Lines(ports, self._chance)
        self._book = GuidBook("", grace_s)
        self._breaks = breaks
        self._is_busy = False
        self._is_sure = True
        self._answered_s = self._own_s()
        self._waiting_events = 0
        self._newest_event_ms = 0
        self._seen_events: set[tuple[str, int]] = set()

    async def sign_in(self) -> None:
        """Raises CannotBeginError when refused."""
        answer = await self._desk.sign_in(force=True)
        if answer.retcode != ACCEPTED:
            raise CannotBeginError(f"agent {self._desk.agent_id} cannot sign in: {answer.body!r}")
        self._book = GuidBook(answer.set_guid, self._grace_s)
        self._waiting_events = 2  # in service, ready (docs/contact_centre.md, Agent states)
        self._tally.events_made += 2

    async def work(self, stop: asyncio.Event) -> None:
        """Polls and calls until `stop`, then takes the events that are left and signs out."""
        self._answered_s = self._own_s()
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._repeat(stop, lambda: self._poll(self._drop), POLL_PAUSE_S))
            loops.create_task(self._repeat(stop, self._some_call, CALL_PAUSE_S))
        await self._take_the_rest()
        await self._surely(lambda: self._try("DELETE", "onlineagent/{id}/logout", self._book.current()))
        await self._polls.close()
        await self._calls.close()

    async def _repeat(self, stop: asyncio.Event, step: Step, pause_s: tuple[float, float]) -> None:
        while not stop.is_set():
            await self._guarded(step)
            await asyncio.sleep(self._chance.uniform(*pause_s))

    async def _guarded(self, step: Step) -> bool:
        """False when the connection broke."""
        try:
            await step()
        except (OSError, EOFError, TimeoutError) as problem:
            self._tally.broken += 1
            if not self._breaks:
                self._tally.fault(verdict.BROKEN, f"agent {self._desk.agent_id}: {problem!r}")
            return False
        return True

    async def _surely(self, step: Step) -> None:
        for _ in range(TRIES):
            if await self._guarded(step):
                return

    async def _poll(self, drop: float) -> None:
        held, sent_s = self._book.current(), time.monotonic()
        self._book.poll_sent(sent_s)
        answer = await self._polls.ask(self._desk, "GET", POLL, held.guid)
        self._tally.polls += 1
        self._judge("poll", held, sent_s, answer)
        self._note_pause()
        self._note_event(answer)
        if self._chance.random() < drop:
            self._tally.dropped += 1
            self._tally.dropped_with_guid += bool(answer.set_guid)
            return
        self._tally.adopted += bool(answer.set_guid)
        self._book.answer_read(answer.set_guid, time.monotonic())

    def _own_s(self) -> float:
        """Time as far as this process got it."""
        return time.monotonic() - self._tally.lost.s

    def _note_pause(self) -> None:
        now_s = self._own_s()
        pause_s, self._answered_s = now_s - self._answered_s, now_s
        self._tally.longest_pause_s = max(self._tally.longest_pause_s, pause_s)
        if pause_s > STANDS_STILL_S:
            self._tally.fault(verdict.STOPPED, f"agent {self._desk.agent_id} for {pause_s:.1f} s")

    def _note_event(self, answer: Answer) -> None:
        """The load knows the event of a dropped answer too: the gateway has the word of the kernel that it arrived."""
        event = answer.json.get("event")
        if event is None:
            return
        mark = (event["eventType"], event["eventGenTime"])
        if mark in self._seen_events:
            # Allowed: polls go to any node, and one may come before the other node knows that its answer has arrived.
            self._tally.events_again += 1
            return
        self._seen_events.add(mark)
        if mark[1] < self._newest_event_ms:
            self._tally.fault(verdict.DISORDER, f"agent {self._desk.agent_id}: {mark}")
        self._newest_event_ms = max(self._newest_event_ms, mark[1])
        self._waiting_events -= 1
        self._tally.events_read += 1

    async def _some_call(self) -> None:
        calls = (self._ask, self._change_state, self._use_grace, self._use_dead)
        [call] = self._chance.choices(calls, (4, 2, 2, 2))
        await call()

    async def _ask(self) -> None:
        await self._try("GET", STATUS, self._book.current())

    async def _change_state(self) -> None:
        if not self._is_sure:
            await self._look_at_state()
        operation = "sayfree" if self._is_busy else "saybusy"
        self._is_sure = False
        if await self._try("POST", f"onlineagent/{{id}}/{operation}", self._book.current()):
            self._changed()
        self._is_sure = True

    async def _look_at_state(self) -> None:
        """After a break nobody knows whether the call was acted on; the state tells."""
        answer = await self._calls.ask(self._desk, "GET", STATUS, self._book.newest)
        if answer.retcode == ACCEPTED:
            self._is_sure = True
            if (answer.json["result"]["agentState"] == BUSY) != self._is_busy:
                self._changed()

    def _changed(self) -> None:
        self._is_busy = not self._is_busy
        self._waiting_events += 1
        self._tally.events_made += 1

    async def _use_grace(self) -> None:
        for held in self._book.in_grace(time.monotonic())[:1]:
            self._tally.calls_in_grace += 1
            await self._try("GET", "onlineagent/{id}/agentskills", held)

    async def _use_dead(self) -> None:
        dead = self._book.dead(time.monotonic() - SAFETY_S)
        if dead:
            self._tally.expired_tried += 1
            await self._try("GET", self._chance.choice((STATUS, POLL)), self._chance.choice(dead))

    async def _try(self, method: str, path: str, held: Held) -> bool:
        sent_s = time.monotonic()
        answer = await self._calls.ask(self._desk, method, path, held.guid)
        self._tally.calls += 1
        if path != POLL:
            self._tally.latencies_ms.append((time.monotonic() - sent_s) * 1000)
        return self._judge(path, held, sent_s, answer)

    def _judge(self, what: str, held: Held, sent_s: float, answer: Answer) -> bool:
        """True when accepted. Between the two times of `held` either answer is right."""
        accepted = answer.retcode == ACCEPTED
        if accepted:
            fault = verdict.EXPIRED_ACCEPTED if sent_s > held.dead_from_s else ""
        elif answer.retcode == SIGNED_OUT:
            fault = verdict.SIGN_OUTS
        else:
            may_be_expired = answer.retcode == verdict.EXPIRED and time.monotonic() >= held.good_until_s
            fault = "" if may_be_expired else verdict.REFUSED
        if fault:
            self._tally.fault(fault, f"agent {self._desk.agent_id} {what}: {answer.body!r}")
        return accepted

    async def _take_the_rest(self) -> None:
        if not self._is_sure:
            await self._surely(self._look_at_state)
        until_s = time.monotonic() + LATEST_EVENT_S
        while self._waiting_events > 0 and time.monotonic() < until_s:
            await self._guarded(lambda: self._poll(0))
        for _ in range(self._waiting_events):
            self._tally.fault(verdict.LOST, f"agent {self._desk.agent_id}")
