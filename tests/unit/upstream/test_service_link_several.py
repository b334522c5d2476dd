"""A service at several addresses, of which one is no good: it costs few connections its time."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.upstream.service_addresses import ServiceAddresses
from gateway.upstream.service_connection import UnansweredError
from gateway.upstream.service_link import NO_CONNECTION, ServiceLink
from gateway.wire.trust import client_context
from tests.support.raw_service import raw_service
from tests.support.servers import free_port
from tests.support.waiting import until
from tests.unit.tokens.services import certified
from tests.unit.upstream.linking import IN_TIME_S, MOST, WHOLE

CONNECT_S = 1.5
TRIES = 6


class BadPlace:
    """Accepts connections at 127.0.0.2, and never says a word."""

    def __init__(self) -> None:
        self.connections = self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while await reader.read(1000):
                pass
        except ConnectionError:
            pass
        writer.close()
        self.open -= 1


@asynccontextmanager
async def deaf(port: int) -> AsyncIterator[BadPlace]:
    place = BadPlace()
    server = await asyncio.start_server(place.serve, "127.0.0.2", port)
    yield place
    await until(lambda: place.open == 0)
    server.close()


def link_to(port: int, trust: ssl.SSLContext, scheme: str = "https") -> ServiceLink:
    async def look_up(_host: str, port: int) -> list[Any]:
        places = ("127.0.0.1", "127.0.0.2")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in places]

    addresses = ServiceAddresses("centre.example", port, look_up)
    return ServiceLink(f"{scheme}://centre.example:{port}", trust, TRIES, addresses)


@pytest.fixture(autouse=True)
def long_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rest ends while a test runs."""
    monkeypatch.setattr("gateway.upstream.service_addresses.FIRST_REST_S", 100.0)


async def test_an_address_that_hangs_in_tls_costs_one_connection_a_part_of_its_time(tmp_path: Path) -> None:
    made = certified(tmp_path, "centre.example")
    answer = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with raw_service(*[answer] * TRIES, tls=made.context) as good, deaf(good.port) as bad:
        link = link_to(good.port, client_context(made.authority_pem))
        for _ in range(TRIES):
            found = await link.send(link.written("GET", "/", {}), CONNECT_S, IN_TIME_S)
            assert await found.read(MOST) == b"hello"
        await link.close()
    assert (bad.connections, good.connections) == (1, TRIES)


async def test_an_address_that_refuses_goes_last_and_that_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    answer = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with raw_service(*[answer] * TRIES) as good:  # Nobody listens at the other one.
        link = link_to(good.port, client_context(None), "http")
        for _ in range(TRIES):
            found = await link.send(link.written("GET", "/", {}), CONNECT_S, IN_TIME_S)
            assert await found.read(MOST) == b"hello"
        await link.close()
    assert caplog.messages == ["the contact centre does not answer at 127.0.0.2: its other addresses go first"]


async def test_where_none_answers_that_is_no_connection() -> None:
    link = link_to(free_port(), client_context(None), "http")
    for _ in range(3):
        with pytest.raises(UnansweredError, match=NO_CONNECTION):
            await link.send(link.written("GET", "/", {}), CONNECT_S, IN_TIME_S)
    await link.close()
