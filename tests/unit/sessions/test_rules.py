"""Who carries a GUID: the five steps of the check, in the words of docs/protocol.md, Check."""

from dataclasses import replace

import pytest

from gateway.backend import EndReason
from gateway.sessions import rules
from gateway.sessions.model import MAX_SUPERSEDED, Record, Session, Superseded, Tombstone
from gateway.sessions.policy import Limits, Outage
from gateway.sessions.rules import Bearer, Rejected
from tests.unit.sessions.samples import AGENT, FRESH, GRACE, REHEARSAL, RING, ROTATING, START, STATIC, guid, record

NOW = START + 3_600_000
FIFTH = replace(
    FRESH,
    number=5,
    issued_ms=NOW,
    superseded=(Superseded(3, NOW - GRACE, NOW - GRACE), Superseded(4, NOW - GRACE + 1, NOW)),
)
"""Generation 5 is current, 4 is in the last ms of its grace, the grace of 3 has just run out."""


def check(kept: Record, sent: str, limits: Limits = ROTATING, now_ms: int = NOW) -> Bearer | Rejected:
    return rules.check(kept, sent, RING.derive, limits, now_ms)


def accepted(session: Session, limits: Limits = ROTATING, now_ms: int = NOW) -> set[int]:
    """The generations whose bearer is accepted."""
    verdicts = {number: check(record(session), guid(session, number), limits, now_ms) for number in range(12)}
    assert all(isinstance(verdict, Rejected) or verdict.number == number for number, verdict in verdicts.items())
    return {number for number, verdict in verdicts.items() if isinstance(verdict, Bearer)}


@pytest.mark.parametrize("limits", [ROTATING, STATIC, REHEARSAL])
@pytest.mark.parametrize("age_ms", [0, 60_000, 120_000, 86_400_000])
def test_the_current_generation_is_good_as_long_as_the_session(limits: Limits, age_ms: int) -> None:
    assert check(record(), guid(FRESH, 0), limits, START + age_ms) == Bearer(FRESH, 0)


def test_superseded_ones_are_good_inside_their_grace_and_one_or_two_ahead_always() -> None:
    assert accepted(FIFTH) == {4, 5, 6, 7}


@pytest.mark.parametrize(
    ("since_ms", "good"), [(0, True), (GRACE - 1, True), (GRACE, False), (GRACE + 1, False)], ids=str
)
@pytest.mark.parametrize("limits", [ROTATING, STATIC], ids=["AUTHMODE 2", "AUTHMODE 1"])
def test_grace_is_exact_to_the_ms_in_both_modes(limits: Limits, since_ms: int, good: bool) -> None:
    session = replace(FRESH, number=1, issued_ms=NOW, adopted_ms=NOW, superseded=(Superseded(0, NOW, NOW),))
    assert (0 in accepted(session, limits, NOW + since_ms)) is good


def test_grace_runs_the_same_whether_the_successor_was_adopted_or_not() -> None:
    waiting = replace(FRESH, number=1, issued_ms=NOW, superseded=(Superseded(0, NOW),))
    adopted = replace(waiting, adopted_ms=NOW + 5, superseded=(Superseded(0, NOW, NOW + 5),))
    assert accepted(waiting, now_ms=NOW + GRACE) == accepted(adopted, now_ms=NOW + GRACE)


def test_under_rehearsal_none_runs_out_that_was_good_when_it_began() -> None:
    assert accepted(FIFTH, REHEARSAL) == {4, 5, 6, 7}
    begun = rules.use(FIFTH, 4, REHEARSAL, NOW, hands_out=False).session
    assert accepted(begun, REHEARSAL, NOW + 86_400_000) == {4, 5, 6, 7}


def test_grace_starts_again_at_the_return_of_the_store() -> None:
    out = replace(ROTATING, outages=(Outage(NOW + 1_000, NOW + 500_000),))
    session = replace(FRESH, number=1, issued_ms=NOW, superseded=(Superseded(0, NOW),))
    assert 0 in accepted(session, out, NOW + 500_000 + GRACE - 1)
    assert 0 not in accepted(session, out, NOW + 500_000 + GRACE)


def test_three_ahead_is_nobody() -> None:
    assert check(record(), guid(FRESH, 3)) == Rejected(signed_in=True)


@pytest.mark.parametrize("sent", ["", "x", guid(FRESH, 0)[:-1], guid(FRESH, 0) + "0", guid(FRESH, 0).upper()])
def test_with_a_session_anything_else_is_no_right(sent: str) -> None:
    assert check(record(), sent) == Rejected(signed_in=True)


@pytest.mark.parametrize("sent", ["", guid(FRESH, 0)])
def test_without_a_session_the_agent_is_not_signed_in(sent: str) -> None:
    assert check(record(None), sent) == Rejected(signed_in=False)


def test_the_guid_of_another_agents_session_is_no_right() -> None:
    other = replace(FRESH, id="c" * 32)
    assert check(record(), guid(other, 0)) == Rejected(signed_in=True)


def test_a_guid_ends_in_the_node_of_its_sign_in() -> None:
    assert check(record(), guid(replace(FRESH, node="AgentGateway1"), 0)) == Rejected(signed_in=True)


