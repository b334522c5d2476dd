"""The 20 cases: what is sent, and which answers are as expected."""

import json

import pytest

from gateway.tokens.calling import TokenAnswer
from gateway.tokens.conformance import CASES, ExpectedAnswer, Sample
from gateway.tokens.messages import read_validate
from gateway.wire.errors import Malformed
from tests.support.tokens import ADA

SAMPLE = Sample("aaaa.bbbb.cccc", ADA.tenant, ADA.user_id, "Ada \U0001f600 é", "xxxx.yyyy.zzzz")


def test_there_are_20_cases_with_names_of_their_own() -> None:
    assert [case.number for case in CASES] == list(range(1, 21))
    assert len({case.name for case in CASES}) == 20


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.expected in {ExpectedAnswer.ACCEPTED, ExpectedAnswer.FORM}]
)
def test_what_must_be_accepted_says_the_same_in_other_words(case: object) -> None:
    assert isinstance(case, type(CASES[0]))
    asked = read_validate(case.body(SAMPLE))
    assert (asked.token, asked.user.user_id, asked.user.user_name) == (SAMPLE.token, SAMPLE.user_id, SAMPLE.user_name)


def test_what_must_be_refused_differs_from_the_valid_request() -> None:
    right = read_validate(CASES[0].body(SAMPLE))
    assert all(read_validate(case.body(SAMPLE)) != right for case in CASES if case.expected is ExpectedAnswer.REFUSED)


def test_what_is_malformed_is_refused_by_our_parser() -> None:
    for case in CASES[:-1]:
        if case.expected is ExpectedAnswer.NOT_ACCEPTED:
            with pytest.raises(Malformed):
                read_validate(case.body(SAMPLE))


def test_the_last_body_has_1_mib() -> None:
    assert len(CASES[-1].body(SAMPLE)) > 1_048_576


@pytest.mark.parametrize(
    ("status", "kind", "body", "met"),
    [
        (
            200,
            "application/json",
            {"retCode": 0, "message": "validate success"},
            {ExpectedAnswer.ACCEPTED, ExpectedAnswer.FORM},
        ),
        (200, "text/html", {"retCode": 0, "message": "validate success"}, {ExpectedAnswer.ACCEPTED}),
        (200, "application/json", {"retCode": "0", "message": "m"}, {ExpectedAnswer.ACCEPTED}),
        (200, "application/json", {"retCode": 0}, {ExpectedAnswer.ACCEPTED}),
        (200, "application/json", {"retCode": False, "message": "m"}, set()),
        (500, "application/json", {"retCode": 0, "message": "m"}, set()),
        (
            200,
            "application/json",
            {"retCode": 7, "message": "m"},
            {ExpectedAnswer.FORM, ExpectedAnswer.REFUSED, ExpectedAnswer.NOT_ACCEPTED},
        ),
        (200, "application/json", {"retCode": 7}, set()),
        (200, "application/json", {"retCode": "7", "message": "m"}, set()),
        (200, "application/json", {"retCode": True, "message": "m"}, set()),
        (400, "application/json", {"retCode": 7, "message": "m"}, {ExpectedAnswer.NOT_ACCEPTED}),
        (503, "application/json", {"retCode": 7, "message": "m"}, set()),
        (200, "application/json", [], set()),
    ],
)
def test_an_answer_meets_what_is_expected(status: int, kind: str, body: object, met: set[ExpectedAnswer]) -> None:
    answer = TokenAnswer(status, kind, json.dumps(body).encode())
    assert {expected for expected in ExpectedAnswer if expected.met(answer)} == met
