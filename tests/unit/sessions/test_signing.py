"""Reserve, let in at the backend, open."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.backend import BackendAnswer, EndReason, Entered, LetInBehind, Upstream
from gateway.sessions.lifecycle import RESERVATION_MS, standing
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import LOST_ANSWER_MS, Record
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionOver, SessionService
from gateway.sessions.signing import Opened, Terms, sign_in
from gateway.sessions.store import SessionStore
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from tests.unit.sessions import samples
from tests.unit.sessions.node_pairs import START_MS, NodePair, event, memory_pair

ENTERED = Entered(BackendAnswer(b"{}"), (event(b"1"), event(b"2")), Upstream("key"))


class Site:
    """One agent, and a backend that says what `says` is after what happens `meanwhile`."""

    def __init__(self, pair: NodePair) -> None:
        self.pair = pair
        self.store: SessionStore = pair.one.store
        self.service = SessionService(self.store, samples.RING, lambda: Policy(Settings()))
        self.says: Entered | BaseException = ENTERED
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.entered: list[tuple[str, int]] = []
        self.still_in: list[bool] = []

    async def enter(self, session_id: str, login_time_ms: int) -> Entered:
        self.entered.append((session_id, login_time_ms))
        then, self.meanwhile = self.meanwhile, None
        if then is not None:
            await then()
        if isinstance(self.says, BaseException):
            raise self.says
        return self.says

    async def sign_in(self, *, force: bool = False, let_in: bool = False, may_be_forced: bool = True) -> Opened:
        """With `let_in` the centre behind has let the agent in, and says whether so still by `still_in`."""
        judged = LetInBehind(standing(await self.store.read(samples.AGENT)), self.says_who_is_in) if let_in else None
        terms = Terms(samples.AGENT, "AgentGateway0", force=force, may_be_forced=may_be_forced, let_in=judged)
        return await sign_in(self.service, terms, self.enter)

    async def says_who_is_in(self) -> bool:
        """Each answer is the next of `still_in`."""
        return self.still_in.pop(0)

    async def later(self) -> None:
        """The store's time goes on while the backend is asked."""
        self.pair.world.now_ms += 700


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with memory_pair() as pair:
        yield Site(pair)


async def test_the_session_that_the_backend_let_in_is_open_with_its_events(site: Site) -> None:
    site.meanwhile = site.later
    opened = await site.sign_in()
    record = await site.store.read(samples.AGENT)
    assert (record.session, record.reservation) == (opened.session, None)
    assert site.entered == [(opened.session.id, START_MS)]
    assert (opened.session.started_ms, opened.session.issued_ms) == (START_MS, START_MS + 700)
    assert (opened.entered, opened.session.upstream) == (ENTERED, Upstream("key"))
    assert opened.guid == samples.guid(opened.session, 0)
    assert await site.pair.one.queue.head(samples.AGENT, opened.session.id) == ENTERED.events[0]


async def test_only_one_sign_in_of_an_agent_asks_the_backend(site: Site) -> None:
    async def another() -> None:
        with pytest.raises(Refused) as refused:
            await site.sign_in(force=True)
        assert refused.value.retcode == retcodes.SIGN_IN_IN_PROGRESS

    site.meanwhile = another
    await site.sign_in()
    assert len(site.entered) == 1


async def test_an_agent_whom_the_backend_refuses_can_try_again_and_nothing_is_owed(site: Site) -> None:
    site.says = Refused(retcodes.PHONE_OUT_OF_RANGE)
    with pytest.raises(Refused):
        await site.sign_in()
    assert (await site.store.read(samples.AGENT)).reservation is None
    assert await site.store.owed(10) == []


@pytest.mark.parametrize("let_in", [False, True])
async def test_a_backend_that_does_not_answer_is_owed_the_end_of_what_it_may_have_begun(
    site: Site, let_in: bool
) -> None:
    site.says = Unavailable()
    with pytest.raises(Unavailable):
        await site.sign_in(let_in=let_in)
    assert (await site.store.read(samples.AGENT)).reservation is None
    owed = [(end.session_id, end.reason) for end in await site.store.owed(10)]
    assert owed == [(site.entered[0][0], EndReason.REPLACED)]


async def test_whom_a_backend_has_let_in_nothing_here_keeps_out(site: Site) -> None:
    async def another() -> None:
        await site.sign_in(let_in=True)

    site.meanwhile, site.still_in = another, [True]
    opened = await site.sign_in(let_in=True)
    assert (await site.store.read(samples.AGENT)).session == opened.session
    assert [end.session_id for end in await site.store.owed(10)] == [site.entered[1][0]]


async def test_whoever_was_let_in_before_another_that_is_open_stays_out(site: Site) -> None:
    async def another() -> None:
        await site.sign_in(let_in=True)

    site.meanwhile, site.still_in = another, [False]
    with pytest.raises(Refused) as refused:
        await site.sign_in(let_in=True)
    assert refused.value.retcode == retcodes.SIGN_IN_IN_PROGRESS
    session = (await site.store.read(samples.AGENT)).session
    assert session is not None
    assert session.id == site.entered[1][0]
    assert [end.session_id for end in await site.store.owed(10)] == [site.entered[0][0]]


async def test_a_sign_in_with_nobody_beside_it_asks_the_centre_once(site: Site) -> None:
    await site.sign_in(let_in=True)
    await site.sign_in(let_in=True)
    assert site.still_in == []


