"""The long poll: one event an answer, held while there is none.

A poll looks at the store when it comes and when it is woken or due, each time in one step (`SessionStore.look`).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from gateway.events.delivery import Deliveries, HandOuts, Sent, farewell
from gateway.events.parking import Hold, Parked, Parking, left_s
from gateway.ops import metrics
from gateway.sessions.model import DISPLACED, Record
from gateway.sessions.rules import Bearer, comes_of_age_ms
from gateway.sessions.service import Caller, SessionOver, SessionService
from gateway.sessions.store import Look, Looking
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.envelope import WANTED, Event, age_s
from gateway.wire.errors import GatewayError, Refused, StoreUnavailable
from gateway.wire.http import PeerConnection

STORE_RETRY_S = 0.2
SAME_TIME_MS = 20
"""What began and what ended so close together may be the other way round: nodes' clocks differ by a few ms."""
LOOK_ELSEWHERE_S: Final = (0.002, 0.004, 0.008, 0.016)
"""How often a poll asks for the word of another node that has sent the event; from then on as often as last."""
_OVER_MS: Final = 0
"""What was known before the store was out of reach is not relied on: a time that is over makes the store judge anew."""

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


class PollService:
    """Answers polls. `settings` is asked at every poll, so a changed one holds at once."""

    def __init__(
        self,
        service: SessionService,
        parking: Parking,
        deliveries: Deliveries,
        hand_outs: HandOuts,
        settings: Callable[[], Settings],
    ) -> None:
        self._service = service
        self._parking = parking
        self._deliveries = deliveries
        self._hand_outs = hand_outs
        self._settings = settings

    async def poll(self, agent_id: int, guid: str, peer: PeerConnection, receipt: str | None = None) -> PollAnswer:
        """Answers at once when there is something to hand out, else after the hold at the latest.

        With a `receipt`, the id of an event or WANTED, nothing else confirms (see `wire.envelope`).
        Raises Refused (`000-001` in push mode, `000-003`, `100-006`), after a rest; while the store is out of reach the
        poll is parked, and StoreUnavailable is raised at the end of the hold. A poll that is held when another session
        takes the place of its own ends as an empty one: programs that keep one session an agent would take a refusal
        for one of the new session.
        """
        hold, poll = self._parking.holds.begin(self._settings().poll_hold_ms / 1000), None
        store = self._service.store.shard_of(agent_id)
        began_ms = store.now_ms()
        try:
            presumed = self._service.presume(agent_id, guid)
            caller = presumed.caller if presumed is not None else await self._called(agent_id, guid, hold)
            if caller.session.push:
                raise Refused(retcodes.WRONG_EVENT_WAY, "events of this session are pushed: send heartbeats instead")
            parked = self._parking.enter(agent_id, caller.session.id)
            poll = _Poll(self._service, self._parking, self._deliveries, parked, hold, caller, peer)
            if presumed is not None:
                poll.accepted, poll.until_ms = False, presumed.until_ms
            try:
                await poll.arrive(receipt)
                answer = await poll.wait(guid, self._settings)
            finally:
                if poll.forget is not None:
                    poll.forget()
                self._parking.leave(parked)
        except GatewayError as problem:
            if isinstance(problem, SessionOver) and _was_displaced(problem, began_ms, poll):
                return PollAnswer()
            await hold.rest()
            raise
        if answer.event is not None:
            metrics.EVENT_WAKE.observe(age_s(answer.event, store.now_ms()))
            if receipt is None and not answer.last:
                self._deliveries.sent(agent_id, parked.session_id, answer.event, peer)
        if answer.caller is not None and answer.caller.hand_out and not answer.last:
            self._hand_outs.sent(answer.caller, peer)
        return answer

    async def _called(self, agent_id: int, guid: str, hold: Hold) -> Caller:
        return await _patiently(lambda: self._service.call(agent_id, guid, hands_out=True), hold)


