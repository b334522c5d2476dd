import socket
from collections.abc import Iterator

import pytest

from gateway.listeners.probe import ListeningSocket, ProbedSocket, SocketReceipt, probe_of
from tests.unit.listeners.doors import until

LARGE = bytes(2**23)


class Pair:
    """Two ends of a connection: `server` is probed."""

    def __init__(self) -> None:
        with ListeningSocket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            self.client = socket.create_connection(listening.getsockname(), timeout=1)
            accepted, _ = listening.accept()
        assert isinstance(accepted, ProbedSocket)
        self.server = accepted
        self.server.setblocking(False)


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.client.close()
    made.server.close()


def test_an_accepted_socket_is_found_by_its_descriptor(pair: Pair) -> None:
    assert probe_of(pair.server.fileno()) is pair.server


def test_another_socket_is_not_found(pair: Pair) -> None:
    assert probe_of(pair.client.fileno()) is None


async def test_bytes_are_acknowledged_when_the_peer_has_them(pair: Pair) -> None:
    pair.server.send(b"12345")
    await until(lambda: pair.server.acknowledged(5))


async def test_bytes_that_the_kernel_did_not_take_are_not_acknowledged(pair: Pair) -> None:
    taken = pair.server.send(LARGE)
    left = len(LARGE) - taken
    assert (pair.server.unsent, pair.server.mark, pair.server.acknowledged(None)) == (left, None, False)


def test_a_full_kernel_leaves_all_unsent(pair: Pair) -> None:
    pair.server.send(LARGE)
    with pytest.raises(BlockingIOError):
        pair.server.send(b"12345")
    assert pair.server.unsent == 5


async def test_the_first_bytes_are_acknowledged_while_later_ones_are_under_way(pair: Pair) -> None:
    pair.server.send(b"12345")
    await until(lambda: pair.server.acknowledged(5))
    pair.server.send(LARGE)
    assert (pair.server.acknowledged(5), pair.server.acknowledged(pair.server.sent)) == (True, False)


async def test_the_end_mark_is_no_byte_of_an_answer(pair: Pair) -> None:
    pair.server.send(b"12345")
    await until(lambda: pair.server.acknowledged(5))
    pair.server.shutdown(socket.SHUT_WR)
    assert pair.server.acknowledged(5)


async def test_the_last_look_before_closing_counts_afterwards(pair: Pair) -> None:
    pair.server.send(b"12345")
    await until(lambda: pair.server.acknowledged(5))
    pair.server.close()
    assert pair.server.acknowledged(5)


def test_what_was_under_way_at_closing_is_not_acknowledged_afterwards(pair: Pair) -> None:
    pair.server.send(LARGE)
    pair.server.close()
    assert not pair.server.acknowledged(len(LARGE))


async def test_an_answer_that_was_not_written_has_not_arrived(pair: Pair) -> None:
    assert not SocketReceipt(1, pair.server).arrived()


async def test_an_answer_that_was_written_arrives(pair: Pair) -> None:
    receipt = SocketReceipt(1, pair.server)
    pair.server.send(b"12345")
    receipt.written()
    await until(receipt.arrived)


def test_without_a_probe_nothing_arrives() -> None:
    receipt = SocketReceipt(1, None)
    receipt.written()
    assert not receipt.arrived()
