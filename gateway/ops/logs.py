"""Where the log goes, what a line looks like, and the one line of a crash, without anything that a client sent.

Lines that strangers can cause are gathered, so that they cannot fill the log: a line a kind and second, with a count. A
kind is a message before its values are put in. Those of other loggers are all written.
"""

import asyncio
import copy
import errno
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click
from pythonjsonlogger.json import JsonFormatter

from gateway.ops import request_context
from gateway.ops.log_writer import LineWriter

GATHER_S: Final = 1.0
GATHERED: Final = (
    "aiohttp",
    "asyncio",
    "gateway.admin.listener",
    "gateway.agents.demo",
    "gateway.agents.passwords",
    "gateway.listeners.connection",
    "gateway.listeners.signals",
    "gateway.listeners.tls",
    "gateway.redis_store.session_store",
    "gateway.tokens.token_pages",
)
"""Loggers whose lines somebody without a session, or a broken client, can cause as often as they like."""
MOST_KINDS: Final = 1000
MORE: Final = " (and {} more like it)"

_Kind = tuple[str, int, str]


@dataclass(slots=True)
class _Heap:
    began_s: float
    last: logging.LogRecord
    more: int = 0


class LogGatherer:
    """The first line of a kind is written at once, of what follows within a second the last, with a count."""

    def __init__(self) -> None:
        self._heaps: dict[_Kind, _Heap] = {}

    def take(self, record: logging.LogRecord, now_s: float) -> list[logging.LogRecord]:
        """The lines to write now; `now_s` is on any clock that runs forward."""
        told = self.due(now_s)
        if not record.name.startswith(GATHERED):
            return [*told, record]
        kind = record.name, record.levelno, str(record.msg)
        heap = self._heaps.get(kind)
        if heap is None:
            if len(self._heaps) >= MOST_KINDS:
                return told
            self._heaps[kind] = _Heap(now_s, record)
            return [*told, record]
        heap.more, heap.last = heap.more + 1, record
        return told

    def due(self, now_s: float, *, at_once: bool = False) -> list[logging.LogRecord]:
        """The counts that are old enough to be told. A kind that goes on goes on being gathered."""
        told = []
        for kind, heap in list(self._heaps.items()):
            if at_once or now_s - heap.began_s >= GATHER_S:
                del self._heaps[kind]
                if heap.more:
                    told.append(_with_count(heap.last, heap.more))
                    self._heaps[kind] = _Heap(now_s, heap.last)
        return told


def _with_count(record: logging.LogRecord, more: int) -> logging.LogRecord:
    """The last one stands for itself, and for those that were counted with it."""
    told = copy.copy(record)
    told.msg, told.args = record.getMessage() + (MORE.format(more - 1) if more > 1 else ""), None
    return told


E = TypeVar("E", bound=BaseException)

_FRAMES: Final = 6
_DETAILS: Final[list[tuple[type[BaseException], Callable[[Any], str]]]] = []
FLUSH_S: Final = 1.0
"""For what is not written yet at the end of the process."""
_LINE: Final = "%(asctime)s %(levelname)s {who}%(name)s: %(message)s"


_LOG = logging.getLogger(__name__)


def tell_more(kind: type[E], detail: Callable[[E], str]) -> None:
    """From now on `detail` is told too of errors of this kind: a word that holds nothing of a request, or ""."""
    _DETAILS.append((kind, detail))


def crash_line(problem: BaseException) -> str:
    """Types and places of `problem` and of its causes, innermost frame first.

    The texts of exceptions are left out: they often hold the value that was wrong (no secrets, no query strings
    in logs). What kind of error the system or Redis gave is told: its name holds nothing of a request.
    """
    return "; caused by ".join(_one(each) for each in _chain(problem))


def _chain(problem: BaseException) -> list[BaseException]:
    """The problem, and then what it is a group of, and its causes."""
    chain, others = list[BaseException](), [problem]
    while others and len(chain) < _FRAMES:
        last = others.pop(0)
        if last in chain:
            continue
        chain.append(last)
        if isinstance(last, BaseExceptionGroup):
            others += last.exceptions
        cause = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if cause is not None:
            others.append(cause)
    return chain


