"""`/gateway/ready`: what takes a node out of service, and what is only told (docs/running.md, Health)."""

import asyncio
import json
from typing import cast

import pytest

from gateway.nodes.health import SERVES_S, Reason, pages
from gateway.wire.http import Request

REQUEST = cast(Request, None)


async def _ok() -> str | None:
    return None


async def _away() -> str | None:
    return "out of reach"


@pytest.mark.parametrize(
    ("store", "settings", "status", "told"),
    [
        (_ok, _ok, 200, {"status": "ready", "store": "ok", "settings": "ok"}),
        (_away, _ok, 503, {"status": "not ready", "store": "out of reach", "settings": "ok"}),
        (_ok, _away, 200, {"status": "ready", "store": "ok", "settings": "out of reach"}),
    ],
)
async def test_ready_tells_each_part_and_only_the_store_takes_the_node_out(
    store: Reason, settings: Reason, status: int, told: dict[str, str]
) -> None:
    made = pages({"store": store}, {"settings": settings})
    answer = await made["/gateway/ready"](REQUEST)
    assert isinstance(answer.body, bytes)
    assert (answer.status, json.loads(answer.body)) == (status, told)


async def test_live_asks_nothing() -> None:
    assert (await pages({"store": _away}, {})["/gateway/live"](REQUEST)).status == 200


class Store:
    """Counts how often it is asked; answers when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def reason(self) -> str | None:
        self.asked += 1
        await self.answers.wait()
        return None


async def test_one_look_at_the_store_serves_all_who_ask_meanwhile() -> None:
    store = Store()
    store.answers.clear()
    ready = pages({"store": store.reason}, {})["/gateway/ready"]
    asking = [asyncio.ensure_future(ready(REQUEST)) for _ in range(100)]
    await asyncio.sleep(0)
    store.answers.set()
    assert {answer.status for answer in await asyncio.gather(*asking)} == {200}
    assert store.asked == 1


@pytest.mark.parametrize(("after_s", "looks"), [(SERVES_S - 0.01, 1), (SERVES_S, 2)])
async def test_a_look_serves_for_a_short_time(after_s: float, looks: int) -> None:
    store, now = Store(), [100.0]
    ready = pages({"store": store.reason}, {}, lambda: now[0])["/gateway/ready"]
    await ready(REQUEST)
    now[0] += after_s
    await ready(REQUEST)
    assert store.asked == looks


async def test_who_goes_away_while_looking_leaves_the_others_served() -> None:
    store = Store()
    store.answers.clear()
    ready = pages({"store": store.reason}, {})["/gateway/ready"]
    impatient, patient = (asyncio.ensure_future(ready(REQUEST)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    store.answers.set()
    assert (await patient).status == 200
