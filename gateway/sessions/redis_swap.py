"""Writes a change of an agent's record into Redis in one step, with all that goes along with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.redis_link.link import RedisLink
from gateway.redis_link.packing import Argument
from gateway.redis_link.scripts import load_script
from gateway.sessions.codec import write_end
from gateway.sessions.memory_queue import Bounds
from gateway.sessions.model import Record, Session
from gateway.sessions.redis_records import version, write
from gateway.sessions.redis_seen import member
from gateway.sessions.store import Change

_SWAP: Final = load_script("gateway.sessions.lua", "queue", "swap")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a change.

    `changed_to` is the record that stands there instead of the one decided on, None when it was still that one; `held`
    is False when the session was seen since; `written` is the new record, if there was one.
    """

    changed_to: bytes | None = None
    held: bool = True
    written: bytes | None = None
    dropped: int = 0


class Swap:
    """The script `swap.lua` and its arguments."""

    def __init__(
        self, link: RedisLink, bounds: Callable[[], Bounds], seen_keys: tuple[str, str], owed_keys: tuple[str, str]
    ) -> None:
        self._link = link
        self._bounds = bounds
        self._seen_keys = seen_keys
        self._owed_keys = owed_keys

    async def run(self, kept: bytes, before: Record, change: Change[Any], now_ms: int, *, durable: bool) -> Answer:
        """Writes `change` if the record is still `kept`, the bytes of `before`. Raises StoreUnavailable."""
        link, agent_id = self._link, before.agent_id
        after = change.record or before
        written = write(change.record) if change.record is not None else b""
        keys = (
            link.key("agent", agent_id),
            link.key("events", agent_id),
            link.key("queue", agent_id),
            *self._seen_keys,
            *self._owed_keys,
        )
        bounds = self._bounds()
        arguments: list[Argument] = [
            version(kept),
            written,
            "" if change.silent_since_ms is None else change.silent_since_ms,
            *_seen(before, after),
            now_ms,
            int(_id(before.session) != _id(after.session)),
            _id(after.session),
            bounds.count,
            bounds.size,
            link.wake_channel,
            f"{agent_id}:",
            len(change.events),
        ]
        for event in change.events:
            arguments += (event.id, event.body)
        for end in change.ends:
            arguments += (end.session_id, end.ended_ms, write_end(end))
        run = link.durable if durable else link.script
        outcome, value = await run(_SWAP, keys, arguments)
        if outcome == b"changed":
            return Answer(changed_to=value)
        held = outcome == b"done"
        return Answer(held=held, written=written if held and written else None, dropped=value)


def _id(session: Session | None) -> str:
    return session.id if session is not None else ""


def _seen(before: Record, after: Record) -> tuple[str, str, str]:
    """The former member of the seen sets, what becomes of it, and the new member."""
    former = member(before.agent_id, before.session.id) if before.session is not None else ""
    if after.session is None:
        return former, "gone" if before.session is not None else "keep", ""
    mode = "push" if after.session.push else "poll"
    same = before.session is not None and (before.session.id, before.session.push) == (
        after.session.id,
        after.session.push,
    )
    return former, "keep" if same else mode, member(after.agent_id, after.session.id)
