"""What a supervisor gives a worker."""

import asyncio
import os
import socket

import pytest

from gateway.supervisor.doors import Doors
from gateway.supervisor.seat import READY, Seat, Tie


@pytest.mark.parametrize("text", ["0:tie=9,http=5", "63:tie=9,http=5,https=6,admin=7", "1:tie=4,admin=5"])
def test_a_seat_is_read_as_it_is_written(text: str) -> None:
    assert str(Seat.read(text)) == text


@pytest.mark.parametrize("text", ["", "0", "0:http=5", "0:tie=x", "0:tie=9,ftp=5", "100:tie=9", "0:tie=9,http=5;"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is for the supervisor"):
        Seat.read(text)


def test_it_holds_the_common_sockets_and_the_admin_socket_of_its_number() -> None:
    ours, theirs = socket.socketpair()
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    with ours, theirs, doors[0], doors[1], doors[2]:
        seat = Seat.of(1, theirs, Doors(doors[0], None, {0: doors[1], 1: doors[2]}))
        assert seat.inherited == (theirs.fileno(), doors[0].fileno(), doors[2].fileno())


def test_all_sockets_of_one_kind_come_to_the_worker() -> None:
    ours, theirs = socket.socketpair()
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [door.getsockname()[1] for door in doors]
    with ours, theirs:
        seat = Seat.of(0, theirs, Doors(doors[0], more={"http": [doors[1]]}))
        taken_over = Seat(seat.number, seat.tie, tuple((name, os.dup(file)) for name, file in seat.files)).doors()
    there = [link.getsockname()[1] for _, link in taken_over.agents]
    taken_over.close()
    for door in doors:
        door.close()
    assert there == ports


async def test_the_supervisor_hears_that_the_worker_is_ready_and_the_worker_that_it_is_gone() -> None:
    ours, theirs = socket.socketpair()
    tie = Tie(Seat(0, theirs.detach(), ()))
    lost = asyncio.create_task(tie.lost())
    await tie.say_ready()
    assert ours.recv(64) == READY
    assert not lost.done()
    ours.close()
    async with asyncio.timeout(30):
        await lost
    tie.close()
