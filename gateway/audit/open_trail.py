"""Opens the audit trail of a process: where its lines go, and where they are read back."""

import asyncio
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

from gateway.audit import trail
from gateway.audit.audit_file import AuditFile, Found, Question, read_files, recent
from gateway.ops.log_writer import LineWriter
from gateway.wire.errors import StoreUnavailable
from gateway.wire.text import iso

if TYPE_CHECKING:  # It knows Redis, and is there with one alone.
    from gateway.audit.audit_stream import AuditStream

STANDARD: Final = {Path("/dev/stdout"): 1, Path("/dev/stderr"): 2}
FLUSH_S: Final = 1.0
GATHER_EVERY_S: Final = 1.0
_INSTEAD = logging.getLogger("gateway.audit")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrailPlace:
    """Where the lines of this node go: a file that is rotated, standard output, or (None) the log."""

    path: Path | None
    most_bytes: int
    keep_days: int


class OpenTrail:
    """Where the lines of this process go and come from; `stream` is the one of all nodes, where they share a store."""

    def __init__(self, place: TrailPlace, stream: "AuditStream | None" = None) -> None:
        keep, self._recent = recent()
        self._writer = _writer(place)
        self._file = None if place.path in STANDARD else place.path
        self._stream = stream
        self.sinks: list[trail.Sink] = [keep, self._put]
        if stream is not None:
            self.sinks.append(stream.put)

    @property
    def dropped(self) -> int:
        """Lines that could not be written."""
        return (self._writer.dropped if self._writer else 0) + (self._stream.dropped if self._stream else 0)

    async def read(self, question: Question) -> list[Found]:
        """The lines that are asked for, of all nodes where there is a stream; of this one while that is away."""
        if self._stream is not None:
            with suppress(StoreUnavailable):
                return await self._stream.read(question)
        if self._file is None or self._writer is None:
            return self._recent(question)
        await asyncio.to_thread(self._writer.flush, FLUSH_S)
        return await asyncio.to_thread(read_files, self._file, question)

    async def run(self) -> None:
        """The periodic work, until cancelled."""
        async with asyncio.TaskGroup() as works:
            works.create_task(_gather())
            if self._stream is not None:
                works.create_task(self._stream.run())

    async def close(self) -> None:
        """Writes what waits, for a short time."""
        if self._stream is not None:
            with suppress(StoreUnavailable, TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._stream.flush()
        if self._writer is not None:
            await asyncio.to_thread(self._writer.flush, FLUSH_S)

    def _put(self, line: trail.Line) -> None:
        text = to_json(line).decode()
        if self._writer is None:
            _INSTEAD.info("%s", text)
        else:
            self._writer.put(f"{text}\n")


async def _gather() -> None:
    while True:
        await asyncio.sleep(GATHER_EVERY_S)
        trail.gather()


def _writer(place: TrailPlace) -> LineWriter | None:
    if place.path is None:
        return None
    if place.path in STANDARD:
        return LineWriter(STANDARD[place.path], _missing)
    return LineWriter(_FileSink(place.path, AuditFile(place.path, place.most_bytes, place.keep_days)), _missing)


class _FileSink:
    """Writes to a file; while that is not possible it says why, once, and the lines go to the log."""

    def __init__(self, path: Path, file: AuditFile) -> None:
        self._path = path
        self._file = file
        self._told = ""

    def __call__(self, lines: bytes) -> None:
        try:
            self._file(lines)
        except OSError as problem:
            why = os.strerror(problem.errno or 0)
            if why != self._told:
                _LOG.error("AUDIT_FILE %s cannot be written (%s): its lines go to the log", self._path, why)
            self._told = why
            for line in lines.splitlines():
                _INSTEAD.info("%s", line.decode())
        else:
            self._told = ""


def _missing(count: int) -> str:
    now_ms = time.time_ns() // 1_000_000
    return f'{{"time":"{iso(now_ms)}","kind":"lines-missing","count":{count}}}\n'
