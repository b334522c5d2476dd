"""The table of routes of the admin listener, and who is let in."""

import asyncio

import pytest
from multidict import CIMultiDict

from gateway.admin.route import AdminCall, AdminPage, AdminRoute
from gateway.wire.errors import Malformed, Refused, StoreUnavailable
from tests.support.admin import TOKEN, Operator, serving

BEARER = f"Bearer {TOKEN}"


async def echo(call: AdminCall) -> object:
    return {"values": call.values, "query": dict(call.query), "body": call.body.decode()}


async def page(_call: AdminCall) -> object:
    return AdminPage(b"<p>", "text/html")


async def refusing(_call: AdminCall) -> object:
    raise Refused("000-001")


async def malformed(_call: AdminCall) -> object:
    raise Malformed("limit: must be a number")


async def out_of_reach(_call: AdminCall) -> object:
    raise StoreUnavailable


ROUTES = [
    AdminRoute("GET", "/echo/{one}/of/{two}", echo),
    AdminRoute("POST", "/echo/{one}/of/{two}", echo),
    AdminRoute("GET", "/page", page),
    AdminRoute("GET", "/refusing", refusing),
    AdminRoute("GET", "/malformed", malformed),
    AdminRoute("GET", "/out-of-reach", out_of_reach),
]


async def test_a_route_gets_the_names_of_its_path_the_query_and_the_body() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.post("/echo/a/of/b?limit=3", body=b"text")
    assert said.json == {"values": {"one": "a", "two": "b"}, "query": {"limit": "3"}, "body": "text"}


async def test_a_page_goes_out_as_it_is() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page")
    assert (said.headers["Content-Type"], said.body) == ("text/html", b"<p>")


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/refusing", 409, "events of this session are not fetched in this way"),
        ("/malformed", 400, "limit: must be a number"),
        ("/echo/a/of", 404, "there is no such page"),
    ],
)
async def test_an_error_is_a_status_and_a_text(path: str, status: int, error: str) -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get(path)
    assert (said.status, said.json) == (status, {"error": error})


async def test_a_store_out_of_reach_is_503_and_says_when_to_try_again() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/out-of-reach")
    assert (said.status, said.headers["Retry-After"]) == (503, "1")


async def test_a_wrong_method_names_the_right_ones() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.ask("DELETE", "/echo/a/of/b")
    assert (said.status, said.headers["Allow"]) == (405, "GET, POST")


async def test_a_body_over_64_kib_is_refused() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.post("/echo/a/of/b", body=b"x" * 65_537)
    assert said.status == 413


async def test_no_answer_gives_leave_to_other_origins_or_is_stored() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page", {"Authorization": BEARER, "Origin": "http://localhost:3000"})
    assert said.status == 200
    assert not [name for name in said.headers if name.lower().startswith("access-control-")]
    assert said.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9100", "127.0.0.1:1", "[::1]:9100"])
async def test_a_host_of_this_machine_is_let_in(host: str) -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page", {"Authorization": BEARER, "Host": host})
    assert said.status == 200


@pytest.mark.parametrize(
    "host", ["gateway.example.com", "localhost.example.com", "127.0.0.1.example.com:80", "", "::1"]
)
async def test_another_host_is_refused(host: str) -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page", {"Authorization": BEARER, "Host": host})
    assert (said.status, said.json) == (403, {"error": "the Host header must name localhost, 127.0.0.1 or [::1]"})


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-real-ip", "Via"])
async def test_what_came_through_a_proxy_is_refused(name: str) -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page", {"Authorization": BEARER, name: "127.0.0.1"})
    assert said.status == 403


@pytest.mark.parametrize(
    "credentials",
    [[], [TOKEN], [f"Basic {TOKEN}"], ["Bearer "], [f"{BEARER}x"], [BEARER[:-1]], ["Bearer \udcff"], [BEARER, BEARER]],
)
async def test_without_the_token_nothing_is_told(credentials: list[str]) -> None:
    headers = CIMultiDict[str]([("Authorization", value) for value in credentials])
    async with serving(ROUTES) as operator:
        answers = [await operator.get(path, headers) for path in ("/page", "/none")]
    assert {(said.status, said.headers["WWW-Authenticate"]) for said in answers} == {(401, "Bearer")}
    assert answers[0].body == answers[1].body


async def test_the_scheme_is_read_in_any_case() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.get("/page", {"authorization": f"bearer {TOKEN}"})
    assert said.status == 200


async def test_an_operator_with_another_token_is_not_let_in() -> None:
    async with serving(ROUTES) as operator:
        said = await Operator(operator.port, "another-token-of-someone").get("/page")
    assert said.status == 401


async def test_what_is_no_http_is_not_repeated_nor_answered_with_versions(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(ROUTES) as operator:
        reader, writer = await asyncio.open_connection("127.0.0.1", operator.port)
        writer.write(b"GET /page HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sec\1ret\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert not [word for word in (b"sec", b"Python", b"aiohttp") if word in answer]
    assert (b"Server: AgentGateway\r\n" in answer, caplog.messages) == (True, [])


@pytest.mark.parametrize("idle", [False, True])
async def test_a_client_that_closes_its_sending_side_is_answered_and_the_connection_ends(idle: bool) -> None:
    async with serving(ROUTES) as operator:
        reader, writer = await asyncio.open_connection("127.0.0.1", operator.port)
        if not idle:
            writer.write(f"GET /page HTTP/1.1\r\nHost: localhost\r\nAuthorization: {BEARER}\r\n\r\n".encode())
        writer.write_eof()
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
    assert said.startswith(b"HTTP/1.1 200 OK\r\n") != idle


async def test_a_mark_before_a_body_means_nothing() -> None:
    async with serving(ROUTES) as operator:
        said = await operator.post("/echo/a/of/b", body=b"\xef\xbb\xbftext")
    assert said.json["body"] == "text"
