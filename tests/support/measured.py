"""What coverage counts: tracing makes whatever runs half as slow, so that it is stopped where it tells nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from coverage import Coverage

_stopped: list[Coverage] = []


@contextmanager
def untraced() -> Iterator[None]:
    """Nothing within the block counts, but for what is `traced` there."""
    measured = None if _stopped else Coverage.current()
    if measured is None:
        yield
        return
    measured.stop()
    _stopped.append(measured)
    try:
        yield
    finally:
        _stopped.clear()
        measured.start()


@contextmanager
def traced() -> Iterator[None]:
    """What runs within the block counts, although it stands in one that is `untraced`."""
    for measured in _stopped:
        measured.start()
    try:
        yield
    finally:
        for measured in _stopped:
            measured.stop()
