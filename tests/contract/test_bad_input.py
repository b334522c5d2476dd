"""Bad input on the wire: a clear answer that names the field, nothing changed, nothing repeated.

See docs/protocol.md, Requests.
"""

import logging
from collections.abc import AsyncIterator

import pytest

from tests.support.desk import PREFIX, Answer, Line, ask_once
from tests.support.gateway import PASSWORD, Gateway, running_gateway

SECRETIVE = "hunter2-Secret"
JSON = "application/json;charset=UTF-8"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}) as made:
        yield made


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b'"text"', "body"),
        (b'{"password":"\xff"}', "body"),
        (b"", "password"),
        (b"{}", "password"),
        (b'{"phonenum":"6001"}', "password"),
        (b'{"password":"x"}', "phonenum"),
        (b'{"password":"%b","phonenum":"6001"}' % (b"x" * 33), "password"),
        (b'{"password":{"a":1},"phonenum":"6001"}', "password"),
        (b'{"password":"x","phonenum":"%b"}' % (b"6" * 25), "phonenum"),
        (b'{"password":"x","phonenum":"6001","status":"6"}', "status"),
        (b'{"password":"x","phonenum":"6001","status":"idle"}', "status"),
        (b'{"password":"x","phonenum":"6001","agenttype":5}', "agenttype"),
        (b'{"password":"x","phonenum":"6001","autoanswer":"maybe"}', "autoanswer"),
        (b'{"password":"x","phonenum":"6001","serviceToken":"a;b"}', "serviceToken"),
        (b'{"password":"x","phonenum":"6001","callBackUri":"%b"}' % (b"h" * 201), "callBackUri"),
    ],
)
async def test_a_wrong_sign_in_body_is_100_001_and_names_the_field(gateway: Gateway, body: bytes, names: str) -> None:
    answer = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101", {}, body)
    assert (answer.status, answer.retcode) == (200, "100-001")
    assert answer.json["message"].startswith(names)


@pytest.mark.parametrize("action", ["", "/forcelogin", "/loginex"])
@pytest.mark.parametrize("address", ["::1", "2001:db8::10:20:30", "999.1.1.1"])
async def test_an_invalid_address_at_sign_in_is_100_016(gateway: Gateway, action: str, address: str) -> None:
    body = b'{"password":"x","phonenum":"6001","ip":"%b"}' % address.encode()
    answer = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101{action}", {}, body)
    assert (answer.status, answer.retcode) == (200, "100-016")
    assert answer.json["message"].startswith("ip: ")


@pytest.mark.parametrize("agent_id", ["0", "0101", "1000000", "x", "-1", "1.5", "%31%30%32x", "٣"])
async def test_an_agent_id_out_of_range_is_named(gateway: Gateway, agent_id: str) -> None:
    target = agent_id.encode().decode("latin-1")
    call = await ask_once(gateway.port, "GET", f"{PREFIX}/onlineagent/{target}/agentstatus")
    assert (call.status, call.retcode) in {(200, "000-002"), (400, "000-006")}
    sign_in = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/{target}", {}, b"{}")
    assert (sign_in.status, sign_in.retcode) in {(200, "100-001"), (400, "000-006")}


async def test_no_session_is_100_006_and_a_wrong_guid_000_003(gateway: Gateway) -> None:
    desk = gateway.desk(101)
    assert (await desk.status()).retcode == "100-006"
    await desk.sign_in()
    for wrong in ("", "x", desk.guid[:-1], desk.guid + "0", desk.guid.upper(), "x" * 65, "ä"):
        answer = await ask_once(gateway.port, "GET", f"{PREFIX}/onlineagent/101/agentstatus", {"guid": wrong})
        assert (answer.status, answer.retcode) == (200, "000-003")
    no_header = await ask_once(gateway.port, "GET", f"{PREFIX}/onlineagent/101/agentstatus")
    assert no_header.retcode == "000-003"


@pytest.mark.parametrize("name", ["guid", "Guid", "GUID", "gUiD"])
async def test_the_guid_header_is_read_in_any_case(gateway: Gateway, name: str) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    answer = await ask_once(gateway.port, "GET", f"{PREFIX}/onlineagent/101/agentstatus", {name: desk.guid})
    assert answer.retcode == "0"


@pytest.mark.parametrize(
    "headers",
    ["guid: {0}\r\nGuid: {0}", "GUID: {0}, {0}", "guid: {0},{0}", "guid: {0} ,\t{0}", "guid: {0}\r\nguid: {0},{0}"],
)
async def test_a_guid_sent_more_than_once_counts_as_once(gateway: Gateway, headers: str) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    assert (await _status_with(gateway, headers.format(desk.guid))).retcode == "0"


@pytest.mark.parametrize(
    "headers", ["guid: {0}\r\nGuid: {1}", "guid: {0}, {1}", "guid: {0}\r\nguid: x", "guid: {0},{0}0"]
)
async def test_two_guids_in_one_request_are_malformed(gateway: Gateway, headers: str) -> None:
    one, other = gateway.desk(101), gateway.desk(102)
    await one.sign_in()
    await other.sign_in()
    answer = await _status_with(gateway, headers.format(one.guid, other.guid))
    assert (answer.status, answer.retcode) == (400, "000-006")


async def _status_with(gateway: Gateway, headers: str) -> Answer:
    """Asks for the state of agent 101 with these header lines."""
    line = await Line.open(gateway.port)
    answer = await line.raw(
        f"GET {PREFIX}/onlineagent/101/agentstatus HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode()
    )
    await line.close()
    return answer


