"""Playing files to the calling agent, and recording its own talk."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contact_centre.floor.agent_state import State
from tests.support.floor import NOW, Floor, open_floor

AGENT, COLLEAGUE, INSPECTOR = 101, 102, 119
FILE = {"voicepath": "y:/1/0/20270115/102/1000000.V3"}
SECONDS = 10


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, AGENT, COLLEAGUE, INSPECTOR) as made:
        yield made


async def _play(floor: Floor, **body: object) -> None:
    assert await floor.do(AGENT, "beginPlay", {**FILE, **body}) == "0"
    await floor.hush()


async def _talk(floor: Floor) -> str:
    """AGENT talks with COLLEAGUE; the call's id."""
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    call_id: str = floor.result
    await floor.hush()
    return call_id


async def test_a_file_is_played_with_the_phone(floor: Floor) -> None:
    assert await floor.do(AGENT, "beginPlay", FILE) == "0"
    assert await floor.types(AGENT) == [
        "AgentState_Busy",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentMediaEvent_Play",
        "AgentMediaEvent_Play_Succ",
    ]
    assert (await floor.state(AGENT)).state is State.TALKING


async def test_at_its_end_the_agent_is_free_again(floor: Floor) -> None:
    await _play(floor)
    await floor.pass_time(SECONDS)
    assert await floor.told(AGENT) == [
        ("AgentMediaEvent_StopPlayDone", {"cause": 0}),
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentState_Ready", None),
    ]


async def test_a_busy_agent_is_busy_again_afterwards(floor: Floor) -> None:
    await floor.do(AGENT, "sayBusy")
    await _play(floor)
    await floor.do(AGENT, "stopPlay")
    assert (await floor.types(AGENT))[-1] == "AgentState_SetNotReady_Success"


async def test_the_agent_stops_it(floor: Floor) -> None:
    await _play(floor)
    assert await floor.do(AGENT, "stopPlay") == "0"
    assert (await floor.told(AGENT))[0] == ("AgentMediaEvent_StopPlayDone", {"cause": 1})


async def test_playing_starts_where_it_is_told_to(floor: Floor) -> None:
    await _play(floor, startpostion=SECONDS - 3)
    await floor.pass_time(3)
    assert (await floor.types(AGENT))[0] == "AgentMediaEvent_StopPlayDone"


async def test_a_pause_is_no_playing_time(floor: Floor) -> None:
    await _play(floor)
    await floor.pass_time(4)
    assert await floor.do(AGENT, "pausePlay") == "0"
    await floor.pass_time(100)
    assert await floor.do(AGENT, "resumePlay") == "0"
    await floor.pass_time(SECONDS - 5)
    assert await floor.types(AGENT) == ["AgentMediaEvent_PausePlayDone", "AgentMediaEvent_ResumePlayDone"]
    await floor.pass_time(1)
    assert (await floor.types(AGENT))[0] == "AgentMediaEvent_StopPlayDone"


@pytest.mark.parametrize(("operation", "by", "left"), [("foreFastPlay", 3, 3), ("backFastPlay", 3, 9)])
async def test_jumping_changes_the_time_that_is_left(floor: Floor, operation: str, by: int, left: int) -> None:
    await _play(floor)
    await floor.pass_time(4)
    assert await floor.do(AGENT, operation, time=by) == "0"
    assert await floor.types(AGENT) == ["AgentMediaEvent_JumpPlayDone"]
    await floor.pass_time(left - 1)
    assert await floor.types(AGENT) == []
    await floor.pass_time(1)
    assert (await floor.types(AGENT))[0] == "AgentMediaEvent_StopPlayDone"


async def test_a_jump_past_the_end_ends_it(floor: Floor) -> None:
    await _play(floor)
    await floor.do(AGENT, "foreFastPlay", time=SECONDS)
    assert (await floor.told(AGENT))[:2] == [
        ("AgentMediaEvent_JumpPlayDone", None),
        ("AgentMediaEvent_StopPlayDone", {"cause": 0}),
    ]


async def test_a_jump_back_past_the_beginning_begins_anew(floor: Floor) -> None:
    await _play(floor)
    await floor.pass_time(4)
    await floor.do(AGENT, "backFastPlay", time=100)
    await floor.hush()
    await floor.pass_time(SECONDS - 1)
    assert await floor.types(AGENT) == []


async def test_a_file_of_a_node_can_be_played_without_end(floor: Floor) -> None:
    body = {"fileName": "y:/music.wav", "playTime": 0, "ccId": 1}
    assert await floor.do(AGENT, "beginNetPlay", body) == "0"
    await floor.hush()
    await floor.pass_time(SECONDS * 5)
    assert await floor.told(AGENT) == []
    assert await floor.do(AGENT, "stopPlay") == "0"


