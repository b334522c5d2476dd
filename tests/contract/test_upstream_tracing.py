"""A service behind is told which request it works for, so that its log and ours can be laid side by side."""

import re

from tests.support.desk import PREFIX, ask_once
from tests.support.front import behind_and_before

AGENT = 101
STATUS = f"{PREFIX}/onlineagent/{AGENT}/agentstatus"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_an_operation_carries_a_request_id_of_ours_and_the_trace_as_it_came() -> None:
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        await ask_once(
            gateway.port, "GET", STATUS, {"guid": desk.guid, "traceparent": TRACE, "X-Request-Id": "a-stranger's"}
        )
        asked = next(asked for asked in centre.asked if "agentstatus" in asked.path)
    assert re.fullmatch("[0-9a-f]{16}", asked.headers["X-Request-Id"])
    assert asked.headers["traceparent"] == TRACE


async def test_each_operation_has_an_id_of_its_own() -> None:
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        for _ in range(2):
            await desk.status()
        ids = [asked.headers["X-Request-Id"] for asked in centre.asked if "agentstatus" in asked.path]
    assert len(set(ids)) == 2
