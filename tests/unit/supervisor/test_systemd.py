"""What systemd passes on and wants to hear."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.listeners.errors import ListenError
from gateway.supervisor import systemd
from gateway.supervisor.systemd import passed_sockets


@pytest.fixture
def two() -> Iterator[tuple[int, tuple[int, int]]]:
    """Two sockets with descriptors next to each other: the first descriptor, and their ports."""
    links = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    first = max(link.fileno() for link in links) + 10
    for place, link in enumerate(links):
        os.dup2(link.fileno(), first + place)
    yield first, (links[0].getsockname()[1], links[1].getsockname()[1])
    for link in links:
        link.close()


def variables(**more: str) -> dict[str, str]:
    return {"LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "https:http", "HOME": "/root", **more}


def test_sockets_come_in_their_order_with_their_names(two: tuple[int, tuple[int, int]]) -> None:
    found = passed_sockets(variables(), 42, two[0])
    told = [(each.name, each.link.getsockname()[1], each.link.get_inheritable()) for each in found]
    for each in found:
        each.link.close()
    assert told == [("https", two[1][0], False), ("http", two[1][1], False)]


@pytest.mark.parametrize(("names", "expected"), [("", ["", ""]), ("http", ["http", ""])])
def test_names_may_be_missing(two: tuple[int, tuple[int, int]], names: str, expected: list[str]) -> None:
    found = passed_sockets(variables(LISTEN_FDNAMES=names), 42, two[0])
    for each in found:
        each.link.close()
    assert [each.name for each in found] == expected


@pytest.mark.parametrize("changed", [{"LISTEN_PID": "43"}, {"LISTEN_PID": ""}, {"LISTEN_FDS": ""}, {"LISTEN_FDS": "x"}])
def test_what_is_meant_for_another_process_is_left_alone(changed: dict[str, str]) -> None:
    assert passed_sockets(variables(**changed), 42) == []


def test_the_variables_are_taken_away_from_children() -> None:
    environ = variables(LISTEN_PID="43")
    passed_sockets(environ, 42)
    assert environ == {"HOME": "/root"}


def test_a_file_that_is_no_socket_is_told() -> None:
    with tempfile.TemporaryFile() as file, pytest.raises(ListenError, match=f"file {file.fileno()} is no socket"):
        passed_sockets(variables(LISTEN_FDS="1"), 42, file.fileno())


@pytest.fixture(params=["path", "abstract"])
def listening(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """A socket of systemd's kind, named in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.settimeout(5)
        link.bind(str(tmp_path / "notify") if request.param == "path" else "")
        address = link.getsockname()
        named = address if isinstance(address, str) else "@" + address[1:].decode()
        monkeypatch.setenv("NOTIFY_SOCKET", named)
        yield link


def heard(link: socket.socket) -> list[str]:
    return link.recv(4096).decode().splitlines()


def test_systemd_hears_that_it_serves_reads_settings_and_stops(listening: socket.socket) -> None:
    systemd.ready("on http://127.0.0.1:8000")
    systemd.reloading()
    systemd.stopping()
    ready, reloading, stopping = (heard(listening) for _ in range(3))
    assert (ready, stopping[0]) == (["READY=1", "STATUS=on http://127.0.0.1:8000"], "STOPPING=1")
    assert (reloading[0], reloading[1].startswith("MONOTONIC_USEC=")) == ("RELOADING=1", True)


def test_where_nobody_listens_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.stopping()


def test_a_listener_that_is_gone_hinders_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "none"))
    systemd.stopping()
    assert "systemd cannot be told" in caplog.text
