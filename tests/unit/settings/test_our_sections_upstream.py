"""Settings of a contact centre behind the gateway."""

from pathlib import Path

import pytest

from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError

FILE = Path("basic.properties")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://cc.example.com:8043", "https://cc.example.com:8043"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://cc.example.com/site/one/", "https://cc.example.com/site/one"),
        ("", ""),
    ],
)
def test_the_address_may_have_a_path_and_loses_its_last_slash(text: str, url: str) -> None:
    assert interpret(b"", FILE, {"UPSTREAM_URL": text}).settings.upstream_url == url


@pytest.mark.parametrize(
    "text",
    [
        "cc.example.com",
        "ftp://cc.example.com",
        "https://",
        "https://user:secret@cc.example.com",
        "https://cc.example.com?x",
        "https://cc.example.com#x",
        "https://cc.example.com:0",
        "https://cc.example.com:99999",
        "https://cc example.com",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="UPSTREAM_URL"):
        interpret(b"", FILE, {"UPSTREAM_URL": text})
