"""`/gateway/ready`: what takes a node out of service, and what is only told (design section 11)."""

import json
from typing import cast

import pytest
from aiohttp.web import BaseRequest

from gateway.ops.health import Reason, pages

REQUEST = cast(BaseRequest, None)


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
