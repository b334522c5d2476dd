"""Every row answers over HTTP: with its right GUID, with a wrong one, without a session (docs/protocol.md, Answers)."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from gateway.interface.operation import (
    COMMON_RETCODES,
    AnswerKind,
    Operation,
    Poll,
    SignIn,
    SignOut,
    Unsupported,
    Upload,
)
from gateway.rows import ALL_OPERATIONS
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.desk import Answer as Got
from tests.support.desk import Desk, ask_once
from tests.support.form import form_data
from tests.support.scene import quick_agents
from tests.unit.contact_centre.operations import samples

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLER, OTHER, BYSTANDER, ABSENT = 119, 102, 118, 105
"""The agent of each call is an inspector; OTHER is whom the samples name, BYSTANDER stays signed in all the time."""
NOT_SERVED = "not served by the embedded contact centre"

WITH_GUID = [row for row in ALL_OPERATIONS if row.needs_guid]
SIGN_INS = [row for row in ALL_OPERATIONS if isinstance(row, SignIn)]


def name(row: Operation) -> str:
    return f"{row.method} {row.path}"


EVERY_ROW = pytest.mark.parametrize("row", WITH_GUID, ids=name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall() -> AsyncIterator[CentreGateway]:
    """One gateway for all rows."""
    with quick_agents() as agents:
        async with centre_gateway({"AGENTS_FILE": str(agents)}) as made:
            yield made


async def arrive(hall: CentreGateway, agent_id: int) -> Desk:
    """An agent in a fresh session, in no call, in all its queues."""
    desk = hall.gateway.desk(agent_id)
    assert (await desk.sign_in(force=True)).retcode == "0"
    await hall.gateway.app.sweeper.tell_backend()
    assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
    return desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(hall: CentreGateway) -> Desk:
    """CALLER in a fresh session, idle, with OTHER signed in too."""
    other = await arrive(hall, OTHER)
    assert (await other.call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
    return await arrive(hall, CALLER)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bystander(hall: CentreGateway) -> Desk:
    """An agent whose session lasts as long as the gateway."""
    return await arrive(hall, BYSTANDER)


@pytest_asyncio.fixture(loop_scope="module")
async def talking(hall: CentreGateway, desk: Desk) -> Desk:
    """CALLER in a call with a customer."""
    await hall.centre.customers.place(3, "15500000000")
    assert (await desk.status()).json["result"]["isWorking"] is True
    return desk


async def ask(port: int, row: Operation, guid: str = "", agent_id: int = CALLER) -> Got:
    """The row's smallest valid request."""
    address = samples.address(row).replace(f"/{samples.AGENT}", f"/{agent_id}", 1)
    asked = samples.query(row)
    body = b"" if row.body is None else json.dumps(samples.sample(row.body)).encode()
    headers = {"guid": guid} if guid else {}
    if isinstance(row, Upload):
        headers["Content-Type"], body = form_data()
    return await ask_once(port, row.method, f"{address}?{urlencode(asked)}" if asked else address, headers, body)


def check(row: Operation, answer: Got) -> None:
    """An answer of the row: HTTP 200, a code of the row, and after success the result of the row."""
    assert answer.status == 200, answer.body
    if row.relayed_only:
        assert answer.retcode == row.relayed_only
        return
    assert NOT_SERVED not in answer.json["message"]
    assert answer.retcode in {"0", *row.retcodes, *COMMON_RETCODES}, answer.body
    member = "event" if isinstance(row, Poll) else "result"
    if answer.retcode == "0" and row.answer is AnswerKind.RESULT and member in answer.json:
        TypeAdapter(row.result).validate_json(json.dumps(answer.json[member]))
    else:
        assert set(answer.json) == {"message", "retcode"}


@EVERY_ROW
async def test_a_row_answers_an_idle_agent(row: Operation, desk: Desk) -> None:
    check(row, await ask(desk.port, row, desk.guid))


@EVERY_ROW
async def test_a_row_answers_an_agent_in_a_call(row: Operation, talking: Desk) -> None:
    check(row, await ask(talking.port, row, talking.guid))


@EVERY_ROW
async def test_a_wrong_guid_has_no_right(row: Operation, bystander: Desk) -> None:
    wrong = ("0" if bystander.guid[0] != "0" else "1") + bystander.guid[1:]
    answer = await ask(bystander.port, row, wrong, BYSTANDER)
    assert (answer.status, answer.retcode, set(answer.json)) == (200, "000-003", {"message", "retcode"})


@EVERY_ROW
async def test_without_a_session_the_agent_is_not_signed_in(row: Operation, bystander: Desk) -> None:
    answer = await ask(bystander.port, row, bystander.guid, ABSENT)
    assert (answer.status, answer.retcode) == (200, "100-006")


@pytest.mark.parametrize("row", SIGN_INS, ids=name)
async def test_a_sign_in_answers_without_guid(row: Operation, hall: CentreGateway) -> None:
    answer = await ask(hall.gateway.port, row, agent_id=ABSENT)
    assert (answer.status, answer.retcode) == (200, "100-004")


@pytest.mark.parametrize("row", [row for row in ALL_OPERATIONS if isinstance(row, Unsupported)], ids=name)
async def test_an_interface_of_another_mode_is_refused_whoever_asks(row: Operation, bystander: Desk) -> None:
    answer = await ask(bystander.port, row, bystander.guid, BYSTANDER)
    assert (answer.status, answer.retcode) == (200, row.retcodes[0])


async def test_what_is_only_relayed_is_video_files_of_recordings_and_multimedia_conferences() -> None:
    groups = {row.group for row in ALL_OPERATIONS if row.relayed_only}
    assert groups == {"multimediaconf", "qualitycontrol", "recordfile", "recordplay"}


async def test_every_row_is_asked() -> None:
    assert len(WITH_GUID) + len(SIGN_INS) + 1 == len(ALL_OPERATIONS)
    assert any(isinstance(row, SignOut) for row in WITH_GUID)
