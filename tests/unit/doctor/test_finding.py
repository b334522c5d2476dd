"""A row of a table and what it says."""

from gateway.doctor.finding import (
    DoctorCheck,
    DoctorFinding,
    DoctorVerdict,
    Level,
    NotAllowed,
    doubtful,
    judge,
    right,
    wrong,
)


def said(verdict: DoctorVerdict | None) -> list[DoctorFinding]:
    return judge([DoctorCheck("disk", "is it there?", Level.FAIL, "buy one", lambda facts: verdict)], None)


def refused(_facts: None) -> DoctorVerdict:
    raise NotAllowed("CONFIG GET")


def test_a_right_answer_needs_no_advice() -> None:
    assert said(right("there")) == [DoctorFinding("disk", Level.OK, "there")]


def test_a_wrong_answer_has_severity_and_advice_of_the_row() -> None:
    assert said(wrong("gone")) == [DoctorFinding("disk", Level.FAIL, "gone", "buy one")]


def test_a_look_may_know_better_advice_than_its_row() -> None:
    assert said(wrong("gone", "look under the table")) == [
        DoctorFinding("disk", Level.FAIL, "gone", "look under the table")
    ]


def test_a_doubtful_answer_is_a_warning_in_every_row() -> None:
    assert said(doubtful("small")) == [DoctorFinding("disk", Level.WARN, "small", "buy one")]


def test_a_question_that_does_not_arise_says_nothing() -> None:
    assert said(None) == []


def test_a_refused_command_is_one_warning_that_names_what_was_left_out() -> None:
    rows = [DoctorCheck(name, "", Level.FAIL, "", refused) for name in ("disk", "fence")]
    (finding,) = judge(rows, None, "10.0.0.1:6379")
    assert (finding.check, finding.level, finding.at) == ("CONFIG GET", Level.WARN, "10.0.0.1:6379")
    assert "not checked: disk, fence" in finding.found
