import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.listeners.errors import ListenError
from gateway.listeners.sockets import (
    BACKLOG,
    accepts_a_turn,
    adopt,
    host_and_port,
    open_socket,
    open_sockets,
    url_of,
)
from tests.support.servers import free_port
from tests.unit.listeners.doors import free_socket


@pytest.fixture
def taken() -> Iterator[int]:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as listening:
        yield listening.getsockname()[1]


def refusal(address: str, port: int) -> str:
    with pytest.raises(ListenError) as caught:
        open_socket(address, port, "HTTP_PORT").close()
    return str(caught.value)


def test_a_client_can_connect_as_soon_as_the_socket_is_open(taken: int) -> None:
    socket.create_connection(("127.0.0.1", taken), timeout=1).close()


def test_a_port_in_use_is_told_by_setting_address_and_port(taken: int) -> None:
    assert refusal("127.0.0.1", taken).startswith(f"HTTP_PORT: 127.0.0.1:{taken} is in use already")


def test_a_port_is_free_again_right_after_a_gateway_ended(taken: int) -> None:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as first:
        where = first.getsockname()
        client = socket.create_connection(where, timeout=1)
        accepted, _ = first.accept()
        accepted.close()
        client.close()
    open_socket("127.0.0.1", where[1], "HTTP_PORT").close()


def test_an_address_of_another_machine_is_told() -> None:
    assert "192.0.2.1:0 is not an address of this machine: change BIND_ADDRESS" in refusal("192.0.2.1", 0)


def test_a_name_that_nobody_knows_is_told() -> None:
    assert refusal("no.such.name.invalid", 1).startswith("BIND_ADDRESS: 'no.such.name.invalid' is not an address")


def test_accepted_connections_are_cut_by_the_kernel_when_the_peer_has_vanished() -> None:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as listening:
        client = socket.create_connection(listening.getsockname(), timeout=1)
        accepted, _ = listening.accept()
        told = (
            accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
        )
        accepted.close()
        client.close()
    assert told == (1, 30_000)


def test_a_bound_socket_is_taken_over() -> None:
    given = free_socket()
    port = given.getsockname()[1]
    with adopt(given) as ours:
        assert (ours.getsockname()[1], given.fileno()) == (port, -1)


def test_the_url_has_the_port_that_was_found() -> None:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as listening:
        assert url_of("http", listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_ipv6_is_written_in_brackets() -> None:
    assert host_and_port("::1", 80) == "[::1]:80"


def queue_length(link: socket.socket) -> int:
    """How many connections may wait, as the kernel has it for a listening socket (tcpi_sacked)."""
    return int.from_bytes(link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)[28:32], "little")


def test_the_queue_of_a_shared_socket_stays_long_though_one_connection_is_taken_a_turn() -> None:
    with adopt(free_socket(), shared=True) as shared:
        shared.listen(accepts_a_turn(shared))
        limit = int(Path("/proc/sys/net/core/somaxconn").read_text())
        assert (accepts_a_turn(shared), queue_length(shared)) == (1, min(BACKLOG, limit))


def test_a_shared_socket_lets_chances_go_by_and_still_takes_every_connection() -> None:
    with adopt(free_socket(), shared=True) as shared:
        shared.listen()
        clients = [socket.create_connection(shared.getsockname(), timeout=1) for _ in range(20)]
        accepted: list[socket.socket] = []
        chances = 0
        while len(accepted) < len(clients):
            chances += 1
            with suppress(BlockingIOError):
                accepted.append(shared.accept()[0])
        for link in (*clients, *accepted):
            link.close()
    assert chances > len(clients)


def knows(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """From now on every name leads to these IPv4 addresses."""
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, **_: [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)) for address in addresses
        ],
    )


def opened_at(port: int) -> list[str]:
    found = open_sockets("gateway.test", port, "HTTP_PORT")
    places = [each.getsockname() for each in found]
    for each in found:
        each.close()
    return [host for host, at in places if at == port]


def test_a_name_with_two_addresses_is_listened_to_at_both(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch, "127.0.0.2", "127.0.0.1")
    assert opened_at(free_port()) == ["127.0.0.2", "127.0.0.1"]


def test_an_address_that_the_system_tells_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch, "127.0.0.1", "127.0.0.1")
    assert opened_at(free_port()) == ["127.0.0.1"]


def test_an_address_of_a_name_that_this_machine_lacks_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    knows(monkeypatch, "192.0.2.1", "127.0.0.1")
    assert opened_at(free_port()) == ["127.0.0.1"]
    assert "gateway.test also means 192.0.2.1, which is not an address of this machine" in caplog.text


def test_a_name_whose_addresses_this_machine_all_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch, "198.51.100.1", "203.0.113.1")
    with pytest.raises(ListenError, match=r"gateway\.test:1 is not an address of this machine: change BIND_ADDRESS"):
        open_sockets("gateway.test", 1, "HTTP_PORT")


def test_one_address_in_use_is_told_by_itself_and_the_others_are_free_again(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    knows(monkeypatch, "127.0.0.2", "127.0.0.1")
    with pytest.raises(ListenError, match=rf"HTTP_PORT: 127\.0\.0\.1:{taken} is in use already"):
        open_sockets("gateway.test", taken, "HTTP_PORT")
    socket.create_server(("127.0.0.2", taken)).close()
