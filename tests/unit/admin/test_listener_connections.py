"""Who connects to the admin listener and asks for nothing does not take the files that desktops need."""

import asyncio
import logging

import pytest

from gateway import admin_app
from gateway.admin import listener
from tests.support.admin import serving

A_WHILE_S = 10.0
HALF_A_HEAD = b"GET /console HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends, with no answer before."""
    async with asyncio.timeout(A_WHILE_S):
        try:
            return await reader.read() == b""
        except ConnectionResetError:
            return True


@pytest.mark.parametrize("sent", [b"", HALF_A_HEAD])
async def test_a_connection_that_brings_no_request_ends(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "IDLE_S", 0.1)
    async with serving([]) as operator:
        reader, writer = await asyncio.open_connection("127.0.0.1", operator.port)
        writer.write(sent)
        assert await ended(reader)
        writer.close()


async def test_one_address_has_so_many_connections_and_leaves_others_theirs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(admin_app, "MOST_OF_AN_ADDRESS", 3)
    monkeypatch.setattr(admin_app._Limits, "connections_max_address", 3)
    async with serving([]) as operator:
        idle = [await asyncio.open_connection("127.0.0.1", operator.port) for _ in range(3)]
        with caplog.at_level(logging.ERROR):
            reader, one_more = await asyncio.open_connection("127.0.0.1", operator.port)
            assert await ended(reader)
        answer, elsewhere = await asyncio.open_connection("127.0.0.1", operator.port, local_addr=("127.0.0.2", 0))
        elsewhere.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await answer.readline()).startswith(b"HTTP/1.1 401 ")
        for writer in (one_more, elsewhere, *(writer for _, writer in idle)):
            writer.close()
    assert "127.0.0.1 has 3 to ADMIN_PORT" in caplog.text


async def test_a_connection_that_has_ended_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_app._Limits, "connections_max_address", 1)
    async with serving([]) as operator:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", operator.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
            await reader.read()  # A refusal is the last answer of a connection.
            writer.close()
            await writer.wait_closed()
