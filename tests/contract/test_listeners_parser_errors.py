"""What is no HTTP is answered with 400 and our body; nothing of it is echoed or logged (docs/protocol.md, Statuses)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.listeners.doors import Answer, Door, fine, get, opened

SECRET = b"s3cret"

BAD = {
    "no HTTP at all": b"s3cret\r\n\r\n",
    "unknown method": b"S3CRET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS on the HTTP port": b"\x16\x03\x01\x02\x00\x01\x00s3cret",
    "bad version": b"GET /s3cret HTTP/x\r\n\r\n",
    "control byte in the path": b"GET /s3cret\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    "control byte in a header": b"GET / HTTP/1.1\r\nHost: a\r\nguid: s3cret\x01\r\n\r\n",
    "null byte in a header": b"GET / HTTP/1.1\r\nHost: a\r\nguid: s3cret\x00\r\n\r\n",
    "header without a colon": b"GET / HTTP/1.1\r\nHost: a\r\ns3cret\r\n\r\n",
    "no Host": b"GET /s3cret HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: s3cret\r\nHost: b\r\n\r\n",
    "bad Content-Length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: s3cret\r\n\r\n",
    "negative Content-Length": b"POST /s3cret HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "length and chunks": b"POST /s3cret HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: s3cret\r\n" * 101 + b"\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}
LONG = {
    "long path": b"GET /" + SECRET * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: a\r\nguid: " + SECRET * 2000 + b"\r\n\r\n",
    "long header without an end": b"GET / HTTP/1.1\r\nHost: a\r\nguid: " + SECRET * 2000,
}


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened(fine) as made:
        yield made


def refused(answer: Answer, status_line: str = "HTTP/1.1 400 Bad Request") -> bool:
    same = {name: value for name, value in answer.headers.items() if name not in {"Date", "Content-Length"}}
    message, retcode = json.loads(answer.body).items()
    return (
        answer.status_line == status_line
        and same
        == {
            "Content-Type": "application/json;charset=UTF-8",
            "Cache-Control": "no-store",
            "Server": "AgentGateway",
            "Connection": "close",
        }
        and (message[0], retcode) == ("message", ("retcode", "000-006"))
        and b"s3cret" not in answer.body.lower()
    )


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
async def test_a_message_that_is_not_http_gets_our_400(door: Door, sent: bytes) -> None:
    assert refused(await door.ask(sent))


@pytest.mark.parametrize("sent", LONG.values(), ids=LONG)
async def test_a_head_with_a_line_that_is_too_long_gets_431_and_our_body(door: Door, sent: bytes) -> None:
    assert refused(await door.ask(sent), "HTTP/1.1 431 Request Header Fields Too Large")


@pytest.mark.parametrize("sent", [*BAD.values(), *LONG.values()], ids=[*BAD, *LONG])
async def test_a_message_that_is_not_http_ends_the_connection_without_a_log_line(
    door: Door, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = await door.client()
    await client.send(sent)
    await client.answer()
    assert (await client.rest(), caplog.messages) == (b"", [])


async def test_garbage_behind_a_good_request_on_a_kept_connection_is_refused(door: Door) -> None:
    client = await door.client()
    await client.send(get())
    await client.answer()
    await client.send(b"\x00\x01\x02")
    assert refused(await client.answer())


async def test_a_broken_head_is_refused_over_tls_too(tmp_path: Path) -> None:
    async with opened(fine, var_dir=tmp_path) as door:
        assert refused(await door.ask(BAD["no Host"]))
