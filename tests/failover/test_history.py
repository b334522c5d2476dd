"""The judge of fail-overs finds every fault it is there for, and nothing where all is well."""

import pytest

from tests.failover.history import (
    LOST,
    REFUSED,
    REVIVED,
    SIGNED_OUT,
    UNDONE,
    VICTIMS,
    Fact,
    Kind,
    Outcome,
    faults,
)

A, DOUBT = Outcome.ACCEPTED, Outcome.DOUBT


def log(*rows: tuple[Kind, int, Outcome]) -> list[Fact]:
    """Facts of one agent, each sent at its place in the list and answered half a second later."""
    return [
        Fact(1001, kind, session, 0, place, place + 0.5, outcome)
        for place, (kind, session, outcome) in enumerate(rows, start=1)
    ]


def names(*rows: tuple[Kind, int, Outcome]) -> list[str]:
    return [fault.name for fault in faults(log(*rows))]


BEGUN = (Kind.SIGN_IN, 1, A)
USED = (Kind.CALL, 1, A)
OUT = (Kind.SIGN_OUT, 1, A)
TAKEN_OVER = (Kind.TAKE_OVER, 2, A)


def test_a_working_day_has_no_fault() -> None:
    over = (Kind.CALL, 1, Outcome.ENDED)
    assert names(BEGUN, USED, TAKEN_OVER, over, (Kind.CALL, 2, A), (Kind.SIGN_OUT, 2, A), (Kind.SIGN_IN, 3, A)) == []


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [(Outcome.UNKNOWN_SESSION, LOST), (Outcome.ENDED, SIGNED_OUT), (Outcome.WRONG, REFUSED)],
)
@pytest.mark.parametrize("kind", [Kind.CALL, Kind.SIGN_OUT])
def test_a_refusal_of_a_session_that_nobody_ended_is_a_fault(kind: Kind, outcome: Outcome, fault: str) -> None:
    assert names(BEGUN, (kind, 1, outcome)) == [fault]


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN_SESSION, Outcome.ENDED, Outcome.WRONG, A])
@pytest.mark.parametrize("doubt", [(Kind.SIGN_OUT, 1, DOUBT), (Kind.SIGN_IN, 0, DOUBT), (Kind.TAKE_OVER, 0, DOUBT)])
def test_after_an_end_that_nobody_confirmed_every_answer_is_right(
    doubt: tuple[Kind, int, Outcome], outcome: Outcome
) -> None:
    assert names(BEGUN, doubt, (Kind.CALL, 1, outcome)) == []


def test_a_sign_in_that_was_in_doubt_threatens_no_later_session() -> None:
    begun_later = (Kind.TAKE_OVER, 2, A)
    assert names((Kind.SIGN_IN, 0, DOUBT), begun_later, (Kind.CALL, 2, Outcome.UNKNOWN_SESSION)) == [LOST]


def test_a_sign_in_that_was_refused_threatens_nobody() -> None:
    assert names(BEGUN, (Kind.SIGN_IN, 0, Outcome.TAKEN), (Kind.CALL, 1, Outcome.ENDED)) == [SIGNED_OUT]


def test_an_answer_that_says_nothing_is_no_fault() -> None:
    assert names(BEGUN, (Kind.CALL, 1, DOUBT), USED) == []


def test_a_guid_accepted_after_its_sign_out_was_confirmed_is_a_fault() -> None:
    assert names(BEGUN, OUT, USED) == [UNDONE]


def test_a_guid_accepted_after_its_session_was_taken_over_is_a_fault() -> None:
    assert names(BEGUN, TAKEN_OVER, USED) == [VICTIMS]


def test_a_guid_accepted_after_it_was_refused_as_over_is_a_fault() -> None:
    assert names(BEGUN, (Kind.SIGN_OUT, 1, DOUBT), (Kind.CALL, 1, Outcome.ENDED), USED) == [REVIVED]


def test_a_sign_in_refused_for_a_session_that_was_signed_out_is_a_fault() -> None:
    assert names(BEGUN, OUT, (Kind.SIGN_IN, 0, Outcome.TAKEN)) == [UNDONE]


def test_a_sign_in_refused_for_one_in_doubt_is_none() -> None:
    assert names(BEGUN, OUT, (Kind.SIGN_IN, 0, DOUBT), (Kind.SIGN_IN, 0, Outcome.TAKEN)) == []


def test_a_call_that_crosses_the_sign_out_may_be_answered_either_way() -> None:
    crossing = [Fact(1001, Kind.CALL, 1, 0, 1.9, 2.1, outcome) for outcome in (A, Outcome.ENDED)]
    assert faults([*log(BEGUN, OUT), *crossing]) == []


def test_of_sign_ins_at_the_same_moment_either_may_be_the_one_that_is_over() -> None:
    together = [Fact(1001, Kind.TAKE_OVER, session, 0, 1.0, 1.5, A) for session in (1, 2)]
    later = [Fact(1001, Kind.CALL, session, 0, 3.0, 3.5, found) for session, found in ((1, Outcome.ENDED), (2, A))]
    assert faults([*together, *later]) == []
    assert [fault.name for fault in faults([*together, *later, *log(*[USED] * 5)[4:]])] == [REVIVED]


def test_agents_are_judged_apart() -> None:
    other = Fact(1002, Kind.SIGN_OUT, 1, 0, 2, 2.5, A)
    assert faults([*log(BEGUN), other, Fact(1001, Kind.CALL, 1, 0, 3, 3.5, A)]) == []


def test_an_excused_acceptance_is_none_but_a_refusal_is_never_excused() -> None:
    facts = log(BEGUN, TAKEN_OVER, USED, (Kind.CALL, 2, Outcome.UNKNOWN_SESSION))
    assert [fault.name for fault in faults(facts, lambda fact: True)] == [LOST]
