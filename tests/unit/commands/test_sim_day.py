"""`agentgateway sim day` with a gateway of its own."""

import asyncio
import signal
import sys
from pathlib import Path

from click.testing import CliRunner

from gateway.commands.sim_day import day
from tests.support.gateway import CONFIG, ENDS_S, ROOT


async def started(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gateway", "sim", "day", "--config", str(CONFIG), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )


async def test_a_short_day_passes() -> None:
    process = await started("--agents", "5", "--minutes", "0.5", "--speed", "10", "--load", "3")
    async with asyncio.timeout(ENDS_S):
        said, progress = await process.communicate()
    assert (process.returncode, said.decode().splitlines()[-1]) == (0, "passed")
    assert b"| calls: waiting" in progress


async def test_an_interrupted_day_gives_its_summary() -> None:
    process = await started("--agents", "2", "--minutes", "60")
    assert process.stderr is not None
    async with asyncio.timeout(ENDS_S):
        await process.stderr.readuntil(b"| calls: waiting")
        process.send_signal(signal.SIGINT)
        said, _ = await process.communicate()
    assert "0  events lost" in said.decode()


def test_a_running_gateway_needs_its_admin_port() -> None:
    done = CliRunner().invoke(day, ["--config", str(CONFIG), "--url", "http://127.0.0.1:1", "--password", "x"])
    assert (done.exit_code, "set ADMIN_PORT" in done.output) == (2, True)


def test_a_file_without_arrivals_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    file.write_text("", "utf-8")
    done = CliRunner().invoke(day, ["--config", str(CONFIG), "--set", f"CONTACT_CENTER_FILE={file}"])
    assert (done.exit_code, "[[arrivals]]" in done.output) == (1, True)
