"""The table of settings."""

import pytest

from gateway.settings.schema import BY_KEY, ROWS, Settings, nearest

VENDOR_KEYS = (
    "AUTHMODE",
    "GUIDINTERVAL",
    "GUIDTIMEOUT",
    "AGENT_POLL_WAIT_FLAG",
    "AGENT_POLL_WAIT_TIMES",
    "AGENT_POLL_WAIT_INTERVAL",
    "TIMEOUT_FLAG",
    "MAXTIME",
    "EVENT_PUSH_HANDSHAKE_MAXTIME",
    "EVENT_PUSH_FAIL_INTERVALTIME",
    "EVENT_PUSH_FAIL_TOTALTIME",
    "EVENT_PUST_WHILTELIST_CALLBACKURI",
    "eventpush.ssl.trustAll",
    "eventpush.ssl.cert.file",
    "eventpush.ssl.cert.type",
    "MULTIMEDIA_SECMODE",
    "LOGIN_PWD_DECRYPT_ENABLE",
)


def test_the_table_has_every_key_of_the_vendor() -> None:
    assert {row.key for row in ROWS if row.vendor} == set(VENDOR_KEYS)


def test_absent_keys_mean_dynamic_guids_of_60_and_120_seconds() -> None:
    settings = Settings()

    assert (settings.auth_mode, settings.guid_interval_ms, settings.guid_timeout_ms) == (2, 60_000, 120_000)


@pytest.mark.parametrize(("flag", "hold"), [(True, 10_000), (False, 0)])
def test_the_poll_hold_is_times_by_interval_unless_switched_off(flag: bool, hold: int) -> None:
    assert Settings(poll_wait_flag=flag).poll_hold_ms == hold


def test_every_default_is_a_value_that_the_file_may_hold() -> None:
    assert Settings.model_validate({row.key: row.default for row in ROWS}) == Settings()


def test_every_row_is_described() -> None:
    assert [row.key for row in ROWS if not row.description.endswith(".")] == []


def test_what_is_a_span_of_time_has_its_unit() -> None:
    assert {row.key for row in ROWS if row.attribute.endswith("_ms")} == {row.key for row in ROWS if row.unit == "ms"}


def test_secrets_are_not_in_the_printed_settings() -> None:
    settings = Settings(redis_url="redis://user:hunter2@host")

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


@pytest.mark.parametrize(
    ("unknown", "known"),
    [
        ("guidinterval", "GUIDINTERVAL"),
        ("GUIDINTERVALL", "GUIDINTERVAL"),
        ("EVENTPUSH.SSL.TRUSTALL", "eventpush.ssl.trustAll"),
        ("EVENT_PUSH_WHITELIST_CALLBACKURL", "EVENT_PUSH_WHITELIST_CALLBACKURI"),
        ("AGENT_POLL_WAIT_INTERVALL", "AGENT_POLL_WAIT_INTERVAL"),
        ("zzz", ""),
    ],
)
def test_the_nearest_known_key_is_found(unknown: str, known: str) -> None:
    assert nearest(unknown) == known


def test_both_spellings_of_the_callback_list_are_one_setting() -> None:
    assert BY_KEY["EVENT_PUSH_WHITELIST_CALLBACKURI"] is BY_KEY["EVENT_PUST_WHILTELIST_CALLBACKURI"]
