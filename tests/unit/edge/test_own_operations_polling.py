"""What hands out GUIDs: the poll, the heartbeat in both forms, `updateGuid`."""

import json
from dataclasses import replace
from unittest.mock import AsyncMock, Mock

import pytest

from gateway.wire.envelope import Event
from gateway.wire.errors import StoreUnavailable
from tests.unit.edge.entrance import AGENT, Entrance, Said
from tests.unit.sessions.samples import FRESH, START

EVENT = Event("e1", b'{"eventType":"x"}')
POLL, HEARTBEAT = f"agentevent/{AGENT}", f"onlineagent/{AGENT}/heartbeat"
HANDSHAKE, RENEW = f"onlineagent/{AGENT}/handshake", f"onlineagent/{AGENT}/updateGuid"


def found(hand_out: str, event: Event | None) -> Mock:
    """What a poll comes back with."""
    return Mock(hand_out=hand_out, event=event)


@pytest.fixture
async def place() -> Entrance:
    """With push and polls that say what a test tells them."""
    made = Entrance(AUTHMODE="2")
    made.services.push.heard = AsyncMock()  # type: ignore[method-assign]
    made.services.polls.poll = AsyncMock(return_value=found("", None))  # type: ignore[method-assign]
    return made


async def polled(place: Entrance, answer: Mock, **headers: str) -> Said:
    place.services.polls.poll = AsyncMock(return_value=answer)  # type: ignore[method-assign]
    return await place.ask("GET", POLL, headers={**await place.hold(FRESH), **headers})


async def test_an_empty_poll_is_exactly_that(place: Entrance) -> None:
    said = await polled(place, found("", None))
    assert (said.body, said.header("Set-GUID")) == (b'{"message":"","retcode":"0"}', "")


async def test_an_event_comes_as_it_is_with_the_guid_to_use_from_now_on(place: Entrance) -> None:
    said = await polled(place, found("abc.Node", EVENT))
    assert json.loads(said.body)["event"] == {"eventType": "x"}
    assert said.header("Set-GUID") == "JSESSIONID=abc.Node"
    assert said.header("Event-Receipt") == ""


@pytest.mark.parametrize("asked", ["wanted", "e0"])
async def test_who_asks_for_receipts_gets_that_of_the_event(place: Entrance, asked: str) -> None:
    said = await polled(place, found("", EVENT), **{"Event-Receipt": asked})
    assert said.header("Event-Receipt") == "e1"
    assert place.services.polls.poll.await_args.args[3] == asked  # type: ignore[attr-defined]


async def test_an_empty_poll_has_no_receipt(place: Entrance) -> None:
    assert (await polled(place, found("", None), **{"Event-Receipt": "wanted"})).header("Event-Receipt") == ""


async def test_a_heartbeat_keeps_the_session_and_its_older_form_tells_since_when(place: Entrance) -> None:
    guid = await place.hold(FRESH)
    said = await place.ask("POST", HANDSHAKE, headers=guid)
    assert json.loads(said.body) == {"message": "success", "retcode": "0"}
    older = await place.ask("PUT", HEARTBEAT, headers=guid)
    assert json.loads(older.body)["result"] == {"loginTime": str(FRESH.started_ms)}


async def test_a_heartbeat_hands_out_a_guid_that_has_come_of_age(place: Entrance) -> None:
    old = replace(FRESH, issued_ms=START - 10_000_000, adopted_ms=START - 10_000_000)
    said = await place.ask("POST", HANDSHAKE, headers=await place.hold(old))
    session = await place.session()
    assert session is not None
    assert said.header("Set-GUID") == f"JSESSIONID={place.sessions.guid(session, session.number)}"
    assert session.number == FRESH.number + 1
    place.services.hand_outs.sent.assert_called_once()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("token", "retcode"), [("", "0"), ("abc-1", "0"), ("x" * 51, "100-001"), ("a b", "100-001")])
async def test_a_heartbeat_may_bring_a_service_token(place: Entrance, token: str, retcode: str) -> None:
    said = await place.ask("POST", HANDSHAKE, headers={**await place.hold(FRESH), "service_token": token})
    heard: Mock = place.services.push.heard  # type: ignore[assignment]
    told = [call.args[2] for call in heard.await_args_list]
    assert (said.retcode, told) == (retcode, [token] if retcode == "0" else [])


async def test_a_guid_that_is_asked_for_comes_in_body_and_header(place: Entrance) -> None:
    said = await place.ask("PUT", RENEW, headers=await place.hold(FRESH))
    guid = json.loads(said.body)["result"]["guid"]
    session = await place.session()
    assert session is not None
    assert guid == place.sessions.guid(session, session.number)
    assert said.header("Set-GUID") == f"JSESSIONID={guid}"


async def test_a_poll_without_the_store_is_no_empty_poll(place: Entrance) -> None:
    guid = await place.hold(FRESH)
    place.services.polls.poll = AsyncMock(side_effect=StoreUnavailable)  # type: ignore[method-assign]
    said = await place.ask("GET", POLL, headers=guid)
    assert (said.status, said.retcode, said.header("Retry-After")) == (503, "100-007", "1")
