"""The sockets of a node with workers."""

import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from gateway.listeners.errors import ListenError
from gateway.settings.schema import Settings
from gateway.supervisor.node_sockets import NodeSockets, open_node_sockets, without_closed_ports
from tests.support.servers import free_port


def free_row(count: int) -> int:
    """The first of so many ports in a row that nobody has now."""
    while True:
        first = free_port()
        with ExitStack() as probes, suppress(OSError):
            for port in range(first, first + count):
                probes.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


def ports(sockets: NodeSockets) -> tuple[list[int], dict[int, int]]:
    links = [link for link in (sockets.http, sockets.https) if link is not None]
    return [link.getsockname()[1] for link in links], {
        number: link.getsockname()[1] for number, link in sockets.admin.items()
    }


def test_every_worker_has_an_admin_port_of_its_own_and_shares_the_others(tmp_path: Path) -> None:
    http, https, admin = free_port(), free_port(), free_row(3)
    sockets = open_node_sockets(
        Settings(http_port=http, https_port=https, admin_port=admin, var_dir=tmp_path), NodeSockets(), workers=3
    )
    found = ports(sockets)
    sockets.close()
    assert found == ([http, https], {0: admin, 1: admin + 1, 2: admin + 2})


def test_workers_that_are_no_more_need_no_admin_port() -> None:
    admin = free_row(2)
    sockets = open_node_sockets(Settings(http_port=0, https_port=0, admin_port=admin), NodeSockets(), workers=2)
    left = sockets.without_admin(1)
    socket.create_server(("127.0.0.1", admin + 1)).close()
    left.close()
    assert list(left.admin) == [0]


def test_ports_end_with_the_last_one() -> None:
    sockets = NodeSockets(admin={0: socket.create_server(("127.0.0.1", 0))})
    with pytest.raises(ListenError, match="ADMIN_PORT: 65536 is above 65535"):
        open_node_sockets(Settings(http_port=0, https_port=0, admin_port=65535), sockets, workers=2)
    sockets.close()


def test_a_given_socket_is_used_in_place_of_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        sockets = open_node_sockets(Settings(http_port=1, https_port=0), NodeSockets(http=given), workers=2)
        assert sockets.urls == [f"http://127.0.0.1:{given.getsockname()[1]}"]


def test_the_development_certificate_is_there_before_any_worker(tmp_path: Path) -> None:
    open_node_sockets(Settings(http_port=0, https_port=free_port(), var_dir=tmp_path), NodeSockets(), workers=2).close()
    assert (tmp_path / "tls" / "cert.pem").exists()


def test_a_port_in_use_is_told_and_leaves_nothing_open() -> None:
    http, admin = free_port(), free_row(2)
    with (
        socket.create_server(("127.0.0.1", admin + 1)),
        pytest.raises(ListenError, match=f"ADMIN_PORT: 127.0.0.1:{admin + 1} is in use"),
    ):
        open_node_sockets(Settings(http_port=http, https_port=0, admin_port=admin), NodeSockets(), workers=2)
    socket.create_server(("127.0.0.1", http)).close()


def test_a_worker_opens_nothing_that_it_was_not_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as http:
        settings = without_closed_ports(Settings(admin_port=9000), NodeSockets(http, None, {0: http}), 1)
    assert (settings.http_port, settings.https_port, settings.admin_port) == (8000, 0, 0)


def test_all_addresses_of_a_name_are_for_every_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 0))
        for address in ("127.0.0.1", "127.0.0.2")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: known)
    sockets = open_node_sockets(Settings(bind_address="gateway.test", https_port=0), NodeSockets(), workers=2)
    hosts = [link.getsockname()[0] for _, link in sockets.agents]
    sockets.close()
    assert hosts == ["127.0.0.1", "127.0.0.2"]
