"""The connection to the service behind, against servers that answer byte by byte, too early, too much or not at all."""

import asyncio
import gc
import socket
import weakref
from contextvars import ContextVar
from pathlib import Path

import pytest

from gateway.upstream.service_connection import BROKE, LATE, BrokenError, UnansweredError
from gateway.upstream.service_link import NO_CONNECTION, NO_TLS, ServiceLink
from gateway.wire.outbound import LINE_BYTES, MOST_HEADERS, NOT_HTTP, TOO_LONG, AnswerTooLongError
from gateway.wire.trust import client_context
from tests.support.raw_service import Piece, Then, raw_service
from tests.support.servers import free_port
from tests.support.waiting import until
from tests.unit.tokens.services import certified
from tests.unit.upstream.linking import CHUNKED, IN_TIME_S, MOST, OK, SOON_S, WHOLE, ask, linked, said, why

# What is sent.


async def test_a_request_says_who_calls_and_asks_for_the_answer_as_it_is() -> None:
    async with linked(WHOLE) as (service, link):
        await (await link.send(link.written("GET", "/a?b=1", {"guid": "g"}), IN_TIME_S, IN_TIME_S)).read(MOST)
    assert service.requests == [
        b"GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: AgentGateway\r\nAccept-Encoding: identity\r\n"
        b"Accept: */*\r\nguid: g\r\n\r\n" % service.port
    ]


@pytest.mark.parametrize("body", [b"", b'{"a":1}'])
async def test_what_may_have_a_body_tells_its_length(body: bytes) -> None:
    async with linked(WHOLE) as (service, link):
        await ask(link, "POST", body=body)
    head, _, sent = service.requests[0].partition(b"\r\n\r\n")
    assert (head.rpartition(b"\r\n")[2], sent) == (b"Content-Length: %d" % len(body), body)


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("/a b", ""),
        ("/a\r\nX: 1", ""),
        ("http://elsewhere/", ""),
        ("", ""),
        ("/a", "1\r\nX: 2"),
        ("/a", "1\n"),
        ("/a", "\0"),
    ],
)
def test_what_would_be_another_request_is_not_sent(target: str, value: str) -> None:
    link = ServiceLink("http://127.0.0.1:1", client_context(None), 1)
    with pytest.raises(ValueError, match="cannot be sent"):
        link.written("GET", target, {"Content-Type": value})


# What comes back.

READ = {
    "its length": WHOLE,
    "chunks": CHUNKED,
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
    "103 first": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + CHUNKED,
    "bare line ends": WHOLE.replace(b"\r\n", b"\n"),
    "a lower-case head": WHOLE.replace(b"Content-Length", b"content-length"),
}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("sent", READ.values(), ids=READ.keys())
async def test_an_answer_is_the_same_however_its_bytes_come(sent: bytes, size: int) -> None:
    pieces = tuple(sent[at : at + size] for at in range(0, len(sent), size))
    async with linked(pieces, WHOLE) as (service, link):
        assert [await said(link), await said(link)] == [b"hello", b"hello"]
    assert service.connections == 1


@pytest.mark.parametrize("size", [1, 1000])
async def test_a_body_without_a_length_ends_with_the_connection(size: int) -> None:
    sent = OK + b"\r\nhello"
    pieces = tuple(sent[at : at + size] for at in range(0, len(sent), size))
    async with linked((*pieces, Then.CLOSES)) as (_, link):
        assert await said(link) == b"hello"


@pytest.mark.parametrize("head", [b"204 No Content\r\n", b"304 Not Modified\r\nContent-Length: 5\r\n"])
async def test_an_answer_that_has_no_body_ends_with_its_head(head: bytes) -> None:
    async with linked(b"HTTP/1.1 " + head + b"\r\n", WHOLE) as (service, link):
        assert [await said(link), await said(link)] == [b"", b"hello"]
    assert service.connections == 1


async def test_the_answer_to_head_has_no_body() -> None:
    async with linked(OK + b"Content-Length: 5\r\n\r\n", WHOLE) as (service, link):
        assert [await said(link, "HEAD"), await said(link)] == [b"", b"hello"]
    assert service.connections == 1


async def test_another_protocol_is_an_answer_and_the_last_one() -> None:
    async with linked(b"HTTP/1.1 101 Over\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nxyz", WHOLE) as (service, link):
        assert (await ask(link)).status == 101
        assert await said(link) == b"hello"
    assert service.connections == 2


