"""Which socket of systemd is for what."""

import socket
from collections.abc import Callable, Iterator

import pytest

from gateway.listeners.errors import ListenError
from gateway.settings.schema import Settings
from gateway.supervisor.systemd import PassedSocket, assign_sockets

Listening = Callable[..., socket.socket]


@pytest.fixture
def listening() -> Iterator[Listening]:
    made: list[socket.socket] = []

    def make(host: str = "127.0.0.1") -> socket.socket:
        made.append(socket.create_server((host, 0)))
        return made[-1]

    yield make
    for link in made:
        link.close()


def port(link: socket.socket) -> int:
    found: int = link.getsockname()[1]
    return found


def refusal(passed: list[PassedSocket], settings: Settings, workers: int = 1) -> str:
    with pytest.raises(ListenError) as caught:
        assign_sockets(passed, settings, workers)
    return str(caught.value)


def test_a_name_says_what_a_socket_is_for_whatever_its_port(listening: Listening) -> None:
    http, https, admin = listening(), listening(), listening()
    sockets = assign_sockets(
        [PassedSocket("admin", admin), PassedSocket("https", https), PassedSocket("http", http)],
        Settings(admin_port=9000),
        workers=1,
    )
    assert (sockets.http, sockets.https, sockets.admin) == (http, https, {0: admin})


@pytest.mark.parametrize("name", ["", "agentgateway.socket", "unknown"])
def test_another_name_leaves_it_to_the_port(listening: Listening, name: str) -> None:
    http, https, admin = listening(), listening(), listening()
    settings = Settings(http_port=port(http), https_port=port(https), admin_port=port(admin))
    sockets = assign_sockets([PassedSocket(name, link) for link in (admin, https, http)], settings, workers=1)
    assert (sockets.http, sockets.https, sockets.admin) == (http, https, {0: admin})


def test_admin_sockets_belong_to_the_workers_in_their_order(listening: Listening) -> None:
    first, second = listening(), listening()
    sockets = assign_sockets(
        [PassedSocket("admin", first), PassedSocket("admin", second)], Settings(admin_port=9000), workers=4
    )
    assert sockets.admin == {0: first, 1: second}


def test_an_admin_socket_without_a_name_belongs_to_the_worker_of_its_port(listening: Listening) -> None:
    link = listening()
    sockets = assign_sockets([PassedSocket("", link)], Settings(admin_port=port(link) - 2), workers=4)
    assert sockets.admin == {2: link}


def test_without_sockets_every_port_is_still_to_be_opened() -> None:
    sockets = assign_sockets([], Settings(), workers=1)
    assert (sockets.http, sockets.https, sockets.admin) == (None, None, {})


def test_one_that_fits_nothing_is_named_with_what_there_is(listening: Listening) -> None:
    link = listening()
    said = refusal([PassedSocket("web", link)], Settings())
    assert said.startswith(f"systemd's sockets: the socket 'web' on 127.0.0.1:{port(link)} fits nothing")
    assert "HTTP_PORT 8000, HTTPS_PORT 8043, ADMIN_PORT 0" in said


def test_one_for_what_is_off_is_refused(listening: Listening) -> None:
    assert "is for HTTPS_PORT, which is 0" in refusal([PassedSocket("https", listening())], Settings(https_port=0))


def test_a_second_one_for_the_same_is_refused(listening: Listening) -> None:
    said = refusal([PassedSocket("http", listening()), PassedSocket("http", listening())], Settings())
    assert "is a second one for HTTP_PORT" in said


def test_more_admin_sockets_than_workers_are_refused(listening: Listening) -> None:
    said = refusal([PassedSocket("admin", listening()), PassedSocket("admin", listening())], Settings(admin_port=9000))
    assert "is one more for ADMIN_PORT than there are workers" in said


def test_one_that_other_machines_reach_is_refused_while_bind_address_is_loopback(listening: Listening) -> None:
    said = refusal([PassedSocket("http", listening("0.0.0.0"))], Settings())
    assert said.startswith("BIND_ADDRESS: is 127.0.0.1, but the socket 'http' on 0.0.0.0:")


def test_one_that_other_machines_reach_is_taken_where_bind_address_says_so(listening: Listening) -> None:
    link = listening("0.0.0.0")
    assert assign_sockets([PassedSocket("http", link)], Settings(bind_address="0.0.0.0"), workers=1).http is link


def test_an_admin_socket_must_be_on_loopback(listening: Listening) -> None:
    said = refusal([PassedSocket("admin", listening("0.0.0.0"))], Settings(bind_address="0.0.0.0", admin_port=9000))
    assert "must listen on 127.0.0.1" in said


def test_one_that_does_not_listen_is_refused() -> None:
    with socket.socket() as link:
        assert "does not listen on a TCP port: use ListenStream" in refusal([PassedSocket("http", link)], Settings())


def test_one_that_is_no_network_socket_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as link:
        assert "does not listen on a TCP port" in refusal([PassedSocket("http", link)], Settings())
