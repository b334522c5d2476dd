"""The units of config/deploy/systemd under a systemd that has booted, with all that they say.

See docs/design/failure.md.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.machine import Machine, machine, why_not

pytestmark = pytest.mark.slow

LATEST_S = 120
URLS = "on http://127.0.0.1:8000 https://127.0.0.1:8043"
GIVEN_UP_AFTER = 6
"""Starts within 10 s after which systemd gives up by default."""
ASKING = """
import signal, socket
enough = []
signal.signal(signal.SIGTERM, lambda *_: enough.append(1))
print("asking", flush=True)
while not enough:
    with socket.create_connection(("127.0.0.1", 8000)) as link:
        link.sendall(b"GET /gateway/live HTTP/1.1\\r\\nHost: gateway\\r\\nConnection: close\\r\\n\\r\\n")
        answer = b"".join(iter(lambda: link.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200"), answer
"""


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with machine(tmp_path_factory.mktemp("machine")) as made:
        if made is None:
            pytest.skip("this machine does not let systemd be process 1 of a namespace")
        yield made


@pytest.fixture
def served(booted: Machine) -> Machine:
    """A machine whose gateway is ready."""
    assert booted.ctl("restart", "agentgateway") == 0, booted.log
    return booted


class Asking:
    """A client that asks again and again, each time on a connection of its own."""

    def __init__(self, there: Machine) -> None:
        self._process = there.ask(ASKING)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "asking\n"

    def end(self) -> int:
        """Ends it; its exit code, 0 where all was answered."""
        self._process.terminate()
        code = self._process.wait(LATEST_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


def until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LATEST_S
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def another(there: Machine, process: str) -> str:
    """The main process, once it is another than this one."""
    until(lambda: there.show("MainPID") not in ("0", process))
    return there.show("MainPID")


def test_the_service_is_ready_as_its_own_user(served: Machine) -> None:
    assert (served.show("ActiveState"), served.show("StatusText")) == ("active", URLS)
    user = served.run("stat", "--format=%U", f"/proc/{served.show('MainPID')}").stdout
    assert user == "agentgateway\n"


def test_a_reload_reads_the_settings_and_keeps_the_process(served: Machine) -> None:
    former = served.show("MainPID")
    text = served.config.read_text("utf-8")
    served.config.write_text(text.replace("AUTHMODE = 2", "AUTHMODE = 1"), "utf-8")
    assert served.ctl("reload", "agentgateway") == 0
    until(lambda: "AUTHMODE: 2 -> 1" in served.log)
    served.config.write_text(text, "utf-8")
    assert (served.show("MainPID"), served.show("StatusText")) == (former, URLS)


def test_a_restart_refuses_nobody(served: Machine) -> None:
    asking = Asking(served)
    assert served.ctl("restart", "agentgateway") == 0
    assert asking.end() == 0


def test_a_service_that_crashes_often_comes_back_and_its_sockets_stay(served: Machine) -> None:
    process = served.show("MainPID")
    for _ in range(GIVEN_UP_AFTER):
        assert served.ctl("kill", "--signal=KILL", "agentgateway") == 0
        process = another(served, process)
    until(lambda: served.show("ActiveState") == "active")
    assert served.show("ActiveState", "agentgateway.socket") == "active"


def test_with_wrong_settings_the_sockets_stay_until_they_are_right(served: Machine) -> None:
    text = served.config.read_text("utf-8")
    served.config.write_text(f"{text}GUIDTIMEOUT = 1\n", "utf-8")
    assert served.ctl("restart", "agentgateway") != 0
    states = served.show("SubState"), served.show("ActiveState", "agentgateway.socket")
    served.config.write_text(text, "utf-8")
    until(lambda: served.show("ActiveState") == "active")
    assert states == ("auto-restart", "active")
