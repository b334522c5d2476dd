"""A process that runs out of file descriptors: more clients than it may have connections (docs/design/failure.md)."""

import asyncio
import os
import re
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.ops.process import OPEN_FILES
from tests.support.desk import Line
from tests.support.gateway import GatewayProcess, gateway_process
from tests.support.site import Site

LIMIT = 64
CLIENTS = 80
WATCHED_S = 2.5
"""Long enough for two lines a second to be told from one."""
STATUS = "/agentgateway/resource/onlineagent/101/agentstatus"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Seen:
    """What happened while CLIENTS idle connections stood in the way of each other."""

    slowest_call_s: float
    cpu_s: float
    lines: list[str]
    recovered_s: float
    files: int


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(crowded(tmp_path_factory.mktemp("crowd")))


async def crowded(folder: Path) -> Seen:
    async with gateway_process(folder, before=("sh", "-c", f'ulimit -n {LIMIT}; exec "$0" "$@"')) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        own = await Line.open(gateway.port)
        await own.ask("GET", STATUS, {"guid": desk.guid})
        said, cpu_s, began_s = gateway.log.read_text(), cpu_of(gateway), time.monotonic()
        others = [await Line.open(gateway.port) for _ in range(CLIENTS)]
        slowest_s = 0.0
        while time.monotonic() - began_s < WATCHED_S:
            asked_s = time.monotonic()
            assert (await own.ask("GET", STATUS, {"guid": desk.guid})).status == 200
            slowest_s = max(slowest_s, time.monotonic() - asked_s)
            await asyncio.sleep(0.05)
        cpu_s, lines = cpu_of(gateway) - cpu_s, gateway.log.read_text().removeprefix(said).splitlines()
        files = files_of(gateway)
        late = await Line.open(gateway.port)
        for other in others:
            await other.close()
        left_s = time.monotonic()
        await late.ask("GET", STATUS, {"guid": desk.guid})
        recovered_s = time.monotonic() - left_s
        await late.close()
        await own.close()
    return Seen(slowest_s, cpu_s, lines, recovered_s, files)


def cpu_of(gateway: GatewayProcess) -> float:
    fields = Path(f"/proc/{gateway.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def files_of(gateway: GatewayProcess) -> int:
    return len(list(Path(f"/proc/{gateway.process.pid}/fd").iterdir()))


def test_a_connected_desktop_is_answered_as_ever(seen: Seen) -> None:
    assert seen.slowest_call_s < 1


def test_there_is_one_log_line_a_second_at_most(seen: Seen) -> None:
    assert 1 <= len(seen.lines) <= WATCHED_S + 1


def test_the_line_says_what_is_short_how_often_and_what_to_do(seen: Seen) -> None:
    told = re.search(
        rf"new connections wait \(tries: \d+\): of the {LIMIT} open files .* raise ulimit -n", seen.lines[-1]
    )
    assert told, seen.lines


def test_the_process_does_not_turn_in_a_loop(seen: Seen) -> None:
    assert seen.cpu_s < WATCHED_S / 5


def test_some_stay_free_for_the_files_and_the_store_of_the_process(seen: Seen) -> None:
    assert seen.files < LIMIT - 4


def test_a_new_client_is_answered_within_2_s_once_the_others_have_left(seen: Seen) -> None:
    assert seen.recovered_s < 2


@pytest.fixture
def low() -> Iterator[int]:
    """The hard limit, while processes that are started here begin with a lower soft one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_process_that_serves_alone_raises_its_soft_limit_to_the_hard_one(low: int, tmp_path: Path) -> None:
    async with gateway_process(tmp_path) as gateway:
        soft, _ = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE)
    assert soft == min(low, OPEN_FILES)


async def test_a_supervisor_and_its_workers_raise_their_soft_limits_to_the_hard_one(low: int, shared: Site) -> None:
    gateway = await shared.start(overrides={"WORKERS": "2"})
    processes = [gateway.process.pid, *gateway.workers()]
    limits = [resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] for pid in processes]
    assert limits == [min(low, OPEN_FILES)] * 3