@pytest.mark.parametrize("body", [{"voicepath": "y:/music.mp3"}, {**FILE, "startpostion": SECONDS}])
async def test_a_file_that_cannot_be_played_is_told_and_occupies_nobody(floor: Floor, body: dict[str, object]) -> None:
    assert await floor.do(AGENT, "beginPlay", body) == "0"
    assert await floor.told(AGENT) == [("AgentMediaEvent_Play_Fail", None)]
    assert (await floor.state(AGENT)).state is State.IDLE


async def test_an_agent_who_hangs_up_hears_no_more(floor: Floor) -> None:
    await _play(floor)
    assert await floor.do(AGENT, "releasePhone") == "0"
    assert await floor.types(AGENT) == ["AgentOther_PhoneRelease", "AgentMediaEvent_StopPlayDone", "AgentState_Ready"]


async def test_what_is_played_ends_with_the_session(floor: Floor) -> None:
    await _play(floor)
    await floor.sign_out(AGENT)
    assert floor.world.activities.playing == {}


@pytest.mark.parametrize(
    ("operation", "values", "code"),
    [
        ("pausePlay", {}, "500-003"),
        ("resumePlay", {}, "500-005"),
        ("foreFastPlay", {"time": 1}, "500-002"),
        ("backFastPlay", {"time": 1}, "500-001"),
        ("stopPlay", {}, "500-009"),
        ("beginRecord", {}, "500-008"),
        ("beginRecordWithoutFilename", {}, "500-008"),
        ("pauseRecord", {}, "500-004"),
        ("resumeRecord", {}, "500-006"),
        ("stopRecord", {}, "500-008"),
    ],
)
async def test_without_playing_and_recording(floor: Floor, operation: str, values: dict[str, int], code: str) -> None:
    assert await floor.do(AGENT, operation, **values) == code
    assert await floor.told(AGENT) == []


@pytest.mark.parametrize(
    ("operation", "values", "code"),
    [("pausePlay", {}, "500-003"), ("foreFastPlay", {"time": 1}, "500-002"), ("backFastPlay", {"time": 1}, "500-001")],
)
async def test_while_playing_is_paused(floor: Floor, operation: str, values: dict[str, int], code: str) -> None:
    await _play(floor)
    await floor.do(AGENT, "pausePlay")
    await floor.hush()
    assert await floor.do(AGENT, operation, **values) == code
    assert await floor.told(AGENT) == []


async def test_what_plays_is_not_resumed(floor: Floor) -> None:
    await _play(floor)
    assert await floor.do(AGENT, "resumePlay") == "500-005"


@pytest.mark.parametrize("what", ["a call", "a rest", "playing"])
async def test_nothing_can_be_played_during(floor: Floor, what: str) -> None:
    if what == "a call":
        await _talk(floor)
    elif what == "a rest":
        await floor.do(AGENT, "rest", time=60, restcause=1)
    else:
        await _play(floor)
    await floor.hush()
    assert await floor.do(AGENT, "beginPlay", FILE) == "500-007"
    assert await floor.told(AGENT) == []


def _recording(call_id: str, **changed: object) -> dict[str, Any]:
    content = {"caller": "101", "called": "102", "locationId": "1", "fileMediaType": "1", "callId": call_id}
    return {**content, **changed}


