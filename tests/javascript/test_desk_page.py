"""The desk page's modules in node: copies of requests that run, what events make of calls, ages of GUIDs."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.support.node import answer_of, needs_node

pytestmark = needs_node
GUID = "6f621449-7a16-61ca-c290-18c79a3eb4a1.AgentGateway0"
SECRETS = {"GUID": GUID, "PASSWORD": "Welcome-Desk7", "OLD_PASSWORD": "p%26ss", "X_TOKEN": "t0ken"}
LANGUAGES = ("curl", "Python", "JavaScript", "Java")


page = partial(answer_of, "tests/javascript/desk_page.mjs")


class Heard:
    """A server that keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, dict[str, str], str]] = []

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, request.raw_path, headers, await request.text()))
        return web.json_response({"message": "", "retcode": "0"}, headers={"Set-GUID": "JSESSIONID=next"})


@pytest.fixture
async def heard() -> AsyncIterator[Heard]:
    made, app = Heard(), web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


def command(language: str, text: str, folder: Path) -> list[str]:
    """What runs a copy. Skips the test where it cannot."""
    needed = {"curl": "curl", "Python": sys.executable, "JavaScript": "node", "Java": "java"}[language]
    if shutil.which(needed) is None:
        pytest.skip(f"no {needed} on this machine")
    names = {"curl": "copied.sh", "Python": "copied.py", "JavaScript": "copied.mjs", "Java": "Copied.java"}
    file = folder / names[language]
    file.write_text(text, "utf-8")
    quick = ["-XX:TieredStopAtLevel=1"] if language == "Java" else []  # It runs once.
    return ["sh" if language == "curl" else needed, *quick, str(file)]


