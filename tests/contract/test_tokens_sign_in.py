"""Sign-in of agents by a token, validated by calling a validation interface over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.agents.authentication import Authentication
from gateway.settings.load import interpret
from gateway.tokens import users
from gateway.tokens.messages import User
from gateway.tokens.token_service import agent_check
from gateway.tokens.used_tokens import MemoryTokenStore
from gateway.wire.errors import Unavailable
from tests.support.servers import free_port
from tests.support.tokens import NOW, VALIDATE, Bench, Site, serving
from tests.unit.agents.desk import Desk
from tests.unit.agents.samples import RIGHT, agents_file, entry

AGENT = User("acme", "101", "account101")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    site = Site(tmp_path)
    users.add_user(site.users, AGENT)
    async with serving(site, MemoryTokenStore()) as made:
        yield made


async def codes(bench: Bench, folder: Path, *attempts: tuple[int, str], port: int = 0) -> list[str]:
    """The retcodes of sign-ins at a gateway that validates at the bench, or at another port."""
    url = f"http://127.0.0.1:{port or bench.port}{VALIDATE}"
    given = {"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": url, "AGENT_AUTH_TENANT": "acme"}
    check = agent_check(interpret(b"", folder / "f", given).settings)
    assert check is not None
    desk = Desk(agents_file(folder, entry(101), entry(102)))
    desk.authentication = Authentication(
        desk.registry, desk.book, desk.attempts, desk.pool, lambda: desk.settings, check
    )
    try:
        return [await desk.sign_in(agent_id, password) for agent_id, password in attempts]
    finally:
        desk.pool.close()
        await check.close()


async def test_an_agents_own_token_signs_in_and_nothing_else(bench: Bench, tmp_path: Path) -> None:
    token = bench.site.token(AGENT)
    old = bench.site.token(AGENT, now_ms=NOW - 600_000)
    attempts = [(101, token), (102, token), (101, old), (101, RIGHT), (101, "a.b.c")]
    assert await codes(bench, tmp_path, *attempts) == ["0", "100-004", "100-004", "100-004", "100-004"]


async def test_a_token_of_a_customer_signs_no_agent_in(bench: Bench, tmp_path: Path) -> None:
    assert await codes(bench, tmp_path, (101, bench.site.token())) == ["100-004"]


async def test_a_single_use_token_may_be_tried_again_when_the_answer_was_lost(bench: Bench, tmp_path: Path) -> None:
    bench.site.set(token_single_use=True)
    token = bench.site.token(AGENT)
    assert await codes(bench, tmp_path, (101, token), (101, token)) == ["0", "0"]


async def test_a_portal_out_of_reach_is_unavailable(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await codes(bench, tmp_path, (101, bench.site.token(AGENT)), port=free_port())


def test_passwords_are_the_default(tmp_path: Path) -> None:
    assert agent_check(interpret(b"", tmp_path / "f", {}).settings) is None
