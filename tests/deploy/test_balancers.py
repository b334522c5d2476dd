"""What agents meet behind the balancers that config/deploy ships: the same wire as without them."""

import asyncio

import pytest

from tests.support.desk import PREFIX
from tests.support.farm import NAMES as NODES
from tests.support.farm import Farm
from tests.support.fronts import NAMES, READY_S, Front, FrontDesk, Fronts, need, quiet, signed_in
from tests.support.waiting import until, until_async

pytestmark = pytest.mark.asyncio(loop_scope="session")

EMPTY = b'{"message":"","retcode":"0"}'
HOLD_S = 10


@pytest.fixture(params=NAMES)
def front(request: pytest.FixtureRequest, fronts: Fronts) -> Front:
    return need(fronts, request.param)


async def test_the_guid_is_handed_out_under_these_very_header_names(front: Front) -> None:
    lines = (await front.desk(101).sign_in(force=True)).lines
    [set_guid] = [line for line in lines if line.startswith("Set-GUID: JSESSIONID=")]
    assert f"Guid: {set_guid.partition('=')[2]}" in lines


async def test_every_node_is_used_and_any_node_serves_any_agent(front: Front) -> None:
    desks: list[FrontDesk] = []

    async def everywhere() -> bool:
        desks.append(await signed_in(front, 101 + len(desks) % 6))
        return {desk.guid.partition(".")[2] for desk in desks} == set(NODES)

    await until_async(everywhere, READY_S)
    last = {desk.agent_id: desk for desk in desks}.values()
    assert {(await desk.status()).retcode for desk in last for _ in range(3)} == {"0"}


async def test_guids_change_from_one_to_the_next_while_nodes_change(front: Front) -> None:
    desk = await signed_in(front)
    guids = [desk.guid]
    while len(guids) < 4:
        answer = await desk.poll()
        assert answer.retcode == "0"
        guids += [answer.set_guid] if answer.set_guid else []
    assert len(set(guids)) == 4
    assert (await desk.status()).retcode == "0"


async def test_a_poll_is_held_to_its_end(fronts: Fronts) -> None:
    clock = asyncio.get_running_loop().time
    desks = [await signed_in(front, 116 + number) for number, front in enumerate(fronts.values())]
    if not desks:
        pytest.skip("neither nginx nor haproxy is installed")
    await asyncio.gather(*map(quiet, desks))

    async def held(desk: FrontDesk) -> tuple[bytes, bool]:
        began = clock()
        body = (await desk.poll()).body
        return body, clock() - began >= HOLD_S - 0.1

    assert await asyncio.gather(*map(held, desks)) == [(EMPTY, True)] * len(desks)


async def test_a_wrong_guid_is_refused_as_without_them(front: Front) -> None:
    desk = await signed_in(front)
    answer = await desk.status(guid="wrong")
    assert (answer.status, answer.retcode) == (200, "000-003")


async def test_two_guid_headers_arrive_as_two(front: Front) -> None:
    desk = await signed_in(front)
    head = f"GET {PREFIX}/onlineagent/101/agentstatus HTTP/1.1\r\nHost: g\r\n"
    answer = await front.raw(f"{head}guid: {desk.guid}\r\nguid: other\r\n\r\n".encode())
    assert (answer.status, answer.json["message"]) == (400, "guid: send one value")


async def test_a_guid_header_sent_twice_arrives_as_one(front: Front) -> None:
    desk = await signed_in(front)
    head = f"GET {PREFIX}/onlineagent/101/agentstatus HTTP/1.1\r\nHost: g\r\n"
    answer = await front.raw((head + f"guid: {desk.guid}\r\n" * 2 + "\r\n").encode())
    assert answer.retcode == "0"


@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 413)])
async def test_bodies_have_the_limit_of_body_max_bytes(front: Front, size: int, status: int) -> None:
    head = f"PUT {PREFIX}/onlineagent/101/forcelogin HTTP/1.1\r\nHost: g\r\nContent-Length: {size}\r\n\r\n"
    answer = await front.raw(head.encode() + b" " * size)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json;charset=UTF-8")
    assert (
        answer.body.startswith(b'{"message":"')
        if status == 200
        else answer.json
        == {
            "message": "body: more than 65536 bytes",
            "retcode": "000-006",
        }
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "onlineagent/101/agentstatus"),
        ("PUT", "onlineagent/101/heartbeat"),
        ("POST", "onlineagent/101/handshake"),
        ("DELETE", "onlineagent/101/logout"),
    ],
)
async def test_doubled_slashes_are_one_whatever_the_method(front: Front, method: str, path: str) -> None:
    desk = await signed_in(front)
    line = await front.line()
    answer = await line.ask(method, f"/{PREFIX}//{path.replace('/', '//')}", {"guid": desk.guid})
    await line.close()
    assert (answer.status, answer.retcode) == (200, "0")


async def test_a_body_goes_with_delete(front: Front) -> None:
    desk = await signed_in(front)
    assert (await desk.call("DELETE", "onlineagent/{id}/logout", {"any": "thing"})).retcode == "0"


async def test_the_header_service_token_arrives(front: Front) -> None:
    """Told by its refusal, because this one is not allowed."""
    desk = await signed_in(front)
    line = await front.line()
    headers = {"guid": desk.guid, "service_token": "not allowed"}
    answer = await line.ask("POST", f"{PREFIX}/onlineagent/101/handshake", headers)
    await line.close()
    assert answer.retcode == "100-001"


@pytest.mark.parametrize("name", ["agentgateway.conf", "haproxy.cfg"])
@pytest.mark.parametrize("path", ["/gateway/auth", "//gateway/ready", "/gateway"])
async def test_what_is_for_machines_inside_is_not_reachable(fronts: Fronts, name: str, path: str) -> None:
    answer = await need(fronts, name).raw(f"GET {path} HTTP/1.1\r\nHost: g\r\n\r\n".encode())
    assert (answer.status, answer.retcode) == (404, "000-002")


@pytest.mark.parametrize("name", ["agentgateway.conf", "haproxy.cfg"])
async def test_nodes_know_the_address_of_the_agent_whatever_it_says_itself(
    fronts: Fronts, gateways: Farm, name: str
) -> None:
    source = f"127.0.0.{2 + NAMES.index(name)}"
    body = b'{"password":"Wrong-Desk77","phonenum":"6001"}'
    head = f"PUT {PREFIX}/onlineagent/{114 - NAMES.index(name)} HTTP/1.1\r\nHost: g\r\n"
    spoofed = f"X-Forwarded-For: 203.0.113.9\r\nContent-Length: {len(body)}\r\n\r\n"

    trail = gateways.site.folder / "var" / "audit.jsonl"

    async def locked() -> bool:
        await need(fronts, name).raw((head + spoofed).encode() + body, source)
        return f'"address":"{source}"' in trail.read_text("utf-8")

    await until_async(locked, READY_S)
    assert "203.0.113.9" not in trail.read_text("utf-8")


@pytest.mark.parametrize("name", ["agentgateway.conf", "haproxy.cfg"])
async def test_the_log_tells_the_path_without_its_query(fronts: Fronts, name: str) -> None:
    front = need(fronts, name)
    desk = await signed_in(front)
    await desk.call("GET", "onlineagent/{id}/agentstatus?password=Hidden77")
    await until(lambda: "/101/agentstatus" in front.log.read_text("utf-8"))
    assert "Hidden77" not in front.log.read_text("utf-8")
