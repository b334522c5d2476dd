"""Under which GUID a session is asked for, and when a refusal is believed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from gateway.backend import EndReason, Upstream
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Change
from gateway.upstream.counterpart import Keys, upstream_of
from gateway.upstream.service_answers import ServiceAnswer
from gateway.upstream.session_client import SessionAnswer, SessionGone
from gateway.wire.errors import Refused
from tests.support.behind import answer, saying
from tests.unit.sessions.samples import FRESH, START
from tests.unit.upstream.fetching import AGENT, Bench, bench

STATE = f"GET onlineagent/{AGENT}/agentstatus"
OK = ServiceAnswer("0", "success", b"{}")
REFUSED = ServiceAnswer("000-003", "no right", b"{}")
OUT = ServiceAnswer("100-006", "agent not login", b"{}")


@dataclass
class Desk:
    """A session, and a service that accepts `valid` alone, refusing with `refusal`."""

    place: Bench
    valid: str = "new"
    refusal: ServiceAnswer = OUT
    fresh: str = ""

    def __post_init__(self) -> None:
        self.carried: list[str] = []

    async def send(self, keys: Keys) -> ServiceAnswer:
        self.carried.append(keys.guid)
        return replace(OK, guid=self.fresh) if keys.guid == self.valid else self.refusal

    def sealed(self, guid: str) -> str:
        return self.place.sealer.seal(FRESH.id, Keys(guid, "route=a1"))

    async def open(self, newest: str = "new", former: str = "") -> Upstream:
        """Keeps a session with these GUIDs."""
        upstream = Upstream(self.sealed(newest), "p", self.sealed(former) if former else "", START)
        record = Record(AGENT, replace(FRESH, upstream=upstream))
        await self.place.store.apply(AGENT, lambda _record: Change(None, record))
        return upstream

    async def ask(self, upstream: Upstream, *, poll: bool = False) -> SessionAnswer:
        return await self.place.session_client.ask(AGENT, FRESH.id, upstream, self.send, poll=poll)

    async def follow(self, heard: SessionAnswer) -> bool:
        return await self.place.session_client.follow(AGENT, FRESH.id, heard)

    async def kept(self) -> list[Keys]:
        """Newest and former as they are kept now."""
        found = upstream_of(await self.place.store.read(AGENT), FRESH.id)
        assert found is not None
        return [self.place.sealer.unseal(FRESH.id, text) for text in (found[1].key, found[1].former) if text]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with bench() as place:
        yield Desk(place)


async def test_the_newest_is_carried(desk: Desk) -> None:
    heard = await desk.ask(await desk.open(former="old"))
    assert (heard.answer, desk.carried) == (OK, ["new"])


async def test_after_a_refusal_what_another_node_has_kept_meanwhile_is_tried(desk: Desk) -> None:
    known = await desk.open("old")
    await desk.open("new", "old")
    assert (await desk.ask(known)).answer == OK
    assert desk.carried == ["old", "new"]


async def test_where_the_service_lost_its_rotation_the_former_is_tried_and_kept(desk: Desk) -> None:
    desk.valid = "old"
    heard = await desk.ask(await desk.open(former="old"))
    assert desk.carried == ["new", "new", "old"]
    await desk.follow(heard)
    assert [keys.guid for keys in await desk.kept()] == ["old", "new"]


async def test_an_operation_is_refused_only_after_a_retry(desk: Desk) -> None:
    desk.valid = "none"
    with pytest.raises(SessionGone) as gone:
        await desk.ask(await desk.open(former="old"))
    assert desk.carried == ["new", "new", "old"]
    assert gone.value.reason is EndReason.UPSTREAM


async def test_a_poll_is_tried_again_by_who_polls(desk: Desk) -> None:
    desk.valid = "none"
    with pytest.raises(SessionGone):
        await desk.ask(await desk.open(), poll=True)
    assert desk.carried == ["new"]


async def test_one_that_ended_here_meanwhile_is_not_gone_there(desk: Desk) -> None:
    kept = await desk.open()
    await desk.place.store.apply(AGENT, lambda _record: Change(None, Record(AGENT)))
    desk.valid = "none"
    with pytest.raises(Refused):
        await desk.ask(kept)


async def test_000_003_to_one_operation_is_its_answer_while_the_session_is_known(desk: Desk) -> None:
    desk.valid, desk.refusal = "none", REFUSED
    desk.place.centre.says[STATE] = saying(lambda: answer("0", "success", {}))
    assert (await desk.ask(await desk.open())).answer is REFUSED


async def test_000_003_to_everything_is_the_end(desk: Desk) -> None:
    desk.valid, desk.refusal = "none", REFUSED
    with pytest.raises(SessionGone):
        await desk.ask(await desk.open())


async def test_a_guid_handed_out_is_kept_with_the_cookies(desk: Desk) -> None:
    desk.fresh = "newer"
    heard = await desk.ask(await desk.open())
    assert await desk.follow(heard)
    assert await desk.kept() == [Keys("newer", "route=a1"), Keys("new", "route=a1")]


async def test_two_nodes_that_hear_of_the_same_guid_keep_it_once(desk: Desk) -> None:
    desk.fresh = "newer"
    kept = await desk.open()
    heard = [await desk.ask(kept), await desk.ask(kept)]
    assert [await desk.follow(one) for one in heard] == [True, True]
    assert [keys.guid for keys in await desk.kept()] == ["newer", "new"]


async def test_of_a_session_that_is_over_nothing_is_kept(desk: Desk) -> None:
    desk.fresh = "newer"
    heard = await desk.ask(await desk.open())
    await desk.place.store.apply(AGENT, lambda _record: Change(None, Record(AGENT)))
    assert not await desk.follow(heard)


async def _gone(desk: Desk, kept: Upstream) -> SessionGone:
    desk.valid = "none"
    with pytest.raises(SessionGone) as gone:
        await desk.ask(kept)
    return gone.value


async def test_the_end_is_told_to_the_sweeper_once(desk: Desk) -> None:
    gone = await _gone(desk, await desk.open())
    assert [await desk.place.session_client.end(AGENT, gone) for _ in range(2)] == [True, False]
    assert desk.place.ended == 1


async def test_a_new_session_is_not_ended_for_the_former(desk: Desk) -> None:
    gone = await _gone(desk, await desk.open())
    other: Session = replace(FRESH, id="f" * 32, upstream=Upstream("x"))
    await desk.place.store.apply(AGENT, lambda _record: Change(None, Record(AGENT, other)))
    assert not await desk.place.session_client.end(AGENT, gone)
