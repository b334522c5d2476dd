"""Settings from the environment."""

from pathlib import Path

import pytest

from gateway.settings.environment import NAMES, PREFIX, take
from gateway.settings.load import Loaded, interpret
from gateway.settings.problems import SettingsError
from gateway.settings.schema import BY_KEY, ROWS

FILE = Path("basic.properties")


def read(text: str, **overrides: str) -> Loaded:
    return interpret(text.encode(), FILE, overrides)


def refusal(text: str, **overrides: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(text, **overrides)
    return str(caught.value).splitlines()


def secret_file(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "value"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return str(file)


def test_every_setting_has_a_name_of_its_own_that_every_shell_can_set() -> None:
    names = [PREFIX + row.key.replace(".", "_").upper() for row in ROWS]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() and name.isupper() for name in names)
    assert [NAMES[name] for name in names] == [(row, False) for row in ROWS]


def test_no_name_means_both_a_value_and_a_file() -> None:
    assert [key for key in BY_KEY if f"{key}_FILE" in BY_KEY] == []


def test_the_environment_wins_over_the_file_and_set_over_the_environment() -> None:
    assert read("MAXTIME = 5000", AGENTGATEWAY_MAXTIME="6000").settings.max_time_ms == 6000
    assert read("MAXTIME = 5000", AGENTGATEWAY_MAXTIME="6000", MAXTIME="7000").settings.max_time_ms == 7000


@pytest.mark.parametrize("name", ["AGENTGATEWAY_EVENTPUSH_SSL_TRUSTALL", "AGENTGATEWAY_eventpush.ssl.trustAll"])
def test_a_key_with_dots_may_be_written_with_underscores(name: str) -> None:
    assert refusal("", **{name: "x"})[0].startswith(f"{name}: eventpush.ssl.trustAll = x: must be ")


def test_a_wrong_value_is_told_with_the_name_of_its_variable() -> None:
    assert refusal("", AGENTGATEWAY_AUTHMODE="3") == ["AGENTGATEWAY_AUTHMODE: AUTHMODE = 3: must be 1 or 2"]


def test_a_value_in_a_file_counts_without_the_end_of_its_line(tmp_path: Path) -> None:
    named = secret_file(tmp_path, "\ufeffredis://:hunter2@127.0.0.1:6379/0\n")
    loaded = read("GUID_SECRET_FILE = keys", AGENTGATEWAY_REDIS_URL_FILE=named)
    assert loaded.settings.redis_url == "redis://:hunter2@127.0.0.1:6379/0"
    assert "hunter2" not in repr(loaded)


def test_a_setting_that_is_a_file_itself_is_named_as_such() -> None:
    loaded = read("", AGENTGATEWAY_GUID_SECRET_FILE="/run/secrets/guid")
    assert loaded.settings.guid_secret_file == Path("/run/secrets/guid")


def test_both_spellings_at_once_are_refused(tmp_path: Path) -> None:
    named = secret_file(tmp_path, "5000")
    assert refusal("", AGENTGATEWAY_MAXTIME="5000", AGENTGATEWAY_MAXTIME_FILE=named) == [
        "AGENTGATEWAY_MAXTIME_FILE: MAXTIME is given by AGENTGATEWAY_MAXTIME too: keep one of them"
    ]


def test_two_names_of_one_setting_at_once_are_refused() -> None:
    (line,) = refusal(
        "",
        AGENTGATEWAY_EVENT_PUSH_WHITELIST_CALLBACKURI="https://a",
        AGENTGATEWAY_EVENT_PUST_WHILTELIST_CALLBACKURI="https://b",
    )
    assert "is given by AGENTGATEWAY_EVENT_PUSH_WHITELIST_CALLBACKURI too" in line


def test_a_file_that_is_missing_or_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    (line,) = refusal("", AGENTGATEWAY_MAXTIME_FILE="/nowhere/x")
    assert line == "AGENTGATEWAY_MAXTIME_FILE: the file /nowhere/x cannot be read: No such file or directory"
    named = secret_file(tmp_path, "redis://:hunter2@127.0.0.1", 0o644)
    (line,) = refusal("", AGENTGATEWAY_REDIS_URL_FILE=named)
    assert "others may read it" in line
    assert "hunter2" not in line


def test_an_unknown_name_warns_with_the_nearest_known_one_and_not_with_its_value() -> None:
    loaded = read("", AGENTGATEWAY_REDIS_URI="redis://:hunter2@host", AGENTGATEWAY_REDIS_URL_FIL="x")
    assert loaded.warnings == (
        "environment: unknown setting AGENTGATEWAY_REDIS_URI; the nearest known is AGENTGATEWAY_REDIS_URL",
        "environment: unknown setting AGENTGATEWAY_REDIS_URL_FIL; the nearest known is AGENTGATEWAY_REDIS_URL_FILE",
    )


def test_what_is_ours_is_taken_out_and_links_of_a_service_of_our_name_are_left() -> None:
    environ = {
        "AGENTGATEWAY_REDIS_URL": "redis://:hunter2@host",
        "AGENTGATEWAY_SERVICE_HOST": "10.0.0.1",
        "AGENTGATEWAY_PORT_8000_TCP_ADDR": "10.0.0.1",
        "AGENTGATEWAY_PORT": "tcp://10.0.0.1:8000",
        "PATH": "/bin",
    }
    assert take(environ) == {PREFIX + "REDIS_URL": "redis://:hunter2@host"}
    assert sorted(environ) == [
        "AGENTGATEWAY_PORT",
        "AGENTGATEWAY_PORT_8000_TCP_ADDR",
        "AGENTGATEWAY_SERVICE_HOST",
        "PATH",
    ]
