"""How long a request may wait for the store over all of its steps, each of which has a time-out of its own besides.

The deadline is that of the task which answers the request, so that no function between needs to pass it on; tasks and
timers that this one starts have none.
"""

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

CALL_S: Final = 0.95
SIGN_IN_S: Final = 1.9
"""With what is tidied up afterwards, the answer is there after 1 s, or 2 s for a sign-in."""
TIDY_S: Final = 0.05
"""What each step has that begins after the deadline: what was begun is undone if that is quick."""

_Task = asyncio.Task[Any]

_DEADLINES: Final[dict[_Task | None, float]] = {}
"""Times of the event loop in s, which is the monotonic clock."""


class answer_within:  # noqa: N801 - used as a function, and on the path of every call
    """What the current task waits for in this block is to be over in `span_s`."""

    __slots__ = ("_span_s", "_task")

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._task = asyncio.current_task()

    def __enter__(self) -> None:
        _DEADLINES[self._task] = time.monotonic() + self._span_s

    def __exit__(self, *_problem: object) -> None:
        _DEADLINES.pop(self._task, None)


@contextmanager
def paused_deadline() -> Iterator[None]:
    """What is waited for here is not the store: that time does not count."""
    clock = asyncio.get_running_loop().time
    began_s = clock()
    try:
        yield
    finally:
        task = asyncio.current_task()
        if task in _DEADLINES:
            _DEADLINES[task] += clock() - began_s


def step_until(now_s: float, span_s: float) -> float:
    """When a step that begins now and may take `span_s` has to end; times of the event loop in s."""
    due_s, deadline_s = now_s + span_s, _DEADLINES.get(asyncio.current_task(), math.inf)
    return due_s if due_s <= deadline_s else max(deadline_s, now_s + min(TIDY_S, span_s))
