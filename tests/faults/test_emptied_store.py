"""A store that loses all that it keeps raises an alarm: nobody was signed out by a rule (docs/design/failure.md)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.redis_stores import EMPTIED
from tests.support.desk import ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import until, until_async

ALARM = "was emptied: all that the gateway kept there is gone, and agents have to sign in again"


@pytest.fixture(params=["1", "4"])
async def gateway(request: pytest.FixtureRequest, redis_server: Server, tmp_path: Path) -> AsyncIterator[Gateway]:
    settings = {"REDIS_URL": redis_server.url, "STORE_SHARDS": request.param}
    async with site(tmp_path, settings) as place, running_gateway(config=place.config) as made:
        yield made


async def says(gateway: Gateway, word: str) -> bool:
    answer = await ask_once(gateway.port, "GET", "/gateway/ready")
    return answer.status == 200 and answer.json["sessions"] == word


async def test_a_store_that_is_emptied_is_told_once_and_agents_can_sign_in_again(
    gateway: Gateway, redis_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await until_async(lambda: says(gateway, "ok"))
    desk = gateway.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    redis_server.ask("FLUSHALL")
    await until_async(lambda: says(gateway, EMPTIED))
    shards = gateway.app.live.current.store_shards
    await until(lambda: sum(ALARM in text for text in caplog.messages) == shards)

    async def signs_in() -> bool:
        return (await desk.sign_in()).retcode == "0"

    await until_async(signs_in)
    assert sum(ALARM in text for text in caplog.messages) == shards
