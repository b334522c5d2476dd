"""What a changed file means: half-written or whole, what changes, what waits."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.settings.load import Loaded, interpret
from gateway.settings.problems import SettingsError
from gateway.settings.reload import DOUBTFUL_SETTLE_MS, SETTLE_MS, FileChange, judge, settle_ms

FILE = Path("basic.properties")
TEMPLATE = """\
# Site settings
AUTHMODE = {mode}
GUIDINTERVAL = {interval} //GUID update interval
GUIDTIMEOUT = {timeout}
AGENT_POLL_WAIT_TIMES = 100

# Time limits
MAXTIME = {limit} //silent agents
CORS_ORIGINS = https://desk.example.com;\\
    https://other.example.com
LOGIN_ADDRESS_LIMIT = {failures}
"""


def content(
    mode: int = 2, interval: int = 60_000, timeout: int = 120_000, limit: int = 120_000, failures: int = 200
) -> bytes:
    return TEMPLATE.format(mode=mode, interval=interval, timeout=timeout, limit=limit, failures=failures).encode()


def loaded(raw: bytes, **overrides: str) -> Loaded:
    return interpret(raw, FILE, overrides)


def judged(before: Loaded, raw: bytes, *, force: bool = False) -> FileChange:
    return judge(before, before.settings, raw, force=force)


def refusal(before: Loaded, raw: bytes, *, force: bool = False) -> str:
    with pytest.raises(SettingsError) as caught:
        judged(before, raw, force=force)
    return str(caught.value)


OLD = content()
NEW = content(mode=1, interval=30_000, timeout=90_000, limit=240_000, failures=3000)


def taken(raw: bytes) -> FileChange | None:
    try:
        return judged(loaded(OLD), raw)
    except SettingsError:
        return None


def test_no_beginning_of_the_file_in_force_changes_a_value() -> None:
    changes = [taken(OLD[:length]) for length in range(len(OLD))]

    assert [change for change in changes if change and (change.changed or change.vanished)] == []


def test_every_beginning_of_a_new_file_is_refused_or_taken_as_it_stands() -> None:
    changes = {NEW[:length]: taken(NEW[:length]) for length in range(len(NEW))}

    assert [raw for raw, change in changes.items() if change and change.settings != loaded(raw).settings] == []


def test_a_beginning_that_ends_within_a_line_is_refused_while_keys_are_missing() -> None:
    open_ends = [NEW[:length] for length in range(NEW.index(b"LOGIN")) if not NEW[:length].endswith(b"\n")]

    assert [raw for raw in open_ends if taken(raw)] == []


@settings(deadline=None)
@given(
    mode=st.sampled_from([1, 2]),
    interval=st.integers(1000, 60_000),
    limit=st.integers(1000, 900_000),
    share=st.floats(0, 1, exclude_max=True),
    kept=st.floats(0, 1),
)
def test_settings_are_always_those_of_one_content(
    mode: int, interval: int, limit: int, share: float, kept: float
) -> None:
    new = content(mode=mode, interval=interval, limit=limit)
    written = int(share * len(new))
    part = new[:written] + OLD[written : written + int(kept * len(OLD))]

    change = taken(part)

    assert change is None or change.settings == loaded(part).settings


@pytest.mark.parametrize("raw", [b"", b" \n\t\n", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("force", [False, True])
def test_an_empty_file_is_refused_even_by_force(raw: bytes, force: bool) -> None:
    assert refusal(loaded(OLD), raw, force=force) == "basic.properties: is empty"


def test_the_beginning_of_the_file_is_refused_also_where_a_line_ends() -> None:
    assert "only the beginning of the file applied before" in refusal(loaded(OLD), OLD[: OLD.index(b"# Time")])


@pytest.mark.parametrize("raw", [OLD[: OLD.index(b"# Time")], b"AUTHMODE = 1\nMAXTIME = 120000"])
def test_what_looks_half_written_is_told_with_the_way_to_have_it_taken_over(raw: bytes) -> None:
    assert refusal(loaded(OLD), raw).endswith("if it is meant so, SIGHUP takes it over)")
    assert judged(loaded(OLD), raw, force=True).loaded.raw == raw


def test_lost_keys_and_an_open_last_line_are_refused() -> None:
    lost = refusal(loaded(OLD), b"AUTHMODE = 1\nMAXTIME = 120000")

    assert "has lost AGENT_POLL_WAIT_TIMES, CORS_ORIGINS, GUIDINTERVAL, GUIDTIMEOUT, LOGIN_ADDRESS_LIMIT" in lost


@pytest.mark.parametrize("raw", [OLD[: OLD.index(b"# Time")], b"AUTHMODE = 1\nMAXTIME = 120000"])
def test_force_takes_what_looks_half_written(raw: bytes) -> None:
    assert judged(loaded(OLD), raw, force=True).settings == loaded(raw).settings


def test_force_does_not_take_wrong_values() -> None:
    assert "must be 1 or 2" in refusal(loaded(OLD), b"AUTHMODE = 7\n", force=True)


def test_one_wrong_value_refuses_the_whole_file() -> None:
    assert "GUIDINTERVAL = 6:" in refusal(loaded(OLD), content(mode=1, interval=6))


def test_changed_values_are_named() -> None:
    change = judged(loaded(OLD), NEW)

    assert {row.key for row in change.changed} == {
        "AUTHMODE",
        "GUIDINTERVAL",
        "GUIDTIMEOUT",
        "MAXTIME",
        "LOGIN_ADDRESS_LIMIT",
    }


def test_vanished_keys_are_named_and_fall_back_to_their_default() -> None:
    change = judged(loaded(NEW), NEW.replace(b"GUIDINTERVAL = 30000", b"# none"))

    assert change.vanished == ("GUIDINTERVAL",)
    assert change.settings.guid_interval_ms == 60_000


def test_a_vanished_key_that_set_gives_keeps_the_value_of_set() -> None:
    change = judged(loaded(NEW, MAXTIME="5000"), NEW.replace(b"MAXTIME", b"# none"))

    assert change.vanished == ()
    assert change.settings.max_time_ms == 5000


def test_set_wins_over_a_changed_file() -> None:
    assert judged(loaded(OLD, MAXTIME="5000"), NEW).settings.max_time_ms == 5000


def test_what_needs_a_restart_waits_and_the_rest_counts() -> None:
    change = judged(loaded(OLD), NEW + b"HTTP_PORT = 9000\n")

    assert [row.key for row in change.waiting] == ["HTTP_PORT"]
    assert change.settings.http_port == 8000
    assert change.settings.auth_mode == 1


def test_a_comment_changes_no_value() -> None:
    change = judged(loaded(OLD), OLD + b"# the end\n")

    assert (change.changed, change.waiting, change.vanished) == ((), (), ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (OLD, SETTLE_MS),
        (NEW, SETTLE_MS),
        (NEW.rstrip(), DOUBTFUL_SETTLE_MS),
        (NEW.replace(b"MAXTIME", b"#"), DOUBTFUL_SETTLE_MS),
        (b"", DOUBTFUL_SETTLE_MS),
        (None, DOUBTFUL_SETTLE_MS),
    ],
    ids=["in force", "whole", "open last line", "lost a key", "empty", "missing"],
)
def test_doubtful_content_must_stay_the_same_for_longer(raw: bytes | None, expected: int) -> None:
    assert settle_ms(loaded(OLD), raw) == expected
