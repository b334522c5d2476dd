"""The audit trail: what happened to agents' sessions, tokens and settings, and who did it. No secret, no GUID.

Everybody tells of it by `record`. With a trail installed the lines go where that takes them (AUDIT_FILE, the stream of
the store); without one, as in tests and in commands, each is a line of the log.
"""

import hmac
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from gateway.ops import request_context
from gateway.wire import retcodes
from gateway.wire.errors import GatewayError, Unavailable
from gateway.wire.text import iso

Line = Mapping[str, object]
"""One line: `time`, `node`, `kind`, then `agent`, `session`, `address`, `client`, `reason` and more, where known."""
Sink = Callable[[Line], None]

LONGEST_TEXT: Final = 120
_FIRST: Final = ("agent", "session", "address", "client", "reason", "by")

ACTOR: Final[ContextVar[str]] = ContextVar("actor", default="")
"""The name of the admin token by whose request something is done here, "" where nobody asked for it."""
GATHER_MS: Final = 60_000
"""For how long further ones of a kind and address are counted before a line tells how many there were."""
MOST_ADDRESSES: Final = 1000
"""Of which lines are gathered at a time; all others together count as one, `OTHERS`."""
MOST_AGENTS: Final = 20
"""Agents that a gathered line names."""
OTHERS: Final = "others"
GATHERED: Final = frozenset(
    {"refused", "sign-in-locked", "token-refused", "token-api-key-refused", "admin-refused", "guid-reuse"}
)
"""Kinds that somebody without a session, or with a broken client, can cause as often as they like."""
AUDITED: Final = frozenset(
    {
        retcodes.NO_RIGHT,
        retcodes.NOT_SIGNED_IN,
        retcodes.BAD_SIGN_IN,
        retcodes.ALREADY_SIGNED_IN,
        retcodes.WRONG_CREDENTIALS,
        retcodes.PHONE_OUT_OF_RANGE,
        retcodes.MAY_NOT_BE_FORCED,
        retcodes.SIGN_IN_IN_PROGRESS,
        retcodes.LOCKED,
    }
)
"""Retcodes about sessions and sign-ins. Others are a matter between the desktop and the contact centre."""

_LOG = logging.getLogger("gateway.audit")
_REFUSALS = logging.getLogger("gateway.audit.refusals")


class Trail:
    """Makes lines and hands them to `sinks`, none of which may wait.

    `key` hides session ids: the same session has the same hash on every node that shares it. `now_ms` is the time
    since the epoch. What strangers can cause is gathered until `gather` is called, about once a second.
    """

    def __init__(self, node: str, key: bytes, sinks: Sequence[Sink], now_ms: Callable[[], int]) -> None:
        self._node = node
        self._key = key
        self._sinks = sinks
        self._now_ms = now_ms
        self._gatherer = Gatherer(self._send)

    def record(self, kind: str, facts: Mapping[str, object]) -> None:
        """Writes what happened, or counts it with others of its kind and address."""
        now_ms = self._now_ms()
        line: dict[str, object] = {"time": iso(now_ms), "node": self._node, "kind": kind}
        known = {**facts, "session": self.session_hash(str(facts.get("session", "")))}
        names = [*_FIRST, *(name for name in known if name not in _FIRST)]
        line |= {name: _value(known[name]) for name in names if known.get(name) not in (None, "")}
        self._gatherer.take(line, now_ms)

    def gather(self, *, at_once: bool = False) -> None:
        """Writes what was gathered for long enough; all of it `at_once`, at the end of the process."""
        self._gatherer.write_due(self._now_ms(), at_once=at_once)

    def session_hash(self, session_id: str) -> str:
        """What stands for a session in the lines; "" for none."""
        return hmac.digest(self._key, session_id.encode(), "sha256").hex()[:16] if session_id else ""

    def _send(self, line: Line) -> None:
        for sink in self._sinks:
            sink(line)


_installed: list[Trail] = []


@contextmanager
def installed(made: Trail) -> Iterator[Trail]:
    """While the block runs, `record` writes to this trail."""
    _installed.append(made)
    try:
        yield made
    finally:
        made.gather(at_once=True)
        _installed.remove(made)


