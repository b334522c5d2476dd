"""Findings as people and machines read them."""

import json

import pytest

from gateway.doctor.finding import DoctorFinding, Level, as_json, as_lines, exit_code

FINE = DoctorFinding("store role", Level.OK, "primary")
DOUBTFUL = DoctorFinding("keys", Level.WARN, "old", "take it out")
WRONG = DoctorFinding("store disk", Level.FAIL, "full", "more of it", "10.0.0.1:6379")


def test_a_line_a_finding_in_columns_and_a_count() -> None:
    assert as_lines([FINE, DOUBTFUL, WRONG]).splitlines() == [
        "ok    store role  primary",
        "warn  keys        old -> take it out",
        "FAIL  store disk  10.0.0.1:6379: full -> more of it",
        "1 ok, 1 warn, 1 FAIL",
    ]


def test_a_finding_that_names_its_place_names_it_once() -> None:
    assert "7:1: 7:1" not in as_lines([DoctorFinding("store reach", Level.OK, "7:1 answers", at="7:1")])


def test_json_has_the_same_and_the_counts() -> None:
    told = json.loads(as_json([FINE, WRONG]))
    assert told["findings"][1] == {
        "check": "store disk",
        "level": "FAIL",
        "found": "full",
        "advice": "more of it",
        "at": "10.0.0.1:6379",
    }
    assert told["counts"] == {"ok": 1, "warn": 0, "FAIL": 1}


@pytest.mark.parametrize(
    ("findings", "strict", "code"),
    [
        ([], False, 0),
        ([FINE, DOUBTFUL], False, 0),
        ([FINE, DOUBTFUL], True, 1),
        ([FINE], True, 0),
        ([FINE, WRONG], False, 1),
    ],
)
def test_the_exit_code_is_1_for_failures_and_strictly_for_warnings(
    findings: list[DoctorFinding], strict: bool, code: int
) -> None:
    assert exit_code(findings, strict=strict) == code
