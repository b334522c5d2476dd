"""The judge finds every planted violation, and nothing where all is well."""

from pathlib import Path
from typing import Any

import pytest

from tests.verify.checker import (
    EVENTS,
    EXPIRED,
    LOST,
    ONE,
    ORDER,
    PROMISES,
    REFUSED,
    REVOKED,
    SAFETY_S,
    SIGNED_OUT,
    UNDONE,
    judge,
)
from tests.verify.history import History, Op, Recorder, Result, Trouble, What, read

AGENT, OTHER, GRACE_S = 1001, 1002, 6.0
OK, FAIL, UNKNOWN = Result.OK, Result.FAIL, Result.UNKNOWN
TAKEN_OVER = "100-006 the agent signed in elsewhere by force"
IDLE = "100-006 signed out: no request of the agent within the time limit"


def op(what: What, session: int, at_s: float, result: Result = OK, said: str = "0", **more: Any) -> Op:
    """One operation of AGENT that takes half a second, but for what `more` says."""
    known: dict[str, Any] = {"agent": AGENT, "node": 0, "guid": 0, "done_s": at_s + 0.5, **more}
    return Op(what=what, session=session, sent_s=at_s, result=result, said=said, **known)


def broken(*ops: Op, troubles: tuple[Trouble, ...] = (), lenient: tuple[int, ...] = ()) -> list[str]:
    history = History("play", GRACE_S, lenient, list(ops), list(troubles))
    return [found.promise for found in judge(history).violations]


def begun(session: int = 1, at_s: float = 1, what: What = What.SIGN_IN, **more: Any) -> Op:
    return op(what, session, at_s, **more)


def call(session: int, at_s: float, result: Result = OK, said: str = "0", **more: Any) -> Op:
    return op(What.CALL, session, at_s, result, said, **more)


def poll(at_s: float, guid: int = 0, handed: int = -1, **more: Any) -> Op:
    return op(What.POLL, 1, at_s, guid=guid, handed=handed, **more)


ROTATED = (begun(), poll(2, handed=1), poll(3, guid=1))
"""GUID 0 was replaced at 2 s at the earliest, and GUID 1 in use at 3.5 s."""
DIES_S = 3.5 + GRACE_S + SAFETY_S


def test_a_day_of_sign_ins_rotation_and_notes_breaks_nothing() -> None:
    assert (
        broken(
            *ROTATED,
            call(1, 5, guid=0),
            call(1, DIES_S + 1, FAIL, "000-003", guid=0),
            op(What.NOTE, 1, 12, guid=1, note="a", to=OTHER),
            op(What.POLL, 1, 13, agent=OTHER, read="a"),
            begun(2, 14, What.TAKE_OVER),
            call(1, 15, FAIL, TAKEN_OVER),
            op(What.SIGN_OUT, 2, 16),
            begun(3, 17),
        )
        == []
    )


