"""Workers on the same sockets share the load, return after a crash and end with their supervisor.

See docs/design/failure.md.
"""

import asyncio
import os
import signal
import socket

import pytest

from tests.faults.conftest import parked_poll, refuses
from tests.support.desk import Line, read_answer
from tests.support.gateway import GatewayProcess
from tests.support.servers import free_port
from tests.support.site import Site
from tests.support.steady import steady
from tests.support.waiting import until, until_async
from tests.support.workers import connections_of, runs

EMPTY = b'{"message":"","retcode":"0"}'
FRESH = 200
FAIR_SHARE = 0.05
"""On a busy machine one of them may wait for its turn while the other accepts."""
LATEST_S = 60
"""What comes within a second or two comes by then on a machine that does much else."""
AGENTS = range(101, 105)


@pytest.fixture
async def two_workers(shared: Site) -> GatewayProcess:
    """A gateway with two workers, which hold a poll for 2 s."""
    shared.edit(AGENT_POLL_WAIT_TIMES="20")
    return await shared.start(overrides={"WORKERS": "2"})


async def fresh_connections_spread_over_the_workers(node: GatewayProcess) -> None:
    lines = [await Line.open(node.port) for _ in range(FRESH // 2)]
    lines += await asyncio.gather(*(Line.open(node.port) for _ in range(FRESH // 2)))
    held: list[int] = []

    def all_accepted() -> bool:
        held[:] = [connections_of(pid, node.port) for pid in node.workers()]
        return sum(held) == FRESH

    await until(all_accepted, LATEST_S)
    for line in lines:
        await line.close()
    assert min(held) >= FRESH * FAIR_SHARE, held


async def a_killed_worker_is_back_and_its_agents_stay_signed_in_and_go_on(node: GatewayProcess) -> None:
    before = node.workers()
    async with steady([node.desk(agent_id) for agent_id in AGENTS]) as desks:
        await until(lambda: all(desk.made for desk in desks), LATEST_S)
        killed = next(iter(before))
        os.kill(killed, signal.SIGKILL)
        await until(lambda: len(node.workers()) == len(before) and killed not in node.workers(), LATEST_S)
        polled = [desk.polls for desk in desks]
        await until(lambda: all(desk.polls > polls for desk, polls in zip(desks, polled, strict=True)), LATEST_S)
    assert [desk.refusals for desk in desks] == [[] for _ in desks]
    assert sorted(node.workers().values()) == [0, 1]
    told = f"worker {before[killed]} (process {killed}) was killed by SIGKILL: it comes back at once"
    await node.said(told)
    assert await node.end() == 0


async def test_two_workers_share_the_load_and_one_that_dies_is_back(
    two_workers: GatewayProcess, subtests: pytest.Subtests
) -> None:
    """They take long to start, so that both claims are looked at in one go."""
    for claim in (
        fresh_connections_spread_over_the_workers,
        a_killed_worker_is_back_and_its_agents_stay_signed_in_and_go_on,
    ):
        with subtests.test(claim.__name__):
            await claim(two_workers)


@pytest.mark.slow
async def test_sigterm_answers_the_parked_polls_of_all_workers_and_ends_them(two_workers: GatewayProcess) -> None:
    node = two_workers
    polls = [await parked_poll(node, agent_id) for agent_id in AGENTS]
    workers = node.workers()
    node.send(signal.SIGTERM)
    for poll in polls:
        async with asyncio.timeout(LATEST_S):
            assert (await read_answer(poll.reader)).body == EMPTY
        await poll.close()
    async with asyncio.timeout(LATEST_S):
        code = await node.process.wait()
    assert (code, [pid for pid in workers if runs(pid)]) == (0, [])


@pytest.mark.slow
async def test_workers_whose_supervisor_was_killed_drain_and_leave_the_port_free(two_workers: GatewayProcess) -> None:
    node = two_workers
    polls = [await parked_poll(node, agent_id) for agent_id in AGENTS]
    workers = node.workers()
    node.send(signal.SIGKILL)
    for poll in polls:
        async with asyncio.timeout(LATEST_S):
            assert (await read_answer(poll.reader)).body == EMPTY
        await poll.close()
    await until_async(lambda: refuses(node.port), LATEST_S)
    await until(lambda: not any(map(runs, workers)), LATEST_S)
    assert node.process.stdout is not None
    await node.process.stdout.read()  # Its end, which the workers had open too.


async def test_a_port_in_use_is_told_once_and_ends_a_gateway_with_workers(shared: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = await shared.serve_to_the_end(WORKERS="2", HTTP_PORT=str(port))
    assert (code, said.count(f"HTTP_PORT: 127.0.0.1:{port} is in use already")) == (1, 1), said


@pytest.mark.slow
async def test_what_a_worker_cannot_serve_with_is_told_once_and_ends_the_gateway(shared: Site) -> None:
    shared.secret.write_text("k1 short", "ascii")
    code, said = await shared.serve_to_the_end(WORKERS="2", HTTP_PORT=str(free_port()))
    assert (code, said.count("GUID_SECRET_FILE")) == (2, 1), said
