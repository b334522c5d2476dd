"""Inspection: who may, when, and what inspector and agent are told."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import Floor, open_floor

INSPECTOR, AGENT, COLLEAGUE = 119, 101, 102
LISTENING, INSERTING, WHISPERING = 8, 9, 20172


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, INSPECTOR, AGENT, COLLEAGUE) as made:
        yield made


def _qc(kind: str, qc_type: int) -> tuple[str, object]:
    return (f"AgentOther_BeQc{kind}", {"qcType": qc_type, "qcAgentId": INSPECTOR})


async def _call(floor: Floor, *, caller: str = "13800000000") -> str:
    """A customer talks with AGENT, who signed in to skill 1 alone."""
    for agent in (INSPECTOR, COLLEAGUE):
        await floor.do(agent, "resetSkill", autoflag="false", skillid="3")
    call_id = await floor.centre.customers.place(1, caller)
    await floor.hush()
    return call_id


WAYS = [
    ("addSupervise", {"workNo": AGENT}, LISTENING),
    ("addInsert", {"workNo": AGENT}, INSERTING),
    ("requestWhisperAgent", {"whisperagentid": AGENT}, WHISPERING),
]


@pytest.mark.parametrize(("operation", "values", "qc_type"), WAYS)
async def test_an_idle_inspector_goes_to_an_agent(
    floor: Floor, operation: str, values: dict[str, int], qc_type: int
) -> None:
    assert await floor.do(INSPECTOR, operation, **values) == "0"
    assert await floor.told(INSPECTOR) == [
        ("AgentOther_PhoneAlerting", None),
        ("AgentOther_PhoneOffhook", {"type": "main"}),
        ("AgentState_Busy", None),
    ]
    assert await floor.told(AGENT) == [_qc("Start", qc_type)]


@pytest.mark.parametrize(("operation", "values", "qc_type"), WAYS)
async def test_an_inspection_does_not_change_the_agent_and_occupies_the_inspector(
    floor: Floor, operation: str, values: dict[str, int], qc_type: int
) -> None:
    await floor.do(INSPECTOR, operation, **values)
    assert [(await floor.state(agent)).state for agent in (AGENT, INSPECTOR)] == [State.IDLE, State.TALKING]


async def test_the_customer_and_the_call_notice_nothing_of_an_inspector(floor: Floor) -> None:
    call_id = await _call(floor)
    await floor.do(INSPECTOR, "addInsert", workNo=AGENT)
    assert [leg.number for leg in floor.world.calls[call_id].legs] == ["13800000000", "101"]
    await floor.hush()
    await floor.do(AGENT, "release")
    assert await floor.types(INSPECTOR) == []


async def test_stopping_frees_the_inspector(floor: Floor) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "stopSuperviseOrInsert", workNo=AGENT) == "0"
    assert await floor.told(INSPECTOR) == [("AgentOther_PhoneRelease", {"phoneState": 3}), ("AgentState_Ready", None)]
    assert await floor.told(AGENT) == [_qc("Stop", LISTENING)]


async def test_whispering_is_stopped_by_an_operation_of_its_own(floor: Floor) -> None:
    await floor.do(INSPECTOR, "requestWhisperAgent", whisperagentid=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "stopSuperviseOrInsert", workNo=AGENT) == "900-005"
    assert await floor.do(INSPECTOR, "requestStopWhisperAgent", whisperagentid=AGENT) == "0"
    assert await floor.types(INSPECTOR) == ["AgentOther_PhoneRelease", "AgentState_Ready"]
    assert await floor.told(AGENT) == [_qc("Stop", WHISPERING)]


async def test_switch_changes_between_listening_and_inserting(floor: Floor) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "switchSuperviseOrInsert", workNo=AGENT) == "0"
    assert await floor.do(INSPECTOR, "switchSuperviseOrInsert", workNo=AGENT) == "0"
    assert await floor.told(AGENT) == [_qc("Start", INSERTING), _qc("Start", LISTENING)]
    assert await floor.told(INSPECTOR) == []


@pytest.mark.parametrize(("switchtype", "qc_type"), [(1, INSERTING), (2, WHISPERING)])
@pytest.mark.parametrize("named", [True, False])
async def test_the_newer_switch_names_what_to_change_to(
    floor: Floor, switchtype: int, qc_type: int, named: bool
) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    target = {"whisperagentid": AGENT} if named else {}
    assert await floor.do(INSPECTOR, "requestSwitchInsertWhisperAgent", switchtype=switchtype, **target) == "0"
    assert await floor.told(AGENT) == [_qc("Start", qc_type)]


async def test_interception_gives_the_customer_to_the_inspector_and_cuts_the_agent_off(floor: Floor) -> None:
    call_id = await _call(floor)
    await floor.do(INSPECTOR, "requestWhisperAgent", whisperagentid=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "intercept", workNo=AGENT) == "0"
    assert await floor.told(AGENT) == [
        _qc("Stop", WHISPERING),
        ("AgentEvent_Call_Release", call_id),
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentState_Ready", None),
    ]
    talking = {"caller": "13800000000", "called": "60000", "callid": call_id, "feature": "0", "type": "main"}
    assert await floor.told(INSPECTOR) == [("AgentEvent_Talking", {**talking, "mediaAbility": "1"})]
    assert [leg.number for leg in floor.world.calls[call_id].legs] == ["13800000000", "119"]


async def test_the_inspector_s_new_call_is_a_call_like_any_other(floor: Floor) -> None:
    await _call(floor)
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.do(INSPECTOR, "intercept", workNo=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "release") == "0"
    assert await floor.types(INSPECTOR) == [
        "AgentEvent_Call_Release",
        "AgentEvent_Customer_Release",
        "AgentOther_PhoneRelease",
        "AgentState_Ready",
    ]
    assert floor.world.calls == {}


async def test_interception_is_recorded_where_calls_are() -> None:
    async with open_floor(Plan(record=True), INSPECTOR, AGENT) as floor:
        await _call_one(floor)
        await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
        await floor.hush()
        await floor.do(INSPECTOR, "intercept", workNo=AGENT)
        assert await floor.types(INSPECTOR) == ["AgentEvent_Talking", "AgentMediaEvent_Record"]


async def _call_one(floor: Floor) -> None:
    await floor.do(INSPECTOR, "resetSkill", autoflag="false", skillid="3")
    await floor.centre.customers.place(1, "13800000000")
    await floor.hush()


async def test_one_of_several_calls_can_be_taken_over(floor: Floor) -> None:
    held = await _call(floor)
    await floor.do(AGENT, "hold")
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    assert await floor.do(INSPECTOR, "intercept", workNo=AGENT, callId=held) == "0"
    assert [leg.number for leg in floor.world.calls[held].legs] == ["13800000000", "119"]
    assert (await floor.state(AGENT)).state is State.TALKING


@pytest.mark.parametrize("who", ["inspector", "agent"])
async def test_an_inspection_ends_with_a_session(floor: Floor, who: str) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    gone, left = (INSPECTOR, AGENT) if who == "inspector" else (AGENT, INSPECTOR)
    await floor.sign_out(gone)
    ended = {"inspector": ["AgentOther_BeQcStop"], "agent": ["AgentOther_PhoneRelease", "AgentState_Ready"]}
    assert await floor.types(left) == ended[who]


async def test_an_inspector_who_hangs_up_inspects_no_longer(floor: Floor) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, "releasePhone") == "0"
    assert await floor.told(INSPECTOR) == [("AgentOther_PhoneRelease", {"phoneState": 2}), ("AgentState_Ready", None)]
    assert await floor.types(AGENT) == ["AgentOther_BeQcStop"]


@pytest.mark.parametrize(
    ("asking", "operation", "values", "code"),
    [
        (AGENT, "addSupervise", {"workNo": COLLEAGUE}, "900-002"),
        (AGENT, "requestWhisperAgent", {"whisperagentid": COLLEAGUE}, "900-002"),
        (AGENT, "intercept", {"workNo": COLLEAGUE}, "900-002"),
        (INSPECTOR, "addSupervise", {"workNo": INSPECTOR}, "000-005"),
        (INSPECTOR, "addInsert", {"workNo": INSPECTOR}, "000-005"),
        (INSPECTOR, "requestWhisperAgent", {"whisperagentid": INSPECTOR}, "000-005"),
        (INSPECTOR, "addSupervise", {"workNo": 9999}, "900-004"),
        (INSPECTOR, "addSupervise", {"workNo": 103}, "900-004"),
        (INSPECTOR, "addSupervise", {"workNo": AGENT, "mediaType": 1}, "900-003"),
        (INSPECTOR, "stopSuperviseOrInsert", {"workNo": AGENT}, "900-005"),
        (INSPECTOR, "switchSuperviseOrInsert", {"workNo": AGENT}, "900-005"),
        (INSPECTOR, "requestSwitchInsertWhisperAgent", {"switchtype": 0}, "900-005"),
        (INSPECTOR, "requestStopWhisperAgent", {"whisperagentid": AGENT}, "900-005"),
        (INSPECTOR, "intercept", {"workNo": AGENT}, "900-005"),
    ],
)
async def test_a_refused_inspection_changes_nothing(
    floor: Floor, asking: int, operation: str, values: dict[str, int], code: str
) -> None:
    assert await floor.do(asking, operation, **values) == code
    assert [await floor.told(agent) for agent in (INSPECTOR, AGENT, COLLEAGUE)] == [[], [], []]
    assert (await floor.state(INSPECTOR)).state is State.IDLE


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("addSupervise", {"workNo": COLLEAGUE}),
        ("stopSuperviseOrInsert", {"workNo": COLLEAGUE}),
        ("switchSuperviseOrInsert", {"workNo": COLLEAGUE}),
        ("requestStopWhisperAgent", {"whisperagentid": AGENT}),
        ("requestSwitchInsertWhisperAgent", {"switchtype": 0}),
        ("intercept", {"workNo": AGENT}),
    ],
)
async def test_what_a_listening_inspector_may_not_do(floor: Floor, operation: str, values: dict[str, int]) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.hush()
    assert await floor.do(INSPECTOR, operation, **values) == "900-005"
    assert [await floor.told(agent) for agent in (INSPECTOR, AGENT, COLLEAGUE)] == [[], [], []]


@pytest.mark.parametrize("operation", ["sayBusy", "rest", "callInner"])
async def test_only_an_idle_inspector_may_begin(floor: Floor, operation: str) -> None:
    how = {"sayBusy": {}, "rest": {"time": 60, "restcause": 1}, "callInner": {"body": {"called": str(COLLEAGUE)}}}
    await floor.do(INSPECTOR, operation, **how[operation])  # type: ignore[arg-type]
    await floor.hush()
    assert await floor.do(INSPECTOR, "addSupervise", workNo=AGENT) == "900-005"
    assert await floor.told(AGENT) == []


async def test_a_state_asked_for_meanwhile_follows_the_inspection(floor: Floor) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.do(INSPECTOR, "sayBusy")
    await floor.hush()
    await floor.do(INSPECTOR, "stopSuperviseOrInsert", workNo=AGENT)
    assert await floor.types(INSPECTOR) == ["AgentOther_PhoneRelease", "AgentState_SetNotReady_Success"]


async def test_an_inspector_gets_no_calls_while_it_inspects(floor: Floor) -> None:
    await floor.do(INSPECTOR, "addSupervise", workNo=AGENT)
    await floor.do(AGENT, "sayBusy")
    await floor.do(COLLEAGUE, "sayBusy")
    await floor.hush()
    call_id = await floor.centre.customers.place(1, "13800000000")
    assert await floor.types(INSPECTOR) == []
    await floor.do(INSPECTOR, "stopSuperviseOrInsert", workNo=AGENT)
    assert floor.world.calls[call_id].legs[1].agent_id == INSPECTOR
