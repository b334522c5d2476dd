"""What agents are told of calls and chats, by the names and kinds of the wire."""

import pytest

from gateway.contact_centre.floor import notices
from gateway.contact_centre.floor.activities import TEXT_CHAT, Chat, ChatLine
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Purpose, Stage
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    NOW_MS,
    contents,
    join,
    new_call,
    new_world,
    out_now,
    session,
    told,
)

T, R = Stage.TALKING, Stage.RINGING


@pytest.mark.parametrize(
    ("media_type", "picture", "ability"),
    [(5, False, "1"), (19, False, "3"), (51, False, "5"), (99, False, "1"), (5, True, "3")],
)
def test_a_call_carries_what_its_queue_does_and_a_picture_once_it_was_switched_to_one(
    media_type: int, picture: bool, ability: str
) -> None:
    call = Call("1-1", Feature.INBOUND, CUSTOMER, "60001", 0, media_type=media_type, picture=picture)
    assert notices.media_ability(call) == ability


def test_a_party_outside_is_told_nothing() -> None:
    world, out = new_world(), out_now()
    call = new_call(world, (CUSTOMER, T))
    notices.tell(out, world, call, call.legs[0], "talking")
    assert out.effects == []


@pytest.mark.parametrize(
    ("purpose", "transfer", "transferred_by"),
    [
        (Purpose.ROUTED, "no", ""),
        (Purpose.INTERNAL, "no", ""),
        (Purpose.BLIND, "yes", "102"),
        (Purpose.TALK, "yes", "102"),
    ],
)
def test_an_offer_tells_whether_it_is_a_transfer_and_by_whom(
    purpose: Purpose, transfer: str, transferred_by: str
) -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (102, T))
    leg = join(world, call, 101, R, purpose)
    leg.by = call.legs[1]
    notices.tell(out, world, call, leg, "ringing")
    [content] = contents(out, "AgentEvent_Ringing")
    assert isinstance(content, dict)
    assert (content["transfer"], content["transfrom"], content["called"]) == (transfer, transferred_by, "101")


def test_the_media_type_is_a_text_when_it_rings_and_a_number_when_it_is_answered_by_itself() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, R))
    notices.tell(out, world, call, call.legs[1], "ringing", "auto_answer")
    kinds = [one["mediaType"] for kind in told(out, 101) for one in contents(out, kind) if isinstance(one, dict)]
    assert kinds == ["5", 5]


def test_an_invited_helper_sees_a_help_call() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T))
    leg = join(world, call, 102, T, Purpose.HELP_THREE)
    for one in (call.legs[1], leg):
        notices.tell(out, world, call, one, "talking")
    features = [one["feature"] for one in contents(out, "AgentEvent_Talking") if isinstance(one, dict)]
    assert features == ["0", "52"]


def test_an_incoming_call_tells_how_often_it_went_back_to_its_queue() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (CUSTOMER, T), (101, R))
    notices.tell(out, world, call, call.legs[1], "incoming")
    call.requeued = 2
    notices.tell(out, world, call, call.legs[1], "incoming")
    found = [one for one in contents(out, "AgentEvent_Incoming_CallInfo") if isinstance(one, dict)]
    members = ("skillName", "lastReleaseAgentId", "releaseAndReQueueCount", "releaseAndReQueueCallFlag")
    assert [[one[name] for name in members] for one in found] == [["sales", 65_535, 0, 0], ["sales", 65_535, 2, 1]]


def test_a_conference_names_the_numbers_of_all_others() -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (CUSTOMER, T), (101, T), (102, T))
    notices.tell(out, world, call, call.legs[1], "conference")
    assert contents(out, "AgentEvent_Conference") == [{"callid": call.id, "partner": f"{CUSTOMER},102"}]


@pytest.mark.parametrize(("who", "workno"), [(102, "102"), ("139", "")])
def test_the_party_that_rings_is_named_by_its_agent_id_where_it_is_an_agent(who: int | str, workno: str) -> None:
    world, out = new_world(None, 101, 102), out_now()
    call = new_call(world, (101, Stage.DIALLING), (who, R))
    notices.tell_alerting(out, call, call.legs[0], call.legs[1])
    [content] = contents(out, "AgentEvent_Customer_Alerting")
    assert isinstance(content, dict)
    assert (content["otherPhone"], content["otherPhoneWorkno"]) == (str(who), workno)


