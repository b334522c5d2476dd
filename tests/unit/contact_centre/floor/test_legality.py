"""Where operations on calls are allowed; everywhere else the documented code comes and nothing happens."""

import pytest

from tests.support.hall import Hall

IDLE, RINGING, TALKING, HELD, DIALLING = "idle", "ringing", "talking", "held", "dialling"
PLACES = (IDLE, RINGING, TALKING, HELD, DIALLING)
BODY: dict[str, dict[str, object]] = {
    "reject": {"mode": 1},
    "confJoin": {"callid": "1-1"},
    "transfer": {"devicetype": 2, "address": "102", "mode": 0},
    "innerHelp": {"dstaddress": "102"},
    "callout": {"called": "13900"},
    "callInner": {"called": "102"},
    "callInnerSkill": {"skillId": 1},
}
PATH = {
    "connectHold": {"callid": "1-1"},
    "dropCall": {"callid": "1-1"},
    "disconnect": {"number": "77777"},
    "secondDial": {"number": "1"},
    "secondDialEx": {"number": "1"},
    "snatchPickup": {"destWorkNo": "102"},
}
REFUSED = {
    "answer": {IDLE: "200-002", TALKING: "200-002", HELD: "200-002", DIALLING: "200-002"},
    "reject": {IDLE: "200-002", TALKING: "200-037", HELD: "200-037", DIALLING: "200-037"},
    "hold": {IDLE: "200-013", RINGING: "200-014", HELD: "200-014", DIALLING: "200-014"},
    "getHold": {IDLE: "200-015", RINGING: "200-015", TALKING: "200-015", DIALLING: "200-015"},
    "beginMute": {IDLE: "200-003", RINGING: "200-004", HELD: "200-004", DIALLING: "200-004"},
    "endMute": {IDLE: "200-007", RINGING: "200-008", TALKING: "200-008", HELD: "200-008", DIALLING: "200-008"},
    "beginMuteVideo": {IDLE: "200-003", RINGING: "200-004", TALKING: "200-004", HELD: "200-004", DIALLING: "200-004"},
    "connectHold": {IDLE: "200-005", RINGING: "200-005", TALKING: "200-006", HELD: "200-005", DIALLING: "200-005"},
    "confJoin": {IDLE: "200-010", RINGING: "200-010", TALKING: "200-011", HELD: "200-010", DIALLING: "200-010"},
    "transfer": {IDLE: "200-012", RINGING: "200-012", HELD: "200-012", DIALLING: "200-012"},
    "cancelTransfer": {IDLE: "200-012", RINGING: "100-009", TALKING: "100-009", HELD: "100-009", DIALLING: "100-009"},
    "innerHelp": {IDLE: "200-018", RINGING: "100-009", DIALLING: "100-009"},
    "secondDial": {IDLE: "100-009", RINGING: "100-009", HELD: "100-009", DIALLING: "100-009"},
    "secondDialEx": {IDLE: "100-009", RINGING: "100-009", HELD: "100-009", DIALLING: "100-009"},
    "reportSound": {IDLE: "200-009", RINGING: "200-009", HELD: "200-009", DIALLING: "200-009"},
    "release": {IDLE: "200-017", RINGING: "200-017", HELD: "200-017"},
    "dropCall": dict.fromkeys(PLACES, "200-025"),
    "disconnect": dict.fromkeys(PLACES, "200-023"),
    "releasePhone": {IDLE: "100-009", RINGING: "100-009", HELD: "100-009"},
    "phonePickup": dict.fromkeys(PLACES, "100-009"),
    "phoneHangUp": dict.fromkeys(PLACES, "100-009"),
    "callout": {RINGING: "100-009", TALKING: "100-009", DIALLING: "100-009"},
    "callInner": {RINGING: "100-009", TALKING: "100-009", DIALLING: "100-009"},
    "callInnerSkill": {IDLE: "100-009", RINGING: "100-009", TALKING: "100-009", HELD: "100-009", DIALLING: "100-009"},
    "snatchPickup": dict.fromkeys(PLACES, "100-009"),
}
"""Operation -> where it is refused, and with which code; elsewhere it is allowed."""


async def _bring(hall: Hall, place: str) -> None:
    """Agent 101 to where the operation is tried; nobody else is signed in."""
    await hall.enter(101, autoanswer=False)
    if place in (RINGING, TALKING, HELD):
        await hall.customers.place(1, "13800000000")
    if place in (TALKING, HELD):
        await hall.do(101, "answer")
    if place == HELD:
        await hall.do(101, "hold")
    if place == DIALLING:
        await hall.do(101, "callout", body={"called": "13900"})
    await hall.told(101)


def _shape(hall: Hall) -> object:
    calls = hall.world.calls.values()
    return [(call.id, [(leg.number, leg.stage, leg.muted) for leg in call.legs]) for call in calls]


@pytest.mark.parametrize(
    ("operation", "place", "code"),
    [(name, place, code) for name, row in REFUSED.items() for place, code in row.items()],
)
async def test_out_of_place_the_documented_code_comes_and_nothing_happens(
    operation: str, place: str, code: str
) -> None:
    hall = Hall()
    await _bring(hall, place)
    shape, state = _shape(hall), await hall.state(101)
    assert await hall.code(101, operation, PATH.get(operation), BODY.get(operation)) == code
    assert (_shape(hall), await hall.state(101)) == (shape, state)
    assert await hall.told(101) == []


@pytest.mark.parametrize(
    ("operation", "place"),
    [(name, place) for name, row in REFUSED.items() for place in PLACES if place not in row and name != "snatchPickup"],
)
async def test_in_its_place_an_operation_is_done(operation: str, place: str) -> None:
    hall = Hall()
    await _bring(hall, place)
    assert await hall.code(101, operation, PATH.get(operation), BODY.get(operation)) == "0"


@pytest.mark.parametrize("state", ["rest", "sayBusy", "sayWork"])
async def test_the_state_of_the_agent_decides_about_calls_out(state: str) -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.do(101, state, {"time": "60", "restcause": "1"} if state == "rest" else None)
    expected = "100-009" if state == "rest" else "0"
    assert await hall.code(101, "callout", body={"called": "13900"}) == expected
