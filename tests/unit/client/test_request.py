"""How a request of an operation is written."""

import pytest

from gateway.client.request import Request


@pytest.mark.parametrize(
    ("path", "values", "target"),
    [
        ("agentevent/{agentid}", {"agentid": 101}, "agentevent/101"),
        ("a/{x}/b", {"x": "1/2 ?ü"}, "a/1%2F2%20%3F%C3%BC/b"),
        ("a/{x}", {"x": True, "y": False}, "a/true?y=false"),
        ("a", {"x": [102, 103], "y": None, "z": "1 + 1"}, "a?x=102%3B103&z=1%20%2B%201"),
    ],
)
def test_values_go_into_the_path_and_the_rest_into_the_query(path: str, values: dict[str, object], target: str) -> None:
    assert Request("name", "GET", path, values).target() == f"/agentgateway/resource/{target}"


def test_members_that_are_none_are_left_out() -> None:
    body = {"a": None, "b": "ü", "c": (1, 2), "d": False}
    assert Request("name", "PUT", "a", body=body).data() == '{"b": "ü", "c": [1, 2], "d": false}'.encode()


def test_a_request_shows_none_of_its_values() -> None:
    made = Request("name", "PUT", "a/{x}", {"x": "secret"}, {"password": "secret"}, headers={"guid": "secret"})
    assert "secret" not in repr(made)