async def test_an_agent_records_its_call(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.do(AGENT, "beginRecordWithoutFilename") == "0"
    [(kind, content)] = await floor.told(AGENT)
    task = content["taskId"]
    expected = _recording(call_id, taskId=task, recordID=f"{call_id}-{task}", fileName=f"Y:/1/0/20270115/101/{task}.V3")
    assert (kind, content) == ("AgentMediaEvent_Record", expected)
    assert await floor.told(COLLEAGUE) == []


async def test_an_older_client_names_the_file(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord", filename="mine.wav")
    [(_, content)] = await floor.told(AGENT)
    assert content["fileName"] == "mine.wav"


async def test_a_file_of_a_form_that_cannot_be_played_is_not_recorded(floor: Floor) -> None:
    await _talk(floor)
    assert await floor.do(AGENT, "beginRecord", filename="mine.mp3") == "0"
    assert await floor.types(AGENT) == ["AgentMediaEvent_Record_Fail"]
    assert await floor.do(AGENT, "stopRecord") == "500-008"


async def test_a_recording_is_stopped(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord")
    [(_, content)] = await floor.told(AGENT)
    await floor.pass_time(35)
    assert await floor.do(AGENT, "stopRecord") == "0"
    times = {"beginTime": NOW, "endTime": NOW + 35_000, "fileMediaType": "1", "taskId": content["taskId"]}
    assert await floor.told(AGENT) == [("AgentMediaEvent_StopRecordDone", {**times, "jsonKey": list(times)})]


async def test_a_recording_ends_with_the_call(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord")
    await floor.hush()
    await floor.do(AGENT, "release")
    assert (await floor.types(AGENT))[:2] == ["AgentEvent_Call_Release", "AgentMediaEvent_StopRecordDone"]


async def test_the_recording_of_a_call_that_is_joined_to_another_ends(floor: Floor) -> None:
    held = await _talk(floor)
    await floor.do(AGENT, "beginRecord")
    await floor.do(AGENT, "hold")
    await floor.do(AGENT, "callInner", {"called": str(INSPECTOR)})
    await floor.hush()
    assert await floor.do(AGENT, "confJoin", {"callid": held}) == "0"
    assert "AgentMediaEvent_StopRecordDone" in await floor.types(AGENT)


async def test_pausing_and_resuming_bring_no_events(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord")
    await floor.hush()
    operations = ("pauseRecord", "pauseRecord", "resumeRecord", "resumeRecord")
    assert [await floor.do(AGENT, name) for name in operations] == ["0", "500-004", "0", "500-006"]
    assert await floor.told(AGENT) == []


async def test_a_recording_made_here_plays_as_long_as_it_was_recorded(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord", filename="mine.wav")
    await floor.pass_time(20)
    await floor.do(AGENT, "pauseRecord")
    await floor.pass_time(100)
    await floor.do(AGENT, "resumeRecord")
    await floor.pass_time(10)
    await floor.do(AGENT, "release")
    await _play(floor, voicepath="mine.wav")
    await floor.pass_time(29)
    assert await floor.told(AGENT) == []
    await floor.pass_time(1)
    assert (await floor.types(AGENT))[0] == "AgentMediaEvent_StopPlayDone"


async def test_there_is_one_recording_at_a_time(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(AGENT, "beginRecord")
    await floor.hush()
    assert await floor.do(AGENT, "beginRecord") == "500-008"
    assert await floor.told(AGENT) == []


async def test_an_inspected_agent_does_not_record(floor: Floor) -> None:
    await _talk(floor)
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    assert await floor.do(AGENT, "beginRecord") == "500-008"
    assert await floor.told(AGENT) == []


async def test_a_conference_can_be_recorded(floor: Floor) -> None:
    await floor.do(AGENT, "requestAgentConf", {"memberNum": 2})
    await floor.hush()
    assert await floor.do(AGENT, "beginRecord") == "0"
    assert await floor.types(AGENT) == ["AgentMediaEvent_Record"]


async def test_an_agent_who_wants_so_is_recorded_in_every_call(floor: Floor) -> None:
    await floor.do(AGENT, "setAgentSelfRecord", recordflag=1, recordbeforetalking=0)
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    assert (await floor.types(AGENT))[-2:] == ["AgentEvent_Talking", "AgentMediaEvent_Record"]
    assert "AgentMediaEvent_Record" not in await floor.types(COLLEAGUE)


@pytest.mark.parametrize("asking", [AGENT, COLLEAGUE], ids=["caller", "called"])
async def test_recording_may_begin_before_the_answer(floor: Floor, asking: int) -> None:
    await floor.do(COLLEAGUE, "setAgentAutoAnswer", isautoanswer="false")
    await floor.do(asking, "setAgentSelfRecord", recordflag=1, recordbeforetalking=1)
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    assert "AgentMediaEvent_Record" in await floor.types(asking)
    await floor.do(COLLEAGUE, "reject", {"mode": 2})
    assert "AgentMediaEvent_StopRecordDone" in await floor.types(asking)


async def test_nobody_scores_recordings(floor: Floor) -> None:
    assert await floor.do(AGENT, "queryVoiceRecordScore") == "0"
    assert floor.result == []


async def test_a_screen_is_recorded_until_that_is_stopped(floor: Floor) -> None:
    names = ("stopRecordScreen", "startRecordScreen", "startRecordScreen", "stopRecordScreen", "stopRecordScreen")
    assert [await floor.do(AGENT, name) for name in names] == ["500-008", "0", "500-008", "0", "500-008"]


async def test_a_screen_is_recorded_in_one_session(floor: Floor) -> None:
    await floor.do(AGENT, "startRecordScreen")
    await floor.sign_out(AGENT)
    await floor.sign_in(AGENT)
    assert floor.world.activities.screens == set()
    assert await floor.do(AGENT, "startRecordScreen") == "0"
