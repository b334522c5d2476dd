"""Pushed events: taken once, only from who may push, acknowledged only when they were taken."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest

from gateway.client.event import Inbox
from gateway.client.push import PushReceiver
from tests.support.servers import free_port

KEY = b"0123456789abcdef0123456789abcdef"
NOW_S = 1_800_000_000


def message(*names: str) -> bytes:
    events = [{"eventType": name, "workNo": "101", "content": None} for name in names]
    return json.dumps({"workNo": "101", "eventList": events}).encode()


@dataclass
class Bench:
    """A receiver with one agent."""

    receiver: PushReceiver
    inbox: Inbox
    token: str
    took: list[str] = field(default_factory=list)

    async def push(self, body: bytes, **headers: str) -> tuple[int, str]:
        """Status and retcode of the answer."""
        given = {"service_token": self.token} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.receiver.url, data=body, headers=given) as answer,
        ):
            return answer.status, (await answer.json())["retcode"]

    async def take(self, count: int) -> list[str]:
        return [(await self.inbox.take()).type for _ in range(count)]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with made_with() as receiver:
        inbox = Inbox(2)
        yield Bench(receiver, inbox, receiver.subscribe(inbox).token)


@pytest.fixture
async def signed() -> AsyncIterator[Bench]:
    async with made_with(f"whsec_{base64.b64encode(KEY).decode()}") as receiver:
        inbox = Inbox(2)
        yield Bench(receiver, inbox, receiver.subscribe(inbox).token)


class made_with:  # noqa: N801 - reads as a function
    """A receiver that serves, with these keys."""

    def __init__(self, *keys: str) -> None:
        self._port = free_port()
        self._made = PushReceiver(f"http://127.0.0.1:{self._port}/events", keys, clock=lambda: NOW_S)

    async def __aenter__(self) -> PushReceiver:
        return await self._made.start("127.0.0.1", self._port)

    async def __aexit__(self, *_: object) -> None:
        await self._made.close()


def signature(body: bytes, stamp: int = NOW_S, key: bytes = KEY) -> dict[str, str]:
    digest = hmac.digest(key, f"m1.{stamp}.".encode() + body, "sha256")
    return {
        "webhook_id": "m1",
        "webhook_timestamp": str(stamp),
        "webhook_signature": f"v1,AAAA v1,{base64.b64encode(digest).decode()}",
    }


async def test_events_come_in_order(bench: Bench) -> None:
    assert await bench.push(message("A", "B")) == (200, "0")
    assert await bench.take(2) == ["A", "B"]


async def test_a_message_that_comes_again_is_acknowledged_and_not_taken_twice(bench: Bench) -> None:
    assert [await bench.push(message("A"), webhook_id="m1") for _ in range(2)] == [(200, "0")] * 2
    assert await bench.push(message("B"), webhook_id="m2") == (200, "0")
    assert await bench.take(2) == ["A", "B"]


async def test_a_wrong_token_is_turned_away(bench: Bench) -> None:
    bench.token = "other"
    assert await bench.push(message("A")) == (403, "000-003")


async def test_what_is_no_list_of_events_is_turned_away(bench: Bench) -> None:
    assert [await bench.push(body) for body in (b"", b"[]", b'{"eventList":3}', b'{"eventList":[1]}')] == [
        (400, "000-006")
    ] * 4


async def test_a_program_that_is_behind_lets_the_gateway_keep_the_event(bench: Bench) -> None:
    await bench.push(message("A", "B"), webhook_id="m1")
    assert await bench.push(message("C"), webhook_id="m2") == (503, "100-007")
    assert await bench.take(2) == ["A", "B"]
    assert await bench.push(message("C"), webhook_id="m2") == (200, "0")


async def test_with_a_key_only_signed_messages_are_taken(signed: Bench) -> None:
    body = message("A")
    assert await signed.push(body, **signature(body)) == (200, "0")
    assert await signed.take(1) == ["A"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signature(b"another body"),
        signature(message("A"), NOW_S - 301),
        signature(message("A"), key=b"another key"),
        {**signature(message("A")), "webhook_timestamp": "soon"},
        {**signature(message("A")), "webhook_signature": ""},
    ],
)
async def test_a_missing_wrong_or_old_signature_is_turned_away(signed: Bench, headers: dict[str, str]) -> None:
    assert await signed.push(message("A"), **headers) == (403, "000-003")


async def test_who_signed_out_gets_nothing_more(bench: Bench) -> None:
    subscription = bench.receiver.subscribe(Inbox(1))
    bench.receiver.unsubscribe(subscription)
    bench.token = subscription.token
    assert await bench.push(message("A")) == (403, "000-003")
