import pytest

from gateway.edge.cors import headers, preflight
from tests.support.requests import made_request

DESK = "https://desk.example.com"
EXPOSED = "Set-GUID, Guid, Retry-After, Allow, Content-Disposition"
ALLOWED = (DESK, "https://other.example.com:8443")


def test_a_listed_origin_may_read_the_answer_and_set_guid() -> None:
    assert headers(DESK, ALLOWED) == {
        "Access-Control-Allow-Origin": DESK,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": EXPOSED,
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
        "Access-Control-Expose-Headers": EXPOSED,
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


def granted(what: str, **asked: str) -> list[str]:
    answer = asks(**{"Origin": DESK, "Access_Control_Request_Method": "PUT", **asked})
    return (answer or {}).get(f"Access-Control-Allow-{what}", "").split(", ")


def test_a_listed_origin_may_send_the_headers_that_it_asks_for() -> None:
    assert granted("Headers", Access_Control_Request_Headers="baggage, Content-Type,guid,,sentry-trace") == [
        "guid",
        "content-type",
        "service_token",
        "baggage",
        "sentry-trace",
    ]


def test_with_a_list_of_headers_it_may_send_those_alone() -> None:
    asked = {"Origin": DESK, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-other"}
    answer = preflight(made_request("OPTIONS", "/", asked), ALLOWED, ("traceparent",))
    assert answer is not None
    assert "Access-Control-Allow-Headers: guid, content-type, service_token, traceparent\r\n" in answer.lines


def test_what_is_no_header_name_is_not_repeated() -> None:
    assert granted("Headers", Access_Control_Request_Headers="a b,\u00fc,<x>,(y)") == [
        "guid",
        "content-type",
        "service_token",
    ]


def test_a_listed_origin_may_use_the_method_that_it_asks_for() -> None:
    assert granted("Methods", Access_Control_Request_Method="PATCH") == ["GET", "POST", "PUT", "DELETE", "PATCH"]


def test_pages_without_an_origin_get_answers_without_credentials_and_guids() -> None:
    assert headers("null", ("null",)) == {
        "Access-Control-Allow-Origin": "null",
        "Access-Control-Expose-Headers": "Retry-After, Allow, Content-Disposition",
        "Vary": "Origin",
    }


def test_pages_without_an_origin_may_send_neither_guids_nor_other_credentials() -> None:
    asked = {
        "Origin": "null",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,cookie,guid,service_token,traceparent",
    }
    answer = preflight(made_request("OPTIONS", "/", asked), ("null",))
    assert answer is not None
    assert "Access-Control-Allow-Headers: content-type, traceparent\r\n" in answer.lines
    assert "Access-Control-Allow-Credentials" not in answer.lines


def test_other_requests_are_no_preflight() -> None:
    assert (
        asks("GET", Origin=DESK, Access_Control_Request_Method="PUT"),
        asks(Origin=DESK),
        asks(Access_Control_Request_Method="PUT"),
    ) == (None, None, None)
