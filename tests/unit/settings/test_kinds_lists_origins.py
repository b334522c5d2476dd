"""Origins are kept as browsers send them, or refused."""

from pathlib import Path

import pytest

from gateway.settings.kinds import ORIGINS
from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError

HERE = Path("basic.properties")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://Desk.Example.com", "https://desk.example.com"),
        ("HTTPS://desk.example.com", "https://desk.example.com"),
        ("https://desk.example.com:443", "https://desk.example.com"),
        ("http://desk.example.com:80", "http://desk.example.com"),
        ("http://desk.example.com:443", "http://desk.example.com:443"),
        ("https://desk.example.com:08443", "https://desk.example.com:8443"),
        ("https://desk.example.com/", "https://desk.example.com"),
        ("https://desk.example.com.", "https://desk.example.com."),
        ("https://[2001:DB8:0:0::1]:443", "https://[2001:db8::1]"),
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("http://desk_1", "http://desk_1"),
        ("app://desk", "app://desk"),
        ("app://.", "app://."),
        ("Capacitor://localhost/", "capacitor://localhost"),
        ("file://", "file://"),
        ("null", "null"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written: str, sent: str) -> None:
    assert ORIGINS.read(written, HERE) == (sent,)


def test_the_host_of_another_scheme_may_come_with_its_capitals_or_without() -> None:
    assert ORIGINS.read("app://Desk", HERE) == ("app://Desk", "app://desk")


def test_one_that_is_written_in_two_ways_is_there_once() -> None:
    assert ORIGINS.read("https://a.example;https://A.example:443", HERE) == ("https://a.example",)


@pytest.mark.parametrize(
    "written",
    [
        "*",
        "https://*.example.com",
        "https://",
        "desk.example.com",
        "https://desk.example.com/path",
        "https://desk.example.com?x",
        "https://user@desk.example.com",
        "https://b\u00fcro.example.com",
        "https://desk.example.com:0",
        "https://desk.example.com:65536",
        "https://desk.example.com:",
        "https://[::g]",
        "https://127.1",
        "https://0x7f000001",
        "https://de sk",
        "Null",
    ],
)
def test_what_no_browser_sends_is_refused_with_the_form_that_is_allowed(written: str) -> None:
    with pytest.raises(ValueError, match=r"entry 1 of 1, .* must be origins such as https://desk\.example\.com"):
        ORIGINS.read(written, HERE)


def test_null_is_taken_with_a_warning() -> None:
    loaded = interpret(b"CORS_ORIGINS = https://desk.example.com;null\n", HERE, {})
    assert loaded.settings.cors_origins == ("https://desk.example.com", "null")
    assert [text for text in loaded.warnings if "null is what pages of anybody can call themselves" in text]


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/events#x",
        "https://user@crm.example.com/events",
        "https://b\u00fcro.example.com/events",
        "https://crm.example.com:99999/events",
        "https://crm.example.com/" + 200 * "x",
        "https://crm.example.com\\\\events",
    ],
)
def test_a_callback_url_that_no_client_can_name_is_refused(url: str) -> None:
    text = f"EVENT_PUST_WHILTELIST_CALLBACKURI = {url}\n"
    with pytest.raises(SettingsError, match="must be http:// or https:// URLs of at most 200 ASCII characters"):
        interpret(text.encode(), HERE, {})
