import asyncio
import logging
import time
from collections.abc import Iterator

import pytest

from gateway.agents.fair_queue import DOUBTFUL_FROM
from gateway.agents.passwords import DUMMY_HASH, RESTS, PasswordPool, hasher
from gateway.wire.errors import Unavailable
from tests.unit.agents.samples import HASH, OTHER, RIGHT

HERE = "192.0.2.1"


@pytest.fixture
def pool() -> Iterator[PasswordPool]:
    made = PasswordPool(threads=2, waiting=3)
    yield made
    made.close()


async def test_behind_a_guess_the_next_one_comes_three_times_as_long_later(pool: PasswordPool) -> None:
    for _ in range(DOUBTFUL_FROM):
        pool.verdicts.judged("101", HERE, time.monotonic(), right=False)
    began_s = time.monotonic()
    async with pool.turn(who="101", address=HERE):
        await asyncio.sleep(0.02)
    took_s = time.monotonic() - began_s
    async with pool.turn(who="102", address=HERE):
        assert time.monotonic() - began_s >= took_s + RESTS * 0.02


async def test_a_new_hash_is_argon2id_with_19_mib_2_passes_1_lane_and_verifies(pool: PasswordPool) -> None:
    async with pool.turn() as turn:
        made = await turn.hash(RIGHT)
        assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await turn.verify(101, made, RIGHT)


async def test_a_wrong_password_does_not_verify(pool: PasswordPool) -> None:
    async with pool.turn() as turn:
        assert not await turn.verify(101, HASH, OTHER)


@pytest.mark.parametrize("password", [OTHER, "", "Word\ud800game7"])
async def test_nothing_verifies_against_the_dummy_hash(pool: PasswordPool, password: str) -> None:
    async with pool.turn() as turn:
        assert not await turn.verify(0, DUMMY_HASH, password)


def test_the_dummy_hash_costs_as_much_as_a_new_one() -> None:
    assert not hasher().check_needs_rehash(DUMMY_HASH)


@pytest.mark.parametrize("broken", ["", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA", "$argon2id$é"])
async def test_a_broken_hash_is_no_wrong_password_and_is_logged_with_the_agent_id(
    pool: PasswordPool, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    async with pool.turn() as turn:
        with pytest.raises(Unavailable, match="tell the operator"):
            await turn.verify(4711, broken, RIGHT)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "4711" in caplog.text
    assert RIGHT not in caplog.text


async def test_a_former_password_whose_hash_is_broken_is_left_out(pool: PasswordPool) -> None:
    async with pool.turn() as turn:
        assert await turn.any_of(101, ["nonsense", HASH], RIGHT)


@pytest.mark.parametrize(("hashes", "found"), [([], False), ([DUMMY_HASH], False), ([DUMMY_HASH, HASH], True)])
async def test_any_of_finds_a_password_among_several(pool: PasswordPool, hashes: list[str], found: bool) -> None:
    async with pool.turn() as turn:
        assert await turn.any_of(101, hashes, RIGHT) is found


async def test_the_event_loop_goes_on_while_passwords_are_verified(pool: PasswordPool) -> None:
    turns = 0

    async def watch() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    watching = asyncio.create_task(watch())
    async with pool.turn() as turn:
        before = turns
        await turn.any_of(0, [DUMMY_HASH] * 10, RIGHT)
        meanwhile = turns - before
    watching.cancel()
    assert meanwhile > 300  # A loop that waits for each hash has some ten turns, one that goes on some ten thousand.


async def test_as_many_turns_as_threads_are_taken_at_once(pool: PasswordPool) -> None:
    async with pool.turn(), pool.turn():
        third = asyncio.create_task(_one_turn(pool))
        await asyncio.sleep(0.01)
        assert not third.done()
    await third


async def test_who_finds_the_line_full_is_told_to_try_again(pool: PasswordPool) -> None:
    async with pool.turn(), pool.turn():
        waiting = [asyncio.create_task(_one_turn(pool)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as caught:
            await _one_turn(pool)
        assert (caught.value.status, caught.value.retcode) == (503, "100-007")
    await asyncio.gather(*waiting)


async def test_who_has_waited_too_long_is_told_to_try_again() -> None:
    pool = PasswordPool(threads=1, patience_s=0.01)
    async with pool.turn():
        with pytest.raises(Unavailable) as caught:
            await _one_turn(pool)
    assert (caught.value.status, caught.value.retcode, pool.waiting) == (503, "100-007", 0)
    pool.close()


async def test_who_gives_up_leaves_the_line(pool: PasswordPool) -> None:
    async with pool.turn(), pool.turn():
        task = asyncio.create_task(_one_turn(pool))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert pool.waiting == 0


async def test_a_turn_passes_on_only_when_its_thread_is_free() -> None:
    pool = PasswordPool(threads=1)
    guess = asyncio.create_task(_guess(pool))
    for _ in range(5):
        await asyncio.sleep(0)
    guess.cancel()
    async with pool.turn():
        assert guess.done()
        assert guess.cancelled()
    pool.close()


async def _one_turn(pool: PasswordPool) -> None:
    async with pool.turn():
        pass


async def _guess(pool: PasswordPool) -> None:
    async with pool.turn() as turn:
        await turn.any_of(0, [DUMMY_HASH] * 5, RIGHT)
