"""Sign-in by a token of the enterprise in place of a password."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.agents.authentication import Authentication
from gateway.wire.errors import Unavailable
from tests.unit.agents.desk import HERE, Desk
from tests.unit.agents.samples import NOW, RIGHT, agents_file, entry

TOKEN = "header.payload.signature"
UNKNOWN = 555


class Portal:
    """Accepts TOKEN for agent 101 alone, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.down = False

    async def verify_token(self, user_id: str, user_name: str, token: str) -> bool:
        self.asked.append((user_id, user_name, token))
        if self.down:
            raise Unavailable
        return (user_id, user_name, token) == ("101", "account101", TOKEN)


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def desk(tmp_path: Path, portal: Portal) -> Iterator[Desk]:
    made = Desk(agents_file(tmp_path, entry(101, must_change_password=True), entry(102), entry(103, demo=True)))
    made.authentication = Authentication(
        made.registry, made.book, made.attempts, made.pool, lambda: made.settings, portal
    )
    yield made
    made.pool.close()


async def test_a_valid_token_gives_the_agent_who_need_not_change_a_password(desk: Desk) -> None:
    agent = await desk.authentication.verify(101, TOKEN, HERE, forwarded=False, now_ms=NOW)
    assert (agent.id, agent.must_change_password) == (101, False)


async def test_an_account_stands_for_its_agent(desk: Desk) -> None:
    assert await desk.by_account("account101", TOKEN) == "0"


async def test_another_agents_token_is_100_004(desk: Desk) -> None:
    assert await desk.sign_in(102, TOKEN) == "100-004"


async def test_the_password_is_no_longer_good(desk: Desk) -> None:
    assert await desk.sign_in(101, RIGHT) == "100-004"


async def test_an_unknown_agent_is_asked_about_as_well(desk: Desk, portal: Portal) -> None:
    assert await desk.sign_in(UNKNOWN, TOKEN) == "100-004"
    assert portal.asked == [(str(UNKNOWN), str(UNKNOWN), TOKEN)]


async def test_a_demo_agent_is_refused_where_those_are_not_admitted(desk: Desk) -> None:
    assert await desk.sign_in(103, TOKEN, "192.0.2.7") == "100-004"


async def test_a_demo_agent_is_refused_while_those_are_off(desk: Desk) -> None:
    desk.settings = replace(desk.settings, demo_agents=False)
    assert await desk.sign_in(103, TOKEN) == "100-004"


async def test_the_lock_holds_for_tokens_too(desk: Desk) -> None:
    for _ in range(5):
        await desk.sign_in(101, "wrong")
    assert await desk.sign_in(101, TOKEN) == "110-016"


async def test_a_portal_out_of_reach_is_no_failure_of_the_agent(desk: Desk, portal: Portal) -> None:
    portal.down = True
    for _ in range(6):
        with pytest.raises(Unavailable):
            await desk.sign_in(101, TOKEN)
    portal.down = False
    assert await desk.sign_in(101, TOKEN) == "0"
