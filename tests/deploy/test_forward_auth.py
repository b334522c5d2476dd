"""config/deploy/nginx/forward_auth.conf: a site of its own whose requests nginx asks the gateway about."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from tests.support.desk import Answer, Desk
from tests.support.farm import Farm
from tests.support.fronts import NGINX_FILES, Front, nginx, placed, program
from tests.support.servers import free_port
from tests.support.waiting import until_async

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(program("nginx") is None, reason="nginx is not installed"),
]

NO_MORE: Mapping[str, str] = MappingProxyType({})
NAMED = {"X-Agent-Id": "101"}
STATUS = "/agentgateway/resource/onlineagent/101/agentstatus"


@dataclass
class Guarded:
    """A site behind nginx, and the desk of agent 101 at a gateway; `seen` is what reached the site."""

    front: Front
    desk: Desk
    seen: list[web.BaseRequest] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def ask(
        self, path: str, more: Mapping[str, str] = NO_MORE, *, method: str = "GET", guid: str = "", body: bytes = b""
    ) -> Answer:
        """Asks the site with the desk's GUID and `more` headers."""
        line = await self.front.line()
        try:
            return await line.ask(method, path, {"guid": guid or self.desk.guid, **more}, body)
        finally:
            await line.close()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The site itself."""
        self.bodies.append(await request.read())
        self.seen.append(request)
        return web.Response(text="of the site", status=500 if request.path == "/broken" else 200)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(gateways: Farm, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    port = free_port()
    made = Guarded(Front(port, gateways.trust, folder / "agents_site.log"), gateways.nodes[0].desk(101))
    async with RawTestServer(made.answer) as site:
        text = placed(NGINX_FILES[1], gateways.http_addresses, {"8044": port}, folder, f"127.0.0.1:{site.port}")
        async with nginx(folder, gateways.tls, [text], [port]):
            yield made


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(place: Guarded) -> Guarded:
    """The place, with agent 101 just signed in and nothing seen."""
    await until_async(partial(signs_in, place.desk))
    place.seen.clear()
    place.bodies.clear()
    return place


async def signs_in(desk: Desk) -> bool:
    return (await desk.sign_in(force=True)).retcode == "0"


async def test_with_the_right_guid_the_site_gets_the_request_and_the_agent_but_not_the_guid(guarded: Guarded) -> None:
    answer = await guarded.ask(f"{STATUS}?a=b")
    assert (answer.status, answer.body) == (200, b"of the site")
    [request] = guarded.seen
    assert (request.raw_path, request.headers["X-Agent-Id"], "guid" in request.headers) == (
        f"{STATUS}?a=b",
        "101",
        False,
    )


async def test_the_site_gets_the_path_as_it_was_asked_about(guarded: Guarded) -> None:
    await guarded.ask(f"/{STATUS.replace('/', '//')}")
    assert [request.raw_path for request in guarded.seen] == [f"/{STATUS.replace('/', '//')}"]


async def test_the_body_reaches_the_site(guarded: Guarded) -> None:
    answer = await guarded.ask("/crm/7", NAMED, method="POST", body=b'{"a":1}')
    assert (answer.status, guarded.bodies) == (200, [b'{"a":1}'])


async def test_an_error_of_the_site_is_its_own(guarded: Guarded) -> None:
    answer = await guarded.ask("/broken", NAMED)
    assert (answer.status, answer.body) == (500, b"of the site")


async def test_a_wrong_guid_never_reaches_the_site(guarded: Guarded) -> None:
    answer = await guarded.ask(STATUS, guid="wrong")
    assert (answer.status, answer.headers["X-Retcode"], guarded.seen) == (401, "000-003", [])
    assert answer.json == {
        "message": "no right to call this interface: the guid header is missing, wrong or expired",
        "retcode": "000-003",
    }


async def test_after_the_sign_out_the_site_is_closed(guarded: Guarded) -> None:
    await guarded.desk.call("DELETE", "onlineagent/{id}/logout")
    answer = await guarded.ask(STATUS)
    assert (answer.status, answer.retcode, guarded.seen) == (401, "100-006", [])


@pytest.mark.parametrize("header", ["X-Original-URI", "X-Forwarded-Uri", "X-Agent-Id"])
async def test_what_the_client_says_of_the_target_or_the_agent_opens_nothing(guarded: Guarded, header: str) -> None:
    said = {header: "101" if header == "X-Agent-Id" else STATUS}
    answer = await guarded.ask("/agentgateway/resource/onlineagent/102/agentstatus", said)
    assert (answer.status, guarded.seen) == (401, [])


async def test_a_path_that_nginx_reads_otherwise_opens_nothing(guarded: Guarded) -> None:
    path = "/crm/..%2fagentgateway/resource/onlineagent/102/agentstatus"
    answer = await guarded.ask(path, NAMED)
    assert (answer.status, answer.retcode, guarded.seen) == (401, "000-002", [])
    assert answer.json["message"] == "the request target must be one plain path"


async def test_a_refusal_names_the_kind_of_proof_once(guarded: Guarded) -> None:
    answer = await guarded.ask(STATUS, guid="wrong")
    assert [line for line in answer.lines if line.startswith("WWW-Authenticate")] == [
        'WWW-Authenticate: Guid realm="agents"'
    ]


async def test_the_check_itself_cannot_be_asked_for(guarded: Guarded) -> None:
    assert (await guarded.ask("/_guid", NAMED)).status == 404


async def test_while_the_store_is_away_it_is_503_with_retry_after(guarded: Guarded, gateways: Farm) -> None:
    async with gateways.without_store():
        answer = await guarded.ask(STATUS)
    assert (answer.status, answer.headers["Retry-After"], answer.retcode) == (503, "1", "100-007")
    assert guarded.seen == []
