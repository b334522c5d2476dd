"""Where the log goes and what a line looks like."""

import logging
import sys
from typing import Final

_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def setup_logs(level: str) -> None:
    """Logs to stderr, one line a record (and a trace where an exception is logged); stdout stays for the ready line."""
    logging.basicConfig(stream=sys.stderr, level=level, format=_LINE, force=True)
    # Its lines would repeat ours, and some name request lines.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)


def set_level(level: str) -> None:
    """Follows a change of LOG_LEVEL."""
    logging.getLogger().setLevel(level)
