"""What a session of the console may do, and that nobody else can use it."""

import logging
from collections.abc import AsyncIterator

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.admin.admin_tokens import Actor, AdminTokens
from gateway.admin.console_sessions import ConsoleSessions
from gateway.admin.guard import Asked
from gateway.admin.route import AdminCall, AdminRoute
from gateway.console.routes import GuessLimit, sign_in_routes
from tests.support.admin import serving
from tests.support.console import Visitor

ANN = Actor("ann", "admin", "anns-token-0123456")
BEN = Actor("ben", "read", "bens-token-0123456")
NO_CSRF = "the header X-CSRF-Token must be what the sign-in gave this browser: sign out, and in again"


async def done(_call: AdminCall) -> object:
    return {"done": True}


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """Not signed in yet."""
    tokens = AdminTokens([ANN, BEN])
    sessions = ConsoleSessions(tokens)
    routes = [
        AdminRoute("GET", "/thing", done),
        AdminRoute("POST", "/thing", done),
        AdminRoute("GET", "/free", done, open=True),
        AdminRoute("GET", "/deep/{one}", done, admin_only=True),
        *sign_in_routes(sessions, GuessLimit()),
    ]
    async with serving(routes, tokens, sessions) as operator:
        yield Visitor(operator.port)


@pytest.fixture
async def ann(visitor: Visitor) -> Visitor:
    await visitor.sign_in(ANN.token)
    return visitor


async def test_who_has_the_role_changes_things(ann: Visitor) -> None:
    assert (await ann.post("/thing")).status == 200


async def test_a_session_of_role_read_only_looks(visitor: Visitor) -> None:
    await visitor.sign_in(BEN.token)
    assert [(await visitor.get("/thing")).status, (await visitor.post("/thing")).status] == [200, 403]


async def test_where_the_role_admin_is_needed_even_to_look_read_is_not_enough(visitor: Visitor) -> None:
    await visitor.sign_in(BEN.token)
    refused = await visitor.get("/deep/1")
    await visitor.sign_in(ANN.token)
    assert [refused.status, (await visitor.get("/deep/1")).status] == [403, 200]


async def test_a_change_is_audited_with_the_name(ann: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    await ann.post("/thing")
    assert caplog.messages == ["admin-action request='POST /thing' status=200 by=ann"]


@pytest.mark.parametrize("csrf", ["", "another"])
async def test_a_change_needs_the_secret_of_the_session(ann: Visitor, csrf: str) -> None:
    ann.sent = {"X-CSRF-Token": csrf}
    said = await ann.post("/thing")
    assert (said.status, said.json) == (403, {"error": NO_CSRF})


@pytest.mark.parametrize("origin", ["", "null", "http://127.0.0.1", "http://localhost:{port}", "http://other.example"])
async def test_a_change_comes_from_the_own_page(ann: Visitor, origin: str) -> None:
    ann.sent = {"Origin": origin.format(port=ann.port)}
    assert (await ann.post("/thing")).status == 403


@pytest.mark.parametrize(
    "sent",
    [{"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=str,
)
async def test_a_page_on_another_port_does_not_even_look(ann: Visitor, sent: dict[str, str]) -> None:
    ann.sent = sent
    assert (await ann.get("/thing")).status == 403


async def test_who_types_the_address_looks(ann: Visitor) -> None:
    ann.sent = {"Sec-Fetch-Site": "none"}
    assert (await ann.get("/thing")).status == 200


async def test_two_cookies_of_the_name_are_none(ann: Visitor) -> None:
    ann.cookie = f"{ann.cookie.partition('=')[0]}=planted; {ann.cookie}"
    assert (await ann.get("/thing")).status == 401


async def test_a_cookie_of_another_port_is_none(ann: Visitor) -> None:
    ann.cookie = f"agentgateway-console-1={ann.cookie.partition('=')[2]}"
    assert (await ann.get("/thing")).status == 401


async def test_the_bearer_counts_where_both_are_sent(ann: Visitor) -> None:
    ann.sent = {"Authorization": f"Bearer {BEN.token}"}
    assert (await ann.post("/thing")).status == 403


async def test_the_session_id_is_no_bearer(ann: Visitor) -> None:
    ann.sent = {"Authorization": f"Bearer {ann.cookie.partition('=')[2]}", "Cookie": ""}
    assert (await ann.get("/thing")).status == 401


@pytest.mark.parametrize("sent", [{"Host": "console.example"}, {"X-Forwarded-For": "192.0.2.7"}], ids=str)
async def test_what_is_open_is_open_on_this_machine_alone(visitor: Visitor, sent: dict[str, str]) -> None:
    free = await visitor.get("/free")
    visitor.sent = sent
    assert [free.status, (await visitor.get("/free")).status] == [200, 403]


def test_the_cookie_is_named_after_the_port_that_the_browser_knows() -> None:
    def name(host: str, *, secure: bool = False) -> str:
        return Asked("GET", CIMultiDictProxy(CIMultiDict({"Host": host})), secure=secure).cookie_name

    assert [name("localhost:9100"), name("localhost"), name("[::1]", secure=True)] == [
        "agentgateway-console-9100",
        "agentgateway-console-80",
        "agentgateway-console-443",
    ]
