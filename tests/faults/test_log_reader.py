"""Whoever reads standard error stands still: the service goes on (docs/design/failure.md)."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.desk import Desk, ask_once
from tests.support.gateway import CONFIG, PASSWORD, READY_S, ROOT
from tests.support.servers import free_port


def fill(pipe: int) -> None:
    """Until it takes no more; it is set back to wait then, for whoever shares it."""
    os.set_blocking(pipe, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x")
    os.set_blocking(pipe, True)


@contextlib.asynccontextmanager
async def unread(folder: Path) -> AsyncIterator[int]:
    """The port of a gateway whose standard error is a pipe that is full and that nobody reads."""
    reads, writes = os.pipe()
    port = free_port()
    sets = {"HTTP_PORT": port, "HTTPS_PORT": 0, "VAR_DIR": folder / "var", "DEMO_AGENTS": "ON"}
    words = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gateway", "serve", "--config", str(CONFIG), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=writes,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            assert (await process.stdout.readline()).startswith(b"ready ")
        fill(writes)
        yield port
        process.terminate()
        async with asyncio.timeout(READY_S):
            assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        os.close(reads)
        os.close(writes)


async def test_the_service_goes_on_and_ends_while_nobody_reads_its_log(tmp_path: Path) -> None:
    async with unread(tmp_path) as port:
        desk = Desk(port, 101, PASSWORD)
        assert (await desk.sign_in()).retcode == "0"
        assert (await ask_once(port, "GET", "/gateway/live")).status == 200