def record(what: str, agent_id: int | None = None, **facts: object) -> None:
    """Tells what happened, to which agent if to any, and facts by name.

    `session` is a session id, which is written as a keyed hash. Who asked for it on the admin listener and the address
    of the agent's request are added, where there are any.
    """
    told = facts if agent_id is None else {"agent": agent_id, **facts}
    if ACTOR.get():
        told = {**told, "by": ACTOR.get()}
    if _installed:
        address = request_context.address()
        _installed[-1].record(what, {"address": address, **told} if address else told)
        return
    shown = {name: value for name, value in told.items() if name != "session"}
    _LOG.info("%s%s", what, "".join(f" {name}={_plain(value)}" for name, value in shown.items()))


def session_hash(session_id: str) -> str:
    """What stands for a session in the lines of the trail, "" without one."""
    return _installed[-1].session_hash(session_id) if _installed else ""


def tell(what: str, facts: Mapping[str, object]) -> None:
    """As `record`, for what concerns no agent."""
    record(what, None, **facts)


def gather(*, at_once: bool = False) -> None:
    """Has the trail write what it gathered for long enough, about once a second; all of it `at_once`, at the end."""
    if _installed:
        _installed[-1].gather(at_once=at_once)


def _value(value: object) -> object:
    """As it may stand in a line: numbers and lists as they are, text bounded and without control characters."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_value(each) for each in value[:50]]
    text = str(value)[:LONGEST_TEXT]
    return text if text.isprintable() else ascii(text)[1:-1]


def _plain(value: object) -> str:
    text = str(value)[:LONGEST_TEXT]
    return text if text.isascii() and text.isprintable() and " " not in text else ascii(text)


@dataclass(slots=True)
class _Burst:
    first: Mapping[str, object]
    began_ms: int
    more: int = 0
    agents: dict[object, None] = field(default_factory=dict)


class Gatherer:
    """The first of a kind, reason and address is written at once, what follows in the next minute as one line.

    That line is the first one again, with the time of its end, `count` (how many further ones) and `agents` (the first
    20 of them).
    """

    def __init__(self, write: Callable[[Mapping[str, object]], None]) -> None:
        self._write = write
        self._bursts: dict[tuple[object, ...], _Burst] = {}

    def take(self, line: Mapping[str, object], now_ms: int) -> None:
        """Writes a line or counts it."""
        if line["kind"] not in GATHERED:
            self._write(line)
            return
        key: tuple[object, ...] = (line["kind"], line.get("reason"), line.get("address"), line.get("why"))
        burst = self._bursts.get(key)
        if burst is None and len(self._bursts) >= MOST_ADDRESSES:
            line = {**line, "address": OTHERS}
            key = (line["kind"], OTHERS)
            burst = self._bursts.get(key)
        if burst is None:
            self._bursts[key] = _Burst(line, now_ms)
            self._write(line)
            return
        burst.more += 1
        if "agent" in line and len(burst.agents) < MOST_AGENTS:
            burst.agents[line["agent"]] = None
        if now_ms - burst.began_ms >= GATHER_MS:
            self._end(key, str(line["time"]))
        else:
            burst.first = {**burst.first, "time": line["time"]}

    def write_due(self, now_ms: int, *, at_once: bool = False) -> None:
        """Writes the lines of bursts that are old enough."""
        due = [key for key, burst in self._bursts.items() if at_once or now_ms - burst.began_ms >= GATHER_MS]
        for key in due:
            self._end(key, str(self._bursts[key].first["time"]))

    def _end(self, key: tuple[object, ...], time: str) -> None:
        burst = self._bursts.pop(key)
        if burst.more:
            told = {name: value for name, value in burst.first.items() if name not in {"agent", "session"}}
            agents = {"agents": list(burst.agents)} if burst.agents else {}
            self._write({**told, "time": time, **agents, "count": burst.more})


def record_refusal(operation: str, agent_id: int, problem: GatewayError, *, signs_in: bool = False) -> None:
    """Tells of a refusal: in the log at DEBUG, and in the audit trail if it is about sessions.

    `agent_id` is what the path names, 0 for none. Whoever watches the store and the backend tells that they are out of
    reach; who wanted to sign in (`signs_in`) meanwhile is told of all the same.
    """
    if _REFUSALS.isEnabledFor(logging.DEBUG):
        _REFUSALS.debug("%s refused: %s", operation, problem.retcode)
    if signs_in if isinstance(problem, Unavailable) else problem.retcode in AUDITED:
        record(
            "refused",
            agent_id or None,
            reason=problem.retcode,
            operation=operation,
            why=problem.message.name if isinstance(problem.message, Enum) else "",
            request=request_context.request_id(),
        )
