"""A store that answers late: what was never told to a client starts no grace (design section 5, Rotation)."""

import asyncio
import time
from functools import partial
from pathlib import Path

from tests.support.desk import Desk
from tests.support.gateway import running_gateway
from tests.support.proxy import proxy_to
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import until_async

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


async def test_whoever_follows_keeps_its_session_at_a_round_trip_that_fails_some_requests(
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
        slow.delay_s = ROUND_TRIP_S
        until_s = time.monotonic() + LASTS_S
        met = await asyncio.gather(*(polls(desk, until_s) for desk in desks))
        slow.delay_s = 0.0
        assert set().union(*met) <= {"0", "100-007"}
        for desk in desks:
            await until_async(partial(takes_a_new_guid, desk))
