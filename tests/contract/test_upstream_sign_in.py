"""Sign-in at a contact centre behind the gateway: who comes in is its business, session and GUID are ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from aiohttp import web

from gateway.sessions.model import Session
from gateway.wire.errors import StoreUnavailable
from tests.support.behind import Centre, answer, saying, written
from tests.support.desk import PREFIX, Answer, ask_once
from tests.support.front import behind_and_before
from tests.support.gateway import PASSWORD, Gateway
from tests.support.receiver import receiving
from tests.support.waiting import until, until_async

AGENT = 101
SIGN_IN = f"PUT onlineagent/{AGENT}"


@dataclass
class Scene:
    """A strict centre and the gateway before it."""

    centre: Centre
    gateway: Gateway

    async def sign_in(self, *, force: bool = False, **body: object) -> Answer:
        return await self.gateway.desk(AGENT).sign_in(force=force, **body)

    async def session(self) -> Session | None:
        return (await self.gateway.app.stores.sessions.read(AGENT)).session

    def says(self, line: str, say: Callable[[], web.StreamResponse]) -> None:
        self.centre.says[line] = saying(say)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with behind_and_before() as (centre, gateway):
        yield Scene(centre, gateway)


async def test_the_answer_is_the_centre_s_with_a_guid_of_ours(scene: Scene) -> None:
    said = await scene.sign_in()
    assert json.loads(said.body)["result"] == {"workno": "101", "vdnid": "7"}
    assert said.set_guid == said.headers["Guid"] != scene.centre.sessions[AGENT]
    assert said.set_guid.endswith(".AgentGateway0")


async def test_nobody_needs_to_be_known_here(scene: Scene) -> None:
    desk = scene.gateway.desk(777777)
    assert (await desk.sign_in()).retcode == "0"
    assert (await desk.status()).retcode == "0"


async def test_every_member_of_the_body_arrives_but_where_events_are_pushed_to(scene: Scene) -> None:
    await scene.sign_in(status="3", unknown=1.0, callBackUri="https://desk.example.com/e")
    assert json.loads(scene.centre.asked[0].body) == {
        "password": PASSWORD,
        "phonenum": "6001",
        "status": "3",
        "unknown": 1.0,
    }


@pytest.mark.parametrize("retcode", ["100-001", "100-003", "100-004", "100-013", "100-020", "110-016"])
async def test_a_refusal_comes_back_byte_for_byte_and_opens_nothing(scene: Scene, retcode: str) -> None:
    body = b'{"message":"it says why", "retcode":"%s", "result":""}' % retcode.encode()
    scene.says(SIGN_IN, lambda: written(body))
    said = await scene.sign_in()
    assert (said.status, said.body, said.set_guid) == (200, body, "")
    assert await scene.session() is None
    assert await scene.gateway.app.stores.sessions.owed(1) == []


async def test_after_a_refusal_the_next_sign_in_need_not_wait(scene: Scene) -> None:
    assert (await scene.sign_in(password="wrong")).retcode == "100-004"
    assert (await scene.sign_in()).retcode == "0"


async def test_with_a_session_alive_the_password_is_still_judged_first(scene: Scene) -> None:
    await scene.sign_in()
    assert (await scene.sign_in(password="wrong")).retcode == "100-004"
    assert (await scene.sign_in()).retcode == "100-002"


async def test_forcelogin_takes_over_there_and_here(scene: Scene) -> None:
    former = scene.gateway.desk(AGENT)
    await former.sign_in()
    assert (await scene.sign_in(force=True)).retcode == "0"
    refused = await former.status()
    assert (refused.retcode, refused.json["message"]) == ("100-006", "the agent signed in elsewhere by force")


async def test_the_former_session_s_end_does_not_sign_out_the_new_one_there(scene: Scene) -> None:
    """Some services give the same GUID to the same agent again."""
    same = f"PUT onlineagent/{AGENT}/forcelogin"
    await scene.sign_in()
    scene.says(same, lambda: answer("0", "success", {"workno": "101"}, scene.centre.sessions[AGENT]))
    assert (await scene.sign_in(force=True)).retcode == "0"
    await until_told(scene)
    assert not any("logout" in line for line in scene.centre.lines())


async def until_told(scene: Scene) -> None:
    async def nothing_owed() -> bool:
        return not await scene.gateway.app.stores.sessions.owed(10)

    await until_async(nothing_owed)


async def test_an_agent_that_may_not_be_forced_stays(scene: Scene) -> None:
    desk = scene.gateway.desk(AGENT)
    await desk.sign_in()
    scene.says(f"PUT onlineagent/{AGENT}/forcelogin", lambda: answer("100-015", "not by force"))
    assert (await scene.sign_in(force=True)).retcode == "100-015"
    assert (await desk.status()).retcode == "0"


async def test_an_agent_that_is_in_elsewhere_is_100_002(scene: Scene) -> None:
    scene.centre.sessions[AGENT] = "somebody-elses"
    assert (await scene.sign_in()).retcode == "100-002"


async def test_two_at_once_are_let_in_once(scene: Scene) -> None:
    answers = await asyncio.gather(scene.sign_in(), scene.sign_in())
    assert sorted(answer.retcode for answer in answers) == ["0", "100-002"]


async def test_of_two_at_once_by_force_one_stays(scene: Scene) -> None:
    desks = [scene.gateway.desk(AGENT) for _ in range(2)]
    answers = await asyncio.gather(*(desk.sign_in(force=True) for desk in desks))
    assert [answer.retcode for answer in answers] == ["0", "0"]
    assert sorted([(await desk.status()).retcode for desk in desks]) == ["0", "100-006"]


async def test_while_a_guess_is_judged_the_agent_signs_in(scene: Scene) -> None:
    gate = asyncio.Event()

    async def slow_to_refuse(request: web.Request) -> web.StreamResponse:
        if (await request.json())["password"] == PASSWORD:
            return answer("0", "success", {"workno": "101"}, "g-1")
        await gate.wait()
        return answer("100-004", "wrong")

    scene.centre.says[SIGN_IN] = slow_to_refuse
    guess = asyncio.create_task(scene.sign_in(password="wrong"))
    await until(lambda: bool(scene.centre.asked))
    assert (await scene.sign_in()).retcode == "0"
    gate.set()
    assert (await guess).retcode == "100-004"


@pytest.mark.parametrize(
    "say",
    [
        lambda: written(b"", 500),
        lambda: written(b"<html>"),
        lambda: answer("0", "success", {"workno": "101"}),
        lambda: answer("0", "success", {"workno": "101"}, "two words"),
    ],
)
async def test_without_a_usable_answer_it_is_503_and_nothing_is_open(
    scene: Scene, say: Callable[[], web.Response]
) -> None:
    scene.says(SIGN_IN, say)
    said = await scene.sign_in()
    assert (said.status, said.retcode) == (503, "100-007")
    assert await scene.session() is None
    scene.centre.says.clear()
    assert (await scene.sign_in()).retcode == "0"


async def test_a_password_is_guessed_five_times_at_most(scene: Scene) -> None:
    codes = [(await scene.sign_in(password="wrong")).retcode for _ in range(6)]
    assert codes == ["100-004"] * 5 + ["110-016"]
    assert len(scene.centre.asked) == 5


async def test_body_that_is_no_object_is_refused_here(scene: Scene) -> None:
    said = await scene.gateway.desk(AGENT).call("PUT", "onlineagent/{id}", ["x"])
    assert said.retcode == "100-001"
    assert scene.centre.asked == []


async def test_cookies_of_the_centre_s_balancer_go_back_to_it(scene: Scene) -> None:
    def with_cookie() -> web.Response:
        scene.centre.sessions[AGENT] = "g-1"
        given = answer("0", "success", {"workno": "101"}, "g-1")
        given.headers["Set-Cookie"] = "route=a1; Path=/; HttpOnly"
        return given

    scene.says(SIGN_IN, with_cookie)
    desk = scene.gateway.desk(AGENT)
    assert (await desk.sign_in()).retcode == "0"
    await desk.status()
    assert scene.centre.called.headers["Cookie"] == "route=a1"


async def test_a_mark_before_the_body_hinders_no_sign_in_in_push_mode() -> None:
    async with receiving() as receiver:
        settings = {"EVENT_PUST_WHILTELIST_CALLBACKURI": receiver.url()}
        async with behind_and_before(settings) as (_, gateway):
            body = {"password": PASSWORD, "phonenum": "6001", "callBackUri": receiver.url(), "serviceToken": "abc"}
            marked = b"\xef\xbb\xbf" + json.dumps(body).encode()
            said = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/{AGENT}", body=marked)
    assert said.retcode == "0"


async def test_in_push_mode_the_centre_is_asked_for_events_and_told_nothing_of_the_receiver() -> None:
    async with receiving() as receiver:
        settings = {"EVENT_PUST_WHILTELIST_CALLBACKURI": receiver.url()}
        async with behind_and_before(settings) as (centre, gateway):
            desk = gateway.desk(AGENT)
            said = await desk.sign_in(callBackUri=receiver.url(), serviceToken="abc", pushUrl="x", status=4)
            assert said.retcode == "0"
            centre.tell(AGENT, "AgentOther_Note", content=None)
            [pushed] = await receiver.receives(1)
    assert json.loads(centre.asked[0].body) == {"password": PASSWORD, "phonenum": "6001", "status": 4}
    assert pushed.event_types == ["AgentOther_Note"]


@dataclass
class ByAccount:
    """Sign-in by account, and what the centre says to it."""

    scene: Scene

    async def sign_in(self) -> Answer:
        body = {"account": "anna", "password": PASSWORD, "phonenum": "6001"}
        return await self.scene.gateway.desk(AGENT).call("PUT", "onlineagent/loginbyaccount", body)

    def let_in(self, workno: str) -> None:
        self.scene.centre.sessions[AGENT] = "g-1"
        line = "PUT onlineagent/loginbyaccount"
        self.scene.says(line, lambda: answer("0", "success", {"workno": workno}, "g-1"))


@pytest.fixture
def by_account(scene: Scene) -> ByAccount:
    return ByAccount(scene)


async def test_by_account_the_centre_says_who_it_is(by_account: ByAccount) -> None:
    by_account.let_in("101")
    said = await by_account.sign_in()
    assert said.retcode == "0"
    assert (await by_account.scene.gateway.desk(AGENT).status(guid=said.set_guid)).retcode == "0"


@pytest.mark.parametrize("workno", ["", "0", "x", "1000000", "-1"])
async def test_by_account_somebody_impossible_is_503(by_account: ByAccount, workno: str) -> None:
    by_account.let_in(workno)
    assert (await by_account.sign_in()).status == 503


async def test_by_account_what_opens_no_session_is_signed_out_there(
    by_account: ByAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = by_account.scene

    async def away(*_arguments: object, **_more: object) -> None:
        raise StoreUnavailable

    by_account.let_in("101")
    monkeypatch.setattr(scene.gateway.app.stores.sessions, "apply", away)
    assert (await by_account.sign_in()).retcode == "100-007"
    assert AGENT not in scene.centre.sessions


async def test_a_session_whose_answer_was_lost_does_not_block_the_agent_there() -> None:
    now = [1_800_000_000_000]
    async with behind_and_before(clock=lambda: now[0]) as (centre, gateway):
        await gateway.desk(AGENT).sign_in()
        former = centre.sessions[AGENT]
        now[0] += 15_001
        assert (await gateway.desk(AGENT).sign_in()).retcode == "0"
        assert centre.sessions[AGENT] != former


async def test_what_the_store_holds_shows_no_guid_of_the_centre(scene: Scene) -> None:
    await scene.sign_in()
    session = await scene.session()
    assert session is not None
    assert session.upstream is not None
    assert scene.centre.sessions[AGENT] not in session.upstream.key
