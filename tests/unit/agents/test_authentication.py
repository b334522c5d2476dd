import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.agents.passwords import DUMMY_HASH, HashingTurn
from gateway.wire.errors import Refused
from tests.unit.agents.desk import HERE, Desk, Values
from tests.unit.agents.samples import MINUTE, NOW, OTHER, RIGHT, agents_file, entry

ELSEWHERE = "192.0.2.7"
UNKNOWN = 555


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(agents_file(tmp_path, entry(101), entry(102), entry(103, demo=True)))
    yield made
    made.pool.close()


async def test_the_right_password_gives_the_agent(desk: Desk) -> None:
    agent = await desk.authentication.verify(101, RIGHT, HERE, forwarded=False, now_ms=NOW)
    assert agent == desk.registry.get(101)


async def test_an_account_stands_for_its_agent(desk: Desk) -> None:
    agent = await desk.authentication.verify_account("account102", RIGHT, HERE, forwarded=False, now_ms=NOW)
    assert agent == desk.registry.get(102)


@pytest.mark.parametrize("password", [OTHER, "", RIGHT + " ", RIGHT.lower()])
async def test_a_wrong_password_is_100_004(desk: Desk, password: str) -> None:
    assert await desk.sign_in(101, password) == "100-004"


async def test_an_unknown_agent_and_a_wrong_password_answer_alike(desk: Desk) -> None:
    answers = []
    for agent_id in (101, UNKNOWN):
        with pytest.raises(Refused) as caught:
            await desk.authentication.verify(agent_id, OTHER, HERE, forwarded=False, now_ms=NOW)
        answers.append((caught.value.retcode, caught.value.message))
    assert answers[0] == answers[1]


async def test_an_unknown_account_is_100_004(desk: Desk) -> None:
    assert await desk.by_account("nobody", OTHER) == "100-004"


@pytest.mark.parametrize("agent_id", [UNKNOWN, 0, 103])
async def test_who_may_not_sign_in_costs_a_hash_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, agent_id: int
) -> None:
    verified = []

    async def watched(_turn: HashingTurn, _agent_id: int, password_hash: str, _password: str) -> bool:
        verified.append(password_hash)
        return False

    monkeypatch.setattr(HashingTurn, "verify", watched)
    await desk.sign_in(agent_id, OTHER, forwarded=True)
    assert verified == [DUMMY_HASH]


@pytest.mark.parametrize("agent_id", [101, UNKNOWN])
async def test_after_5_failures_even_the_right_password_is_110_016(desk: Desk, agent_id: int) -> None:
    answers = [await desk.sign_in(agent_id, OTHER) for _ in range(5)]
    assert answers == ["100-004"] * 5
    assert await desk.sign_in(agent_id, RIGHT) == "110-016"


async def test_a_lock_ends_after_5_minutes(desk: Desk) -> None:
    for _ in range(5):
        await desk.sign_in(101, OTHER)
    assert await desk.sign_in(101, RIGHT, after_ms=5 * MINUTE - 1) == "110-016"
    assert await desk.sign_in(101, RIGHT, after_ms=5 * MINUTE) == "0"


async def test_a_lock_holds_for_the_one_address_only(desk: Desk) -> None:
    for _ in range(5):
        await desk.sign_in(101, OTHER, ELSEWHERE)
    assert await desk.sign_in(101, RIGHT) == "0"


async def test_a_success_starts_the_count_anew(desk: Desk) -> None:
    for password in [OTHER] * 4 + [RIGHT] + [OTHER] * 4:
        await desk.sign_in(101, password)
    assert await desk.sign_in(101, RIGHT) == "0"


async def test_sign_ins_by_id_and_by_account_are_counted_together(desk: Desk) -> None:
    for _ in range(3):
        await desk.sign_in(101, OTHER)
    for _ in range(2):
        await desk.by_account("account101", OTHER)
    assert await desk.by_account("account101", RIGHT) == "110-016"


