"""Who is signed out for silence, and who is not (docs/protocol.md, Time limits)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from gateway.backend import End
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds, Change
from gateway.sessions.sweep import SPREAD_S, Sweeper
from gateway.settings.schema import Settings
from gateway.wire.errors import Unreadable
from tests.unit.sessions import samples
from tests.unit.sessions.node_pairs import NodePair, memory_pair

MAX_TIME_MS = 120_000
BAD, GOOD = 101, 102


async def tell(_end: End) -> None:
    return None


class Flawed(MemorySessionStore):
    """A store that keeps what nobody understands of one agent."""

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        if agent_id == BAD:
            raise self.problem
        return await super().read(agent_id, sure=sure)

    problem: Exception = KeyError()


async def swept(pair: NodePair, *, silent: bool, rounds: int = 1) -> bool:
    """Whether a session still lives that was silent for longer than its limit."""
    service = SessionService(pair.one.store, samples.RING, lambda: Policy(Settings()))
    opened = Record(samples.AGENT, replace(samples.FRESH, silent=silent))
    await pair.one.store.apply(samples.AGENT, lambda _record: Change(None, opened))
    sweeper = Sweeper(service, lambda: Policy(Settings()), tell)
    for _ in range(rounds):
        pair.world.now_ms += MAX_TIME_MS + 1
        await sweeper.end_silent()
    return (await pair.one.store.read(samples.AGENT)).session is not None


@pytest.mark.parametrize("silent", [True, False])
async def test_only_a_session_that_must_not_be_silent_is_ended_for_silence(silent: bool) -> None:
    async with memory_pair() as pair:
        assert await swept(pair, silent=silent) is silent


async def test_a_session_that_may_be_silent_is_not_overdue_again_at_once() -> None:
    async with memory_pair() as pair:
        await swept(pair, silent=True, rounds=3)
        now = pair.world.now_ms
        assert await pair.one.store.silent(now - MAX_TIME_MS, now - MAX_TIME_MS, 10) == []


def limited(max_time: str, hold_times: str = "100") -> Settings:
    return Settings.model_validate({"MAXTIME": max_time, "AGENT_POLL_WAIT_TIMES": hold_times})


LONG, SHORT = limited("120000"), limited("2000")
CHANGES: Mapping[str, tuple[Sequence[tuple[float, Settings]], float]] = {
    "shorter": ([(0, SHORT)], 10 + SPREAD_S),
    "longer for a moment": ([(0, SHORT), (0.1, LONG), (0.2, SHORT)], 10.2 + SPREAD_S),
    "another change behind it": ([(0, SHORT), (9, limited("2000", "1"))], 10 + SPREAD_S),
    "shorter holds first": ([(0, limited("120000", "1")), (1, limited("2000", "1"))], 10 + SPREAD_S),
    "shorter by and by": ([(0, limited("60000")), (3, SHORT)], 13 + SPREAD_S),
}
"""When the settings change, in s, and from when on the shorter limit counts."""


@pytest.mark.parametrize(("changes", "counts_from_s"), CHANGES.values(), ids=CHANGES)
async def test_a_shorter_limit_counts_once_polls_that_began_under_the_longer_one_have_ended(
    changes: Sequence[tuple[float, Settings]], counts_from_s: float
) -> None:
    now_s, settings = 1000.0, LONG
    async with memory_pair() as pair:
        service = SessionService(pair.one.store, samples.RING, lambda: Policy(settings))
        sweeper = Sweeper(service, lambda: Policy(settings), tell, lambda: now_s)
        opened = Record(samples.AGENT, samples.FRESH)
        await pair.one.store.apply(samples.AGENT, lambda _record: Change(None, opened))
        pair.world.now_ms += 20_000
        for at_s, new in changes:
            now_s, old, settings = 1000.0 + at_s, settings, new
            sweeper.settings_changed(old, new)

        async def lives() -> bool:
            await sweeper.end_silent()
            return (await pair.one.store.read(samples.AGENT)).session is not None

        assert await lives()
        now_s = 1000.0 + counts_from_s - 0.1
        assert await lives()
        now_s = 1000.0 + counts_from_s
        assert not await lives()


@pytest.mark.parametrize("problem", [KeyError(), Unreadable()])
async def test_one_bad_record_keeps_no_other_session_alive(problem: Exception) -> None:
    now_ms = 1_700_000_000_000
    store = Flawed(MemoryEventQueue(lambda: Bounds(1000, 1_048_576)), lambda: now_ms)
    store.problem = problem
    for agent_id in (BAD, GOOD):
        opened = Record(agent_id, replace(samples.FRESH, id=f"{agent_id:032x}"))
        await store.apply(agent_id, lambda _record, opened=opened: Change(None, opened))  # type: ignore[misc]
    now_ms += MAX_TIME_MS + 1
    service = SessionService(store, samples.RING, lambda: Policy(Settings()))
    with pytest.raises(type(problem)):
        await Sweeper(service, lambda: Policy(Settings()), tell).end_silent()
    assert (await store.read(GOOD)).session is None
