"""What calls make a gateway do, counted without a clock: no other load of the machine can move it.

Calls are those of functions of the gateway and those that they make of compiled code; commands and bytes are those that
arrive at Redis. `python -m tests.support.work` prints the figures of now.
"""

import asyncio
import contextlib
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple
from unittest import mock

import redis
from pydantic_core import to_json

from gateway.redis_store import fence_and_seal as fence
from gateway.redis_store import floor_claim, session_store
from gateway.sessions.guid import new_secret_line
from tests.support.desk import PREFIX, Line
from tests.support.gateway import PASSWORD, ROOT, running_gateway
from tests.support.servers import Server, Servers

OURS: Final = f"{ROOT / 'gateway'}/"
AGENT: Final = 101
TIMES: Final = 150
"""So many that what a gateway asks of Redis now and then, whatever it is called for, is next to nothing."""
ROUNDS: Final = 3
"""The least counts: on a busy machine what waits for the kernel looks more often whether it has come to pass."""
SELDOM: Final = {
    fence: ("FENCE_EVERY_S", "IDLE_FENCE_EVERY_S"),
    session_store: ("FLUSH_EVERY_S",),
    floor_claim: ("LIFE_S",),
}
"""What comes by the clock, and so more often for each call of a slow machine: not while these are counted."""
WARM: Final = 10


class Step(NamedTuple):
    """One request."""

    method: str
    path: str
    body: bytes = b""


READ: Final = (Step("GET", f"onlineagent/{AGENT}/agentstatus"),)
POLL: Final = (Step("GET", f"agentevent/{AGENT}"),)
CHANGES: Final = (
    Step("POST", f"onlineagent/{AGENT}/saybusy"),
    *POLL,
    Step("POST", f"onlineagent/{AGENT}/sayfree"),
    *POLL,
)
COMES_AND_GOES: Final = (
    Step("DELETE", f"onlineagent/{AGENT}/logout"),
    Step("PUT", f"onlineagent/{AGENT}", to_json({"password": PASSWORD, "phonenum": "6001"})),
)


class Work(NamedTuple):
    """Of one call (or one change of state and the poll that brings its event, or a sign-out and a sign-in)."""

    calls: float
    commands: float = 0
    bytes: float = 0


@dataclass(frozen=True)
class Kind:
    """Requests that are repeated, and how often the thing that is counted happens in them."""

    steps: Sequence[Step]
    in_a_cycle: int = 1


KINDS: Final = {
    "guarded read": Kind(READ),
    "empty poll": Kind(POLL),
    "state change and its event": Kind(CHANGES, 2),
    "sign-out and sign-in": Kind(COMES_AND_GOES),
}


class Counter:
    """Counts while `counting`."""

    def __init__(self) -> None:
        self.calls = 0

    def _note(self, frame: FrameType, event: str, _what: Any) -> None:
        if event in {"call", "c_call"} and frame.f_code.co_filename.startswith(OURS):
            self.calls += 1

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)


@contextlib.contextmanager
def _by_calls_alone() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for module, names in SELDOM.items():
            for name in names:
                stack.enter_context(mock.patch.object(module, name, 3_600.0))
        yield


async def measured(server: Server | None, folder: Path) -> dict[str, Work]:
    """The work of each kind, on memory or on Redis. Polls wait for nothing."""
    with _by_calls_alone():
        return await _measured(server, folder)


async def _measured(server: Server | None, folder: Path) -> dict[str, Work]:
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF"}
    if server is not None:
        secret = folder / "guid.keys"
        secret.touch(0o600)
        secret.write_text(new_secret_line("k1"), "ascii")
        tag = secrets.token_hex(8)
        settings |= {"REDIS_URL": server.url, "GUID_SECRET_FILE": str(secret), "STORE_TAG": tag}
    found = {}
    clock = None if server else lambda: time.time_ns() // 1_000_000
    async with running_gateway(settings, clock=clock, jobs=False) as gateway:
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        line = await Line.open(gateway.port)
        headers = {"guid": desk.guid}
        while b'"event"' in (await line.ask("GET", f"{PREFIX}/{POLL[0].path}", headers)).body:
            pass
        for name, kind in KINDS.items():
            await _repeat(line, headers, kind, WARM)
            found[name] = await _least(server, line, headers, kind)
        await line.close()
    return found


async def _repeat(line: Line, headers: dict[str, str], kind: Kind, times: int) -> None:
    for _ in range(times):
        for method, path, body in kind.steps:
            answer = await line.ask(method, f"{PREFIX}/{path}", headers, body)
            assert answer.retcode == "0", answer
            headers["guid"] = answer.set_guid or headers["guid"]


async def _least(server: Server | None, line: Line, headers: dict[str, str], kind: Kind) -> Work:
    rounds = [await _counted(server, line, headers, kind) for _ in range(ROUNDS)]
    return Work(*(min(values) for values in zip(*rounds, strict=True)))


async def _counted(server: Server | None, line: Line, headers: dict[str, str], kind: Kind) -> Work:
    counter, before = Counter(), _arrived(server)
    with counter.counting():
        await _repeat(line, headers, kind, TIMES)
    after, times = _arrived(server), TIMES * kind.in_a_cycle
    commands, size = (round((now - then) / times, 1) for now, then in zip(after, before, strict=True))
    return Work(round(counter.calls / times, 1), commands, size)


def _arrived(server: Server | None) -> tuple[int, int]:
    """Commands, those of scripts included, and bytes that came to Redis so far."""
    if server is None:
        return 0, 0
    with contextlib.closing(redis.Redis.from_url(server.url)) as asking:
        stats: Any = asking.info()
        told: Any = asking.info("commandstats")
    return sum(int(row["calls"]) for row in told.values()), int(stats["total_net_input_bytes"])


async def _print(folder: Path) -> None:
    servers = Servers(folder)
    try:
        for where, server in (("memory", None), ("Redis", servers.start("valkey"))):
            for name, work in (await measured(server, folder)).items():
                sys.stdout.write(f'    ("{where}", "{name}"): {work},\n')
    finally:
        servers.end()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(_print(Path(temporary)))