async def test_an_unknown_account_is_locked_too(desk: Desk) -> None:
    for _ in range(5):
        await desk.by_account("nobody", OTHER)
    assert await desk.by_account("nobody", OTHER) == "110-016"


async def test_an_address_over_its_limit_is_110_016_for_every_agent(desk: Desk) -> None:
    desk.settings = replace(desk.settings, login_address_limit=3)
    for agent_id in (101, 102, UNKNOWN):
        await desk.sign_in(agent_id, OTHER, ELSEWHERE)
    assert await desk.sign_in(101, RIGHT, ELSEWHERE) == "110-016"
    assert await desk.sign_in(101, RIGHT, HERE) == "0"


async def test_a_changed_address_limit_counts_at_once(desk: Desk) -> None:
    for agent_id in (101, 102):
        await desk.sign_in(agent_id, OTHER)
    desk.settings = replace(desk.settings, login_address_limit=2)
    assert await desk.sign_in(101, RIGHT) == "110-016"


async def test_of_many_guesses_at_once_5_are_tried(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.sign_in(101, f"Guess-{number}x") for number in range(50)))
    assert (answers.count("100-004"), answers.count("110-016")) == (5, 45)


async def test_many_right_ones_at_once_are_no_guesses(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.sign_in(101, RIGHT) for _ in range(50)))
    assert answers == ["0"] * 50


async def test_a_lock_is_audited_with_agent_and_address(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(6):
            await desk.sign_in(101, OTHER, ELSEWHERE)
    assert [line for line in caplog.messages if "lock" in line] == [
        f"sign-in-locked agent=101 who=101 address={ELSEWHERE}"
    ]


async def test_no_password_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for password in (RIGHT, OTHER):
            await desk.sign_in(101, password)
            await desk.sign_in(UNKNOWN, password)
            await desk.sign_in(103, password, forwarded=True)
    assert RIGHT not in caplog.text
    assert OTHER not in caplog.text


async def test_who_must_change_the_password_is_told_so(tmp_path: Path) -> None:
    desk = Desk(agents_file(tmp_path, entry(101, must_change_password=True)))
    agent = await desk.authentication.verify(101, RIGHT, HERE, forwarded=False, now_ms=NOW)
    assert agent.must_change_password


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("bound", ["127.0.0.1", "::1", "localhost"])
async def test_a_demo_agent_signs_in_on_loopback(desk: Desk, bound: str, address: str) -> None:
    desk.settings = replace(desk.settings, bind_address=bound)
    assert await desk.sign_in(103, RIGHT, address) == "0"


@pytest.mark.parametrize(
    ("values", "address", "forwarded", "reason"),
    [
        (Values(demo_agents=False), HERE, False, "DEMO_AGENTS is OFF"),
        (Values(trusted_proxies=("10.0.0.0/8",)), HERE, False, "TRUSTED_PROXIES is set"),
        (Values(), HERE, True, "the request came through a proxy"),
        (Values(bind_address="0.0.0.0"), HERE, False, "BIND_ADDRESS is not a loopback address"),
        (Values(bind_address="desk.example.com"), HERE, False, "BIND_ADDRESS is not a loopback address"),
        (Values(), ELSEWHERE, False, "the client is not on this machine"),
        (Values(), "::ffff:192.0.2.7", False, "the client is not on this machine"),
    ],
)
async def test_a_demo_agent_is_refused_elsewhere_and_one_warning_says_why(
    desk: Desk,
    caplog: pytest.LogCaptureFixture,
    values: Values,
    address: str,
    forwarded: bool,
    reason: str,
) -> None:
    desk.settings = values
    assert await desk.sign_in(103, RIGHT, address, forwarded=forwarded) == "100-004"
    assert caplog.messages == [f"demo agent 103 refused: {reason}"]


async def test_other_agents_sign_in_through_proxies(desk: Desk) -> None:
    desk.settings = replace(desk.settings, trusted_proxies=("10.0.0.0/8",), bind_address="0.0.0.0")
    assert await desk.sign_in(101, RIGHT, ELSEWHERE, forwarded=True) == "0"
