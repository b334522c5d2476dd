"""`agentgateway check`: a right server keeps every rule; one that breaks a rule fails that rule and no other."""

import asyncio
import json
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from gateway.kit.check import Finding, Verdict
from gateway.kit.check_run import NAMES, play
from gateway.kit.target import Target
from tests.support.fork_server import ended
from tests.support.gateway import PASSWORD
from tests.support.servers import free_port
from tests.support.waiting import lost_time
from tests.support.wrong_servers import (
    AGENTS,
    FAULTS,
    FIRST_AGENT,
    HOLD_S,
    INTERVAL_S,
    TIMEOUT_S,
    Fault,
    planted,
    wrong_server,
)

AT_ONCE = 15
HELD_UP_S = 1.0
TIMES = ("--hold", str(HOLD_S), "--interval", str(INTERVAL_S), "--timeout", str(TIMEOUT_S))
QUICK = ("--only", "envelope", "--only", "guid-rotates", "--only", "set-guid-header")


def place(port: int) -> Target:
    agents = tuple(range(FIRST_AGENT, FIRST_AGENT + AGENTS))
    return Target(
        f"http://127.0.0.1:{port}", agents, PASSWORD, hold_s=HOLD_S, interval_s=INTERVAL_S, timeout_s=TIMEOUT_S
    )


def names(findings: list[Finding], verdict: Verdict) -> set[str]:
    return {found.check.name for found in findings if found.verdict is verdict}


async def command(port: int, *words: str) -> tuple[int, str, str]:
    who = ("--password", PASSWORD, "--first-agent", str(FIRST_AGENT), "--agents", "4")
    return await ended("check", f"http://127.0.0.1:{port}", *who, *words)


async def test_this_gateway_keeps_every_rule(tmp_path: Path) -> None:
    async with wrong_server(tmp_path, "", Fault()) as gateway:
        findings = await play(place(gateway.port), lambda _: None)
    assert {found.check.name: found.reason for found in findings if found.verdict is not Verdict.KEPT} == {}
    assert [found.check.name for found in findings] == list(NAMES)


def test_there_is_a_wrong_server_for_every_rule() -> None:
    assert set(FAULTS) == set(NAMES)


async def found_at(folder: Path, name: str, only: Collection[str] = ()) -> tuple[set[str], set[str]]:
    """The rules that the server with this fault breaks, and those that could not be tested there."""
    async with wrong_server(folder, name, FAULTS[name]) as gateway:
        findings = await play(place(gateway.port), lambda _: None, only)
    return names(findings, Verdict.BROKEN), names(findings, Verdict.UNTESTED)


async def test_a_server_that_breaks_a_rule_fails_it(tmp_path: Path) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def tried(name: str) -> set[str]:
        async with turns:
            return (await found_at(tmp_path, name, [name]))[0]

    with planted(FAULTS):
        found = dict(zip(FAULTS, await asyncio.gather(*map(tried, FAULTS)), strict=True))
    assert found == {name: {name} for name in FAULTS}


@pytest.mark.slow
async def test_a_server_that_breaks_a_rule_fails_that_rule_alone(tmp_path: Path) -> None:
    """GUIDs live for seconds here: what a busy machine held up for so long is tried once more, by itself."""
    turns = asyncio.Semaphore(AT_ONCE)
    right = {name: ({name}, set(fault.untests)) for name, fault in FAULTS.items()}

    async def tried(name: str) -> tuple[set[str], set[str]]:
        async with turns:
            return await found_at(tmp_path, name)

    with planted(FAULTS):
        async with lost_time() as lost:
            found = dict(zip(FAULTS, await asyncio.gather(*map(tried, FAULTS)), strict=True))
        for name in FAULTS:
            if found[name] != right[name] and lost.s > HELD_UP_S:
                found[name] = await tried(name)
    assert found == right


async def test_the_command_tells_in_a_table_in_json_and_in_a_junit_file(tmp_path: Path) -> None:
    with planted(FAULTS):
        async with wrong_server(tmp_path, "envelope", FAULTS["envelope"]) as gateway:
            junit = tmp_path / "found.xml"
            code, table, _ = await command(gateway.port, *TIMES, *QUICK, "--authmode", "1", "--junit", str(junit))
            told = await command(gateway.port, *TIMES, *QUICK, "--authmode", "1", "--json")
    lines = table.splitlines()
    assert code == told[0] == 1
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["set-guid-header", "kept"],
        ["envelope", "broken"],
        ["guid-rotates", "skipped"],
    ]
    assert "envelope broken: the members are retcode, result, message" in lines
    found = json.loads(told[1])
    assert (found["passed"], [check["verdict"] for check in found["checks"]]) == (False, ["kept", "broken", "skipped"])
    suite = Xml.parse(junit).getroot()[0]
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert suite.find("testcase[@name='envelope']/failure") is not None


async def test_the_command_passes_at_a_server_that_keeps_what_was_asked(tmp_path: Path) -> None:
    async with wrong_server(tmp_path, "", Fault()) as gateway:
        code, table, _ = await command(gateway.port, *TIMES, "--only", "envelope", "--only", "take-over")
    assert (code, len(table.splitlines())) == (0, 3)


@pytest.mark.parametrize("words", [("--password", "wrong"), ("--first-agent", "900")])
async def test_the_command_says_when_nobody_can_sign_in(tmp_path: Path, words: tuple[str, ...]) -> None:
    async with wrong_server(tmp_path, "", Fault()) as gateway:
        code, _, errors = await command(gateway.port, *TIMES, *words)
    assert (code, "cannot sign in: 100-004" in errors) == (2, True)
    assert "wrong" not in errors


async def test_the_command_says_when_there_is_no_server() -> None:
    code, _, errors = await command(free_port())
    assert (code, errors.strip().endswith("ClientConnectorError")) == (2, True)
