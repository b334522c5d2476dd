"""A desk that works while Redis fails over, over all nodes, and writes down all it sees."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from gateway.backend import EndReason
from tests.failover.history import Fact, Kind, Outcome
from tests.support.desk import Answer, Desk
from tests.support.kept_lines import KeptLines

PAUSE_S = (0.03, 0.15)
REFUSED_PAUSE_S = 0.1
REMEMBERED = 6
"""Sessions that are over and whose GUIDs are tried again."""
STEADY, RESTLESS, HASTY = (5, 5, 2, 0, 0, 0), (5, 5, 2, 5, 1, 1), (2, 0, 0, 2, 1, 5)
"""How often a desk asks for its status, polls, changes its state, tries a former GUID, signs out, is taken over."""
STATUS = "onlineagent/{id}/agentstatus"
POLL = "agentevent/{id}"
_SAID = {"0": Outcome.ACCEPTED, "000-003": Outcome.WRONG, "100-002": Outcome.TAKEN}
_REASONS = frozenset(EndReason)


def outcome(answer: Answer, kind: Kind) -> Outcome:
    """What an answer says of the session. Whatever else an operation answers, it has accepted the GUID."""
    if answer.status != 200:
        return Outcome.DOUBT
    if answer.retcode == "100-006":
        return Outcome.ENDED if answer.json["message"] in _REASONS else Outcome.UNKNOWN_SESSION
    return _SAID.get(answer.retcode, Outcome.ACCEPTED if kind is Kind.CALL else Outcome.DOUBT)


class Nodes:
    """Connections to each node, by its number."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = ports
        self._kept = KeptLines()
        self.close = self._kept.close

    async def ask(self, node: int, desk: Desk, method: str, path: str, guid: str, body: object = None) -> Answer:
        """See `KeptLines.ask`."""
        return await self._kept.ask(self.ports[node], desk, method, path, guid, body)


