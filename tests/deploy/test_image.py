"""The image of config/deploy/Containerfile, built and run by a real engine, where that and the base image are."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.fronts import DEPLOY
from tests.support.gateway import ROOT

pytestmark = pytest.mark.slow
BASE: Final = "docker.io/library/python:3.11-slim"
IMAGE: Final = "localhost/agentgateway-test"
VOLUME: Final = "agentgateway-test-config"
PYTHON: Final = "/opt/agentgateway/bin/python"
PASSWORD: Final = "Harbour-Light4"
READY_S: Final = 60
DESK: Final = """
import http.client, sys
link = http.client.HTTPConnection("127.0.0.1", 8000)
def ask(method, path, body=None, **headers):
    link.request(method, "/agentgateway/resource" + path, body, headers)
    answer = link.getresponse()
    print(answer.read().decode(), flush=True)
    return answer.headers
guid = ask("PUT", "/onlineagent/7001", '{"password":"%s","phonenum":"1"}' % sys.argv[1])["Guid"]
while True:
    print("polls", flush=True)
    ask("GET", "/agentevent/7001", guid=guid)
"""


def podman(*words: str, given: str = "") -> str:
    """What it says. Raises CalledProcessError."""
    return subprocess.run(["podman", *words], input=given, capture_output=True, text=True, check=True).stdout


def succeeds(*words: str) -> bool:
    return subprocess.run(["podman", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    if shutil.which("podman") is None:
        pytest.skip("no podman on this machine")
    if not succeeds("image", "exists", BASE):
        pytest.skip(f"podman has no image {BASE}: pull it first")
    file = str(DEPLOY / "Containerfile")
    subprocess.run([str(ROOT / "scripts/wheel")], check=True)
    podman("build", "--format=docker", "--pull=never", "--layers=false", "-f", file, "-t", IMAGE, str(ROOT))
    yield IMAGE
    podman("rmi", "--force", IMAGE)


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[str]:
    """Its own network, nothing writable but its volumes, and its health is asked by the tests alone.

    In the volume, the image's defaults and an agent who is none for trying out.
    """
    volume = f"--volume={VOLUME}:/srv/agentgateway/config"
    add = ("agents", "add", "--password-stdin", "7001")
    podman("run", "--rm", "--interactive", "--network=none", volume, image, *add, given=PASSWORD)
    options = ("--network=none", "--read-only", "--read-only-tmpfs=false", "--health-interval=disable", volume)
    name = podman("run", "--detach", "--stop-timeout=15", *options, image).strip()
    try:
        until = time.monotonic() + READY_S
        while "ready " not in podman("logs", name):
            assert time.monotonic() < until, "not ready"
            time.sleep(0.2)
        yield name
    finally:
        podman("rm", "--force", "--volumes", name)
        podman("volume", "rm", VOLUME)


def test_it_runs_as_its_own_user_and_group_without_rights_of_root(container: str) -> None:
    status = podman("exec", container, "cat", "/proc/1/status").splitlines()
    said = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert [said[key].split() for key in ("Uid", "Gid")] == [["10001"] * 4] * 2
    assert int(said["CapEff"], 16) == 0


def test_it_owns_its_volumes_and_none_of_its_code(container: str) -> None:
    owned = podman("exec", container, "find", "/opt/agentgateway", "/srv/agentgateway", "-user", "10001")
    assert {line.split("/")[3] for line in owned.splitlines()} == {"config", "var"}


def test_nothing_that_installs_or_compiles_came_along(container: str) -> None:
    assert not succeeds("exec", container, PYTHON, "-c", "import pip")
    assert not succeeds("exec", container, "sh", "-c", "command -v cc || command -v gcc || test -e /src")


def test_its_health_check_finds_it_alive(container: str) -> None:
    assert succeeds("healthcheck", "run", container)


def test_it_answers_polls_and_ends_by_itself_when_it_is_stopped(container: str) -> None:
    """Last: it stops the container."""
    with subprocess.Popen(
        ["podman", "exec", container, PYTHON, "-c", DESK, PASSWORD], stdout=subprocess.PIPE, text=True
    ) as desk:
        assert desk.stdout is not None
        signed_in = json.loads(desk.stdout.readline())
        while desk.stdout.readline() != '{"message":"","retcode":"0"}\n':
            assert desk.poll() is None
        assert desk.stdout.readline() == "polls\n"
        podman("stop", container)
        assert desk.stdout.readline() == '{"message":"","retcode":"0"}\n'
    assert signed_in["retcode"] == "0"
    assert podman("inspect", "--format={{.State.ExitCode}}", container).strip() == "0"
