"""Writes a change of an agent's record into Redis in one step, with all that goes along with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

from gateway.redis_store.codec import member, version, write_end, write_versioned
from gateway.redis_store.floor_claim import Fenced, claim_text
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Argument, load_script
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Bounds, Change
from gateway.wire.errors import StoreUnavailable

_SWAP: Final = load_script("floor", "queue", "swap")


@dataclass(frozen=True, slots=True)
class SwapOutcome:
    """What became of a change.

    `changed_to` is the record that stands there instead of the one decided on, None when it was still that one; `held`
    is False when the session was seen since; `written` is the new record, if there was one.
    """

    changed_to: bytes | None = None
    held: bool = True
    written: bytes | None = None
    dropped: int = 0


class Swap:
    """The script `swap.lua` and its arguments. `floor` is the claim of a contact centre in this process."""

    def __init__(
        self,
        link: RedisLink,
        bounds: Callable[[], Bounds],
        seen_keys: tuple[str, str],
        owed_keys: tuple[str, str],
        floor: Fenced | None = None,
    ) -> None:
        self._link = link
        self._bounds = bounds
        self._agents, self._events, self._queues = (link.keys(name) for name in ("agent", "events", "queue"))
        self._others = (*seen_keys, *owed_keys, link.key("floor"))
        self._floor = floor

    async def run(self, kept: bytes, before: Record, change: Change[Any], now_ms: int, *, durable: bool) -> SwapOutcome:
        """Writes `change` if the record is still `kept`, the bytes of `before`. Raises StoreUnavailable."""
        link, agent_id = self._link, before.agent_id
        written = write_versioned(change.record) if change.record is not None else b""
        keys = (self._agents(agent_id), self._events(agent_id), self._queues(agent_id), *self._others)
        note = b"+" + change.note if change.note else b""
        arguments: list[Argument] = [to_json(self._described(before, change, now_ms)), version(kept), written, note]
        for event in change.events:
            arguments += (event.id, event.body)
        for end in change.ends:
            arguments += (end.session_id, end.ended_ms, write_end(end))
        run = link.durable if durable else link.replicated if change.events else link.script
        outcome, value = await run(_SWAP, keys, arguments)
        if outcome == b"floor" and self._floor is not None:
            self._floor.refused()
            raise StoreUnavailable
        if outcome == b"changed":
            return SwapOutcome(changed_to=value)
        held = outcome == b"done"
        return SwapOutcome(held=held, written=written if held and written else None, dropped=value)

    def _described(self, before: Record, change: Change[Any], now_ms: int) -> dict[str, object]:
        """The members of `change` in `swap.lua`. Times are texts: Lua would write so large a number in its own way."""
        after = change.record or before
        bounds = self._bounds()
        former, becomes, member_now = _seen(before, after)
        return {
            "silent_since": "" if change.silent_since_ms is None else str(change.silent_since_ms),
            "former_member": former,
            "member_becomes": becomes,
            "member": member_now,
            "now": str(now_ms),
            "another_session": _id(before.session) != _id(after.session),
            "session": _id(after.session),
            "most_events": bounds.count,
            "most_bytes": bounds.size,
            "wake_channel": self._link.wake_channel,
            "wake": f"{before.agent_id}:",
            "events": len(change.events),
            "floor": claim_text(self._floor),
        }


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
