"""`/lockouts` and `/lockouts/unlock`."""

import logging
from collections.abc import AsyncIterator

import pytest

from gateway.agents.admin_routes import lockout_routes
from gateway.agents.lockout import MemoryAttempts
from tests.support.admin import Operator, serving
from tests.unit.agents.samples import NOW

HERE, ELSEWHERE, SIXTH = "192.0.2.7", "192.0.2.8", "2001:db8::7"
LIMIT = 12


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    attempts = MemoryAttempts()
    for who, address in (("101", HERE), ("102", HERE), ("101", ELSEWHERE), ("ada", SIXTH)):
        for number in range(6):
            await attempts.failed(who, address, f"{who}{address}{number}", now_ms=NOW)
    async with serving(lockout_routes(attempts, lambda: LIMIT, lambda: NOW)) as made:
        yield made


async def left(operator: Operator) -> list[tuple[object, str]]:
    found = (await operator.get("/lockouts")).json["lockouts"]
    return sorted(((lock["agent"], lock["address"]) for lock in found), key=str)


async def test_agents_and_addresses_are_listed(operator: Operator) -> None:
    said = (await operator.get("/lockouts")).json
    assert said["total"] == 5
    assert {"kind": "agent", "agent": "ada", "address": SIXTH, "failures": 5, "last": AT, "until": LATER} in said[
        "lockouts"
    ]
    assert {"kind": "address", "agent": None, "address": HERE, "failures": 12, "last": AT, "until": LATER} in said[
        "lockouts"
    ]


AT, LATER = "2023-11-14T22:13:20.000Z", "2023-11-14T22:18:20.000Z"


@pytest.mark.parametrize(
    ("body", "unlocked", "stay"),
    [
        (b'{"agent":101}', 2, [("ada", SIXTH), (102, HERE), (None, HERE)]),
        (b'{"agent":"ada"}', 1, [(101, HERE), (101, ELSEWHERE), (102, HERE), (None, HERE)]),
        (b'{"agent":"101","address":"192.0.2.8"}', 1, [("ada", SIXTH), (101, HERE), (102, HERE), (None, HERE)]),
        (b'{"address":"192.0.2.7"}', 3, [("ada", SIXTH), (101, ELSEWHERE)]),
        (b'{"address":"2001:db8::1"}', 1, [(101, HERE), (101, ELSEWHERE), (102, HERE), (None, HERE)]),
        (b'{"all":true}', 5, []),
    ],
)
async def test_those_that_are_meant_are_unlocked(
    operator: Operator, body: bytes, unlocked: int, stay: list[tuple[object, str]]
) -> None:
    assert (await operator.post("/lockouts/unlock", body=body)).json["total"] == unlocked
    assert await left(operator) == sorted(stay, key=str)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b'{"agent":true}',
        b'{"agent":""}',
        b'{"all":false}',
        b'{"all":true,"agent":101}',
        b'{"x":1}',
    ],
)
async def test_whoever_is_meant_must_be_plain(operator: Operator, body: bytes) -> None:
    said = await operator.post("/lockouts/unlock", body=body)
    assert (said.status, said.json["error"].startswith("body: must be")) == (400, True)


async def test_where_nobody_is_meant_it_is_404(operator: Operator) -> None:
    assert (await operator.post("/lockouts/unlock", body=b'{"agent":999}')).status == 404


async def test_each_is_audited_with_who_did_it(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    await operator.post("/lockouts/unlock", body=b'{"address":"192.0.2.8"}')
    assert caplog.messages == [
        "unlock agent=101 who=101 address=192.0.2.8 by=operator",
        "admin-action request='POST /lockouts/unlock' status=200 by=operator",
    ]
