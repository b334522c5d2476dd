"""Floods of requests from somebody without rights, at a gateway of its own process, measured on the wire."""

import asyncio
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.contact_centre.operations.onlineagent.notes import NOTES
from tests.security.conftest import Measured
from tests.support.desk import PREFIX, Desk, Line
from tests.support.gateway import ROOT, GatewayProcess, gateway_process
from tests.support.quick_agents import AGENTS

BUSY = 10
"""Times as long as without guessers: more than 1 s where the machine has so much else to do."""
DEAR = {"AGENTS_FILE": str(AGENTS)}
"""Passwords that cost what they cost at a site."""
GUESSERS = 40
SPELLS = 8
SPELL_S = 1.5
RIGHT = 15
PATHS = 17_000
PATH_BYTES = 7_000
NOTE_FLOOD = 1_100
REFUSALS = 300
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
ELSEWHERE = "127.0.1.1"


def memory_mib(gateway: GatewayProcess) -> float:
    pages = int(Path(f"/proc/{gateway.process.pid}/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1_048_576


@asynccontextmanager
async def flood(port: int) -> AsyncIterator[None]:
    """Guessers in a process of their own, each with passwords of agents that do not exist, one after the other."""
    guessing = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "tests.security.guessers", str(port), str(GUESSERS), ELSEWHERE, cwd=ROOT
    )
    try:
        yield
    finally:
        guessing.kill()
        await guessing.wait()


async def sign_ins(gateway: GatewayProcess) -> list[float]:
    """How long right ones take, s."""
    took = []
    for number in range(RIGHT):
        began_s = time.monotonic()
        assert (await gateway.desk(102 + number % 5).sign_in(force=True)).retcode == "0"
        took.append(time.monotonic() - began_s)
    return took


async def calls(desk: Desk, port: int) -> list[float]:
    """How long guarded calls take in one spell, s."""
    line, took = await Line.open(port), []
    until_s = time.monotonic() + SPELL_S
    while time.monotonic() < until_s:
        began_s = time.monotonic()
        path = f"{PREFIX}/onlineagent/{desk.agent_id}/agentstatus"
        assert (await line.ask("GET", path, {"guid": desk.guid})).status == 200
        took.append(time.monotonic() - began_s)
        await asyncio.sleep(0.003)
    await line.close()
    return took


def p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99) - 1]


async def test_guessers_hold_up_no_right_sign_in(tmp_path: Path, measured: Measured) -> None:
    async with gateway_process(tmp_path, {**DEAR, "LOGIN_ADDRESS_LIMIT": "1000000"}) as gateway:
        quiet = statistics.median(await sign_ins(gateway))
        async with flood(gateway.port):
            await asyncio.sleep(1)
            flooded = statistics.median(await sign_ins(gateway))
    measured(
        f"{GUESSERS} guessers at unknown agents, from one address",
        "a right sign-in under 1 s (median)",
        f"{flooded * 1000:.0f} ms, {quiet * 1000:.0f} ms without them",
    )
    assert flooded < max(1, BUSY * quiet)


@pytest.mark.slow
async def test_guessers_slow_no_call(tmp_path: Path, measured: Measured) -> None:
    """Quiet and flooded spells take turns, so that what else the machine does falls on both."""
    async with gateway_process(tmp_path, {**DEAR, "LOGIN_ADDRESS_LIMIT": "1000000"}) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        quiet, flooded = [], []
        for _ in range(SPELLS):
            quiet.append(p99(await calls(desk, gateway.port)))
            async with flood(gateway.port):
                await asyncio.sleep(0.5)
                flooded.append(p99(await calls(desk, gateway.port)))
            await asyncio.sleep(0.5)
    ratio = statistics.median(flooded) / statistics.median(quiet)
    found = f"{statistics.median(flooded) * 1000:.1f} ms, {statistics.median(quiet) * 1000:.1f} ms without them"
    measured(
        f"{GUESSERS} guessers beside a desktop that calls",
        "the p99 of its calls is under twice the usual one",
        f"{ratio:.2f} times ({found}; medians of {SPELLS} spells)",
    )
    assert ratio < 2


async def test_paths_of_strangers_fill_no_memory(tmp_path: Path, measured: Measured) -> None:
    async with gateway_process(tmp_path) as gateway:
        lines = [await Line.open(gateway.port) for _ in range(8)]
        await asyncio.gather(*(ask_paths(line, number, PATHS // 80) for number, line in enumerate(lines)))
        before = memory_mib(gateway)
        await asyncio.gather(*(ask_paths(line, 100 + number, PATHS // 8) for number, line in enumerate(lines)))
        grown = memory_mib(gateway) - before
        for line in lines:
            await line.close()
    measured(f"{PATHS} paths of {PATH_BYTES} bytes without credentials", "64 MiB more", f"{grown:.0f} MiB more")
    assert grown < 64


async def ask_paths(line: Line, sender: int, count: int) -> None:
    for number in range(count):
        path = f"{PREFIX}/onlineagent/{sender}x{number}" + "a" * PATH_BYTES
        assert (await line.ask("GET", path)).status in {200, 404, 405}


async def test_notes_push_no_event_of_another_kind_out(tmp_path: Path, measured: Measured) -> None:
    async with gateway_process(tmp_path, {"EVENT_QUEUE_MAX": "20", "AGENT_POLL_WAIT_FLAG": "OFF"}) as gateway:
        sender, receiver = gateway.desk(101), gateway.desk(102)
        await sender.sign_in()
        await receiver.sign_in()
        await receiver.drain_events()
        await receiver.call("POST", "onlineagent/{id}/saybusy")
        line = await Line.open(gateway.port)
        note = {"agentIds": [102], "content": "x" * 1000}
        codes = Counter(
            [
                (await sender.call("POST", "onlineagent/{id}/sendnoteletex", note, line=line)).retcode
                for _ in range(1100)
            ]
        )
        told = [event["eventType"] for event in await receiver.drain_events()]
        await line.close()
    kept = [kind for kind in told if kind != "AgentOther_Note"]
    measured(
        f"{NOTE_FLOOD} notes at a desktop with a queue of 20",
        f"{NOTES.at_once} at once, then one a second; nothing else is lost",
        f"{codes['0']} taken, {len(kept)} other events kept",
    )
    assert codes["0"] < NOTES.at_once + 60
    assert kept[:1] == ["AgentState_SetNotReady_Success"] or kept


async def test_refusals_are_a_line_a_second(tmp_path: Path, measured: Measured) -> None:
    async with gateway_process(tmp_path, {**DEAR, "DEMO_AGENTS": "OFF", "LOGIN_ADDRESS_LIMIT": "1000000"}) as gateway:
        said, began_s = gateway.log.read_text(), time.monotonic()
        desks = [gateway.desk(101 + number % 20) for number in range(REFUSALS)]
        await asyncio.gather(*(desk.sign_in() for desk in desks), return_exceptions=True)
        took_s = time.monotonic() - began_s
        lines = gateway.log.read_text().removeprefix(said).splitlines()
    refusals = [line for line in lines if re.search(r"demo agent \d+ refused", line)]
    measured(f"{REFUSALS} sign-ins of demo agents", "a log line a second", f"{len(refusals)} lines in {took_s:.1f} s")
    assert 1 <= len(refusals) <= took_s + 2
