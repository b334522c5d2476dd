"""How many processes serve."""

from pathlib import Path
from typing import Final, Protocol

from gateway.settings import operating_system
from gateway.settings.kinds import SettingKind, number

WORKERS_MAX: Final = 64
AUTO: Final = 0
"""Stands for `auto` in the settings."""

_NUMBER: Final = number(1, WORKERS_MAX)


def _read(text: str, folder: Path) -> object:
    return AUTO if text.casefold() == "auto" else _NUMBER.read(text, folder)


WORKERS: Final = SettingKind(f"auto, or {_NUMBER.allowed}", _read)


class WorkerSettings(Protocol):
    """The settings that say how many."""

    @property
    def workers(self) -> int:
        """WORKERS."""

    @property
    def redis_url(self) -> object:
        """REDIS_URL; nothing for a store in memory."""

    @property
    def backend(self) -> str:
        """BACKEND."""


def worker_count(settings: WorkerSettings, cpus: int | None = None) -> int:
    """How many processes these settings mean; `cpus` are those that this process may use.

    `auto` is 1 where sessions are in the memory of one process, or the contact centre is in it.
    """
    if settings.workers != AUTO:
        return settings.workers
    if not settings.redis_url or settings.backend != "upstream":
        return 1
    usable = operating_system.usable_cpus() if cpus is None else cpus
    return max(1, min(usable, WORKERS_MAX))
