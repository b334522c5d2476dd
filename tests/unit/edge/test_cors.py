import pytest

from gateway.edge.cors import headers, preflight
from tests.support.requests import made_request

DESK = "https://desk.example.com"
ALLOWED = (DESK, "https://other.example.com:8443")


def test_a_listed_origin_may_read_the_answer_and_set_guid() -> None:
    assert headers(DESK, ALLOWED) == {
        "Access-Control-Allow-Origin": DESK,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "Set-GUID, Guid",
        "Vary": "Origin",
    }


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.example.com",
        "http://desk.example.com",
        f"{DESK}.evil.com",
        f"{DESK}:444",
        "https://other.example.com",
    ],
)
def test_another_origin_gets_no_header(origin: str | None) -> None:
    assert headers(origin, ALLOWED) == {}


def test_a_star_in_the_list_allows_nobody() -> None:
    assert (headers(DESK, ("*",)), headers("*", ("*",))) == ({}, {})


def asks(method: str = "OPTIONS", **values: str) -> dict[str, str] | None:
    request = made_request(method, "/", {name.replace("_", "-"): text for name, text in values.items()})
    answer = preflight(request, ALLOWED)
    if answer is None:
        return None
    return {"status": str(answer.status), **dict(line.split(": ", 1) for line in answer.lines.splitlines())}


def test_a_preflight_of_a_listed_origin_is_granted() -> None:
    assert asks(Origin=DESK, Access_Control_Request_Method="PUT") == {
        "status": "204",
        "Cache-Control": "no-store",
        "Server": "AgentGateway",
        "Access-Control-Allow-Origin": DESK,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "Set-GUID, Guid",
        "Vary": "Origin",
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": "guid, content-type, service_token",
        "Access-Control-Max-Age": "600",
    }


def test_a_preflight_of_another_origin_is_answered_without_leave() -> None:
    assert asks(Origin="https://evil.example.com", Access_Control_Request_Method="PUT") == {
        "status": "204",
        "Cache-Control": "no-store",
        "Server": "AgentGateway",
    }


def test_other_requests_are_no_preflight() -> None:
    assert (
        asks("GET", Origin=DESK, Access_Control_Request_Method="PUT"),
        asks(Origin=DESK),
        asks(Access_Control_Request_Method="PUT"),
    ) == (None, None, None)