class FailoverDesk:
    """Signs in, works, signs out, is taken over, and tries the GUIDs of its former sessions; one request at a time."""

    def __init__(
        self,
        agent_id: int,
        password: str,
        ports: Sequence[int],
        seed: int,
        tell: Callable[[Fact], None],
        habits: Sequence[int] = (),
    ) -> None:
        self._desk = Desk(0, agent_id, password)
        self._desk.adopts = False
        self._nodes = Nodes(ports)
        self._chance = random.Random(f"{seed}:{agent_id}")
        self._tell = tell
        self._habits = habits or (RESTLESS if agent_id % 2 else STEADY)
        self._begun = 0
        self._session = 0
        self._is_sure = True
        self._guid = ""
        self._former: list[tuple[int, str]] = []

    async def work(self, stop: asyncio.Event) -> None:
        """Until told to stop; stays signed in then."""
        while not stop.is_set():
            await self._step()
            await asyncio.sleep(self._chance.uniform(*PAUSE_S))
        await self._nodes.close()

    async def _step(self) -> None:
        if not self._session:
            await self._sign_in(force=not self._is_sure)
        elif not self._is_sure and self._chance.random() < 0.5:
            await self._sign_in(force=True)
        else:
            steps = (self._status, self._poll, self._change, self._try_former, self._sign_out, self._take_over)
            [step] = self._chance.choices(steps, self._habits)
            await step()

    async def _status(self) -> None:
        await self._use("GET", STATUS)

    async def _change(self) -> None:
        await self._use("POST", f"onlineagent/{{id}}/{self._chance.choice(('saybusy', 'sayfree'))}")

    async def _poll(self) -> None:
        await self._use("GET", POLL)

    async def _use(self, method: str, path: str) -> None:
        found = await self._ask(Kind.CALL, method, path, self._session, self._guid)
        if found not in {Outcome.ACCEPTED, Outcome.DOUBT}:
            self._is_sure = False

    async def _try_former(self) -> None:
        if self._former:
            session, guid = self._chance.choice(self._former)
            await self._ask(Kind.CALL, "GET", STATUS, session, guid)

    async def _take_over(self) -> None:
        await self._sign_in(force=True)

    async def _sign_in(self, *, force: bool) -> None:
        path = "onlineagent/{id}/forcelogin" if force else "onlineagent/{id}"
        body = {"password": self._desk.password, "phonenum": "6001"}
        kind = Kind.TAKE_OVER if force else Kind.SIGN_IN
        found = await self._ask(kind, "PUT", path, self._begun + 1, "", body)
        self._is_sure = found is Outcome.ACCEPTED

    async def _sign_out(self) -> None:
        found = await self._ask(Kind.SIGN_OUT, "DELETE", "onlineagent/{id}/logout", self._session, self._guid)
        self._is_sure = found is Outcome.ACCEPTED
        if self._is_sure:
            self._leave()

    def _leave(self) -> None:
        if self._session:
            self._former = [*self._former, (self._session, self._guid)][-REMEMBERED:]
        self._session, self._guid = 0, ""

    async def _ask(self, kind: Kind, method: str, path: str, session: int, guid: str, body: object = None) -> Outcome:
        node = self._chance.randrange(len(self._nodes.ports))
        sent_s, said = time.monotonic(), ""
        try:
            answer = await self._nodes.ask(node, self._desk, method, path, guid, body)
        except (OSError, EOFError, TimeoutError) as problem:
            found, said = Outcome.DOUBT, repr(problem)
        else:
            found, said = outcome(answer, kind), f"{answer.status} {answer.retcode} {answer.json['message']}"
            self._read(kind, found, answer, session)
        began = kind in {Kind.SIGN_IN, Kind.TAKE_OVER}
        shown = 0 if began and found is not Outcome.ACCEPTED else session
        self._tell(Fact(self._desk.agent_id, kind, shown, node, sent_s, time.monotonic(), found, said))
        if found is Outcome.DOUBT:
            await asyncio.sleep(REFUSED_PAUSE_S)
        return found

    def _read(self, kind: Kind, found: Outcome, answer: Answer, session: int) -> None:
        """Adopts what an answer hands out."""
        if kind in {Kind.SIGN_IN, Kind.TAKE_OVER} and found is Outcome.ACCEPTED:
            self._leave()
            self._begun = self._session = session
            self._guid = answer.set_guid
        elif session == self._session and answer.set_guid:
            self._guid = answer.set_guid


class Probe:
    """Asks one node all the time with a GUID that never changes; tells when the node serves again."""

    def __init__(
        self, agent_id: int, password: str, ports: Sequence[int], node: int, tell: Callable[[Fact], None]
    ) -> None:
        self._desk = Desk(0, agent_id, password)
        self._nodes = Nodes(ports)
        self._node = node
        self._tell = tell

    async def sign_in(self) -> None:
        """Raises RuntimeError when it may not."""
        sent_s = time.monotonic()
        body = {"password": self._desk.password, "phonenum": "6001"}
        answer = await self._nodes.ask(self._node, self._desk, "PUT", "onlineagent/{id}", "", body)
        if answer.retcode != "0":
            raise RuntimeError(f"agent {self._desk.agent_id} cannot sign in: {answer.body!r}")
        self._note(Kind.SIGN_IN, sent_s, answer)

    async def work(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            sent_s = time.monotonic()
            try:
                answer = await self._nodes.ask(self._node, self._desk, "GET", STATUS, self._desk.guid)
            except (OSError, EOFError, TimeoutError):
                await asyncio.sleep(REFUSED_PAUSE_S)
            else:
                self._note(Kind.CALL, sent_s, answer)
            await asyncio.sleep(PAUSE_S[0])
        await self._nodes.close()

    def _note(self, kind: Kind, sent_s: float, answer: Answer) -> None:
        said = f"{answer.status} {answer.retcode} {answer.json['message']}"
        found = outcome(answer, kind)
        self._tell(Fact(self._desk.agent_id, kind, 1, self._node, sent_s, time.monotonic(), found, said))