@pytest.mark.parametrize("sent", ["", ".AgentGateway0", guid(FRESH, 0)])
def test_nothing_is_accepted_for_a_session_whose_key_is_not_held(sent: str) -> None:
    lost = replace(FRESH, key_id="k9")
    kept = Record(AGENT, lost, tombstones=(tombstone(replace(lost, id="d" * 32), NOW),))
    assert check(kept, sent) == Rejected(signed_in=True)


def test_a_session_keeps_the_key_of_its_sign_in() -> None:
    older = replace(FRESH, key_id="k0")
    assert check(record(older), guid(older, 0)) == Bearer(older, 0)
    assert check(record(older), guid(FRESH, 0)) == Rejected(signed_in=True)


def tombstone(session: Session, ended_ms: int, reason: EndReason = EndReason.TAKEN_OVER) -> Tombstone:
    return Tombstone(session.id, session.node, session.key_id, session.number, ended_ms, reason)


@pytest.mark.parametrize("live", [None, FRESH], ids=["signed out", "signed in again"])
@pytest.mark.parametrize("reason", list(EndReason))
def test_the_holder_of_an_ended_session_learns_why(live: Session | None, reason: EndReason) -> None:
    former = replace(FRESH, id="d" * 32, number=5)
    kept = replace(record(live), tombstones=(tombstone(former, NOW - 1, reason),))
    assert check(kept, guid(former, 5)) == Rejected(live is not None, reason)


@pytest.mark.parametrize("number", [0, 3, 4, 5, 6, 7])
def test_former_and_lost_generations_of_an_ended_session_are_told_too(number: int) -> None:
    former = replace(FIFTH, id="d" * 32)
    kept = replace(record(), tombstones=(tombstone(former, NOW),))
    assert check(kept, guid(former, number)) == Rejected(signed_in=True, ended=EndReason.TAKEN_OVER)


@pytest.mark.parametrize(("ago_ms", "reason"), [(599_999, EndReason.TAKEN_OVER), (600_000, None)])
def test_why_is_told_for_ten_minutes(ago_ms: int, reason: EndReason | None) -> None:
    former = replace(FRESH, id="d" * 32)
    kept = replace(record(None), tombstones=(tombstone(former, NOW - ago_ms),))
    assert check(kept, guid(former, 0)) == Rejected(signed_in=False, ended=reason)


def test_each_of_the_last_four_ended_sessions_is_told() -> None:
    former = [replace(FRESH, id=f"{number:032x}") for number in range(4)]
    reasons = [EndReason.SIGNED_OUT, EndReason.TAKEN_OVER, EndReason.IDLE, EndReason.REPLACED]
    stones = tuple(tombstone(old, NOW, why) for old, why in zip(former, reasons, strict=True))
    told = [check(Record(AGENT, FRESH, tombstones=stones), guid(old, 0)) for old in former]
    assert told == [Rejected(signed_in=True, ended=why) for why in reasons]


def test_the_end_of_a_former_session_is_told_with_its_time() -> None:
    former = replace(FRESH, id="d" * 32)
    verdict = check(replace(record(), tombstones=(tombstone(former, NOW - 7),)), guid(former, 0))
    assert isinstance(verdict, Rejected)
    assert verdict.ended_ms == NOW - 7


@pytest.mark.parametrize(("number", "told"), [(3, False), (4, True), (14, True), (15, False)])
def test_of_an_ended_session_those_are_told_that_a_record_may_have_known(number: int, told: bool) -> None:
    former = replace(FRESH, id="d" * 32, number=4 + MAX_SUPERSEDED)
    verdict = check(replace(record(), tombstones=(tombstone(former, NOW),)), guid(former, number))
    assert verdict == Rejected(signed_in=True, ended=EndReason.TAKEN_OVER if told else None)


def test_a_superseded_one_lapses_at_the_end_of_its_grace() -> None:
    assert [rules.lapses_ms(FIFTH, number, ROTATING) for number in (3, 4)] == [NOW, NOW + 1]


def test_an_outage_puts_that_off() -> None:
    out = replace(ROTATING, outages=(Outage(NOW - 1, NOW),))
    assert rules.lapses_ms(FIFTH, 4, out) == NOW + GRACE


def test_the_current_one_lapses_at_no_time() -> None:
    assert [rules.lapses_ms(FIFTH, number, ROTATING) for number in (5, 6)] == [None, None]


def test_nor_does_one_whose_successor_waits_to_be_handed_out() -> None:
    waiting = replace(FRESH, number=1, issued_ms=NOW, superseded=(Superseded(0, NOW, waiting=True),))
    assert rules.lapses_ms(waiting, 0, ROTATING) is None


def test_nor_does_the_last_adopted_one_where_that_outlives_its_grace() -> None:
    assert [rules.lapses_ms(FIFTH, number, STATIC) for number in (3, 4)] == [NOW, None]


def test_whether_one_is_good_now_follows_its_grace() -> None:
    assert [rules.is_accepted(FIFTH, former, ROTATING, NOW) for former in FIFTH.superseded] == [False, True]
