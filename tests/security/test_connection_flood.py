"""Connections that nobody uses: calls stay quick, and an address has its bound on the wire, over TLS too."""

import asyncio
import os
import socket
import time
from pathlib import Path

from tests.security.conftest import Measured
from tests.support.desk import PREFIX, Line
from tests.support.gateway import GatewayProcess, gateway_process
from tests.support.servers import free_port
from tests.support.waiting import Lost, held_up_s, lost_time

SILENT = 2000
FROM = "127.0.0.9"


async def connect(port: int, source: str) -> socket.socket:
    link = socket.socket()
    link.setblocking(False)
    link.bind((source, 0))
    await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", port))
    return link


async def test_a_flood_of_silent_connections_holds_no_call_up_and_is_bounded(
    tmp_path: Path, measured: Measured
) -> None:
    https = free_port()
    bounds = {"CONNECTIONS_MAX_ADDRESS": "100", "HTTPS_PORT": str(https)}
    async with gateway_process(tmp_path, bounds) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        own = await Line.open(gateway.port)
        path = f"{PREFIX}/onlineagent/101/agentstatus"
        flood = asyncio.gather(*(connect(gateway.port, FROM) for _ in range(SILENT)))
        slowest_s = 0.0
        async with lost_time() as lost:
            while not flood.done():
                asked_s = at_work_s(gateway, lost)
                assert (await own.ask("GET", path, {"guid": desk.guid})).status == 200
                slowest_s = max(slowest_s, at_work_s(gateway, lost) - asked_s)
            links = await flood
        secure = [await connect(https, FROM) for _ in range(20)]
        ended = [await asyncio.to_thread(closed, link) for link in links[-20:] + secure]
        files = len(os.listdir(f"/proc/{gateway.process.pid}/fd"))
        log = await gateway.said("has CONNECTIONS_MAX_ADDRESS")
        for link in links + secure:
            link.close()
        await own.close()
    lines = [line for line in log.splitlines() if "has CONNECTIONS_MAX_ADDRESS" in line]
    measured(
        f"{SILENT} silent connections of one address, and 20 over TLS",
        "100 held, a call under 1 s, a log line a second",
        f"{files} files open, {slowest_s * 1000:.0f} ms, {len(lines)} lines",
    )
    assert all(ended)
    assert files < 200
    assert 1 <= len(lines) < 30
    assert slowest_s < 1


def at_work_s(gateway: GatewayProcess, lost: Lost) -> float:
    """The time, without what a busy machine takes from this process and from the gateway."""
    return time.monotonic() - lost.s - held_up_s(gateway.process.pid)


def closed(link: socket.socket) -> bool:
    link.settimeout(5)
    try:
        return link.recv(1) == b""
    except ConnectionResetError:
        return True
