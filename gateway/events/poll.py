"""The long poll: one event an answer, held while there is none (design sections 4, 5 and 9)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.events.delivery import Deliveries
from gateway.events.farewell import farewell
from gateway.events.hand_outs import HandOuts
from gateway.events.hold import Hold
from gateway.events.parking import Parked, Parking
from gateway.sessions.model import DISPLACED, Event, Record
from gateway.sessions.rules import Bearer, comes_of_age_ms
from gateway.sessions.service import Caller, SessionOver, SessionService
from gateway.sessions.store import EventQueue
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.connection import PeerConnection
from gateway.wire.errors import GatewayError, Refused, StoreUnavailable
from gateway.wire.event_receipt import WANTED

STORE_RETRY_S = 0.2
SAME_TIME_MS = 20
"""What began and what ended so close together may be the other way round: nodes' clocks differ by a few ms."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What a poll answers: an event or none, and the GUID it hands out, if any. `last`: the session is over.

    `caller` is what is known of the poll's session at its end, None where another session took its place.
    """

    event: Event | None = None
    caller: Caller | None = None
    last: bool = False

    @property
    def hand_out(self) -> str:
        """The GUID to hand out, "" for none."""
        return "" if self.last or self.caller is None else self.caller.hand_out


@dataclass(frozen=True, slots=True)
class Due:
    """What else the backend wants of an agent at a time: see `backends.base.Backend`."""

    at_ms: Callable[[Record], int | None]
    come: Callable[[int, str], Awaitable[None]]


class PollService:
    """Answers polls. `settings` is asked at every poll, so a changed one holds at once."""

    def __init__(
        self,
        service: SessionService,
        queue: EventQueue,
        parking: Parking,
        deliveries: Deliveries,
        hand_outs: HandOuts,
        due: Due,
        settings: Callable[[], Settings],
    ) -> None:
        self._service = service
        self._queue = queue
        self._parking = parking
        self._deliveries = deliveries
        self._hand_outs = hand_outs
        self._due = due
        self._settings = settings

    async def poll(self, agent_id: int, guid: str, peer: PeerConnection, receipt: str | None = None) -> PollAnswer:
        """Answers at once when there is something to hand out, else after the hold at the latest.

        With a `receipt`, the id of an event or WANTED, nothing else confirms (see `wire.event_receipt`).
        Raises Refused (`000-001` in push mode, `000-003`, `100-006`), after a rest; while the store is out of reach the
        poll is parked, and StoreUnavailable is raised at the end of the hold. A poll that is held when another session
        takes the place of its own ends as an empty one: programs that keep one session an agent would take a refusal
        for one of the new session.
        """
        hold = self._parking.holds.begin(self._settings().poll_hold_ms / 1000)
        try:
            return await self._answer(agent_id, guid, peer, receipt, hold)
        except GatewayError:
            await hold.rest()
            raise

    async def _answer(
        self, agent_id: int, guid: str, peer: PeerConnection, receipt: str | None, hold: Hold
    ) -> PollAnswer:
        began_ms = self._service.now_ms(agent_id)
        try:
            caller = await _patiently(lambda: self._service.call(agent_id, guid, hands_out=True), hold)
        except SessionOver as over:
            return _displaced(over, held=over.ended_ms - began_ms > SAME_TIME_MS)
        if caller.session.push:
            raise Refused(retcodes.WRONG_EVENT_WAY, "events of this session are pushed: send heartbeats instead")
        parked = self._parking.enter(agent_id, caller.session.id)
        forget = peer.on_close(parked.leave_alone)
        try:
            await _patiently(lambda: self._confirm(caller, peer, receipt), hold)
            await _patiently(lambda: self._come_due(caller), hold)
            answer = await self._wait(caller, parked, hold, tells=peer.tells_arrival and receipt is None)
        except SessionOver as over:
            return _displaced(over, held=True)
        finally:
            forget()
            self._parking.leave(parked)
        if answer.event is not None and receipt is None and not answer.last:
            self._deliveries.sent(agent_id, caller.session.id, answer.event, peer)
        if answer.caller is not None and answer.hand_out:
            self._hand_outs.sent(answer.caller, peer)
        return answer

    async def _confirm(self, caller: Caller, peer: PeerConnection, receipt: str | None) -> None:
        """Takes from the queue what this poll proves to have arrived."""
        if receipt is None:
            await self._deliveries.before_poll(caller.record.agent_id, peer)
        elif receipt != WANTED:
            await self._queue.confirm(caller.record.agent_id, caller.session.id, receipt)

    async def _wait(self, caller: Caller, parked: Parked, hold: Hold, *, tells: bool) -> PollAnswer:
        agent_id, session = parked.agent_id, caller.session
        bearer = Bearer(session, caller.number)
        loop = asyncio.get_running_loop()
        claimed = False
        while not parked.over:
            event = await _patiently(lambda: self._next_event(parked, tells), hold)
            if event is not None:
                return PollAnswer(event, caller)
            until = min(hold.end_s, hold.rested_s) if self._hands_out_soon(caller) else hold.end_s
            if parked.over or caller.made or until <= loop.time():
                break
            if not claimed:
                claimed = True
                await _patiently(lambda: self._claim(parked, hold), hold)
            woken = await parked.wait(min(until - loop.time(), self._due_in_s(caller)))
            if parked.over or hold.cut_short:
                break
            found = await _patiently(lambda: self._look_again(agent_id, bearer), hold)
            if isinstance(found, Event):
                return PollAnswer(found, caller, last=True)
            caller = found
            if not woken and loop.time() >= hold.end_s:
                break
        if parked.over and (parked.rests or self._hands_out_soon(caller)):
            self._parking.leave(parked)
            await hold.rest()
        return PollAnswer(None, await self._last_hand_out(caller, parked))

    async def _next_event(self, parked: Parked, tells: bool) -> Event | None:
        return await self._deliveries.next_event(
            parked.agent_id, parked.session_id, tells=tells, over=lambda: parked.over
        )

    async def _last_hand_out(self, caller: Caller, parked: Parked) -> Caller:
        """The poll that ended this one may be of another session, for which its GUID would be a wrong one."""
        if not caller.hand_out or not parked.over:
            return caller
        without = caller._replace(hand_out="")
        try:
            session = (await self._service.store.read(parked.agent_id)).session
        except StoreUnavailable:
            return without
        return caller if session is not None and session.id == caller.session.id else without

    async def _claim(self, parked: Parked, hold: Hold) -> None:
        left_s = max(0.0, hold.end_s - asyncio.get_running_loop().time())
        parked.ended = await self._service.store.claim_poll(
            parked.agent_id, parked.token, int(left_s * 1000) + 1, session_id=parked.session_id, ended=parked.ended
        )

    def _hands_out_soon(self, caller: Caller) -> bool:
        """A GUID whose answer was lost just now waits for a rest; one long ignored goes out as polls end anyway."""
        if not caller.hand_out:
            return False
        age_ms = self._service.now_ms(caller.record.agent_id) - caller.session.issued_ms
        return age_ms <= self._service.limits(caller.record.agent_id).reuse_after_ms

    def _due_in_s(self, caller: Caller) -> float:
        limits = self._service.limits(caller.record.agent_id)
        times = (
            None if caller.hand_out else comes_of_age_ms(caller.session, caller.number, limits),
            self._due.at_ms(caller.record),
        )
        now = self._service.now_ms(caller.record.agent_id)
        # A parked poll is a sign of life: it is noted well within the shortest limit.
        soonest_ms = min((at - now for at in times if at is not None), default=self._settings().max_time_ms)
        return max(1, min(soonest_ms, self._settings().max_time_ms // 3)) / 1000

    async def _look_again(self, agent_id: int, bearer: Bearer) -> Caller | Event:
        """The session may be over, the generation of age, the agent's rest run out. An event: it was forced out."""
        self._service.store.note_seen(agent_id, bearer.session.id, push=False)
        record = await self._service.look_again(agent_id, bearer.session.id)
        last = farewell(record, bearer.session, self._service.now_ms(agent_id))
        if last is not None:
            return last
        caller = await self._service.use(record, bearer, hands_out=True)
        await self._come_due(caller)
        return caller

    async def _come_due(self, caller: Caller) -> None:
        due = self._due.at_ms(caller.record)
        if due is not None and due <= self._service.now_ms(caller.record.agent_id):
            await self._due.come(caller.record.agent_id, caller.session.id)


def _displaced(over: SessionOver, *, held: bool) -> PollAnswer:
    """How a poll ends whose session is over. Raises it unless the poll was `held` while another one took its place."""
    if held and over.reason in DISPLACED:
        return PollAnswer()
    raise over


async def _patiently(attempt: Callable[[], Awaitable[T]], hold: Hold) -> T:
    """Tries until the end of the hold while the store is out of reach."""
    while True:
        try:
            return await attempt()
        except StoreUnavailable:
            left_s = hold.end_s - asyncio.get_running_loop().time()
            if left_s <= 0:
                raise
            await asyncio.sleep(min(STORE_RETRY_S, left_s))
