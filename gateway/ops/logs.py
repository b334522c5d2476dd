"""Where the log goes and what a line looks like."""

import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from gateway.ops.crashes import crash_line

_LINE: Final = "%(asctime)s %(levelname)s {who}%(name)s: %(message)s"


_LOG = logging.getLogger(__name__)


class _Lines(logging.Formatter):
    """One line a record. An exception is told by its types and places: its text may quote a URL with a password."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """See logging; `ei` is as of sys.exc_info."""
        return crash_line(ei[1]) if ei[1] is not None else ""


def setup_logs(level: str, worker: int | None = None) -> None:
    """Logs to stderr, one line a record (and one more where an exception is logged); stdout is for the ready line.

    `worker` is the number of this process, which its lines say, where several write to one log.
    """
    who = "" if worker is None else f"worker {worker}: "
    logging.basicConfig(stream=sys.stderr, level=level, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Lines(_LINE.format(who=who)))
    # Its lines would repeat ours, and some name request lines.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def set_level(level: str) -> None:
    """Follows a change of LOG_LEVEL."""
    logging.getLogger().setLevel(level)


def say_ready(urls: Sequence[str]) -> None:
    """The line on stdout that supervisors and tests wait for; that nobody can take it hinders nothing."""
    try:
        click.echo(f"ready {' '.join(urls)}")
    except OSError as problem:
        _LOG.warning("the line that it is ready cannot be written to stdout: %s", os.strerror(problem.errno or 0))
