"""`agentgateway live` where it is told no: a live gateway is asked in tests/deploy."""

import asyncio

import pytest
from click.testing import CliRunner

from gateway.commands.live import live
from tests.support.servers import free_port


async def unavailable(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    writer.close()


def test_where_nobody_listens_is_told_address_by_address() -> None:
    urls = [f"http://127.0.0.1:{free_port()}", f"https://127.0.0.1:{free_port()}"]
    done = CliRunner().invoke(live, urls)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [f"{url}: no answer: ConnectionRefusedError" for url in urls]


async def test_an_answer_of_another_status_is_no_sign_of_life() -> None:
    async with await asyncio.start_server(unavailable, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        done = await asyncio.to_thread(CliRunner().invoke, live, [url])
    assert (done.exit_code, done.stderr) == (1, f"{url}: it answers /gateway/live with status 503\n")


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://127.0.0.1/gateway/live", "http://h:x"])
def test_what_is_no_address_of_a_listener_is_refused(url: str) -> None:
    assert CliRunner().invoke(live, [url]).exit_code == 2
