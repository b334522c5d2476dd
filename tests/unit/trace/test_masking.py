"""What a trace shows of bodies and parameters, and what it never does."""

import json
from typing import Any

import pytest

from gateway.trace.masking import LONGEST, Masks

MASKS = Masks(b"a key")
GUID = "0123abcd-0123-4567-89ab-0123456789ab.AgentGateway0"


def shown(value: Any) -> Any:
    return json.loads(MASKS.body(json.dumps(value).encode()))


@pytest.mark.parametrize(
    "member",
    [
        {"password": "Secret-1"},
        {"newPassword": "Secret-1"},
        {"phonenum": "Secret-1"},
        {"serviceToken": "Secret-1"},
        {"called": "Secret-1"},
        {"chatContent": "Secret-1"},
        {"content": "Secret-1"},
        {"a name of tomorrow": {"deep": ["Secret-1"]}},
        {"Secret-1": 1},
        {"status": "Secret-1 " * 10},
        {"event": {"eventType": "AgentOther_Note", "content": "Secret-1"}},
        {"event": {"content": {"message": "Secret-1", "retcode": "0"}}},
    ],
)
def test_what_is_not_known_to_be_harmless_is_hidden(member: dict[str, Any]) -> None:
    assert "Secret" not in json.dumps(shown(member))


def test_a_phone_number_without_quotes_is_hidden() -> None:
    assert shown({"phonenum": 13911112222}) == {"phonenum": "<number>"}


def test_what_explains_an_answer_is_shown() -> None:
    answer = {
        "message": "success",
        "retcode": "0",
        "event": {"eventType": "AgentEvent_Hold", "content": "1800000001-1"},
    }
    assert shown(answer) == answer


def test_a_guid_is_known_again_and_not_told() -> None:
    first, again, other = (MASKS.guid(each) for each in (GUID, f"JSESSIONID={GUID}", GUID.replace("a", "b")))
    assert first == again != other
    assert not [part for part in GUID.split("-") if part in first]


def test_a_guid_inside_of_a_word_that_is_shown_is_hidden() -> None:
    assert GUID not in MASKS.body(json.dumps({"message": f"no {GUID}", "retcode": "1"}).encode())


def test_a_guid_is_hidden_with_another_key_in_another_way() -> None:
    assert MASKS.guid(GUID) != Masks(b"another").guid(GUID)


def test_what_is_no_json_is_counted() -> None:
    assert MASKS.body(b"Secret-1") == "<8 bytes that are no JSON>"


def test_no_body_is_nothing() -> None:
    assert not MASKS.body(b"")


def test_a_long_body_is_cut() -> None:
    assert len(MASKS.body(json.dumps({"skills": [1000] * 10_000}).encode())) < LONGEST + 10


def test_a_deep_body_ends_somewhere() -> None:
    assert "<deeper>" in MASKS.body(b'{"a":' * 50 + b"1" + b"}" * 50)
