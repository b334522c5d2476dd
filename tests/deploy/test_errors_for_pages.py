"""What pages of other origins see of the balancers that config/deploy ships, while no node is up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desk import PREFIX, Answer
from tests.support.farm import write_certificate
from tests.support.fronts import READY_S, Front, fronts_before, need
from tests.support.servers import free_port
from tests.support.waiting import until_async

LISTED = "https://desk.example.com"
"""In the files as they are shipped."""


@pytest.fixture(params=["agentgateway.conf", "haproxy.cfg"])
async def lonely(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Front]:
    """A front before nodes that are down."""
    trust = write_certificate(tmp_path / "tls")
    places = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    async with fronts_before(tmp_path, places, places, tmp_path / "tls", trust, [request.param]) as fronts:
        yield need(fronts, request.param)


async def asked(front: Front, method: str, origin: str, path: str = f"{PREFIX}/agentevent/101", *more: str) -> Answer:
    lines = "".join(f"{line}\r\n" for line in (f"Origin: {origin}", *more))
    return await front.raw(f"{method} {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())


def leave(answer: Answer) -> tuple[str | None, str | None]:
    given = {name.lower(): value for name, value in answer.headers.items()}
    return given.get("access-control-allow-origin"), given.get("access-control-allow-credentials")


async def test_a_listed_page_reads_that_nothing_is_in_reach_and_when_to_come_back(lonely: Front) -> None:
    answer = await asked(lonely, "GET", LISTED)
    exposed = {name.lower(): value for name, value in answer.headers.items()}["access-control-expose-headers"]
    assert (answer.status, answer.retcode, leave(answer)) == (503, "100-007", (LISTED, "true"))
    assert (answer.headers["Retry-After"], exposed) == ("1", "Retry-After")


async def test_another_page_gets_no_leave(lonely: Front) -> None:
    answer = await asked(lonely, "GET", "https://evil.example.com")
    assert (answer.status, leave(answer)) == (503, (None, None))


async def test_what_is_hidden_from_outside_is_told_to_a_listed_page(lonely: Front) -> None:
    answer = await asked(lonely, "GET", LISTED, "/gateway/live")
    assert (answer.status, leave(answer)) == (404, (LISTED, "true"))


async def test_a_preflight_of_a_listed_page_lets_the_call_come_that_is_told_why(lonely: Front) -> None:
    wanted = "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: guid,traceparent"

    async def granted() -> bool:
        answer = await asked(lonely, "OPTIONS", LISTED, f"{PREFIX}/onlineagent/101", *wanted)
        given = {name.lower(): value for name, value in answer.headers.items()}
        return (answer.status, given.get("access-control-allow-headers"), leave(answer)) == (
            204,
            "guid,traceparent",
            (LISTED, "true"),
        )

    await until_async(granted, READY_S)


async def test_a_preflight_of_another_page_gets_no_leave(lonely: Front) -> None:
    answer = await asked(lonely, "OPTIONS", "https://evil.example.com", PREFIX, "Access-Control-Request-Method: PUT")
    assert leave(answer) == (None, None)
