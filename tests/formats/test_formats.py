"""What every version of the gateway has left in Redis, this one reads: sessions go on over an upgrade.

The files are recordings (`record.py`); their times are moved to now, as if the upgrade had been at once.
"""

import base64
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import pytest
import redis

from gateway.redis_store.store_kind import FORMAT
from tests.formats.record import TAG
from tests.support.gateway import Gateway, running_gateway
from tests.support.quick_agents import AGENTS
from tests.support.servers import Server

FOLDER: Final = Path(__file__).parent
FILES: Final = sorted(FOLDER.glob("format-*.json"))
_TIME: Final = re.compile(rb"(?<![0-9])1[0-9]{12}(?![0-9])")
_PUT: Final = {"string": "SET", "hash": "HSET", "list": "RPUSH", "set": "SADD"}


def moved(raw: str, by_ms: int) -> bytes:
    """A recorded value, its times later by so much."""
    return _TIME.sub(lambda found: b"%d" % (int(found[0]) + by_ms), base64.b64decode(raw))


def restore(server: Server, recorded: dict[str, Any]) -> None:
    """Puts all keys of a recording into a server."""
    by_ms = time.time_ns() // 1_000_000 - int(recorded["recorded_ms"])
    with closing(redis.Redis.from_url(server.url)) as asking:
        asking.flushall()
        for key, (kind, kept, lasts_ms) in recorded["keys"].items():
            parts = [moved(each, by_ms) for each in (kept if isinstance(kept, list) else [kept])]
            if kind == "zset":
                asking.zadd(key, {name: int(score) for name, score in zip(parts[::2], parts[1::2], strict=True)})
            else:
                asking.execute_command(_PUT[kind], key, *parts)  # type: ignore[no-untyped-call]
            if lasts_ms:
                asking.pexpire(key, min(lasts_ms, 1000))  # Who wrote it has ended.


@asynccontextmanager
async def upgraded(server: Server, recorded: dict[str, Any], folder: Path) -> AsyncIterator[Gateway]:
    """Today's gateway on what was recorded."""
    restore(server, recorded)
    secret = folder / "guid.keys"
    secret.touch(0o600)
    secret.write_text(f"{recorded['secret']}\n")
    settings = {
        "AGENTS_FILE": str(AGENTS),  # A password that an agent chose counts while the file says what it said then.
        "REDIS_URL": server.url,
        "STORE_TAG": TAG,
        "GUID_SECRET_FILE": str(secret),
        "AGENT_POLL_WAIT_FLAG": "OFF",
        "GUIDTIMEOUT": "600000",
        "MAXTIME": "600000",
    }
    async with running_gateway(settings, jobs=False) as gateway:
        yield gateway


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


@pytest.fixture
async def gateway(server: Server, recorded: dict[str, Any], tmp_path: Path) -> AsyncIterator[Gateway]:
    async with upgraded(server, recorded, tmp_path) as running:
        yield running


def test_there_is_a_recording_of_every_format() -> None:
    assert [path.stem for path in FILES] == [f"format-{number}" for number in range(1, FORMAT + 1)]


async def test_signed_in_desktops_go_on(gateway: Gateway, recorded: dict[str, Any]) -> None:
    answers = {agent: await gateway.desk(int(agent)).status(guid=guid) for agent, guid in recorded["alive"].items()}
    assert {agent: answer.retcode for agent, answer in answers.items()} == dict.fromkeys(recorded["alive"], "0")


async def test_a_replaced_guid_lives_out_its_grace(gateway: Gateway, recorded: dict[str, Any]) -> None:
    [(agent, guid)] = recorded["in_grace"].items()
    assert (await gateway.desk(int(agent)).status(guid=guid)).retcode == "0"


async def test_ended_sessions_are_told_so(gateway: Gateway, recorded: dict[str, Any]) -> None:
    answers = {agent: await gateway.desk(int(agent)).status(guid=guid) for agent, guid in recorded["ended"].items()}
    assert {agent: answer.retcode for agent, answer in answers.items()} == dict.fromkeys(recorded["ended"], "100-006")


async def test_events_that_waited_are_delivered(gateway: Gateway, recorded: dict[str, Any]) -> None:
    [(agent, wanted)] = recorded["queue"].items()
    desk = gateway.desk(int(agent))
    desk.guid = recorded["alive"][agent]
    assert wanted in [event["eventType"] for event in await desk.drain_events()]


async def test_a_state_from_before_the_upgrade_is_known(gateway: Gateway, recorded: dict[str, Any]) -> None:
    desk = gateway.desk(102)
    answer = await desk.status(guid=recorded["alive"]["102"])
    assert answer.json["result"]["agentState"] == 3


async def test_a_password_that_an_agent_chose_counts(gateway: Gateway, recorded: dict[str, Any]) -> None:
    [(agent, password)] = recorded["passwords"].items()
    desk = gateway.desk(int(agent))
    desk.password = password
    assert (await desk.sign_in(force=True)).retcode == "0"
