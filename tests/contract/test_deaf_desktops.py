"""Desktops that take no new GUID are named before they are refused for it (docs/protocol.md, AUTHMODE)."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from gateway.sessions.survey import ReportQuestion
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.waiting import until_async

INTERVAL = 60_000
GRACE = 1_000
"""Shorter than a hold (here none) and 2 s, after which everybody is named who still calls with the GUID before."""
NAMED = "guid-not-adopted"
WRONG = "00000000-0000-0000-0000-000000000000.AgentGateway0"


@dataclass
class Bench:
    """A gateway whose time the test moves (ms), and a deaf desktop that was handed a new GUID."""

    gateway: Gateway
    desk: Desk
    now: list[int]
    log: pytest.LogCaptureFixture

    @property
    def named(self) -> int:
        """How many lines name a desktop."""
        return sum(NAMED in message for message in self.log.messages)


Start = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Start:
    """Starts one with these settings. The client has acknowledged the answer with the new GUID."""
    caplog.set_level(logging.INFO, "gateway.audit")

    @asynccontextmanager
    async def started(**settings: str) -> AsyncIterator[Bench]:
        now = [1_800_000_000_000]
        given = {"AGENT_POLL_WAIT_FLAG": "OFF", "TIMEOUT_FLAG": "OFF", "GUIDTIMEOUT": str(INTERVAL + GRACE), **settings}
        async with running_gateway(given, clock=lambda: now[0], jobs=False) as gateway:
            desk = gateway.desk(101)
            await desk.sign_in()
            await desk.drain_events()
            desk.adopts = False
            now[0] += INTERVAL
            assert (await desk.poll()).set_guid
            yield Bench(gateway, desk, now, caplog)

    return started


async def noted(bench: Bench) -> None:
    """Waits until the gateway knows that the hand-out has arrived: the grace runs."""

    async def known() -> bool:
        session = (await bench.gateway.app.sessions.store.read(101)).session
        assert session is not None
        return not session.superseded[-1].waiting

    await until_async(known)


async def test_it_is_named_in_the_second_half_of_a_short_grace(start: Start) -> None:
    async with start() as bench:
        await noted(bench)
        bench.now[0] += GRACE // 2
        assert (await bench.desk.poll()).retcode == "0"
        assert bench.named == 1
        report = await bench.gateway.app.survey.report(ReportQuestion())
        assert [line.agent for line in report.agents] == [101]


async def test_one_that_is_silent_meanwhile_is_named_just_before_it_is_refused(start: Start) -> None:
    async with start() as bench:
        await noted(bench)
        bench.now[0] += GRACE
        assert (await bench.desk.status()).retcode == "000-003"
        assert bench.named == 1


async def test_a_hand_out_again_soon_after_the_first_names_nobody(start: Start) -> None:
    async with start() as bench:
        await noted(bench)
        bench.now[0] += GRACE // 2 - 1
        assert (await bench.desk.poll()).set_guid
        assert bench.named == 0


async def test_a_wrong_guid_names_nobody(start: Start) -> None:
    async with start() as bench:
        await noted(bench)
        bench.now[0] += GRACE
        assert (await bench.desk.status(guid=WRONG)).retcode == "000-003"
        assert bench.named == 0


async def test_a_guid_whose_successor_is_in_use_names_nobody_when_it_is_refused(start: Start) -> None:
    async with start() as bench:
        new = (await bench.desk.poll()).set_guid
        assert (await bench.desk.status(guid=new)).retcode == "0"
        bench.now[0] += GRACE
        assert (await bench.desk.status()).retcode == "000-003"
        assert bench.named == 0


async def test_a_second_window_is_named_once_when_it_is_refused(start: Start) -> None:
    async with start() as bench:
        new = (await bench.desk.poll()).set_guid
        assert (await bench.desk.status(guid=new)).retcode == "0"
        bench.now[0] += GRACE
        for _ in range(2):
            assert (await bench.desk.status()).retcode == "000-003"
        assert bench.log.messages.count("guid-left-behind agent=101 client=") == 1
        assert [line.state for line in (await bench.gateway.app.survey.report(ReportQuestion())).agents] == ["divided"]


async def test_a_wrong_guid_is_no_second_window(start: Start) -> None:
    async with start() as bench:
        assert (await bench.desk.status(guid=WRONG)).retcode == "000-003"
        assert not any("guid-left-behind" in message for message in bench.log.messages)


@pytest.mark.parametrize("mode", ["1", "2"])
async def test_in_rehearsal_it_is_handed_a_new_guid_and_named_and_not_refused(start: Start, mode: str) -> None:
    async with start(AUTHMODE=mode, GUIDREHEARSAL="ON") as bench:
        bench.now[0] += INTERVAL
        assert (await bench.desk.poll()).set_guid
        assert (await bench.desk.status()).retcode == "0"
        assert bench.named == 1
