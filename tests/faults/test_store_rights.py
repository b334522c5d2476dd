"""A right that the user of the store loses is a refusal of the store, and no node ends for it.

See docs/design/failure.md.
"""

import pytest

from tests.support.desk import ask_once
from tests.support.gateway import GatewayProcess
from tests.support.servers import Server
from tests.support.site import Site
from tests.support.waiting import until_async

TAKEN = {
    "what the sweep reads": "zrange",
    "what a script of the sweep runs": "zadd",
    "what a poll reads": "lindex",
    "scripts": "eval",
}


async def store_word(node: GatewayProcess) -> tuple[int, str]:
    answer = await ask_once(node.port, "GET", "/gateway/ready")
    return answer.status, answer.json["store"]


async def until_ready_says(node: GatewayProcess, status: int, word: str) -> None:
    async def says() -> bool:
        return await store_word(node) == (status, word)

    await until_async(says)


@pytest.mark.parametrize("command", TAKEN.values(), ids=TAKEN)
async def test_a_lost_right_is_named_answered_503_and_over_when_it_is_back(
    alone_on_redis: Site, redis_server: Server, command: str
) -> None:
    alone_on_redis.edit(AGENT_POLL_WAIT_TIMES="10")
    node = await alone_on_redis.start()
    desk = node.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    await until_ready_says(node, 200, "ok")
    redis_server.ask("ACL", "SETUSER", "default", f"-{command}")
    await desk.poll()
    await until_ready_says(node, 503, f"it refuses: NOPERM ({command})")
    calls = [await desk.status() for _ in range(3)]
    redis_server.ask("ACL", "SETUSER", "default", f"+{command}")
    await until_ready_says(node, 200, "ok")
    assert {(call.status, call.retcode) for call in calls} == {(503, "100-007")}
    assert (await desk.status()).retcode == "0"
    log = await node.said(f"it refuses: NOPERM ({command})")
    assert log.count(f"is out of reach: it refuses: NOPERM ({command})") == 1
    assert "Traceback" not in log
    assert "unexpected" not in log


async def test_every_right_lost_for_a_while_ends_no_node_and_no_session(
    alone_on_redis: Site, redis_server: Server
) -> None:
    node = await alone_on_redis.start()
    desk = node.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    redis_server.ask("ACL", "SETUSER", "default", "-@all", "+acl")
    answers = [await desk.status()]

    async def refused() -> bool:
        status, word = await store_word(node)
        return status == 503 and word.startswith("it refuses: NOPERM (")

    await until_async(refused)
    redis_server.ask("ACL", "SETUSER", "default", "+@all")
    await until_ready_says(node, 200, "ok")
    answers.append(await desk.status())
    assert [answer.status for answer in answers] == [503, 200]
