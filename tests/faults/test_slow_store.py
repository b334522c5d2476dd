"""A store that answers late: what was never told to a client starts no grace (docs/protocol.md, Rotation)."""

import asyncio
import time
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import Any

from gateway.redis_store.link import RedisLink
from tests.support.desk import Answer, Desk
from tests.support.gateway import running_gateway
from tests.support.proxy import proxy_to
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import lost_time, until_async

SETTINGS = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "2500",
    "AGENT_POLL_WAIT_TIMES": "10",
    "STORE_TIMEOUT": "800",
}
ROUND_TRIP_S = 0.45
LASTS_S = 9.0
DESKS = 6
SPARE_S = 0.2
"""What a busy machine may take."""


async def polls(desk: Desk, until_s: float) -> set[str]:
    """The retcodes that a following desktop met."""
    found = set()
    while time.monotonic() < until_s:
        found.add((await desk.poll()).retcode)
    return found


async def takes_a_new_guid(desk: Desk) -> bool:
    former = desk.guid
    assert (await desk.poll()).retcode == "0"
    return desk.guid != former


async def test_at_a_round_trip_below_the_limit_no_request_fails_and_no_connection_is_lost(redis_server: Server) -> None:
    async with proxy_to(redis_server.port) as slow:
        link = RedisLink(f"redis://127.0.0.1:{slow.port}", "slow", 800)
        await link.start()
        slow.delay_s, connections = ROUND_TRIP_S, slow.connections
        answers: list[Awaitable[Any]] = []
        async with lost_time() as lost:
            for number in range(200):
                send = link.command if number % 4 else link.surely
                answers.append(asyncio.ensure_future(send("ECHO", str(number))))
                await asyncio.sleep(0.01)
            met = await asyncio.gather(*answers, return_exceptions=True)
        await link.close()
        assert lost.s > SPARE_S or met == [b"%d" % number for number in range(200)]
        assert slow.connections == connections


async def test_at_such_a_round_trip_whoever_follows_keeps_its_session_and_no_poll_fails(
    tmp_path: Path, redis_server: Server
) -> None:
    async with (
        proxy_to(redis_server.port) as slow,
        site(tmp_path, {**SETTINGS, "REDIS_URL": f"redis://127.0.0.1:{slow.port}"}) as place,
        running_gateway(config=place.config, overrides={"STORE_TIMEOUT": "800"}) as gateway,
    ):
        desks = [gateway.desk(101 + number) for number in range(DESKS)]
        for desk in desks:
            assert (await desk.sign_in()).retcode == "0"
        slow.delay_s, connections = ROUND_TRIP_S, slow.connections
        until_s = time.monotonic() + LASTS_S
        async with lost_time() as lost:
            met = await asyncio.gather(*(polls(desk, until_s) for desk in desks))
        slow.delay_s = 0.0
        assert set().union(*met) <= ({"0"} if lost.s <= SPARE_S else {"0", "100-007"})
        assert slow.connections == connections
        for desk in desks:
            await until_async(partial(takes_a_new_guid, desk))


HALF_S = 0.6
"""A round trip by which the first step of a call is in time, and the second one is not; a sign-in has more of them."""
CALL_S, SIGN_IN_S = 1.0, 2.0


async def seconds(asking: Awaitable[Answer]) -> tuple[int, float]:
    """The status, and how long it took without the time that this process did not get."""
    async with lost_time() as lost:
        began_s = time.monotonic()
        answer = await asking
        return answer.status, time.monotonic() - began_s - lost.s


async def test_a_request_that_meets_a_failing_store_has_one_deadline_for_all_its_steps(
    tmp_path: Path, redis_server: Server
) -> None:
    async with (
        proxy_to(redis_server.port) as slow,
        site(tmp_path, {**SETTINGS, "REDIS_URL": f"redis://127.0.0.1:{slow.port}"}) as place,
        running_gateway(config=place.config, overrides={"STORE_TIMEOUT": "800"}) as gateway,
    ):
        desk, other = gateway.desk(101), gateway.desk(102)
        assert (await desk.sign_in()).retcode == "0"
        slow.delay_s = HALF_S
        for path in ("saybusy", "sayfree", "rest/60/0"):
            _, took_s = await seconds(desk.call("POST", f"onlineagent/{{id}}/{path}"))
            assert took_s < CALL_S + SPARE_S
        slow.delay_s = HALF_S / 2
        status, took_s = await seconds(other.sign_in())
        assert status == 503
        assert took_s < SIGN_IN_S + SPARE_S
        slow.delay_s = 0.0
