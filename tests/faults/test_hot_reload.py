"""The settings file changes under agents that stay signed in.

See docs/protocol.md, AUTHMODE; docs/running.md, Settings.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.support.desk import Desk, ask_once
from tests.support.gateway import Gateway, GatewayProcess, running_gateway
from tests.support.site import Site
from tests.support.waiting import lost_time, until, until_async

WITHIN_S = 2.0
SLACK_S = 2.0
"""For machines that are busy with other tests."""
NO_WAIT = {"AGENT_POLL_WAIT_FLAG": "OFF"}
STATIC = {"AUTHMODE": "1", "GUIDINTERVAL": "1000", "GUIDTIMEOUT": "60000", **NO_WAIT}
RARE = {"AUTHMODE": "2", "GUIDINTERVAL": "3000000", "GUIDTIMEOUT": "3600000", **NO_WAIT}
Aged = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Desk]]


async def age(node: Gateway | GatewayProcess) -> Desk:
    """A desk with a GUID older than 1 s and no events; it ignores new ones."""
    desk = node.desk(101)
    began_s = time.monotonic()
    assert (await desk.sign_in()).retcode == "0"
    desk.adopts = False
    await desk.drain_events()
    await until(lambda: time.monotonic() - began_s > 1.1)
    return desk


@pytest.fixture
def aged(alone: Site) -> Aged:
    """Such a desk on a gateway that began with these settings in its file."""

    @asynccontextmanager
    async def made(settings: Mapping[str, str]) -> AsyncIterator[Desk]:
        alone.edit(**settings)
        async with running_gateway(config=alone.config) as gateway:
            yield await age(gateway)

    return made


async def rotates(desk: Desk) -> bool:
    return bool((await desk.poll()).set_guid)


async def readiness(port: int) -> tuple[int, str]:
    answer = await ask_once(port, "GET", "/gateway/ready")
    return answer.status, answer.json["settings"]


async def refused(port: int) -> None:
    """Waits until the page tells so."""

    async def told() -> bool:
        status, word = await readiness(port)
        return status == 200 and "refused" in word

    await until_async(told)


async def seconds_until(holds: Callable[[], Awaitable[bool]]) -> float:
    """Without those that this process did not get."""
    async with lost_time() as lost:
        began_s = time.monotonic()
        await until_async(holds)
        return time.monotonic() - began_s - lost.s


async def test_a_changed_authmode_counts_within_2_s_of_an_edit(alone: Site, aged: Aged) -> None:
    async with aged(STATIC) as desk:
        assert not await rotates(desk)
        alone.edit(AUTHMODE="2")
        assert await seconds_until(lambda: rotates(desk)) < WITHIN_S + SLACK_S


async def test_a_changed_guidinterval_counts_within_2_s_of_a_replacement_by_renaming(alone: Site, aged: Aged) -> None:
    async with aged(RARE) as desk:
        assert not await rotates(desk)
        alone.swap(GUIDINTERVAL="1000")
        assert await seconds_until(lambda: rotates(desk)) < WITHIN_S + SLACK_S


async def test_a_wrong_file_is_refused_whole_and_shows_until_it_is_right_again(
    alone: Site, aged: Aged, caplog: pytest.LogCaptureFixture
) -> None:
    async with aged(RARE) as desk:
        alone.edit(GUIDINTERVAL="1000", MAXTIME="soon")
        await refused(desk.port)
        assert "MAXTIME = soon: must be a whole number" in caplog.text
        assert not await rotates(desk)
        alone.edit(MAXTIME="120000")
        await until_async(lambda: rotates(desk))
        assert await readiness(desk.port) == (200, "ok")


async def test_nobody_is_signed_out_when_authmode_changes_to_and_fro(alone: Site, aged: Aged) -> None:
    async with aged(STATIC) as desk:
        desk.adopts = True
        for mode in ("2", "1"):
            alone.edit(AUTHMODE=mode)
            until_s = time.monotonic() + 1.2
            while time.monotonic() < until_s:
                assert (await desk.poll()).retcode == "0"


async def test_who_polls_is_not_silent_though_maxtime_becomes_shorter_than_the_poll_is_held(
    alone: Site, aged: Aged
) -> None:
    hold = {"AUTHMODE": "1", "AGENT_POLL_WAIT_FLAG": "ON", "AGENT_POLL_WAIT_TIMES": "45"}
    async with aged(NO_WAIT) as desk:
        alone.edit(**hold)
        await until_async(lambda: is_held(desk))
        parked = asyncio.create_task(desk.poll())
        alone.edit(MAXTIME="1000")
        assert [(await poll).retcode for poll in (parked, desk.poll(), desk.status())] == ["0"] * 3


async def is_held(desk: Desk) -> bool:
    """Whether a poll now waits for events."""
    return await seconds_until(lambda: polled(desk)) > WITHIN_S


async def test_sighup_takes_over_a_file_that_looks_half_written(alone: Site) -> None:
    alone.edit(**STATIC)
    node = await alone.start()
    desk = await age(node)
    alone.config.write_text(alone.text(AUTHMODE="2").removesuffix("\n").replace("GUIDTIMEOUT = 60000\n", ""), "utf-8")
    await refused(node.port)
    await until(lambda: "taken as half-written" in node.log.read_text())
    assert not await rotates(desk)
    node.send(signal.SIGHUP)
    assert await seconds_until(lambda: rotates(desk)) < WITHIN_S + SLACK_S
    assert await readiness(node.port) == (200, "ok")


async def test_what_the_command_line_sets_wins_over_the_changed_file(alone: Site) -> None:
    """A poll that answers at once shows that the change is in force."""
    alone.edit(**{**STATIC, "AGENT_POLL_WAIT_FLAG": "ON", "AGENT_POLL_WAIT_TIMES": "5"})
    desk = await age(await alone.start(overrides={"AUTHMODE": "1"}))
    alone.edit(AUTHMODE="2", AGENT_POLL_WAIT_FLAG="OFF")

    async def in_force() -> bool:
        return await seconds_until(lambda: polled(desk)) < 0.25

    await until_async(in_force)
    assert not await rotates(desk)


async def polled(desk: Desk) -> bool:
    return (await desk.poll()).retcode == "0"
