"""Who may call: checks GUIDs against the live record and lets them age (docs/protocol.md, Rotation)."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from gateway.audit import trail
from gateway.backend import EndReason, Leave, LiveSession
from gateway.ops import metrics
from gateway.sessions import lifecycle, rules
from gateway.sessions.adoption import AdoptionBook, RehearsalSearch, lags
from gateway.sessions.guid import KeyRing
from gateway.sessions.model import Record, Session
from gateway.sessions.policy import Limits, Policy
from gateway.sessions.rules import Bearer, Rejected, Use
from gateway.sessions.store import Change, SessionStore
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable

_LOG = logging.getLogger(__name__)
REMEMBERED_GUIDS = 65_536
ASK_AGAIN_MS: Final = 1000
"""After an agent whose session is too old may not leave yet."""
REMEMBERED_ASKED: Final = 65_536
_ACCEPTED: Final = metrics.CHECKS.of("accepted")


async def _may_leave(_live: LiveSession) -> Leave:
    return Leave()


class SessionOver(Refused):
    """The session whose GUID the request carries has ended (`100-006`): why, and when in ms of the store's time."""

    def __init__(self, reason: EndReason, ended_ms: int) -> None:
        super().__init__(retcodes.NOT_SIGNED_IN, reason)
        self.reason = reason
        self.ended_ms = ended_ms


@dataclass(slots=True)
class Caller:
    """An accepted request: its record, the generation it carries, and the GUID to hand out, if any.

    `made`: this very request made that GUID; otherwise it is handed out again. `to_note`: it is to be noted when the
    client has got it, since the grace of the one before begins with that.
    """

    record: Record
    session: Session
    number: int
    hand_out: str = ""
    made: bool = False
    to_note: bool = False


class Presumed(NamedTuple):
    """A caller by the record known here, and until when in ms its GUID is good by that (None: no end is known)."""

    caller: Caller
    until_ms: int | None


