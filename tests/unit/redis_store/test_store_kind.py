"""A store remembers its kind of backend and the format of its records (docs/design/optimistic_swap.md)."""

import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.redis_store.floor_claim import FloorClaim
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.store_kind import FORMAT, check_kinds, mark_kind
from gateway.sessions.store import Bounds, CannotServeError
from tests.conftest import Shared
from tests.support.waiting import GENEROUS_MS
from tests.unit.sessions.node_pairs import opening, session

AGENT = 101


@pytest.fixture
async def link(shared_server: Shared) -> AsyncIterator[RedisLink]:
    made = RedisLink(shared_server("valkey").url, secrets.token_hex(8), GENEROUS_MS)
    await made.start()
    yield made
    await made.close()


async def sign_in(link: RedisLink) -> RedisSessionStore:
    store = RedisSessionStore(link, lambda: Bounds(1000, 1_048_576))
    await store.apply(AGENT, opening(session()))
    return store


async def test_another_kind_of_backend_is_refused_while_sessions_live(link: RedisLink) -> None:
    await mark_kind(link, "embedded")
    store = await sign_in(link)
    await mark_kind(link, "embedded")
    with pytest.raises(CannotServeError, match="BACKEND = upstream, but a gateway with BACKEND = embedded"):
        await mark_kind(link, "upstream")
    await store.apply(AGENT, opening(None))
    await mark_kind(link, "upstream")
    await sign_in(link)
    with pytest.raises(CannotServeError):
        await check_kinds([link], "embedded")


async def test_a_contact_centre_that_runs_refuses_another_kind_also_without_sessions(link: RedisLink) -> None:
    await mark_kind(link, "embedded")
    floor = FloorClaim([link], "one")
    await floor.claim()
    with pytest.raises(CannotServeError):
        await mark_kind(link, "upstream")
    await floor.leave()
    await mark_kind(link, "upstream")


async def test_sessions_of_a_version_that_marked_nothing_are_of_our_kind(link: RedisLink) -> None:
    await sign_in(link)
    await mark_kind(link, "embedded")
    assert await link.command("GET", link.key("format")) == b"%d" % FORMAT


@pytest.mark.parametrize("newer", [str(FORMAT + 1), "10", "of another kind"])
async def test_records_of_a_newer_format_are_refused_and_left_alone(link: RedisLink, newer: str) -> None:
    await link.command("SET", link.key("format"), newer)
    with pytest.raises(CannotServeError, match=f"format {newer}"):
        await mark_kind(link, "embedded")
    assert await link.command("GET", link.key("format")) == newer.encode()
    assert await link.command("GET", link.key("backend")) is None
