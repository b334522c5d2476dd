"""Timers of the event loop."""

import asyncio
import logging

import pytest

from gateway.contact_centre.scheduler import LoopScheduler
from tests.support.waiting import GENEROUS_S


async def test_an_action_runs_after_its_delay() -> None:
    done = asyncio.Event()

    async def act() -> None:
        done.set()

    LoopScheduler().after(0.001, act)
    async with asyncio.timeout(GENEROUS_S):
        await done.wait()


async def test_a_cancelled_action_and_those_of_a_closed_scheduler_do_not_run() -> None:
    ran: list[str] = []

    async def act() -> None:
        ran.append("ran")

    scheduler = LoopScheduler()
    scheduler.after(0, act).cancel()
    scheduler.after(0, act)
    scheduler.close()
    for _ in range(5):
        await asyncio.sleep(0)
    assert ran == []


async def test_an_action_that_fails_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Event()

    async def fail() -> None:
        raise LookupError

    async def act() -> None:
        done.set()

    scheduler = LoopScheduler()
    with caplog.at_level(logging.ERROR):
        scheduler.after(0, fail)
        scheduler.after(0.001, act)
        async with asyncio.timeout(GENEROUS_S):
            await done.wait()
    assert "timer (contact centre) fails: LookupError" in caplog.text
