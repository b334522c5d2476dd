"""Mistakes that polls by what is known could make: the model finds each of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.events import poll
from gateway.sessions import rules
from gateway.sessions.model import Record, Session
from gateway.sessions.policy import Limits
from gateway.sessions.rules import Bearer
from gateway.sessions.service import Caller, Presumed, SessionService
from gateway.sessions.store import Look, Looking
from gateway.wire.envelope import Event
from tests.model.profile import COMMON
from tests.model.test_memory import NodeStore, OnMemory

FIRST_FOUND: Final = settings(
    COMMON, max_examples=400, stateful_step_count=50, derandomize=True, database=None, phases=[Phase.generate]
)
FOUND_WITH_TIME: Final = settings(FIRST_FOUND, max_examples=2000)
Plant = Callable[[pytest.MonkeyPatch], None]


class EndlessGuids(NodeStore):
    """It does not ask until when a GUID is good."""

    async def look(self, known: Record, looking: Looking) -> Look:
        return await super().look(known, looking._replace(until_ms=None))


class AnyRecord(NodeStore):
    """It does not ask whether the record is still the one that was known."""

    async def look(self, known: Record, looking: Looking) -> Look:
        return await super().look(await self.read(known.agent_id), looking)


class DeadSessions(NodeStore):
    """It takes a session that is over for one that is not."""

    async def look(self, known: Record, looking: Looking) -> Look:
        found = await super().look(known, looking)
        return found if found.record is None or found.record.session is not None else Look()


class ConfirmsAnyway(NodeStore):
    """It confirms before it asks whether the record is still the one."""

    async def look(self, known: Record, looking: Looking) -> Look:
        self._queue.take(known.agent_id, looking.session_id, looking.confirms)
        return await super().look(known, looking)


class NeverConfirms(NodeStore):
    """It confirms nothing."""

    async def look(self, known: Record, looking: Looking) -> Look:
        return await super().look(known, looking._replace(confirms=""))


class TakesAlong(NodeStore):
    """A repeated look takes one event more."""

    async def look(self, known: Record, looking: Looking) -> Look:
        found = await super().look(known, looking)
        if looking.confirms and found.event is not None:
            self._queue.take(known.agent_id, looking.session_id, found.event.id)
        return found


def presumes_though(wanted: Callable[[SessionService, Bearer, Limits, int], bool]) -> Plant:
    """A node presumes also those of which this is so."""
    right = SessionService.presume

    def presume(self: SessionService, agent_id: int, guid: str) -> Presumed | None:
        found, record = right(self, agent_id, guid), self.store.known(agent_id)
        if found is not None or record is None:
            return found
        limits, now_ms = self.limits(agent_id), self.now_ms(agent_id)
        bearer = rules.check(record, guid, self.derive, limits, now_ms)
        if not isinstance(bearer, Bearer) or bearer.session.push or not wanted(self, bearer, limits, now_ms):
            return None
        return Presumed(Caller(record, *bearer), rules.lapses_ms(*bearer, limits))

    return lambda patch: patch.setattr(SessionService, "presume", presume)


def unused(_: SessionService, bearer: Bearer, limits: Limits, now_ms: int) -> bool:
    return not bearer.session.used and not rules.use(*bearer, limits, now_ms, hands_out=True).made


def of_age(_: SessionService, bearer: Bearer, limits: Limits, now_ms: int) -> bool:
    return bearer.session.adopted_ms > 0 and rules.use(*bearer, limits, now_ms, hands_out=True).made


def handed_again(_: SessionService, bearer: Bearer, limits: Limits, now_ms: int) -> bool:
    use = rules.use(*bearer, limits, now_ms, hands_out=True)
    return use.hand_out is not None and not use.made and use.session is bearer.session


def reused(_: SessionService, bearer: Bearer, limits: Limits, now_ms: int) -> bool:
    return rules.is_reuse(*bearer, limits, now_ms)


def too_old(service: SessionService, bearer: Bearer, limits: Limits, now_ms: int) -> bool:
    return (
        service._policy().too_old(bearer.session, now_ms) and not rules.use(*bearer, limits, now_ms, hands_out=True)[1]
    )


def lapses_late(patch: pytest.MonkeyPatch) -> None:
    right = rules.lapses_ms

    def late(session: Session, number: int, limits: Limits) -> int | None:
        until_ms = right(session, number, limits)
        return until_ms + 1 if until_ms is not None else None

    patch.setattr(rules, "lapses_ms", late)


def unseen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SessionService, "accepted", lambda self, caller: None)


def accepts_what_changed(patch: pytest.MonkeyPatch) -> None:
    async def judge(self: poll._Poll, record: Record, guid: str) -> Event | None:
        self.accepted = True
        await self._use(record)
        return None

    patch.setattr(poll._Poll, "_judge", judge)


def keeps_what_it_knew(patch: pytest.MonkeyPatch) -> None:
    async def judge(self: poll._Poll, record: Record, guid: str) -> None:
        self._caller = replace(self._caller, record=record)
        self.accepted = True

    patch.setattr(poll._Poll, "_judge", judge)


def on(store: type[NodeStore]) -> Plant:
    return lambda patch: patch.setattr(OnMemory, "node_store", store)


MISTAKES: Final[dict[str, Plant]] = {
    "until when a GUID is good is not asked": on(EndlessGuids),
    "it is asked 1 ms late": lapses_late,
    "whether the record is the one is not asked": on(AnyRecord),
    "accepted after the session was revoked": on(DeadSessions),
    "confirmed although the record changed": on(ConfirmsAnyway),
    "never confirmed": on(NeverConfirms),
    "confirmed what was not sent": on(TakesAlong),
    "presumed although it must be adopted": presumes_though(unused),
    "presumed although a GUID must be made": presumes_though(of_age),
    "presumed although one must be handed out again": presumes_though(handed_again),
    "presumed although it is a theft sign": presumes_though(reused),
    "presumed although the session is too old": presumes_though(too_old),
    "accepted polls are no sign of life": unseen,
    "another record is taken without a check": accepts_what_changed,
    "another record changes nothing": keeps_what_it_knew,
}

FOUND_LATE: Final = {"presumed although the session is too old", "presumed although it is a theft sign"}
"""After many seconds: they are planted with the other long plays of the model."""


@pytest.mark.parametrize(
    "mistake",
    [pytest.param(name, marks=pytest.mark.slow if name in FOUND_LATE else ()) for name in MISTAKES],
)
def test_the_model_finds(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISTAKES[mistake](monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OnMemory, settings=FOUND_WITH_TIME if mistake in FOUND_LATE else FIRST_FOUND)
