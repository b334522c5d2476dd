"""Sessions of the console: what ends them, and what their holder is told then."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.admin.admin_tokens import AdminTokens
from gateway.admin.console_sessions import IDLE_S, LONGEST_S, MOST, WHY, ConsoleSession, ConsoleSessions, OpenedSession

ANN = "ann admin anns-token-0123456"
BEN = "ben read  bens-token-0123456"
OTHER_TOKEN = "ann admin another-of-anns-01"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the file of tokens."""
    path = tmp_path / "admin.tokens"
    path.touch(0o600)

    def written(*lines: str) -> Path:
        path.write_text("\n".join(lines) + "\n")
        return path

    return written


@pytest.fixture
def sessions(write: Callable[..., Path], clock: Clock) -> ConsoleSessions:
    return ConsoleSessions(AdminTokens([], write(ANN, BEN)), clock)


def signed_in(sessions: ConsoleSessions, token: bytes = b"anns-token-0123456") -> OpenedSession:
    opened = sessions.open(token)
    assert opened is not None
    return opened


def test_the_holder_of_a_token_gets_a_session_of_his_name(sessions: ConsoleSessions) -> None:
    found = sessions.find(signed_in(sessions).id)
    assert isinstance(found, ConsoleSession)
    assert (found.actor.name, found.actor.role) == ("ann", "admin")


def test_nobody_else_gets_one(sessions: ConsoleSessions) -> None:
    assert sessions.open(b"a-token-that-nobody-has") is None


def test_neither_id_nor_csrf_token_is_the_token_or_shown(sessions: ConsoleSessions) -> None:
    opened = signed_in(sessions)
    shown = repr((opened, sessions.find(opened.id)))
    assert len({opened.id, opened.csrf, "anns-token-0123456"}) == 3
    assert not [secret for secret in (opened.id, opened.csrf, "anns-token") if secret in shown]


def test_an_id_that_never_was_is_told_nothing(sessions: ConsoleSessions) -> None:
    signed_in(sessions)
    assert sessions.find("anything") == ""


def test_the_csrf_token_is_that_of_this_session(sessions: ConsoleSessions) -> None:
    first, second = signed_in(sessions), signed_in(sessions)
    found = sessions.find(first.id)
    assert isinstance(found, ConsoleSession)
    assert [found.is_csrf(given) for given in (first.csrf, second.csrf, "")] == [True, False, False]


def test_a_session_that_nobody_uses_ends(sessions: ConsoleSessions, clock: Clock) -> None:
    opened = signed_in(sessions)
    clock.now_s += IDLE_S
    assert sessions.find(opened.id) == WHY["IDLE"]


def test_use_keeps_it(sessions: ConsoleSessions, clock: Clock) -> None:
    opened = signed_in(sessions)
    for _ in range(3):
        clock.now_s += IDLE_S - 1
        assert isinstance(sessions.find(opened.id), ConsoleSession)


def test_a_page_that_brings_itself_up_to_date_does_not_keep_it(sessions: ConsoleSessions, clock: Clock) -> None:
    opened = signed_in(sessions)
    clock.now_s += IDLE_S - 1
    sessions.find(opened.id, used=False)
    clock.now_s += 1
    assert sessions.find(opened.id) == WHY["IDLE"]


def test_no_use_keeps_it_longer_than_half_a_day(sessions: ConsoleSessions, clock: Clock) -> None:
    opened, began_s = signed_in(sessions), clock.now_s
    while clock.now_s < began_s + LONGEST_S - 1000:
        clock.now_s += 1000
        assert isinstance(sessions.find(opened.id), ConsoleSession)
    clock.now_s = began_s + LONGEST_S
    assert sessions.find(opened.id) == WHY["TOO_OLD"]


def test_it_tells_when_it_would_end(sessions: ConsoleSessions, clock: Clock) -> None:
    found = sessions.find(signed_in(sessions).id)
    assert isinstance(found, ConsoleSession)
    clock.now_s += 100
    assert sessions.ends_in_s(found) == IDLE_S - 100


@pytest.mark.parametrize("lines", [[BEN], [OTHER_TOKEN, BEN]], ids=["withdrawn", "changed"])
def test_it_ends_with_its_token(sessions: ConsoleSessions, write: Callable[..., Path], lines: list[str]) -> None:
    opened, other = signed_in(sessions), signed_in(sessions, b"bens-token-0123456")
    write(*lines)
    assert sessions.find(opened.id) == WHY["TOKEN_CHANGED"]
    assert isinstance(sessions.find(other.id), ConsoleSession)


def test_the_token_back_again_does_not_bring_it_back(sessions: ConsoleSessions, write: Callable[..., Path]) -> None:
    opened = signed_in(sessions)
    write(BEN)
    sessions.find(opened.id)
    write(ANN, BEN)
    assert sessions.find(opened.id) == WHY["TOKEN_CHANGED"]


def test_it_has_the_role_that_its_token_has_now(sessions: ConsoleSessions, write: Callable[..., Path]) -> None:
    opened = signed_in(sessions)
    write(ANN.replace("admin", "read "), BEN)
    found = sessions.find(opened.id)
    assert isinstance(found, ConsoleSession)
    assert found.actor.may_change is False


def test_a_signed_out_session_is_over(sessions: ConsoleSessions) -> None:
    opened = signed_in(sessions)
    sessions.close(opened.id)
    sessions.close(opened.id)
    assert sessions.find(opened.id) == WHY["SIGNED_OUT"]


def test_more_than_so_many_end_the_one_that_was_used_least(sessions: ConsoleSessions, clock: Clock) -> None:
    first, second = signed_in(sessions), signed_in(sessions)
    clock.now_s += 1
    sessions.find(first.id)
    for _ in range(MOST - 1):
        signed_in(sessions)
    assert sessions.find(second.id) == WHY["CROWDED_OUT"]
    assert isinstance(sessions.find(first.id), ConsoleSession)


def test_beginning_and_end_are_audited_with_the_name_alone(
    sessions: ConsoleSessions, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    opened = sessions.open(b"anns-token-0123456", "127.0.0.1")
    assert opened is not None
    clock.now_s += IDLE_S
    sessions.find(opened.id)
    assert caplog.messages == [
        "console-sign-in address=127.0.0.1 by=ann role=admin",
        "console-sign-out by=ann reason=IDLE",
    ]
