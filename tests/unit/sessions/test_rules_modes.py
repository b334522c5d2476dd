"""What AUTHMODE, the list of static agents and a rehearsal do to superseded generations.

See docs/protocol.md, AUTHMODE.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from gateway.sessions import rules
from gateway.sessions.model import MAX_SUPERSEDED, MOST_REHEARSED, Session, Superseded
from gateway.sessions.policy import Limits
from gateway.sessions.rules import Bearer, Use
from tests.unit.sessions.samples import (
    FRESH,
    GRACE,
    HOLD,
    INTERVAL,
    REHEARSAL,
    RING,
    ROTATING,
    START,
    STATIC,
    guid,
    record,
)

DAY = 86_400_000
REHEARSED_STATIC = replace(STATIC, rehearsal=True)
"""A listed agent in a rehearsal."""
LENIENT = pytest.mark.parametrize(
    "limits", [STATIC, REHEARSAL, REHEARSED_STATIC], ids=["AUTHMODE 1 or listed", "rehearsal", "listed in a rehearsal"]
)

poll = partial(rules.use, hands_out=True)
call = partial(rules.use, hands_out=False)


def good(session: Session, numbers: Sequence[int], limits: Limits, now_ms: int) -> list[int]:
    """Those of `numbers` whose bearer is accepted."""
    return [number for number in numbers if accepted(session, number, limits, now_ms)]


def accepted(session: Session, number: int, limits: Limits, now_ms: int) -> bool:
    sent = guid(session, number)
    verdict = rules.check(record(session), sent, RING.derive, limits, now_ms)
    return isinstance(verdict, Bearer) or rules.search(session, sent, RING.derive, limits) is not None


def of_age(session: Session) -> int:
    return session.issued_ms + INTERVAL


def handed_out(limits: Limits = ROTATING, session: Session = FRESH) -> Session:
    """A rotation of `session` whose new GUID the client is known to have got, and has not used."""
    made = poll(session, session.number, limits, of_age(session)).session
    return rules.note_hand_out(made, made.number, limits, of_age(session))


def followed(limits: Limits, rotations: int) -> Session:
    """A session whose client took each new GUID as soon as it was handed out."""
    session = poll(FRESH, 0, limits, START).session
    for _ in range(rotations):
        made = poll(session, session.number, limits, of_age(session)).session
        session = call(made, made.number, limits, made.issued_ms).session
    return session


def test_a_guid_lives_until_its_client_is_known_to_have_been_handed_the_next() -> None:
    made = poll(FRESH, 0, ROTATING, of_age(FRESH)).session
    assert accepted(made, 0, ROTATING, START + DAY)
    noted = rules.note_hand_out(made, 1, ROTATING, START + DAY)
    assert accepted(noted, 0, ROTATING, START + DAY + GRACE - 1)
    assert not accepted(noted, 0, ROTATING, START + DAY + GRACE)


def test_a_hand_out_is_noted_once() -> None:
    once = handed_out()
    assert rules.note_hand_out(once, 1, ROTATING, START + DAY) is once


@pytest.mark.parametrize("number", [0, 2])
def test_only_the_hand_out_of_the_current_one_is_noted(number: int) -> None:
    made = poll(FRESH, 0, ROTATING, of_age(FRESH)).session
    assert rules.note_hand_out(made, number, ROTATING, START + DAY) is made


@LENIENT
def test_where_the_last_adopted_one_lives_no_hand_out_is_noted(limits: Limits) -> None:
    made = poll(FRESH, 0, ROTATING, of_age(FRESH)).session
    assert rules.note_hand_out(made, 1, limits, START + DAY) is made


def test_the_first_use_of_the_successor_is_the_proof_of_its_hand_out() -> None:
    made = poll(FRESH, 0, ROTATING, of_age(FRESH)).session
    adopted = call(made, 1, ROTATING, START + DAY).session
    assert not accepted(adopted, 0, ROTATING, START + DAY + GRACE)


def test_in_authmode_2_a_client_that_takes_no_new_guid_is_refused_after_the_grace() -> None:
    assert not accepted(handed_out(), 0, ROTATING, of_age(FRESH) + GRACE)


@LENIENT
def test_the_last_adopted_one_lives_however_long_ago_its_successor_was_handed_out(limits: Limits) -> None:
    assert accepted(handed_out(), 0, limits, START + DAY)


@LENIENT
def test_back_in_authmode_2_its_grace_runs_from_a_new_hand_out(limits: Limits) -> None:
    back = call(handed_out(), 0, limits, START + DAY).session
    later = START + 2 * DAY
    assert accepted(back, 0, ROTATING, later)
    again = poll(back, 0, ROTATING, later)
    assert again.hand_out == 1
    noted = rules.note_hand_out(again.session, 1, ROTATING, later)
    assert accepted(noted, 0, ROTATING, later + GRACE - 1)
    assert not accepted(noted, 0, ROTATING, later + GRACE)


def test_in_authmode_1_what_came_before_an_adopted_successor_dies_after_its_grace() -> None:
    adopted = call(handed_out(), 1, STATIC, START + DAY).session
    died = of_age(FRESH) + GRACE
    assert not accepted(adopted, 0, STATIC, died)


def test_a_flip_to_authmode_1_hands_out_nothing_again() -> None:
    made = poll(FRESH, 0, ROTATING, of_age(FRESH)).session
    assert poll(made, 0, STATIC, of_age(FRESH) + 1).hand_out is None
    assert rules.comes_of_age_ms(made, 0, STATIC) is None


def test_a_retry_of_update_guid_is_answered_in_authmode_1_too() -> None:
    made = rules.renew(FRESH, 0, STATIC, START)
    assert made is not None
    again = rules.renew(made.session, 0, STATIC, START + DAY)
    assert again == Use(made.session, 1)


def test_a_rehearsal_hands_out_again_what_its_client_does_not_take() -> None:
    made = poll(poll(FRESH, 0, REHEARSAL, START).session, 0, REHEARSAL, of_age(FRESH)).session
    again = poll(made, 0, REHEARSAL, START + DAY)
    assert (again.session, again.hand_out) == (made, 1)


def test_a_rehearsal_rotates_no_listed_agent() -> None:
    begun = poll(FRESH, 0, REHEARSED_STATIC, START).session
    assert poll(begun, 0, REHEARSED_STATIC, START + DAY) == Use(begun)


def test_a_rehearsal_begins_with_the_generations_that_are_good_at_its_first_request() -> None:
    expired, in_grace = Superseded(1, START - GRACE, START), Superseded(2, START - 1, START)
    session = replace(FRESH, number=3, issued_ms=START, adopted_ms=START, superseded=(expired, in_grace))
    begun = call(session, 3, REHEARSAL, START).session
    assert begun.rehearsed_from == 2
    assert good(begun, range(4), REHEARSAL, START + DAY) == [2, 3]


def test_a_rehearsal_refuses_no_guid_of_its_time() -> None:
    session = followed(REHEARSAL, 20)
    assert good(session, range(21), REHEARSAL, START + 2 * DAY) == list(range(21))


def test_a_rehearsal_searches_the_newest_guids_and_no_further() -> None:
    number = MOST_REHEARSED + 50
    former = tuple(Superseded(old, START, START) for old in range(number - MAX_SUPERSEDED, number))
    session = replace(FRESH, number=number, adopted_ms=START, superseded=former, rehearsed_from=0)
    oldest = number - MOST_REHEARSED
    assert good(session, [oldest - 1, oldest, oldest + 1], REHEARSAL, START) == [oldest, oldest + 1]


def test_guids_of_a_rehearsal_live_on_in_authmode_1() -> None:
    session = followed(REHEARSAL, 12)
    assert good(session, range(13), STATIC, START + 2 * DAY) == list(range(13))


def test_the_first_rotation_in_earnest_begins_the_grace_of_what_lived_by_a_rehearsal() -> None:
    session = followed(REHEARSAL, 3)
    now = START + DAY
    rotated = poll(session, 3, ROTATING, now).session
    assert rotated.rehearsed_from == -1
    assert good(rotated, range(3), ROTATING, now + GRACE - 1) == [0, 1, 2]
    assert good(rotated, range(3), ROTATING, now + GRACE) == []


def test_of_a_long_rehearsal_the_newest_eight_get_that_grace() -> None:
    session = followed(REHEARSAL, 30)
    rotated = poll(session, 30, ROTATING, START + DAY).session
    assert good(rotated, range(31), ROTATING, START + DAY) == list(range(31 - MAX_SUPERSEDED, 31))


def test_a_second_rehearsal_keeps_what_the_first_one_kept() -> None:
    session = followed(REHEARSAL, 3)
    between = call(session, 3, STATIC, START + DAY).session
    again = poll(between, 3, REHEARSAL, START + DAY).session
    assert good(again, range(4), REHEARSAL, START + 2 * DAY) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("number", "late_ms", "refused"),
    [(0, GRACE - 1, False), (0, GRACE, True), (1, DAY, False), (2, DAY, False)],
    ids=["parent in time", "parent too late", "current", "ahead"],
)
def test_a_rehearsal_tells_which_uses_authmode_2_would_have_refused(number: int, late_ms: int, refused: bool) -> None:
    made = poll(poll(FRESH, 0, REHEARSAL, START).session, 0, REHEARSAL, of_age(FRESH)).session
    assert rules.would_be_refused(made, number, REHEARSAL, of_age(FRESH) + late_ms) is refused


def test_a_generation_too_old_for_the_record_would_have_been_refused() -> None:
    session = followed(REHEARSAL, 12)
    assert rules.would_be_refused(session, 0, REHEARSAL, session.issued_ms)


def test_what_lives_on_from_a_rehearsal_is_no_theft() -> None:
    session = followed(REHEARSAL, 2)
    late = session.issued_ms + HOLD + 2_001
    assert rules.is_reuse(session, 0, REHEARSAL, late)
    assert not rules.is_reuse(session, 0, STATIC, late)


@LENIENT
@pytest.mark.parametrize("number", [0, 1])
def test_a_use_applied_twice_is_one_use(limits: Limits, number: int) -> None:
    once = poll(handed_out(), number, limits, START + DAY)
    twice = poll(once.session, number, limits, START + DAY)
    assert (twice.session, twice.hand_out) == (once.session, once.hand_out)


def test_nor_is_what_got_its_grace_at_the_end_of_a_rehearsal() -> None:
    session = followed(REHEARSAL, 3)
    rotated = poll(session, 3, ROTATING, START + DAY).session
    assert not any(rules.is_reuse(rotated, number, ROTATING, START + DAY + HOLD + 2_001) for number in range(4))


def test_with_nothing_superseded_a_rehearsal_searches_below_the_current_one() -> None:
    assert list(rules.rehearsed(replace(FRESH, number=4, rehearsed_from=1), REHEARSAL)) == [3, 2, 1]


def test_what_is_found_is_of_the_session() -> None:
    session = replace(FRESH, number=4, rehearsed_from=1)
    assert rules.search(session, guid(session, 2), RING.derive, REHEARSAL) == Bearer(session, 2)


def test_in_authmode_1_a_use_of_the_last_adopted_one_takes_its_hand_out_back() -> None:
    waits = call(handed_out(), 0, STATIC, of_age(FRESH)).session
    assert [(former.number, former.waiting) for former in waits.superseded] == [(0, True)]


@pytest.mark.parametrize(("number", "adopted_ms"), [(5, START + 1), (3, 0)], ids=["adopted", "an older one"])
def test_no_other_use_takes_one_back(number: int, adopted_ms: int) -> None:
    former = (Superseded(3, START), Superseded(4, START))
    session = replace(FRESH, number=5, issued_ms=START, adopted_ms=adopted_ms, superseded=former)
    assert all(not kept.waiting for kept in call(session, number, STATIC, START + 2).session.superseded)


def test_update_guid_begins_a_rehearsal_with_what_is_good_then() -> None:
    former = (Superseded(0, START - GRACE), Superseded(1, START))
    session = replace(FRESH, number=2, adopted_ms=START, superseded=former)
    renewed = rules.renew(session, 2, REHEARSAL, START)
    assert renewed is not None
    assert renewed.session.rehearsed_from == 1
