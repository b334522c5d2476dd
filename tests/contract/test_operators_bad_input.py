"""What an operator gets wrong is told by its name on every page: never as a fault of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.console.history import History, HistoryJob
from tests.support.admin import Operator, administered, token_file
from tests.support.gateway import running_gateway

LONG = "0" * 20 + "9" * 5000
BEYOND = "00000011234567"
"""Its first seven digits are those of an agent."""
DEEP = b'{"a":' * 10_000


async def nothing() -> float | None:
    return None


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    history = HistoryJob(History(set(), set()), nothing, nothing)
    async with running_gateway(overrides, jobs=False) as gateway, administered(gateway, [history.route()]) as made:
        yield made


@pytest.mark.parametrize("number", [LONG, BEYOND])
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("/adoption?after={}", "after"),
        ("/adoption?limit={}", "limit"),
        ("/sessions?page={}", "page"),
        ("/sessions/{}", "agent"),
        ("/trace/{}", "agent"),
    ],
)
async def test_a_number_that_is_too_great(operator: Operator, page: str, name: str, number: str) -> None:
    said = await operator.get(page.format(number))
    assert (said.status, said.json["error"].partition(":")[0]) == (400, name)


async def test_a_time_of_the_charts_that_is_too_great(operator: Operator) -> None:
    said = await operator.get(f"/console/history?since={LONG}")
    assert (said.status, said.json["error"].partition(":")[0]) == (400, "since")


@pytest.mark.parametrize("after", ["99999999999999999999", "-1", "1-99999999999999999999"])
async def test_a_place_in_a_trace_that_no_store_can_hold(operator: Operator, after: str) -> None:
    said = await operator.get(f"/trace/101?after={after}")
    assert (said.status, said.json["error"].partition(":")[0]) == (400, "after")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_is_in_no_year_of_ours(operator: Operator, moment: str) -> None:
    said = await operator.post("/sessions/end", body=b'{"all":true,"before":"%s"}' % moment.encode())
    assert (said.status, said.json["error"].partition(":")[0]) == (400, "before")


async def test_a_body_that_is_nested_too_deep(operator: Operator) -> None:
    said = await operator.post("/trace/101", body=DEEP)
    assert (said.status, said.json["error"].partition(":")[0]) == (400, "for_s")


async def test_a_number_with_noughts_before_it_is_that_number(operator: Operator) -> None:
    said = await operator.get("/sessions?page=0000000001")
    assert (said.status, said.json["page"]) == (200, 1)
