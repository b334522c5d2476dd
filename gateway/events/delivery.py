"""Whether what was sent has arrived: an event (docs/design/events.md), or a GUID (docs/protocol.md, Rotation, Sign-in).

An event stays the head of its queue until it is confirmed: by the next poll on the same connection, or once the
kernel has seen every byte of the answer acknowledged. Not covered: bytes acknowledged by a proxy, or by a client that
died before it read them. The grace of the GUID before begins once the new one has arrived.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gateway.backend import EndReason
from gateway.ops import metrics
from gateway.ops.jobs import Job
from gateway.sessions.model import LOST_ANSWER_MS, Record, Session
from gateway.sessions.service import Caller
from gateway.sessions.store import EventQueue, SessionStore
from gateway.wire.envelope import Event, make_event
from gateway.wire.http import PeerConnection

LOOK_AFTER_S: Final = (0.008, 0.012, 0.02, 0.02, 0.05, 0.05, 0.05, 0.25, 1.0, 4.0)
"""When the kernel is asked after an answer, in s after the look before. Most desktops poll again before the first look,
and that poll confirms on its way. The peer's kernel may hold an acknowledgement back for 40 to 200 ms where the
connection stays open."""

ARRIVES_WITHIN_S: Final = 0.2
ARRIVAL_LOOK_S: Final = 0.005
"""How long a poll on another connection waits for an acknowledgement that the peer's kernel holds back, and how often
it looks. Otherwise a client or a proxy that spreads its requests over connections would get events twice."""

Note = Callable[[Caller], Awaitable[None]]
"""As `SessionService.note_hand_out`."""


class Receiver(Protocol):
    """The part of `wire.http.PeerConnection` that tells what has arrived."""

    @property
    def current_answer(self) -> int:
        """Number of the answer under way."""

    @property
    def tells_arrival(self) -> bool:
        """Whether it can be known what has arrived."""

    @property
    def asked_ahead(self) -> bool:
        """Whether some of the request under way was here before the answer ahead of it was written."""

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back at the end of the connection; call what is returned to take that back."""

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        """Whether that answer has arrived, to the last byte."""


@dataclass(eq=False, slots=True)
class Sent:
    """An event that was sent in an answer on `peer`, and is not confirmed yet."""

    agent_id: int
    session_id: str
    event_id: str
    peer: Receiver
    answer: int
    arrived: bool = False
    forget: Callable[[], None] = lambda: None

    def has_arrived(self) -> bool:
        """True once the kernel has seen the whole answer acknowledged."""
        self.arrived = self.arrived or self.peer.all_bytes_acknowledged(self.answer)
        return self.arrived


