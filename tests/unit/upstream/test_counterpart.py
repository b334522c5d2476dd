"""How what a session carries at the service behind changes, also when answers overtake each other."""

from dataclasses import replace

import pytest

from gateway.backend import EndReason, Upstream
from gateway.sessions.model import Record, Reservation
from gateway.upstream.counterpart import (
    FALLBACK_MS,
    ending,
    following,
    keys_to_try,
    reverting,
    upstream_of,
)
from tests.unit.sessions.samples import AGENT, FRESH, START

NOW = START + 60_000
BOTH = Upstream("sealed-u2", "node-1", "sealed-u1", NOW - 1000)


def guid(sealed: str) -> str:
    """The GUID in a sealed text of these tests: the same GUID can be sealed differently."""
    return sealed.removeprefix("sealed-").removeprefix("again-")


def record(upstream: Upstream | None = BOTH) -> Record:
    return Record(AGENT, replace(FRESH, upstream=upstream))


def followed(carried: str, fresh: str, before: Record | None = None) -> Upstream | None:
    """What is kept after an answer to `carried` that handed out `fresh`; None where nothing changes."""
    change = following(FRESH.id, carried, fresh, guid, NOW)(before or record())
    assert change.outcome
    return change.record.session.upstream if change.record and change.record.session else None


def test_a_new_guid_takes_the_place_of_the_newest_which_is_kept_for_a_while() -> None:
    assert followed("sealed-u2", "sealed-u3") == Upstream("sealed-u3", "node-1", "sealed-u2", NOW)


def test_a_guid_that_another_node_kept_already_changes_nothing() -> None:
    assert followed("sealed-u1", "again-u2") is None


def test_a_late_answer_that_hands_out_the_former_again_changes_nothing() -> None:
    assert followed("sealed-u2", "again-u1") is None


def test_an_answer_to_a_guid_given_up_long_ago_changes_nothing() -> None:
    assert followed("sealed-u0", "sealed-u9") is None


def test_of_two_answers_to_the_same_guid_the_later_counts_and_the_other_is_kept() -> None:
    assert followed("sealed-u1", "sealed-u9") == Upstream("sealed-u9", "node-1", "sealed-u2", NOW)


def test_a_session_that_is_over_follows_nothing() -> None:
    change = following("f" * 32, "sealed-u2", "sealed-u3", guid, NOW)(record())
    assert (change.outcome, change.record) == (False, None)


def test_following_twice_is_as_once() -> None:
    rule = following(FRESH.id, "sealed-u2", "sealed-u3", guid, NOW)
    once = rule(record()).record
    assert once is not None
    assert rule(once).record is None


@pytest.mark.parametrize(
    ("upstream", "keys"),
    [
        (Upstream("a"), ("a",)),
        (Upstream("a", former="b", replaced_ms=NOW), ("a", "b")),
        (Upstream("a", former="b", replaced_ms=NOW - FALLBACK_MS + 1), ("a", "b")),
        (Upstream("a", former="b", replaced_ms=NOW - FALLBACK_MS), ("a",)),
    ],
)
def test_the_former_is_tried_for_a_while(upstream: Upstream, keys: tuple[str, ...]) -> None:
    assert keys_to_try(upstream, NOW) == keys


def test_where_only_the_former_works_it_becomes_the_newest() -> None:
    change = reverting(FRESH.id, "sealed-u1", NOW)(record())
    assert change.record is not None
    assert change.record.session is not None
    assert change.record.session.upstream == Upstream("sealed-u1", "node-1", "sealed-u2", NOW)


def test_unless_a_newer_one_came_meanwhile() -> None:
    assert reverting(FRESH.id, "sealed-u0", NOW)(record()).record is None


def test_a_session_that_is_over_there_ends_here_and_nobody_is_told() -> None:
    change = ending(FRESH.id, "sealed-u2", EndReason.FORCED, NOW)(record())
    assert change.outcome
    assert change.record is not None
    assert change.record.session is None
    assert change.record.tombstones[0].reason is EndReason.FORCED
    assert [end.upstream for end in change.ends] == [None]


def test_not_when_a_newer_guid_came_meanwhile() -> None:
    assert not ending(FRESH.id, "sealed-u1", EndReason.FORCED, NOW)(record()).outcome


@pytest.mark.parametrize(("until_ms", "ended"), [(NOW + 1, False), (NOW, True)])
def test_not_while_a_sign_in_is_under_way(until_ms: int, ended: bool) -> None:
    busy = replace(record(), reservation=Reservation("other", until_ms))
    assert ending(FRESH.id, "sealed-u2", EndReason.FORCED, NOW)(busy).outcome is ended


def test_a_session_without_counterpart_is_none_of_ours() -> None:
    assert upstream_of(record(None), FRESH.id) is None
