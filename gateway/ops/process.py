"""What this process runs on: its event loop (EVENT_LOOP), and how many files it may have open (RLIMIT_NOFILE)."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, TypeVar, cast

from gateway.settings.operating_system import NO_LIMIT, open_files_limits, resource

UVLOOP: Final = "uvloop"
T = TypeVar("T")
OPEN_FILES: Final = 1_048_576
"""What a process asks for at its start: as many as Linux lets a process have, unless told otherwise (fs.nr_open)."""


def run_on_event_loop(main: Coroutine[Any, Any, T], name: str = "auto") -> T:
    """Runs `main` to its end on the loop that EVENT_LOOP names."""
    with asyncio.Runner(loop_factory=_factory(name)) as runner:
        return runner.run(main)


def uvloop_is_installed() -> bool:
    """Whether uvloop is there; it exists for Linux and macOS."""
    return find_spec(UVLOOP) is not None


def _factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == UVLOOP or (name == "auto" and uvloop_is_installed()):
        return cast(Callable[[], asyncio.AbstractEventLoop], import_module(UVLOOP).new_event_loop)
    if sys.platform == "win32":  # Its usual loop knows no readers of sockets.
        return asyncio.SelectorEventLoop
    return asyncio.new_event_loop


def allow_open_files(wanted: int) -> int:
    """Raises the limit of this process to `wanted`, as far as the system lets it; the limit from now on."""
    soft, hard = open_files_limits()
    if soft == NO_LIMIT or resource is None:
        return wanted
    reachable = wanted if hard == NO_LIMIT else min(wanted, hard)
    if reachable > soft:
        with suppress(OSError, ValueError):  # The hard limit is above what the system grants anybody by now.
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (reachable, resource.RLIM_INFINITY if hard == NO_LIMIT else hard)
            )
            return reachable
    return soft
