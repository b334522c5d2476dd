"""The end of the listeners: running calls finish, idle connections close, what is left is cut.

See docs/design/failure.md.
"""

import asyncio

import pytest

from gateway.wire.http import Request, Response
from tests.unit.listeners.doors import Client, Door, fine, get, opened

LONG_MS = 60_000


class Calls:
    """`/poll` parks until the drain, `/call` until `go`; others answer at once."""

    def __init__(self) -> None:
        self.here = asyncio.Event()
        self.go = asyncio.Event()
        self.cancelled = False

    async def __call__(self, request: Request) -> Response:
        if request.path == "/poll":
            drained = asyncio.Event()
            request.peer.draining.on(drained.set)
            self.here.set()
            await drained.wait()
        if request.path == "/call":
            self.here.set()
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        return Response(request.path.encode())


async def asked(door: Door, calls: Calls, path: str) -> Client:
    client = await door.client()
    await client.send(get(path))
    await calls.here.wait()
    return client


async def test_a_parked_poll_is_told_and_answers_with_connection_close() -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/poll")
        drain = asyncio.create_task(door.listeners.drain(LONG_MS))
        answer = await client.answer()
        await client.close()
        await drain
    assert (answer.body, answer.headers["Connection"]) == (b"/poll", "close")


async def test_a_running_call_finishes() -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/call")
        drain = asyncio.create_task(door.listeners.drain(LONG_MS))
        await asyncio.sleep(0.05)
        still = not drain.done()
        calls.go.set()
        answer = await client.answer()
        await client.close()
        await drain
    assert (still, answer.body) == (True, b"/call")


async def test_a_call_whose_client_has_gone_finishes_too() -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/call")
        client.reset()
        drain = asyncio.create_task(door.listeners.drain(LONG_MS))
        await asyncio.sleep(0.05)
        still = not drain.done()
        calls.go.set()
        await drain
    assert (still, calls.cancelled) == (True, False)


@pytest.mark.parametrize("gone", [False, True])
async def test_a_call_that_runs_longer_than_the_drain_is_cut(gone: bool) -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/call")
        if gone:
            client.reset()
            await asyncio.sleep(0.02)
        await door.listeners.drain(50)
        assert (calls.cancelled, door.listeners.open_connections) == (True, 0)


async def test_an_idle_connection_is_closed_at_once() -> None:
    async with opened(fine) as door:
        client = await door.client()
        await client.send(get())
        await client.answer()
        async with asyncio.timeout(LONG_MS / 1000 / 3):
            await door.listeners.drain(LONG_MS)
        assert await client.rest() == b""


async def test_a_request_that_has_reached_this_host_is_answered() -> None:
    async with opened(fine) as door:
        client = await door.client()
        await client.send(get())
        await client.answer()
        door.listeners.draining.on(lambda: client.writer.write(get()))
        drain = asyncio.create_task(door.listeners.drain(LONG_MS))
        answer = await client.answer()
        await client.close()
        await drain
    assert answer.headers["Connection"] == "close"


async def test_nobody_is_accepted_any_more() -> None:
    async with opened(fine) as door:
        await door.listeners.drain(LONG_MS)
        with pytest.raises(ConnectionRefusedError):
            await door.client()


async def test_a_process_with_a_successor_gives_an_idle_connection_one_more_answer() -> None:
    async with opened(fine) as door:
        client = await door.client()
        await client.send(get())
        await client.answer()
        leaving = asyncio.create_task(door.listeners.step_down(LONG_MS))
        await asyncio.sleep(0.05)
        await client.send(get())
        answer = await client.answer()
        await client.close()
        await leaving
    assert (answer.body, answer.headers["Connection"]) == (b"fine", "close")


async def test_its_parked_polls_are_told_at_once_and_nobody_is_accepted_any_more() -> None:
    calls = Calls()
    async with opened(calls) as door:
        client = await asked(door, calls, "/poll")
        leaving = asyncio.create_task(door.listeners.step_down(LONG_MS))
        answer = await client.answer()
        with pytest.raises(ConnectionRefusedError):
            await door.client()
        await client.close()
        await leaving
    assert answer.body == b"/poll"


async def test_its_clients_that_stay_silent_are_closed_by_the_drain_that_follows() -> None:
    async with opened(fine) as door:
        client = await door.client()
        await client.send(get())
        await client.answer()
        await door.listeners.step_down(100)
        still_open = door.listeners.open_connections
        await door.listeners.drain(LONG_MS)
        assert (still_open, await client.rest()) == (1, b"")
