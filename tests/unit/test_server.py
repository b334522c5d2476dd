"""One process from start to drain."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gateway import server
from gateway.app import App
from gateway.ops import jobs, metrics
from gateway.server import Running
from gateway.sessions.store import CannotServeError
from gateway.settings.load import load
from gateway.settings.reload import LiveSettings
from gateway.wire.http import Request, Response
from tests.support.gateway import CONFIG
from tests.support.servers import free_port
from tests.support.waiting import until
from tests.unit.listeners.doors import Door, fine, get, opened

LONG_MS, LATEST_S = 120_000, 60


def refuses(door: Door) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", door.port)) == errno.ECONNREFUSED


async def test_a_process_with_a_successor_accepts_no_agent_while_an_operator_still_waits_for_an_answer() -> None:
    here, go = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        here.set()
        await go.wait()
        return Response(b"slow")

    live = LiveSettings(load(CONFIG, {"DRAIN_TIME": str(LONG_MS)}))
    async with opened(fine) as agents, opened(slow) as admin:
        operator = await admin.client()
        await operator.send(get())
        await here.wait()
        leaving = asyncio.create_task(Running(live, agents.listeners, admin.listeners).step_down())
        await until(lambda: refuses(agents), LATEST_S)
        still = not leaving.done()
        go.set()
        answer = await operator.answer()
        await operator.close()
        await leaving
    assert (still, answer.body) == (True, b"slow")


async def test_a_process_without_an_admin_listener_keeps_its_numbers_for_the_page_of_another_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_reads", [])
    metrics.TASKS.set(0)
    ports = {"HTTP_PORT": str(free_port()), "HTTPS_PORT": "0", "VAR_DIR": str(tmp_path)}
    async with server.running(load(CONFIG, ports)) as running:
        metrics.refresh()
        told = metrics.REGISTRY.get_sample_value("agentgateway_event_loop_tasks")
    assert running.admin is None
    assert told is not None
    assert told > 0


async def test_work_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FIRST_REST_S", 0)
    tries = 0

    async def fails_twice() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise KeyError

    async with opened(fine) as door, server._jobs(doing(fails_twice), door.listeners):
        await until(lambda: tries == 3)


async def test_work_that_finds_that_it_must_not_serve_ends_the_process() -> None:
    async def refuses() -> None:
        raise CannotServeError("another number of shards")

    async with opened(fine) as door:
        with pytest.raises(CannotServeError, match="another number"):
            async with server._jobs(doing(refuses), door.listeners):
                await asyncio.get_running_loop().create_future()


def doing(work: Callable[[], Awaitable[None]]) -> App:
    """An application whose only periodic work this is."""
    return cast(App, SimpleNamespace(jobs=lambda: {"test": work}))
