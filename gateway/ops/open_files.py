"""How many files and connections this process may have open at once (RLIMIT_NOFILE)."""

import resource
from contextlib import suppress
from typing import Final

OPEN_FILES: Final = 1_048_576
"""What a process asks for at its start: as many as Linux lets a process have, unless told otherwise (fs.nr_open)."""


def allow_open_files(wanted: int) -> int:
    """Raises the limit of this process to `wanted`, as far as the system lets it; the limit from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if reachable > soft:
        with suppress(OSError, ValueError):  # The hard limit is above what the system grants anybody by now.
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
            return reachable
    return soft
