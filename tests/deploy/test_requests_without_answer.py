"""What the balancers that config/deploy ships do with a request that a node does not answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desk import PREFIX
from tests.support.farm import server_context, write_certificate
from tests.support.fronts import NAMES, Front, fronts_before, need
from tests.support.ghosts import Ghosts, ghosts
from tests.support.waiting import GENEROUS_S

POLL = f"GET {PREFIX}/agentevent/101 HTTP/1.1"


@pytest.fixture(params=NAMES)
async def haunted(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Front, Ghosts]]:
    """A front before nodes that never answer."""
    trust = write_certificate(tmp_path / "tls")
    tls = server_context(tmp_path / "tls") if request.param == "haproxy_tcp.cfg" else None
    async with (
        ghosts(3, tls) as (behind, places),
        fronts_before(tmp_path, places, places, tmp_path / "tls", trust, [request.param]) as fronts,
    ):
        yield need(fronts, request.param), behind


async def test_a_client_that_goes_away_ends_its_poll_at_the_node(haunted: tuple[Front, Ghosts]) -> None:
    front, behind = haunted
    line = await front.line()
    await line.send("GET", f"{PREFIX}/agentevent/101", {}, b"")
    async with asyncio.timeout(GENEROUS_S):
        await behind.arrived.wait()
        line.abort()
        await behind.left.wait()
    assert behind.asked == [POLL]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_call_that_was_sent_is_never_sent_again(haunted: tuple[Front, Ghosts], method: str) -> None:
    front, behind = haunted
    behind.cuts = True
    line = await front.line()
    try:
        answer = await line.ask(method, f"{PREFIX}/voicecall/101/callout", {}, b"{}")
        assert (answer.status, answer.retcode, answer.headers["Retry-After"]) in {
            (502, "100-007", "1"),
            (503, "100-007", "1"),
        }
    except (ConnectionError, asyncio.IncompleteReadError):
        assert front.log.name == "haproxy_tcp.log"
    await line.close()
    assert behind.asked == [f"{method} {PREFIX}/voicecall/101/callout HTTP/1.1"]


@pytest.mark.parametrize("haunted", ["agentgateway.conf"], indirect=True)
async def test_nginx_sends_a_poll_that_failed_to_the_next_node(haunted: tuple[Front, Ghosts]) -> None:
    front, behind = haunted
    behind.cuts = True
    answer = await front.raw(f"{POLL}\r\nHost: g\r\n\r\n".encode())
    assert (answer.status, behind.asked) == (503, [POLL] * 3)
