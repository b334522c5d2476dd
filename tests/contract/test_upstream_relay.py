"""Operations of a contact centre behind the gateway: passed on as they were understood, answered as it said."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from aiohttp import web

from gateway.wire.errors import StoreUnavailable
from tests.support.behind import Centre, Say, answer, saying, written
from tests.support.desk import PREFIX, Answer, Desk, ask_once
from tests.support.front import behind_and_before
from tests.support.gateway import PASSWORD, Gateway
from tests.support.waiting import until, until_async

AGENT = 101


@dataclass
class Scene:
    """A strict centre, the gateway before it, and a desk that is signed in."""

    centre: Centre
    gateway: Gateway
    desk: Desk

    async def raw(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """A request with exactly this target."""
        return await ask_once(self.gateway.port, method, target, {"guid": self.desk.guid, **headers}, body)

    def says(self, line: str, say: Callable[[], web.StreamResponse]) -> None:
        self.centre.says[line] = saying(say)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(AGENT)
        assert (await desk.sign_in()).retcode == "0"
        yield Scene(centre, gateway, desk)


async def test_method_target_and_every_member_of_the_body_arrive(scene: Scene) -> None:
    body = b'{ "called" : "13800000000", "unknown" : 1.0 , "caller":null, "called": "110"}'
    await scene.raw("PUT", f"{PREFIX}/voicecall/{AGENT}/callout?x=%C3%A4&&y", body, **{"Content-Type": "text/plain"})
    asked = next(asked for asked in scene.centre.asked if asked.path.startswith("voicecall"))
    assert asked.line == f"PUT voicecall/{AGENT}/callout?x=%C3%A4&&y"
    assert asked.body == b'{"called":"110","unknown":1.0,"caller":null}'
    assert asked.headers["Content-Type"] == "text/plain"


STATUS = f"{PREFIX}/onlineagent/{AGENT}/agentstatus"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (f"http://gateway.example:8001{STATUS}?x=1", "agentstatus?x=1"),
        (f"HTTPS://user@other.example{STATUS}", "agentstatus"),
        (STATUS.replace("/", "//"), "agentstatus"),
        (f"http://gateway{STATUS.replace('/', '///')}", "agentstatus"),
        (f"{STATUS}/", "agentstatus"),
        (f"{STATUS}?", "agentstatus"),
        (f"{STATUS}?x=1#part", "agentstatus?x=1"),
        (f"{STATUS}#part?x=1", "agentstatus"),
    ],
)
async def test_the_target_goes_on_as_it_was_understood(scene: Scene, target: str, path: str) -> None:
    assert (await scene.raw("GET", target)).retcode == "0"
    assert scene.centre.called.line == f"GET onlineagent/{AGENT}/{path}"


@pytest.mark.parametrize("target", ["http://gateway", "http://gateway?x", f"/#{STATUS}", "//"])
async def test_a_target_that_is_no_operation_does_not_reach_the_centre(scene: Scene, target: str) -> None:
    before = len(scene.centre.lines())
    assert (await scene.raw("GET", target)).status == 404
    assert len(scene.centre.lines()) == before


async def test_a_sign_in_in_absolute_form_signs_in(scene: Scene) -> None:
    target = f"http://gateway.example:8001{PREFIX}/onlineagent/102"
    body = json.dumps({"password": PASSWORD, "phonenum": "6002"}).encode()
    assert (await scene.raw("PUT", target, body)).retcode == "0"


MARK = b"\xef\xbb\xbf"


async def test_a_body_goes_on_without_the_mark_before_it(scene: Scene) -> None:
    await scene.raw("PUT", f"{PREFIX}/voicecall/{AGENT}/callout", MARK + b'{"called":"13800000000"}')
    assert scene.centre.called.body == b'{"called":"13800000000"}'


@pytest.mark.parametrize("more", [{}, {"pushUrl": ""}, {"account": "anna"}])
async def test_a_sign_in_with_a_mark_before_its_body_signs_in(scene: Scene, more: dict[str, str]) -> None:
    members = {"password": PASSWORD, "phonenum": "6002", **more}
    body = MARK + json.dumps(members).encode()
    assert (await scene.raw("PUT", f"{PREFIX}/onlineagent/102", body)).retcode == "0"
    members.pop("pushUrl", None)
    asked = next(asked for asked in scene.centre.asked if asked.line == "PUT onlineagent/102")
    assert json.loads(asked.body) == members


async def test_the_guid_is_the_centre_s_own(scene: Scene) -> None:
    await scene.desk.status()
    assert scene.centre.called.guid == scene.centre.sessions[AGENT]
    assert scene.desk.guid not in {asked.guid for asked in scene.centre.asked}


async def test_what_is_valid_is_for_the_centre_to_say(scene: Scene) -> None:
    assert (await scene.desk.call("POST", "onlineagent/{id}/saybusy?reason=99999")).retcode == "0"
    assert f"POST onlineagent/{AGENT}/saybusy?reason=99999" in scene.centre.lines()


@pytest.mark.parametrize(
    "body",
    [
        b'{"message":"success","retcode":"0","result":{"a":1.50,"b":"\\u00e4"}}',
        b'{ "retcode" : "200-009", "message":"no call",\n"result": null }',
        b'{"retcode":"107-064","message":""}',
        b'{"message":"platform error","retcode":"100-007"}',
    ],
)
async def test_the_answer_comes_back_byte_for_byte(scene: Scene, body: bytes) -> None:
    scene.says(f"GET onlineagent/{AGENT}/agentstatus", lambda: written(body))
    said = await scene.desk.status()
    assert (said.status, said.body, said.headers["Content-Type"]) == (200, body, "application/json;charset=UTF-8")


async def test_an_answer_with_long_headers_comes_back(scene: Scene) -> None:
    policy = {"Content-Security-Policy": "p" * 9_000}
    scene.says(f"GET onlineagent/{AGENT}/agentstatus", lambda: written(b'{"message":"","retcode":"0"}', 200, policy))
    assert (await scene.desk.status()).retcode == "0"


async def test_headers_of_the_centre_stay_there(scene: Scene) -> None:
    more = {"Set-Cookie": "route=a1", "X-Powered-By": "it", "Server": "it/1.0"}
    scene.says(f"GET onlineagent/{AGENT}/agentstatus", lambda: written(b'{"message":"","retcode":"0"}', 200, more))
    lines = " ".join((await scene.desk.status()).lines)
    assert "Cookie" not in lines
    assert "it" not in lines.replace("charset", "")


async def test_a_recording_comes_as_the_file_it_is(scene: Scene) -> None:
    content = bytes(range(256)) * 4096
    headers = {"Content-Type": "audio/x-wav", "Content-Disposition": "attachment; filename=r.wav"}
    scene.says(f"GET recordfile/{AGENT}?recordId=Y:/1/r.wav", lambda: web.Response(body=content, headers=headers))
    said = await scene.desk.call("GET", "recordfile/{id}?recordId=Y:/1/r.wav")
    assert (said.body, said.headers["Content-Type"]) == (content, "audio/x-wav")
    assert said.headers["Content-Disposition"] == "attachment; filename=r.wav"


async def test_a_recording_that_breaks_off_ends_the_connection(scene: Scene) -> None:
    async def breaks_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "audio/x-wav", "Content-Length": "100000"})
        await response.prepare(request)
        await response.write(b"x" * 1000)
        assert request.transport is not None
        request.transport.abort()
        return response

    scene.centre.says[f"GET recordfile/{AGENT}"] = breaks_off
    with pytest.raises(asyncio.IncompleteReadError):
        await scene.desk.call("GET", "recordfile/{id}")


async def test_a_refused_recording_is_an_answer(scene: Scene) -> None:
    scene.says(f"GET recordfile/{AGENT}", lambda: answer("104-005", "no such file"))
    assert (await scene.desk.call("GET", "recordfile/{id}")).retcode == "104-005"


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
async def test_any_other_status_is_503_with_100_007(scene: Scene, status: int) -> None:
    scene.says(f"POST onlineagent/{AGENT}/sayfree", lambda: written(b'{"message":"","retcode":"0"}', status))
    said = await scene.desk.call("POST", "onlineagent/{id}/sayfree")
    assert (said.status, said.retcode, said.headers["Retry-After"]) == (503, "100-007", "1")


async def test_without_a_guid_of_ours_nothing_arrives(scene: Scene) -> None:
    before = len(scene.centre.lines())
    said = await scene.desk.call("GET", "onlineagent/{id}/agentstatus", guid=scene.centre.sessions[AGENT])
    assert said.retcode == "000-003"
    assert len(scene.centre.lines()) == before


@pytest.mark.parametrize("segment", ["..", ".", "%2e%2e", "%2E.", "..%2f..%2fx"])
async def test_no_path_leads_elsewhere(scene: Scene, segment: str) -> None:
    before = scene.centre.lines()
    said = await scene.raw("POST", f"{PREFIX}/onlineagent/{AGENT}/autoanswer/{segment}")
    assert said.retcode == "000-002"
    assert scene.centre.lines() == before


async def test_a_session_that_the_centre_forgot_is_over(scene: Scene) -> None:
    del scene.centre.sessions[AGENT]
    said = await scene.desk.status()
    assert (said.retcode, said.json["message"]) == ("100-006", "signed out by the contact centre behind this gateway")
    assert (await scene.desk.poll()).retcode == "100-006"


async def test_it_is_not_told_of_an_end_that_it_knows(scene: Scene) -> None:
    del scene.centre.sessions[AGENT]
    await scene.desk.status()
    assert (await scene.desk.sign_in()).retcode == "0"
    assert not any("logout" in line for line in scene.centre.lines())


async def test_a_refusal_of_one_operation_is_no_sign_out(scene: Scene) -> None:
    scene.says(f"GET onlineagent/{AGENT}/querycustomstate", lambda: answer("000-003", "no right to call this"))
    said = await scene.desk.call("GET", "onlineagent/{id}/querycustomstate")
    assert (said.retcode, said.json["message"]) == ("000-003", "no right to call this")
    assert (await scene.desk.status()).retcode == "0"


async def test_a_single_refusal_is_not_believed(scene: Scene) -> None:
    said: list[Callable[[], web.Response]] = [lambda: answer("100-006", "not yet here")]

    async def once(_request: web.Request) -> web.StreamResponse:
        return said.pop()() if said else answer("0", "success", {})

    scene.centre.says[f"POST onlineagent/{AGENT}/sayfree"] = once
    assert (await scene.desk.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"


async def test_while_a_sign_in_is_under_way_a_lost_session_is_503_here(scene: Scene) -> None:
    gate = asyncio.Event()

    async def late(_request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return answer("100-004", "wrong")

    scene.centre.says[f"PUT onlineagent/{AGENT}/forcelogin"] = late
    other = asyncio.create_task(scene.gateway.desk(AGENT).sign_in(force=True))
    await until(lambda: any("forcelogin" in line for line in scene.centre.lines()))
    del scene.centre.sessions[AGENT]
    assert (await scene.desk.status()).status == 503
    gate.set()
    await other
    assert (await scene.desk.status()).retcode == "100-006"


async def test_a_guid_replaced_there_without_any_grace_is_followed(scene: Scene) -> None:
    for _ in range(3):
        scene.centre.rotate(AGENT)
        await until(lambda: scene.centre.asked[-1].guid == scene.centre.sessions[AGENT])
        assert (await scene.desk.status()).retcode == "0"


async def test_after_syncagentinfo_events_fetched_before_are_not_delivered(scene: Scene) -> None:
    scene.centre.tell(AGENT, "AgentOther_Note")
    await until(lambda: not scene.centre.events[AGENT])
    await scene.desk.call("POST", "onlineagent/{id}/syncagentinfo")
    assert await scene.desk.drain_events() == []


async def test_setagenttimeout_counts_here_too(scene: Scene) -> None:
    for flag, silent in (("false", True), ("true", False)):
        await scene.desk.call("POST", f"querymonitor/{{id}}/setagenttimeout/{flag}")

        async def counts(silent: bool = silent) -> bool:
            session = (await scene.gateway.app.stores.sessions.read(AGENT)).session
            return session is not None and session.silent is silent

        await until_async(counts)


async def test_sign_out_is_the_centre_s_to_allow(scene: Scene) -> None:
    scene.says(f"DELETE onlineagent/{AGENT}/logout", lambda: answer("100-010", "in a call"))
    assert (await scene.desk.call("DELETE", "onlineagent/{id}/logout")).retcode == "100-010"
    assert (await scene.desk.status()).retcode == "0"


async def test_a_sign_out_is_passed_on_and_answered_as_the_centre_said(scene: Scene) -> None:
    said = await scene.desk.call("DELETE", "onlineagent/{id}/logout?x=1")
    assert said.body == b'{"message": "success", "retcode": "0", "result": {}}'
    await signed_out_once(scene, "logout?x=1")


@pytest.mark.parametrize("operation", ["forcelogout", "forcelogoutwithreason/7"])
async def test_a_forced_sign_out_is_answered_here_and_told_to_the_centre(scene: Scene, operation: str) -> None:
    said = await scene.desk.call("DELETE", f"onlineagent/{{id}}/{operation}")
    assert said.body == b'{"message":"success","retcode":"0"}'
    await signed_out_once(scene, operation)


async def signed_out_once(scene: Scene, operation: str) -> None:
    refused = await scene.desk.status()
    assert (refused.retcode, refused.json["message"]) == ("100-006", "the agent signed out")
    await until(lambda: AGENT not in scene.centre.sessions)
    assert [line for line in scene.centre.lines() if "logout" in line] == [f"DELETE onlineagent/{AGENT}/{operation}"]


@pytest.mark.parametrize("cause", ["0", "256", "x"])
async def test_a_cause_that_is_none_signs_nobody_out(scene: Scene, cause: str) -> None:
    assert (await scene.desk.call("DELETE", f"onlineagent/{{id}}/forcelogoutwithreason/{cause}")).retcode == "100-005"
    assert (await scene.desk.status()).retcode == "0"
    assert not any("logout" in line for line in scene.centre.lines())


def _down(centre: Centre, *operations: str) -> None:
    unavailable: Say = saying(lambda: written(b"", 502))
    centre.says |= {f"DELETE onlineagent/{AGENT}/{operation}": unavailable for operation in operations}


async def test_a_forced_sign_out_works_without_the_centre_which_is_told_later(scene: Scene) -> None:
    _down(scene.centre, "forcelogoutwithreason/7")
    said = await scene.desk.call("DELETE", "onlineagent/{id}/forcelogoutwithreason/7")
    assert said.body == b'{"message":"success","retcode":"0"}'
    assert (await scene.desk.status()).retcode == "100-006"
    assert AGENT in scene.centre.sessions
    scene.centre.says.clear()
    await until(lambda: AGENT not in scene.centre.sessions)


async def test_another_sign_out_waits_for_the_centre(scene: Scene) -> None:
    _down(scene.centre, "logout")
    assert (await scene.desk.call("DELETE", "onlineagent/{id}/logout")).status == 503
    assert (await scene.desk.status()).retcode == "0"


async def test_a_sign_out_that_the_store_could_not_keep_is_one_when_it_is_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object, **_more: object) -> None:
        raise StoreUnavailable

    assert (await scene.desk.status()).retcode == "0"
    with monkeypatch.context() as outage:
        outage.setattr(scene.gateway.app.stores.sessions, "apply", away)
        assert (await scene.desk.call("DELETE", "onlineagent/{id}/logout")).status == 503
        assert AGENT not in scene.centre.sessions

    async def is_over() -> bool:
        return (await scene.desk.status()).retcode == "100-006"

    await until_async(is_over)
    assert (await scene.desk.sign_in()).retcode == "0"
