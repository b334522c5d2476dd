"""How long a request may wait for the store over all of its steps, each of which has a time-out of its own besides.

The deadline stands in the request that is being answered (`ops.request_context`), so that no function between needs to
pass it on. It is that of the task which answers: what that starts beside, such as writes of the outbox, has none.
"""

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gateway.ops.request_context import ANSWERED, CURRENT, RequestContext

CALL_S: Final = 0.95
SIGN_IN_S: Final = 1.9
"""With what is tidied up afterwards, the answer is there after 1 s, or 2 s for a sign-in."""
TIDY_S: Final = 0.05
"""What each step has that begins after the deadline: what was begun is undone if that is quick."""


@contextmanager
def answer_within(request: RequestContext, span_s: float) -> Iterator[None]:
    """What waits for the store in this block, on behalf of `request`, is to be over in `span_s`.

    Behind it the request counts as answered: what comes then in this task is not told as its doing.
    """
    before = CURRENT.set(request)
    request.answered_by, request.answer_by_s = asyncio.current_task(), time.monotonic() + span_s
    try:
        yield
    finally:
        request.id, request.answer_by_s = ANSWERED, math.inf
        CURRENT.reset(before)


@contextmanager
def paused_deadline() -> Iterator[None]:
    """What is waited for here is not the store: that time does not count."""
    request = CURRENT.get()
    if request is None or request.answer_by_s == math.inf or request.answered_by is not asyncio.current_task():
        yield
        return
    left_s, request.answer_by_s = request.answer_by_s - time.monotonic(), math.inf
    try:
        yield
    finally:
        if request.id != ANSWERED:
            request.answer_by_s = time.monotonic() + left_s


def step_until(now_s: float, span_s: float) -> float:
    """When a step that begins now and may take `span_s` has to end; times of the event loop in s."""
    due_s, request = now_s + span_s, CURRENT.get()
    if request is None or due_s <= request.answer_by_s or request.answered_by is not asyncio.current_task():
        return due_s
    return max(request.answer_by_s, now_s + min(TIDY_S, span_s))
