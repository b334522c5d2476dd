"""Where requests lead, and what becomes of refusals."""

import asyncio
import gc
import weakref
from contextlib import suppress
from unittest.mock import Mock

import pytest
from aiohttp.streams import StreamReader

from gateway.backend import BackendAnswer, Declined
from gateway.edge.dispatch import REMEMBERED_MAX_BYTES, REMEMBERED_PATHS, UNKNOWN_RETCODE
from gateway.interface.operation import Operation
from gateway.ops import metrics
from gateway.ops.request_context import CALL_S
from gateway.rows import ALL_OPERATIONS
from gateway.wire.errors import Unavailable
from tests.support.requests import made_request
from tests.unit.edge.entrance import AGENT, ORIGIN, PREFIX, Entrance
from tests.unit.edge.fake_backend import DONE, NO
from tests.unit.edge.test_dispatch_paths import ROOM, held
from tests.unit.sessions.samples import FRESH

STATUS = f"onlineagent/{AGENT}/agentstatus"


def counted(operation: str, retcode: str) -> float:
    found = metrics.REGISTRY.get_sample_value(
        "agentgateway_operations_total", {"operation": operation, "retcode": retcode}
    )
    return found or 0


async def test_a_path_that_nobody_knows_is_404() -> None:
    said = await Entrance().ask("GET", "nothing/here")
    assert (said.status, said.retcode) == (404, "000-002")


async def test_another_method_is_405_with_those_that_are_allowed() -> None:
    said = await Entrance().ask("PATCH", STATUS)
    assert (said.status, said.retcode, said.header("Allow")) == (405, "000-002", "GET")


@pytest.mark.parametrize("agent", ["0", "0101", "1000000", "anna", "%C3%A4"])
async def test_an_agent_that_cannot_be_is_refused_and_counted(agent: str) -> None:
    place, before = Entrance(), counted("getAgentStatus", "000-002")
    said = await place.ask("GET", f"onlineagent/{agent}/agentstatus")
    assert (said.status, said.retcode, place.backend.calls) == (200, "000-002", [])
    assert counted("getAgentStatus", "000-002") == before + 1


async def test_at_sign_in_an_agent_that_cannot_be_has_the_code_of_sign_in() -> None:
    assert (await Entrance().sign_in("onlineagent/0101")).retcode == "100-001"


async def test_two_guids_are_400() -> None:
    assert (await Entrance().ask("GET", STATUS, headers={"guid": "a, b"})).status == 400


async def test_a_body_that_is_too_large_is_413() -> None:
    place = Entrance(BODY_MAX_BYTES="1024")
    assert (await place.ask("POST", f"onlineagent/{AGENT}/sayfree", b"x" * 1025)).status == 413


async def test_a_page_is_answered_by_who_has_it() -> None:
    assert (await Entrance().ask("GET", "//page")).body == b"a page"


async def test_a_preflight_of_a_listed_origin_is_granted() -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    said = await Entrance().ask("OPTIONS", STATUS, headers=headers)
    assert (said.status, said.header("Access-Control-Allow-Origin")) == (204, ORIGIN)


@pytest.mark.parametrize("target", [STATUS, "nothing/here"])
async def test_answers_and_refusals_to_a_listed_origin_may_be_read(target: str) -> None:
    said = await Entrance().ask("GET", target, headers={"Origin": ORIGIN})
    assert said.header("Access-Control-Allow-Origin") == ORIGIN


async def test_what_the_centre_declines_is_answered_in_its_own_words() -> None:
    place = Entrance()
    place.backend.fails["perform"] = Declined(NO)
    said = await place.ask("GET", STATUS, headers=await place.hold(FRESH))
    assert (said.status, said.body, said.header("X-Of")) == (200, NO.body, "it")


async def test_a_centre_out_of_reach_is_503() -> None:
    place = Entrance()
    place.backend.fails["perform"] = Unavailable("try again")
    said = await place.ask("GET", STATUS, headers=await place.hold(FRESH))
    assert (said.status, said.retcode, said.header("Retry-After")) == (503, "100-007", "1")


async def test_retcodes_that_nobody_knows_are_counted_together() -> None:
    place, before = Entrance(), counted("getAgentStatus", UNKNOWN_RETCODE)
    place.backend.answers = lambda _request: BackendAnswer(b"{}", "999-999")
    await place.ask("GET", STATUS, headers=await place.hold(FRESH))
    assert counted("getAgentStatus", UNKNOWN_RETCODE) == before + 1


async def test_an_interface_of_another_mode_is_refused_whoever_asks() -> None:
    assert (await Entrance().ask("GET", "agentevent/allagentevent")).retcode == "000-001"


def test_every_kind_of_row_has_an_answerer() -> None:
    answerers = Entrance().edge._answerers
    assert {type(row) for row in ALL_OPERATIONS} <= set(answerers)
    assert Operation in answerers


def test_routes_that_are_remembered_fill_no_more_than_the_bound() -> None:
    few = 1000
    paths = (f"/agentgateway/resource/onlineagent/{number:05d}{'a' * (ROOM - 5)}/agentstatus" for number in range(few))
    assert held(Entrance().edge._leads_to, paths) / few < REMEMBERED_MAX_BYTES / REMEMBERED_PATHS


async def test_the_time_that_an_empty_body_takes_is_not_that_of_the_store() -> None:
    """In chunks even nothing takes a while to come."""
    place, loop = Entrance(), asyncio.get_running_loop()
    request = made_request("POST", f"{PREFIX}/onlineagent/{AGENT}/sayfree", await place.hold(FRESH), body=b"")
    request.content = content = StreamReader(Mock(), 2**16, loop=loop)
    until_s: list[float] = []
    place.backend.answers = lambda _asked: until_s.append(request.answer_by_s) or DONE  # type: ignore[func-returns-value]
    loop.call_later(0.2, content.feed_eof)
    came_s = loop.time()
    await place.edge.handle(request)
    assert until_s[0] - came_s >= CALL_S + 0.2


def test_a_refusal_of_a_path_leaves_no_garbage_for_the_collector() -> None:
    """It would keep the connection until then, and anybody may send such paths."""
    place, request = Entrance(), made_request("GET", "/nothing/here", {})
    gone = weakref.ref(request.headers)
    gc.collect()
    gc.disable()
    try:
        with suppress(StopIteration):
            place.edge.handle(request).__await__().send(None)
        del request
        assert gone() is None
    finally:
        gc.enable()
