"""How far a long command is, and how Ctrl-C ends it early."""

import asyncio
import contextlib
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import click

QUIET_S: Final = 5.0
"""Where the progress is no terminal, who comes and how it goes are each shown once in this time."""
PATIENCE_S: Final = 2.0
"""What takes longer says that it goes on."""


class Teller:
    """One line that renews itself on a terminal; lines elsewhere. `has_told`: there was one."""

    def __init__(self) -> None:
        self.has_told = False
        self._again_s: dict[bool, float] = {}

    def __call__(self, line: str) -> None:
        """Shows a line; one with `|` is live."""
        self.has_told = True
        live = "|" in line
        if sys.stderr.isatty():
            click.echo(f"\r{line}\x1b[K", nl=False, err=True)
        elif time.monotonic() >= self._again_s.get(live, 0.0):
            self._again_s[live] = time.monotonic() + QUIET_S
            click.echo(line, err=True)

    def end(self) -> None:
        """Behind it the result is printed."""
        if sys.stderr.isatty():
            click.echo(err=True)


@contextlib.contextmanager
def patience(what: str, within_s: float = PATIENCE_S, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Tells on stderr that `what` goes on, once the block takes longer than `within_s`, and then every few seconds."""
    over, tell, began_s = threading.Event(), Teller(), clock()

    def watch() -> None:
        wait_s = within_s
        while not over.wait(wait_s):
            tell(f"{what} | {clock() - began_s:.0f} s")
            wait_s = 1.0

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
        if tell.has_told:
            tell.end()


@contextlib.asynccontextmanager
async def interrupted() -> AsyncIterator[asyncio.Event]:
    """Set by Ctrl-C; a second one ends the process. Where the system has no such handlers, the first one does."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, end)
    try:
        yield stop
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
