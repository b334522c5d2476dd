"""Settings of tokens: what their own kinds of values refuse."""

from pathlib import Path

import pytest

from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.settings.token_sections import TOKENS_PATH

FILE = Path("basic.properties")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "no/slash",
        "/with space",
        "/query?x=1",
        "/ends/",
        "//double",
        "/agentgateway/resource/x",
        "/gateway/live",
        "/desk",
        "/desk/customer",
        "/portal/../validate",
        "/./validate",
        "/portal/..",
        "/" + 200 * "a",
        TOKENS_PATH,
    ],
)
def test_a_path_that_cannot_be_served_is_refused(path: str) -> None:
    with pytest.raises(SettingsError, match="TOKEN_VALIDATE_PATH"):
        interpret(b"", FILE, {"TOKEN_VALIDATE_PATH": path})


def test_the_path_may_be_changed() -> None:
    loaded = interpret(b"", FILE, {"TOKEN_VALIDATE_PATH": "/portal/v2/validate"})

    assert loaded.settings.token_validate_path == "/portal/v2/validate"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "https://",
        "https://user:pw@a/",
        "http://[::1",
        "https://a:x/",
        "https://a:99999/",
        "https://a/#f",
        "a",
    ],
)
def test_a_url_that_cannot_be_called_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="AGENT_AUTH_URL"):
        interpret(b"", FILE, {"AGENT_AUTH_URL": url})


@pytest.mark.parametrize("url", ["https://a", "https://a:8443/b?c=d", "http://127.0.0.1:8000/rest", "http://[::1]/"])
def test_a_url_is_kept_as_it_stands(url: str) -> None:
    assert interpret(b"", FILE, {"AGENT_AUTH_URL": url}).settings.agent_auth_url == url


def test_a_token_lives_for_5_minutes_by_default() -> None:
    assert Settings().token_ttl_ms == 300_000