class SessionService:
    """Checks and rotation over a store. `policy` gives the settings of the moment.

    `ask_to_leave` and `stay` are the backend's, where sessions may become too old: see `backend.Backend`.
    """

    def __init__(self, store: SessionStore, ring: KeyRing, policy: Callable[[], Policy]) -> None:
        self.store = store
        self.ring = ring
        self.derive = lru_cache(REMEMBERED_GUIDS)(ring.derive)
        self._policy = policy
        self._missing_keys: set[str] = set()
        self.adoption = AdoptionBook()
        self._rehearsal = RehearsalSearch(ring.derive)
        self._asked_ms: OrderedDict[str, int] = OrderedDict()
        self.ask_to_leave: Callable[[LiveSession], Awaitable[Leave]] = _may_leave
        self.stay: Callable[[int, str], None] = lambda agent_id, session_id: None

    def limits(self, agent_id: int) -> Limits:
        """What age means for this agent now."""
        return self._limits(self.store.shard_of(agent_id), agent_id)

    def _limits(self, store: SessionStore, agent_id: int) -> Limits:
        return self._policy().limits(agent_id, store.outages())

    def now_ms(self, agent_id: int) -> int:
        """The time of this agent's shard, in which all times of its record are."""
        return self.store.shard_of(agent_id).now_ms()

    def guid(self, session: Session, number: int) -> str:
        """The GUID of a generation."""
        return self.derive(session.key_id, session.id, number, session.node)

    async def check(self, agent_id: int, guid: str) -> Session:
        """Accepts or refuses a request that carries `guid`, of the kind that hands none out; gives its session.

        In polling mode it counts against the time limit. Raises Refused (`000-003`, `100-006`) and StoreUnavailable.
        """
        store = self.store.shard_of(agent_id)
        record = await store.read(agent_id)
        current = record.session
        if (
            current is not None
            and not self._policy().looks_at_every_use
            and rules.is_current(current, guid, self.derive)
        ):  # As nearly every request: its use changes nothing.
            _ACCEPTED.count += 1
            if not current.push:
                store.note_seen(agent_id, current.id, push=False)
            return current
        return (await self.call(agent_id, guid, hands_out=False, just_read=record)).session

    async def call(self, agent_id: int, guid: str, *, hands_out: bool, just_read: Record | None = None) -> Caller:
        """As `check`, of any kind; `hands_out` for polls and heartbeats.

        In push mode only these count against the time limit, in polling mode every request does (docs/protocol.md, Time
        limits). `just_read` is the record, where it was read for this very request already.
        Raises Refused (`000-003`, `100-006`) and StoreUnavailable.
        """
        store = self.store.shard_of(agent_id)
        record = just_read if just_read is not None else await store.read(agent_id)
        policy = self._policy()
        record, verdict, limits, now = await self._bearer(store, record, guid)
        session, number = verdict
        _ACCEPTED.count += 1
        if policy.too_old(session, now):
            await self._refuse_too_old(agent_id, session, now)
        if hands_out and rules.is_reuse(session, number, limits, now):
            await self._reused(agent_id, session)
        if hands_out or not session.push:
            store.note_seen(agent_id, session.id, push=session.push)
        if limits.rehearsal and rules.would_be_refused(session, number, limits, now):
            self.adoption.note_refused_in_earnest(agent_id, session, now)
        use = rules.use(session, number, limits, now, hands_out=hands_out)
        if use.session is session and use.hand_out is None:
            return Caller(record, session, number)
        return await self.use(record, verdict, hands_out=hands_out)

    def presume(self, agent_id: int, guid: str) -> Presumed | None:
        """Who carries `guid` by the record known here, where a poll of it is answered and changes nothing; else None.

        A poll asks the store whether that is the record, and for its event, in one look; then it is `accepted`.
        """
        store = self.store.shard_of(agent_id)
        record = store.known(agent_id)
        if record is None:
            return None
        limits, now = self._limits(store, agent_id), store.now_ms()
        verdict = rules.check(record, guid, self.derive, limits, now)
        if isinstance(verdict, Rejected):
            return None
        session, number = verdict
        if session.push or self._policy().too_old(session, now):
            return None
        if number < session.number and (
            rules.is_reuse(session, number, limits, now)
            or (limits.rehearsal and rules.would_be_refused(session, number, limits, now))
        ):
            return None
        use = rules.use(session, number, limits, now, hands_out=True)
        if use.session is not session or use.hand_out is not None:
            return None
        return Presumed(Caller(record, session, number), rules.lapses_ms(session, number, limits))

    def accepted(self, caller: Caller) -> None:
        """The store has said that a presumed caller is right."""
        agent_id, session = caller.record.agent_id, caller.session
        self.store.shard_of(agent_id).note_seen(agent_id, session.id, push=session.push)

    async def _bearer(self, store: SessionStore, record: Record, guid: str) -> tuple[Record, Bearer, Limits, int]:
        """Who carries `guid`, and the record that says so. Whoever it refuses is refused on a record that is sure."""
        agent_id = record.agent_id
        limits, now = self._limits(store, agent_id), store.now_ms()
        verdict = self._check(record, guid, limits, now)
        if isinstance(verdict, Rejected):
            record = await store.read(agent_id, sure=True)
            limits, now = self._limits(store, agent_id), store.now_ms()
            verdict = self._check(record, guid, limits, now)
        if isinstance(verdict, Rejected):
            if record.session is not None:
                self.adoption.note_refused(agent_id, record.session, guid, self.derive, now)
            metrics.CHECKS.add("ended" if verdict.ended or record.session is None else "unknown")
            self._refuse(record, verdict)
        return record, verdict, limits, now

    def _check(self, record: Record, guid: str, limits: Limits, now_ms: int) -> Bearer | Rejected:
        """Raises Unavailable when it would take too many searches to tell, so that nobody is refused unheard."""
        verdict = rules.check(record, guid, self.derive, limits, now_ms)
        session = record.session
        if isinstance(verdict, Bearer) or verdict.ended or session is None or not rules.rehearsed(session, limits):
            return verdict
        return self._rehearsal.find(session, guid, limits) or verdict

    async def look_again(self, agent_id: int, session_id: str) -> Record:
        """The record as it is now. Where it says that this session is over, it is sure. Raises StoreUnavailable."""
        return await self.surely_over(await self.store.read(agent_id), session_id)

    async def surely_over(self, record: Record, session_id: str) -> Record:
        """This record; where it says that the session is over, the one that is sure. Raises StoreUnavailable."""
        agent_id = record.agent_id
        if record.session is None or record.session.id != session_id:
            record = await self.store.read(agent_id, sure=True)
        return record

    async def use(self, record: Record, bearer: Bearer, *, hands_out: bool) -> Caller:
        """Notes a use of a generation that was accepted when its request arrived (docs/protocol.md, Rotation).

        Raises Refused when that session is over, and StoreUnavailable.
        """
        agent_id, session_id = record.agent_id, bearer.session.id
        before = _still(record, session_id)
        use = rules.use(before, bearer.number, self.limits(agent_id), self.now_ms(agent_id), hands_out=hands_out)
        if use.session is not before:
            changed = await self.store.apply(
                agent_id, lambda fresh: self._used(fresh, session_id, bearer.number, hands_out), known=record
            )
            record, use = changed or (record, use)
            if bearer.number == before.number > 0 and not before.adopted_ms:
                metrics.GUIDS_ADOPTED.observe(max(0, self.now_ms(agent_id) - before.issued_ms) / 1000)
        return await self._noted(record, bearer, use, hands_out)

    def _used(self, record: Record, session_id: str, number: int, hands_out: bool) -> Change[tuple[Record, Use]]:
        """The settings are read here, so that none makes a GUID that was changed while the store was asked."""
        session, agent_id = _still(record, session_id), record.agent_id
        use = rules.use(session, number, self.limits(agent_id), self.now_ms(agent_id), hands_out=hands_out)
        if use.session is session:
            return Change((record, use))
        after = replace(record, session=use.session)
        return Change((after, use), after)

    async def _noted(self, record: Record, bearer: Bearer, use: Use, hands_out: bool) -> Caller:
        agent_id = record.agent_id
        if use.made:
            metrics.GUIDS_MADE.inc()
        elif use.hand_out is not None:
            metrics.GUIDS_HANDED_AGAIN.inc()
            self._handed_again(agent_id, use.session)
        hand_out = self.guid(use.session, use.hand_out) if use.hand_out is not None else ""
        waits = use.hand_out is not None and use.session.superseded[-1].waiting
        to_note = waits and not self.limits(agent_id).lenient
        return Caller(record, use.session, bearer.number, hand_out, use.made, to_note)

    async def note_hand_out(self, caller: Caller) -> None:
        """The client has got the answer with this hand-out. Raises StoreUnavailable.

        Without the note the generation before simply lives on, until its successor is used or handed out again.
        """
        agent_id = caller.record.agent_id

        def rule(record: Record) -> Change[None]:
            session = record.session
            if session is None or session.id != caller.session.id:
                return Change(None)
            after = rules.note_hand_out(session, caller.session.number, self.limits(agent_id), self.now_ms(agent_id))
            return Change(None, replace(record, session=after) if after is not session else None)

        await self.store.apply(agent_id, rule, known=caller.record)

    def _handed_again(self, agent_id: int, session: Session) -> None:
        now = self.now_ms(agent_id)
        if lags(session, self.limits(agent_id), now):
            self.adoption.note_not_adopting(agent_id, session, now)

    async def _reused(self, agent_id: int, session: Session) -> None:
        self.adoption.note_reuse(agent_id, session, self.now_ms(agent_id))
        if self._policy().reuse_signs_out:
            if await self.end(agent_id, session.id, EndReason.REUSED_GUID):
                trail.record("sign-out", agent_id, session=session.id, reason=EndReason.REUSED_GUID.name)
            raise Refused(retcodes.NOT_SIGNED_IN, EndReason.REUSED_GUID)

    async def renew(self, agent_id: int, guid: str) -> Caller:
        """`updateGuid`: makes the next generation, or repeats the answer to a retry; else raises Refused `000-003`."""
        store = self.store.shard_of(agent_id)
        record, verdict, _, now = await self._bearer(store, await store.read(agent_id), guid)
        session_id, number = verdict.session.id, verdict.number
        if self._policy().too_old(verdict.session, now):
            await self._refuse_too_old(agent_id, verdict.session, now)

        def rule(fresh: Record) -> Change[tuple[Record, Use]]:
            use = rules.renew(_still(fresh, session_id), number, self.limits(agent_id), self.now_ms(agent_id))
            if use is None:
                raise Refused(retcodes.NO_RIGHT)
            after = replace(fresh, session=use.session)
            return Change((after, use), after if use.made else None)

        changed = await self.store.apply(agent_id, rule, known=record)
        after, use = changed or (record, Use(verdict.session))
        if not verdict.session.push:
            self.store.note_seen(agent_id, session_id, push=False)
        return await self._noted(after, verdict, use, hands_out=False)

    async def end(
        self, agent_id: int, session_id: str, reason: EndReason, code: int = 0, *, told: bool = False
    ) -> bool:
        """Ends this very session on every node; False when it was over already. Raises StoreUnavailable.

        `told`: the contact centre behind knows already.
        """
        rule = self.ending(session_id, reason, code, told=told)
        ended: bool | None = await self.store.apply(agent_id, rule, durable=True)
        return bool(ended)

    async def note_lost_answer(self, agent_id: int, session_id: str) -> None:
        """The answer to the sign-in of this session is known not to have arrived: unused, it is in nobody's way.

        Raises StoreUnavailable.
        """

        def rule(record: Record) -> Change[None]:
            session = record.session
            if session is None or session.id != session_id or session.used:
                return Change(None)
            return Change(None, replace(record, session=replace(session, answer_lost=True)))

        await self.store.apply(agent_id, rule)

    async def may_be_silent(self, agent_id: int, session_id: str, silent: bool) -> bool:
        """Whether the agent need not poll for now; False when that session is over. Raises StoreUnavailable."""

        def rule(record: Record) -> Change[Session | None]:
            session = record.session
            if session is None or session.id != session_id:
                return Change(None)
            after = replace(session, silent=silent)
            return Change(after, replace(record, session=after) if after != session else None)

        session = await self.store.apply(agent_id, rule)
        if session is not None and not silent:
            # The time limit begins now, not with what was seen before the silence.
            self.store.note_seen(agent_id, session_id, push=session.push)
        return session is not None

    def ending(
        self,
        session_id: str,
        reason: EndReason,
        code: int = 0,
        silent_since_ms: int | None = None,
        *,
        told: bool = False,
    ) -> Callable[[Record], Change[bool]]:
        """The rule that ends a session, perhaps only if it was silent since a time in ms; `told` as for `end`."""

        def rule(record: Record) -> Change[bool]:
            ended = lifecycle.end_session(record, session_id, reason, self.now_ms(record.agent_id), code)
            if ended is None:
                return Change(False)
            end = replace(ended.end, upstream=None) if told else ended.end
            return Change(True, ended.record, ends=(end,), silent_since_ms=silent_since_ms)

        return rule

    def _refuse(self, record: Record, rejected: Rejected) -> NoReturn:
        """A session whose key this node lacks may be the caller's: that is our fault, so nobody is refused for it."""
        key_id = record.session.key_id if record.session is not None else self.ring.making
        if rejected.ended is None and key_id not in self.ring.secrets:
            if key_id not in self._missing_keys:
                self._missing_keys.add(key_id)
                _LOG.error(
                    "GUID_SECRET_FILE: sessions of other nodes need the key %s: restart this node with it", key_id
                )
            raise StoreUnavailable
        _refuse(rejected)

    async def _refuse_too_old(self, agent_id: int, session: Session, now_ms: int) -> None:
        """Ends a session that is too old, and refuses its request; one that the backend holds on to goes on."""
        if now_ms - self._asked_ms.get(session.id, 0) < ASK_AGAIN_MS:
            return
        self._asked_ms[session.id] = now_ms
        if len(self._asked_ms) > REMEMBERED_ASKED:
            self._asked_ms.popitem(last=False)
        if await self.end_too_old(agent_id, session):
            raise Refused(retcodes.NOT_SIGNED_IN, EndReason.TOO_OLD)

    async def end_too_old(self, agent_id: int, session: Session) -> bool:
        """Ends a session that is too old, unless the backend refuses or is out of reach: then it goes on.

        Raises StoreUnavailable.
        """
        try:
            leave = await self.ask_to_leave(
                LiveSession(agent_id, session.id, session.started_ms, upstream=session.upstream)
            )
        except (Refused, Unavailable):
            return False
        try:
            ended = await self.end(agent_id, session.id, EndReason.TOO_OLD, told=leave.told)
        except StoreUnavailable:
            self.stay(agent_id, session.id)
            raise
        if ended:
            trail.record("sign-out", agent_id, session=session.id, reason=EndReason.TOO_OLD.name)
        return True


def _still(record: Record, session_id: str) -> Session:
    session = record.session
    if session is None or session.id != session_id:
        old = next((old for old in record.tombstones if old.id == session_id), None)
        _refuse(Rejected(session is not None, old.reason, old.ended_ms) if old else Rejected(session is not None))
    return session


def _refuse(rejected: Rejected) -> NoReturn:
    if rejected.ended is not None:
        raise SessionOver(rejected.ended, rejected.ended_ms)
    raise Refused(retcodes.NO_RIGHT if rejected.signed_in else retcodes.NOT_SIGNED_IN)