async def run(words: list[str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *words, env={**os.environ, **SECRETS}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return said.decode()


EXCHANGES: dict[str, dict[str, Any]] = {
    "sign-in": {
        "method": "PUT",
        "url": "/agentgateway/resource/onlineagent/101",
        "headers": {"Content-Type": "application/json; charset=UTF-8"},
        "body": json.dumps({"password": "Welcome-Desk7", "phonenum": "6001"}, separators=(",", ":")),
    },
    "poll": {"method": "GET", "url": "/agentgateway/resource/agentevent/101", "headers": {"guid": GUID}, "body": ""},
    "text": {
        "method": "PUT",
        "url": "/agentgateway/resource/textchat/101/chatmessage?note=a%20b",
        "headers": {"guid": GUID, "Content-Type": "application/json; charset=UTF-8"},
        "body": json.dumps({"content": 'it\'s "5 €" \\ $HOME\n👍 `x`'}, ensure_ascii=False, separators=(",", ":")),
    },
    "password": {
        "method": "POST",
        "url": f"/agentgateway/resource/onlineagent/101/modifyaccountpwd?oldPassword=p%26ss&echo={GUID}",
        "headers": {"guid": GUID, "X-Token": "t0ken"},
        "body": "",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXCHANGES)
async def test_a_copy_sends_the_same_request(tmp_path: Path, heard: Heard, language: str, name: str) -> None:
    exchange = {**EXCHANGES[name], "url": heard.url + EXCHANGES[name]["url"]}
    said = await run(command(language, (await page("copy", exchange))[language], tmp_path))
    assert '"retcode": "0"' in said
    assert "JSESSIONID=next" in said
    method, path, headers, body = heard.requests[0]
    assert (method, path, body) == (exchange["method"], EXCHANGES[name]["url"], exchange["body"])
    assert {name: headers[name.lower()] for name in exchange["headers"]} == exchange["headers"]


async def test_no_copy_holds_a_secret() -> None:
    for exchange in EXCHANGES.values():
        for language, text in (await page("copy", {**exchange, "url": f"http://gateway{exchange['url']}"})).items():
            assert not re.search(r"6f621449|18c79a3eb4a1|Welcome-Desk7|p%26ss|t0ken", text), language


async def test_nor_a_guid_of_another_make() -> None:
    exchange = {"method": "GET", "url": "http://gateway/x", "headers": {"Guid": "of-another-make"}, "body": ""}
    assert not any("of-another-make" in text for text in (await page("copy", exchange)).values())


async def test_what_is_shown_hides_them_too() -> None:
    body = '{"password": "Welcome \\"7", "phonenum": "6001"}'
    shown = await page("hidden", f"guid: {GUID}\nSet-GUID: JSESSIONID={GUID}\n{body}\n/x?oldPassword=p%26ss&a=b")
    assert not re.search(r"7a16-61ca|Welcome|p%26ss", shown)
    assert "6f621449….AgentGateway0" in shown
    assert '"phonenum": "6001"' in shown
    assert shown.endswith("&a=b")


def event(kind: str, content: object = None, at: int = 0) -> dict[str, object]:
    return {"eventType": kind, "eventGenTime": at, "workNo": "101", "content": content}


async def test_events_make_the_calls_of_a_consultation() -> None:
    customer = {"callid": "1", "caller": "138", "called": "60001", "feature": "0", "type": "main"}
    helper = {"callid": "2", "caller": "101", "called": "103", "feature": "51", "type": "assistant"}
    steps = await page(
        "calls",
        101,
        [
            event("AgentState_Busy"),
            event("AgentEvent_Ringing", {**customer, "called": "101"}),
            event("AgentEvent_Talking", customer),
            event("AgentEvent_Hold", "1"),
            event("AgentEvent_Customer_Alerting", {"callid": "2", "otherPhone": "103", "type": "assistant"}),
            event("AgentEvent_Talking", helper),
            event("AgentEvent_Conference", {"callid": "2", "partner": "103,138"}),
            event("AgentEvent_Customer_Release", {"callid": "1", "number": "138"}),
            event("AgentEvent_Customer_Release", {"callid": "2", "number": "138"}),
            event("AgentEvent_Call_Release", "2"),
            event("AgentState_Ready"),
        ],
    )
    assert [step["calls"] for step in steps] == [
        [],
        [["1", "ringing", "138"]],
        [["1", "talking", "138"]],
        [["1", "held", "138"]],
        [["1", "held", "138"], ["2", "calling", "103"]],
        [["1", "held", "138"], ["2", "talking", "103"]],
        [["1", "held", "138"], ["2", "conference", "103,138"]],
        [["2", "conference", "103,138"]],
        [["2", "conference", "103,138"]],
        [],
        [],
    ]
    assert [steps[0]["state"], steps[-1]["state"]] == ["in a call", "idle"]


@pytest.mark.parametrize(
    "kind",
    ["AgentEvent_Call_Out_Fail", "AgentEvent_Inside_Call_Fail", "AgentEvent_No_Answer", "AgentEvent_Connect_Fail"],
)
async def test_a_call_that_failed_is_no_call(kind: str) -> None:
    alerting = event("AgentEvent_Customer_Alerting", {"callid": "1", "otherPhone": "139", "type": "main"})
    assert (await page("calls", 101, [alerting, event(kind, "1")]))[-1]["calls"] == []


async def test_events_make_a_chat() -> None:
    content = {"callId": "7", "caller": "112", "called": "101", "isInnerCall": True, "attachData": ""}
    said = {"callId": "7", "sender": "112", "chatContent": "a minute?", "isInnerCall": True}
    steps = await page(
        "calls",
        101,
        [
            event("AgentChat_Ring", content),
            event("AgentChat_Connected", content),
            event("AgentChat_DataRecved", said),
            event("AgentChat_Disconnected", content),
        ],
    )
    assert [step["chats"][0]["stage"] for step in steps] == ["ringing", "open", "open", "over"]
    assert steps[-1]["chats"][0]["other"] == "112"
    assert [line["text"] for line in steps[-1]["chats"][0]["lines"]] == ["a minute?"]


async def test_guids_have_their_ages() -> None:
    facts = {"authMode": 2, "rehearsal": False, "guidInterval": 60_000, "guidTimeout": 120_000}
    taken = [["a", 0], ["b", 60_000], ["c", 120_000]]
    told = await page("guids", facts, taken, 150_000)
    assert told["ripeness"] == 0.5
    assert told["words"] == [
        "current, 30 s old; successor due in 30 s",
        "used for 60 s, replaced; accepted for 30 s more",
        "used for 60 s, replaced; no longer accepted",
    ]
    still = await page("guids", {**facts, "authMode": 1}, [["a", 0]], 150_000)
    assert still == {"words": ["current, 150 s old; stays for the whole session (AUTHMODE 1)"], "ripeness": 0}
    tried = await page("guids", {**facts, "authMode": 1, "rehearsal": True}, taken, 150_000)
    assert tried["words"][2] == "used for 60 s, replaced; accepted while the rehearsal lasts"