def chat_of(media_type: int, feature: Feature = Feature.INBOUND) -> tuple[Chat, Leg]:
    """A chat that 101 is in."""
    call = Call("1-1", feature, CUSTOMER, "60001", NOW_MS, data="order 7", media_type=media_type)
    leg = Leg("101", T, Purpose.ROUTED, NOW_MS, 101, session(101))
    call.legs.append(leg)
    return Chat(call), leg


@pytest.mark.parametrize(
    ("media_type", "name", "events"),
    [
        (TEXT_CHAT, "connected", ["AgentChat_Connected"]),
        (51, "connected", ["AgentEvent_Talking"]),
        (TEXT_CHAT, "incoming", []),
        (51, "incoming", ["AgentEvent_Incoming_CallInfo"]),
        (51, "created", []),
        (TEXT_CHAT, "nobody", ["AgentEvent_Connect_Fail"]),
        (51, "nobody", ["AgentEvent_Connect_Fail"]),
    ],
)
def test_a_text_chat_has_events_of_its_own_other_media_those_of_calls(
    media_type: int, name: str, events: list[str]
) -> None:
    world, out = new_world(None, 101), out_now()
    notices.tell_chat(out, world, *chat_of(media_type), name)
    assert told(out, 101) == events


def test_who_is_signed_out_is_told_nothing_of_its_chats() -> None:
    world, out = new_world(), out_now()
    chat, leg = chat_of(51)
    notices.tell_chat(out, world, chat, leg, "connected")
    notices.tell_said(out, world, chat, leg, ChatLine(CUSTOMER, "hello", NOW_MS))
    notices.tell_chat_customer_left(out, world, chat, leg, CUSTOMER)
    assert out.effects == []


@pytest.mark.parametrize(("is_file", "kind"), [(False, {}), (True, {"chatContentType": "22"})])
def test_a_file_in_a_text_chat_tells_its_kind_a_text_does_not(is_file: bool, kind: dict[str, str]) -> None:
    world, out = new_world(None, 101), out_now()
    said = ChatLine(CUSTOMER, "hello", NOW_MS, kind="22", is_file=is_file)
    notices.tell_said(out, world, *chat_of(TEXT_CHAT, Feature.INTERNAL), said)
    expected = {"sender": CUSTOMER, "callId": "1-1", "chatContent": "hello", "isInnerCall": True, **kind}
    assert contents(out, "AgentChat_DataRecved") == [expected]


def test_a_text_of_another_medium_tells_of_its_call_and_names_its_members() -> None:
    world, out = new_world(None, 101), out_now()
    notices.tell_said(out, world, *chat_of(51), ChatLine(CUSTOMER, "hello", NOW_MS))
    [content] = contents(out, "AgentEvent_MessageData")
    assert isinstance(content, dict)
    assert (content["message"], content["called"], content["mediaAbility"]) == ("hello", "101", "5")
    assert content["jsonKey"] == [name for name in content if name != "jsonKey"]


@pytest.mark.parametrize(("media_type", "events"), [(TEXT_CHAT, []), (51, ["AgentEvent_Customer_Release"])])
def test_a_customer_who_left_a_chat_is_told_where_its_events_are_those_of_calls(
    media_type: int, events: list[str]
) -> None:
    world, out = new_world(None, 101), out_now()
    chat, leg = chat_of(media_type)
    notices.tell_chat_customer_left(out, world, chat, leg, CUSTOMER)
    assert told(out, 101) == events


def test_why_a_call_out_failed_is_told_by_its_code_and_text() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (101, T))
    notices.tell_cause(out, call, call.legs[0], 486, "busy")
    assert contents(out, "OUTBOUND_DETECT_EVENT") == [{"callId": call.id, "detect": 486, "desc": "busy"}]


def test_a_party_that_left_is_told_by_its_number() -> None:
    world, out = new_world(None, 101), out_now()
    call = new_call(world, (101, T))
    notices.tell_customer_left(out, call, call.legs[0], CUSTOMER)
    assert contents(out, "AgentEvent_Customer_Release") == [{"callid": call.id, "number": CUSTOMER}]
