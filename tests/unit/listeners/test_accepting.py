"""Connections are accepted while there is room, and those that find none are waited for (design section 11)."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator

import pytest

from gateway.listeners.accepting import LINE_EVERY_S, Acceptor, Shortage
from gateway.listeners.probe import ListeningSocket
from gateway.listeners.sockets import open_socket
from tests.unit.listeners.doors import until


class Hall:
    """Accepts on a free port; `trouble` is what the system says instead of accepting."""

    def __init__(self, door: ListeningSocket) -> None:
        self.trouble = 0
        self.links: list[socket.socket] = []
        self.tries = 0
        self.address = door.getsockname()
        self._accept = door.accept
        door.accept = self._asked  # type: ignore[method-assign]
        self.acceptor = Acceptor(door, self._serve, 100, Shortage(lambda: 0.0))

    def _asked(self) -> tuple[socket.socket, object]:
        self.tries += 1
        if self.trouble:
            raise OSError(self.trouble, os.strerror(self.trouble))
        return self._accept()

    async def _serve(self, link: socket.socket) -> None:
        self.links.append(link)

    def client(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=5)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as door:
        made = Hall(door)
        yield made
        made.acceptor.stop()
        for link in made.links:
            link.close()


OUT = [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM]


@pytest.mark.parametrize("trouble", OUT, ids=errno.errorcode.get)
async def test_a_connection_that_finds_no_room_is_accepted_once_there_is_some(hall: Hall, trouble: int) -> None:
    hall.trouble = trouble
    with hall.client():
        await until(lambda: hall.tries > 1)
        hall.trouble = 0
        await until(lambda: len(hall.links) == 1)


async def test_what_finds_no_room_is_not_tried_in_every_turn_of_the_loop(hall: Hall) -> None:
    hall.trouble = errno.EMFILE
    with hall.client():
        await until(lambda: hall.tries > 0)
        for _ in range(200):
            await asyncio.sleep(0)
    assert hall.tries <= 2


async def test_who_has_stopped_tries_no_more(hall: Hall) -> None:
    hall.trouble = errno.EMFILE
    with hall.client():
        await until(lambda: hall.tries > 0)
        hall.acceptor.stop()
        hall.trouble = 0
        await asyncio.sleep(0.2)  # Twice as long as until the next try.
    assert hall.links == []


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