@pytest.mark.parametrize(
    ("force", "may_be_forced", "retcode"),
    [(False, True, retcodes.ALREADY_SIGNED_IN), (True, False, retcodes.MAY_NOT_BE_FORCED)],
)
async def test_a_session_that_is_alive_keeps_others_out_before_the_backend_is_asked(
    site: Site, force: bool, may_be_forced: bool, retcode: str
) -> None:
    opened = await site.sign_in()
    site.entered.clear()
    with pytest.raises(Refused) as refused:
        await site.sign_in(force=force, may_be_forced=may_be_forced)
    assert (refused.value.retcode, site.entered) == (retcode, [])
    assert (await site.store.read(samples.AGENT)).session == opened.session


async def test_a_session_that_nobody_used_in_time_gives_way_without_force(site: Site) -> None:
    lost = await site.sign_in()
    site.pair.world.now_ms += LOST_ANSWER_MS + 1
    opened = await site.sign_in()
    assert (await site.store.read(samples.AGENT)).session == opened.session
    assert [(end.session_id, end.reason) for end in await site.store.owed(10)] == [
        (lost.session.id, EndReason.REPLACED)
    ]


async def test_a_session_that_came_into_use_while_the_backend_was_asked_is_not_replaced(site: Site) -> None:
    first = await site.sign_in()
    site.pair.world.now_ms += LOST_ANSWER_MS + 1

    async def used() -> None:
        await site.service.check(samples.AGENT, first.guid)

    site.meanwhile = used
    with pytest.raises(Refused) as refused:
        await site.sign_in()
    session = (await site.store.read(samples.AGENT)).session
    assert session is not None
    assert (refused.value.retcode, session.id) == (retcodes.ALREADY_SIGNED_IN, first.session.id)
    assert [end.session_id for end in await site.store.owed(10)] == [site.entered[1][0]]


async def test_a_forced_sign_in_takes_over_and_the_former_session_lives_until_then(site: Site) -> None:
    former = await site.sign_in()

    async def still_good() -> None:
        await site.service.check(samples.AGENT, former.guid)

    site.meanwhile = still_good
    opened = await site.sign_in(force=True)
    with pytest.raises(SessionOver) as over:
        await site.service.check(samples.AGENT, former.guid)
    assert over.value.reason == EndReason.TAKEN_OVER
    assert (await site.service.check(samples.AGENT, opened.guid)).id == opened.session.id


async def test_a_sign_in_that_took_too_long_opens_nothing_and_the_backend_is_owed_its_end(site: Site) -> None:
    async def outlasted() -> None:
        site.pair.world.now_ms += RESERVATION_MS + 1
        await site.sign_in()

    site.meanwhile = outlasted
    with pytest.raises(Unavailable):
        await site.sign_in()
    session = (await site.store.read(samples.AGENT)).session
    assert session is not None
    assert session.id == site.entered[1][0]
    assert [end.session_id for end in await site.store.owed(10)] == [site.entered[0][0]]


class Failing(MemorySessionStore):
    """Each write whose number is in `fails` is lost, as is the answer to those in `unheard`; the first is 1."""

    fails: frozenset[int] = frozenset()
    unheard: frozenset[int] = frozenset()
    writes = 0

    async def apply(self, agent_id: int, rule: Any, *, known: Record | None = None, durable: bool = False) -> Any:
        self.writes += 1
        if self.writes in self.fails:
            raise StoreUnavailable
        outcome = await super().apply(agent_id, rule, known=known, durable=durable)
        if self.writes in self.unheard:
            raise StoreUnavailable
        return outcome


def failing(site: Site, *, fails: set[int] | None = None, unheard: set[int] | None = None) -> Failing:
    """Puts a store in place that fails so; writes are: reserve, open, what tidies up."""
    queue = MemoryEventQueue(lambda: site.pair.world.bounds)
    store = Failing(queue, lambda: site.pair.world.now_ms)
    store.fails, store.unheard = frozenset(fails or ()), frozenset(unheard or ())
    site.store = store
    site.service = SessionService(store, samples.RING, lambda: Policy(Settings()))
    return store


async def test_a_reservation_whose_answer_was_lost_is_let_go_of_and_the_backend_is_not_asked(site: Site) -> None:
    store = failing(site, unheard={1})
    with pytest.raises(StoreUnavailable):
        await site.sign_in()
    assert (site.entered, (await store.read(samples.AGENT)).reservation) == ([], None)


async def test_a_session_whose_opening_nobody_heard_of_is_ended_again(site: Site) -> None:
    store = failing(site, unheard={2})
    with pytest.raises(StoreUnavailable):
        await site.sign_in()
    record = await store.read(samples.AGENT)
    assert (record.session, record.reservation) == (None, None)
    assert [(end.session_id, end.upstream) for end in await store.owed(10)] == [(site.entered[0][0], Upstream("key"))]


async def test_a_store_that_stays_away_leaves_a_reservation_that_runs_out(site: Site) -> None:
    store = failing(site, fails={2, 3})
    with pytest.raises(StoreUnavailable):
        await site.sign_in()
    reservation = (await store.read(samples.AGENT)).reservation
    assert reservation is not None
    assert reservation.until_ms == START_MS + RESERVATION_MS
    site.pair.world.now_ms += RESERVATION_MS
    opened = await site.sign_in()
    assert (await store.read(samples.AGENT)).session == opened.session
