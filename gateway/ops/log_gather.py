"""Gathers log lines that strangers can cause, so that they cannot fill the log: a line a kind and second, with a count.

A kind is a message before its values are put in. Those of other loggers are all written.
"""

import copy
import logging
from dataclasses import dataclass
from typing import Final

GATHER_S: Final = 1.0
GATHERED: Final = (
    "aiohttp",
    "asyncio",
    "gateway.agents.demo",
    "gateway.agents.passwords",
    "gateway.listeners.connection",
    "gateway.listeners.handshakes",
    "gateway.listeners.signals",
    "gateway.listeners.tls",
    "gateway.ops.admin_interface",
    "gateway.redis_store.records",
    "gateway.tokens.rates",
)
"""Loggers whose lines somebody without a session, or a broken client, can cause as often as they like."""
MOST_KINDS: Final = 1000
MORE: Final = " (and {} more like it)"

_Kind = tuple[str, int, str]


@dataclass(slots=True)
class _Heap:
    began_s: float
    last: logging.LogRecord
    more: int = 0


class LogGatherer:
    """The first line of a kind is written at once, of what follows within a second the last, with a count."""

    def __init__(self) -> None:
        self._heaps: dict[_Kind, _Heap] = {}

    def take(self, record: logging.LogRecord, now_s: float) -> list[logging.LogRecord]:
        """The lines to write now; `now_s` is on any clock that runs forward."""
        told = self.due(now_s)
        if not record.name.startswith(GATHERED):
            return [*told, record]
        kind = record.name, record.levelno, str(record.msg)
        heap = self._heaps.get(kind)
        if heap is None:
            if len(self._heaps) >= MOST_KINDS:
                return told
            self._heaps[kind] = _Heap(now_s, record)
            return [*told, record]
        heap.more, heap.last = heap.more + 1, record
        return told

    def due(self, now_s: float, *, at_once: bool = False) -> list[logging.LogRecord]:
        """The counts that are old enough to be told. A kind that goes on goes on being gathered."""
        told = []
        for kind, heap in list(self._heaps.items()):
            if at_once or now_s - heap.began_s >= GATHER_S:
                del self._heaps[kind]
                if heap.more:
                    told.append(_with_count(heap.last, heap.more))
                    self._heaps[kind] = _Heap(now_s, heap.last)
        return told


def _with_count(record: logging.LogRecord, more: int) -> logging.LogRecord:
    """The last one stands for itself, and for those that were counted with it."""
    told = copy.copy(record)
    told.msg, told.args = record.getMessage() + (MORE.format(more - 1) if more > 1 else ""), None
    return told
