"""Whatever bytes and headers come: framing does not depend on how they are cut, and nothing but a refusal is raised."""

import asyncio
from ipaddress import ip_network
from itertools import pairwise
from typing import Final
from unittest.mock import Mock

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.edge.client_address import behind_proxies
from gateway.edge.dispatch import path_of
from gateway.listeners.incoming import Incoming, NotServed
from gateway.wire.envelope import read_receipt
from gateway.wire.errors import Malformed
from gateway.wire.headers import read_guid
from tests.properties.profile import INPUTS

BODY: Final = b"Content-Length: 3\r\n\r\nabc"
PIECES: Final = st.sampled_from(
    [
        b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /b HTTP/1.1\r\nHost: a\r\n" + BODY,
        b"PUT /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" + BODY,
        b"GET /d HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"\r\n",
        b"GET http://h/e#f HTTP/1.1\r\nguid: \xff\r\n\r\n",
        b"POST /g HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nguid: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx",
        b"GET /h HTTP/1.1\nHost: a\n\n",
        b" GET / HTTP/1.1\r\n\r\n",
        b"GET /i HTTP/1.1\r\nX: ",
        b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    ]
) | st.binary(max_size=20)
STREAMS: Final = st.lists(PIECES, max_size=5).map(b"".join)
TRUSTED: Final = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))


async def seen(sent: bytes, cuts: list[int]) -> list[str]:
    """The requests found, and how the stream ends."""
    incoming = Incoming(Mock(), asyncio.get_running_loop())
    places = sorted({cut % (len(sent) + 1) for cut in cuts} | {0, len(sent)})
    found: list[str] = []
    for begin, end in pairwise(places):
        incoming.held += sent[begin:end]
        while incoming.held:
            try:
                if incoming.body_left:
                    incoming.take_body()
                elif (head := incoming.take_head()) is not None:
                    found.append(f"{head.method} {head.raw_path}")
                    if "Transfer-Encoding" in head.headers:
                        return [*found, "the last"]
            except NotServed as refused:
                return [*found, str(refused.status)]
            if not incoming.body_left:
                incoming.go_on_behind()
    return found


@INPUTS
@given(sent=STREAMS, cuts=st.lists(st.integers(0, 400), max_size=8))
@example(sent=b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n" * 2, cuts=[25, 26, 27, 28])
@example(sent=b"GET /i HTTP/1.1\r\nX: " + b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n" * 2, cuts=[20])
@example(sent=b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\n", cuts=[26, 28])
def test_requests_do_not_depend_on_how_their_bytes_come(sent: bytes, cuts: list[int]) -> None:
    async def both() -> tuple[list[str], list[str]]:
        return await seen(sent, []), await seen(sent, cuts)

    whole, cut = asyncio.run(both())
    assert whole == cut


@INPUTS
@given(st.lists(st.text(max_size=70), max_size=3))
def test_any_guid_headers_are_one_or_refused(values: list[str]) -> None:
    try:
        assert isinstance(read_guid(values), str)
    except Malformed:
        return


@INPUTS
@given(st.text(max_size=40))
@example("http:///x")
@example("#/a?b")
def test_any_target_has_a_path(target: str) -> None:
    path = path_of(target)
    assert path.startswith("/")
    assert "?" not in path
    assert "//" not in path


@INPUTS
@given(
    peer=st.sampled_from(["10.0.0.1", "192.0.2.1", "::ffff:10.0.0.1", "2001:db8::1", ""]),
    said=st.lists(st.text(max_size=30)),
)
def test_any_forwarding_header_names_an_address_or_none(peer: str, said: list[str]) -> None:
    assert isinstance(behind_proxies(peer, said, TRUSTED), str)


@INPUTS
@given(st.none() | st.text(max_size=80))
def test_any_receipt_is_read(value: str | None) -> None:
    assert read_receipt(value) is None or isinstance(read_receipt(value), str)
