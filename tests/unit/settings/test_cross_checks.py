"""What settings say about each other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.settings import cross_checks
from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError

FILE = Path("basic.properties")
BEHIND = {"BACKEND": "upstream", "UPSTREAM_URL": "https://a.example.com"}
SEVERAL = {**BEHIND, "WORKERS": "4", "REDIS_URL": "redis://localhost", "GUID_SECRET_FILE": "s"}
ADMIN = {"ADMIN_TOKEN_FILE": "t"}
TOKENS = {"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": "https://a", "AGENT_AUTH_TENANT": "acme"}


def refusal(values: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        interpret(b"", FILE, values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"GUIDINTERVAL": "120000"}, "GUIDINTERVAL (120000 ms) must be smaller than GUIDTIMEOUT (120000 ms)"),
        ({"GUIDTIMEOUT": "59000"}, "GUIDINTERVAL (60000 ms) must be smaller than GUIDTIMEOUT (59000 ms)"),
        ({"TLS_CERT_FILE": "a.pem"}, "TLS_CERT_FILE and TLS_KEY_FILE are only allowed together"),
        ({"TLS_KEY_FILE": "a.pem"}, "TLS_CERT_FILE and TLS_KEY_FILE are only allowed together"),
        ({"REDIS_CERT_FILE": "a.pem"}, "REDIS_CERT_FILE and REDIS_KEY_FILE are only allowed together"),
        ({"UPSTREAM_KEY_FILE": "a.pem"}, "UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE are only allowed together"),
        ({"ADMIN_CERT_FILE": "a.pem"}, "ADMIN_CERT_FILE and ADMIN_KEY_FILE are only allowed together"),
        ({"REDIS_CA_FILE": "a.pem"}, "need rediss:// in REDIS_URL"),
        ({"REDIS_CA_FILE": "a.pem", "REDIS_URL": "redis://localhost"}, "need rediss:// in REDIS_URL"),
        (
            {"REDIS_CA_FILE": "a.pem", "REDIS_URL": "rediss://localhost?ssl_ca_certs=b.pem"},
            "its option ssl_ca_certs and a setting name a file each",
        ),
        ({"UPSTREAM_CERT_FILE": "a", "UPSTREAM_KEY_FILE": "b", "UPSTREAM_URL": "http://c"}, "needs https://"),
        ({"ADMIN_CERT_FILE": "a.pem", "ADMIN_KEY_FILE": "b"}, "where ADMIN_CLIENT_CA_FILE asks for it"),
        ({"REDIS_URL": "redis://localhost"}, "GUID_SECRET_FILE is required with REDIS_URL"),
        ({"HTTP_PORT": "0", "HTTPS_PORT": "0"}, "must not both be 0"),
        ({"HTTP_PORT": "8043"}, "HTTP_PORT, HTTPS_PORT and ADMIN_PORT must differ"),
        ({"ADMIN_PORT": "8000", "ADMIN_TOKEN_FILE": "t"}, "HTTP_PORT, HTTPS_PORT and ADMIN_PORT must differ"),
        ({"ADMIN_PORT": "9000"}, "ADMIN_TOKEN_FILE is required with ADMIN_PORT"),
        ({"WORKERS": "2"}, "WORKERS above 1 needs REDIS_URL"),
        ({**SEVERAL, "BACKEND": "embedded"}, "WORKERS above 1 needs BACKEND = upstream and UPSTREAM_URL"),
        ({"STORE_SHARDS": "2"}, "STORE_SHARDS above 1 needs REDIS_URL"),
        ({**SEVERAL, **ADMIN, "ADMIN_PORT": "65533"}, "65535 must not be passed"),
        ({**SEVERAL, **ADMIN, "ADMIN_PORT": "7997"}, "HTTP_PORT and HTTPS_PORT must be outside"),
        ({"AGENT_AUTH": "thirdparty"}, "AGENT_AUTH_URL and AGENT_AUTH_TENANT are required"),
        ({"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": "https://a"}, "AGENT_AUTH_TENANT are required"),
        ({"BACKEND": "upstream"}, "UPSTREAM_URL is required with BACKEND = upstream"),
        ({**BEHIND, **TOKENS}, "AGENT_AUTH = thirdparty is not possible with BACKEND = upstream"),
        ({**BEHIND, "SESSION_MAXTIME": "1000"}, "SESSION_MAXTIME must be 0 with BACKEND = upstream"),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, str], says: str) -> None:
    assert says in refusal(values)


def test_a_loop_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_checks, "find_spec", lambda _name: None)
    assert "EVENT_LOOP = uvloop: that is not installed here" in refusal({"EVENT_LOOP": "uvloop"})
    interpret(b"", FILE, {"EVENT_LOOP": "auto"})


@pytest.mark.parametrize(
    "values",
    [
        {"GUIDINTERVAL": "1000", "GUIDTIMEOUT": "4000", "AGENT_POLL_WAIT_TIMES": "5"},
        {"TLS_CERT_FILE": "a.pem", "TLS_KEY_FILE": "b.pem"},
        {"REDIS_URL": "rediss://u:p@localhost:6380/1", "GUID_SECRET_FILE": "s"},
        {"REDIS_URL": "unix:///run/valkey.sock?db=1", "GUID_SECRET_FILE": "s"},
        {"REDIS_URL": "redis://[::1]:6379?db=1", "GUID_SECRET_FILE": "s"},
        {"REDIS_URL": "redis+sentinel://u:p@one,two:26380/desks/0?sentinel_password=q", "GUID_SECRET_FILE": "s"},
        {"REDIS_URL": "rediss+cluster://[::1]:7001,two:7002", "GUID_SECRET_FILE": "s"},
        {"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": "http://[::1]:8000/v", "AGENT_AUTH_TENANT": "acme"},
        {"TOKEN_EXPLAIN": "ON"},
        BEHIND,
        {**BEHIND, "UPSTREAM_URL": "http://127.0.0.1:8000"},
        {"EVENT_PUST_WHILTELIST_CALLBACKURI": "https://a;http://127.0.0.1/b", "eventpush.ssl.cert.file": "certs"},
        SEVERAL,
        {**SEVERAL, **ADMIN, "ADMIN_PORT": "65532"},
        {**SEVERAL, **ADMIN, "ADMIN_PORT": "7996"},
        {"WORKERS": "auto"},
        {"AUTHMODE_PERCENT": "1"},
        {"WORKERS": "1", "ADMIN_PORT": "65535", **ADMIN},
        {"HTTP_PORT": "0"},
        {"HTTPS_PORT": "0"},
        {"ADMIN_PORT": "9000", "ADMIN_TOKEN_FILE": "t"},
        {"AGENT_POLL_WAIT_TIMES": "1000", "AGENT_POLL_WAIT_FLAG": "OFF"},
    ],
)
def test_values_that_go_together_load_without_a_warning(values: dict[str, str]) -> None:
    assert interpret(b"", FILE, values).warnings == ()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"AUTHMODE_PERCENT": "50", "AUTHMODE": "1"}, "50 has no effect in AUTHMODE 1"),
        ({"AUTHMODE_PERCENT": "50", "GUIDREHEARSAL": "ON"}, "50 has no effect while GUIDREHEARSAL is ON"),
        ({"AUTHMODE_PERCENT": "0"}, "0 leaves all agents in AUTHMODE 1"),
        ({"TOKEN_EXPLAIN": "ON", "BIND_ADDRESS": "0.0.0.0"}, "ON tells strangers why a token is refused"),
        ({"AGENT_AUTH_URL": "http://portal.example/v"}, "in the clear: use https"),
        ({"TOKEN_USERS_URL": "http://users.example"}, "in the clear: use https"),
        ({"GUIDTIMEOUT": "540001"}, "only 8 replaced GUIDs are kept"),
        ({"GUIDTIMEOUT": "71499"}, "GUIDTIMEOUT - GUIDINTERVAL is 11499 ms, shorter than the longest poll"),
        ({"AGENT_POLL_WAIT_TIMES": "101"}, "polls are held for 10100 ms, but clients give up after 11 s"),
        ({"EVENT_PUST_WHILTELIST_CALLBACKURI": "https://a;http://b.example/c"}, "in the clear: use https"),
        ({"eventpush.ssl.cert.type": "PEM"}, "has no effect"),
        ({"MULTIMEDIA_SECMODE": "1"}, "1 has no effect"),
    ],
)
def test_values_that_may_surprise_are_warned_of(values: dict[str, str], says: str) -> None:
    (warning,) = interpret(b"", FILE, values).warnings

    assert says in warning


def test_a_grace_of_the_longest_poll_and_1500_ms_is_enough() -> None:
    assert interpret(b"", FILE, {"GUIDTIMEOUT": "71500"}).warnings == ()


@pytest.mark.parametrize("key", ["LOGIN_PWD_DECRYPT_ENABLE", "eventpush.ssl.trustAll"])
def test_a_switch_of_the_vendor_that_we_do_not_act_on_is_refused(key: str) -> None:
    assert f"{key} = true: true is not supported:" in refusal({key: "true"})
