"""Files of text chats over HTTP: sent as form data, fetched as bytes; with an upstream passed on as they are."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.support.behind import answer, saying, written
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.desk import PREFIX, Answer, Desk, Line, ask_once
from tests.support.form import form_data
from tests.support.front import behind_and_before

ANA, BEN = 101, 102
LIMIT = 200_000
BYTES = bytes(range(256)) * 400
"""More than any other body may have (BODY_MAX_BYTES)."""


@pytest.fixture
async def hall() -> AsyncIterator[CentreGateway]:
    async with centre_gateway({"FILE_MAX_BYTES": str(LIMIT)}) as made:
        yield made


async def chat(hall: CentreGateway) -> tuple[Desk, Desk, str]:
    """ANA and BEN, and the chat that they are in."""
    ana, ben = [await hall.agent(agent) for agent in (ANA, BEN)]
    await ana.call("PUT", f"textchat/{{id}}/internalcall/{BEN}")
    (call_id,) = hall.centre.world.activities.chats
    assert (await ben.call("PUT", f"textchat/{{id}}/answer/{call_id}")).retcode == "0"
    await ben.drain_events()
    return ana, ben, call_id


def target(agent_id: int, call_id: str) -> str:
    query = f"callId={call_id}&isNeedConfirm=false&chatId=1&msgType=22&remark=test"
    return f"{PREFIX}/textchat/{agent_id}/mediafile?{query}"


async def send(desk: Desk, call_id: str, data: bytes = BYTES, name: str = "picture.png") -> Answer:
    content_type, body = form_data(data, name)
    headers = {"guid": desk.guid, "Content-Type": content_type}
    return await ask_once(desk.port, "POST", target(desk.agent_id, call_id), headers, body)


async def test_a_file_arrives_byte_for_byte(hall: CentreGateway) -> None:
    ana, ben, call_id = await chat(hall)
    sent = await send(ana, call_id)
    path = sent.json["result"]["filePath"]
    assert sent.json["result"] == {"filePath": path, "fileName": "picture.png", "chatId": "1"}
    [event] = await ben.drain_events()
    assert event["content"]["chatContent"] == path
    got = await ben.call("GET", f"textchat/{{id}}/mediafile?filePath={path}")
    assert (got.status, got.body) == (200, BYTES)


async def test_a_file_comes_as_one_to_save_and_as_no_page(hall: CentreGateway) -> None:
    ana, _ben, call_id = await chat(hall)
    path = (await send(ana, call_id, b"<script>", "a ä.html")).json["result"]["filePath"]
    headers = (await ana.call("GET", f"textchat/{{id}}/mediafile?filePath={path}")).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20%C3%A4.html"
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


async def test_a_file_that_is_not_there_is_an_answer(hall: CentreGateway) -> None:
    ana = await hall.agent(ANA)
    got = await ana.call("GET", "textchat/{id}/mediafile?filePath=1-1/1.png")
    assert (got.status, got.retcode, got.headers["Content-Type"]) == (200, "000-002", "application/json;charset=UTF-8")


async def test_a_body_without_a_file_is_a_malformed_message(hall: CentreGateway) -> None:
    ana, _ben, call_id = await chat(hall)
    sent = await ask_once(ana.port, "POST", target(ANA, call_id), {"guid": ana.guid}, b"{}")
    assert (sent.status, sent.retcode) == (200, "000-006")


async def test_a_file_over_the_limit_is_413(hall: CentreGateway) -> None:
    ana, _ben, call_id = await chat(hall)
    sent = await send(ana, call_id, b"x" * LIMIT)
    assert (sent.status, sent.retcode) == (413, "000-006")


async def test_other_bodies_have_their_own_limit(hall: CentreGateway) -> None:
    ana, _ben, call_id = await chat(hall)
    said = await ana.call("PUT", "textchat/{id}/chatmessage", {"callId": call_id, "content": "x" * len(BYTES)})
    assert said.status == 413


@pytest.mark.parametrize("guid", ["", "wrong"])
async def test_a_file_is_not_read_before_its_sender_is_known(hall: CentreGateway, guid: str) -> None:
    ana, _ben, call_id = await chat(hall)
    line = await Line.open(ana.port)
    head = f"POST {target(ANA, call_id)} HTTP/1.1\r\nHost: a\r\nguid: {guid}\r\nContent-Length: {LIMIT}\r\n"
    said = await line.raw(f"{head}Expect: 100-continue\r\n\r\n".encode())
    assert (said.status, said.retcode) == (200, "000-003")
    assert await asyncio.wait_for(line.reader.read(), 5) == b""
    await line.close()


async def test_what_follows_a_file_on_a_connection_is_the_next_request(hall: CentreGateway) -> None:
    ana, _ben, call_id = await chat(hall)
    content_type, body = form_data(BYTES)
    line = await Line.open(ana.port)
    for _ in range(2):
        said = await line.ask("POST", target(ANA, call_id), {"guid": ana.guid, "Content-Type": content_type}, body)
        assert said.retcode == "0"
    assert (await ana.status()).retcode == "0"
    await line.close()


async def test_an_upstream_gets_a_file_as_it_was_sent() -> None:
    async with behind_and_before({"FILE_MAX_BYTES": str(LIMIT)}) as (centre, gateway):
        desk = gateway.desk(ANA)
        await desk.sign_in()
        result = {"filePath": "a/b.png", "fileName": "picture.png", "chatId": "1"}
        centre.says[f"POST {target(ANA, '1-1').removeprefix(PREFIX + '/')}"] = saying(lambda: answer("0", "", result))
        assert (await send(desk, "1-1")).json["result"] == result
        [asked] = [asked for asked in centre.asked if "mediafile" in asked.path]
        assert (asked.headers["Content-Type"], asked.body) == form_data(BYTES)
        assert asked.guid == centre.sessions[ANA]


async def test_an_upstream_gets_no_file_over_the_limit() -> None:
    async with behind_and_before({"FILE_MAX_BYTES": str(LIMIT)}) as (centre, gateway):
        desk = gateway.desk(ANA)
        await desk.sign_in()
        assert (await send(desk, "1-1", b"x" * LIMIT)).status == 413
        assert not [asked for asked in centre.asked if "mediafile" in asked.path]


async def test_an_upstream_s_file_comes_as_it_is() -> None:
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(ANA)
        await desk.sign_in()
        headers = {"Content-Type": "image/png", "Content-Disposition": "attachment; filename=b.png"}
        asked = f"GET textchat/{ANA}/mediafile?filePath=a/b.png"
        centre.says[asked] = saying(lambda: web.Response(body=BYTES * 20, headers=headers))
        got = await desk.call("GET", "textchat/{id}/mediafile?filePath=a/b.png")
        assert (got.body, got.headers["Content-Type"]) == (BYTES * 20, "image/png")
        assert got.headers["Content-Disposition"] == "attachment; filename=b.png"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "recordplay/{id}/getconnecttoken"),
        ("DELETE", "multimediaconf/{id}/stopconf"),
        ("POST", "textchat/{id}/callsession"),
        ("PUT", "textchat/{id}/confirmmessage"),
        ("DELETE", "eccconfig/{id}/blacklist?phoneNumber=1"),
    ],
)
async def test_an_upstream_serves_the_routes_of_older_programs(method: str, path: str) -> None:
    body = b'{"retcode":"0","message":"","result":{"token":"t"}}'
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(ANA)
        await desk.sign_in()
        centre.says[f"{method} {path.format(id=ANA)}"] = saying(lambda: written(body))
        assert (await desk.call(method, path, {"confid": 1})).body == body
