"""Who waits for a thread that judges passwords, and whose turn comes when."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.agents.fair_queue import DOUBTFUL_FROM, RECENT_S, WORKDAY_S, FairQueue, PasswordVerdicts, Rank

HERE, ELSEWHERE, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"


class Waiting:
    """Those who wait for the one turn of a line that is taken, and the order in which they get it."""

    def __init__(self, longest: int = 1000) -> None:
        self.line = FairQueue(1, longest)
        self.served: list[str] = []
        self.refused: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, rank: Rank, address: str) -> None:
        async def wait() -> None:
            if not await self.line.acquire(rank, address):
                self.refused.append(name)
                return
            self.served.append(name)
            await asyncio.sleep(0)
            self.line.release(rank)

        self.tasks[name] = asyncio.create_task(wait())
        for _ in range(2):  # Who makes room for it hears of it one turn later.
            await asyncio.sleep(0)

    async def all_come(self, names: Sequence[str], rank: Rank, address: str) -> None:
        for name in names:
            await self.come(name, rank, address)

    async def served_in_order(self) -> list[str]:
        self.line.release(Rank.FRESH)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.served


async def taken(longest: int = 1000) -> Waiting:
    made = Waiting(longest)
    assert await made.line.acquire(Rank.FRESH, HERE)
    return made


async def test_addresses_take_turns_however_many_wait_at_one() -> None:
    waiting = await taken()
    await waiting.all_come(["a1", "a2", "a3", "a4"], Rank.FRESH, HERE)
    await waiting.all_come(["b1", "b2"], Rank.FRESH, ELSEWHERE)
    await waiting.come("c1", Rank.FRESH, THIRD)
    assert await waiting.served_in_order() == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


async def test_desktops_come_before_guessers_who_have_every_fourth_turn() -> None:
    waiting = await taken()
    await waiting.all_come(["g1", "g2"], Rank.DOUBTFUL, HERE)
    await waiting.all_come(["k1", "k2", "k3", "k4", "k5"], Rank.KNOWN, HERE)
    assert await waiting.served_in_order() == ["k1", "k2", "k3", "g1", "k4", "k5", "g2"]


async def test_in_a_full_line_the_last_of_the_greatest_crowd_makes_room() -> None:
    waiting = await taken(longest=3)
    await waiting.all_come(["a1", "a2", "a3"], Rank.FRESH, HERE)
    await waiting.come("a4", Rank.FRESH, HERE)
    await waiting.come("b1", Rank.FRESH, ELSEWHERE)
    assert waiting.refused == ["a4", "a3"]
    assert await waiting.served_in_order() == ["a1", "b1", "a2"]


async def test_a_guesser_drives_no_desktop_out_of_a_full_line_and_is_driven_out_of_it() -> None:
    waiting = await taken(longest=2)
    await waiting.all_come(["k1", "g1"], Rank.KNOWN, HERE)
    await waiting.come("g2", Rank.DOUBTFUL, ELSEWHERE)
    assert waiting.refused == ["g2"]
    waiting = await taken(longest=1)
    await waiting.come("g1", Rank.DOUBTFUL, ELSEWHERE)
    await waiting.come("f1", Rank.FRESH, ELSEWHERE)
    assert waiting.refused == ["g1"]


async def test_of_doubtful_addresses_one_has_a_turn_and_the_next_comes_after_a_rest() -> None:
    line = FairQueue(3, 1000)
    assert await line.acquire(Rank.DOUBTFUL, HERE)
    second = asyncio.create_task(line.acquire(Rank.DOUBTFUL, ELSEWHERE))
    await asyncio.sleep(0)
    assert await line.acquire(Rank.FRESH, HERE)  # It passes by.
    line.release(Rank.FRESH)
    asked_s = time.monotonic()
    line.release(Rank.DOUBTFUL, 0.05)
    assert await line.acquire(Rank.KNOWN, HERE)
    assert not second.done()
    async with asyncio.timeout(5):
        assert await second
    assert time.monotonic() - asked_s > 0.045


async def test_who_gives_up_leaves_the_line_and_no_turn_is_lost() -> None:
    waiting = await taken()
    await waiting.all_come(["a1", "a2"], Rank.FRESH, HERE)
    waiting.tasks["a1"].cancel()
    await asyncio.sleep(0)
    assert waiting.line.waiting == 1
    waiting.line.release(Rank.FRESH)
    waiting.tasks["a2"].cancel()  # Its turn has just come.
    await asyncio.gather(*waiting.tasks.values(), return_exceptions=True)
    async with asyncio.timeout(5):
        assert await waiting.line.acquire(Rank.FRESH, HERE)


@settings(deadline=None, max_examples=200)
@given(
    turns=st.integers(1, 3),
    steps=st.lists(st.tuples(st.sampled_from(Rank), st.sampled_from([HERE, ELSEWHERE]), st.booleans()), max_size=30),
)
def test_whatever_happens_no_turn_is_lost_and_none_is_given_twice(
    turns: int, steps: list[tuple[Rank, str, bool]]
) -> None:
    async def play() -> None:
        line, busy, most = FairQueue(turns, 5), 0, 0

        async def one(rank: Rank, address: str) -> None:
            nonlocal busy, most
            if await line.acquire(rank, address):
                busy += 1
                most = max(most, busy)
                try:
                    await asyncio.sleep(0)
                finally:
                    busy -= 1
                    line.release(rank)

        tasks = []
        for rank, address, gives_up in steps:
            tasks.append(asyncio.create_task(one(rank, address)))
            if gives_up:
                await asyncio.sleep(0)
                tasks[len(tasks) // 2].cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks, return_exceptions=True)
        assert (line.waiting, most <= turns) == (0, True)
        for _ in range(turns):
            async with asyncio.timeout(5):
                assert await line.acquire(Rank.FRESH, HERE)

    asyncio.run(play())


def judged(*verdicts: bool, who: str = "101", address: str = HERE) -> PasswordVerdicts:
    made = PasswordVerdicts()
    for verdict in verdicts:
        made.judged(who, address, 0.0, right=verdict)
    return made


def test_an_agent_is_known_for_a_workday_where_it_signed_in_whatever_else_comes_from_there() -> None:
    made = judged(True)
    for number in range(50):
        made.judged(str(number), HERE, 0.0, right=False)
    assert made.rank("101", HERE, WORKDAY_S - 1) is Rank.KNOWN
    assert made.rank("102", HERE, 1.0) is Rank.DOUBTFUL
    assert made.rank("101", ELSEWHERE, 1.0) is Rank.FRESH
    assert made.rank("101", HERE, WORKDAY_S) is Rank.FRESH


@pytest.mark.parametrize(
    ("verdicts", "rank"),
    [
        ([False] * (DOUBTFUL_FROM - 1), Rank.FRESH),
        ([False] * DOUBTFUL_FROM, Rank.DOUBTFUL),
        ([True] * 20 + [False] * DOUBTFUL_FROM, Rank.FRESH),
    ],
)
def test_an_address_of_mostly_wrong_passwords_is_doubtful_for_some_minutes(verdicts: list[bool], rank: Rank) -> None:
    made = judged(*verdicts, who="7")
    assert made.rank("101", HERE, 1.0) is rank
    assert made.rank("101", HERE, RECENT_S) is Rank.FRESH


def test_addresses_of_one_ipv6_network_are_judged_together() -> None:
    made = PasswordVerdicts()
    for number in range(DOUBTFUL_FROM):
        made.judged("7", f"2001:db8::{number:x}", 0.0, right=False)
    assert made.rank("101", "2001:db8::ffff", 1.0) is Rank.DOUBTFUL


def test_so_many_are_kept_and_no_more() -> None:
    made = PasswordVerdicts(most=10)
    for number in range(100):
        made.judged(str(number), f"192.0.2.{number}", 0.0, right=True)
    assert len(made) == 20
