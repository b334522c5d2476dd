"""What the chair of a conference may do, and nobody else."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.plan import Behaviour, Plan
from tests.support.floor import Floor, Told, open_floor

CHAIR, BEN, CHEN, STRANGER = 101, 102, 103, 104
CUSTOMER, FILE = "13800000000", "y:/conf/1/hello.V3"
PLAN = Plan(behaviours=(Behaviour(answer_s=None),), conference_seats=20)
BEN_BODY = {"addressType": "9", "address": str(BEN)}
CHEN_BODY = {"addressType": "9", "address": str(CHEN)}


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """CHAIR, BEN and a party outside in a conference of ten seats; CHEN is asked and has not answered."""
    async with open_floor(PLAN, CHAIR, BEN, CHEN, STRANGER) as made:
        for agent in (BEN, CHEN):
            await made.do(agent, "setAgentAutoAnswer", isautoanswer="false")
        await made.do(CHAIR, "requestAgentConf", {"memberNum": 10, "time": 60})
        outside = {"addressType": "6", "address": CUSTOMER}
        await made.do(CHAIR, "batchAddParticipant", {"addresses": [BEN_BODY, CHEN_BODY, outside]})
        await made.do(BEN, "answerAgentConf")
        [call_id] = made.world.calls
        await made.centre.customers.answer(call_id)
        await made.hush()
        yield made


def _conf_id(floor: Floor) -> int:
    [conf_id] = floor.world.activities.conferences
    return conf_id


def _changed(floor: Floor, who: object, change: int, reason: int = 255, *, kind: int = 9, result: int = 0) -> Told:
    what = {"result": result, "changeReason": reason, "changeType": change, "confId": _conf_id(floor)}
    return (
        "AgentConf_ParticipantChanged",
        {**what, "participant": str(who), "participantType": kind, "deviceCallType": 0, "deviceType": 0},
    )


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("releaseAgentConf", None),
        ("holdParticipant", {**BEN_BODY, "voicePath": FILE}),
        ("unholdParticipant", BEN_BODY),
        ("prolongTime", {"prolongTime": 5}),
        ("applyToShiftPresident", {"destAgentNo": BEN}),
        ("batchAddParticipant", {"addresses": [CHEN_BODY]}),
        ("batchRemoveParticipant", {"addresses": [BEN_BODY]}),
        ("changeParticipantMode", {**BEN_BODY, "attribute": 1}),
        ("playVoiceToConf", {"voicePath": FILE}),
        ("stopVoiceToConf", None),
        ("playVoiceToParticipant", {**BEN_BODY, "voicePath": FILE}),
        ("stopVoiceToParticipant", BEN_BODY),
        ("modifyConfResource", {"modifyType": 0, "modifyNum": 2}),
    ],
)
@pytest.mark.parametrize(("asking", "code"), [(BEN, "101-002"), (CHEN, "101-001"), (STRANGER, "101-001")])
async def test_it_takes_the_chair(floor: Floor, operation: str, body: object, asking: int, code: str) -> None:
    assert await floor.do(asking, operation, body) == code
    assert [await floor.told(agent) for agent in floor.sessions] == [[]] * 4


async def test_releasing_a_conference_ends_it_for_everybody(floor: Floor) -> None:
    conf_id = _conf_id(floor)
    left = [_changed(floor, BEN, 1, 3), _changed(floor, CUSTOMER, 1, 3, kind=6)]
    gone: list[Told] = [("AgentOther_PhoneRelease", {"phoneState": 3})]
    leave: list[Told] = [*gone, ("AgentConf_SelfLeaveResult", {"confId": conf_id}), ("AgentState_Ready", None)]
    assert await floor.do(CHAIR, "releaseAgentConf") == "0"
    assert await floor.told(CHAIR) == [*left, *leave]
    assert await floor.told(BEN) == leave
    assert await floor.told(CHEN) == [*gone, ("AgentState_Ready", None)]
    assert (floor.world.activities.conferences, floor.world.calls) == ({}, {})


async def test_a_participant_is_held_and_taken_back(floor: Floor) -> None:
    assert await floor.do(CHAIR, "holdParticipant", {**BEN_BODY, "voicePath": FILE}) == "0"
    assert await floor.do(CHAIR, "unholdParticipant", BEN_BODY) == "0"
    told = [_changed(floor, BEN, 5), _changed(floor, BEN, 6)]
    assert [await floor.told(agent) for agent in (CHAIR, BEN)] == [told, told]


async def test_who_is_held_is_seen_so(floor: Floor) -> None:
    await floor.do(CHAIR, "holdParticipant", {**BEN_BODY, "voicePath": FILE})
    await floor.do(CHAIR, "queryConfInfos", {})
    states = {one["address"]: one["channelState"] for one in floor.result[0]["addresses"]}
    assert states == {"101": 0, "102": 1, CUSTOMER: 0}


@pytest.mark.parametrize(("attribute", "change"), [(1, 3), (3, 4), (2, None), (4, None)])
async def test_what_a_participant_may_do_changes(floor: Floor, attribute: int, change: int | None) -> None:
    assert await floor.do(CHAIR, "changeParticipantMode", {**BEN_BODY, "attribute": attribute}) == "0"
    assert await floor.told(BEN) == ([] if change is None else [_changed(floor, BEN, change)])
    await floor.do(CHAIR, "queryConfInfos", {})
    [ben] = [one for one in floor.result[0]["addresses"] if one["address"] == str(BEN)]
    assert ben["channelAttrib"] == attribute


@pytest.mark.parametrize(("asked", "added"), [(30, 30), (1440, 1380)])
async def test_the_time_is_prolonged_up_to_a_day(floor: Floor, asked: int, added: int) -> None:
    assert await floor.do(CHAIR, "prolongTime", {"prolongTime": asked}) == "0"
    assert floor.result == {"applyedTime": added}
    floor.hall.time.now_ms += ((60 + added) * 60 - 1) * 1000  # Not step by step: a day has many of them.
    await floor.pass_time(0)
    assert floor.world.activities.conferences
    await floor.pass_time(1)
    assert not floor.world.activities.conferences


async def test_a_conference_of_a_day_cannot_be_prolonged(floor: Floor) -> None:
    await floor.do(CHAIR, "prolongTime", {"prolongTime": 1380})
    assert await floor.do(CHAIR, "prolongTime", {"prolongTime": 1}) == "000-002"


async def test_the_chair_is_passed_on(floor: Floor) -> None:
    assert await floor.do(CHAIR, "applyToShiftPresident", {"destAgentNo": BEN}) == "0"
    changed = _changed(floor, BEN, 2)
    assert await floor.told(CHAIR) == [changed]
    assert await floor.told(BEN) == [changed, ("AgentConf_PresidentChanged", {"confId": _conf_id(floor)})]
    assert await floor.do(CHAIR, "requestLeaveAgentConf") == "0"
    assert await floor.do(BEN, "requestLeaveAgentConf") == "101-007"


@pytest.mark.parametrize(
    ("dest", "code"), [(CHAIR, "101-005"), (CHEN, "000-002"), (STRANGER, "000-002"), (9999, "000-002")]
)
async def test_the_chair_goes_only_to_another_agent_in_the_conference(floor: Floor, dest: int, code: str) -> None:
    assert await floor.do(CHAIR, "applyToShiftPresident", {"destAgentNo": dest}) == code
    assert await floor.told(BEN) == []


async def test_participants_are_removed(floor: Floor) -> None:
    outside = {"addressType": "6", "address": CUSTOMER}
    nobody = {"addressType": "6", "address": "1"}
    assert await floor.do(CHAIR, "batchRemoveParticipant", {"addresses": [BEN_BODY, outside, nobody]}) == "0"
    assert floor.result == {"noExistParticipants": [nobody]}
    assert await floor.told(CHAIR) == [_changed(floor, BEN, 1, 1), _changed(floor, CUSTOMER, 1, 1, kind=6)]
    assert await floor.types(BEN) == ["AgentOther_PhoneRelease", "AgentConf_SelfLeaveResult", "AgentState_Ready"]


async def test_an_agent_who_has_not_answered_yet_is_asked_no_longer(floor: Floor) -> None:
    await floor.do(CHAIR, "batchRemoveParticipant", {"addresses": [CHEN_BODY]})
    assert await floor.types(CHEN) == ["AgentOther_PhoneRelease", "AgentState_Ready"]


async def test_the_chair_cannot_remove_itself_nor_others_along_with_it(floor: Floor) -> None:
    both = [BEN_BODY, {"addressType": "9", "address": str(CHAIR)}]
    assert await floor.do(CHAIR, "batchRemoveParticipant", {"addresses": both}) == "101-006"
    assert await floor.told(BEN) == []


async def test_a_file_played_to_all_ends_with_an_event(floor: Floor) -> None:
    assert await floor.do(CHAIR, "playVoiceToConf", {"voicePath": FILE}) == "0"
    await floor.do(CHAIR, "queryConfInfos", {})
    assert floor.result[0]["confState"] == 1
    await floor.pass_time(10)
    assert await floor.told(CHAIR) == [("AgentConf_StopVoice", {"result": 0})]


async def test_a_file_played_to_one_ends_with_an_event(floor: Floor) -> None:
    assert await floor.do(CHAIR, "playVoiceToParticipant", {**BEN_BODY, "voicePath": FILE}) == "0"
    await floor.do(CHAIR, "queryConfInfos", {})
    assert [one["channelState"] for one in floor.result[0]["addresses"]] == [0, 2, 0]
    await floor.pass_time(10)
    assert await floor.told(CHAIR) == [("AgentConf_StopParticipantVoice", {"result": 0})]


@pytest.mark.parametrize(
    ("operation", "body", "event"),
    [
        ("playVoiceToConf", {"voicePath": "y:/conf/1/hello.mp3"}, "AgentConf_StopVoice"),
        ("playVoiceToParticipant", {**BEN_BODY, "voicePath": "y:/hello.mp3"}, "AgentConf_StopParticipantVoice"),
    ],
)
async def test_a_file_that_cannot_be_played_is_told(
    floor: Floor, operation: str, body: dict[str, str], event: str
) -> None:
    assert await floor.do(CHAIR, operation, body) == "0"
    assert await floor.told(CHAIR) == [(event, {"result": 1})]


@pytest.mark.parametrize(
    ("play", "stop", "body"),
    [
        ("playVoiceToConf", "stopVoiceToConf", {"voicePath": FILE}),
        ("playVoiceToParticipant", "stopVoiceToParticipant", {**BEN_BODY, "voicePath": FILE}),
    ],
)
async def test_playing_is_stopped_without_an_event(floor: Floor, play: str, stop: str, body: dict[str, str]) -> None:
    assert [await floor.do(CHAIR, name, body) for name in (stop, play, play, stop)] == ["100-007", "0", "100-007", "0"]
    await floor.pass_time(10)
    assert await floor.told(CHAIR) == []


async def test_seats_are_added_and_given_back(floor: Floor) -> None:
    assert await floor.do(CHAIR, "modifyConfResource", {"modifyType": 0, "modifyNum": 10}) == "0"
    assert await floor.do(CHAIR, "modifyConfResource", {"modifyType": 1, "modifyNum": 16}) == "0"
    [conference] = floor.world.activities.conferences.values()
    assert conference.seats == 4


@pytest.mark.parametrize(("modify", "by"), [(0, 11), (1, 7)], ids=["more than the VDN has", "fewer than are taken"])
async def test_seats_that_there_are_not(floor: Floor, modify: int, by: int) -> None:
    assert await floor.do(CHAIR, "modifyConfResource", {"modifyType": modify, "modifyNum": by}) == "100-007"
    [conference] = floor.world.activities.conferences.values()
    assert conference.seats == 10


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("holdParticipant", {**CHEN_BODY, "voicePath": FILE}, "000-002"),
        ("unholdParticipant", BEN_BODY, "100-007"),
        ("unholdParticipant", {"addressType": "6", "address": "1"}, "000-002"),
        ("changeParticipantMode", {"addressType": "6", "address": str(BEN), "attribute": 1}, "000-002"),
        ("playVoiceToParticipant", {**CHEN_BODY, "voicePath": FILE}, "000-002"),
    ],
)
async def test_what_is_refused_changes_nothing(floor: Floor, operation: str, body: object, code: str) -> None:
    assert await floor.do(CHAIR, operation, body) == code
    assert [await floor.told(agent) for agent in floor.sessions] == [[]] * 4
