"""A contact centre behind HTTP as the edge and the sweeper see it: it keeps the contract of the seam."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import MemoryAttempts
from gateway.backend import (
    Admitted,
    Backend,
    BackendAnswer,
    Declined,
    End,
    EndReason,
    LiveSession,
    Message,
    OperationRequest,
    SignInRequest,
    Upstream,
)
from gateway.edge.rows import OPERATIONS
from gateway.interface.operation import Operation, SignIn, SignOut
from gateway.sessions.model import Record
from gateway.sessions.store import Change
from gateway.upstream.event_fetchers import EventFetchers
from gateway.upstream.upstream_centre import GIVE_UP_AFTER_MS, UpstreamCentre
from gateway.upstream.upstream_sign_in import SignInParts, UpstreamSignIn
from gateway.wire.errors import Refused, Unavailable
from tests.support.behind import answer, saying, written
from tests.support.operation_request import AskedOperation
from tests.support.recording_sink import RecordingSink
from tests.unit.sessions.samples import FRESH, START
from tests.unit.upstream.fetching import AGENT, Bench, bench

PREFIX = "/agentgateway/resource"
[LOGIN] = [row for row in OPERATIONS if isinstance(row, SignIn) and row.name == "login"]
[LOGOUT] = [row for row in OPERATIONS if isinstance(row, SignOut) and row.name == "logout"]
STATUS = Operation("getAgentStatus", "GET", "onlineagent/{agentid}/agentstatus")
TIME_OUT = Operation("setAgentTimeOut", "POST", "querymonitor/{agentid}/setagenttimeout/{flag}")
SAID = b'{"message":"in a call","retcode":"100-005"}'


@dataclass
class Seam:
    """What a gateway has in hand: the centre, the sink that it gave it, and one session."""

    place: Bench
    fetchers: EventFetchers
    centre: Backend
    sink: RecordingSink

    async def admit(self, password: str = "Welcome-Desk7") -> Admitted:
        body = b'{"password":"%s"}' % password.encode()
        message = Message("PUT", f"{PREFIX}/onlineagent/{AGENT}", body, address=lambda: "192.0.2.7")
        return await self.centre.admit(SignInRequest(LOGIN, AGENT, message))

    async def open(self) -> Upstream:
        """Signs in, and keeps the session as the gateway does."""
        entered = await self.centre.enter(await self.admit(), FRESH.id, START)
        assert entered.upstream is not None
        await self.keep(entered.upstream)
        return entered.upstream

    async def keep(self, upstream: Upstream | None) -> None:
        session = replace(FRESH, upstream=upstream) if upstream is not None else None
        await self.place.store.apply(AGENT, lambda _record: Change(None, Record(AGENT, session)))

    def request(
        self, row: Operation, upstream: Upstream | None, values: dict[str, str] | None = None
    ) -> OperationRequest:
        path = row.path.format_map({"agentid": AGENT, **(values or {})})
        message = Message(row.method, f"{PREFIX}/{path}")
        return AskedOperation(row, AGENT, FRESH.id, message, values or {}, upstream)

    def says(self, line: str, body: bytes, status: int = 200) -> None:
        self.place.centre.says[line] = saying(lambda: written(body, status))

    @property
    def heard(self) -> list[str]:
        """What the service was asked."""
        return self.place.centre.lines()


@pytest.fixture
async def seam() -> AsyncIterator[Seam]:
    async with bench() as place:
        fetchers, sink = await place.process(), RecordingSink()
        limiter = AttemptLimiter(MemoryAttempts(), lambda: 100)
        sign_in = UpstreamSignIn(SignInParts(place.store, limiter, place.service, place.sealer))
        centre = UpstreamCentre(
            place.store, place.queue, place.service, place.sealer, sign_in, place.session_client, fetchers, sink
        )
        yield Seam(place, fetchers, centre, sink)


def whole(said: BackendAnswer) -> bytes:
    assert isinstance(said.body, bytes)
    return said.body


def live(upstream: Upstream | None) -> LiveSession:
    return LiveSession(AGENT, FRESH.id, START, upstream=upstream)


async def test_who_is_admitted_is_in_there_already(seam: Seam) -> None:
    admitted = await seam.admit()
    assert (admitted.agent_id, bool(admitted.let_in), admitted.may_be_forced) == (AGENT, True, True)
    entered = await seam.centre.enter(admitted, FRESH.id, START)
    assert entered.answer.retcode == "0"
    assert b'"vdnid"' in whole(entered.answer)
    assert entered.upstream is not None
    keys = seam.place.sealer.unseal(FRESH.id, entered.upstream.key)
    assert (keys.guid, entered.upstream.holder) == (seam.place.centre.sessions[AGENT], seam.fetchers.process)


async def test_who_was_let_in_is_in_until_another_is(seam: Seam) -> None:
    let_in = (await seam.admit()).let_in
    assert let_in is not None
    assert await let_in.still_in()
    seam.place.centre.sessions[AGENT] = "of-another.Legacy1"
    assert not await let_in.still_in()


async def test_a_service_that_cannot_say_who_is_in_leaves_it_open(seam: Seam) -> None:
    let_in = (await seam.admit()).let_in
    assert let_in is not None
    seam.says(f"GET onlineagent/{AGENT}/agentstatus", b'{"message":"busy","retcode":"100-007"}')
    with pytest.raises(Unavailable):
        await let_in.still_in()


async def test_nothing_that_is_kept_of_it_shows_the_service_s_guid(seam: Seam) -> None:
    admitted = await seam.admit()
    entered = await seam.centre.enter(admitted, FRESH.id, START)
    assert seam.place.centre.sessions[AGENT] not in f"{admitted!r} {entered!r}"


async def test_who_is_declined_hears_it_in_the_service_s_words(seam: Seam) -> None:
    with pytest.raises(Declined) as declined:
        await seam.admit("wrong")
    assert declined.value.retcode == "100-004"
    assert b"wrong user name" in whole(declined.value.answer)


async def test_a_proof_of_another_centre_opens_nothing(seam: Seam) -> None:
    with pytest.raises(TypeError):
        await seam.centre.enter(Admitted(AGENT, proof="other"), FRESH.id, START)


async def test_who_is_withdrawn_is_signed_out_there(seam: Seam) -> None:
    await seam.centre.withdraw(await seam.admit())
    assert (seam.place.centre.sessions, seam.heard[-1]) == ({}, f"DELETE onlineagent/{AGENT}/forcelogout")


async def test_withdrawing_while_the_service_is_away_does_no_harm(seam: Seam) -> None:
    admitted = await seam.admit()
    seam.says(f"DELETE onlineagent/{AGENT}/forcelogout", b"", 502)
    await seam.centre.withdraw(admitted)


async def test_an_operation_is_passed_on_and_answered_as_the_service_said(seam: Seam) -> None:
    upstream = await seam.open()
    seam.says(f"GET onlineagent/{AGENT}/agentstatus", b'{"retcode":"107-064", "message":"x"}')
    said = await seam.centre.perform(seam.request(STATUS, upstream))
    assert (said.body, said.retcode) == (b'{"retcode":"107-064", "message":"x"}', "107-064")


async def test_a_session_without_counterpart_there_is_over(seam: Seam) -> None:
    with pytest.raises(Refused) as refused:
        await seam.centre.perform(seam.request(STATUS, None))
    assert (refused.value.retcode, seam.heard) == ("100-006", [])


async def test_a_session_that_is_over_there_is_over_here(seam: Seam) -> None:
    upstream = await seam.open()
    seam.place.centre.sessions.clear()
    with pytest.raises(Refused) as refused:
        await seam.centre.perform(seam.request(STATUS, upstream))
    assert (refused.value.retcode, refused.value.message) == ("100-006", EndReason.UPSTREAM)
    assert (await seam.place.store.read(AGENT)).session is None


@pytest.mark.parametrize(("flag", "silent"), [("false", True), ("TRUE", False)])
async def test_whether_an_agent_may_be_silent_is_told(seam: Seam, flag: str, silent: bool) -> None:
    request = seam.request(TIME_OUT, await seam.open(), {"flag": flag})
    await seam.centre.perform(request)
    assert seam.sink.told == [("may be silent", AGENT, FRESH.id, silent)]


async def test_of_what_the_service_refused_nothing_is_told(seam: Seam) -> None:
    request = seam.request(TIME_OUT, await seam.open(), {"flag": "false"})
    seam.says(f"POST querymonitor/{AGENT}/setagenttimeout/false", SAID)
    assert (await seam.centre.perform(request)).retcode == "100-005"
    assert seam.sink.told == []


async def test_a_sign_out_is_passed_on_and_its_yes_is_final(seam: Seam) -> None:
    upstream = await seam.open()
    leave = await seam.centre.ask_to_leave(live(upstream), seam.request(LOGOUT, upstream))
    assert leave.told
    assert leave.answer is not None
    assert (leave.answer.retcode, seam.heard[-1]) == ("0", f"DELETE onlineagent/{AGENT}/logout")
    assert seam.place.centre.sessions == {}


async def test_a_refused_sign_out_is_answered_as_the_service_said(seam: Seam) -> None:
    upstream = await seam.open()
    seam.says(f"DELETE onlineagent/{AGENT}/logout", SAID)
    with pytest.raises(Declined) as declined:
        await seam.centre.ask_to_leave(live(upstream), seam.request(LOGOUT, upstream))
    assert declined.value.answer.body == SAID


async def test_a_session_that_is_too_old_is_signed_out_there(seam: Seam) -> None:
    leave = await seam.centre.ask_to_leave(live(await seam.open()))
    assert (leave.answer, leave.told, seam.heard[-1]) == (None, True, f"DELETE onlineagent/{AGENT}/logout")


async def test_a_session_that_is_too_old_and_over_there_may_end(seam: Seam) -> None:
    upstream = await seam.open()
    seam.place.centre.sessions.clear()
    assert (await seam.centre.ask_to_leave(live(upstream))).told


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (SAID, 200, Refused),
        (b'{"message":"","retcode":"100-007"}', 200, Unavailable),
        (b'{"message":"","retcode":"0"}', 503, Unavailable),
    ],
)
async def test_a_session_that_is_too_old_goes_on_where_the_service_does_not_say_yes(
    seam: Seam, body: bytes, status: int, kind: type[Exception]
) -> None:
    upstream = await seam.open()
    seam.says(f"DELETE onlineagent/{AGENT}/logout", body, status)
    with pytest.raises(kind):
        await seam.centre.ask_to_leave(live(upstream))


async def test_a_leave_that_did_not_happen_here_has_happened_there(seam: Seam) -> None:
    seam.centre.stay(AGENT, FRESH.id)
    assert seam.sink.told == [("ended", AGENT, FRESH.id, EndReason.SIGNED_OUT, 0)]


def end(upstream: Upstream | None, code: int = 0) -> End:
    return End(AGENT, FRESH.id, EndReason.SIGNED_OUT, START, code, upstream)


@pytest.mark.parametrize(("code", "operation"), [(0, "forcelogout"), (7, "forcelogoutwithreason/7")])
async def test_an_end_is_told_with_its_cause(seam: Seam, code: int, operation: str) -> None:
    upstream = await seam.open()
    await seam.keep(None)
    await seam.centre.leave(end(upstream, code))
    assert (seam.heard[-1], seam.place.centre.sessions) == (f"DELETE onlineagent/{AGENT}/{operation}", {})


async def test_an_end_told_twice_is_as_once(seam: Seam) -> None:
    upstream = await seam.open()
    await seam.keep(None)
    for _ in range(2):
        await seam.centre.leave(end(upstream))


async def test_an_end_is_told_again_until_the_service_could_act(seam: Seam) -> None:
    upstream = await seam.open()
    await seam.keep(None)
    seam.place.centre.says[f"DELETE onlineagent/{AGENT}/forcelogout"] = saying(lambda: answer("100-007", "busy"))
    with pytest.raises(Unavailable):
        await seam.centre.leave(end(upstream))


async def test_an_end_that_it_knows_or_of_long_ago_is_not_told(seam: Seam) -> None:
    upstream = await seam.open()
    before = seam.heard
    await seam.centre.leave(end(None))
    await seam.centre.leave(replace(end(upstream), ended_ms=START - GIVE_UP_AFTER_MS - 1))
    assert seam.heard == before


async def test_the_end_of_a_session_whose_keys_a_later_one_has_is_not_told(seam: Seam) -> None:
    upstream = await seam.open()
    before = seam.heard
    await seam.centre.leave(end(upstream))
    assert seam.heard == before
