"""Attempts that are counted before they are judged, and those that wait for their turn."""

import asyncio
import gc
from dataclasses import dataclass, field

import pytest

from gateway.agents import attempt_limiter
from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import Attempts, AttemptStanding, MemoryAttempts
from gateway.wire.errors import GatewayError, StoreUnavailable, Unavailable
from tests.support.waiting import until
from tests.unit.agents.samples import NOW

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
LIMIT = 200


@dataclass
class Judge:
    """Says that "right" is right. With `gate` it thinks until that is set; `outage` is raised in place of a verdict."""

    limiters: list[AttemptLimiter]
    gate: asyncio.Event | None = None
    outage: Exception | None = None
    asked: list[str] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0

    async def _verdict(self, password: str) -> bool:
        self.asked.append(password)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0.001))
        finally:
            self._now -= 1
        if self.outage is not None:
            raise self.outage
        return password == "right"

    async def try_(self, password: str, who: str = "101", address: str = HERE, node: int = 0) -> str:
        """Retcode, or for a refusal of another kind its class."""
        try:
            async with self.limiters[node].attempt(who, address, NOW) as attempt:
                if await self._verdict(password):
                    await attempt.right()
                    return "0"
                await attempt.wrong()
                return "100-004"
        except GatewayError as problem:
            return problem.retcode

    async def try_all(self, count: int, password: str) -> list[str]:
        nodes = len(self.limiters)
        return await asyncio.gather(*(self.try_(password, node=number % nodes) for number in range(count)))


@pytest.fixture
def judge(attempts: Attempts) -> Judge:
    """Two nodes on one store."""
    return Judge([AttemptLimiter(attempts, lambda: LIMIT) for _ in range(2)])


async def test_of_300_wrong_ones_at_once_5_are_judged(judge: Judge) -> None:
    answers = await judge.try_all(300, "wrong")
    assert len(judge.asked) == 5
    assert (answers.count("100-004"), answers.count("110-016")) == (5, 295)


async def test_50_right_ones_at_once_are_all_let_through_5_at_a_time(judge: Judge) -> None:
    assert await judge.try_all(50, "right") == ["0"] * 50
    assert judge.most_at_once <= 5


async def test_a_right_one_beside_4_wrong_ones_in_flight_is_judged(judge: Judge) -> None:
    judge.gate = asyncio.Event()
    wrong = [asyncio.create_task(judge.try_("wrong")) for _ in range(4)]
    await until(lambda: len(judge.asked) == 4)
    right = asyncio.create_task(judge.try_("right"))
    await until(lambda: "right" in judge.asked)
    judge.gate.set()
    assert await right == "0"
    await asyncio.gather(*wrong)


async def test_a_flood_from_elsewhere_is_in_nobodys_way(judge: Judge) -> None:
    judge.gate = asyncio.Event()
    flood = [asyncio.create_task(judge.try_("wrong")) for _ in range(50)]
    await until(lambda: len(judge.asked) == 5)
    right = asyncio.create_task(judge.try_("right", address=ELSEWHERE))
    await until(lambda: "right" in judge.asked)
    judge.gate.set()
    assert await right == "0"
    await asyncio.gather(*flood)


async def test_what_nobody_could_judge_is_no_failure(judge: Judge) -> None:
    judge.outage = Unavailable()
    assert await judge.try_all(20, "wrong") == ["100-007"] * 20
    judge.outage = None
    assert await judge.try_all(5, "wrong") == ["100-004"] * 5


async def test_a_block_without_a_verdict_is_no_failure(judge: Judge) -> None:
    for _ in range(6):
        async with judge.limiters[0].attempt("101", HERE, NOW):
            pass
    assert await judge.try_("right") == "0"


@pytest.mark.parametrize("how", ["cancelled", "crashed"])
async def test_nobody_gets_an_attempt_back_whose_judge_was_asked(judge: Judge, attempts: Attempts, how: str) -> None:
    judge.gate = asyncio.Event()
    tasks = [asyncio.create_task(judge.try_("wrong")) for _ in range(5)]
    await until(lambda: len(judge.asked) == 5)
    if how == "crashed":
        judge.outage = RuntimeError()
        judge.gate.set()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await attempts.begin("101", HERE, "x", address_limit=LIMIT, now_ms=NOW) is AttemptStanding.BUSY


async def test_who_gets_no_turn_in_time_is_told_to_try_again(attempts: Attempts) -> None:
    patient, impatient = (
        AttemptLimiter(attempts, lambda: LIMIT),
        AttemptLimiter(attempts, lambda: LIMIT, patience_s=0.05),
    )
    judge = Judge([patient, impatient], asyncio.Event())
    tasks = [asyncio.create_task(judge.try_("right")) for _ in range(5)]
    await until(lambda: len(judge.asked) == 5)
    assert await asyncio.gather(*(judge.try_("right", node=1) for _ in range(3))) == ["100-007"] * 3
    assert judge.gate is not None
    judge.gate.set()
    assert await asyncio.gather(*tasks) == ["0"] * 5


async def test_an_end_is_heard_at_once_by_who_waits_here(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(attempt_limiter, name, 1000.0)
    judge.limiters = judge.limiters[:1]
    assert await judge.try_all(50, "right") == ["0"] * 50


async def test_a_changed_limit_of_the_address_counts_at_once(attempts: Attempts) -> None:
    limits = [200]
    judge = Judge([AttemptLimiter(attempts, lambda: limits[0])])
    await judge.try_("wrong", who="102")
    await judge.try_("wrong", who="103")
    limits[0] = 2
    assert await judge.try_("right") == "110-016"


async def test_nothing_is_kept_of_pairs_whose_attempts_have_ended(judge: Judge) -> None:
    await judge.try_all(20, "right")
    gc.collect()
    assert [len(limiter._lines) for limiter in judge.limiters] == [0, 0]


class SlowStore(MemoryAttempts):
    """Does what it is asked, but says so too late."""

    slow = True

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> AttemptStanding:
        found = await super().begin(who, address, attempt, address_limit=address_limit, now_ms=now_ms)
        if self.slow:
            raise StoreUnavailable
        return found


async def test_what_a_slow_store_has_counted_after_all_is_taken_back() -> None:
    store = SlowStore()
    judge = Judge([AttemptLimiter(store, lambda: LIMIT)])
    assert [await judge.try_("right") for _ in range(6)] == ["100-007"] * 6
    assert len(store) == 0


async def test_a_verdict_that_the_store_did_not_take_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryAttempts()
    judge = Judge([AttemptLimiter(store, lambda: LIMIT)])

    async def away(*_arguments: object, **_more: object) -> bool:
        raise StoreUnavailable

    monkeypatch.setattr(store, "failed", away)
    assert [await judge.try_("wrong") for _ in range(5)] == ["100-007"] * 5
    assert await store.begin("101", HERE, "x", address_limit=LIMIT, now_ms=NOW) is AttemptStanding.BUSY
