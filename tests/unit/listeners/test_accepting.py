"""Connections are accepted while there is room, and those that find none are waited for (docs/design/failure.md)."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_network

import pytest

from gateway.listeners.accepting import LINE_EVERY_S, Acceptor, ConnectionLimits, Shortage
from gateway.listeners.sockets import accepts_a_turn, open_socket
from gateway.settings.schema import Settings
from tests.unit.listeners.doors import until


class Troubled(socket.socket):
    """Counts what it is asked; `trouble` is what the system says instead of accepting."""

    trouble = 0
    tries = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.tries += 1
        if self.trouble:
            raise OSError(self.trouble, os.strerror(self.trouble))
        return super().accept()


class Hall:
    """Accepts on a free port."""

    def __init__(self, door: Troubled) -> None:
        self.door = door
        self.links: list[socket.socket] = []
        self.address = door.getsockname()
        self.settings = Settings()
        self.leaves: list[Callable[[], None]] = []
        self.acceptor = Acceptor(door, self._serve, 100, ConnectionLimits(lambda: self.settings), Shortage(lambda: 0.0))

    async def _serve(self, link: socket.socket, _address: str, leave: Callable[[], None]) -> None:
        self.links.append(link)
        self.leaves.append(leave)

    def bound(self, **settings: object) -> None:
        self.settings = self.settings.model_copy(update=settings)

    def client(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=5)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    with Troubled(fileno=open_socket("127.0.0.1", 0, "HTTP_PORT").detach()) as door:
        made = Hall(door)
        yield made
        made.acceptor.stop()
        for link in made.links:
            link.close()


OUT = [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM]


@pytest.mark.parametrize("trouble", OUT, ids=errno.errorcode.get)
async def test_a_connection_that_finds_no_room_is_accepted_once_there_is_some(hall: Hall, trouble: int) -> None:
    hall.door.trouble = trouble
    with hall.client():
        await until(lambda: hall.door.tries > 1)
        hall.door.trouble = 0
        await until(lambda: len(hall.links) == 1)


async def test_what_finds_no_room_is_not_tried_in_every_turn_of_the_loop(hall: Hall) -> None:
    hall.door.trouble = errno.EMFILE
    with hall.client():
        await until(lambda: hall.door.tries > 0)
        for _ in range(200):
            await asyncio.sleep(0)
    assert hall.door.tries <= 2


async def test_who_has_stopped_tries_no_more(hall: Hall) -> None:
    hall.door.trouble = errno.EMFILE
    with hall.client():
        await until(lambda: hall.door.tries > 0)
        hall.acceptor.stop()
        hall.door.trouble = 0
        await asyncio.sleep(0.2)  # Twice as long as until the next try.
    assert hall.links == []


async def test_beyond_the_bound_of_all_connections_others_wait_until_one_has_ended(hall: Hall) -> None:
    hall.bound(connections_max=2)
    with hall.client(), hall.client():
        await until(lambda: len(hall.links) == 2)
        with hall.client():
            await asyncio.sleep(0.05)
            assert len(hall.links) == 2
            hall.leaves[0]()
            await until(lambda: len(hall.links) == 3)


async def test_beyond_the_bound_of_an_address_a_connection_is_closed(hall: Hall) -> None:
    hall.bound(connections_max_address=2)
    with hall.client(), hall.client():
        await until(lambda: len(hall.links) == 2)
        with hall.client() as third:
            assert await asyncio.to_thread(third.recv, 1) == b""
        hall.leaves[0]()
        hall.leaves[0]()
        with hall.client(), hall.client() as too_many:
            await until(lambda: len(hall.links) == 3)
            assert await asyncio.to_thread(too_many.recv, 1) == b""


async def test_a_trusted_proxy_may_have_more(hall: Hall) -> None:
    hall.bound(connections_max_address=1, trusted_proxies=(ip_network("127.0.0.0/8"),))
    with hall.client(), hall.client(), hall.client():
        await until(lambda: len(hall.links) == 3)


async def test_another_address_has_room_of_its_own(hall: Hall) -> None:
    hall.bound(connections_max_address=1)
    with hall.client(), socket.create_connection(hall.address, timeout=5, source_address=("127.0.0.2", 0)):
        await until(lambda: len(hall.links) == 2)


async def test_a_few_are_accepted_before_the_loop_does_other_work() -> None:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as door:
        assert accepts_a_turn(door) <= 32


def test_there_is_one_line_a_second_that_counts_the_others(caplog: pytest.LogCaptureFixture) -> None:
    now_s = 0.0
    shortage = Shortage(lambda: now_s)
    for _ in range(25):
        shortage.note("no room")
        now_s += LINE_EVERY_S / 8
    assert caplog.messages == [f"new connections wait (tries: {tries}): no room" for tries in (1, 8, 8, 8)]


def test_one_line_says_what_the_system_says_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    Shortage(lambda: 0.0).note(os.strerror(errno.ENFILE))
    assert (len(caplog.records), caplog.records[0].exc_info) == (1, None)
