"""Bytes become requests, one at a time; what is used of aiohttp for it are public names, none that breaks unseen."""

import ast
import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from aiohttp.http import HttpRequestParser, HttpResponseParser
from aiohttp.streams import StreamReader

import gateway
from gateway.listeners.incoming import REMEMBERED_BYTES, REMEMBERED_HEADS, Incoming, NotServed
from gateway.wire.http import Head

USED = {
    ("aiohttp", "HttpVersion11"),
    ("aiohttp", "content_disposition_filename"),
    ("aiohttp", "hdrs"),
    ("aiohttp", "parse_content_disposition"),
    ("aiohttp", "web"),
    ("aiohttp.abc", "AbstractResolver"),
    ("aiohttp.abc", "ResolveResult"),
    ("aiohttp.http", "HttpProcessingError"),
    ("aiohttp.http", "HttpRequestParser"),
    ("aiohttp.http", "HttpResponseParser"),
    ("aiohttp.http", "HttpVersion"),
    ("aiohttp.http", "HttpVersion10"),
    ("aiohttp.http", "HttpVersion11"),
    ("aiohttp.http", "RawRequestMessage"),
    ("aiohttp.http", "RawResponseMessage"),
    ("aiohttp.http_exceptions", "BadHttpMessage"),
    ("aiohttp.http_exceptions", "LineTooLong"),
    ("aiohttp.streams", "EMPTY_PAYLOAD"),
    ("aiohttp.streams", "StreamReader"),
}
"""Activities `import aiohttp` where the gateway itself is a client."""


