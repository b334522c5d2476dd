"""Sign-in: the contact centre says who may come in, session and GUID are the gateway's."""

import json

import pytest

from gateway.backend import LetInBehind, Upstream
from gateway.wire.errors import Refused, Unavailable
from tests.unit.edge.entrance import AGENT, LISTED, Entrance
from tests.unit.edge.fake_backend import WELCOME

PUSHED = {"callBackUri": LISTED, "serviceToken": "abc"}
LIGHT = f"onlineagent/{AGENT}/loginex"
FORCED = f"onlineagent/{AGENT}/forcelogin"


async def test_the_answer_is_the_centre_s_with_the_first_guid() -> None:
    place = Entrance()
    said, session = await place.sign_in(), await place.session()
    assert session is not None
    guid = place.sessions.guid(session, 0)
    assert (said.body, said.header("Guid"), said.header("Set-GUID")) == (WELCOME.body, guid, f"JSESSIONID={guid}")
    assert (place.backend.calls, place.backend.here) == (["admit", "enter", "opened"], {AGENT: [session.id]})
    assert (place.pushed, place.owed) == ([AGENT], 0)


async def test_a_counterpart_behind_is_kept_in_the_session() -> None:
    place = Entrance()
    place.backend.upstream = Upstream("sealed", "this")
    await place.sign_in()
    session = await place.session()
    assert session is not None
    assert session.upstream == Upstream("sealed", "this")


async def test_the_centre_is_told_each_member_once_and_nothing_of_the_receiver_of_events() -> None:
    place = Entrance()
    members = json.dumps({"password": "right", "phonenum": "40038", "status": 4, "pushUrl": "x", **PUSHED})
    await place.ask("PUT", f"onlineagent/{AGENT}", b'\xef\xbb\xbf{"password":"a","status":"5",' + members[1:].encode())
    [request] = place.backend.signed_in
    assert (request.agent_id, request.operation.name) == (AGENT, "login")
    assert request.message.body == b'{"password":"right","status":4,"phonenum":"40038"}'
    session = await place.session()
    assert session is not None
    assert (session.push, session.way and session.way.url) == (True, LISTED)


@pytest.mark.parametrize(
    "members", [{"pushUrl": "https://elsewhere.example/"}, {"serviceToken": "a b"}, {"callBackUri": "x" * 201}]
)
async def test_a_receiver_that_may_not_be_is_refused_before_the_centre_is_asked(members: dict[str, str]) -> None:
    place = Entrance()
    assert (await place.sign_in(**members)).retcode == "100-001"
    assert place.backend.calls == []


async def test_after_a_light_sign_in_events_are_polled_for() -> None:
    place = Entrance()
    assert (await place.sign_in(LIGHT, pushUrl="https://elsewhere.example/", **PUSHED)).retcode == "0"
    session = await place.session()
    assert session is not None
    assert not session.push
    assert json.loads(place.backend.signed_in[0].message.body) == {"password": "right", "phonenum": "40038"}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"text"'])
async def test_a_body_that_is_no_object_is_refused_here(body: bytes) -> None:
    place = Entrance()
    assert (await place.ask("PUT", f"onlineagent/{AGENT}", body)).retcode == "100-001"
    assert place.backend.calls == []


@pytest.mark.parametrize("body", [None, b"", b" \r\n"])
async def test_what_is_missing_is_for_the_centre_to_say(body: bytes | None) -> None:
    place = Entrance()
    assert (await place.ask("PUT", f"onlineagent/{AGENT}", body)).retcode == "100-004"
    assert place.backend.signed_in[0].message.body == b""


async def test_who_is_declined_hears_it_in_the_centre_s_words_and_leaves_nothing() -> None:
    place = Entrance()
    said = await place.sign_in(password="wrong")
    assert (said.body, said.header("Set-GUID")) == (b'{"message":"wrong","retcode":"100-004"}', "")
    assert (await place.store.read(AGENT)).reservation is None
    assert (place.backend.calls, place.owed) == (["admit"], 0)


async def test_a_request_that_came_by_a_proxy_is_told_as_such() -> None:
    place = Entrance()
    body = b'{"password":"right","phonenum":"40038"}'
    await place.ask("PUT", f"onlineagent/{AGENT}", body, {"Via": "1.1 proxy"})
    await place.ask("PUT", f"onlineagent/{AGENT}", body)
    assert [request.message.forwarded for request in place.backend.signed_in] == [True, False]


async def test_by_account_the_centre_says_who_it_is() -> None:
    place = Entrance()
    place.backend.admits["agent_id"] = 117
    assert (await place.sign_in("onlineagent/loginbyaccount", account="anna")).retcode == "0"
    assert place.backend.signed_in[0].agent_id == 0
    assert await place.session(117) is not None


@pytest.mark.parametrize(
    ("problem", "retcode"), [(Refused("100-014"), "100-014"), (Unavailable("try again"), "100-007")]
)
async def test_who_may_not_enter_is_withdrawn_and_may_come_again(problem: Refused, retcode: str) -> None:
    place = Entrance()
    place.backend.fails["enter"] = problem
    assert (await place.sign_in()).retcode == retcode
    assert place.backend.calls == ["admit", "enter", "withdraw"]
    place.backend.fails.clear()
    assert (await place.sign_in()).retcode == "0"


async def test_where_the_session_cannot_be_kept_the_centre_is_told() -> None:
    place = Entrance()
    place.store.away = True
    said = await place.sign_in()
    assert (said.status, place.backend.calls) == (503, ["admit", "enter", "withdraw"])


async def test_a_session_that_lives_refuses_another_one_and_force_takes_it_over() -> None:
    place = Entrance()
    await place.sign_in()
    assert (await place.sign_in()).retcode == "100-002"
    assert place.backend.calls[3:] == ["admit", "withdraw"]
    assert (await place.sign_in(FORCED)).retcode == "0"
    assert place.owed == 1


async def test_an_agent_that_may_not_be_forced_stays() -> None:
    place = Entrance()
    await place.sign_in()
    former = await place.session()
    place.backend.admits["may_be_forced"] = False
    assert (await place.sign_in(FORCED)).retcode == "100-015"
    assert (await place.session(), place.backend.calls[-1]) == (former, "withdraw")


@pytest.mark.parametrize("last", [True, False])
async def test_of_those_whom_the_centre_has_let_in_the_last_one_is_in(last: bool) -> None:
    async def still_in() -> bool:
        return last

    place = Entrance()
    place.backend.admits["let_in"] = LetInBehind("/", still_in)
    await place.sign_in()
    former = await place.session()
    said, session = await place.sign_in(), await place.session()
    assert session is not None
    assert (said.retcode, session == former) == (("0", False) if last else ("100-021", True))
    assert not last or said.header("Guid") == place.sessions.guid(session, 0)
