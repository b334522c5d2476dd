"""Sign-ins of one agent at once, where every step of every one of them comes in an order of chance or of malice.

Store and service act at once, but what a sign-in asks of them leaves, and what they answer arrives, when the play lets
it. The service keeps one session an agent, the one that it let in last.
"""

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import MemoryAttempts
from gateway.backend import Message, SignInRequest
from gateway.edge.rows import OPERATIONS
from gateway.interface.operation import SignIn
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Opened, Terms, sign_in
from gateway.sessions.store import Bounds, Rule
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.event_fetchers import EventFetchers
from gateway.upstream.service_answers import ServiceAnswer
from gateway.upstream.service_client import PREFIX, ServiceClient
from gateway.upstream.session_client import SessionClient, SessionGone
from gateway.upstream.upstream_centre import UpstreamCentre
from gateway.upstream.upstream_sign_in import SignInParts, UpstreamSignIn
from gateway.wire import retcodes
from gateway.wire.errors import GatewayError, Refused, Unavailable
from gateway.wire.trust import client_context
from tests.support.recording_sink import RecordingSink
from tests.unit.sessions.samples import RING, START
from tests.unit.upstream.fetching import AGENT, Nodes

T = TypeVar("T")
[FORCED] = [row for row in OPERATIONS if isinstance(row, SignIn) and row.name == "forceLogin"]
PLAYS = int(os.environ.get("MODEL_EXAMPLES", "150"))
SETTINGS = Settings.model_validate({"UPSTREAM_URL": "http://127.0.0.1:1"})
TRUST = client_context(None)


@dataclass
class Turns:
    """Who waits for a turn; the play gives them one by one."""

    chance: random.Random
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def turn(self) -> None:
        mine = asyncio.get_running_loop().create_future()
        self.waiting.append(mine)
        await mine

    async def play(self, tasks: list[asyncio.Task[None]]) -> None:
        """Gives turns at random until all are done; none before every task that is not done waits for one."""
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            if len(self.waiting) + sum(task.done() for task in tasks) == len(tasks) and self.waiting:
                self.waiting.pop(self.chance.randrange(len(self.waiting))).set_result(None)
        for task in tasks:
            task.result()