class Deliveries:
    """The events this node has sent and not yet confirmed; at most one an agent."""

    def __init__(self, queue: EventQueue, store: SessionStore) -> None:
        self._queue = queue
        self._store = store
        self._sent: dict[int, Sent] = {}
        self._tasks: set[asyncio.Task[bool]] = set()
        self._confirming, self._losing = Job("confirm"), Job("event-lost")

    async def proven(self, agent_id: int, peer: Receiver) -> Sent | None:
        """What a new poll on `peer` proves to have arrived, if anything; whoever confirms it calls `confirmed`.

        A poll that came behind the event on its connection is one. Of another connection, and of a poll that was sent
        before the event was, waits up to ARRIVES_WITHIN_S for the proof, unless that connection has ended.
        """
        sent = self._sent.get(agent_id)
        if sent is None or not ((sent.peer is peer and not peer.asked_ahead) or await self._arrives(sent)):
            return None
        return sent

    def confirmed(self, sent: Sent) -> None:
        """The event is out of its queue."""
        if self._sent.get(sent.agent_id) is sent:
            sent.forget()
            del self._sent[sent.agent_id]

    async def _arrives(self, sent: Sent) -> bool:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + ARRIVES_WITHIN_S
        while not sent.has_arrived():
            if self._sent.get(sent.agent_id) is not sent or loop.time() >= until_s:
                return False
            await asyncio.sleep(ARRIVAL_LOOK_S)
        return True

    def sent(self, agent_id: int, session_id: str, event: Event, peer: Receiver) -> None:
        """The answer under way on `peer` carries `event`."""
        earlier = self._sent.get(agent_id)
        if earlier is not None:
            earlier.forget()
            if earlier.event_id == event.id:
                metrics.EVENTS_SENT_AGAIN.inc()
        sent = Sent(agent_id, session_id, event.id, peer, peer.current_answer)
        self._sent[agent_id] = sent
        sent.forget = peer.on_close(lambda: self._closed(sent))
        asyncio.get_running_loop().call_later(LOOK_AFTER_S[0], self._look, sent, 1)

    def _look(self, sent: Sent, tries: int) -> None:
        if self._sent.get(sent.agent_id) is not sent:
            return
        if sent.has_arrived():
            self._soon(self._confirming.attempt(lambda: self._confirm(sent)))
        elif tries < len(LOOK_AFTER_S):
            asyncio.get_running_loop().call_later(LOOK_AFTER_S[tries], self._look, sent, tries + 1)

    def _closed(self, sent: Sent) -> None:
        if self._sent.get(sent.agent_id) is not sent:
            return
        if sent.has_arrived():
            self._soon(self._confirming.attempt(lambda: self._confirm(sent)))
            return
        del self._sent[sent.agent_id]
        if sent.peer.tells_arrival:
            self._soon(self._losing.attempt(lambda: self._store.lost(sent.agent_id, sent.event_id)))

    def _soon(self, work: Coroutine[Any, Any, bool]) -> None:
        """Where a confirmation fails it stays noted as arrived, and the agent's next poll here confirms it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _confirm(self, sent: Sent) -> None:
        await self._queue.confirm(sent.agent_id, sent.session_id, sent.event_id)
        self.confirmed(sent)


@dataclass(eq=False, slots=True)
class _HandOut:
    caller: Caller
    peer: PeerConnection
    answer: int
    over: bool = False
    forget: Callable[[], None] = lambda: None


class HandOuts:
    """Asks the kernel after each answer with a new GUID, until it has arrived or nobody can tell any more.

    Where the system does not tell what has arrived, an answer counts as arrived once it is written.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self._tasks: set[asyncio.Task[None]] = set()
        self._noting = Job("note-hand-out")

    def sent(self, caller: Caller, peer: PeerConnection) -> None:
        """The answer under way on `peer` hands out what `caller` says, if anything."""
        if not caller.to_note:
            return
        handed = _HandOut(caller, peer, peer.current_answer)
        handed.forget = peer.on_close(lambda: self._look(handed, len(LOOK_AFTER_S)))
        self._look_later(handed, 0)

    def _look_later(self, handed: _HandOut, tries: int) -> None:
        asyncio.get_running_loop().call_later(LOOK_AFTER_S[tries], self._look, handed, tries + 1)

    def _look(self, handed: _HandOut, tries: int) -> None:
        if handed.over:
            return
        arrived = not handed.peer.tells_arrival or handed.peer.all_bytes_acknowledged(handed.answer)
        if not arrived and tries < len(LOOK_AFTER_S):
            self._look_later(handed, tries)
            return
        handed.over = True
        handed.forget()
        if arrived:
            task = asyncio.get_running_loop().create_task(self._try_note(handed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _try_note(self, handed: _HandOut) -> None:
        """Where it fails, the GUID before lives on until the next hand-out or the first use of the new one."""
        await self._noting.attempt(lambda: self._note(handed.caller))


@dataclass(eq=False, slots=True)
class _SignIn:
    agent_id: int
    session_id: str
    peer: PeerConnection
    answer: int
    timer: asyncio.TimerHandle | None = None
    forget: Callable[[], None] = lambda: None

    def end(self) -> None:
        """From now on any session that was never used is in nobody's way."""
        self.forget()


class SignInAnswers:
    """Watches the answers of sign-ins: one that is known to be lost is told, while that makes a difference.

    `lost` gets the agent and the session whose first GUID nobody has.
    """

    def __init__(self, lost: Callable[[int, str], Awaitable[None]]) -> None:
        self._lost = lost
        self._tasks: set[asyncio.Task[bool]] = set()
        self._noting = Job("note-lost-answer")

    def sent(self, agent_id: int, session_id: str, peer: PeerConnection) -> None:
        """The answer under way on `peer` brings the first GUID of this session."""
        watched = _SignIn(agent_id, session_id, peer, peer.current_answer)
        later = asyncio.get_running_loop().call_later
        # In the context of this request it would hold that for as long.
        watched.timer = later(LOST_ANSWER_MS / 1000, watched.end, context=Context())
        watched.forget = peer.on_close(lambda: self._closed(watched))

    def _closed(self, watched: _SignIn) -> None:
        if watched.timer is not None:
            watched.timer.cancel()
        if watched.peer.answer_is_lost(watched.answer):
            work = self._noting.attempt(lambda: self._lost(watched.agent_id, watched.session_id))
            task = asyncio.get_running_loop().create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def farewell(record: Record, session: Session, now_ms: int) -> Event | None:
    """The event, if this session of the agent was ended by an inspector or the operator.

    It goes to the poll that waits at that moment, or to the receiver of a session whose events are pushed. Later polls
    are refused. An own sign-out, and a forced sign-in elsewhere, bring none: a poll held during the latter ends empty.
    """
    if not any(old.id == session.id and old.reason is EndReason.FORCED for old in record.tombstones):
        return None
    return make_event("AgentOther_ShutdownService", record.agent_id, {"loginTime": str(session.started_ms)}, now_ms)
