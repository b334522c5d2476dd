from typing import Any

import pytest

from gateway.audit.diagnosis import Cause
from gateway.audit.explain import explain


def line(second: int, kind: str, agent: int | None = 101, **facts: Any) -> dict[str, Any]:
    who = {} if agent is None else {"agent": agent}
    return {"time": f"2026-01-01T10:32:{second:02}.000Z", "node": "n1", "kind": kind, **who, **facts}


def test_a_take_over_says_by_whom_and_from_where() -> None:
    found = explain(
        101,
        [
            line(1, "sign-in", client="Desk/1"),
            line(5, "take-over", reason="forced sign-in", address="192.0.2.9", taken_over_by="Desk/2"),
            line(5, "sign-in", client="Desk/2", address="192.0.2.9", force=True),
            line(9, "refused", reason="100-006", operation="getAgentEvent"),
        ],
    )
    assert "is signed in since 2026-01-01T10:32:05.000Z" in found.now
    assert "was taken over (forced sign-in) from 192.0.2.9 with Desk/2" in found.now
    assert "change the password" in found.advice


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("IDLE", "MAXTIME"),
        ("TOO_OLD", "SESSION_MAXTIME"),
        ("PUSH_FAILED", "could not be delivered"),
        ("UPSTREAM", "contact centre behind"),
        ("SIGNED_OUT", "desktop signed the agent out"),
    ],
)
def test_each_end_of_a_session_has_its_cause(reason: str, words: str) -> None:
    found = explain(101, [line(1, "sign-in"), line(9, "sign-out", reason=reason)])
    assert "is signed out" in found.now
    assert words in found.now


def test_a_client_that_ignores_new_guids_is_named_as_the_cause_of_its_refusals() -> None:
    found = explain(
        101,
        [
            line(1, "sign-in"),
            line(2, "guid-not-adopted", client="Old/1"),
            line(9, "refused", reason="000-003", operation="getAgentEvent", count=12),
        ],
    )
    assert "does not take new ones. Since then it was refused (000-003)" in found.now
    assert "AUTHMODE_STATIC_AGENTS" in found.advice
    assert "(12 times more)" in found.history[-1]


def test_a_lock_out_says_when_it_ends() -> None:
    found = explain(101, [line(9, "sign-in-locked", address="192.0.2.1")])
    assert "locked out from 192.0.2.1" in found.now
    assert "5 minutes" in found.advice


def test_what_concerned_the_node_stands_in_the_history() -> None:
    found = explain(
        101,
        [
            line(1, "sign-in"),
            line(3, "store-outage", None, reason="timeout"),
            line(7, "settings-refused", None, problems=["GUIDINTERVAL = x: must be a number"]),
        ],
    )
    assert "the session store was out of reach (timeout)" in found.history[1]
    assert "GUIDINTERVAL = x" in found.history[2]


def test_without_lines_it_says_that_it_does_not_know() -> None:
    found = explain(101, [line(3, "node-start", None), line(4, "sign-in", 102)])
    assert "nothing is recorded of agent 101" in found.now
    assert "not known" in found.advice


def test_a_kind_of_a_newer_version_is_shown_and_not_explained() -> None:
    found = explain(101, [line(1, "sign-out", reason="NEWER")])
    assert "NEWER" in found.now
    assert "not known" in found.advice


@pytest.mark.parametrize(
    ("lines", "cause", "words"),
    [
        ([line(1, "sign-in"), line(2, "store-outage", None, reason="timeout")], Cause.STORE_OUTAGE, "out of reach"),
        (
            [
                line(1, "node-start", None, store="memory"),
                line(2, "sign-in"),
                line(3, "node-start", None, store="memory"),
            ],
            Cause.RESTARTED,
            "sessions of before are gone",
        ),
        ([line(1, "sign-in"), line(2, "store-emptied", None)], Cause.STORE_EMPTIED, "was emptied"),
        ([line(1, "sign-in"), line(2, "node-stop", None)], Cause.STOPPED, "node n1 stopped"),
        (
            [line(1, "drain", None, target="n1", by="adam"), line(2, "refused", reason="100-007", operation="login")],
            Cause.DRAINING,
            "node n1 is drained (by adam)",
        ),
        (
            [line(1, "sign-in"), line(2, "settings-refused", None, problems=["MAXTIME = x: must be a number"])],
            Cause.SETTINGS_REFUSED,
            "MAXTIME = x",
        ),
        ([line(1, "sign-in"), line(2, "guid-not-adopted", client="Old/1")], Cause.IGNORES_GUIDS, "with Old/1"),
        ([line(1, "sign-in")], Cause.NOTHING, "is signed in"),
        ([line(1, "refused", reason="000-003", operation="getAgentEvent")], Cause.UNKNOWN, "do not tell"),
        ([line(1, "sign-out", reason="IDLE"), line(2, "lines-missing", None, count=3)], Cause.UNKNOWN, "do not tell"),
    ],
)
def test_each_cause_is_named(lines: list[dict[str, Any]], cause: Cause, words: str) -> None:
    found = explain(101, lines)
    assert (found.cause, words in found.now) == (cause, True), found.now


def test_a_refused_file_is_told_beside_a_trouble_of_the_agent() -> None:
    lines = [line(1, "sign-out", reason="IDLE"), line(2, "settings-refused", None, problems=["MAXTIME = x"])]
    assert "Besides, the settings file of node n1 is refused" in explain(101, lines).now


def test_an_outage_explains_nothing_to_an_agent_who_had_left() -> None:
    lines = [
        line(1, "sign-in"),
        line(2, "sign-out", reason="SIGNED_OUT"),
        line(3, "store-outage", None, reason="timeout"),
        line(4, "store-back", None, after_s=1),
    ]
    assert explain(101, lines).cause is Cause.SIGNED_OUT
