"""The clock of Redis is set back, or another primary has another one: time goes on (docs/protocol.md, Sessions)."""

import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from gateway.redis_store import fence_and_seal as fence
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Script
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import until, until_async

SETTINGS = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "2500",
    "AGENT_POLL_WAIT_TIMES": "1",
    "MAXTIME": "10000",
}
STEP_S = 300
CLOCK = """
local function clock()
  local time = redis.call('TIME')
  return {string.format('%.0f', time[1] + (tonumber(redis.call('GET', 'test:step')) or 0)), time[2]}
end
"""


@pytest.fixture
def steps(redis_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A Redis whose clock is ahead by the key `test:step`, in s."""
    text = CLOCK + fence.SCRIPT.text.replace("redis.call('TIME')", "clock()")
    monkeypatch.setattr(fence, "SCRIPT", Script("fence", text))
    return redis_server


@pytest.fixture
async def gateway(steps: Server, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with (
        site(tmp_path, {**SETTINGS, "REDIS_URL": steps.url}) as place,
        running_gateway(config=place.config) as made,
    ):
        yield made


async def takes_a_new_guid(desk: Desk) -> bool:
    former = desk.guid
    assert (await desk.poll()).retcode == "0"
    return desk.guid != former


async def test_rotation_goes_on_and_a_replaced_guid_ends_after_its_grace(steps: Server, gateway: Gateway) -> None:
    desk = gateway.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    await until_async(partial(takes_a_new_guid, desk))
    steps.ask("SET", "test:step", -STEP_S)
    began = time.monotonic()
    replaced = desk.guid
    for _ in range(3):
        await until_async(partial(takes_a_new_guid, desk))
    assert time.monotonic() - began < STEP_S / 4

    async def is_refused() -> bool:
        await desk.poll()
        return (await desk.call("GET", "onlineagent/{id}/agentstatus", guid=replaced)).retcode == "000-003"

    await until_async(is_refused)


async def test_whoever_is_silent_is_signed_out(steps: Server, gateway: Gateway) -> None:
    desk = gateway.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    steps.ask("SET", "test:step", -STEP_S)

    async def is_out() -> bool:
        return not steps.ask("EXISTS", f"{{{gateway.app.live.current.store_tag}}}:queue:101")

    await until_async(is_out, 60)


async def test_all_nodes_have_the_same_time_those_that_start_later_too(
    steps: Server, caplog: pytest.LogCaptureFixture
) -> None:
    one = RedisLink(steps.url, "clock", 800)
    await one.start()
    await until(lambda: one.reason == "")
    before_ms = one.now_ms()
    steps.ask("SET", "test:step", -STEP_S)
    await until(lambda: "was set back by" in caplog.text)
    two = RedisLink(steps.url, "clock", 800)
    await two.start()
    assert -fence.SET_BACK_MS < two.now_ms() - before_ms < 1000 * STEP_S / 4
    assert abs(two.now_ms() - one.now_ms()) < 2 * fence.SET_BACK_MS
    assert one.outages() == ()
    await one.close()
    await two.close()


async def test_afterwards_the_time_comes_closer_to_the_clock_again(steps: Server) -> None:
    link = RedisLink(steps.url, "clock", 800)
    await link.start()
    await until(lambda: link.reason == "")
    steps.ask("SET", "test:step", -2)
    await until(lambda: bool(steps.ask("HGET", link.key("fence"), "ahead")))
    ahead = float(steps.ask("HGET", link.key("fence"), "ahead"))
    await until(lambda: float(steps.ask("HGET", link.key("fence"), "ahead")) < ahead - 50)
    await link.close()
