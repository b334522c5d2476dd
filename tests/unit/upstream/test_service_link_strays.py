"""Answers too many: none is taken for the answer to another request, which may be another agent's."""

import asyncio
import random
import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from gateway.upstream.service_connection import NOT_ASKED, UnansweredError
from gateway.upstream.service_link import ServiceLink
from gateway.wire.trust import client_context
from tests.support.raw_service import Then
from tests.support.waiting import until
from tests.unit.upstream.linking import CHUNKED, IN_TIME_S, MOST, OK, WHOLE, ask, linked, said, why

STRAY = WHOLE.replace(b"hello", b"stray")
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
CLOSING = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
OLD = WHOLE.replace(b"1.1", b"1.0")
BEHIND = [b"?", b"\0", b"junk\r\n\r\n", b"H", b"HTTP/1.1 200 OK\r\nX: 1\r\n", STRAY, b"HTTP/1.1 100 Continue\r\n\r\n"]


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(
    ("answer", "body"), [(WHOLE, b"hello"), (CHUNKED, b"hello"), (EMPTY, b""), (CLOSING, b"hello"), (OLD, b"hello")]
)
async def test_what_stands_behind_a_whole_answer_does_not_spoil_it_and_ends_the_connection(
    answer: bytes, body: bytes, behind: bytes
) -> None:
    async with linked(answer + behind, WHOLE) as (service, link):
        assert [await said(link), await said(link)] == [body, b"hello"]
    assert service.connections == 2


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
async def test_an_answer_too_many_is_nobody_s_wherever_it_is_cut(answer: bytes) -> None:
    cuts = range(1, len(STRAY))
    async with linked(*((answer + STRAY[:cut], STRAY[cut:]) for cut in cuts), WHOLE, most=1) as (service, link):
        assert {await said(link) for _ in range(len(cuts) + 1)} == {b"hello"}
    assert service.connections == len(cuts) + 1


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_an_answer_too_many_that_drips_is_nobody_s(size: int) -> None:
    sent = CHUNKED + STRAY
    pieces = tuple(sent[at : at + size] for at in range(0, len(sent), size))
    async with linked(pieces, WHOLE) as (_, link):
        assert [await said(link), await said(link)] == [b"hello", b"hello"]


# What comes at a moment when nobody reads.


@dataclass
class Served:
    """A service in a thread, so that it acts while this process does nothing: `go` lets it, `done` tells it has."""

    door: socket.socket
    go: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def link(self) -> ServiceLink:
        return ServiceLink(f"http://127.0.0.1:{self.door.getsockname()[1]}", client_context(None), 1)

    def told(self) -> None:
        """Lets it act, and does nothing meanwhile."""
        self.go.set()
        assert self.done.wait(IN_TIME_S)

    def acts(self, then: bytes) -> None:
        """Answers, and acts when it is let: says more, or for b"" closes. Whoever comes next is answered."""
        peer, _ = self.door.accept()
        peer.recv(1000)
        peer.sendall(WHOLE)
        self.go.wait(IN_TIME_S)
        if then:
            peer.sendall(then)
        else:
            peer.shutdown(socket.SHUT_WR)
        select.select([], [], [], 0.02)  # Loopback is at once, but for a busy kernel.
        self.done.set()
        with peer, suppress(OSError):
            other, _ = self.door.accept()
            with other:
                other.recv(1000)
                other.sendall(WHOLE)


@contextmanager
def served() -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(IN_TIME_S)
        yield Served(door)


