"""One log line for a crash, without anything a client sent."""

import errno
import traceback
from typing import Final

from hiredis import ReplyError

_FRAMES: Final = 6


def crash_line(problem: BaseException) -> str:
    """Types and places of `problem` and of its causes, innermost frame first.

    The texts of exceptions are left out: they often hold the value that was wrong (design section 11: no secrets, no
    query strings in logs). What kind of error the system or Redis gave is told: its name holds nothing of a request.
    """
    return "; caused by ".join(_one(each) for each in _chain(problem))


def _chain(problem: BaseException) -> list[BaseException]:
    """The problem, and then what it is a group of, and its causes."""
    chain, others = list[BaseException](), [problem]
    while others and len(chain) < _FRAMES:
        last = others.pop(0)
        if last in chain:
            continue
        chain.append(last)
        if isinstance(last, BaseExceptionGroup):
            others += last.exceptions
        cause = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if cause is not None:
            others.append(cause)
    return chain


def _one(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
    return f"{_kind(problem)} in {places}" if places else _kind(problem)


def _kind(problem: BaseException) -> str:
    name = type(problem).__qualname__
    if isinstance(problem, ReplyError):
        return f"{name} {str(problem).partition(' ')[0][:20]}"
    if isinstance(problem, OSError) and problem.errno is not None and problem.errno in errno.errorcode:
        return f"{name} {errno.errorcode[problem.errno]}"
    return name
