"""Load for benchmarks: raw connections that check every answer, and the CPU time of the server meanwhile.

The server is pinned to one core, whatever drives it to another one. A process of the lowest weight keeps each core
awake: an idle core of a virtual machine wakes late, which looks like a slow server.
"""

import asyncio
import contextlib
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final, cast

SETTLE_S: Final = 0.2
ENDS_S: Final = 30.0
_SET_GUID: Final = b"Set-GUID: JSESSIONID="
_LENGTH: Final = b"Content-Length: "
_SAME: Final = repeat("Host: gateway\r\n")
_SPIN: Final = "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"


def cores() -> tuple[int, int]:
    """That of the server, and that of what drives it; the same one where there is but one."""
    found = sorted(os.sched_getaffinity(0))
    return found[0], found[-1]


@contextlib.contextmanager
def awake() -> Iterator[None]:
    """Keeps both cores awake while the block runs."""
    spinning = []
    for core in set(cores()):
        spinning.append(subprocess.Popen([sys.executable, "-S", "-c", _SPIN]))
        os.sched_setaffinity(spinning[-1].pid, {core})
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()


def pin(pid: int, core: int) -> None:
    """All threads of a process to one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(task.name), {core})


def cpu_s(pid: int) -> float:
    """Time that the threads of a process were on a core, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((task / "schedstat").read_text("ascii").split()[0])
    return total / 1e9


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@dataclass(frozen=True)
class Step:
    """One request of a cycle; `expects` stands in the body of a right answer. `head` goes up to the GUID."""

    head: bytes
    expects: bytes


class Caller(asyncio.Protocol):
    """One connection that goes through its steps again and again, and adopts every GUID that it is handed."""

    def __init__(self, steps: Sequence[Step], agent: int, guids: dict[int, str]) -> None:
        self.steps = steps
        self.cycles = 0
        self.faults: list[bytes] = []
        self.stopping = False
        self.stopped = asyncio.get_running_loop().create_future()
        self._agent = agent
        self._guids = guids
        self._at = 0
        self._buffer = b""
        self._adopt(guids[agent].encode())

    def _adopt(self, guid: bytes) -> None:
        self._guids[self._agent] = guid.decode()
        self._requests = [b"%bguid: %b\r\n\r\n" % (step.head, guid) for step in self.steps]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._requests[0])

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.stopped.done():
            self.faults.append(repr(exc).encode())
            self.stopped.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length: ")
        if not end or len(body) < int(head[at + len(_LENGTH) :].partition(b"\r\n")[0]):
            return
        self._buffer = b""
        if not head.startswith(b"HTTP/1.1 200") or self.steps[self._at].expects not in body:
            self.faults.append(head + end + body)
            self.transport.abort()
            return
        if _SET_GUID in head:
            self._adopt(head.partition(_SET_GUID)[2].partition(b"\r\n")[0])
        self._at += 1
        if self._at == len(self.steps):
            self._at = 0
            self.cycles += 1
            if self.stopping:
                self.stopped.set_result(None)
                self.transport.abort()
                return
        self.transport.write(self._requests[self._at])


@dataclass(frozen=True)
class Target:
    """What is measured: a server process, and cycles of requests for some sessions (agent id -> GUID)."""

    name: str
    pid: int
    port: int
    guids: dict[int, str]
    steps: Sequence[tuple[str, str, str]]
    trust: ssl.SSLContext | None = None
    in_a_cycle: int = 1
    """How often the thing that is measured happens in a cycle."""
    least_s: float = 0.0
    """The shortest round in which enough of it happens: where that is so little that what the process does anyhow, such
    as fetching for other sessions, is to be measured just before and left out."""
    connections: int = 0
    """0: as many as the others have."""
    heads_differ: bool = False
    """No request has the same bytes as one of the `steps` before it on its connection."""

    def callers(self, count: int) -> list[Caller]:
        """One for each session, over again where there are fewer."""
        return [Caller(self._steps(agent), agent, self.guids) for agent in (list(self.guids) * count)[:count]]

    def _steps(self, agent: int) -> list[Step]:
        lines = [f"Host: gateway\r\nX-Step: {number}\r\n" for number in range(len(self.steps))]
        return [
            Step(f"{method} {path.format(agent=agent)} HTTP/1.1\r\n{line}".encode(), expects.encode())
            for (method, path, expects), line in zip(self.steps, lines if self.heads_differ else _SAME, strict=False)
        ]


@dataclass(frozen=True)
class Sample:
    """Of one round: CPU of the server in us, and cycles per s of wall-clock time."""

    cpu_us: float
    rate: float


async def _idle(target: Target) -> float:
    """CPU that the process uses anyhow, in s per s."""
    if not target.least_s:
        return 0.0
    before, began = cpu_s(target.pid), time.perf_counter()
    await asyncio.sleep(target.least_s)
    return (cpu_s(target.pid) - before) / (time.perf_counter() - began)


async def measure(target: Target, connections: int, seconds: float) -> Sample:
    """One round. Raises RuntimeError with the first answer that was wrong."""
    loop = asyncio.get_running_loop()
    idle = await _idle(target)
    callers = target.callers(target.connections or connections)
    name = "localhost" if target.trust else None
    for each in callers:
        await loop.create_connection(
            lambda made=each: made,
            "127.0.0.1",
            target.port,
            ssl=target.trust,
            server_hostname=name,
        )
    await asyncio.sleep(SETTLE_S)
    before, began, cpu = sum(each.cycles for each in callers), time.perf_counter(), cpu_s(target.pid)
    await asyncio.sleep(max(seconds, target.least_s))
    cycles = (sum(each.cycles for each in callers) - before) * target.in_a_cycle
    used, took = cpu_s(target.pid) - cpu, time.perf_counter() - began
    for each in callers:
        each.stopping = True
    await asyncio.wait([each.stopped for each in callers], timeout=ENDS_S)
    wrong = [fault for each in callers for fault in each.faults]
    if wrong or not cycles:
        raise RuntimeError(f"{target.name}: {len(wrong)} wrong answers, {cycles} right ones: {wrong[:1]!r}")
    return Sample((used - idle * took) / cycles * 1e6, cycles / took)
