"""What is read from the answers of the service behind."""

import pytest

from gateway.backend import EndReason
from gateway.upstream.service_answers import (
    ServiceAnswer,
    merge_cookies,
    names_another,
    read_cookies,
    read_envelope,
    read_guid,
    read_result,
)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"message":"success","retcode":"0","result":{}}', ("0", "success")),
        (b'{"retcode":"100-006","message":"agent not login","result":""}', ("100-006", "agent not login")),
        (b'{"retcode":0,"msg":"ok"}', ("0", "ok")),
        (b'{"retcode":"0","message":null}', ("0", "")),
    ],
)
def test_an_envelope_gives_retcode_and_message(body: bytes, read: tuple[str, str]) -> None:
    assert read_envelope(body) == read


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"retcode":null}', b'{"retcode":true}', b"\xff", b"[" * 9000]
)
def test_anything_else_is_no_envelope(body: bytes) -> None:
    assert read_envelope(body) is None


@pytest.mark.parametrize(
    ("header", "guid"),
    [
        ("JSESSIONID=1f-2.AgentGateway0", "1f-2.AgentGateway0"),
        ("JSESSIONID=a=b", "a=b"),
        ("1f-2.AgentGateway0", "1f-2.AgentGateway0"),
        ("", ""),
        ("JSESSIONID=", ""),
        ("JSESSIONID=a b", ""),
        ("JSESSIONID=a\r\nx: y", ""),
        ("JSESSIONID=" + "a" * 257, ""),
    ],
)
def test_the_guid_is_what_follows_the_first_equals_sign(header: str, guid: str) -> None:
    assert read_guid(header) == guid


def test_cookies_go_back_as_names_and_values() -> None:
    assert read_cookies(["route=a1; Path=/; Secure", "x=y", "rubbish", "bad=a b"]) == "route=a1; x=y"


def test_a_cookie_given_again_replaces_the_former() -> None:
    assert merge_cookies("route=a1; x=y", "route=b2") == "route=b2; x=y"


def test_the_agent_id_is_in_the_result() -> None:
    assert read_result(b'{"retcode":"0","result":{"workno":"101"}}', "workno") == "101"


@pytest.mark.parametrize("body", [b'{"retcode":"0"}', b'{"retcode":"0","result":""}', b'{"retcode":"0","result":{}}'])
def test_a_result_may_lack_it(body: bytes) -> None:
    assert read_result(body, "workno") is None


@pytest.mark.parametrize("retcode", ["000-003", "100-006", "100-008", "105-006"])
def test_some_codes_say_that_the_session_is_over(retcode: str) -> None:
    assert ServiceAnswer(retcode, "", b"").over


@pytest.mark.parametrize("retcode", ["0", "100-007", "100-009", "000-004", "105-002"])
def test_others_do_not(retcode: str) -> None:
    assert not ServiceAnswer(retcode, "", b"").over


def test_a_reason_in_words_of_ours_is_that_reason() -> None:
    assert ServiceAnswer("100-006", EndReason.TAKEN_OVER.value, b"").reason is EndReason.TAKEN_OVER


def test_any_other_reason_is_the_service_itself() -> None:
    assert ServiceAnswer("100-006", "agent not login", b"").reason is EndReason.UPSTREAM


@pytest.mark.parametrize(
    ("said", "another"),
    [
        ({"event": {"workNo": "101"}}, False),
        ({"event": {"workNo": "102"}}, True),
        ({"event": {"workNo": 102}}, True),
        ({"event": {"workNo": "0101"}}, False),
        ({"event": {"workNo": "ada"}}, False),
        ({"event": {"workNo": None}}, False),
        ({"event": {}}, False),
        ({"event": None}, False),
        ({"event": [{"workNo": "101"}, {"workNo": "102"}]}, True),
        ({"event": [{"workNo": "101"}, None]}, False),
        ({"event": {"workNo": "101", "content": {"otherPhoneWorkno": "102", "workNo": "102"}}}, False),
        ({"result": {"workno": "101"}}, False),
        ({"result": {"workno": "102"}}, True),
        ({"result": ""}, False),
        ({}, False),
    ],
)
def test_an_answer_that_names_another_agent_is_for_that_one(said: dict[str, object], another: bool) -> None:
    assert names_another(said, 101) is another
