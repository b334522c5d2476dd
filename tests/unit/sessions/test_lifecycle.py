"""Sign-in, take-over and end of a session, each safe to apply twice (docs/protocol.md, Sessions)."""

from dataclasses import replace

import pytest

from gateway.backend import End, EndReason, Upstream
from gateway.sessions import lifecycle
from gateway.sessions.lifecycle import RESERVATION_MS
from gateway.sessions.model import Record, Session
from gateway.wire import retcodes
from gateway.wire.errors import Refused
from tests.unit.sessions.samples import AGENT, FRESH, START, record

USED = replace(FRESH, adopted_ms=START + 1)
NEXT = Session("b" * 32, "AgentGateway1", "k1", START + 20_000, issued_ms=START + 20_000)


def reserve(before: Record, token: str, now_ms: int, *, force: bool = False, may_be_forced: bool = True) -> Record:
    return lifecycle.reserve(before, token, now_ms, force=force, may_be_forced=may_be_forced)


def open_next(before: Record, token: str = "mine", *, force: bool = False) -> tuple[Record, End | None] | None:
    return lifecycle.open_session(before, token, NEXT, NEXT.started_ms, force=force)


def refusal(before: Record, now_ms: int, *, force: bool = False, may_be_forced: bool = True) -> str:
    with pytest.raises(Refused) as refused:
        reserve(before, "mine", now_ms, force=force, may_be_forced=may_be_forced)
    return refused.value.retcode


def test_a_free_agent_is_reserved() -> None:
    reserved = reserve(record(None), "mine", START)
    assert reserved.reservation is not None
    assert reserved.reservation.token == "mine"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("after_ms", [0, 1, RESERVATION_MS - 1])
def test_others_meanwhile_get_in_progress(force: bool, after_ms: int) -> None:
    reserved = reserve(record(None), "other", START)
    assert refusal(reserved, START + after_ms, force=force) == retcodes.SIGN_IN_IN_PROGRESS


def test_in_progress_comes_before_already_signed_in() -> None:
    reserved = reserve(record(USED), "other", START, force=True)
    assert refusal(reserved, START) == retcodes.SIGN_IN_IN_PROGRESS


def test_the_reservation_of_a_dead_node_runs_out() -> None:
    reserved = reserve(record(None), "other", START)
    taken = reserve(reserved, "mine", START + RESERVATION_MS).reservation
    assert taken is not None
    assert taken.token == "mine"


def test_a_reservation_that_ran_out_and_went_to_another_opens_nothing() -> None:
    late = reserve(record(None), "late", START)
    assert open_next(reserve(late, "mine", START + RESERVATION_MS), "late") is None


def test_an_announced_sign_in_leaves_the_reservation_of_another() -> None:
    reserved = reserve(record(None), "other", START)
    assert lifecycle.announce(reserved, "mine", START + RESERVATION_MS - 1) == reserved


def test_an_announced_sign_in_is_one_that_is_under_way() -> None:
    assert lifecycle.announce(record(USED), "mine", START) == reserve(record(USED), "mine", START, force=True)


def test_who_was_let_in_by_the_backend_opens_over_the_reservation_of_another() -> None:
    reserved = reserve(record(USED), "other", START, force=True)
    opened = open_next(lifecycle.take_reservation(reserved, "mine", START), force=True)
    assert opened is not None
    assert (opened[0].session, opened[0].reservation) == (NEXT, None)


def test_a_retry_keeps_its_own_reservation() -> None:
    once = reserve(record(None), "mine", START)
    assert reserve(once, "mine", START) == once


@pytest.mark.parametrize("age_ms", [0, 15_000, 15_001, 3_600_000])
def test_sign_in_over_a_session_in_use_is_refused(age_ms: int) -> None:
    assert refusal(record(USED), START + age_ms) == retcodes.ALREADY_SIGNED_IN


def test_a_rotated_session_is_one_in_use() -> None:
    rotated = replace(FRESH, number=1, issued_ms=START + 60_000)
    assert refusal(record(rotated), START + 70_000) == retcodes.ALREADY_SIGNED_IN


