"""Which requests are accepted, what they change in the record, and how a session ends, over a store in memory."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from gateway.backend import EndReason, Leave, LiveSession, Upstream
from gateway.sessions.guid import KeyRing
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session, Superseded
from gateway.sessions.policy import Policy
from gateway.sessions.service import ASK_AGAIN_MS, SessionOver, SessionService
from gateway.sessions.store import Bounds
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from tests.unit.sessions.node_pairs import opening
from tests.unit.sessions.samples import AGENT, FRESH, GRACE, HOLD, INTERVAL, RING, START, guid

USED: Final = replace(FRESH, adopted_ms=START + 1)
HANDED_OUT: Final = replace(
    FRESH, number=1, issued_ms=START + INTERVAL, superseded=(Superseded(0, START + INTERVAL, waiting=True),)
)
"""The second generation was handed out and is not used yet."""
ADOPTED: Final = replace(
    HANDED_OUT,
    adopted_ms=START + INTERVAL + 1000,
    superseded=(Superseded(0, START + INTERVAL, START + INTERVAL + 1000),),
)


class Store(MemorySessionStore):
    """`late` is what a read finds that need not be sure; while `away` nothing is written; `meanwhile` comes before."""

    def __init__(self) -> None:
        self.clock_ms = START + 1000
        super().__init__(MemoryEventQueue(lambda: Bounds(10, 1000)), lambda: self.clock_ms)
        self.late: Record | None = None
        self.away = False
        self.durable: list[bool] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        return self.late if self.late is not None and not sure else await super().read(agent_id)

    async def apply(self, agent_id: int, rule: Any, *, known: Record | None = None, durable: bool = False) -> Any:
        if self.away:
            raise StoreUnavailable
        self.durable.append(durable)
        self.meanwhile()
        return await super().apply(agent_id, rule, known=known, durable=durable)

    async def seen_ms(self) -> list[int]:
        return [seen.seen_ms for seen in await self.live()]


class Site:
    """One agent who may have a session."""

    def __init__(self, ring: KeyRing = RING) -> None:
        self.store = Store()
        self.settings = Settings()
        self.service = SessionService(self.store, ring, lambda: Policy(self.settings))

    def set(self, **changed: object) -> None:
        self.settings = self.settings.model_copy(update=changed)

    async def open(self, session: Session) -> None:
        await self.store.apply(AGENT, opening(session))

    async def session(self) -> Session | None:
        return (await self.store.read(AGENT, sure=True)).session

    async def refusal(self, guid: str, *, hands_out: bool = False) -> str:
        with pytest.raises(Refused) as refused:
            await (self.service.call(AGENT, guid, hands_out=True) if hands_out else self.service.check(AGENT, guid))
        return refused.value.retcode


@pytest.fixture
def site() -> Site:
    return Site()


async def test_the_first_call_of_a_session_shows_that_its_answer_arrived(site: Site) -> None:
    await site.open(FRESH)
    session = await site.service.check(AGENT, guid(FRESH, 0))
    assert session == await site.session()
    assert (session.number, session.adopted_ms) == (0, site.store.clock_ms)


async def test_a_later_call_changes_nothing_but_when_the_agent_was_seen(site: Site) -> None:
    await site.open(USED)
    written = len(site.store.durable)
    site.store.clock_ms += 5000
    assert await site.service.check(AGENT, guid(USED, 0)) == USED
    assert len(site.store.durable) == written
    assert await site.store.seen_ms() == [site.store.clock_ms]


async def test_in_push_mode_only_a_heartbeat_counts_against_the_time_limit(site: Site) -> None:
    await site.open(replace(USED, push=True))
    before = await site.store.seen_ms()
    site.store.clock_ms += 5000
    await site.service.check(AGENT, guid(USED, 0))
    assert await site.store.seen_ms() == before
    await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    assert await site.store.seen_ms() != before


async def test_a_poll_with_a_guid_of_age_is_handed_the_next_one_and_again_until_it_is_used(site: Site) -> None:
    await site.open(USED)
    site.store.clock_ms = START + INTERVAL
    first = await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    again = await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    assert (first.hand_out, first.made, first.to_note) == (guid(USED, 1), True, True)
    assert (again.hand_out, again.made) == (guid(USED, 1), False)
    used = await site.service.call(AGENT, guid(USED, 1), hands_out=True)
    assert (used.number, used.hand_out) == (1, "")


async def test_a_call_that_hands_nothing_out_makes_no_guid_of_any_age(site: Site) -> None:
    await site.open(USED)
    site.store.clock_ms = START + 10 * INTERVAL
    await site.service.check(AGENT, guid(USED, 0))
    assert await site.session() == USED


async def test_no_guid_is_made_once_the_settings_forbid_it_while_the_store_is_asked(site: Site) -> None:
    await site.open(USED)
    site.store.clock_ms = START + INTERVAL
    site.store.meanwhile = lambda: site.set(auth_mode=1)
    caller = await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    assert (caller.hand_out, await site.session()) == ("", USED)


async def test_the_grace_begins_when_the_client_has_got_the_hand_out(site: Site) -> None:
    await site.open(USED)
    site.store.clock_ms = START + INTERVAL
    caller = await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    site.store.clock_ms += 2000
    await site.service.note_hand_out(caller)
    session = await site.session()
    assert session is not None
    assert session.superseded == (Superseded(0, site.store.clock_ms),)
    site.store.clock_ms += GRACE
    assert await site.refusal(guid(USED, 0)) == retcodes.NO_RIGHT


async def test_a_hand_out_of_a_session_that_is_over_is_not_noted_in_the_next_one(site: Site) -> None:
    await site.open(USED)
    site.store.clock_ms = START + INTERVAL
    caller = await site.service.call(AGENT, guid(USED, 0), hands_out=True)
    other = replace(HANDED_OUT, id="b" * 32)
    await site.open(other)
    await site.service.note_hand_out(caller)
    assert await site.session() == other


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_guid_that_belongs_to_nobody_is_refused(site: Site, signed_in: bool) -> None:
    if signed_in:
        await site.open(USED)
    expected = retcodes.NO_RIGHT if signed_in else retcodes.NOT_SIGNED_IN
    assert await site.refusal(guid(replace(FRESH, id="c" * 32), 0)) == expected


async def test_the_guid_of_a_session_that_was_taken_over_is_told_so_and_when(site: Site) -> None:
    await site.open(USED)
    await site.service.end(AGENT, USED.id, EndReason.TAKEN_OVER)
    await site.open(replace(FRESH, id="b" * 32))
    with pytest.raises(SessionOver) as over:
        await site.service.check(AGENT, guid(USED, 0))
    assert (over.value.retcode, over.value.reason) == (retcodes.NOT_SIGNED_IN, EndReason.TAKEN_OVER)
    assert over.value.ended_ms == site.store.clock_ms


async def test_nobody_is_refused_on_a_record_that_is_not_sure(site: Site) -> None:
    site.store.late = Record(AGENT)
    await site.open(USED)
    assert await site.service.check(AGENT, guid(USED, 0)) == USED


async def test_a_session_of_a_key_that_this_node_lacks_is_our_fault_and_refuses_nobody() -> None:
    site = Site(KeyRing("k0", {"k0": RING.secrets["k0"]}))
    await site.open(USED)
    with pytest.raises(StoreUnavailable):
        await site.service.check(AGENT, guid(USED, 0))


@pytest.mark.parametrize(("guid_reuse", "survives"), [("OBSERVE", True), ("SIGNOUT", False)])
async def test_an_old_guid_on_a_poll_long_after_its_successor_is_a_theft_sign(
    site: Site, guid_reuse: str, survives: bool
) -> None:
    site.set(guid_reuse=guid_reuse)
    await site.open(ADOPTED)
    site.store.clock_ms = ADOPTED.adopted_ms + HOLD + 3000
    if survives:
        await site.service.call(AGENT, guid(ADOPTED, 0), hands_out=True)
    else:
        assert await site.refusal(guid(ADOPTED, 0), hands_out=True) == retcodes.NOT_SIGNED_IN
        assert [end.reason for end in await site.store.owed(10)] == [EndReason.REUSED_GUID]
    assert (await site.session() is not None) is survives


async def test_a_use_that_authmode_2_would_refuse_is_accepted_in_a_rehearsal(site: Site) -> None:
    site.set(guid_rehearsal=True)
    rehearsing = replace(ADOPTED, rehearsed_from=0, superseded=(Superseded(0, START - GRACE, START + INTERVAL + 1000),))
    await site.open(rehearsing)
    site.store.clock_ms = ADOPTED.adopted_ms + 1000
    await site.service.check(AGENT, guid(ADOPTED, 0))
    site.set(guid_rehearsal=False)
    assert await site.refusal(guid(ADOPTED, 0)) == retcodes.NO_RIGHT


async def test_update_guid_makes_the_next_one_and_repeats_it_to_a_retry(site: Site) -> None:
    await site.open(USED)
    made = await site.service.renew(AGENT, guid(USED, 0))
    again = await site.service.renew(AGENT, guid(USED, 0))
    assert (made.hand_out, made.made) == (guid(USED, 1), True)
    assert (again.hand_out, again.made) == (guid(USED, 1), False)


async def test_update_guid_with_a_guid_whose_successor_is_in_use_is_refused(site: Site) -> None:
    await site.open(ADOPTED)
    site.store.clock_ms = ADOPTED.adopted_ms + 1000
    with pytest.raises(Refused) as refused:
        await site.service.renew(AGENT, guid(ADOPTED, 0))
    assert (refused.value.retcode, await site.session()) == (retcodes.NO_RIGHT, ADOPTED)


async def test_a_session_is_ended_once_and_a_replica_is_waited_for(site: Site) -> None:
    await site.open(replace(USED, upstream=Upstream("key")))
    assert await site.service.end(AGENT, USED.id, EndReason.SIGNED_OUT, 7)
    assert not await site.service.end(AGENT, USED.id, EndReason.SIGNED_OUT)
    assert site.store.durable[-1]
    [end] = await site.store.owed(10)
    assert (end.reason, end.code, end.upstream) == (EndReason.SIGNED_OUT, 7, Upstream("key"))


async def test_an_end_that_the_centre_behind_knows_of_is_not_told_to_it_again(site: Site) -> None:
    await site.open(replace(USED, upstream=Upstream("key")))
    await site.service.end(AGENT, USED.id, EndReason.SIGNED_OUT, told=True)
    assert [end.upstream for end in await site.store.owed(10)] == [None]


async def test_an_agent_seen_after_the_silence_that_ends_a_session_keeps_it(site: Site) -> None:
    await site.open(USED)
    silent_since_ms = site.store.clock_ms - 1
    ending = site.service.ending(USED.id, EndReason.IDLE, silent_since_ms=silent_since_ms)
    assert not await site.store.apply(AGENT, ending)
    assert await site.session() == USED


async def test_the_time_limit_begins_when_an_agent_may_no_longer_be_silent(site: Site) -> None:
    await site.open(USED)
    assert await site.service.may_be_silent(AGENT, USED.id, True)
    assert await site.session() == replace(USED, silent=True)
    site.store.clock_ms += 60_000
    assert await site.service.may_be_silent(AGENT, USED.id, False)
    assert (await site.session(), await site.store.seen_ms()) == (USED, [site.store.clock_ms])
    assert not await site.service.may_be_silent(AGENT, "b" * 32, True)


async def test_a_lost_answer_is_noted_of_the_very_session_while_nobody_has_used_it(site: Site) -> None:
    fresh = replace(USED, adopted_ms=0)
    await site.open(fresh)
    await site.service.note_lost_answer(AGENT, "b" * 32)
    assert await site.session() == fresh
    await site.service.note_lost_answer(AGENT, fresh.id)
    assert await site.session() == replace(fresh, answer_lost=True)


async def test_a_lost_answer_means_nothing_once_the_session_is_used(site: Site) -> None:
    await site.open(USED)
    await site.service.note_lost_answer(AGENT, USED.id)
    assert await site.session() == USED


class Centre:
    """A contact centre that says `says` when a session is to end."""

    def __init__(self, says: Leave | Exception) -> None:
        self.says = says
        self.asked: list[str] = []
        self.stays: list[str] = []

    async def ask_to_leave(self, live: LiveSession) -> Leave:
        self.asked.append(live.session_id)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def stay(self, agent_id: int, session_id: str) -> None:
        self.stays.append(session_id)


def too_old(site: Site, says: Leave | Exception) -> Centre:
    """The session of the agent is as old as SESSION_MAXTIME lets it be."""
    centre = Centre(says)
    site.service.ask_to_leave, site.service.stay = centre.ask_to_leave, centre.stay
    site.set(session_max_time_ms=3_600_000)
    site.store.clock_ms = START + 3_600_000
    return centre


async def test_a_session_that_is_too_old_ends_with_its_next_call(site: Site) -> None:
    await site.open(replace(USED, upstream=Upstream("key")))
    centre = too_old(site, Leave(told=True))
    assert await site.refusal(guid(USED, 0)) == retcodes.NOT_SIGNED_IN
    assert (centre.asked, await site.session()) == ([USED.id], None)
    assert [(end.reason, end.upstream) for end in await site.store.owed(10)] == [(EndReason.TOO_OLD, None)]


@pytest.mark.parametrize("says", [Refused(retcodes.WRONG_STATE), Unavailable()], ids=["in a call", "out of reach"])
async def test_a_session_that_the_centre_holds_on_to_goes_on_and_is_asked_for_again(
    site: Site, says: Exception
) -> None:
    await site.open(USED)
    centre = too_old(site, says)
    for later_ms in (0, ASK_AGAIN_MS - 1, 1):
        site.store.clock_ms += later_ms
        await site.service.check(AGENT, guid(USED, 0))
    assert centre.asked == [USED.id, USED.id]
    assert await site.session() is not None


async def test_a_centre_that_let_an_agent_leave_hears_that_the_store_could_not_write_it(site: Site) -> None:
    await site.open(USED)
    centre = too_old(site, Leave())
    site.store.away = True
    with pytest.raises(StoreUnavailable):
        await site.service.end_too_old(AGENT, USED)
    assert centre.stays == [USED.id]


async def test_whether_a_session_is_over_is_told_by_a_record_that_is_sure(site: Site) -> None:
    await site.open(USED)
    site.store.late = Record(AGENT)
    assert (await site.service.look_again(AGENT, USED.id)).session == USED