async def test_over_tls_as_well(tmp_path: Path) -> None:
    made = certified(tmp_path, "127.0.0.1")
    async with raw_service(WHOLE, (CHUNKED[:40], CHUNKED[40:]), tls=made.context) as service:
        link = ServiceLink(service.url, client_context(made.authority_pem), 10)
        assert [await said(link), await said(link)] == [b"hello", b"hello"]
        await link.close()
    assert service.connections == 1


# Which connections are used again.


@pytest.mark.parametrize(
    "sent",
    [
        WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        WHOLE.replace(b"1.1", b"1.0"),
        WHOLE + WHOLE,
        WHOLE + b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
    ],
)
async def test_behind_such_an_answer_another_connection_is_used(sent: bytes) -> None:
    async with linked(sent, WHOLE) as (service, link):
        assert [await said(link), await said(link)] == [b"hello", b"hello"]
    assert service.connections == 2


async def test_a_switch_to_another_protocol_that_nobody_named_is_the_last_answer_too() -> None:
    async with linked(b"HTTP/1.1 101 Over\r\n\r\n", WHOLE) as (service, link):
        assert [(await ask(link)).status, await said(link)] == [101, b"hello"]
    assert service.connections == 2


async def test_what_comes_while_nobody_asks_ends_the_connection() -> None:
    async with linked((WHOLE, Then.WAITS, WHOLE), WHOLE) as (service, link):
        await said(link)
        service.goes_on.set()
        await until(lambda: service.open == 0)
        assert await said(link) == b"hello"
    assert service.connections == 2


async def test_an_idle_connection_is_closed_before_others_close_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.upstream.service_link.KEEP_ALIVE_S", 0.05)
    async with linked(WHOLE) as (service, link):
        await said(link)
        await until(lambda: service.open == 0)


async def test_a_body_that_nobody_reads_ends_the_connection() -> None:
    async with linked(
        (OK + b"Content-Length: 9\r\n\r\n", Then.WAITS),
        WHOLE,
    ) as (service, link):
        (await ask(link)).release()
        assert await said(link) == b"hello"
    assert service.connections == 2


async def test_pieces_that_are_closed_before_anybody_took_one_end_the_connection() -> None:
    async with linked((OK + b"Content-Length: 9\r\n\r\n", Then.WAITS), WHOLE, most=1) as (service, link):
        await (await ask(link)).pieces(MOST).aclose()
        async with asyncio.timeout(IN_TIME_S / 2):  # Else only its silence ends it.
            assert await said(link) == b"hello"
    assert service.connections == 2


async def test_behind_a_long_request_over_tls_another_connection_is_used(tmp_path: Path) -> None:
    made = certified(tmp_path, "127.0.0.1")
    async with raw_service(WHOLE, WHOLE, tls=made.context) as service:
        link = ServiceLink(service.url, client_context(made.authority_pem), 10)
        for _ in range(2):
            assert await (await ask(link, "POST", body=b"x" * 100_000)).read(MOST) == b"hello"
        await link.close()
    assert service.connections == 2


async def test_a_large_answer_over_tls_is_whole_though_the_service_closes_without_a_word(tmp_path: Path) -> None:
    made, body = certified(tmp_path, "127.0.0.1"), b"x" * 4_000_000

    def serve(door: socket.socket) -> None:
        peer, _ = door.accept()
        with made.context.wrap_socket(peer, server_side=True) as talk:
            talk.recv(4096)
            talk.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with socket.create_server(("127.0.0.1", 0)) as door:
        serving = asyncio.create_task(asyncio.to_thread(serve, door))
        link = ServiceLink(f"https://127.0.0.1:{door.getsockname()[1]}", client_context(made.authority_pem), 1)
        found = await (await ask(link)).read(len(body))
        await asyncio.gather(serving, link.close())
    assert len(found) == len(body)


# No answer.


