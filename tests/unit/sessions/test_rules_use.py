"""What a use of a GUID does: adoption, rotation, updateGuid, the theft sign (docs/protocol.md, Rotation)."""

from dataclasses import replace
from functools import partial

import pytest

from gateway.sessions import rules
from gateway.sessions.model import MAX_SUPERSEDED, Session, Superseded
from gateway.sessions.policy import Limits
from gateway.sessions.rules import Bearer, Use
from tests.unit.sessions.samples import (
    FRESH,
    GRACE,
    HOLD,
    INTERVAL,
    RING,
    ROTATING,
    START,
    STATIC,
    TIMEOUT,
    guid,
    record,
)

YOUNG, OF_AGE = INTERVAL - 1, INTERVAL
GRANDPARENT, PARENT, CURRENT = 1, 2, 3
FORMER = (Superseded(GRANDPARENT, START - 30_000, START - 29_000), Superseded(PARENT, START, waiting=True))
WAITING = replace(FRESH, number=CURRENT, superseded=FORMER)
"""Generation 3 was made at START, and nobody knows whether its client has it; 2 is its parent."""
HANDED = replace(WAITING, superseded=(FORMER[0], replace(FORMER[1], waiting=False)))
"""The same once the client is known to have been handed it, at START."""
ADOPTED_MS = START + 100
ADOPTED = replace(WAITING, adopted_ms=ADOPTED_MS, superseded=(FORMER[0], Superseded(PARENT, START, ADOPTED_MS)))
"""The same once its client has used generation 3."""

poll = partial(rules.use, hands_out=True)
call = partial(rules.use, hands_out=False)


def rotated(session: Session, now_ms: int) -> Session:
    """`session` with one more generation, as the table's first row makes it."""
    former = (*session.superseded, Superseded(session.number, now_ms, waiting=True))
    return replace(session, number=session.number + 1, issued_ms=now_ms, adopted_ms=0, superseded=former)


@pytest.mark.parametrize("age_ms", [0, YOUNG])
def test_the_current_one_not_of_age_is_adopted(age_ms: int) -> None:
    used = poll(WAITING, CURRENT, ROTATING, START + age_ms)
    left = Superseded(PARENT, START + age_ms, START + age_ms)
    assert used == Use(replace(WAITING, adopted_ms=START + age_ms, superseded=(FORMER[0], left)))


def test_the_current_one_already_adopted_changes_nothing() -> None:
    used = poll(ADOPTED, CURRENT, ROTATING, START + YOUNG)
    assert used == Use(ADOPTED)
    assert used.session is ADOPTED


@pytest.mark.parametrize("age_ms", [OF_AGE, OF_AGE + 1, 10 * INTERVAL])
def test_the_current_one_of_age_makes_the_next_and_hands_it_out(age_ms: int) -> None:
    used = poll(replace(FRESH, adopted_ms=START + 1), 0, ROTATING, START + age_ms)
    assert (used.hand_out, used.made, used.session.number) == (1, True, 1)
    assert (used.session.issued_ms, used.session.adopted_ms) == (START + age_ms, 0)


def test_the_current_one_of_age_is_adopted_by_the_poll_that_replaces_it() -> None:
    used = poll(WAITING, CURRENT, replace(ROTATING, grace_ms=10 * INTERVAL), START + OF_AGE)
    assert [(old.number, old.left_ms) for old in used.session.superseded] == [
        (GRANDPARENT, FORMER[0].left_ms),
        (PARENT, START + OF_AGE),
        (CURRENT, 0),
    ]


@pytest.mark.parametrize("age_ms", [0, YOUNG, OF_AGE, GRACE - 1])
@pytest.mark.parametrize("session", [WAITING, HANDED])
def test_its_parent_is_handed_the_current_one_again_while_nobody_adopted_it(session: Session, age_ms: int) -> None:
    used = poll(session, PARENT, ROTATING, START + age_ms)
    assert used == Use(session, CURRENT)
    assert used.session is session


@pytest.mark.parametrize("age_ms", [200, YOUNG, OF_AGE, 2 * INTERVAL])
def test_the_parent_gets_nothing_newer_once_its_owner_moved_on(age_ms: int) -> None:
    assert poll(ADOPTED, PARENT, ROTATING, START + age_ms) == Use(ADOPTED)


@pytest.mark.parametrize("session", [WAITING, ADOPTED])
@pytest.mark.parametrize("age_ms", [0, OF_AGE])
def test_anything_else_in_grace_gets_nothing(session: Session, age_ms: int) -> None:
    assert poll(session, GRANDPARENT, ROTATING, START + age_ms) == Use(session)


@pytest.mark.parametrize("number", [GRANDPARENT, PARENT])
def test_a_call_hands_nothing_out(number: int) -> None:
    assert call(WAITING, number, ROTATING, START + OF_AGE) == Use(WAITING)