def _one(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
    return f"{_kind(problem)} in {places}" if places else _kind(problem)


def _kind(problem: BaseException) -> str:
    details = [detail(problem) for kind, detail in _DETAILS if isinstance(problem, kind)]
    return " ".join(filter(None, [type(problem).__qualname__, *details]))


def _name_of_system(problem: OSError) -> str:
    return errno.errorcode.get(problem.errno or 0, "")


tell_more(OSError, _name_of_system)


def _names_its_request(record: logging.LogRecord) -> bool:
    """A filter that drops nothing: a gathered line is written later, when another request is being answered."""
    request = request_context.request_id()
    if request:
        record.request = request
    return True


class _Lines(logging.Formatter):
    """One line a record, with the id of the request that was being answered when it was logged, if one was.

    An exception is told by its types and places: its text may quote a URL with a password.
    """

    def format(self, record: logging.LogRecord) -> str:
        """See logging."""
        line, request = super().format(record), getattr(record, "request", "")
        return f"{line} [request {request}]" if request else line

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """See logging; `ei` is as of sys.exc_info."""
        return crash_line(ei[1]) if ei[1] is not None else ""


class _Objects(JsonFormatter):
    """As `_Lines`, an object a line: time, level, logger, message; worker, request and exception where there is one."""

    def __init__(self, worker: int | None) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
            static_fields={} if worker is None else {"worker": worker},
            timestamp="time",
        )

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """See `_Lines`."""
        return crash_line(ei[1]) if ei[1] is not None else ""


class _Handler(logging.Handler):
    """Hands lines to a thread: nobody waits here for whoever reads them."""

    def __init__(self, file: int) -> None:
        super().__init__()
        self.lines = LineWriter(file, self._note)
        self._gatherer = LogGatherer()

    def emit(self, record: logging.LogRecord) -> None:
        """See logging."""
        try:
            self._write(self._gatherer.take(record, time.monotonic()))
        except Exception as fault:  # The usual way would write to stderr from here.
            self.lines.put(f"a log line could not be made: {crash_line(fault)}\n")

    def tell_counts(self, *, at_once: bool = False) -> None:
        """Writes how many lines were gathered, once that is due."""
        with self.lock or nullcontext():
            self._write(self._gatherer.due(time.monotonic(), at_once=at_once))

    def _write(self, records: Sequence[logging.LogRecord]) -> None:
        for record in records:
            self.lines.put(f"{self.format(record)}\n")

    def flush(self) -> None:
        """See logging, which calls it at the end of the process."""
        self.tell_counts(at_once=True)
        self.lines.flush(FLUSH_S)

    def _note(self, dropped: int) -> str:
        told = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        words = f"{dropped} log lines are missing here: nobody read standard error"
        return f"{self.format(logging.makeLogRecord({**told, 'msg': words}))}\n"


async def tell_gathered() -> None:
    """Tells every second how many lines were left out; runs until cancelled."""
    while True:
        await asyncio.sleep(GATHER_S)
        for handler in logging.getLogger().handlers:
            if isinstance(handler, _Handler):
                handler.tell_counts()


def dropped_lines() -> int:
    """How many log lines of this process nobody will see, because nobody read them in time."""
    return sum(handler.lines.dropped for handler in logging.getLogger().handlers if isinstance(handler, _Handler))


def setup_logs(level: str, worker: int | None = None, *, as_json: bool = False) -> None:
    """Logs to stderr, one line a record (and one more where an exception is logged); stdout is for the ready line.

    `worker` is the number of this process, which its lines say, where several write to one log. `as_json`: each line
    is a JSON object.
    """
    who = "" if worker is None else f"worker {worker}: "
    logging.basicConfig(handlers=[_handler()], level=level, force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_names_its_request)
        handler.setFormatter(_Objects(worker) if as_json else _Lines(_LINE.format(who=who)))
    # Its lines would repeat ours, and some name request lines.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def _handler() -> logging.Handler:
    try:
        return _Handler(sys.stderr.fileno())
    except (AttributeError, OSError, ValueError):  # It is closed, or no file.
        return logging.StreamHandler()


def set_level(level: str) -> None:
    """Follows a change of LOG_LEVEL."""
    logging.getLogger().setLevel(level)


def say_ready(urls: Sequence[str]) -> None:
    """The line on stdout that supervisors and tests wait for; that nobody can take it hinders nothing."""
    try:
        click.echo(f"ready {' '.join(urls)}")
    except OSError as problem:
        _LOG.warning("the line that it is ready cannot be written to stdout: %s", os.strerror(problem.errno or 0))
