"""What only some systems have: locks of files, limits of processes, owners, signals, what the kernel knows of sockets.

Where something is missing, what needs it is weaker, and docs/other_systems.md names that: nothing fails at an import.
"""

import os
import select
import signal
import struct
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, Final


def module_or_none(name: str) -> ModuleType | None:
    """A module of the standard library, None where this system does not have it."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


fcntl: Final = module_or_none("fcntl")
resource: Final = module_or_none("resource")
termios: Final = module_or_none("termios")
_poll: Final[Any] = getattr(select, "poll", None)
_NUMBER: Final = struct.Struct("i")
TELLS_ARRIVAL: Final = sys.platform == "linux"
"""Whether the system tells what a peer has acknowledged."""
NO_LIMIT: Final = -1
"""How many files a process may open, where nothing bounds it."""


def unacknowledged(descriptor: int) -> int | None:
    """Bytes in the send queue of a socket, the end mark among them; None where the system does not tell."""
    if not TELLS_ARRIVAL or fcntl is None or termios is None:
        return None
    try:
        return int(_NUMBER.unpack(fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(_NUMBER.size)))[0])
    except (OSError, ValueError):
        return None


def stands_unread(descriptor: int) -> bool:
    """Whether something has arrived on a socket that was not read: bytes, the end, or a reset."""
    if _poll is None:
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = _poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def lock_alone(handle: int) -> None:
    """Waits for the only lock of an open file or folder, until it is closed. Without locks of files it does nothing."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)


def open_files_limits() -> tuple[int, int]:
    """How many files this process may open now, and how many it may ask for; NO_LIMIT for any number."""
    if resource is None:
        return NO_LIMIT, NO_LIMIT
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (NO_LIMIT if limit == resource.RLIM_INFINITY else int(limit) for limit in limits)
    return soft, hard


def usable_cpus() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def give_way(steps: int) -> None:
    """Lets other threads go before the calling one where not all can run, more so with more `steps`; on Linux alone."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), steps)


def flags(*names: str) -> int:
    """Flags of `os.open` by name, those together that this system has."""
    found = 0
    for name in names:
        found |= getattr(os, name, 0)
    return found


def has_owners() -> bool:
    """Whether files belong to users and groups, so that their mode tells who may read them."""
    return hasattr(os, "geteuid")


def known_signals(names: Iterable[str]) -> list[signal.Signals]:
    """Those of these signals that this system has."""
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]
