"""Time limits of sessions, over two nodes on one Redis (docs/protocol.md, Time limits)."""

import asyncio
import logging
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.conftest import Pair, Pairs, signed_in
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import lost_time, until_async

IDLE = "signed out: no request of the agent within the time limit"
TOO_OLD = "signed out: the session reached its longest duration"


async def ended(pair: Pair, agent_id: int = 101) -> None:
    """Waits for the end of the session and for the backend's word, without a request, which would be a sign of life."""
    store = pair.second.app.stores.sessions

    async def over() -> bool:
        return (await store.read(agent_id)).session is None and not await store.owed(1)

    await until_async(over)


async def told(nodes: Iterable[Gateway], desk: Desk) -> list[tuple[str, str]]:
    """What the holder of the GUID hears on each node."""
    answers = [(await Desk(node.port, desk.agent_id, "").status(guid=desk.guid)).json for node in nodes]
    return [(answer["retcode"], answer["message"]) for answer in answers]


async def test_an_agent_silent_for_maxtime_is_signed_out_on_every_node_and_told_why(pairs: Pairs) -> None:
    async with pairs({"MAXTIME": "1000"}) as pair:
        desk = await signed_in(pair.first)
        began_s = time.monotonic()
        await ended(pair)
        assert time.monotonic() - began_s >= 0.9
        assert await told(pair.nodes, desk) == [("100-006", IDLE)] * 2


async def test_the_end_of_an_idle_session_is_claimed_by_one_node(
    pairs: Pairs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    async with pairs({"MAXTIME": "1000"}) as pair:
        await asyncio.gather(*(signed_in(pair.first, agent_id) for agent_id in range(101, 111)))
        for agent_id in range(101, 111):
            await ended(pair, agent_id)
    ends = [line for line in caplog.messages if line.startswith("sign-out") and "reason=IDLE" in line]
    assert (len(ends), len(set(ends))) == (10, 10)


async def test_a_parked_poll_is_a_sign_of_life(pairs: Pairs) -> None:
    """It is held longer than MAXTIME, on a node other than that of the sign-in."""
    async with pairs({"MAXTIME": "3000", "AGENT_POLL_WAIT_TIMES": "45"}) as pair:
        desk = await signed_in(pair.first)
        desk.port = pair.second.port
        while "event" in (answer := await desk.poll()).json:
            pass
        assert answer.retcode == "0"
        assert (await desk.status()).retcode == "0"


async def test_calls_on_any_node_are_signs_of_life(pairs: Pairs) -> None:
    async with pairs({"MAXTIME": "3000"}) as pair:
        desk = await signed_in(pair.first)
        desk.port = pair.second.port
        until_s = time.monotonic() + 4
        while time.monotonic() < until_s:
            assert (await desk.status()).retcode == "0"
            await asyncio.sleep(0.1)


async def test_nobody_is_signed_out_for_silence_while_timeout_flag_is_off(pairs: Pairs) -> None:
    async with pairs({"MAXTIME": "1000", "TIMEOUT_FLAG": "OFF"}) as pair:
        desk = await signed_in(pair.first)
        await asyncio.sleep(2.5)
        assert (await desk.status()).retcode == "0"


async def test_session_maxtime_ends_a_session_whatever_its_agent_does(tmp_path: Path, redis_server: Server) -> None:
    """With the contact centre in the node, which alone knows who may not be signed out yet."""
    settings = {"REDIS_URL": redis_server.url, "SESSION_MAXTIME": "1500", "AGENT_POLL_WAIT_TIMES": "2"}
    async with site(tmp_path, settings) as place, running_gateway(config=place.config) as node:
        async with lost_time() as lost:
            began_s = time.monotonic()
            desk = await signed_in(node)
            while (answer := await desk.poll()).retcode == "0":
                pass
            took_s = time.monotonic() - began_s
        assert took_s > 1.4
        assert took_s - lost.s < 1.5 + 0.2 + 0.5 + 1
        assert answer.json["message"] == TOO_OLD
        assert await told([node], desk) == [("100-006", TOO_OLD)]