class _Poll:
    """One poll on its way. `accepted`: the store has said that its GUID is good; else its first look asks for that.

    Until then `until_ms` tells when it is good no longer by what is known here. Once it parks it hears of the end of
    its peer, which `forget` takes back.
    """

    def __init__(
        self,
        service: SessionService,
        parking: Parking,
        deliveries: Deliveries,
        parked: Parked,
        hold: Hold,
        caller: Caller,
        peer: PeerConnection,
    ) -> None:
        self.accepted = True
        self.until_ms: int | None = None
        self._peer = peer
        self._looked = False
        self._of_age_ms: int | None = None
        self._parking = parking
        self.forget: Callable[[], None] | None = None
        self._service = service
        self._deliveries = deliveries
        self._parked = parked
        self._hold = hold
        self._caller = caller
        self._bearer = Bearer(caller.session, caller.number)
        self._made = caller.made
        self._proven: Sent | None = None
        self._confirms = ""
        self._tells = False
        self._claimed = False

    def _takes_events(self) -> bool:
        """Whether an event that is there is for it: also where the peer has sent all that it will, and reads on."""
        return not (self._parked.superseded or self._peer.closed.is_set)

    async def arrive(self, receipt: str | None) -> None:
        """Finds out what this poll proves to have arrived; the first look confirms it."""
        if receipt is None:
            self._tells = self._peer.tells_arrival
            self._proven = await self._deliveries.proven(self._parked.agent_id, self._peer)
            if self._proven is not None:
                self._confirms = self._proven.event_id
        elif receipt != WANTED:
            self._confirms = receipt

    async def wait(self, guid: str, settings: Callable[[], Settings]) -> PollAnswer:
        """The answer. Nobody gets one, be it empty, whose GUID the store has not judged."""
        parked, hold, elsewhere = self._parked, self._hold, 0
        while not (self.accepted and parked.over and (self._looked or not self._takes_events())):
            try:
                look = await self._look()
            except StoreUnavailable as problem:
                await _pause(hold, problem)
                look = await _patiently(self._look, hold)
            if look.record is not None:
                last = await self._judge(look.record, guid)
                if last is not None:
                    return PollAnswer(last, self._caller, last=True)
                continue
            if look.event is not None and look.wait_ms:
                await asyncio.sleep(min(look.wait_ms / 1000, LOOK_ELSEWHERE_S[elsewhere]))
                elsewhere = min(elsewhere + 1, len(LOOK_ELSEWHERE_S) - 1)
                continue
            if look.event is not None:
                if self._takes_events():
                    return PollAnswer(look.event, self._caller)
                await self._give_back(look.event)
                break
            if not await self._park(settings):
                break
        return await self._with_nothing()

    async def _park(self, settings: Callable[[], Settings]) -> bool:
        """Waits for an event while there is none; False where it is to be answered with nothing."""
        parked = self._parked
        if self.forget is None:
            self.forget = self._peer.silent.on(parked.leave_alone)
        held_s = left_s(self._until_s())
        if parked.over or self._made or not held_s:
            return False
        await parked.wait(min(held_s, self._due_in_s(settings().max_time_ms)))
        if self._hold.cut_short:
            return False
        if not parked.over and self._is_of_age():
            await self._use(self._caller.record)
        return True

    async def _with_nothing(self) -> PollAnswer:
        if self._parked.over and (self._parked.rests or self._hands_out_soon()):
            self._parking.leave(self._parked)
            await self._hold.rest()
        return PollAnswer(None, await self._last_hand_out())

    async def _look(self) -> Look:
        parked, hold_ms = self._parked, 0
        if self._peer.silent.is_set:
            parked.leave_alone()  # It is not told of that before it parks.
        claims = not (parked.over or self._claimed or self._made)
        if claims:
            held_s = left_s(self._hold.end_s)
            claims, hold_ms = held_s > 0, int(held_s * 1000) + 1
        looking = Looking(
            parked.session_id,
            None if self.accepted else self.until_ms,
            self._confirms,
            self._tells and not (parked.superseded or self._peer.closed.is_set),
            parked.token if claims else "",
            hold_ms,
            parked.ended,
        )
        try:
            look = await self._service.store.look(self._caller.record, looking)
        except StoreUnavailable:
            self.until_ms = _OVER_MS
            raise
        if look.record is None:
            self.accepted = self._looked = True
            self._service.accepted(self._caller)
            if self._proven is not None:
                self._deliveries.confirmed(self._proven)
                self._proven = None
            self._confirms = ""
            if claims and (look.event is None or look.wait_ms):
                self._claimed = True
                parked.ended = look.ended
        return look

    async def _judge(self, record: Record, guid: str) -> Event | None:
        """The record is another one than was known. An event: the agent was forced out."""
        agent_id = self._parked.agent_id
        if not self.accepted:
            self._caller = await self._called(record, guid)
            self._bearer = Bearer(self._caller.session, self._caller.number)
            self._made = self._caller.made
            self.accepted = True
            return None
        record = await _patiently(lambda: self._service.surely_over(record, self._bearer.session.id), self._hold)
        last = farewell(record, self._bearer.session, self._service.now_ms(agent_id))
        if last is None:
            await self._use(record)
        return last

    async def _called(self, record: Record, guid: str) -> Caller:
        """As any request is accepted or refused, by a `record` read just now; if that fails, by one read then."""
        just_read: Record | None = record

        async def call() -> Caller:
            nonlocal just_read
            found, just_read = just_read, None
            return await self._service.call(self._parked.agent_id, guid, hands_out=True, just_read=found)

        return await _patiently(call, self._hold)

    async def _use(self, record: Record) -> None:
        """Time has passed, or the session has changed: its generation may be of age."""
        self._caller = await _patiently(lambda: self._service.use(record, self._bearer, hands_out=True), self._hold)
        self._made = self._made or self._caller.made

    async def _give_back(self, event: Event) -> None:
        """Polls on other nodes need not wait for this one; a newer one on this node may be sending the event by now."""
        if self._tells and not self._parked.followed:
            with contextlib.suppress(StoreUnavailable):
                await self._service.store.lost(self._parked.agent_id, event.id)

    async def _last_hand_out(self) -> Caller:
        """The poll that ended this one may be of another session, for which its GUID would be a wrong one."""
        caller, parked = self._caller, self._parked
        if not caller.hand_out or not parked.over:
            return caller
        without = replace(caller, hand_out="")
        try:
            session = (await self._service.store.read(parked.agent_id)).session
        except StoreUnavailable:
            return without
        return caller if session is not None and session.id == caller.session.id else without

    def _until_s(self) -> float:
        return min(self._hold.end_s, self._hold.rested_s) if self._hands_out_soon() else self._hold.end_s

    def _hands_out_soon(self) -> bool:
        """A GUID whose answer was lost just now waits for a rest; one long ignored goes out as polls end anyway."""
        if not self._caller.hand_out:
            return False
        agent_id = self._parked.agent_id
        age_ms = self._service.now_ms(agent_id) - self._caller.session.issued_ms
        return age_ms <= self._service.limits(agent_id).reuse_after_ms

    def _due_in_s(self, max_time_ms: int) -> float:
        """When to look again without being woken; a parked poll is a sign of life well within the shortest limit."""
        due_ms, caller, agent_id = max_time_ms // 3, self._caller, self._parked.agent_id
        limits = self._service.limits(agent_id)
        self._of_age_ms = None if caller.hand_out else comes_of_age_ms(caller.session, caller.number, limits)
        if self._of_age_ms is not None:
            due_ms = min(due_ms, self._of_age_ms - self._service.now_ms(agent_id))
        return max(1, due_ms) / 1000

    def _is_of_age(self) -> bool:
        return self._of_age_ms is not None and self._service.now_ms(self._parked.agent_id) >= self._of_age_ms


def _was_displaced(over: SessionOver, began_ms: int, poll: _Poll | None) -> bool:
    """Whether a poll was held already when another session took the place of its own: then it ends as an empty one."""
    held = (poll is not None and poll.accepted) or over.ended_ms - began_ms > SAME_TIME_MS
    return held and over.reason in DISPLACED


async def _patiently(attempt: Callable[[], Awaitable[T]], hold: Hold) -> T:
    """Tries until the end of the hold while the store is out of reach."""
    while True:
        try:
            return await attempt()
        except StoreUnavailable as problem:
            await _pause(hold, problem)


async def _pause(hold: Hold, problem: StoreUnavailable) -> None:
    """Before another attempt. Raises the problem at the end of the hold."""
    held_s = left_s(hold.end_s)
    if not held_s:
        raise problem
    await asyncio.sleep(min(STORE_RETRY_S, held_s))
