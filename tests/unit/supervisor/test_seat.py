"""What a supervisor gives a worker."""

import asyncio
import socket

import pytest

from gateway.settings.workers import FIRST, Rank
from gateway.supervisor.doors import Doors
from gateway.supervisor.seat import ALONE, READY, Seat, Tie, is_alone

SOON_S = 30
RANK = "0:of=1,alone=1"


@pytest.mark.parametrize(
    "text",
    ["0:of=1,alone=1,tie=9,http=5", "63:of=64,alone=0,tie=9,http=5,https=6,admin=7", "1:of=2,alone=1,tie=4,admin=5"],
)
def test_a_seat_is_read_as_it_is_written(text: str) -> None:
    assert str(Seat.read(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "0", "0:tie=9", f"{RANK},http=5", f"{RANK},tie=x", f"{RANK},tie=9,ftp=5", f"10{RANK},tie=9", f"{RANK},tie=9;"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is for the supervisor"):
        Seat.read(text)


def test_it_holds_the_common_sockets_and_the_admin_socket_of_its_number() -> None:
    ours, theirs = socket.socketpair()
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    with ours, theirs, doors[0], doors[1], doors[2]:
        seat = Seat.of(Rank(1, 2), theirs, Doors(doors[0], None, {0: doors[1], 1: doors[2]}))
        assert seat.inherited == (theirs.fileno(), doors[0].fileno(), doors[2].fileno())


async def test_the_supervisor_hears_that_the_worker_is_ready_and_the_worker_that_it_is_alone_and_then_gone() -> None:
    ours, theirs = socket.socketpair()
    tie = Tie(Seat(FIRST, theirs.detach(), ()))
    alone = asyncio.Event()
    lost = asyncio.create_task(tie.lost(alone.set))
    await tie.say_ready()
    assert ours.recv(64) == READY
    ours.send(ALONE)
    async with asyncio.timeout(SOON_S):
        await alone.wait()
    assert not lost.done()
    ours.close()
    async with asyncio.timeout(SOON_S):
        await lost
    tie.close()


@pytest.mark.parametrize(
    ("rank", "others", "expected"),
    [
        (Rank(1, 2), [], True),
        (Rank(1, 2), [Rank(0, 2)], True),
        (Rank(1, 2), [Rank(0, 2), Rank(1, 2)], False),
        (Rank(0, 2), [Rank(1, 2)], True),
        (Rank(0, 2), [Rank(1, 4), Rank(3, 4)], False),
        (Rank(1, 2), [Rank(0, 4), Rank(3, 4)], True),
        (Rank(0, 4), [Rank(1, 2)], True),
    ],
)
def test_a_worker_is_alone_when_nobody_runs_whose_place_it_took(rank: Rank, others: list[Rank], expected: bool) -> None:
    assert is_alone(rank, others) is expected