@pytest.mark.parametrize("wrong", ["x" * 65, "x" * 7000, ",".join(["x" * 65] * 2), "\u00e4"])
async def test_a_guid_too_long_or_not_ascii_is_an_ordinary_wrong_one(gateway: Gateway, wrong: str) -> None:
    assert (await _status_with(gateway, f"guid: {wrong}")).retcode == "100-006"
    await gateway.desk(101).sign_in()
    answer = await _status_with(gateway, f"guid: {wrong}")
    assert (answer.status, answer.retcode) == (200, "000-003")


async def test_two_guid_headers_are_malformed_at_sign_in_too(gateway: Gateway) -> None:
    line = await Line.open(gateway.port)
    two = "guid: a\r\nGUID: b\r\nContent-Length: 2\r\n"
    answer = await line.raw(f"PUT {PREFIX}/onlineagent/101 HTTP/1.1\r\nHost: x\r\n{two}\r\n{{}}".encode())
    await line.close()
    assert (answer.status, answer.retcode) == (400, "000-006")


async def test_another_agents_guid_is_worth_nothing(gateway: Gateway) -> None:
    one, other = gateway.desk(101), gateway.desk(102)
    await one.sign_in()
    await other.sign_in()
    assert (await one.status(guid=other.guid)).retcode == "000-003"


async def test_a_body_of_1_mib_is_413(gateway: Gateway) -> None:
    answer = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101", {}, b"x" * 1_048_576)
    assert (answer.status, answer.retcode) == (413, "000-006")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/agentgateway/resource/onlineagent/101/nothing", 404),
        ("GET", "/agentgateway/resource", 404),
        ("GET", "/", 404),
        ("GET", "/favicon.ico", 404),
        ("PATCH", "/agentgateway/resource/onlineagent/101", 405),
        ("GET", "/agentgateway/resource/onlineagent/101/saybusy", 405),
    ],
)
async def test_an_unknown_address_or_method_is_000_002(gateway: Gateway, method: str, path: str, status: int) -> None:
    answer = await ask_once(gateway.port, method, path)
    assert (answer.status, answer.retcode) == (status, "000-002")


async def test_405_names_the_methods_that_are_allowed(gateway: Gateway) -> None:
    answer = await ask_once(gateway.port, "GET", f"{PREFIX}/onlineagent/101/saybusy")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path",
    [
        "//agentgateway//resource/onlineagent//101/agentstatus",
        "/agentgateway/resource/onlineagent/101/agentstatus?x=1&x=2",
        "http://gateway:8000/agentgateway/resource/onlineagent/101/agentstatus?x=1",
        "https://gateway//agentgateway/resource/onlineagent/101/agentstatus",
        "/agentgateway/resource/onlineagent/101/agentstatus#part",
    ],
)
async def test_doubled_slashes_unknown_query_parameters_and_an_absolute_target_do_not_matter(
    gateway: Gateway, path: str
) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    assert (await ask_once(gateway.port, "GET", path, {"guid": desk.guid})).retcode == "0"


@pytest.mark.parametrize("path", ["//gateway/live", "/gateway//live", "http://gateway/gateway/live?x=1"])
async def test_the_other_paths_are_read_alike(gateway: Gateway, path: str) -> None:
    assert (await ask_once(gateway.port, "GET", path)).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json;charset=UTF-8"},
        {"Content-Encoding": "UTF-8"},
        {},
    ],
)
async def test_how_a_client_labels_its_json_does_not_matter(gateway: Gateway, headers: dict[str, str]) -> None:
    body = b'{"password":"%b","phonenum":6001,"status":"4","autoanswer":"true"}' % PASSWORD.encode()
    answer = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101", headers, body)
    assert answer.retcode == "0"


async def test_a_byte_order_mark_before_the_json_means_nothing(gateway: Gateway) -> None:
    body = b'\xef\xbb\xbf{"password":"%b","phonenum":"6001"}' % PASSWORD.encode()
    answer = await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101", {}, body)
    assert answer.retcode == "0"


@pytest.mark.parametrize(
    "junk",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nguid: a\x01b\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
    ],
)
async def test_what_is_not_http_gets_our_fixed_body(gateway: Gateway, junk: bytes) -> None:
    line = await Line.open(gateway.port)
    answer = await line.raw(junk)
    await line.close()
    assert (answer.status, answer.retcode, answer.headers["Content-Type"]) == (400, "000-006", JSON)


async def test_nothing_secret_is_answered_or_logged(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = gateway.desk(101)
    await desk.sign_in()
    bad = b'{"password":{"%b":1},"phonenum":["%b"]}' % (SECRETIVE.encode(), SECRETIVE.encode())
    answers = [
        await ask_once(gateway.port, "PUT", f"{PREFIX}/onlineagent/101?pw={SECRETIVE}", {}, bad),
        await desk.call("POST", "onlineagent/{id}/saybusy?reason=" + SECRETIVE),
        await desk.call("POST", "onlineagent/{id}/modifyaccountpwdex", {"oldPassword": SECRETIVE, "newPassword": "x"}),
        await desk.call("GET", f"onlineagent/{{id}}/{SECRETIVE}"),
    ]
    assert not any(SECRETIVE.encode() in answer.body for answer in answers)
    logged = caplog.text
    assert SECRETIVE not in logged
    assert PASSWORD not in logged
    assert desk.guid.partition(".")[0] not in logged