@pytest.mark.parametrize("way", [Then.CLOSES, Then.RESETS])
async def test_a_get_is_sent_again_once_where_the_connection_breaks(way: Then) -> None:
    async with linked(way, WHOLE, way, way) as (service, link):
        assert await said(link) == b"hello"
        assert await why(link, "GET") == BROKE
    assert len(service.requests) == 4


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_may_have_been_acted_on_is_not(method: str) -> None:
    async with linked(Then.CLOSES) as (service, link):
        with pytest.raises(BrokenError):
            await said(link, method)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n", NOT_HTTP),
        (OK + b"X: " + b"x" * (LINE_BYTES + 1) + b"\r\n\r\n", TOO_LONG),
        (OK + b"X: \r\n" * (MOST_HEADERS + 1) + b"\r\n", TOO_LONG),
        (OK + b"Content-Length: 5\r\n\r\nhel", BROKE),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", BROKE),
        (OK + b"Transfer-Enc", BROKE),
    ],
)
async def test_what_is_no_answer_is_told_as_such(sent: bytes, words: str) -> None:
    async with linked((sent, Then.CLOSES)) as (_, link):
        assert await why(link) == words


async def test_rubbish_in_the_middle_of_a_body_breaks_it() -> None:
    async with linked((OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", Then.WAITS, b"?!\r\n")) as (
        service,
        link,
    ):
        answer = await ask(link)
        service.goes_on.set()
        with pytest.raises(UnansweredError, match=BROKE):
            await answer.read(MOST)


async def test_a_body_without_a_length_is_not_whole_after_a_reset() -> None:
    async with linked((OK + b"\r\nhel", Then.WAITS, Then.RESETS)) as (service, link):
        answer = await ask(link)
        service.goes_on.set()
        with pytest.raises(UnansweredError, match=BROKE):
            await answer.read(MOST)


@pytest.mark.parametrize("begun", [b"", OK, OK + b"Content-Length: 5\r\n\r\nhel"])
async def test_silence_is_no_answer_in_time(begun: bytes) -> None:
    async with linked((begun, Then.WAITS)) as (_, link):
        assert await why(link, silence_s=SOON_S) == LATE


async def test_a_connection_that_takes_too_long_is_no_answer_in_time() -> None:
    async with raw_service() as deaf:  # It never says a word of TLS.
        link = ServiceLink(deaf.url.replace("http:", "https:"), client_context(None), 10)
        with pytest.raises(UnansweredError, match=LATE):
            await link.send(link.written("GET", "/", {}), SOON_S, IN_TIME_S)
        await link.close()


async def test_nobody_there_is_no_connection() -> None:
    link = ServiceLink(f"http://127.0.0.1:{free_port()}", client_context(None), 10)
    assert await why(link, "GET") == NO_CONNECTION


async def test_an_address_that_answers_by_another_one_is_one_too() -> None:
    async with raw_service(WHOLE) as service:
        link = ServiceLink(f"http://0.0.0.0:{service.port}", client_context(None), 1)
        assert await said(link) == b"hello"
        await link.close()


@pytest.mark.parametrize("begun", [b"HTTP/1.1 100 Continue\r\n\r\n", OK], ids=["100", "half a head"])
async def test_a_get_whose_answer_has_begun_is_not_sent_again(begun: bytes) -> None:
    async with linked((begun, Then.CLOSES), WHOLE) as (service, link):
        assert await why(link, "GET") == BROKE
    assert len(service.requests) == 1


async def test_a_name_that_leads_nowhere_is_no_connection() -> None:
    link = ServiceLink("http://nobody.invalid:80", client_context(None), 10)
    assert await why(link, "GET") == NO_CONNECTION


async def test_tls_that_is_none_or_not_trusted_is_told(tmp_path: Path) -> None:
    made = certified(tmp_path, "127.0.0.1")
    async with raw_service(tls=made.context) as service:
        assert await why(ServiceLink(service.url, client_context(None), 10)) == NO_TLS
        elsewhere = service.url.replace("127.0.0.1", "localhost")
        assert await why(ServiceLink(elsewhere, client_context(made.authority_pem), 10)) == NO_TLS
    assert service.requests == []


async def test_plain_http_where_tls_is_wanted_is_told() -> None:
    async def answers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    link = ServiceLink(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", client_context(None), 10)
    assert await why(link) == NO_TLS
    server.close()


# Bodies.


async def test_a_body_is_read_up_to_its_bound() -> None:
    async with linked(OK + b"Content-Length: 5\r\n\r\nhello") as (_, link):
        with pytest.raises(AnswerTooLongError):
            await (await ask(link)).read(4)


@pytest.mark.parametrize("tls", [False, True])
async def test_a_file_is_read_as_fast_as_it_is_taken(tls: bool, tmp_path: Path) -> None:
    size = 8 * 1024 * 1024
    made = certified(tmp_path, "127.0.0.1")
    sent = (OK + b"Content-Length: %d\r\n\r\n" % size, *([b"x" * 65_536] * (size // 65_536)))
    async with raw_service(sent, tls=made.context if tls else None) as service:
        link = ServiceLink(service.url, client_context(made.authority_pem), 1)
        taken, pieces = 0, (await ask(link, silence_s=SOON_S)).pieces(65_536)
        async for piece in pieces:
            if not taken:
                await asyncio.sleep(3 * SOON_S)  # Who takes it slowly does not make the service late.
            taken += len(piece)
        await link.close()
    assert taken == size


async def test_a_file_that_ends_before_its_time_raises() -> None:
    async with linked((OK + b"Content-Length: 9\r\n\r\nhello", Then.CLOSES)) as (_, link):
        with pytest.raises(UnansweredError, match=BROKE):
            async for _piece in (await ask(link)).pieces(2):
                pass


# So many connections and no more.


async def test_more_requests_than_connections_wait_in_their_order() -> None:
    async with linked((Then.WAITS, WHOLE), WHOLE, WHOLE, most=1) as (service, link):
        asked: list[str] = []
        calls = []
        for method in ("GET", "PUT", "POST"):
            calls.append(asyncio.create_task(said(link, method), name=method))
            calls[-1].add_done_callback(lambda call: asked.append(call.get_name()))
        await service.came(1)
        service.goes_on.set()
        await asyncio.gather(*calls)
    assert asked == ["GET", "PUT", "POST"]
    assert service.connections == 1


async def test_who_gives_up_waiting_leaves_room_for_the_others() -> None:
    async with linked((Then.WAITS, WHOLE), WHOLE, most=1) as (service, link):
        first = asyncio.create_task(said(link))
        await service.came(1)
        second, third = asyncio.create_task(said(link)), asyncio.create_task(said(link))
        await asyncio.sleep(0)
        second.cancel()
        service.goes_on.set()
        assert {await first, await third} == {b"hello"}


async def test_who_gives_up_an_answer_ends_its_connection_and_leaves_room() -> None:
    async with linked(Then.WAITS, WHOLE, most=1) as (service, link):
        first = asyncio.create_task(said(link))
        await service.came(1)
        first.cancel()
        await asyncio.wait([first])
        assert await said(link) == b"hello"
    assert service.connections == 2


async def test_who_gives_up_connecting_leaves_room() -> None:
    async with raw_service() as deaf:  # It never says a word of TLS.
        link = ServiceLink(deaf.url.replace("http:", "https:"), client_context(None), 1)
        call = asyncio.create_task(said(link))
        await until(lambda: deaf.open == 1)
        assert link.open == 1
        call.cancel()
        await asyncio.wait([call])
        assert link.open == 0


@pytest.mark.parametrize("fault", [Then.CLOSES, b"rubbish\r\n\r\n", OK + b"Content-Length: x\r\n\r\n"])
async def test_a_connection_that_broke_leaves_room(fault: Piece) -> None:
    async with linked(fault, fault, WHOLE, most=1) as (_, link):
        with pytest.raises(UnansweredError):
            await said(link, "POST")
        with pytest.raises(UnansweredError):
            await said(link, "POST")
        assert await said(link) == b"hello"


async def test_at_the_end_nobody_is_left_waiting() -> None:
    async with linked(Then.WAITS, most=1) as (service, link):
        first = asyncio.create_task(why(link, "GET"))
        await service.came(1)
        second = asyncio.create_task(why(link))
        await asyncio.sleep(0)
        await link.close()
        assert {await first, await second, await why(link)} == {BROKE}


# What is held while nothing happens.


class Held:
    """What a request would hold."""


async def test_a_connection_holds_nothing_of_the_request_that_it_was_opened_for() -> None:
    of_request: ContextVar[Held] = ContextVar("of_request")

    async def first(link: ServiceLink) -> weakref.ref[Held]:
        held = Held()
        of_request.set(held)
        await said(link)
        return weakref.ref(held)

    async with linked(WHOLE) as (service, link):
        held = await asyncio.create_task(first(link))
        await asyncio.sleep(0)
        gc.collect()
        assert (held(), service.open) == (None, 1)
