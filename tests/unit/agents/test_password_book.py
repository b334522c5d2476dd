"""The contract of PasswordBook, for the agents file, for Redis and for several shards of it."""

import asyncio
from pathlib import Path

import pytest

from gateway.agents.editor import editing
from gateway.agents.password_book import FilePasswordBook, PasswordBook
from gateway.agents.registry import Agent, AgentRegistry
from gateway.redis_store.link import RedisLink
from gateway.redis_store.password_book import REPLACE, RedisPasswordBook, ShardedPasswordBook
from tests.unit.agents.samples import CHEAP, HASH, agents_file, entry

HASHES = [CHEAP.hash(f"Word-{number}xyz") for number in range(6)]
FIRST, SECOND, THIRD = HASHES[:3]


@pytest.fixture
def registry(tmp_path: Path) -> AgentRegistry:
    return AgentRegistry(agents_file(tmp_path, entry(101, must_change_password=True), entry(102)))


@pytest.fixture(params=["file", "redis", "4 shards"])
def book(request: pytest.FixtureRequest, registry: AgentRegistry) -> PasswordBook:
    if request.param == "file":
        return FilePasswordBook(registry)
    if request.param == "redis":
        return RedisPasswordBook(request.getfixturevalue("link"))
    return ShardedPasswordBook([RedisPasswordBook(link) for link in request.getfixturevalue("shard_links")])


def agent(registry: AgentRegistry, agent_id: int = 101) -> Agent:
    found = registry.get(agent_id)
    assert found is not None
    return found


async def put(book: PasswordBook, registry: AgentRegistry, *hashes: str) -> None:
    for one in hashes:
        assert await book.replace(agent(registry), await book.password(agent(registry)), one)


def by_operator(registry: AgentRegistry, password_hash: str) -> None:
    with editing(registry.path) as editor:
        editor.set_password(101, password_hash, must_change=True)
    registry.reload()


async def test_at_first_the_password_of_the_file_is_in_force(book: PasswordBook, registry: AgentRegistry) -> None:
    password = await book.password(agent(registry))
    assert (password.current, password.former, password.must_change) == (HASH, (), True)


async def test_a_change_is_in_force_at_once_and_need_not_be_repeated(
    book: PasswordBook, registry: AgentRegistry
) -> None:
    await put(book, registry, FIRST)
    password = await book.password(agent(registry))
    assert (password.current, password.former, password.must_change) == (FIRST, (HASH,), False)


async def test_four_former_passwords_are_known_newest_first(book: PasswordBook, registry: AgentRegistry) -> None:
    await put(book, registry, *HASHES)
    assert (await book.password(agent(registry))).former == tuple(HASHES[4:0:-1])


async def test_other_agents_keep_theirs(book: PasswordBook, registry: AgentRegistry) -> None:
    await put(book, registry, FIRST)
    assert (await book.password(agent(registry, 102))).current == HASH


async def test_a_change_of_a_password_that_is_no_longer_in_force_fails(
    book: PasswordBook, registry: AgentRegistry
) -> None:
    seen = await book.password(agent(registry))
    await put(book, registry, FIRST)
    assert not await book.replace(agent(registry), seen, SECOND)
    assert (await book.password(agent(registry))).current == FIRST


async def test_of_changes_at_once_exactly_one_succeeds(book: PasswordBook, registry: AgentRegistry) -> None:
    seen = await book.password(agent(registry))
    answers = await asyncio.gather(*(book.replace(agent(registry), seen, one) for one in HASHES))
    assert answers.count(True) == 1
    assert (await book.password(agent(registry))).current == HASHES[answers.index(True)]


async def test_a_hash_that_the_operator_puts_into_the_file_wins(book: PasswordBook, registry: AgentRegistry) -> None:
    await put(book, registry, FIRST)
    by_operator(registry, SECOND)
    password = await book.password(agent(registry))
    assert (password.current, password.must_change) == (SECOND, True)


async def test_after_the_operator_the_passwords_before_are_still_known(
    book: PasswordBook, registry: AgentRegistry
) -> None:
    await put(book, registry, FIRST)
    by_operator(registry, SECOND)
    assert (await book.password(agent(registry))).former == (FIRST, HASH)


async def test_the_agent_can_change_what_the_operator_set(book: PasswordBook, registry: AgentRegistry) -> None:
    await put(book, registry, FIRST)
    by_operator(registry, SECOND)
    await put(book, registry, THIRD)
    password = await book.password(agent(registry))
    assert (password.current, password.former, password.must_change) == (THIRD, (SECOND, FIRST, HASH), False)


async def test_the_file_keeps_the_password_over_a_restart(registry: AgentRegistry) -> None:
    await put(FilePasswordBook(registry), registry, FIRST)
    assert agent(AgentRegistry(registry.path)).password_hash == FIRST


async def test_an_agent_that_left_the_file_cannot_change_its_password(registry: AgentRegistry) -> None:
    book = FilePasswordBook(registry)
    former = agent(registry)
    agents_file(registry.path.parent, entry(102))
    assert not await book.replace(former, await book.password(former), FIRST)


async def test_redis_keeps_the_password_for_every_node(link: RedisLink, registry: AgentRegistry) -> None:
    await put(RedisPasswordBook(link), registry, FIRST)
    assert (await RedisPasswordBook(link).password(agent(registry))).current == FIRST


async def test_a_node_whose_file_is_behind_does_not_bring_a_replaced_password_back(
    link: RedisLink, registry: AgentRegistry
) -> None:
    book = RedisPasswordBook(link)
    behind = agent(registry)
    await put(book, registry, FIRST)
    by_operator(registry, SECOND)
    await put(book, registry, THIRD)
    assert (await book.password(behind)).current == THIRD


async def test_with_redis_the_file_is_left_as_it_is(link: RedisLink, registry: AgentRegistry) -> None:
    before = registry.path.read_bytes()
    await put(RedisPasswordBook(link), registry, FIRST)
    assert registry.path.read_bytes() == before


async def test_a_change_that_is_sent_again_succeeds_again(link: RedisLink) -> None:
    sent = (REPLACE, [link.key("password", 101)], ["", FIRST, HASH, "fingerprint"])
    assert [await link.durable(*sent) for _ in range(2)] == [1, 1]
