"""The real haproxy before gateway nodes: TCP, no stickiness, a node that refuses is left out at once."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.support.desk import Line
from tests.support.servers import free_port
from tests.support.waiting import GENEROUS_S

_CONFIG = """\
global
    maxconn 4000
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
    retries 3
    option redispatch 1
listen gateways
    bind 127.0.0.1:{port}
    balance roundrobin
    default-server check inter 300ms fall 1 rise 1
"""


def haproxy() -> str | None:
    """The program, where it is installed."""
    return shutil.which("haproxy")


@contextlib.asynccontextmanager
async def balancer(folder: Path, ports: Sequence[int]) -> AsyncIterator[int]:
    """Its port. Raises FileNotFoundError where haproxy is not installed."""
    program = haproxy()
    if program is None:
        raise FileNotFoundError("haproxy is not installed")
    port = free_port()
    servers = "".join(f"    server node{number} 127.0.0.1:{at}\n" for number, at in enumerate(ports))
    config = folder / "haproxy.cfg"
    config.write_text(_CONFIG.format(port=port) + servers, "utf-8")
    with (folder / "haproxy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(program, "-db", "-f", str(config), stdout=log, stderr=log)
    try:
        await _accepts(port, process)
        yield port
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _accepts(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(GENEROUS_S):
        while process.returncode is None:
            try:
                line = await Line.open(port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
                continue
            await line.close()
            return
    raise RuntimeError("haproxy has ended")
