"""Rubbish in the store costs no node and no other agent anything (docs/design/failure.md)."""

import json

from tests.faults.conftest import signed_in
from tests.support.servers import Server
from tests.support.site import Site
from tests.support.waiting import until_async

TAG = "{agentgateway}"
POLLING = f"{TAG}:seen:poll"
BAD_MEMBERS = (b"rubbish", b"\xff\xfe:1", b"0:x", b"1" * 5000 + b":x", b"101:", "١٠١:x".encode())


def members(server: Server) -> int:
    count: int = server.ask("ZCARD", POLLING)
    return count


async def test_a_bad_member_of_the_last_seen_is_put_aside_and_named_once_and_the_others_are_swept(
    alone_on_redis: Site, redis_server: Server
) -> None:
    alone_on_redis.edit(MAXTIME="1000")
    node = await alone_on_redis.start()
    await signed_in(node)
    bad: list[str | int | bytes] = ["-inf", "102:infinite"]
    for place, member in enumerate(BAD_MEMBERS):
        bad += [place, member]
    redis_server.ask("ZADD", POLLING, *bad)  # In one step: a sweep that came between would tell of each part.

    async def swept() -> bool:
        return not members(redis_server)

    await until_async(swept)
    assert json.loads(redis_server.ask("GET", f"{TAG}:agent:101")[16:]).get("s") is None
    assert node.process.returncode is None
    log = await node.said("put aside")
    assert log.count("put aside") == 1
    assert "Traceback" not in log
    assert redis_server.ask("LLEN", f"{TAG}:aside") == len(BAD_MEMBERS) + 1


async def test_a_record_that_is_rubbish_is_put_aside_and_its_agent_signs_in_again(
    alone_on_redis: Site, redis_server: Server
) -> None:
    node = await alone_on_redis.start()
    desk = await signed_in(node)
    redis_server.ask("SET", f"{TAG}:agent:101", "rubbish")
    assert (await desk.status()).retcode == "100-006"
    assert (await desk.sign_in()).retcode == "0"
    assert (await node.said("put aside")).count("put aside") == 1


async def test_a_key_of_a_wrong_type_costs_its_agent_one_answer(shared: Site, redis_server: Server) -> None:
    node = await shared.start()
    redis_server.ask("RPUSH", f"{TAG}:agent:101", "of somebody else")
    desk = node.desk(101)

    async def signs_in() -> bool:
        return (await desk.sign_in()).retcode == "0"

    async def polls() -> bool:
        return (await desk.poll()).retcode == "0"

    await until_async(signs_in)
    for key in ("events", "poll"):
        redis_server.ask("DEL", f"{TAG}:{key}:101")
        redis_server.ask("ZADD", f"{TAG}:{key}:101", 1, "of somebody else")
    await until_async(polls)
    log = await node.said(*(f":{key}:101 is a " for key in ("agent", "events", "poll")))
    assert [log.count(f":{key}:101 is a ") for key in ("agent", "events", "poll")] == [1, 1, 1]
    assert "Traceback" not in log
