"""From a file and `--set` to settings, or every reason why not."""

from pathlib import Path

import pytest

from gateway.settings.load import Loaded, interpret, load, load_parts
from gateway.settings.problems import SettingsError
from gateway.settings.schema import BY_KEY, ROWS
from gateway.settings.setting_rows import SettingRow

FILE = Path("basic.properties")
SHIPPED = Path(__file__).parents[3] / "config" / "basic.properties"
VENDOR_SAMPLE = b"""\
AUTHMODE = 2
GUIDINTERVAL = 60000 //GUID update interval
GUIDTIMEOUT = 120000 //GUID timeout interval
AGENT_POLL_WAIT_FLAG = ON
AGENT_POLL_WAIT_TIMES = 100
AGENT_POLL_WAIT_INTERVAL = 100
TIMEOUT_FLAG = ON
MAXTIME = 120000
EVENT_PUSH_HANDSHAKE_MAXTIME = 120000
EVENT_PUSH_FAIL_INTERVALTIME = 10000
EVENT_PUSH_FAIL_TOTALTIME = 120000
EVENT_PUST_WHILTELIST_CALLBACKURI = https://crm.example.com/events;https://crm2.example.com/events
eventpush.ssl.trustAll = false
eventpush.ssl.cert.file =
eventpush.ssl.cert.type =
MULTIMEDIA_SECMODE = 0
LOGIN_PWD_DECRYPT_ENABLE = false
"""


def read(text: str, **overrides: str) -> Loaded:
    return interpret(text.encode(), FILE, overrides)


def refusal(text: str, **overrides: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(text, **overrides)
    return str(caught.value).splitlines()


def test_the_vendor_s_lines_load_as_they_stand() -> None:
    loaded = interpret(VENDOR_SAMPLE, FILE, {})

    assert loaded.warnings == ()
    assert loaded.settings.guid_interval_ms == 60_000
    assert loaded.settings.push_callbacks == ("https://crm.example.com/events", "https://crm2.example.com/events")


def test_the_shipped_file_holds_every_setting_at_its_default_and_loads_without_a_warning() -> None:
    loaded = load(SHIPPED, {})

    assert loaded.warnings == ()
    assert loaded.file_keys == {row.key for row in ROWS}
    assert loaded.settings == interpret(b"", SHIPPED, {}).settings


def test_all_problems_are_told_at_once_with_line_value_and_what_is_allowed() -> None:
    text = "AUTHMODE = 3\n\nGUIDINTERVAL = 6\nMAXTIME = soon //yes\nHTTP_PORT = 8043\nX = \\u1\n"

    assert refusal(text, NODE_NAME="a b", Nonsense="1") == [
        "--set: unknown setting Nonsense",
        "--set: NODE_NAME = a b: must be 1 to 27 letters and digits",
        "basic.properties:1: AUTHMODE = 3: must be 1 or 2",
        "basic.properties:3: GUIDINTERVAL = 6: must be a whole number from 1000 to 86400000 (ms)",
        "basic.properties:4: MAXTIME = soon: must be a whole number from 1000 to 86400000 (ms)",
        "basic.properties:5: HTTP_PORT = 8043: HTTP_PORT, HTTPS_PORT and ADMIN_PORT must differ",
        "basic.properties:6: broken \\u escape: write \\\\ for a backslash",
    ]


def test_a_wrong_value_hides_what_depends_on_it() -> None:
    assert refusal("GUIDINTERVAL = x\nGUIDTIMEOUT = 3000") == [
        "basic.properties:1: GUIDINTERVAL = x: must be a whole number from 1000 to 86400000 (ms)"
    ]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.allowed.startswith("a whole number")], ids=lambda row: row.key
)
@pytest.mark.parametrize("value", ["", "-1", "99999999999999", "1e4"])
def test_every_number_is_bounded(row: SettingRow, value: str) -> None:
    assert row.key in refusal(f"{row.key} = {value}")[0]


def test_an_unknown_key_of_the_file_warns_with_the_nearest_known_one() -> None:
    loaded = read("authmode = 1\nFOO = secret\n")

    assert loaded.settings.auth_mode == 2
    assert loaded.warnings == (
        "basic.properties:1: unknown setting authmode; the nearest known is AUTHMODE",
        "basic.properties:2: unknown setting FOO",
    )


def test_an_unknown_key_of_set_is_an_error() -> None:
    assert refusal("", GUIDINTERVALL="1000") == [
        "--set: unknown setting GUIDINTERVALL; the nearest known is GUIDINTERVAL"
    ]


