"""What a supervisor gives a worker."""

import asyncio
import os
import socket

import pytest

from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.worker_slot import READY, SupervisorLink, WorkerSlot


@pytest.mark.parametrize(
    "text", ["0:tie=9,http=5", "63:tie=9,http=5,https=6,admin=7", "1:tie=4,admin=5", "1:tie=4,variables=8,http=5"]
)
def test_a_seat_is_read_as_it_is_written(text: str) -> None:
    assert str(WorkerSlot.read(text)) == text


@pytest.mark.parametrize("text", ["", "0", "0:http=5", "0:tie=x", "0:tie=9,ftp=5", "100:tie=9", "0:tie=9,http=5;"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is for the supervisor"):
        WorkerSlot.read(text)


def test_it_holds_the_common_sockets_and_the_admin_socket_of_its_number() -> None:
    ours, theirs = socket.socketpair()
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    with ours, theirs, sockets[0], sockets[1], sockets[2]:
        slot = WorkerSlot.of(1, theirs, NodeSockets(sockets[0], None, {0: sockets[1], 1: sockets[2]}))
        assert slot.inherited == (theirs.fileno(), sockets[0].fileno(), sockets[2].fileno())


def test_all_sockets_of_one_kind_come_to_the_worker() -> None:
    ours, theirs = socket.socketpair()
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in sockets]
    with ours, theirs:
        slot = WorkerSlot.of(0, theirs, NodeSockets(sockets[0], more={"http": [sockets[1]]}))
        taken_over = WorkerSlot(
            slot.number, slot.link, tuple((name, os.dup(file)) for name, file in slot.files)
        ).sockets()
    there = [link.getsockname()[1] for _, link in taken_over.agents]
    taken_over.close()
    for each in sockets:
        each.close()
    assert there == ports


async def test_the_supervisor_hears_that_the_worker_is_ready_and_the_worker_that_it_is_gone() -> None:
    ours, theirs = socket.socketpair()
    link = SupervisorLink(WorkerSlot(0, theirs.detach(), ()))
    lost = asyncio.create_task(link.lost())
    await link.say_ready()
    assert ours.recv(64) == READY
    assert not lost.done()
    ours.close()
    async with asyncio.timeout(30):
        await lost
    link.close()
