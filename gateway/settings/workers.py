"""How many processes serve (design section 11, WORKERS)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.settings.kinds import Kind, number

if TYPE_CHECKING:
    from gateway.settings.schema import Settings

WORKERS_MAX: Final = 64
AUTO: Final = 0
"""Stands for `auto` in the settings."""

_NUMBER: Final = number(1, WORKERS_MAX)


def _read(text: str, folder: Path) -> object:
    return AUTO if text.casefold() == "auto" else _NUMBER.read(text, folder)


WORKERS: Final = Kind(f"auto, or {_NUMBER.allowed}", _read)


def worker_count(settings: "Settings", cpus: int | None = None) -> int:
    """How many processes these settings mean; `cpus` are those that this process may use.

    `auto` is 1 wherever one process would serve calls or sessions that another knows nothing of.
    """
    if settings.workers != AUTO:
        return settings.workers
    if not settings.redis_url or settings.backend != "upstream":
        return 1
    usable = len(os.sched_getaffinity(0)) if cpus is None else cpus
    return max(1, min(usable, WORKERS_MAX))
