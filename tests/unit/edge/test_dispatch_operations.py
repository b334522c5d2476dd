"""Operations of signed-in agents: what reaches the contact centre, and what comes back."""

import asyncio
import math
from collections.abc import AsyncGenerator
from dataclasses import replace
from unittest.mock import Mock

import pytest
from aiohttp.streams import StreamReader

from gateway.backend import BackendAnswer, Upstream
from gateway.edge.dispatch import UPLOADS_AT_ONCE
from gateway.wire.http import StreamedResponse
from tests.support.requests import made_request
from tests.support.waiting import until
from tests.unit.edge.entrance import AGENT, PREFIX, Entrance
from tests.unit.edge.fake_backend import DONE
from tests.unit.sessions.samples import FRESH

STATUS = f"{PREFIX}/onlineagent/{AGENT}/agentstatus"
CALL_OUT = f"voicecall/{AGENT}/callout"
UPLOAD = f"textchat/{AGENT}/mediafile"


@pytest.mark.parametrize(("guid", "retcode"), [("", "000-003"), ("wrong", "000-003")])
async def test_without_the_guid_nothing_reaches_the_centre(guid: str, retcode: str) -> None:
    place = Entrance()
    await place.hold(FRESH)
    said = await place.ask("PUT", CALL_OUT, b"not valid", {"guid": guid})
    assert (said.retcode, place.backend.calls) == (retcode, [])


async def test_who_is_not_signed_in_is_told_so() -> None:
    assert (await Entrance().ask("GET", STATUS)).retcode == "100-006"


async def test_the_answer_is_the_centre_s() -> None:
    place = Entrance()
    said = await place.ask("GET", STATUS, headers=await place.hold(FRESH))
    assert (said.status, said.body, said.header("Content-Type")) == (200, DONE.body, "application/json;charset=UTF-8")


async def test_a_file_comes_in_pieces_under_the_centre_s_own_headers() -> None:
    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"a"

    place = Entrance()
    place.backend.answers = lambda _request: BackendAnswer(pieces(), headers={"Content-Type": "audio/x-wav"})
    request = made_request("GET", f"{PREFIX}/recordfile/{AGENT}", await place.hold(FRESH))
    response = await place.edge.handle(request)
    assert isinstance(response, StreamedResponse)
    written = b"".join([piece async for piece in response.on_the_wire(request, keep_alive=True)])
    assert b"Content-Type: audio/x-wav\r\n" in written


async def test_the_centre_learns_who_asks_for_what() -> None:
    place, upstream = Entrance(), Upstream("sealed")
    await place.ask("GET", STATUS, headers=await place.hold(replace(FRESH, upstream=upstream)))
    [asked] = place.backend.asked
    assert (asked.operation.name, asked.agent_id, asked.session_id) == ("getAgentStatus", AGENT, FRESH.id)
    assert (asked.upstream, asked.values) == (upstream, {"agentid": "101"})


async def test_values_are_those_of_path_and_query_of_which_the_path_counts_more() -> None:
    place = Entrance()
    await place.ask("POST", f"onlineagent/{AGENT}/saybusy?reason=7&x=&agentid=102&x=1", None, await place.hold(FRESH))
    assert place.backend.asked[0].values == {"agentid": "101", "reason": "7", "x": ""}


@pytest.mark.parametrize(
    ("target", "understood"),
    [
        (f"http://gateway.example:8001{STATUS}?x=1", f"{STATUS}?x=1"),
        (f"HTTPS://user@other.example{STATUS}".replace("HTTPS", "https"), STATUS),
        (STATUS.replace("/", "//"), STATUS),
        (f"{STATUS}/", STATUS),
        (f"{STATUS}?", STATUS),
        (f"{STATUS}?x=1&&y=%C3%A4#part", f"{STATUS}?x=1&&y=%C3%A4"),
    ],
)
async def test_the_target_goes_on_as_it_was_understood(target: str, understood: str) -> None:
    place = Entrance()
    await place.ask("GET", target, headers=await place.hold(FRESH))
    assert place.backend.asked[0].message.target == understood


