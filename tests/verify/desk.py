"""A desk that works at all gateways of a site, loses answers, and has all it asks and hears written down."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.backend import EndReason
from tests.support.desk import Answer, Desk
from tests.support.kept_lines import KeptLines
from tests.verify.history import Op, Recorder, Result, What

POLL_PAUSE_S, CALL_PAUSE_S = (0.05, 0.25), (0.05, 0.25)
REST_S = 0.1
"""After an answer that was none."""
REMEMBERED = 6
"""Sessions that are over, and GUIDs that were replaced, that are tried again."""
LATEST_NOTE_S = 30.0
"""A note that has not come by then, after the end of the play, is lost."""
STATUS, POLL, LOGOUT = "onlineagent/{id}/agentstatus", "agentevent/{id}", "onlineagent/{id}/logout"
NOTE = "onlineagent/{id}/sendnoteletex"
_REASONS = frozenset(EndReason)
_STEPS = ("status", "change", "note", "replaced", "over", "sign_out", "take_over")
RESTLESS, STEADY, QUIET = (4, 2, 4, 3, 2, 1, 1), (4, 2, 0, 3, 0, 0, 0), (1, 0, 0, 0, 0, 0, 0)
"""How often a desk takes each of `_STEPS`. Only who stays signed in gets notes; QUIET makes no events."""


@dataclass(frozen=True)
class Sight:
    """What an answer says."""

    result: Result
    said: str
    answer: Answer | None = None

    @property
    def out(self) -> bool:
        """The GUID is good no more."""
        return self.result is Result.FAIL and (self.said == "000-003" or self.said.startswith("100-006"))


@dataclass
class Held:
    """A session of a desk: its number, and its GUIDs in the order in which they were handed out."""

    number: int = 0
    guids: list[str] = field(default_factory=list)
    kept: int = 0
    """The newest one that the desk has taken."""

    @property
    def guid(self) -> str:
        return self.guids[self.kept]

    def number_of(self, guid: str) -> int:
        """-1 for none; a new one gets the next number."""
        if not guid:
            return -1
        if guid not in self.guids:
            self.guids.append(guid)
        return self.guids.index(guid)


class VerifyDesk:
    """One agent. `receivers` are those to whom it sends notes; `drop` is the share of poll answers that it loses;

    a `deaf` one takes no new GUID at all and polls again at once.
    """

    def __init__(
        self,
        agent_id: int,
        password: str,
        ports: Sequence[int],
        recorder: Recorder,
        *,
        seed: int = 1,
        drop: float = 0.05,
        receivers: Sequence[int] = (),
        deaf: bool = False,
    ) -> None:
        self.agent_id = agent_id
        self._desk = Desk(0, agent_id, password)
        self._desk.adopts = False
        self._ports = ports
        self._recorder = recorder
        self._chance = random.Random(f"{seed}:{agent_id}")
        self._drop = drop
        self._receivers = receivers
        self.sends = bool(receivers)
        self._deaf = deaf
        self._habits = RESTLESS if receivers else QUIET if deaf else STEADY
        self._held = Held()
        self._is_sure = True
        self._begun = 0
        self._notes = 0
        self._former: list[Held] = []
        self._calls, self._polls = KeptLines(), KeptLines()

    async def work(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._poll_on(stop))
            loops.create_task(self._call_on(stop))

    async def close(self) -> None:
        """Ends its connections."""
        await self._calls.close()
        await self._polls.close()

    async def sign_in(self, node: int | None = None, *, force: bool = False) -> tuple[Sight, Held]:
        """A sign-in over connections of its own, so that many may be under way."""
        what, path = (What.TAKE_OVER, "/forcelogin") if force else (What.SIGN_IN, "")
        self._begun += 1
        fresh = Held(self._begun)
        body = {"password": self._desk.password, "phonenum": "6001"}
        lines = KeptLines()
        sight = await self._ask(what, "PUT", f"onlineagent/{{id}}{path}", fresh, body=body, node=node, lines=lines)
        await lines.close()
        return sight, fresh

    async def status_of(self, held: Held, node: int) -> Sight:
        """Whether a session is accepted at a node."""
        return await self._ask(What.CALL, "GET", STATUS, held, node=node)

    async def take_what_waits(self, texts: set[str]) -> None:
        """Polls until all these notes have come, or for LATEST_NOTE_S."""
        try:
            async with asyncio.timeout(LATEST_NOTE_S):
                while not texts <= {op.read for op in self._recorder.history.ops if op.agent == self.agent_id}:
                    await self._poll(0)
        except TimeoutError:
            return

    async def _poll_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._held.number:
                await self._poll(1.0 if self._deaf else self._drop)
            if not (self._deaf and self._held.number):
                await asyncio.sleep(self._chance.uniform(*POLL_PAUSE_S))

    async def _poll(self, drop: float) -> None:
        held = self._held
        kept = self._chance.random() >= drop
        sight = await self._ask(What.POLL, "GET", POLL, held, kept=kept, lines=self._polls)
        if sight.answer is not None and kept and sight.answer.set_guid:
            held.kept = max(held.kept, held.number_of(sight.answer.set_guid))
        self._doubt(sight, held)

    def _doubt(self, sight: Sight, held: Held) -> None:
        if sight.out and held is self._held:
            self._is_sure = False

    async def _call_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not self._held.number or not self._is_sure:
                await self._begin(force=not self._is_sure)
            else:
                [step] = self._chance.choices(_STEPS, self._habits)
                await getattr(self, f"_{step}")()
            await asyncio.sleep(self._chance.uniform(*CALL_PAUSE_S))

    async def _begin(self, *, force: bool) -> None:
        sight, fresh = await self.sign_in(force=force)
        if sight.result is Result.OK:
            self._leave()
            self._held, self._is_sure = fresh, True
        else:
            self._is_sure = False

    async def _take_over(self) -> None:
        await self._begin(force=True)

    async def _status(self) -> None:
        await self._use("GET", STATUS)

    async def _change(self) -> None:
        await self._use("POST", f"onlineagent/{{id}}/{self._chance.choice(('saybusy', 'sayfree'))}")

    async def _note(self) -> None:
        self._notes += 1
        to, text = self._chance.choice(self._receivers), f"{self.agent_id}:{self._notes}"
        body = {"agentIds": [to], "content": text}
        held = self._held
        self._doubt(await self._ask(What.NOTE, "POST", NOTE, held, body=body, note=text, to=to), held)

    async def _use(self, method: str, path: str) -> None:
        held = self._held
        self._doubt(await self._ask(What.CALL, method, path, held), held)

    async def _replaced(self) -> None:
        """A GUID that was replaced, in its grace or after it."""
        held = self._held
        if held.kept:
            number = self._chance.randrange(max(0, held.kept - REMEMBERED), held.kept)
            await self._ask(What.CALL, "GET", STATUS, held, guid=number)

    async def _over(self) -> None:
        if self._former:
            await self._ask(What.CALL, "GET", STATUS, self._chance.choice(self._former))

    async def _sign_out(self) -> None:
        sight = await self._ask(What.SIGN_OUT, "DELETE", LOGOUT, self._held)
        self._is_sure = sight.result is Result.OK
        if self._is_sure:
            self._leave()

    def _leave(self) -> None:
        if self._held.number:
            self._former = [*self._former, self._held][-REMEMBERED:]
        self._held = Held()

    async def _ask(
        self,
        what: What,
        method: str,
        path: str,
        held: Held,
        *,
        guid: int | None = None,
        body: object = None,
        node: int | None = None,
        kept: bool = True,
        note: str = "",
        to: int = 0,
        lines: KeptLines | None = None,
    ) -> Sight:
        node = self._chance.randrange(len(self._ports)) if node is None else node
        number = held.kept if guid is None else guid
        carried = held.guids[number] if held.guids else ""
        op = Op(self.agent_id, what, node, held.number, number, time.monotonic(), note=note, to=to)
        asked = self._recorder.invoke(op)
        try:
            answer = await (lines or self._calls).ask(self._ports[node], self._desk, method, path, carried, body)
        except (OSError, EOFError, TimeoutError) as problem:
            self._recorder.done(asked, Result.UNKNOWN, said=type(problem).__name__)
            await asyncio.sleep(REST_S)
            return Sight(Result.UNKNOWN, "")
        sight = seen(answer)
        handed = held.number_of(answer.set_guid)
        self._recorder.done(asked, sight.result, said=sight.said, handed=handed, read=note_in(answer), kept=kept)
        if sight.result is Result.UNKNOWN:
            await asyncio.sleep(REST_S)
        return sight


def seen(answer: Answer) -> Sight:
    """What an answer says."""
    if answer.status != 200:
        return Sight(Result.UNKNOWN, f"{answer.status} {answer.retcode}", answer)
    said = answer.retcode
    if said == "100-006" and answer.json["message"] in _REASONS:
        said += f" {answer.json['message']}"
    return Sight(Result.OK if answer.retcode == "0" else Result.FAIL, said, answer)


def note_in(answer: Answer) -> str:
    """The text of the note in a poll answer, "" for none."""
    event = answer.json.get("event") if answer.status == 200 else None
    content = event.get("content") if isinstance(event, dict) and event.get("eventType") == "AgentOther_Note" else None
    return str(content["context"]) if isinstance(content, dict) else ""
