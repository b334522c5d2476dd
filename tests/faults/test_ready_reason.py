"""`/gateway/ready` tells what is wrong with the store, and not where it is (docs/running.md, Health)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from gateway.redis_stores import SILENT_SENTINELS
from gateway.sessions.guid import new_secret_line
from tests.faults.conftest import KIND
from tests.support.desk import Answer, ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server, Servers
from tests.support.waiting import until_async


def running(url: str, folder: Path) -> AbstractAsyncContextManager[Gateway]:
    """A gateway on this store."""
    secret = folder / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    return running_gateway({"REDIS_URL": url, "GUID_SECRET_FILE": str(secret), "STORE_TIMEOUT": "800"})


@pytest.fixture
async def gateway(redis_server: Server, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with running(redis_server.url, tmp_path) as made:
        yield made


async def ready(gateway: Gateway) -> Answer:
    return await ask_once(gateway.port, "GET", "/gateway/ready")


def lonely(server: Server) -> None:
    server.ask("CONFIG", "SET", "min-replicas-to-write", "1")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Server.freeze, "no answer within 800 ms"),
        (Server.kill, "no connection"),
        (lonely, "it refuses: NOREPLICAS"),
    ],
)
async def test_ready_tells_the_trouble_of_the_store(
    gateway: Gateway, redis_server: Server, fault: Callable[[Server], None], reason: str
) -> None:
    async def says(word: str) -> bool:
        answer = await ready(gateway)
        return answer.json["store"] == word and answer.status == (200 if word == "ok" else 503)

    await until_async(lambda: says("ok"))
    fault(redis_server)
    await until_async(lambda: says(reason))
    answer = await ready(gateway)
    assert str(redis_server.port).encode() not in answer.body


async def test_ready_tells_of_silent_sentinels_and_stays_ready(
    redis_server: Server, servers: Servers, tmp_path: Path
) -> None:
    sentinel = servers.start_sentinel(KIND, redis_server.port, "desks")
    async with running(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks", tmp_path) as gateway:

        async def says(word: str) -> bool:
            answer = await ready(gateway)
            return answer.status == 200 and answer.json["sentinels"] == word

        await until_async(lambda: says("ok"))
        sentinel.kill()
        await until_async(lambda: says(SILENT_SENTINELS))
