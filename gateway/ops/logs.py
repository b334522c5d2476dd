"""Where the log goes and what a line looks like."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from gateway.ops.crashes import crash_line
from gateway.ops.log_writer import LineWriter

FLUSH_S: Final = 1.0
"""For what is not written yet at the end of the process."""
_LINE: Final = "%(asctime)s %(levelname)s {who}%(name)s: %(message)s"


_LOG = logging.getLogger(__name__)


class _Lines(logging.Formatter):
    """One line a record. An exception is told by its types and places: its text may quote a URL with a password."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """See logging; `ei` is as of sys.exc_info."""
        return crash_line(ei[1]) if ei[1] is not None else ""


class _Handler(logging.Handler):
    """Hands lines to a thread: nobody waits here for whoever reads them."""

    def __init__(self, file: int) -> None:
        super().__init__()
        self.lines = LineWriter(file, self._note)

    def emit(self, record: logging.LogRecord) -> None:
        """See logging."""
        try:
            self.lines.put(f"{self.format(record)}\n")
        except Exception as fault:  # The usual way would write to stderr from here.
            self.lines.put(f"a log line could not be made: {crash_line(fault)}\n")

    def flush(self) -> None:
        """See logging, which calls it at the end of the process."""
        self.lines.flush(FLUSH_S)

    def _note(self, dropped: int) -> str:
        told = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        words = f"{dropped} log lines are missing here: nobody read standard error"
        return f"{self.format(logging.makeLogRecord({**told, 'msg': words}))}\n"


def dropped_lines() -> int:
    """How many log lines of this process nobody will see, because nobody read them in time."""
    return sum(handler.lines.dropped for handler in logging.getLogger().handlers if isinstance(handler, _Handler))


def setup_logs(level: str, worker: int | None = None) -> None:
    """Logs to stderr, one line a record (and one more where an exception is logged); stdout is for the ready line.

    `worker` is the number of this process, which its lines say, where several write to one log.
    """
    who = "" if worker is None else f"worker {worker}: "
    logging.basicConfig(handlers=[_handler()], level=level, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Lines(_LINE.format(who=who)))
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
