"""A drain that can be taken back: clients are accepted, and led to come again elsewhere."""

import pytest

from gateway.listeners import serve
from tests.contract.test_listeners_drain import Calls, asked
from tests.unit.listeners.doors import fine, get, opened


async def test_the_answer_under_way_is_the_last_one_of_its_connection() -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/call")
        door.listeners.shed(True)
        calls.go.set()
        answer = await client.answer()
        await client.close()
    assert (answer.body, answer.headers["Connection"]) == (b"/call", "close")


async def test_new_clients_get_one_answer_each() -> None:
    async with opened(fine) as door:
        door.listeners.shed(True)
        client = await door.client()
        await client.send(get("/"))
        answer = await client.answer()
        await client.close()
    assert (answer.status, answer.headers["Connection"]) == (200, "close")


async def test_a_connection_that_stays_idle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "SHED_IDLE_S", 0.05)
    async with opened(fine) as door:
        client = await door.client()
        await client.send(get("/"))
        await client.answer()
        door.listeners.shed(True)
        ended = await client.reader.read()
        await client.close()
    assert ended == b""


async def test_taken_back_connections_stay_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "SHED_IDLE_S", 0.05)
    async with opened(fine) as door, opened(fine) as another:
        client, neighbour = await door.client(), await another.client()
        for each in (client, neighbour):
            await each.send(get("/"))
            await each.answer()
        door.listeners.shed(True)
        door.listeners.shed(False)
        another.listeners.shed(True)
        assert await neighbour.rest() == b""  # Of ours the time is over too.
        await client.send(get("/"))
        answer = await client.answer()
        await client.close()
    assert "Connection" not in answer.headers
