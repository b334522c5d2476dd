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
PIECE_BYTES: Final = 4_096
"""Of lines that are written together: as much as a pipe takes whole (PIPE_BUF), whoever else writes to it."""
REST_S: Final = 0.01
"""Behind a piece. In a burst a thread that wakes for each line would cost the event loop more than the lines do."""


class LineWriter:
    """Writes lines to a file descriptor, or by a function that may wait, in order and each whole, in a thread.

    A line that comes alone is written at once, those that follow within REST_S together, PIECE_BYTES at a time unless
    one of them is longer. When nobody reads there, `most_bytes` of them wait and more are dropped: `dropped` counts all
    of them, and `note` makes the line that tells how many are missing in its place.
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
        lock = threading.RLock()
        self._due = threading.Condition(lock)
        self._written = threading.Condition(lock)
        self._rests = self._writing = False
        self._in_a_hurry = 0
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def put(self, line: str) -> None:
        """Has a line written, its end included. Never waits for a reader."""
        raw = line.encode("utf-8", "backslashreplace")
        with self._due:
            if self._bytes + len(raw) > self._most:
                self._drop()
                return
            self._bytes += len(raw)
            self._waiting.append(raw)
            if not self._rests or self._bytes >= PIECE_BYTES:
                self._due.notify()

    def flush(self, within_s: float) -> bool:
        """Waits until all is written, for so long at most; whether it is."""
        with self._written:
            self._in_a_hurry += 1
            self._due.notify()
            try:
                return self._written.wait_for(lambda: not (self._waiting or self._writing), within_s)
            finally:
                self._in_a_hurry -= 1

    def _drop(self) -> None:
        self.dropped += 1
        last = self._waiting.pop() if self._waiting and isinstance(self._waiting[-1], int) else 0
        self._waiting.append(int(last) + 1)

    def _run(self) -> None:
        while True:
            self._write(self._next())
            with self._due:
                self._writing = False
                self._written.notify_all()
                self._rest()

    def _rest(self) -> None:
        self._rests = True
        self._due.wait_for(lambda: self._in_a_hurry or self._bytes >= PIECE_BYTES, REST_S)
        self._rests = False

    def _next(self) -> list[bytes]:
        with self._due:
            self._due.wait_for(lambda: bool(self._waiting))
            self._writing = True
            piece = [self._take()]
            size = len(piece[0])
            while self._waiting and size + _size_of(self._waiting[0]) <= PIECE_BYTES:
                piece.append(self._take())
                size += len(piece[-1])
            return piece

    def _take(self) -> bytes:
        taken = self._waiting.popleft()
        if isinstance(taken, int):
            return self._note(taken).encode("utf-8", "backslashreplace")
        self._bytes -= len(taken)
        return taken

    def _write(self, piece: list[bytes]) -> None:
        """To the end, however long that takes; lines that nobody can take (the reader has gone) are dropped."""
        try:
            self._put_out(b"".join(piece))
        except OSError:
            with self._due:
                self.dropped += len(piece)


def _size_of(waiting: bytes | int) -> int:
    """Of a line; that which tells of missing ones goes by itself."""
    return PIECE_BYTES if isinstance(waiting, int) else len(waiting)


def _write_all(file: int, piece: bytes) -> None:
    while piece:
        try:
            piece = piece[os.write(file, piece) :]
        except BlockingIOError:  # Somebody else set the descriptor, which several processes share, to this way.
            select.select((), (file,), ())