@pytest.mark.parametrize("then", [STRAY, b""], ids=["an answer", "the end"])
async def test_what_has_come_unasked_is_seen_before_a_request_is_written(then: bytes) -> None:
    with served() as service:
        acting = asyncio.create_task(asyncio.to_thread(service.acts, then))
        link = service.link
        assert await said(link, "POST") == b"hello"
        service.told()
        assert await said(link, "POST") == b"hello"
        await asyncio.gather(acting, link.close())


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_comes_before_any_of_the_request_arrived_is_not_its_answer(method: str) -> None:
    with served() as service:
        # It reads nothing of a body, so that the next request stays in this kernel.
        service.door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)

        def serve() -> None:
            peer, _ = service.door.accept()
            with peer:
                peer.recv(100)
                peer.sendall(WHOLE)
                service.go.wait(IN_TIME_S)
                peer.sendall(STRAY)
                if method == "GET":
                    other, _ = service.door.accept()
                    with other:
                        other.recv(1000)
                        other.sendall(WHOLE)
                service.done.wait(IN_TIME_S)

        serving, link = asyncio.create_task(asyncio.to_thread(serve)), service.link
        assert await (await ask(link, "POST", body=b"x" * 30_000)).read(MOST) == b"hello"
        next_one = asyncio.create_task(said(link) if method == "GET" else why(link))
        await asyncio.sleep(0.01)  # It is written.
        service.go.set()
        assert await next_one == (b"hello" if method == "GET" else NOT_ASKED)
        service.done.set()
        await asyncio.gather(serving, link.close())


@pytest.mark.parametrize(("method", "says"), [("GET", b"hello"), ("POST", NOT_ASKED)])
async def test_whoever_waits_behind_an_answer_that_was_another_s_does_not_get_the_next(
    method: str, says: bytes | str
) -> None:
    async with linked(WHOLE, Then.WAITS, WHOLE) as (service, link):
        first = await ask(link)
        second = asyncio.create_task(said(link) if method == "GET" else why(link))
        await service.came(2)
        first.disown()
        assert await second == says
    assert service.connections == (2 if method == "GET" else 1)


# Everything at once.


class Misbehaving:
    """Answers each request by the name that it carries, and does what it should not behind that. Seeded."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.faults = 0
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                named = re.search(rb"guid: (\w+)", head)
                assert named is not None
                if not self._answers(named[1], writer):
                    break
                await writer.drain()
        writer.close()
        self.open -= 1

    def _answers(self, name: bytes, writer: asyncio.StreamWriter) -> bool:
        whole = self._chance.choice(
            [
                OK + b"Content-Length: %d\r\n\r\n%s" % (len(name), name),
                OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(name), name),
                b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: %d\r\n\r\n%s" % (len(name), name),
            ]
        )
        fault = self._chance.choice(["", "", "", "stray", "stray cut", "rubbish", "half", "close", "reset"])
        self.faults += fault != ""
        behind = {"stray": whole, "stray cut": whole[: self._chance.randrange(1, len(whole))], "rubbish": b"\r\n?"}
        sent = whole[: len(whole) // 2] if fault == "half" else whole + behind.get(fault, b"")
        cut = self._chance.randrange(len(sent))
        writer.write(sent[:cut])
        writer.write(sent[cut:])
        if fault == "reset":
            writer.transport.abort()
        return fault not in {"half", "close", "reset"}


@pytest.mark.parametrize("seed", range(2))
async def test_no_answer_reaches_another_whatever_the_service_does_behind_its_answers(seed: int) -> None:
    tester = Misbehaving(seed)
    server = await asyncio.start_server(tester.serve, "127.0.0.1", 0)
    link = ServiceLink(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", client_context(None), 3)
    answered = 0

    async def agent(name: str) -> None:
        nonlocal answered
        for number in range(60):
            mine = f"{name}x{number}"
            with suppress(UnansweredError):
                request = link.written("GET", "/a", {"guid": mine})
                assert await (await link.send(request, IN_TIME_S, IN_TIME_S)).read(MOST) == mine.encode()
                answered += 1

    await asyncio.gather(*(agent(f"a{number}") for number in range(8)))
    await link.close()
    await until(lambda: tester.open == 0)
    server.close()
    assert answered > 100
    assert tester.faults > 100
