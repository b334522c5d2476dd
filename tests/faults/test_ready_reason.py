"""`/gateway/ready` tells what is wrong with the store, and not where it is (design section 11)."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.sessions.secret_file import new_secret_line
from tests.support.desk import Answer, ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server
from tests.support.waiting import until_async


@pytest.fixture
async def gateway(redis_server: Server, tmp_path: Path) -> AsyncIterator[Gateway]:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    settings = {"REDIS_URL": redis_server.url, "GUID_SECRET_FILE": str(secret), "STORE_TIMEOUT": "800"}
    async with running_gateway(settings) as running:
        yield running


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
    async def ready() -> Answer:
        return await ask_once(gateway.port, "GET", "/gateway/ready")

    async def says(word: str) -> bool:
        answer = await ready()
        return answer.json["store"] == word and answer.status == (200 if word == "ok" else 503)

    await until_async(lambda: says("ok"))
    fault(redis_server)
    await until_async(lambda: says(reason))
    answer = await ready()
    assert str(redis_server.port).encode() not in answer.body
