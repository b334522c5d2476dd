"""What is asked, as bytes of anybody."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.tokens.messages import IssueRequest, User, ValidateRequest, check_user, read_issue, read_validate
from gateway.wire.errors import Malformed
from tests.support.tokens import ADA, body

RIGHT = body("t.o.k")
# The tables of Unicode are built at the first draw, which may take longer than hypothesis allows for a draw.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)
FIELDS = ["Token", "userName", "userId", "tenantSpaceId"]
SAMPLE_WITHOUT_COMMA = b"""{
"Token": "xxxxxxx",
"userName": "test"
"userId": "test",
"tenantSpaceId": "202012294604"
}"""


def refusal(raw: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        read_validate(raw)
    return caught.value.message


def test_the_four_members_are_read() -> None:
    assert read_validate(json.dumps(RIGHT).encode()) == ValidateRequest("t.o.k", ADA)


def test_members_that_are_not_in_the_interface_are_ignored() -> None:
    more = RIGHT | {"locale": "en", "more": [{"Token": 1}, {"userId": 2}], "token": None}
    assert read_validate(json.dumps(more).encode()).user == ADA


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_validate(b"\xef\xbb\xbf" + json.dumps(RIGHT).encode()).user == ADA


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_member_is_named(field: str) -> None:
    others = {name: value for name, value in RIGHT.items() if name != field}
    assert refusal(json.dumps(others).encode()) == f"{field}: is missing"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["a"]])
def test_a_member_of_another_type_is_named(field: str, value: object) -> None:
    assert refusal(json.dumps(RIGHT | {field: value}).encode()) == f"{field}: must be a string"


@pytest.mark.parametrize(
    ("field", "most"), [("Token", 1024), ("userName", 256), ("userId", 256), ("tenantSpaceId", 64)]
)
def test_lengths_are_bounded(field: str, most: int) -> None:
    read_validate(json.dumps(RIGHT | {field: "x" * most}).encode())
    for wrong in ("", "x" * (most + 1)):
        assert refusal(json.dumps(RIGHT | {field: wrong}).encode()) == f"{field}: must have 1 to {most} characters"


def test_a_repeated_member_is_refused() -> None:
    assert refusal(b'{"Token":"a","Token":"b"}') == "Token: is given more than once"


def test_half_a_character_is_refused() -> None:
    assert refusal(json.dumps(RIGHT | {"userName": "\ud800"}).encode()) == "userName: is not valid Unicode"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"Token=a",
        b"\xff",
        json.dumps(RIGHT).encode("utf-16"),
        b'{"Token":NaN}',
        b"[" * 100_000,
        SAMPLE_WITHOUT_COMMA,
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "body: not valid JSON in UTF-8"


def test_the_sample_of_the_specification_is_read_once_its_comma_is_there() -> None:
    sample = SAMPLE_WITHOUT_COMMA.replace(b'"test"\n', b'"test",\n')
    assert read_validate(sample).user == User("202012294604", "test", "test")


@pytest.mark.parametrize("raw", [b"[]", b'"a"', b"1", b"null"])
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "body: must be a JSON object"


def test_the_tenant_may_be_left_to_the_api_key() -> None:
    assert read_issue(b'{"userId":"u","userName":"n"}') == IssueRequest("", "u", "n")
    with pytest.raises(Malformed, match="tenantSpaceId: must be a string"):
        read_issue(b'{"userId":"u","userName":"n","tenantSpaceId":null}')


@pytest.mark.parametrize("user", [User("", "u", "n"), User("t", "", "n"), User("t", "u", "n" * 257)])
def test_a_user_for_whom_no_request_could_be_made_is_refused(user: User) -> None:
    with pytest.raises(Malformed):
        check_user(user)


@patient
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _read_or_refused(raw)


def _json_values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
        max_leaves=8,
    )


@patient
@given(st.dictionaries(st.sampled_from([*FIELDS, "token", "locale"]), _json_values()))
def test_any_object_is_read_or_refused(fields: dict[str, Any]) -> None:
    _read_or_refused(json.dumps(fields).encode())


@patient
@given(*(st.text(min_size=1, max_size=64) for _ in FIELDS))
def test_any_text_comes_through_unchanged(token: str, name: str, user_id: str, tenant: str) -> None:
    raw = json.dumps({"Token": token, "userName": name, "userId": user_id, "tenantSpaceId": tenant}).encode()
    assert read_validate(raw) == ValidateRequest(token, User(tenant, user_id, name))


def _read_or_refused(raw: bytes) -> None:
    """Any other exception would be a fault of ours."""
    try:
        asked = read_validate(raw)
    except Malformed:
        return
    assert all((asked.token, asked.user.tenant, asked.user.user_id, asked.user.user_name))
