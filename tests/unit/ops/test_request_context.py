import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from multidict import CIMultiDict

from gateway.ops import request_context
from gateway.ops.request_context import Client
from gateway.wire.http import Request

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def request(**headers: str) -> Request:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return cast(Request, SimpleNamespace(headers=named, remote="192.0.2.1", id=None))


@pytest.fixture
def proxy() -> Iterator[None]:
    """Every connection is that of a trusted proxy."""
    request_context.resolve_by(lambda asked: Client("198.51.100.7", trusted=True))
    yield
    request_context.resolve_by(lambda asked: Client(asked.remote, trusted=False))


async def alone(work: Any) -> Any:
    """In a context of its own, as each request has."""
    return await asyncio.create_task(work)


async def test_an_id_is_made_and_stays() -> None:
    async def ids() -> set[str]:
        request_context.CURRENT.set(request(X_Request_Id="mine"))
        return {request_context.request_id() for _ in range(2)}

    [made] = await alone(ids())
    assert len(made) == 16
    assert made != "mine"


@pytest.mark.usefixtures("proxy")
async def test_the_id_of_a_trusted_proxy_is_taken_over() -> None:
    async def told() -> tuple[str, str]:
        request_context.CURRENT.set(request(X_Request_Id="abc-123"))
        return request_context.request_id(), request_context.address()

    assert await alone(told()) == ("abc-123", "198.51.100.7")


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize("sent", ["", "two words", "a" * 200, 'quote"', "umläut"])
async def test_an_id_that_could_spoil_a_log_is_not_taken_over(sent: str) -> None:
    async def told() -> str:
        request_context.CURRENT.set(request(X_Request_Id=sent))
        return request_context.request_id()

    assert len(await alone(told())) == 16


async def test_a_service_behind_is_told_the_id_and_the_trace() -> None:
    async def onward() -> tuple[dict[str, str], str]:
        request_context.CURRENT.set(request(traceparent=TRACE))
        return request_context.onward_headers(), request_context.request_id()

    headers, made = await alone(onward())
    assert headers == {"X-Request-Id": made, "traceparent": TRACE}


async def test_a_trace_that_is_none_is_not_passed_on() -> None:
    async def onward() -> dict[str, str]:
        request_context.CURRENT.set(request(traceparent="x\r\nguid: 1"))
        return request_context.onward_headers()

    assert list(await alone(onward())) == ["X-Request-Id"]


async def test_work_that_outlives_its_request_does_not_bear_its_id() -> None:
    async def left_behind() -> list[str]:
        asked = request()
        request_context.CURRENT.set(asked)
        during = request_context.request_id()
        asked.id = request_context.ANSWERED
        return [during, request_context.request_id(), request_context.address(), *request_context.onward_headers()]

    during, *after = await alone(left_behind())
    assert during
    assert not any(after)