def test_a_session_not_yet_used_is_kept_for_15_seconds() -> None:
    assert refusal(record(FRESH), START + 15_000) == retcodes.ALREADY_SIGNED_IN


def test_a_session_whose_answer_was_lost_is_replaced() -> None:
    reserved = reserve(record(FRESH), "mine", START + 15_001)
    opened = open_next(reserved)
    assert opened is not None
    after, owed = opened
    assert after.session == NEXT
    assert owed == End(AGENT, FRESH.id, EndReason.REPLACED, NEXT.started_ms)


def test_a_session_whose_answer_is_known_to_be_lost_is_replaced_at_once() -> None:
    opened = open_next(reserve(record(replace(FRESH, answer_lost=True)), "mine", START))
    assert opened is not None
    assert opened[0].session == NEXT


def test_a_session_in_use_stays_whatever_became_of_its_answer() -> None:
    assert refusal(record(replace(USED, answer_lost=True)), START) == retcodes.ALREADY_SIGNED_IN


def test_one_whose_sign_in_took_long_has_that_time_from_its_opening() -> None:
    opened_late = replace(FRESH, issued_ms=START + 15_000)
    with pytest.raises(Refused):
        reserve(record(opened_late), "mine", START + 15_001)


def test_a_session_whose_answer_was_lost_is_replaced_even_where_force_is_not_allowed() -> None:
    assert reserve(record(FRESH), "mine", START + 15_001, force=True, may_be_forced=False).reservation


def test_force_takes_over() -> None:
    opened = open_next(reserve(record(USED), "mine", START, force=True), force=True)
    assert opened is not None
    after, owed = opened
    assert after.session == NEXT
    assert owed == End(AGENT, USED.id, EndReason.TAKEN_OVER, NEXT.started_ms)
    assert after.tombstones[0].reason is EndReason.TAKEN_OVER


def test_an_agent_that_may_not_be_forced_stays() -> None:
    assert refusal(record(USED), START, force=True, may_be_forced=False) == retcodes.MAY_NOT_BE_FORCED


@pytest.mark.parametrize("may_be_forced", [False, True])
def test_force_without_a_session_is_a_plain_sign_in(may_be_forced: bool) -> None:
    reserved = reserve(record(None), "mine", START, force=True, may_be_forced=may_be_forced)
    assert open_next(reserved, force=True) == (Record(AGENT, NEXT), None)


def test_until_it_is_opened_a_sign_in_changes_nothing_of_the_former_session() -> None:
    reserved = reserve(record(USED), "mine", START, force=True)
    assert replace(reserved, reservation=None) == record(USED)


def test_opening_frees_the_reservation() -> None:
    assert open_next(reserve(record(None), "mine", START)) == (Record(AGENT, NEXT), None)


def test_nothing_opens_without_a_reservation() -> None:
    assert open_next(record(None)) is None


def test_a_sign_in_that_was_overtaken_leaves_the_winner_alone() -> None:
    winner = record(USED)
    assert open_next(winner, force=True) is None


def test_opening_twice_is_opening_once() -> None:
    opened = open_next(reserve(record(USED), "mine", START, force=True), force=True)
    assert opened is not None
    assert open_next(opened[0], force=True) == (opened[0], None)


def test_a_sign_in_that_fails_frees_the_agent() -> None:
    reserved = reserve(record(USED), "mine", START, force=True)
    assert lifecycle.abandon(reserved, "mine") == record(USED)


def test_abandoning_twice_is_abandoning_once() -> None:
    abandoned = lifecycle.abandon(reserve(record(None), "mine", START), "mine")
    assert lifecycle.abandon(abandoned, "mine") == abandoned


def test_one_sign_in_cannot_abandon_another() -> None:
    reserved = reserve(record(None), "other", START)
    assert lifecycle.abandon(reserved, "mine") == reserved


def test_the_end_leaves_a_tombstone_and_is_owed_to_the_backend() -> None:
    session = replace(USED, number=7)
    ended = lifecycle.end_session(Record(AGENT, session), session.id, EndReason.SIGNED_OUT, START + 9, 258)
    assert ended is not None
    assert ended.end == End(AGENT, session.id, EndReason.SIGNED_OUT, START + 9, 258)
    assert ended.record.session is None
    assert [(old.id, old.number, old.ended_ms) for old in ended.record.tombstones] == [(session.id, 7, START + 9)]