def imported() -> Iterator[tuple[str, str]]:
    for file in Path(gateway.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aiohttp":
                yield from ((str(node.module), name.name) for name in node.names)


def test_these_names_of_aiohttp_are_used_and_no_others() -> None:
    assert set(imported()) == USED


@pytest.mark.parametrize("parser", [HttpRequestParser, HttpResponseParser])
def test_the_parser_is_the_compiled_one(parser: type) -> None:
    assert parser.__module__ == "aiohttp._http_parser"


def test_a_body_can_be_asked_and_told_what_the_connection_needs() -> None:
    methods = ("is_eof", "exception", "set_exception", "read_nowait", "readany")
    assert all(inspect.isfunction(getattr(StreamReader, method)) for method in methods)


GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"


@pytest.fixture
async def incoming() -> Incoming:
    return Incoming(Mock(), asyncio.get_running_loop())


def paths(incoming: Incoming, *pieces: bytes) -> list[str]:
    """The requests in what comes piece by piece, each answered as soon as it is whole."""
    found = []
    for piece in pieces:
        incoming.held += piece
        while incoming.held:
            if incoming.body_left:
                incoming.take_body()
            elif (head := incoming.take_head()) is not None:
                found.append(head.raw_path)
            if not incoming.body_left:
                incoming.go_on_behind()
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
async def test_requests_are_the_same_however_their_bytes_come(incoming: Incoming, size: int) -> None:
    sent = b"\r\n" + GET + POST + b"body" + GET
    assert paths(incoming, *(sent[at : at + size] for at in range(0, len(sent), size))) == ["/a", "/b", "/a"]


async def test_what_stands_behind_a_good_request_does_not_spoil_it(incoming: Incoming) -> None:
    incoming.held = GET + b"\0garbage\r\n\r\n"
    assert incoming.take_head() is not None
    incoming.go_on_behind()
    with pytest.raises(NotServed) as refused:
        incoming.take_head()
    assert refused.value.status == 400


async def test_a_body_that_nobody_read_is_skipped(incoming: Incoming) -> None:
    incoming.held = POST + b"bo"
    assert incoming.take_head() is not None
    incoming.go_on_behind()
    assert (paths(incoming, b"dy" + GET), incoming.skipping) == (["/a"], False)


async def test_a_part_of_a_head_is_known_and_line_ends_before_it_are_none(incoming: Incoming) -> None:
    incoming.held = b"\r\n\r\n"
    assert (incoming.take_head(), incoming.head_begun) == (None, False)
    incoming.held = GET[:9]
    assert (incoming.take_head(), incoming.head_begun) == (None, True)


def heads(incoming: Incoming, *sent: bytes) -> list[Head | None]:
    """The head of each of these requests, which come whole, one after another is answered."""
    found = []
    for each in sent:
        incoming.held = each
        found.append(incoming.take_head())
        while incoming.held:
            incoming.take_body()
        incoming.go_on_behind()
    return found


async def test_the_same_bytes_again_are_the_same_head_which_is_parsed_once(incoming: Incoming) -> None:
    first, again = heads(incoming, GET, GET)
    assert first is not None
    assert again is first


@pytest.mark.parametrize(
    "other",
    [GET.replace(b"/a", b"/c"), GET.replace(b"Host: a", b"Host: c"), GET[:-2] + b"guid: 1\r\n\r\n", POST + b"body"],
    ids=["target", "header", "one more header", "with a body"],
)
async def test_other_bytes_are_another_head(incoming: Incoming, other: bytes) -> None:
    first, second, third = heads(incoming, GET, other, GET)
    assert first is not None
    assert third is not None
    assert (second is not first, third.raw_path, dict(third.headers)) == (True, "/a", {"Host": "a"})


async def test_a_head_with_a_body_is_parsed_anew_with_the_body_that_it_brings_now(incoming: Incoming) -> None:
    found = []
    for body in (b"one!", b"two!"):
        incoming.held = POST + body
        assert incoming.take_head() is not None
        incoming.take_body()
        found.append(incoming.payload.read_nowait())
        incoming.go_on_behind()
    assert found == [b"one!", b"two!"]


async def test_a_head_behind_the_beginning_of_another_is_no_head_of_its_own(incoming: Incoming) -> None:
    heads(incoming, GET)
    incoming.held = GET[:-2]
    assert incoming.take_head() is None
    incoming.held = GET
    with pytest.raises(NotServed):
        incoming.take_head()


async def test_what_a_connection_keeps_of_a_head_is_bounded(incoming: Incoming) -> None:
    filled = GET[:-2] + b"X-Long: %b\r\n\r\n" % (b"x" * REMEMBERED_BYTES)
    first, again = heads(incoming, filled, filled)
    assert first is not again


def numbered(number: int, filled_to: int = 0) -> bytes:
    """A head like no other, of that many bytes at least."""
    head = GET[:-2] + b"X-Number: %d\r\n\r\n" % number
    return head[:-4] + b" " * (filled_to - len(head)) + head[-4:]


async def test_heads_that_come_in_turn_are_each_parsed_once(incoming: Incoming) -> None:
    asked = [numbered(number) for number in range(REMEMBERED_HEADS)]
    first, again = heads(incoming, *asked), heads(incoming, *reversed(asked))
    assert [id(head) for head in again] == [id(head) for head in reversed(first)]


async def test_the_oldest_head_makes_room_for_one_more(incoming: Incoming) -> None:
    asked = [numbered(number) for number in range(REMEMBERED_HEADS + 1)]
    first = heads(incoming, *asked)
    assert heads(incoming, asked[1]) == first[1:2]
    assert heads(incoming, asked[0]) != first[:1]


async def test_the_heads_that_are_kept_have_one_bound_in_bytes_together(incoming: Incoming) -> None:
    asked = [numbered(number, REMEMBERED_BYTES // 3) for number in range(4)]
    first = heads(incoming, *asked)
    assert heads(incoming, asked[3], asked[2]) == [first[3], first[2]]
    assert heads(incoming, asked[0]) != first[:1]


async def test_the_end_of_a_head_that_came_in_pieces_stands_for_no_head(incoming: Incoming) -> None:
    incoming.held = b"GET /mine HTTP/1.1\r\nX: "
    assert incoming.take_head() is None
    first, second = heads(incoming, GET, GET)
    assert first is not None
    assert second is not None
    assert (first.raw_path, second.raw_path) == ("/mine", "/a")


async def test_line_ends_that_ended_a_head_are_no_request_when_they_come_again(incoming: Incoming) -> None:
    incoming.held = GET[:-2]
    assert incoming.take_head() is None
    first, again = heads(incoming, b"\r\n", b"\r\n")
    assert first is not None
    assert again is None


async def test_what_has_a_body_of_unknown_length_is_no_request(incoming: Incoming) -> None:
    incoming.held = b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"
    with pytest.raises(NotServed) as refused:
        incoming.take_head()
    assert refused.value.status == 400


async def test_empty_lines_are_passed_over_at_once_however_many(incoming: Incoming) -> None:
    incoming.held = b"\r\n" * 10_000 + GET
    head = incoming.take_head()
    assert head is not None
    assert (head.raw_path, incoming.held) == ("/a", b"")
    incoming.held = b"\r\n" * 10_000
    assert (incoming.take_head(), incoming.held, incoming.head_begun) == (None, b"", False)
