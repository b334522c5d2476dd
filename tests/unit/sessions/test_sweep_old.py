"""SESSION_MAXTIME: the backend is asked, and may hold on to an agent (docs/protocol.md, Time limits)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.backend import End, EndReason, Leave, LiveSession
from gateway.sessions.policy import Policy
from gateway.sessions.service import ASK_AGAIN_MS, SessionService
from gateway.sessions.store import Change
from gateway.sessions.sweep import Sweeper
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from tests.unit.sessions import samples
from tests.unit.sessions.node_pairs import World, memory_pair

LONGEST_MS = 300_000


class Site:
    """One agent whose session may become too old, and a backend that says what `says` is."""

    def __init__(self, service: SessionService, world: World, policy: Policy) -> None:
        self.service = service
        self.world = world
        self.says: Leave | Exception = Leave()
        self.asked: list[LiveSession] = []
        self.stayed: list[tuple[int, str]] = []
        self.told: list[End] = []
        self.sweeper = Sweeper(service, lambda: policy, self.leave)
        service.ask_to_leave = self.ask
        service.stay = lambda agent_id, session_id: self.stayed.append((agent_id, session_id))

    async def ask(self, live: LiveSession) -> Leave:
        self.asked.append(live)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def leave(self, end: End) -> None:
        self.told.append(end)

    async def call(self) -> str:
        """What a request is answered."""
        try:
            await self.service.check(samples.AGENT, samples.guid(samples.FRESH, 0))
        except Refused as refused:
            return f"{refused.retcode} {refused.message}"
        return retcodes.SUCCESS


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The session has just become too old."""
    policy = Policy(Settings().model_copy(update={"session_max_time_ms": LONGEST_MS, "auth_mode": 1}))
    async with memory_pair() as pair:
        service = SessionService(pair.one.store, samples.RING, lambda: policy)
        opened = replace(samples.FRESH, adopted_ms=samples.START)
        await pair.one.store.apply(samples.AGENT, lambda record: Change(None, replace(record, session=opened)))
        pair.world.now_ms = samples.START + LONGEST_MS
        yield Site(service, pair.world, policy)


TOO_OLD = f"{retcodes.NOT_SIGNED_IN} {EndReason.TOO_OLD}"
IN_A_CALL = Refused(retcodes.WRONG_SIGN_OUT_STATE)


async def test_the_request_of_a_session_that_is_too_old_is_refused(site: Site) -> None:
    assert await site.call() == TOO_OLD
    assert site.asked == [LiveSession(samples.AGENT, samples.FRESH.id, samples.START)]


@pytest.mark.parametrize("says", [IN_A_CALL, Unavailable()])
async def test_an_agent_whom_the_backend_holds_on_to_goes_on_and_is_asked_again(site: Site, says: Exception) -> None:
    site.says = says
    assert [await site.call(), await site.call()] == [retcodes.SUCCESS] * 2
    assert len(site.asked) == 1
    site.says = Leave()
    site.world.now_ms += ASK_AGAIN_MS
    assert await site.call() == TOO_OLD


async def test_a_sweep_ends_whom_no_request_does(site: Site) -> None:
    site.says = IN_A_CALL
    await site.sweeper.end_old()
    assert (await site.service.store.read(samples.AGENT)).session is not None
    site.says = Leave()
    await site.sweeper.end_old()
    await site.sweeper.tell_backend()
    assert [end.reason for end in site.told] == [EndReason.TOO_OLD]


async def test_a_session_that_is_not_too_old_is_not_asked_for(site: Site) -> None:
    site.world.now_ms -= 1
    await site.sweeper.end_old()
    assert await site.call() == retcodes.SUCCESS
    assert site.asked == []


async def test_the_backend_hears_when_the_end_could_not_be_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_given: object, **_options: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(site.service.store, "apply", away)
    with pytest.raises(StoreUnavailable):
        await site.call()
    assert site.stayed == [(samples.AGENT, samples.FRESH.id)]