def test_a_call_adopts_but_makes_nothing() -> None:
    used = call(WAITING, CURRENT, ROTATING, START + OF_AGE)
    assert (used.session.adopted_ms, used.session.number, used.hand_out) == (START + OF_AGE, CURRENT, None)


def test_parallel_polls_make_exactly_one_generation() -> None:
    session, handed, made = ADOPTED, [], 0
    for late_ms in range(5):
        used = poll(session, CURRENT, ROTATING, START + OF_AGE + late_ms)
        session, made = used.session, made + used.made
        handed.append(used.hand_out)
    assert (session.number, made, handed) == (CURRENT + 1, 1, [CURRENT + 1] * 5)


def test_replaced_on_time_a_guid_lives_exactly_its_timeout_from_issue() -> None:
    made = poll(FRESH, 0, ROTATING, START + INTERVAL).session
    session = rules.note_hand_out(made, 1, ROTATING, START + INTERVAL)
    kept, sent = record(session), guid(session, 0)
    assert isinstance(rules.check(kept, sent, RING.derive, ROTATING, START + TIMEOUT - 1), Bearer)
    assert not isinstance(rules.check(kept, sent, RING.derive, ROTATING, START + TIMEOUT), Bearer)


def test_at_most_eight_superseded_ones_are_kept_the_newest() -> None:
    session = FRESH
    for number in range(11):
        session = rotated_by_update(session, number, START + number)
    assert [old.number for old in session.superseded] == list(range(3, 11))
    assert len(session.superseded) == MAX_SUPERSEDED


def rotated_by_update(session: Session, number: int, now_ms: int) -> Session:
    used = rules.renew(session, number, ROTATING, now_ms)
    assert used is not None
    return used.session


def test_a_rotation_lets_go_of_those_whose_grace_is_over() -> None:
    used = poll(ADOPTED, CURRENT, ROTATING, START + OF_AGE)
    assert [old.number for old in used.session.superseded] == [CURRENT]


@pytest.mark.parametrize("age_ms", [OF_AGE, 86_400_000])
def test_a_static_agent_keeps_its_guid(age_ms: int) -> None:
    assert poll(ADOPTED, CURRENT, STATIC, START + age_ms) == Use(ADOPTED)


def test_a_flip_to_rotation_replaces_an_old_static_guid_with_full_grace() -> None:
    now = START + 86_400_000
    used = poll(replace(FRESH, adopted_ms=START + 1), 0, ROTATING, now)
    assert used.hand_out == 1
    assert isinstance(rules.check(record(used.session), guid(FRESH, 0), RING.derive, ROTATING, now + GRACE - 1), Bearer)


def test_a_changed_interval_holds_for_the_generation_in_use() -> None:
    quick = replace(ROTATING, interval_ms=1_000)
    assert poll(ADOPTED, CURRENT, quick, START + 1_000).made
    assert not poll(ADOPTED, CURRENT, quick, START + 999).made


@pytest.mark.parametrize("ahead", [1, 2])
@pytest.mark.parametrize("use", [poll, call])
def test_the_record_catches_up_with_a_generation_whose_write_was_lost(ahead: int, use: partial[Use]) -> None:
    now = START + YOUNG
    used = use(WAITING, CURRENT + ahead, ROTATING, now)
    session = used.session
    assert (used.hand_out, used.made) == (None, False)
    assert (session.number, session.issued_ms, session.adopted_ms) == (CURRENT + ahead, now, now)
    lost = tuple(Superseded(number, now, now) for number in range(CURRENT, CURRENT + ahead))
    assert session.superseded == (FORMER[0], Superseded(PARENT, now), *lost)


def test_after_the_catch_up_an_older_bearer_gets_nothing_newer() -> None:
    session = poll(WAITING, CURRENT + 1, ROTATING, START + 1).session
    assert poll(session, CURRENT, ROTATING, START + 2) == Use(session)


def test_a_catch_up_keeps_at_most_eight_superseded_ones() -> None:
    full = tuple(Superseded(number, START) for number in range(8))
    used = call(replace(FRESH, number=8, superseded=full), 10, ROTATING, START)
    assert [old.number for old in used.session.superseded] == list(range(2, 10))


@pytest.mark.parametrize("number", [GRANDPARENT, PARENT, CURRENT, CURRENT + 1, CURRENT + 2])
@pytest.mark.parametrize("session", [WAITING, ADOPTED])
@pytest.mark.parametrize("use", [poll, call])
def test_a_use_applied_twice_is_one_use(session: Session, number: int, use: partial[Use]) -> None:
    once = use(session, number, ROTATING, START + OF_AGE)
    twice = use(once.session, number, ROTATING, START + OF_AGE)
    assert (twice.session, twice.hand_out) == (once.session, once.hand_out)