def test_ending_twice_is_ending_once() -> None:
    ended = lifecycle.end_session(record(USED), USED.id, EndReason.SIGNED_OUT, START)
    assert ended is not None
    assert lifecycle.end_session(ended.record, USED.id, EndReason.IDLE, START + 1) is None


def test_the_end_of_one_session_never_meets_its_successor() -> None:
    assert lifecycle.end_session(record(NEXT), USED.id, EndReason.IDLE, START) is None


def test_a_sign_in_under_way_outlives_the_end_of_the_former_session() -> None:
    reserved = reserve(record(USED), "mine", START, force=True)
    ended = lifecycle.end_session(reserved, USED.id, EndReason.SIGNED_OUT, START)
    assert ended is not None
    assert open_next(ended.record, force=True) is not None


def ended_after_each_other(times_ms: list[int]) -> Record:
    kept = record(None)
    for number, now_ms in enumerate(times_ms):
        session = replace(FRESH, id=f"{number:032x}")
        ended = lifecycle.end_session(replace(kept, session=session), session.id, EndReason.SIGNED_OUT, now_ms)
        assert ended is not None
        kept = ended.record
    return kept


def test_the_last_four_ends_are_kept_newest_first() -> None:
    kept = ended_after_each_other([START + n for n in range(6)])
    assert [old.ended_ms - START for old in kept.tombstones] == [5, 4, 3, 2]


def test_ends_of_more_than_ten_minutes_ago_are_let_go() -> None:
    kept = ended_after_each_other([START, START + 1, START + 600_000])
    assert [old.ended_ms - START for old in kept.tombstones] == [600_000, 1]


def test_a_session_that_came_into_use_meanwhile_is_not_replaced() -> None:
    with pytest.raises(Refused) as refused:
        lifecycle.refuse_used(Record(AGENT, replace(FRESH, adopted_ms=START)), "another")
    assert refused.value.retcode == retcodes.ALREADY_SIGNED_IN


@pytest.mark.parametrize(("session", "token"), [(FRESH, "another"), (replace(FRESH, adopted_ms=START), FRESH.id)])
def test_one_never_used_is_replaced_and_a_retry_of_the_own_sign_in_goes_on(session: Session, token: str) -> None:
    lifecycle.refuse_used(Record(AGENT, session), token)


def test_an_announcement_that_ran_out_makes_way() -> None:
    announced = lifecycle.announce(record(None), "other", START)
    renewed = lifecycle.announce(announced, "mine", START + RESERVATION_MS).reservation
    assert renewed is not None
    assert renewed.token == "mine"


def test_the_end_keeps_what_its_guids_were_made_of_and_whose_counterpart_it_was() -> None:
    session = replace(USED, upstream=Upstream("7", "k"))
    ended = lifecycle.end_session(Record(AGENT, session), session.id, EndReason.SIGNED_OUT, START)
    assert ended is not None
    stone = ended.record.tombstones[0]
    assert (stone.node, stone.key_id, ended.end.upstream) == (session.node, session.key_id, session.upstream)


@pytest.mark.parametrize("opens", [False, True])
def test_the_note_of_a_former_version_is_for_its_session_alone(opens: bool) -> None:
    before = replace(reserve(record(USED), "mine", START, force=True), former_note="kept")
    ended = lifecycle.end_session(before, USED.id, EndReason.SIGNED_OUT, START)
    opened = open_next(before, force=True)
    assert ended is not None
    assert opened is not None
    assert (opened[0] if opens else ended.record).former_note == ""


def test_a_standing_changes_when_a_session_opens_and_when_it_ends() -> None:
    ended = lifecycle.end_session(record(USED), USED.id, EndReason.SIGNED_OUT, START)
    assert ended is not None
    reopened = replace(ended.record, session=NEXT)
    stands = [lifecycle.standing(each) for each in (record(None), record(USED), ended.record, reopened)]
    assert len(set(stands)) == 4
    assert lifecycle.standing(record(replace(USED, number=3))) == stands[1]