def test_set_wins_over_the_file() -> None:
    assert read("MAXTIME = 5000", MAXTIME="7000").settings.max_time_ms == 7000


def test_set_hides_a_wrong_value_of_the_file() -> None:
    assert read("MAXTIME = x", MAXTIME="7000").settings.max_time_ms == 7000


def test_of_a_repeated_key_the_last_wins_and_a_warning_names_both_lines() -> None:
    loaded = read("MAXTIME = 5000\nTIMEOUT_FLAG = ON\nMAXTIME = 7000\n")

    assert loaded.settings.max_time_ms == 7000
    assert loaded.warnings == ("basic.properties:1: MAXTIME is given again in line 3, which counts",)


def test_of_two_spellings_the_last_wins_and_a_warning_names_both_lines() -> None:
    loaded = read("EVENT_PUSH_WHITELIST_CALLBACKURI = https://a\nEVENT_PUST_WHILTELIST_CALLBACKURI = https://b\n")

    assert loaded.settings.push_callbacks == ("https://b",)
    assert loaded.warnings == (
        "basic.properties:1: EVENT_PUST_WHILTELIST_CALLBACKURI is given again in line 2, which counts",
    )


@pytest.mark.parametrize("url", ["redis://me:hunter2@host:bad", "redis:/me:hunter2@host", "me:hunter2@host", "hunter2"])
def test_a_wrong_redis_url_is_not_shown(url: str) -> None:
    assert "hunter2" not in "\n".join(refusal(f"REDIS_URL = {url}"))


def test_a_right_redis_url_without_its_secret_file_is_not_shown() -> None:
    (line,) = refusal("REDIS_URL = redis://me:hunter2@host")

    assert line == (
        "basic.properties:1: REDIS_URL = ***: "
        "GUID_SECRET_FILE is required with REDIS_URL, so that all nodes make the same GUIDs"
    )


def test_a_secret_is_not_in_the_printed_result() -> None:
    assert "hunter2" not in repr(read("REDIS_URL = redis://me:hunter2@host\nGUID_SECRET_FILE = s"))


def test_a_value_as_told_is_the_given_one_or_the_default_and_never_a_secret() -> None:
    loaded = read("MAXTIME = 5000\nREDIS_URL = redis://me:hunter2@host\nGUID_SECRET_FILE = s")

    told = [loaded.text_of(BY_KEY[key]) for key in ("MAXTIME", "GUIDTIMEOUT", "REDIS_URL")]
    assert told == ["5000", "120000", "***"]


def test_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "basic.properties"
    file.write_text("GUID_SECRET_FILE = secrets/guid\n")

    settings = load(file, {}).settings
    assert settings.guid_secret_file == tmp_path / "secrets" / "guid"
    assert settings.agents_file == tmp_path / "agents.toml"
    assert settings.var_dir == tmp_path.parent / "var"


def test_a_missing_file_is_told_as_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "none.properties", {})

    assert str(caught.value) == f"{tmp_path}/none.properties: cannot be read: No such file or directory"


@pytest.mark.parametrize("raw", ["AUTHMODE = 1\n".encode("utf-16"), b"AUTHMODE = 1\n" + bytes(10), b"#" * 2_000_000])
def test_what_is_no_properties_file_is_refused(raw: bytes) -> None:
    with pytest.raises(SettingsError, match="is not a properties file"):
        interpret(raw, FILE, {})


def test_who_needs_some_keys_alone_is_not_kept_from_them_by_others(tmp_path: Path) -> None:
    path = tmp_path / "basic.properties"
    path.write_text("ADMIN_PORT = 9100\nMAXTIME = soon\nGUIDINTERVAL = 90000\nGUIDTIMEOUT = 1000\n")
    assert load_parts(path, {}, {"ADMIN_PORT"}).admin_port == 9100


def test_who_needs_a_key_is_told_that_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "basic.properties"
    path.write_text("ADMIN_PORT = none\nMAXTIME = soon\n")
    with pytest.raises(SettingsError, match="ADMIN_PORT = none") as found:
        load_parts(path, {}, {"ADMIN_PORT"})
    assert len(found.value.problems) == 1


def test_settings_in_utf_16_are_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "basic.properties"
    path.write_bytes("AUTHMODE = 1".encode("utf-16"))
    with pytest.raises(SettingsError, match="it is UTF-16, which Windows editors call Unicode; save it as UTF-8"):
        load(path, {})
