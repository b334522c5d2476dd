"""Where the log goes and what a line looks like."""

import logging
import sys
from typing import Final

_LINE: Final = "%(asctime)s %(levelname)s {who}%(name)s: %(message)s"


def setup_logs(level: str, worker: int | None = None) -> None:
    """Logs to stderr, one line a record (and a trace where an exception is logged); stdout stays for the ready line.

    `worker` is the number of this process, which its lines say, where several write to one log.
    """
    who = "" if worker is None else f"worker {worker}: "
    logging.basicConfig(stream=sys.stderr, level=level, format=_LINE.format(who=who), force=True)
    # Its lines would repeat ours, and some name request lines.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def set_level(level: str) -> None:
    """Follows a change of LOG_LEVEL."""
    logging.getLogger().setLevel(level)
