"""What desks asked and heard, written down while it happens and read again when it is judged.

A history is a file of JSON lines. Each operation has a line `invoke` when it leaves and one more when its answer is
there: `ok`, `fail` (a refusal that is sure) or `unknown` (a 503, a broken connection: it may have been done or not).
One without a second line is unknown too. Other lines tell which play begins and what was done to the site. Times are in
s of one monotonic clock.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO


class What(StrEnum):
    """What was asked. A take-over is a sign-in by force; a note makes an event for another agent."""

    SIGN_IN = "sign-in"
    TAKE_OVER = "take-over"
    SIGN_OUT = "sign-out"
    CALL = "call"
    POLL = "poll"
    NOTE = "note"


class Result(StrEnum):
    """What came of it."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Op:
    """One operation of an agent at a node.

    `session` numbers the sessions of the agent, 0 for none: the one that a sign-in began, or whose GUID was carried;
    `guid` numbers the GUIDs of a session in the order in which they were handed out. `said` is the retcode, for a
    session that is over with its reason. `handed` is the GUID in the answer, -1 for none; with `kept` False the desk
    threw the answer away, as if it had been lost. `note` is the text that was sent, `to` whom, `read` one that came.
    """

    agent: int
    what: What
    node: int
    session: int
    guid: int
    sent_s: float
    note: str = ""
    to: int = 0
    done_s: float = math.inf
    result: Result = Result.UNKNOWN
    said: str = ""
    handed: int = -1
    read: str = ""
    kept: bool = True

    @property
    def begins(self) -> bool:
        """It is a sign-in."""
        return self.what in {What.SIGN_IN, What.TAKE_OVER}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was done to the site, and from when until when. `node`: one that may not know yet, -1 for none."""

    name: str
    from_s: float
    to_s: float = math.inf
    node: int = -1


@dataclass
class History:
    """All of one play. `grace_s` is GUIDTIMEOUT - GUIDINTERVAL."""

    play: str
    grace_s: float
    lenient: Sequence[int] = ()
    """Agents who never take a new GUID, and need not."""
    ops: list[Op] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


class Recorder:
    """Writes the history of one play; `history` is what it is so far, of operations those that are answered."""

    def __init__(self, file: TextIO, play: str, grace_s: float, lenient: Sequence[int] = ()) -> None:
        self.history = History(play, grace_s, lenient)
        self._file = file
        self._open: dict[int, Op] = {}
        self._count = 0
        self._write({"type": "play", "play": play, "grace_s": grace_s, "lenient": list(lenient)})

    def invoke(self, op: Op) -> int:
        """An operation leaves; its number."""
        self._count += 1
        self._open[self._count] = op
        asked = {
            name: asdict(op)[name] for name in ("agent", "what", "node", "session", "guid", "sent_s", "note", "to")
        }
        self._write({"type": "invoke", "id": self._count, **asked})
        return self._count

    def done(self, number: int, result: Result, **heard: Any) -> Op:
        """Its answer is there, or there will be none; `heard` are members of `Op`."""
        op = replace(self._open.pop(number), done_s=time.monotonic(), result=result, **heard)
        self._write({"type": str(result), "id": number, "done_s": op.done_s, **heard})
        self.history.ops.append(op)
        return op

    @contextmanager
    def trouble(self, name: str, node: int = -1) -> Iterator[None]:
        """Something is done to the site while the block runs."""
        from_s = time.monotonic()
        yield
        trouble = Trouble(name, from_s, time.monotonic(), node)
        self.history.troubles.append(trouble)
        self._write({"type": "trouble", **asdict(trouble)})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[History]:
    """The histories in a file, play by play."""
    found: list[History] = []
    asked: dict[int, Op] = {}
    with path.open("r", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            kind = line.pop("type")
            if kind == "play":
                _leave_unknown(found, asked)
                found.append(History(**line))
            elif kind == "trouble":
                found[-1].troubles.append(Trouble(**line))
            elif kind == "invoke":
                number = line.pop("id")
                asked[number] = Op(**{**line, "what": What(line["what"])})
            else:
                found[-1].ops.append(replace(asked.pop(line.pop("id")), result=Result(kind), **line))
    _leave_unknown(found, asked)
    return found


def _leave_unknown(found: list[History], asked: dict[int, Op]) -> None:
    if found:
        found[-1].ops += asked.values()
    asked.clear()