class TurningStore(MemorySessionStore):
    """Every question leaves, and every answer arrives, in a turn of its own."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(MemoryEventQueue(lambda: Bounds(1000, 1_048_576)), lambda: START)
        self._turns = turns

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        await self._turns.turn()
        found = await super().read(agent_id, sure=sure)
        await self._turns.turn()
        return found

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        await self._turns.turn()
        outcome = await super().apply(agent_id, rule)
        await self._turns.turn()
        return outcome


class TurningService(ServiceClient):
    """Knows one agent. A share `lost` of its answers never arrives, although it did what was asked."""

    def __init__(self, turns: Turns, lost: float) -> None:
        super().__init__(lambda: SETTINGS, TRUST)
        self._turns = turns
        self.lost = lost
        self.inside = ""
        self.let_in = 0

    async def call(
        self,
        message: Message,
        keys: Keys | None = None,
        *,
        file: bool = False,
        by_s: float | None = None,
        agent_id: int = 0,
    ) -> ServiceAnswer:
        await self._turns.turn()
        said = self._says(message.target, keys)
        await self._turns.turn()
        if self._turns.chance.random() < self.lost:
            raise Unavailable
        return said

    async def poll(self, agent_id: int, keys: Keys, receipt: str = "") -> ServiceAnswer:
        return await self.call(Message("GET", f"{PREFIX}/agentevent/{agent_id}"), keys)

    def _says(self, target: str, keys: Keys | None) -> ServiceAnswer:
        if target.endswith("forcelogin"):
            self.let_in += 1
            self.inside = f"behind-{self.let_in}"
            return ServiceAnswer("0", "success", b"{}", guid=self.inside)
        if keys is None or keys.guid != self.inside:
            return ServiceAnswer(retcodes.NOT_SIGNED_IN, "", b"{}")
        if target.endswith("logout"):
            self.inside = ""
        return ServiceAnswer("0", "success", b"{}")


class Place:
    """Gateways that share a store, in front of one service: all of them are this one, since they share nothing else."""

    def __init__(self, seed: int, lost: float = 0) -> None:
        self.turns = Turns(random.Random(seed))
        self.store, self.service = TurningStore(self.turns), TurningService(self.turns, lost)
        self.sessions = SessionService(self.store, RING, lambda: Policy(SETTINGS))
        self.sealer = Sealer(RING)
        limiter = AttemptLimiter(MemoryAttempts(), lambda: 1000)
        self.sign_in = UpstreamSignIn(SignInParts(self.store, limiter, self.service, self.sealer))
        self.session_client = SessionClient(self.store, self.service, self.sealer, lambda: None)
        queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
        fetchers = EventFetchers("Node", self.store, queue, self.service, self.session_client, Nodes())
        self.centre = UpstreamCentre(
            self.store, queue, self.service, self.sealer, self.sign_in, self.session_client, fetchers, RecordingSink()
        )
        self.numbers = itertools.count(1)
        self.acknowledged: list[str] = []
        self.refusals: list[str] = []

    async def desk(self) -> None:
        """Signs in by force as the edge does it, from a place of its own; then its events are fetched."""
        address = f"192.0.2.{next(self.numbers)}"
        message = Message("PUT", f"{PREFIX}/onlineagent/{AGENT}/forcelogin", b"{}", address=lambda: address)
        try:
            admitted = await self.centre.admit(SignInRequest(FORCED, AGENT, message))
            terms = Terms(AGENT, "Node", force=True, let_in=admitted.let_in)
            try:
                opened = await sign_in(self.sessions, terms, lambda *who: self.centre.enter(admitted, *who))
            except GatewayError:
                await self.centre.withdraw(admitted)
                raise
        except Refused as refused:
            self.refusals.append(refused.retcode)
        except Unavailable:
            self.refusals.append("503")
        else:
            self.acknowledged.append(opened.session.id)
            await self.fetch(opened)

    async def fetch(self, opened: Opened) -> None:
        """Two polls, as a fetcher does it: when both find that the session is over there, it ends here."""
        found = opened.session.upstream
        assert found is not None
        for last in (False, True):
            try:
                await self.session_client.ask(
                    AGENT, opened.session.id, found, lambda keys: self.service.poll(AGENT, keys), poll=True
                )
                return
            except SessionGone as gone:
                if last:
                    await self.session_client.end(AGENT, gone)
            except GatewayError:
                return

    async def pay(self) -> None:
        """Tells the service of every end that it is owed."""
        while owed := await self.store.owed(100):
            for end in owed:
                with suppress(Unavailable):
                    await self.centre.leave(end)
                    await self.store.paid(end.session_id)

    async def run(self, *actors: Callable[[], Coroutine[None, None, None]]) -> None:
        """All of them at once."""
        await self.turns.play([asyncio.create_task(actor()) for actor in actors])

    async def at_once(self, desks: int) -> None:
        """All sign in while ends are told; then what is still owed is told."""
        await self.run(*[self.desk] * desks, self.pay)
        await self.run(self.pay)

    async def here(self) -> tuple[str, str]:
        """The session of the agent, and what it carries at the service; "" for nothing."""
        session = (await MemorySessionStore.read(self.store, AGENT)).session
        if session is None or session.upstream is None:
            return "", ""
        return session.id, self.sealer.unseal(session.id, session.upstream.key).guid


@pytest.fixture
async def places() -> AsyncIterator[Callable[..., Place]]:
    made: list[Place] = []

    def make(seed: int, lost: float = 0) -> Place:
        made.append(Place(seed, lost))
        return made[-1]

    yield make
    for place in made:
        await place.service.close()


@pytest.mark.parametrize("desks", [2, 3, 8])
async def test_of_forced_sign_ins_in_any_order_the_one_let_in_last_is_in_at_both_sides(
    places: Callable[..., Place], desks: int
) -> None:
    for seed in range(PLAYS):
        place = places(seed)
        await place.at_once(desks)
        session_id, carried = await place.here()
        assert (carried, carried) == (f"behind-{desks}", place.service.inside), seed
        assert session_id in place.acknowledged
        assert set(place.refusals) <= {retcodes.SIGN_IN_IN_PROGRESS}


async def test_where_answers_of_the_service_are_lost_both_sides_agree_and_the_next_gets_in(
    places: Callable[..., Place],
) -> None:
    stayed = 0
    for seed in range(PLAYS):
        place = places(seed, 0.2)
        await place.at_once(4)
        session_id, carried = await place.here()
        if carried == place.service.inside:
            stayed += session_id in place.acknowledged
        else:
            assert place.service.let_in > len(place.acknowledged)
        place.service.lost = 0
        former = place.service.let_in
        await place.run(place.desk)
        await place.run(place.pay)
        assert (await place.here())[1] == place.service.inside == f"behind-{former + 1}", seed
    assert stayed > PLAYS / 4


async def test_a_rule_that_asks_nobody_who_is_in_is_found_out(
    places: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always(_in: object, _agent_id: int, _keys: Keys) -> bool:
        return True

    monkeypatch.setattr(UpstreamSignIn, "_still_in", always)
    nobody = 0
    for seed in range(PLAYS):
        place = places(seed)
        await place.at_once(2)
        nobody += not place.service.inside
    assert nobody
