import logging
from enum import StrEnum

import pytest

from gateway.audit import trail
from gateway.audit.trail import GATHER_MS, MOST_ADDRESSES
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable

START_MS = 1_767_225_600_000


class Book:
    """A trail whose lines and time are the test's."""

    def __init__(self, key: bytes = b"k" * 32) -> None:
        self.lines: list[trail.Line] = []
        self.now_ms = START_MS
        self.trail = trail.Trail("node1", key, [self.lines.append], lambda: self.now_ms)


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_line_has_time_node_kind_agent_and_facts(book: Book) -> None:
    with trail.installed(book.trail):
        trail.record("sign-in", 101, client="Desk/1", force=False)
    assert book.lines == [
        {
            "time": "2026-01-01T00:00:00.000Z",
            "node": "node1",
            "kind": "sign-in",
            "agent": 101,
            "client": "Desk/1",
            "force": False,
        }
    ]


def test_a_fact_may_be_a_list(book: Book) -> None:
    with trail.installed(book.trail):
        trail.tell("settings-refused", {"reason": "file changed", "problems": ["MAXTIME: soon", "more"]})
    assert book.lines[0]["problems"] == ["MAXTIME: soon", "more"]


def test_a_session_is_a_hash_that_only_holders_of_the_key_can_make() -> None:
    first, same, other = Book(), Book(), Book(b"o" * 32)
    for book in (first, same, other):
        with trail.installed(book.trail):
            trail.record("sign-in", 101, session="0123456789abcdef")
    hashes = [book.lines[0]["session"] for book in (first, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert "0123456789abcdef" not in hashes


def test_who_asked_for_it_on_the_admin_listener_is_named(book: Book) -> None:
    with trail.installed(book.trail):
        token = trail.ACTOR.set("alice")
        trail.record("sign-out", 101, reason="FORCED")
        trail.ACTOR.reset(token)
    assert book.lines[0]["by"] == "alice"


def test_text_of_a_client_is_bounded_and_stays_one_line(book: Book) -> None:
    with trail.installed(book.trail):
        trail.record("sign-in", 101, client="a\nb" + "x" * 500)
    client = str(book.lines[0]["client"])
    assert "\n" not in client
    assert len(client) < 150


def test_refusals_of_an_address_are_one_line_at_once_and_one_with_their_count(book: Book) -> None:
    with trail.installed(book.trail):
        for agent_id in (101, 102, 103):
            trail.record("refused", agent_id, reason="000-003", address="192.0.2.7")
        assert len(book.lines) == 1
        book.now_ms += GATHER_MS
        trail.gather()
    first, gathered = book.lines
    assert (first["agent"], gathered["agents"], gathered["count"]) == (101, [102, 103], 2)
    assert "agent" not in gathered


def test_other_addresses_and_reasons_have_lines_of_their_own(book: Book) -> None:
    with trail.installed(book.trail):
        trail.record("refused", 101, reason="000-003", address="192.0.2.7")
        trail.record("refused", 101, reason="000-003", address="192.0.2.8")
        trail.record("refused", 101, reason="100-004", address="192.0.2.8")
        assert len(book.lines) == 3


def test_what_was_gathered_is_written_at_the_end(book: Book) -> None:
    with trail.installed(book.trail):
        for _ in range(5):
            trail.record("refused", 101, reason="000-003", address="192.0.2.7")
    assert [line.get("count") for line in book.lines] == [None, 4]


def test_a_flood_from_many_addresses_is_bounded(book: Book) -> None:
    with trail.installed(book.trail):
        for number in range(MOST_ADDRESSES + 5000):
            trail.record("refused", 101, reason="000-003", address=f"2001:db8::{number:x}")
    assert len(book.lines) == MOST_ADDRESSES + 2
    assert (book.lines[-1]["address"], book.lines[-1]["count"]) == ("others", 4999)


def test_what_an_agent_does_is_never_gathered(book: Book) -> None:
    with trail.installed(book.trail):
        for _ in range(3):
            trail.record("sign-in", 101, address="192.0.2.7")
        assert len(book.lines) == 3


def test_without_a_trail_it_is_a_line_of_the_log_without_the_session(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gateway.audit"):
        trail.record("sign-out", 101, session="secret", reason="IDLE")
    assert caplog.messages == ["sign-out agent=101 reason=IDLE"]


def test_a_refusal_tells_why_the_session_is_over(book: Book) -> None:
    class Reason(StrEnum):
        IDLE = "signed out: no request"

    with trail.installed(book.trail):
        trail.record_refusal("getAgentEvent", 101, Refused(retcodes.NOT_SIGNED_IN, Reason.IDLE))
    assert [line["why"] for line in book.lines] == ["IDLE"]


@pytest.mark.parametrize(("signs_in", "lines"), [(True, 1), (False, 0)])
def test_who_wanted_to_sign_in_during_an_outage_is_told_of(book: Book, *, signs_in: bool, lines: int) -> None:
    with trail.installed(book.trail):
        trail.record_refusal("login", 101, StoreUnavailable(), signs_in=signs_in)
    assert len(book.lines) == lines
