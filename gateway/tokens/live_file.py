"""Files that are taken over while the gateway runs, whole or not at all."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

from gateway.settings.files import exists
from gateway.settings.watching import watch_files
from gateway.tokens import counts
from gateway.tokens.toml_file import TokenFileError

C = TypeVar("C")

log = logging.getLogger(__name__)


class LiveFile(Generic[C]):
    """The content of a file: `empty` without a path; that of the last right version when it changes."""

    def __init__(self, path: Path | None, read: Callable[[Path], C], empty: C) -> None:
        """Reads the file. Raises TokenFileError."""
        self.path = path
        self._read = read
        self._there = path is not None and exists(path)
        self._content = empty if path is None else read(path)

    def __call__(self) -> C:
        """The content in force."""
        return self._content

    def reload(self) -> bool:
        """Takes over the file as it is. One that is wrong or gone is logged and counted, the former stays: False."""
        if self.path is None or not (self._there or exists(self.path)):
            return False
        try:
            if not exists(self.path):
                raise TokenFileError(self.path, ["is gone"])
            content = self._read(self.path)
        except TokenFileError as problem:
            counts.FILE_READ.labels("refused").inc()
            log.error("token file refused, the former content stays: %s", problem)
            return False
        counts.FILE_READ.labels("taken").inc()
        log.info("token file read: %s", self.path)
        self._content, self._there = content, True
        return True


async def follow(files: Iterable[LiveFile[Any]]) -> None:
    """Reloads each file within 2 s of its change; runs until cancelled."""
    by_path = {file.path: file for file in files if file.path is not None}

    async def changed(paths: frozenset[Path]) -> None:
        for path in paths:
            await asyncio.to_thread(by_path[path].reload)

    if by_path:
        await watch_files(by_path, changed)
