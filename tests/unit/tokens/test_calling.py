"""Calls to services of others."""

import asyncio
from pathlib import Path

import pytest

from gateway.tokens.calling import ANSWER_BYTES, CallError, TokenCaller
from gateway.wire.trust import client_context
from tests.support.servers import free_port
from tests.unit.tokens.services import Certified, Named, Service, certified, running


async def call(service: Service, trusted: Path | None = None, timeout_ms: int = 5000, **headers: str) -> object:
    caller = TokenCaller(service.url, client_context(trusted), timeout_ms, headers)
    try:
        answer = await caller.post({"a": "é"})
    finally:
        await caller.close()
    return answer.status, answer.content_type, answer.json()


async def failure(service: Service, trusted: Path | None = None, timeout_ms: int = 5000) -> str:
    with pytest.raises(CallError) as caught:
        await call(service, trusted, timeout_ms)
    return str(caught.value)


async def test_an_object_is_posted_as_json() -> None:
    async with running(Service(status=418, body=b'{"b":1}')) as service:
        assert await call(service, Authorization="Bearer x") == (418, "application/json", {"b": 1})
    assert service.requests == [("POST", "/validate", b'{"a": "\\u00e9"}')]
    assert service.seen_headers[0]["Authorization"] == "Bearer x"
    assert service.seen_headers[0]["Content-Type"] == "application/json; charset=UTF-8"


async def test_a_body_that_is_no_json_is_told_as_none() -> None:
    async with running(Service(body=b"<html>")) as service:
        assert await call(service) == (200, "application/json", None)


async def test_a_redirect_is_not_followed() -> None:
    async with running(Service(status=302)) as service:
        service.headers = {"Location": service.url}
        await call(service)
        assert len(service.requests) == 1


async def test_no_answer_in_time_is_an_error() -> None:
    async with running(Service(wait=asyncio.Event())) as service:
        assert await failure(service, timeout_ms=100) == "no answer in time"


async def test_a_connection_that_ends_is_tried_once_more() -> None:
    async with running(Service(cut=1)) as service:
        assert await call(service) == (200, "application/json", {})
        assert len(service.requests) == 2


async def test_a_connection_that_ends_again_is_an_error() -> None:
    async with running(Service(cut=2)) as service:
        assert (await failure(service)).startswith("no answer")


async def test_nobody_there_is_an_error() -> None:
    assert (await failure(Service(url=f"http://127.0.0.1:{free_port()}/"))).startswith("no answer")


async def test_an_endless_answer_is_an_error() -> None:
    async with running(Service(body=b"x" * (ANSWER_BYTES + 1))) as service:
        assert await failure(service) == "the answer is too long"


@pytest.mark.parametrize("named", [lambda c: c.leaf_der, lambda c: c.leaf_pem, lambda c: c.authority_pem])
async def test_a_handed_over_certificate_is_trusted(tmp_path: Path, named: Named) -> None:
    made: Certified = certified(tmp_path)
    async with running(Service(), made.context) as service:
        assert await call(service, named(made)) == (200, "application/json", {})


async def test_a_certificate_that_nobody_knows_is_not_trusted(tmp_path: Path) -> None:
    async with running(Service(), certified(tmp_path).context) as service:
        assert "certificate is not trusted" in await failure(service)
        assert service.requests == []


async def test_another_certificate_than_the_one_handed_over_is_not_trusted(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    server, other = certified(tmp_path / "a"), certified(tmp_path / "b")
    async with running(Service(), server.context) as service:
        assert "certificate is not trusted" in await failure(service, other.leaf_der)


async def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path) -> None:
    made = certified(tmp_path, "elsewhere.example")
    async with running(Service(), made.context) as service:
        assert "certificate is not trusted" in await failure(service, made.leaf_der)
