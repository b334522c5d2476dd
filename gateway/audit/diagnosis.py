"""What was the last trouble of an agent, by lines of the audit trail; or that they do not tell. Pure.

What happened to the agent itself comes first. What happened to a node, its store or its settings is a cause only where
it must have met the agent: it was signed in then, or it is so still. Where lines are missing, or two stories fit, the
answer is UNKNOWN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from gateway.audit.audit_file import time_ms

Found = Mapping[str, Any]

NODE_KINDS: Final = frozenset(
    {
        "node-start",
        "node-stop",
        "drain",
        "undrain",
        "store-outage",
        "store-back",
        "store-emptied",
        "settings-applied",
        "settings-refused",
        "settings-restored",
        "lines-missing",
    }
)
"""Kinds that concern everybody on a node."""


class Cause(StrEnum):
    """What it was."""

    NOTHING = "nothing"
    SIGNED_OUT = "signed out"
    IDLE = "idle"
    TOO_OLD = "too old"
    FORCED = "ended by an inspector or the operator"
    TAKEN_OVER = "taken over"
    REUSED_GUID = "a replaced GUID was used"
    PUSH_FAILED = "events could not be pushed"
    UPSTREAM = "signed out by the contact centre"
    LOCKED_OUT = "locked out"
    WRONG_PASSWORD = "wrong password"  # noqa: S105 - the name of a cause
    REFUSED = "refused"
    OLD_GUID = "an old GUID of the session is used"
    IGNORES_GUIDS = "the client ignores new GUIDs"
    PUSH_FAILS = "events are not taken"
    STORE_OUTAGE = "the store was out of reach"
    STORE_EMPTIED = "the store was emptied"
    RESTARTED = "restarted without a store that keeps sessions"
    STOPPED = "no node runs"
    DRAINING = "the node is drained"
    SETTINGS_REFUSED = "the settings file is refused"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Diagnosis:
    """The cause, the line that shows it, if any does, and when the agent met it (ms since the epoch)."""

    cause: Cause
    line: Found | None = None
    met_ms: int = 0


ENDS: Final[Mapping[str, Cause]] = {
    "SIGNED_OUT": Cause.SIGNED_OUT,
    "IDLE": Cause.IDLE,
    "TOO_OLD": Cause.TOO_OLD,
    "FORCED": Cause.FORCED,
    "REUSED_GUID": Cause.REUSED_GUID,
    "PUSH_FAILED": Cause.PUSH_FAILED,
    "UPSTREAM": Cause.UPSTREAM,
}
"""Reasons of sign-outs."""
TOLD: Final[Mapping[str, Cause]] = {**ENDS, "TAKEN_OVER": Cause.TAKEN_OVER, "REPLACED": Cause.TAKEN_OVER}
"""What a client is told of the end of its session (`why` of a refusal)."""
_TROUBLES: Final[Mapping[str, Cause]] = {
    "take-over": Cause.TAKEN_OVER,
    "sign-in-locked": Cause.LOCKED_OUT,
    "push-fails": Cause.PUSH_FAILS,
}
_FOREBODINGS: Final = ("guid-not-adopted", "guid-refused-in-earnest")
"""No trouble yet, but one that will come."""
_OLD_GUIDS: Final = {"guid-not-adopted": Cause.IGNORES_GUIDS, "guid-left-behind": Cause.OLD_GUID}
"""What the trail knows of GUIDs that are refused."""
_REFUSALS: Final[Mapping[str, Cause]] = {"110-016": Cause.LOCKED_OUT}
_WRONG_PASSWORD: Final = "100-004"  # noqa: S105 - a retcode
_LOCK_MS: Final = 300_000
_WRONG_GUID: Final = "000-003"
_NOT_SIGNED_IN: Final = "100-006"
_UNAVAILABLE: Final = "100-007"
_AROUND_MS: Final = 5000
"""A store is noticed to be away, and to be back, a little late."""
_GATHER_MS: Final = 60_000
_EVER_MS: Final = 2**62


def concerns(agent_id: int, line: Found) -> bool:
    """Whether the line names the agent."""
    return line.get("agent") == agent_id or agent_id in line.get("agents", ())


def diagnose(agent_id: int, lines: Sequence[Found]) -> Diagnosis:
    """The last trouble of the agent; `lines` are its own and those of nodes, in the order of their times."""
    own = [line for line in lines if concerns(agent_id, line) and not _is_doubtful(agent_id, line, lines)]
    story = _Story(own, [line for line in lines if line.get("kind") in NODE_KINDS])
    found = story.own_trouble()
    met = story.met_since(found.met_ms)
    if met is not None and (met.cause is not Cause.SETTINGS_REFUSED or found.cause is Cause.NOTHING):
        found = met
    nothing = found.line is None or found.cause in {Cause.NOTHING, Cause.SETTINGS_REFUSED}
    since_ms = 0 if nothing else time_ms(found.line or {})
    is_sure = not story.missing(since_ms) and (found.met_ms == 0 or found.met_ms >= story.begins_ms())
    return found if is_sure else Diagnosis(Cause.UNKNOWN, found.line)


class _Story:
    """What happened to one agent (`own`) and to nodes, their store and their settings."""

    def __init__(self, own: Sequence[Found], nodes: Sequence[Found]) -> None:
        self._own = own
        self._nodes = nodes
        self._outages = _outages(nodes)

    def missing(self, from_ms: int, to_ms: int = _EVER_MS) -> bool:
        """Whether lines are known to be missing between these times."""
        return any(line.get("kind") == "lines-missing" and from_ms <= time_ms(line) <= to_ms for line in self._nodes)

    def begins_ms(self) -> int:
        """Since when all is there. A gathered line is written late: one alone may be all that is left of its time."""
        return min((time_ms(line) for line in (*self._own, *self._nodes) if "count" not in line), default=_EVER_MS)

    def own_trouble(self) -> Diagnosis:
        """The last one that its own lines show."""
        for place in range(len(self._own) - 1, -1, -1):
            if self._own[place].get("kind") in _FOREBODINGS:
                continue
            found = self._trouble(place)
            over = any(line.get("kind") == "sign-in" for line in self._own[place + 1 :])
            if found is not None and not (found.cause is Cause.SIGNED_OUT and over):
                return replace(found, met_ms=time_ms(self._own[place]))
        signed_in, warned = _last(self._own, ("sign-in",)), _last(self._own, _FOREBODINGS)
        if warned is not None:
            return Diagnosis(Cause.IGNORES_GUIDS, warned)
        if signed_in is not None:
            return Diagnosis(Cause.NOTHING, signed_in)
        return Diagnosis(Cause.UNKNOWN, self._own[-1] if self._own else None)

    def _trouble(self, place: int) -> Diagnosis | None:
        """What trouble a line shows, None for none."""
        line = self._own[place]
        kind, reason = str(line.get("kind")), str(line.get("reason", ""))
        if kind == "sign-out":
            return Diagnosis(ENDS.get(reason, Cause.UNKNOWN), line)
        if kind != "refused":
            return Diagnosis(_TROUBLES[kind], line) if kind in _TROUBLES else None
        special = {
            _NOT_SIGNED_IN: self._not_signed_in,
            _WRONG_GUID: self._wrong_guid,
            _UNAVAILABLE: self._unavailable,
            _WRONG_PASSWORD: self._wrong_password,
        }
        if reason in special:
            return special[reason](line, self._own[:place])
        return Diagnosis(_REFUSALS.get(reason, Cause.REFUSED), line)

    def _not_signed_in(self, line: Found, before: Sequence[Found]) -> Diagnosis:
        """Why there is no session: what the client was told; else what lost all sessions, or the only end there was."""
        ends = [each for each in before if each.get("kind") in {"sign-out", "take-over"}]
        told = TOLD.get(str(line.get("why", "")))
        if told is not None:
            return Diagnosis(told, next((end for end in reversed(ends) if _cause_of(end) is told), line))
        lost = self._lost(0, time_ms(line))
        if lost is not None and _last([each for each in before if time_ms(each) > lost.met_ms], ("sign-in",)) is None:
            return lost
        since = _last(before, ("sign-in", "sign-out", "take-over"))
        causes = {_cause_of(end) for end in ends}
        if len(causes) != 1 or since is None or self.missing(time_ms(ends[-1]), time_ms(line)):
            return Diagnosis(Cause.UNKNOWN, line)
        return Diagnosis(causes.pop(), ends[-1])

    def _wrong_guid(self, line: Found, before: Sequence[Found]) -> Diagnosis:
        """A client that was seen to ignore new GUIDs, unless another one of the agent may have sent this."""
        since = _last(before, ("sign-in",))
        for kind, cause in _OLD_GUIDS.items():
            seen = _last(before, (kind,))
            if seen is None or (since is not None and time_ms(seen) < time_ms(since)):
                continue
            if seen.get("address") == line.get("address") and not self.missing(time_ms(seen), time_ms(line)):
                return Diagnosis(cause, seen)
        return Diagnosis(Cause.UNKNOWN, line)

    def _wrong_password(self, line: Found, before: Sequence[Found]) -> Diagnosis:
        """It locks, where it was the last one that is allowed."""
        locked = _last(before, ("sign-in-locked",))
        here = locked is not None and locked.get("address") == line.get("address")
        if locked is not None and here and time_ms(line) - time_ms(locked) < _LOCK_MS:
            return Diagnosis(Cause.LOCKED_OUT, locked)
        if locked is None and "count" in line and time_ms(line) - _GATHER_MS < self.begins_ms():
            return Diagnosis(Cause.UNKNOWN, line)  # It may have locked before what is left begins.
        return Diagnosis(Cause.WRONG_PASSWORD, line)

    def _unavailable(self, line: Found, _before: Sequence[Found]) -> Diagnosis:
        """Why the node that says so could not serve then."""
        node, at_ms = line.get("node"), time_ms(line)
        for began, ended_ms in self._outages:
            if began.get("node") == node and time_ms(began) - _AROUND_MS <= at_ms <= ended_ms + _AROUND_MS:
                return Diagnosis(Cause.STORE_OUTAGE, began)
        drained: Found | None = None
        for each in self._nodes:
            if time_ms(each) <= at_ms and each.get("kind") in {"drain", "undrain"} and each.get("target") == node:
                drained = each if each.get("kind") == "drain" else None
            elif time_ms(each) <= at_ms and each.get("kind") == "node-start" and each.get("node") == node:
                drained = None
        return Diagnosis(Cause.UNKNOWN, line) if drained is None else Diagnosis(Cause.DRAINING, drained)

    def is_in(self, at_ms: int) -> bool | None:
        """Whether the agent was signed in just before; None where the lines do not say."""
        changed = _last([line for line in self._own if time_ms(line) < at_ms], ("sign-in", "sign-out", "take-over"))
        if changed is None or self.missing(time_ms(changed), at_ms):
            return None
        lost = any(_losing(line) and time_ms(changed) < time_ms(line) < at_ms for line in self._nodes)
        return changed.get("kind") == "sign-in" and not lost

    def met_since(self, since_ms: int) -> Diagnosis | None:
        """What happened to nodes since then and met the agent, or stands now; UNKNOWN where it may have met it."""
        stopped = self._stopped()
        if stopped is not None:
            return stopped
        met = [each for each in (self._lost(since_ms), self._outage(since_ms)) if each is not None]
        return max(met, key=lambda each: each.met_ms) if met else self._refused()

    def _lost(self, from_ms: int, to_ms: int = _EVER_MS) -> Diagnosis | None:
        """What last lost all sessions, that of the agent among them."""
        for line in reversed(self._nodes):
            cause = _losing(line)
            if cause is None or not from_ms <= time_ms(line) <= to_ms:
                continue
            was_in = self.is_in(time_ms(line))
            if was_in is not False:
                return Diagnosis(cause if was_in else Cause.UNKNOWN, line, time_ms(line))
        return None

    def _outage(self, since_ms: int) -> Diagnosis | None:
        """The newest one that goes on where the agent was seen last, or was when it was signed in."""
        seen_at = {line.get("node") for line in self._own[-1:]} or {None}
        for began, ended_ms in self._outages:
            at_ms = time_ms(began)
            here = began.get("node") in seen_at or not self._own
            was_in = True if ended_ms == _EVER_MS else self.is_in(at_ms)
            if at_ms < since_ms or was_in is False:
                continue
            return Diagnosis(Cause.STORE_OUTAGE if here and was_in else Cause.UNKNOWN, began, at_ms)
        return None

    def _stopped(self) -> Diagnosis | None:
        """Nothing is recorded of any node since it stopped."""
        last: dict[object, Found] = {}
        for line in sorted([*self._own, *self._nodes], key=time_ms):
            last[line.get("node")] = line
        all_stopped = last and all(line.get("kind") == "node-stop" for line in last.values())
        return Diagnosis(Cause.STOPPED, max(last.values(), key=time_ms)) if all_stopped else None

    def _refused(self) -> Diagnosis | None:
        """The settings file of some node as it stands."""
        standing: dict[object, Found] = {}
        for line in self._nodes:
            if line.get("kind") == "settings-refused":
                standing[line.get("node")] = line
            elif line.get("kind") in {"settings-applied", "settings-restored", "node-start"}:
                standing.pop(line.get("node"), None)
        last = max(standing.values(), key=time_ms, default=None)
        return Diagnosis(Cause.SETTINGS_REFUSED, last) if last is not None else None


def _outages(nodes: Sequence[Found]) -> list[tuple[Found, int]]:
    """The line of the begin of each, the newest first, and its end in ms, _EVER_MS for one that goes on."""
    found: list[tuple[Found, int]] = []
    open_at: dict[object, Found] = {}
    for line in nodes:
        node, kind = line.get("node"), line.get("kind")
        if kind == "store-outage":
            if node in open_at:  # The line of its end is missing.
                found.append((open_at[node], time_ms(line)))
            open_at[node] = line
        elif kind in {"store-back", "node-start"} and node in open_at:
            found.append((open_at.pop(node), time_ms(line)))
    found += [(line, _EVER_MS) for line in open_at.values()]
    return sorted(found, key=lambda outage: time_ms(outage[0]), reverse=True)


def _cause_of(end: Found) -> Cause:
    return Cause.TAKEN_OVER if end.get("kind") == "take-over" else ENDS.get(str(end.get("reason")), Cause.UNKNOWN)


def _losing(line: Found) -> Cause | None:
    if line.get("kind") == "node-start" and line.get("store") == "memory":
        return Cause.RESTARTED
    return Cause.STORE_EMPTIED if line.get("kind") == "store-emptied" else None


def _is_doubtful(agent_id: int, line: Found, lines: Sequence[Found]) -> bool:
    """A gathered line of several agents names the time of the last of them: it says nothing of what came meanwhile."""
    if len(line.get("agents", ())) < 2:
        return False
    end_ms = time_ms(line)
    return any(
        concerns(agent_id, each) and end_ms - _GATHER_MS <= time_ms(each) <= end_ms
        for each in lines
        if each.get("kind") in {"sign-in", "sign-out", "take-over"}
    )


def _last(lines: Sequence[Found], kinds: Sequence[str]) -> Found | None:
    return next((line for line in reversed(lines) if line.get("kind") in kinds), None)
