"""Calls to the services of others: what is sent with each, and what is refused of their answers."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import ClientTimeout

from gateway.wire.outbound import MOST_HEADERS, TOO_LONG, AnswerTooLongError, Outbound, head_trouble, read_body
from gateway.wire.trust import client_context
from tests.support.servers import free_port
from tests.support.waiting import until
from tests.unit.tokens.services import Service, certified, running

IN_TIME = ClientTimeout(total=5)


@asynccontextmanager
async def calling(service: Service, connections: int = 0, *, compressed: bool = False) -> AsyncIterator[Outbound]:
    async with running(service), Outbound(client_context(None), connections, compressed=compressed) as outbound:
        yield outbound


async def body_of(outbound: Outbound, service: Service, most_bytes: int = 1000) -> bytes:
    async with await outbound.request("GET", service.url, IN_TIME) as response:
        return await read_body(response, most_bytes)


async def test_each_call_says_who_calls_and_asks_for_the_answer_as_it_is() -> None:
    service = Service()
    async with calling(service) as outbound:
        await body_of(outbound, service)
    told = service.seen_headers[0]
    assert (told["User-Agent"], told["Accept-Encoding"]) == ("AgentGateway", "identity")


async def test_a_redirect_is_an_answer_like_any_other() -> None:
    service = Service(status=302)
    async with calling(service) as outbound:
        service.headers = {"Location": service.url}
        async with await outbound.request("GET", service.url, IN_TIME) as response:
            assert response.status == 302
    assert len(service.requests) == 1


async def test_a_cookie_is_not_brought_back() -> None:
    service = Service(headers={"Set-Cookie": "a=b"})
    async with calling(service) as outbound:
        await body_of(outbound, service)
        await body_of(outbound, service)
    assert all("Cookie" not in told for told in service.seen_headers)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    service = Service()
    async with calling(service) as outbound:
        assert await body_of(outbound, service) == b"{}"


async def test_a_body_is_read_up_to_its_bound() -> None:
    service = Service(body=b"x" * 1000)
    async with calling(service) as outbound:
        assert len(await body_of(outbound, service, 1000)) == 1000
        with pytest.raises(AnswerTooLongError, match="more than 999 bytes"):
            await body_of(outbound, service, 999)


@pytest.mark.parametrize(("compressed", "read"), [(True, b"hello"), (False, gzip.compress(b"hello", mtime=0))])
async def test_a_compressed_answer_is_opened_where_it_was_asked_for(compressed: bool, read: bytes) -> None:
    service = Service(body=gzip.compress(b"hello", mtime=0), headers={"Content-Encoding": "gzip"})
    async with calling(service, compressed=compressed) as outbound:
        assert await body_of(outbound, service) == read


async def test_an_endless_head_is_told_as_such() -> None:
    service = Service(headers={f"X-{number}": "" for number in range(MOST_HEADERS + 1)})
    async with calling(service) as outbound:
        with pytest.raises(aiohttp.ClientError) as caught:
            await body_of(outbound, service)
    assert head_trouble(caught.value) == TOO_LONG


async def test_no_more_connections_than_are_allowed() -> None:
    service = Service(wait=asyncio.Event())
    async with calling(service, connections=2) as outbound:
        calls = [asyncio.create_task(body_of(outbound, service)) for _ in range(5)]
        await until(lambda: len(service.requests) == 2)
        await asyncio.sleep(0.05)
        assert len(service.requests) == 2
        assert service.wait is not None
        service.wait.set()
        await asyncio.gather(*calls)
    assert len(service.requests) == 5


async def test_only_what_is_trusted_is_called(tmp_path: Path) -> None:
    made = certified(tmp_path)
    async with running(Service(), made.context) as service:
        async with Outbound(client_context(made.authority_pem)) as trusting:
            assert await body_of(trusting, service) == b"{}"
        async with Outbound(client_context(None)) as other:
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await body_of(other, service)


async def test_who_never_called_just_goes() -> None:
    await Outbound(client_context(None)).close()
