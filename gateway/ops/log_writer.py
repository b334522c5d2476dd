"""Log lines on their way out: a thread writes them, so that whoever should read them never holds up the service."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

MOST_BYTES: Final = 4 * 1_048_576
"""Of lines that wait to be written; more are dropped."""


class LineWriter:
    """Writes lines to a file descriptor, or by a function that may wait, in order and each whole, in a thread.

    When nobody reads there, `most_bytes` of them wait and more are dropped: `dropped` counts all of them, and `note`
    makes the line that tells how many are missing in its place.
    """

    def __init__(
        self, target: int | Callable[[bytes], None], note: Callable[[int], str], most_bytes: int = MOST_BYTES
    ) -> None:
        self.dropped = 0
        self._put_out = partial(_write_all, target) if isinstance(target, int) else target
        self._note = note
        self._most = most_bytes
        self._bytes = 0
        self._waiting: deque[bytes | int] = deque()
        """Lines, and the numbers of those that were dropped between them."""
        self._changed = threading.Condition()
        self._writing = False
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def put(self, line: str) -> None:
        """Has a line written, its end included. Never waits for a reader."""
        raw = line.encode("utf-8", "backslashreplace")
        with self._changed:
            if self._bytes + len(raw) > self._most:
                self._drop()
                return
            self._bytes += len(raw)
            self._waiting.append(raw)
            self._changed.notify_all()

    def flush(self, within_s: float) -> bool:
        """Waits until all is written, for so long at most; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._writing), within_s)

    def _drop(self) -> None:
        self.dropped += 1
        last = self._waiting.pop() if self._waiting and isinstance(self._waiting[-1], int) else 0
        self._waiting.append(int(last) + 1)

    def _run(self) -> None:
        while True:
            self._write(self._next())
            with self._changed:
                self._writing = False
                self._changed.notify_all()

    def _next(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting))
            self._writing = True
            taken = self._waiting.popleft()
            if isinstance(taken, int):
                return self._note(taken).encode("utf-8", "backslashreplace")
            self._bytes -= len(taken)
            return taken

    def _write(self, line: bytes) -> None:
        """To the end, however long that takes; a line that nobody can take (the reader has gone) is dropped."""
        try:
            self._put_out(line)
        except OSError:
            with self._changed:
                self.dropped += 1


def _write_all(file: int, line: bytes) -> None:
    while line:
        try:
            line = line[os.write(file, line) :]
        except BlockingIOError:  # Somebody else set the descriptor, which several processes share, to this way.
            select.select((), (file,), ())