@pytest.mark.parametrize(
    ("sent", "goes_on"),
    [
        (b'{ "called" : "1" , "n": null, "x":[1.0, true]}', b'{"called":"1","n":null,"x":[1.0,true]}'),
        (b'{"called":"1","called":"2"}', b'{"called":"2"}'),
        (b'\xef\xbb\xbf{"called":"1"}', b'{"called":"1"}'),
        (rb'"{\"called\":\"1\"}"', b'{"called":"1"}'),
        (b"not JSON", b"not JSON"),
        (b"\xef\xbb\xbfnot JSON", b"not JSON"),
        (b'{"called":"1"}}', b'{"called":"1"}}'),
    ],
)
async def test_json_goes_on_encoded_anew_and_everything_else_as_it_came(sent: bytes, goes_on: bytes) -> None:
    place = Entrance()
    headers = {**await place.hold(FRESH), "Content-Type": "text/plain"}
    await place.ask("PUT", CALL_OUT, sent, headers)
    message = place.backend.asked[0].message
    assert (message.method, message.body, message.content_type) == ("PUT", goes_on, "text/plain")


async def test_the_address_is_the_client_s_behind_trusted_proxies() -> None:
    place = Entrance(TRUSTED_PROXIES="127.0.0.1")
    await place.ask("GET", STATUS, headers={**await place.hold(FRESH), "X-Forwarded-For": "192.0.2.7"})
    assert place.backend.asked[0].message.address() == "192.0.2.7"


async def test_a_file_goes_on_as_it_came() -> None:
    place = Entrance(BODY_MAX_BYTES="1024", FILE_MAX_BYTES="4096")
    headers = {**await place.hold(FRESH), "Content-Type": "multipart/form-data; boundary=b"}
    body = b'\xef\xbb\xbf{"a":1, "a":2}' + b" " * 2000
    await place.ask("POST", UPLOAD, body, headers)
    message = place.backend.asked[0].message
    assert (message.body, message.content_type) == (body, headers["Content-Type"])


async def test_a_file_of_a_stranger_is_not_read() -> None:
    place = Entrance()
    await place.hold(FRESH)
    request = made_request("POST", f"{PREFIX}/{UPLOAD}", {"guid": "wrong"}, body=b"x" * 100)
    await place.edge.handle(request)
    assert (await request.content.read(), place.backend.calls) == (b"x" * 100, [])


class Arriving(StreamReader):
    """A body of which nothing is here yet; `waits` when somebody wants to read it."""

    def __init__(self) -> None:
        super().__init__(Mock(), 2**16, loop=asyncio.get_running_loop())
        self.waits = False

    async def readany(self) -> bytes:
        self.waits = True
        return await super().readany()


async def test_the_time_that_a_file_takes_is_not_that_of_the_store() -> None:
    place = Entrance()
    request = made_request("POST", f"{PREFIX}/{UPLOAD}", await place.hold(FRESH), body=b"")
    request.content = content = Arriving()
    answered = request.answered_by = asyncio.ensure_future(place.edge.handle(request))
    await until(lambda: content.waits)
    assert request.answer_by_s == math.inf
    content.feed_eof()
    await answered


async def test_few_files_are_read_at_a_time() -> None:
    place = Entrance()
    headers = await place.hold(FRESH)
    slow = [Arriving() for _ in range(UPLOADS_AT_ONCE)]
    requests = [made_request("POST", f"{PREFIX}/{UPLOAD}", headers, body=b"last") for _ in range(UPLOADS_AT_ONCE + 1)]
    for request, content in zip(requests, slow, strict=False):
        request.content = content
    waiting = [asyncio.ensure_future(place.edge.handle(request)) for request in requests]
    await until(lambda: all(content.waits for content in slow))
    assert place.backend.asked == []
    slow[0].feed_data(b"first")
    slow[0].feed_eof()
    await until(lambda: len(place.backend.asked) == 2)
    assert [asked.message.body for asked in place.backend.asked] == [b"first", b"last"]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
