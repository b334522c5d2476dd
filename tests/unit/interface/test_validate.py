"""Requests against the models of their row: where members are looked for, and how what is wrong is named."""

import pytest

from gateway.contact_centre.operations.agentconf.rows import ProlongBody
from gateway.contact_centre.operations.voicecall.rows import TransferBody
from gateway.interface import validate
from gateway.interface.fields import Body
from gateway.interface.operation import Operation, SignIn
from gateway.interface.sign_in_models import SignInBody
from gateway.wire import retcodes
from gateway.wire.errors import Refused

PROLONG = Operation("prolongTime", "POST", "agentconf/{agentid}/prolongtime", body=ProlongBody)
TRANSFER = Operation("transfer", "POST", "voicecall/{agentid}/transfer", body=TransferBody)
SIGN_IN = SignIn("login", "PUT", "onlineagent/{agentid}", body=SignInBody)
BARE = Operation("hold", "POST", "voicecall/{agentid}/hold")


def refusal(row: Operation, raw: bytes, values: dict[str, str] | None = None) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        validate.body(row, raw, values or {})
    return refused.value.retcode, refused.value.message


@pytest.mark.parametrize("raw", [b"", b" \r\n"])
def test_members_of_a_body_that_was_not_sent_come_from_the_query(raw: bytes) -> None:
    assert validate.body(PROLONG, raw, {"prolongTime": "30"}) == ProlongBody(prolong_time=30)


def test_a_body_that_was_sent_counts_alone() -> None:
    assert refusal(PROLONG, b"{}", {"prolongTime": "30"}) == (
        retcodes.BAD_PARAMETER,
        "prolongTime: is required",
    )


@pytest.mark.parametrize("raw", [rb'"{\"prolongTime\": 30}"', rb'  "  {\"prolongTime\":\"30\"}"'])
def test_an_object_that_was_encoded_twice_is_that_object(raw: bytes) -> None:
    assert validate.body(PROLONG, raw) == ProlongBody(prolong_time=30)


def test_a_row_without_body_takes_any() -> None:
    assert validate.body(BARE, b"not JSON") is None


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[]", b'"text"', b'"{"', rb'"\"{}\""'])
def test_a_malformed_body_is_a_malformed_message(raw: bytes) -> None:
    assert refusal(PROLONG, raw)[0] == retcodes.BAD_MESSAGE


@pytest.mark.parametrize("raw", [b"{", b"{}"])
def test_at_sign_in_every_mistake_has_the_code_of_sign_in(raw: bytes) -> None:
    assert refusal(SIGN_IN, raw)[0] == retcodes.BAD_SIGN_IN


def test_some_members_may_be_read_apart_from_the_others() -> None:
    class Account(Body):
        account: str

    data = validate.read_object(SIGN_IN, b'\xef\xbb\xbf{"account": 7, "password": {}}')
    assert validate.members(SIGN_IN, Account, data) == Account(account="7")
    with pytest.raises(Refused) as refused:
        validate.members(SIGN_IN, Account, {"account": None})
    assert (refused.value.retcode, refused.value.message) == (retcodes.BAD_SIGN_IN, "account: is required")


def test_members_that_do_not_go_together_are_named_without_a_field() -> None:
    body = b'{"devicetype": 3, "address": "1", "mode": 2}'
    assert refusal(TRANSFER, body)[1] == "mode must be one of 0, 1 for devicetype 3"


def test_what_was_sent_is_never_repeated() -> None:
    assert "secret" not in refusal(SIGN_IN, b'{"password": {"secret": 1}, "phonenum": "1"}')[1]
