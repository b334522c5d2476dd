"""The demo agents, whose password everybody knows: shut out unless somebody tries things out on this machine."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.settings.load import load
from gateway.wire.addresses import FORWARDING_HEADERS
from tests.support.desk import PREFIX, ask_once
from tests.support.gateway import CONFIG, ENDS_S, PASSWORD, READY_S, ROOT, gateway_process, running_gateway
from tests.support.servers import free_port
from tests.support.systemd import COMMAND
from tests.support.waiting import until

WRONG = {"message": "wrong agent or password", "retcode": "100-004"}
BODY = json.dumps({"password": PASSWORD, "phonenum": "6001"}).encode()


async def sign_in(port: int, agent_id: int = 101, headers: Mapping[str, str] | None = None) -> str:
    """The retcode; the whole answer to a wrong password where it is one."""
    answer = await ask_once(port, "PUT", f"{PREFIX}/onlineagent/{agent_id}", dict(headers or {}), BODY)
    assert answer.status == 200
    assert answer.json == WRONG or answer.json["retcode"] != WRONG["retcode"]
    return str(answer.json["retcode"])


def test_they_are_off_in_the_shipped_settings_and_by_default(tmp_path: Path) -> None:
    empty = tmp_path / "basic.properties"
    empty.write_text("")
    assert [load(file, {}).settings.demo_agents for file in (CONFIG, empty)] == [False, False]


async def test_off_they_are_refused_like_a_wrong_password_and_the_log_says_why(tmp_path: Path) -> None:
    async with gateway_process(tmp_path, {"DEMO_AGENTS": "OFF"}) as gateway:
        assert await sign_in(gateway.port) == "100-004"
        await gateway.said(
            "demo agents 101-120 may not sign in: DEMO_AGENTS is OFF", "demo agent 101 refused: DEMO_AGENTS is OFF"
        )


@pytest.mark.parametrize("header", [*FORWARDING_HEADERS, "forwarded", "VIA"])
async def test_on_a_request_that_came_by_a_proxy_lets_nobody_in(header: str) -> None:
    async with running_gateway(jobs=False) as gateway:
        assert await sign_in(gateway.port, headers={header: "for=192.0.2.7"}) == "100-004"


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "127.0.0.1"}, {"BIND_ADDRESS": "0.0.0.0"}])
async def test_on_they_are_refused_where_others_than_this_machine_come(settings: dict[str, str]) -> None:
    async with running_gateway(settings, jobs=False) as gateway:
        assert await sign_in(gateway.port) == "100-004"


@asynccontextmanager
async def started(folder: Path, *words: str) -> AsyncIterator[tuple[int, Path]]:
    """The port and the log of what these words start."""
    port, log = free_port(), folder / "log"
    sets = {"HTTP_PORT": str(port), "HTTPS_PORT": "0", "VAR_DIR": str(folder / "var")}
    more = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
    with log.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *(*words, *more),
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "VENV": str(COMMAND.parents[1])},
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            said = await process.stdout.readline()
        assert said.startswith(b"ready "), log.read_text("utf-8")
        yield port, log
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(ENDS_S):
            await process.wait()


@pytest.mark.parametrize("words", [["scripts/run"], [str(COMMAND), "serve", "--demo"]], ids=["scripts/run", "--demo"])
async def test_to_try_things_out_they_sign_in_and_are_named_at_the_start(tmp_path: Path, words: list[str]) -> None:
    if not COMMAND.exists():
        pytest.skip(f"no {COMMAND}: the package is not installed by scripts/setup")
    async with started(tmp_path, *words) as (port, log):
        assert await sign_in(port) == "0"
        told = "demo agents 101-120 may sign in, with a password that everybody knows"
        await until(lambda: told in log.read_text("utf-8"))


async def test_what_is_set_counts_more_than_the_flag(tmp_path: Path) -> None:
    if not COMMAND.exists():
        pytest.skip(f"no {COMMAND}: the package is not installed by scripts/setup")
    async with started(tmp_path, str(COMMAND), "serve", "--demo", "--set", "DEMO_AGENTS=OFF") as (port, _):
        assert await sign_in(port) == "100-004"
