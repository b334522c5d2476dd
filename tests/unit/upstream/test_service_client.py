"""Calls to the service behind, over real connections."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from gateway.backend import Message
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys
from gateway.upstream.service_answers import ServiceAnswer
from gateway.upstream.service_client import ANSWER_MAX_BYTES, ServiceClient
from gateway.wire.errors import Unavailable
from gateway.wire.trust import client_context
from tests.support.behind import Centre, answer, centre_behind, saying, written
from tests.support.raw_service import raw_service
from tests.support.servers import free_port
from tests.support.waiting import until

PATH = "/agentgateway/resource/onlineagent/101/sayfree"
SAY_FREE = Message("POST", PATH)
KEYS = Keys("guid-1", "route=a1")


@asynccontextmanager
async def service_at(
    url: str, more: Mapping[str, str] | None = None, *, ca_file: Path | None = None
) -> AsyncIterator[ServiceClient]:
    settings = Settings.model_validate({"BACKEND": "upstream", "UPSTREAM_URL": url, **(more or {})})
    service = ServiceClient(lambda: settings, client_context(ca_file))
    try:
        yield service
    finally:
        await service.close()


@asynccontextmanager
async def told(
    say: Callable[[], web.StreamResponse], more: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Centre, ServiceClient]]:
    """A centre that answers every `sayfree` with this, and a service that calls it."""
    async with centre_behind() as centre, service_at(centre.url, more) as service:
        centre.says["POST onlineagent/101/sayfree"] = saying(say)
        yield centre, service


async def test_a_request_goes_on_as_it_came_under_the_service_s_own_keys() -> None:
    async with told(lambda: answer("0", "ok")) as (centre, service):
        target = "/agentgateway/resource/onlineagent/101/x%2Fy?a=1&b=%C3%A4&&c"
        centre.says["PUT onlineagent/101/x%2Fy?a=1&b=%C3%A4&&c"] = saying(lambda: answer("0", "ok"))
        await service.call(Message("PUT", target, b'{ "a" :1.0 }', "text/plain", lambda: "192.0.2.7"), KEYS)
        [asked] = centre.asked
    assert (asked.method, asked.body) == ("PUT", b'{ "a" :1.0 }')
    assert (asked.guid, asked.headers["Cookie"], asked.headers["Content-Type"]) == ("guid-1", "route=a1", "text/plain")
    assert "X-Forwarded-For" not in asked.headers


async def test_the_client_s_address_is_told_where_that_is_wanted() -> None:
    async with told(lambda: answer("0", "ok"), {"UPSTREAM_FORWARD_ADDRESS": "ON"}) as (centre, service):
        await service.call(Message("POST", PATH, address=lambda: "192.0.2.7"), KEYS)
    assert centre.asked[0].headers["X-Forwarded-For"] == "192.0.2.7"


async def test_what_may_not_stand_in_a_url_arrives_encoded() -> None:
    async with centre_behind() as centre, service_at(centre.url) as service:
        centre.says["POST onlineagent/101/x?a=%C3%A4%23%FF"] = saying(lambda: answer("0", "ok"))
        odd = b"/agentgateway/resource/onlineagent/101/x?a=\xc3\xa4#\xff".decode("utf-8", "surrogateescape")
        assert (await service.call(Message("POST", odd))).retcode == "0"


async def test_a_path_may_stand_before_the_interface() -> None:
    async with centre_behind() as centre, service_at(f"{centre.url}/site/") as service:
        centre.says["POST /site" + PATH] = saying(lambda: answer("0", "ok"))
        assert (await service.call(SAY_FREE)).retcode == "0"


async def test_the_answer_is_kept_byte_for_byte() -> None:
    body = b'{ "retcode":"200-009","message" : "\\u00e4", "result":1.50 }'
    async with told(lambda: written(body, headers={"Set-GUID": "JSESSIONID=g2"})) as (_, service):
        said = await service.call(SAY_FREE, KEYS)
    assert (said.retcode, said.message, said.body, said.guid) == ("200-009", "ä", body, "g2")


async def test_a_mark_before_the_answer_means_nothing() -> None:
    body = b'{"message":"","retcode":"0"}'
    async with told(lambda: written(b"\xef\xbb\xbf" + body)) as (_, service):
        assert (await service.call(SAY_FREE)).body == body


@pytest.mark.parametrize("status", [302, 400, 404, 500, 502, 503])
async def test_any_status_but_2xx_is_unavailable(status: int) -> None:
    async with told(lambda: written(b'{"message":"","retcode":"0"}', status, {"Location": "/x"})) as (_, service):
        with pytest.raises(Unavailable):
            await service.call(SAY_FREE)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"result":1}', b"x" * (ANSWER_MAX_BYTES + 1)])
async def test_a_body_that_is_no_answer_is_unavailable(body: bytes) -> None:
    async with told(lambda: written(body)) as (_, service):
        with pytest.raises(Unavailable):
            await service.call(SAY_FREE)


@pytest.mark.parametrize(("target", "size"), [("http://gateway.example/x", 1), (PATH, ANSWER_MAX_BYTES + 1)])
async def test_what_one_client_asks_for_never_tells_that_the_centre_is_out_of_reach(
    target: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []
    async with told(lambda: written(b"x" * size)) as (_, service):
        monkeypatch.setattr(service.reach, "failed", failures.append)
        with pytest.raises(Unavailable):
            await service.call(Message("POST", target))
    assert failures == []


async def test_no_connection_is_unavailable() -> None:
    async with service_at(f"http://127.0.0.1:{free_port()}") as service:
        with pytest.raises(Unavailable) as refused:
            await service.call(SAY_FREE)
    assert (refused.value.status, refused.value.retcode) == (503, "100-007")


async def test_an_answer_that_is_late_is_unavailable() -> None:
    async def late(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return answer("0", "ok")

    async with centre_behind() as centre, service_at(centre.url, {"UPSTREAM_TIMEOUT": "100"}) as service:
        centre.says["POST onlineagent/101/sayfree"] = late
        with pytest.raises(Unavailable):
            await service.call(SAY_FREE)


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_may_have_been_acted_on_is_never_sent_twice(method: str) -> None:
    async with centre_behind() as centre, service_at(centre.url) as service:
        centre.says[f"{method} onlineagent/101/sayfree"] = cut
        with pytest.raises(Unavailable):
            await service.call(Message(method, PATH, b"{}"))
    assert len(centre.asked) == 1


async def test_more_calls_than_allowed_wait_for_each_other() -> None:
    running = most = 0
    two = asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            two.set()
        await two.wait()
        await asyncio.sleep(0.02)
        running -= 1
        return answer("0", "ok")

    async with centre_behind() as centre, service_at(centre.url, {"UPSTREAM_CALLS": "2"}) as service:
        centre.says["POST onlineagent/101/sayfree"] = slow
        said = await asyncio.gather(*(service.call(SAY_FREE) for _ in range(6)))
    assert [one.retcode for one in said] == ["0"] * 6
    assert most == 2


async def test_held_polls_leave_room_for_calls() -> None:
    async with centre_behind() as centre, service_at(centre.url, {"UPSTREAM_CALLS": "1"}) as service:
        centre.sessions[101], centre.hold_s = KEYS.guid, 30
        polls = [asyncio.create_task(service.poll(101, KEYS)) for _ in range(3)]
        await until(lambda: centre.polls_now == 3)
        said = await service.call(SAY_FREE, KEYS)
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
    assert said.retcode == "0"


async def test_a_poll_without_an_answer_for_its_hold_and_more_is_given_up() -> None:
    async with (
        centre_behind() as centre,
        service_at(centre.url, {"UPSTREAM_TIMEOUT": "100", "UPSTREAM_POLL_HOLD": "100"}) as service,
    ):
        centre.sessions[101], centre.hold_s = KEYS.guid, 30
        with pytest.raises(Unavailable):
            await service.poll(101, KEYS)


async def test_tls_with_a_certificate_of_the_file(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with centre_behind(_tls(authority)) as centre, service_at(centre.url, ca_file=tmp_path / "ca.pem") as service:
        centre.says["POST onlineagent/101/sayfree"] = saying(lambda: answer("0", "ok"))
        assert (await service.call(SAY_FREE)).retcode == "0"


async def test_tls_with_another_certificate_is_unavailable_and_nothing_is_sent(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    async with (
        centre_behind(_tls(trustme.CA())) as centre,
        service_at(centre.url, ca_file=tmp_path / "ca.pem") as service,
    ):
        with pytest.raises(Unavailable):
            await service.call(SAY_FREE)
    assert centre.asked == []


def _tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def asked_for_a_file(say: Callable[[], web.StreamResponse]) -> ServiceAnswer:
    async with told(say) as (_, service):
        return await service.call(SAY_FREE, file=True)


async def test_where_a_file_is_asked_for_json_is_still_an_answer() -> None:
    assert (await asked_for_a_file(lambda: answer("104-005", "no such file"))).retcode == "104-005"


async def test_a_file_without_a_body_tells_no_length() -> None:
    head = b"HTTP/1.1 204 No Content\r\nContent-Type: audio/wav\r\nContent-Length: 5\r\n\r\n"
    async with raw_service(head) as behind, service_at(behind.url) as service:
        said = await service.call(SAY_FREE, file=True)
    assert said.headers == {"Content-Type": "audio/wav"}


def enveloped(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (more, len(body), body)


def event_for(agent: bytes) -> bytes:
    return enveloped(b'{"retcode":"0","event":{"workNo":"%s"}}' % agent, b"Set-GUID: of-%s\r\n" % agent)


async def test_an_event_for_another_agent_is_no_answer_and_the_last_of_its_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with raw_service(event_for(b"102"), event_for(b"101")) as behind, service_at(behind.url) as service:
        with pytest.raises(Unavailable):
            await service.poll(101, KEYS)
        assert b"101" in bytes_of(await service.poll(101, KEYS))
    assert behind.connections == 2
    assert caplog.messages == ["what the contact centre answered for agent 101 is for another one: it is not used"]


async def test_a_sign_in_that_let_another_agent_in_is_none() -> None:
    signed_in = enveloped(b'{"message":"","retcode":"0","result":{"workno":"102"}}', b"Set-GUID: g-102\r\n")
    async with raw_service(signed_in, signed_in) as behind, service_at(behind.url) as service:
        with pytest.raises(Unavailable):
            await service.call(Message("PUT", PATH, b"{}"), agent_id=101)
        assert (await service.call(Message("PUT", PATH, b"{}"), agent_id=102)).guid == "g-102"


def bytes_of(said: ServiceAnswer) -> bytes:
    assert isinstance(said.body, bytes)
    return said.body
