"""The keys of sessions that a gateway opened in a real store."""

from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

import pytest

from gateway.doctor import key_checks as room
from gateway.doctor.key_checks import KeyFacts, key_facts
from gateway.redis_store.address import Address, parse_target
from gateway.sessions.guid import KeyRing, read_secret_file
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server

TAG = f"doctor-{token_hex(4)}"


@pytest.fixture
async def gateway(server: Server, secret: Path) -> AsyncIterator[Gateway]:
    tag = f"{TAG}-{token_hex(4)}"
    async with running_gateway({"REDIS_URL": server.url, "STORE_TAG": tag, "GUID_SECRET_FILE": str(secret)}) as running:
        yield running


def places(gateway: Gateway) -> list[tuple[Address, str]]:
    settings = gateway.app.live.current
    return [(parse_target(settings.redis_url).servers[0], settings.store_tag)]


async def test_live_sessions_are_counted_by_key(gateway: Gateway, secret: Path) -> None:
    for agent_id in (101, 102):
        assert (await gateway.desk(agent_id).sign_in()).retcode == "0"
    ring = read_secret_file(secret)
    facts = await key_facts(places(gateway), ring)
    prints = ring.fingerprints()
    assert facts == KeyFacts(prints, "k2", {"k2": prints["k2"]}, {"k2": 2})


async def test_sessions_that_ended_need_no_key(gateway: Gateway, secret: Path) -> None:
    desk = gateway.desk(103)
    await desk.sign_in()
    await desk.call("DELETE", "onlineagent/{id}/logout")
    assert (await key_facts(places(gateway), read_secret_file(secret))).needed == {}


async def test_many_sessions_are_read_in_pages(gateway: Gateway, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PAGE", 2)
    for agent_id in range(101, 106):
        await gateway.desk(agent_id).sign_in()
    facts = await key_facts(places(gateway), read_secret_file(secret))
    assert (facts.needed, facts.complete) == ({"k2": 5}, True)


async def test_when_the_time_is_over_it_says_that_it_did_not_see_all(gateway: Gateway, secret: Path) -> None:
    times = iter([0.0, 100.0, 100.0])
    facts = await key_facts(places(gateway), read_secret_file(secret), lambda: next(times))
    assert not facts.complete


async def test_a_record_that_cannot_be_read_is_told_and_the_count_is_not_complete(server: Server) -> None:
    tag = f"{TAG}-{token_hex(4)}"
    server.ask("ZADD", f"{{{tag}}}:seen:poll", 1, "7:x", 1, "8:y")
    server.ask("SET", f"{{{tag}}}:agent:7", "rubbish")
    facts = await key_facts([(parse_target(server.url).servers[0], tag)], KeyRing("k1", {"k1": b"x" * 32}))
    assert (facts.needed, facts.unreadable, facts.complete, facts.trouble) == ({}, ("7",), False, None)