@pytest.mark.parametrize("limits", [ROTATING, STATIC], ids=["AUTHMODE 2", "AUTHMODE 1"])
@pytest.mark.parametrize("age_ms", [0, YOUNG, OF_AGE])
def test_update_guid_makes_the_next_for_the_bearer_of_the_current_one(limits: Limits, age_ms: int) -> None:
    used = rules.renew(ADOPTED, CURRENT, limits, START + age_ms)
    assert used is not None
    assert (used.hand_out, used.made) == (CURRENT + 1, True)
    assert (used.session.number, used.session.issued_ms, used.session.adopted_ms) == (CURRENT + 1, START + age_ms, 0)


def test_update_guid_adopts_what_it_replaces() -> None:
    expired = replace(WAITING, superseded=(replace(FORMER[0], replaced_ms=START - GRACE), FORMER[1]))
    assert rules.renew(expired, CURRENT, STATIC, START + 7) == Use(
        rotated(
            replace(WAITING, adopted_ms=START + 7, superseded=(Superseded(PARENT, START + 7, START + 7),)),
            START + 7,
        ),
        CURRENT + 1,
        made=True,
    )


def test_a_retry_of_update_guid_gets_the_same_again() -> None:
    once = rules.renew(ADOPTED, CURRENT, STATIC, START)
    assert once is not None
    assert rules.renew(once.session, CURRENT, STATIC, START + 5) == Use(once.session, CURRENT + 1)


@pytest.mark.parametrize(("session", "number"), [(WAITING, GRANDPARENT), (ADOPTED, PARENT), (ADOPTED, GRANDPARENT)])
def test_update_guid_gives_anyone_else_nothing(session: Session, number: int) -> None:
    assert rules.renew(session, number, ROTATING, START + 200) is None


@pytest.mark.parametrize("ahead", [1, 2])
def test_update_guid_of_a_lost_generation_catches_up_first(ahead: int) -> None:
    used = rules.renew(WAITING, CURRENT + ahead, STATIC, START + 200)
    assert used is not None
    assert (used.hand_out, used.made) == (CURRENT + ahead + 1, True)


@pytest.mark.parametrize(("late_ms", "sign"), [(0, False), (HOLD + 2_000, False), (HOLD + 2_001, True)])
def test_a_poll_more_than_a_hold_and_two_seconds_after_the_adoption_is_reuse(late_ms: int, sign: bool) -> None:
    assert rules.is_reuse(ADOPTED, PARENT, ROTATING, ADOPTED_MS + late_ms) is sign


def test_the_theft_sign_counts_from_the_adoption_of_the_direct_successor() -> None:
    left = FORMER[0].left_ms
    assert not rules.is_reuse(ADOPTED, GRANDPARENT, ROTATING, left + HOLD + 2_000)
    assert rules.is_reuse(ADOPTED, GRANDPARENT, ROTATING, left + HOLD + 2_001)


@pytest.mark.parametrize("session", [WAITING, ADOPTED])
def test_the_current_one_is_never_reuse(session: Session) -> None:
    assert not rules.is_reuse(session, CURRENT, ROTATING, START + 86_400_000)


def test_who_never_adopts_is_no_thief() -> None:
    assert not rules.is_reuse(WAITING, PARENT, ROTATING, START + GRACE - 1)


@pytest.mark.parametrize("number", [CURRENT + 1, CURRENT + 2])
def test_who_is_ahead_of_the_record_is_no_thief(number: int) -> None:
    assert not rules.is_reuse(ADOPTED, number, ROTATING, START + GRACE)


def test_a_parked_poll_comes_of_age_with_its_generation() -> None:
    assert rules.comes_of_age_ms(ADOPTED, CURRENT, ROTATING) == START + INTERVAL


def test_a_parked_poll_of_the_parent_is_due_since_the_next_was_made() -> None:
    assert rules.comes_of_age_ms(WAITING, PARENT, ROTATING) == START


@pytest.mark.parametrize(
    ("session", "number", "limits"),
    [(ADOPTED, CURRENT, STATIC), (ADOPTED, PARENT, ROTATING), (WAITING, GRANDPARENT, ROTATING)],
    ids=["static", "parent of an adopted one", "older"],
)
def test_nothing_comes_of_age_for_others(session: Session, number: int, limits: Limits) -> None:
    assert rules.comes_of_age_ms(session, number, limits) is None


def test_a_first_use_leaves_only_its_parent() -> None:
    former = (Superseded(3, START), Superseded(4, START))
    session = replace(FRESH, number=5, issued_ms=START, superseded=former)
    adopted = rules.use(session, 5, ROTATING, START + 1, hands_out=False).session
    assert [each.left_ms for each in adopted.superseded] == [0, START + 1]


def test_the_catch_up_is_an_adoption() -> None:
    caught_up = rules.use(FRESH, 1, ROTATING, START + 1, hands_out=False).session
    assert (caught_up.number, caught_up.issued_ms, caught_up.adopted_ms) == (1, START + 1, START + 1)
