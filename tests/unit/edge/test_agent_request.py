"""A request on its way: what of it reaches the contact centre, and what reports may show."""

import pytest

from gateway.edge.agent_request import CLIENT_LENGTH, AgentRequest, understood
from gateway.interface.operation import Operation
from gateway.rows import ALL_OPERATIONS
from gateway.settings.schema import Settings
from tests.support.requests import made_request

PATH = "/agentgateway/resource/onlineagent/101/agentstatus"
ROW: Operation = next(row for row in ALL_OPERATIONS if row.name == "getAgentStatus")


def made(
    target: str = PATH, headers: dict[str, str] | None = None, path: str = PATH, **settings: str
) -> AgentRequest[Operation]:
    request = made_request("GET", target, headers or {}, remote="10.0.0.9")
    return AgentRequest(request, ROW, 101, "", path, {}, b"", lambda: Settings.model_validate(settings))


@pytest.mark.parametrize(
    ("target", "path", "passed_on"),
    [
        (PATH, PATH, PATH),
        (f"/{PATH}/", f"{PATH}/", PATH),
        (f"{PATH}?a=1&b=%2F", PATH, f"{PATH}?a=1&b=%2F"),
        (f"{PATH}?", PATH, PATH),
        (f"{PATH}?a=1#part", PATH, f"{PATH}?a=1"),
        (f"http://elsewhere.example{PATH}?a=1", PATH, f"{PATH}?a=1"),
    ],
)
def test_the_centre_gets_the_target_as_it_was_understood(target: str, path: str, passed_on: str) -> None:
    assert made(target, path=path).message.target == passed_on


def test_the_centre_gets_method_body_and_kind_and_no_other_header() -> None:
    message = made(headers={"Content-Type": "text/plain", "guid": "s3cret"}).message_with(b"{}", forwarded=True)
    assert (message.method, message.body, message.content_type, message.forwarded) == ("GET", b"{}", "text/plain", True)
    assert "s3cret" not in repr(message)


def test_where_it_came_from_is_said_by_a_proxy_that_is_trusted_alone() -> None:
    headers = {"X-Forwarded-For": "192.0.2.7"}
    assert made(headers=headers).message.address() == "10.0.0.9"
    assert made(headers=headers, TRUSTED_PROXIES="10.0.0.0/8").message.address() == "192.0.2.7"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [("Desk/1.0", "Desk/1.0"), ("Dësk\x1b[31m", "D?sk?[31m"), ("x" * 500, "x" * CLIENT_LENGTH), (None, "")],
)
def test_what_a_client_says_of_itself_is_shown_in_plain_letters(agent: str | None, shown: str) -> None:
    assert made(headers={} if agent is None else {"User-Agent": agent}).client == shown


@pytest.mark.parametrize(
    ("raw", "passed_on"),
    [
        (b' { "a" : 1 } ', b'{"a":1}'),
        (b'{"a":1,"a":2}', b'{"a":2}'),
        (b'\xef\xbb\xbf{"a":"\xc3\xa4"}', b'{"a":"\xc3\xa4"}'),
        (b"no json", b"no json"),
        (b"\xef\xbb\xbfno json", b"no json"),
    ],
)
def test_json_is_encoded_anew_so_that_whoever_reads_it_next_reads_the_same(raw: bytes, passed_on: bytes) -> None:
    assert understood(raw) == passed_on
