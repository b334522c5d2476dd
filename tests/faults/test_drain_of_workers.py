"""A drain means the whole node: all its workers, those too that come back, and no other node."""

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.sessions.guid import new_secret_line
from tests.support.admin import TOKEN, Operator, token_file
from tests.support.desk import ask_once
from tests.support.gateway import GatewayProcess, gateway_process
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, free_port
from tests.support.waiting import until, until_async

ASKS = 12
"""New connections, among which each worker gets some."""


@dataclass(frozen=True)
class Node:
    """A node with two workers, and the operator of each."""

    gateway: GatewayProcess
    operators: list[Operator]

    async def told(self) -> Any:
        return (await self.operators[0].get("/drain")).json

    async def drains(self) -> bool:
        return bool((await self.told())["draining"])

    async def ready(self) -> set[int]:
        return {(await ask_once(self.gateway.port, "GET", "/gateway/ready")).status for _ in range(ASKS)}


@pytest.fixture
async def node(server: Server, tmp_path: Path) -> AsyncIterator[Node]:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"))
    port = free_port()
    overrides = {
        "WORKERS": "2",
        "REDIS_URL": server.url,
        "STORE_TAG": f"drain-{port}",
        "GUID_SECRET_FILE": str(secret),
        "ADMIN_PORT": str(port),
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
    }
    async with centre_here() as centre, gateway_process(tmp_path, {**overrides, **before(centre)}) as gateway:
        yield Node(gateway, [Operator(port, TOKEN), Operator(port + 1, TOKEN)])


async def test_a_drain_asked_of_one_worker_is_one_of_all_and_so_is_its_end(node: Node) -> None:
    desk = node.gateway.desk(101)
    await desk.sign_in()
    await node.operators[1].post("/drain")
    await until_async(node.drains)
    assert [len(each["workers"]) for each in (await node.told())["nodes"]] == [2]
    assert await node.ready() == {503}
    assert {(await node.gateway.desk(102).sign_in()).status for _ in range(ASKS)} == {503}
    assert {(await desk.status()).retcode for _ in range(ASKS)} == {"0"}
    await node.operators[0].post("/undrain")
    await until_async(lambda: serves(node))
    assert await node.ready() == {200}


async def serves(node: Node) -> bool:
    return not any(worker["draining"] for each in (await node.told())["nodes"] for worker in each["workers"])


async def test_a_worker_that_comes_back_drains_too(node: Node) -> None:
    await node.operators[0].post("/drain")
    await until_async(node.drains)
    victim = next(pid for pid, number in node.gateway.workers().items() if number == 1)
    os.kill(victim, signal.SIGKILL)
    await until(lambda: victim not in node.gateway.workers() and len(node.gateway.workers()) == 2)

    async def came_back() -> bool:
        workers = [worker for each in (await node.told())["nodes"] for worker in each["workers"]]
        return {worker["worker"] for worker in workers if worker["draining"] and worker["pid"] != victim} == {0, 1}

    await until_async(came_back)
    await until_async(lambda: is_red(node))


async def is_red(node: Node) -> bool:
    return await node.ready() == {503}


async def test_a_reload_asked_of_one_worker_is_one_of_all(node: Node) -> None:
    said = await node.operators[0].post("/settings/reload")
    assert (said.status, said.json["result"]) == (200, "unchanged")
    assert [(await operator.get("/store")).json["reachable"] for operator in node.operators] == [True, True]
