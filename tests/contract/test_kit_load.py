"""`agentgateway load`: a server within its limits passes, one that is slow, loses events or refuses does not."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.wire.http import AnyResponse, Request, Response
from tests.support.fork_server import ended
from tests.support.gateway import PASSWORD
from tests.support.wrong_servers import FAULTS, FIRST_AGENT, Fault, planted, wrong_server

SHORT = ("--agents", "6", "--rate", "20/s", "--minutes", "0.05", "--pause", "0.2", "--hold", "3")
GENEROUS = tuple(word for kind in ("sign-in", "query", "change", "event") for word in ("--limit", f"{kind}=9000"))
SLOW_S = 0.4
Handler = Callable[[Request], Awaitable[AnyResponse]]


async def load(port: int, *words: str) -> tuple[int, str, str]:
    who = ("--password", PASSWORD, "--first-agent", str(FIRST_AGENT))
    return await ended("load", f"http://127.0.0.1:{port}", *who, *SHORT, *words)


def slow(handle: Handler) -> Handler:
    async def answered(request: Request) -> AnyResponse:
        if request.raw_path.endswith("/agentstatus"):
            await asyncio.sleep(SLOW_S)
        return await handle(request)

    return answered


def refuses(handle: Handler) -> Handler:
    async def answered(request: Request) -> AnyResponse:
        if request.raw_path.endswith("/agentstatus"):
            return Response(b'{"message":"no","retcode":"300-001"}')
        return await handle(request)

    return answered


async def test_a_server_within_its_limits_passes_and_its_latencies_are_told(tmp_path: Path) -> None:
    async with wrong_server(tmp_path, "", Fault()) as gateway:
        code, said, progress = await load(gateway.port, *GENEROUS)
        left = [agent for agent in range(FIRST_AGENT, FIRST_AGENT + 6) if await signed_in(gateway, agent)]
    assert (code, said.splitlines()[-1], left) == (0, "passed", [])
    rows = {line.split()[0]: line.split()[1:] for line in said.splitlines()[:-1]}
    assert rows["KIND"] == ["COUNT", "FAILED", "P50", "P90", "P99", "LONGEST"]
    assert rows["sign-in"][:2] == rows["sign-out"][:2] == ["6", "0"]
    assert int(rows["query"][0]) > 6
    assert rows["change"][:2] == rows["event"][:2]
    assert "| agents" in progress


async def signed_in(gateway: Any, agent: int) -> bool:
    return (await gateway.app.sessions.store.read(agent)).session is not None


WRONG: Mapping[str, tuple[Fault, tuple[str, ...], str]] = {
    "slow": (Fault(slow), (*GENEROUS, "--limit", "query=300"), "query: "),
    "refuses": (Fault(refuses), GENEROUS, " % failed, at most 0 are allowed"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_server_beyond_a_limit_fails_by_that_limit(tmp_path: Path, name: str) -> None:
    fault, words, reason = WRONG[name]
    async with wrong_server(tmp_path, name, fault) as gateway:
        code, said, _ = await load(gateway.port, *words, "--json")
    found = json.loads(said)
    others = {kind: values["failed"] for kind, values in found["kinds"].items() if kind != "query"}
    assert (code, found["passed"]) == (1, False)
    assert reason in found["exceeded"][-1]
    assert others == dict.fromkeys(("sign-in", "change", "event", "sign-out"), 0)


async def test_failures_may_be_allowed(tmp_path: Path) -> None:
    with planted(FAULTS):
        async with wrong_server(tmp_path, "guid-header", FAULTS["guid-header"]) as gateway:
            code, said, _ = await load(gateway.port, *GENEROUS, "--failures", "100")
    assert (code, said.splitlines()[-1]) == (0, "passed")


async def test_where_nobody_signs_in_nothing_passes(tmp_path: Path) -> None:
    async with wrong_server(tmp_path, "", Fault()) as gateway:
        code, said, _ = await load(gateway.port, "--password", "wrong", "--failures", "100")
    assert (code, "no sign-in succeeded" in said.splitlines()[-1]) == (1, True)


@pytest.mark.parametrize("words", [("--rate", "fast"), ("--limit", "query"), ("--limit", "sleep=3")])
async def test_words_that_mean_nothing_end_with_code_2(words: tuple[str, str]) -> None:
    code, _, errors = await load(1, *words)
    assert (code, "write " in errors) == (2, True)