PLANTED = {
    "a sign-in without force beside a session that goes on": (
        {ONE, REVOKED},
        (begun(), begun(2, 2), call(1, 3), call(2, 4)),
    ),
    "two sessions after sign-ins at the same moment": (
        {ONE},
        (
            begun(1, 1.0, What.TAKE_OVER),
            begun(2, 1.1, What.TAKE_OVER),
            call(1, 3),
            call(2, 4),
        ),
    ),
    "a GUID that lives on after its grace": ({EXPIRED}, (*ROTATED, call(1, DIES_S + 0.1, guid=0))),
    "a GUID that is accepted after its session was taken over": (
        {REVOKED},
        (begun(), begun(2, 2, What.TAKE_OVER), call(1, 3)),
    ),
    "a GUID that comes alive again": (
        {REVOKED},
        (begun(), op(What.SIGN_OUT, 1, 2, UNKNOWN), call(1, 3, FAIL, TAKEN_OVER), call(1, 4)),
    ),
    "the current GUID refused": ({REFUSED}, (*ROTATED, call(1, 4, FAIL, "000-003", guid=1))),
    "a GUID refused in its grace": ({REFUSED}, (*ROTATED, call(1, 7, FAIL, "000-003", guid=0))),
    "a GUID refused whose successor was never handed out": (
        {REFUSED},
        (begun(), poll(2), poll(9), call(1, 14, FAIL, "000-003")),
    ),
    "a session that ends for no reason of the agent's": ({SIGNED_OUT}, (begun(), call(1, 2, FAIL, IDLE))),
    "a session that nobody knows any more": ({LOST}, (begun(), call(1, 2, FAIL, "100-006"))),
    "nobody left of sign-ins at the same moment": (
        {LOST},
        (
            begun(1, 1.0, What.TAKE_OVER),
            begun(2, 1.1, What.TAKE_OVER),
            op(What.TAKE_OVER, 3, 1.2, FAIL, "100-021"),
            call(1, 3, FAIL, TAKEN_OVER),
            call(2, 4, FAIL, TAKEN_OVER),
        ),
    ),
    "a sign-out that was undone": ({UNDONE}, (begun(), op(What.SIGN_OUT, 1, 2), call(1, 3))),
    "a sign-in refused for a session that was signed out": (
        {UNDONE},
        (begun(), op(What.SIGN_OUT, 1, 2), op(What.SIGN_IN, 2, 3, FAIL, "100-002")),
    ),
    "an event that never comes": ({EVENTS}, (begun(), op(What.NOTE, 1, 2, note="a", to=OTHER))),
    "an event that comes to somebody else": (
        {EVENTS},
        (begun(), op(What.NOTE, 1, 2, note="a", to=OTHER), poll(3, read="a")),
    ),
    "events that overtake each other": (
        {ORDER},
        (
            begun(),
            op(What.NOTE, 1, 2, note="a", to=OTHER),
            op(What.NOTE, 1, 3, note="b", to=OTHER),
            op(What.POLL, 1, 4, agent=OTHER, read="b"),
            op(What.POLL, 1, 5, agent=OTHER, read="a"),
        ),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(name: str) -> None:
    promises, ops = PLANTED[name]
    assert set(broken(*ops)) == promises


def test_every_promise_has_a_planted_violation() -> None:
    assert set().union(*(promises for promises, _ in PLANTED.values())) == set(PROMISES)


INNOCENT = {
    "a GUID accepted in its grace": (*ROTATED, call(1, DIES_S - 1, guid=0)),
    "a GUID refused after a poll whose answer was lost": (
        begun(),
        poll(2, result=UNKNOWN),
        call(1, 2 + GRACE_S + 1, FAIL, "000-003"),
    ),
    "a GUID that was handed out, and thrown away": (
        begun(),
        poll(2, handed=1, kept=False),
        call(1, 2 + GRACE_S + 1, FAIL, "000-003"),
    ),
    "a session that a sign-out in doubt may have ended": (
        begun(),
        op(What.SIGN_OUT, 1, 2, UNKNOWN),
        call(1, 3, FAIL, "100-006"),
    ),
    "one of two sign-ins at the same moment": (
        begun(1, 1.0, What.TAKE_OVER),
        begun(2, 1.1, What.TAKE_OVER),
        call(1, 3, FAIL, TAKEN_OVER),
        call(2, 4),
    ),
    "nobody left, where one more sign-in is in doubt": (
        begun(1, 1.0, What.TAKE_OVER),
        begun(2, 1.1, What.TAKE_OVER),
        op(What.TAKE_OVER, 0, 1.2, UNKNOWN),
        call(1, 3, FAIL, TAKEN_OVER),
        call(2, 4, FAIL, TAKEN_OVER),
    ),
    "an answer that says nothing": (begun(), call(1, 2, UNKNOWN, "503 100-007"), call(1, 3)),
    "an operation that is refused for what it asks": (begun(), call(1, 2, FAIL, "000-002"), call(1, 3)),
    "an event that nobody was told of": (begun(), op(What.NOTE, 1, 2, UNKNOWN, note="a", to=OTHER)),
    "an event that comes twice": (
        begun(),
        op(What.NOTE, 1, 2, note="a", to=OTHER),
        op(What.NOTE, 1, 3, note="b", to=OTHER),
        *(op(What.POLL, 1, at, agent=OTHER, read=text) for at, text in ((4, "a"), (5, "b"), (6, "a"))),
    ),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_what_may_be_is_no_violation(name: str) -> None:
    assert broken(*INNOCENT[name]) == []


def test_a_grace_begins_again_after_trouble() -> None:
    frozen = (Trouble("frozen", 4, 5),)
    again = call(1, 6, guid=1)
    assert broken(*ROTATED, again, call(1, DIES_S + 1, guid=0), troubles=frozen) == []
    assert broken(*ROTATED, again, call(1, 6.5 + GRACE_S + SAFETY_S + 0.1, guid=0), troubles=frozen) == [EXPIRED]
    assert broken(*ROTATED, call(1, 20, guid=0), troubles=frozen) == []


def test_who_need_not_take_a_new_guid_is_not_refused_for_the_old_one() -> None:
    deaf = (begun(), poll(2, handed=1, kept=False), call(1, 2 + GRACE_S + 1, FAIL, "000-003"))
    assert broken(*deaf, lenient=(AGENT,)) == [REFUSED]


def test_a_node_that_is_cut_off_may_accept_until_it_must_know_and_may_refuse_nobody() -> None:
    cut = (Trouble("cut off", 2, 5, node=0),)
    over = (begun(), begun(2, 2, What.TAKE_OVER, node=1))
    assert broken(*over, call(1, 4), troubles=cut) == []
    assert broken(*over, call(1, 4, node=1), troubles=cut) == [REVOKED]
    assert broken(*over, call(1, 6), troubles=cut) == [REVOKED]
    assert broken(begun(), call(1, 4, FAIL, "100-006"), troubles=cut) == [LOST]


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with path.open("w", encoding="utf-8") as file:
        recorder = Recorder(file, "one", GRACE_S)
        asked = Op(AGENT, What.NOTE, 1, 2, 3, 4.0, note="a", to=OTHER)
        first, second, third = (recorder.invoke(asked) for _ in range(3))
        with recorder.trouble("frozen", 1):
            recorder.done(second, OK, said="0", handed=4, read="b", kept=False)
        recorder.done(first, FAIL, said="100-006")
        ended = recorder.history
        Recorder(file, "two", GRACE_S)
    one, two = read(path)
    assert third
    assert one.ops[:2] == ended.ops
    assert one.ops[2:] == [asked]
    assert (one.troubles, one.play, two.play, two.ops) == (ended.troubles, "one", "two", [])
