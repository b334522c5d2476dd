"""No password, user or query of a URL in the settings is ever told: not at load, not in a refusal, not at a reload."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli import main
from gateway.settings.load import Loaded, interpret
from gateway.settings.problems import SettingsError
from gateway.settings.redis_url import read_redis_url
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import ROWS
from tests.properties.profile import INPUTS
from tests.support.gateway import CONFIG

FILE = Path("basic.properties")
BEFORE = b"MAXTIME = 120000\n"
KEYS = (
    "REDIS_URL",
    "UPSTREAM_URL",
    "AGENT_AUTH_URL",
    "TOKEN_USERS_URL",
    "CORS_ORIGINS",
    "EVENT_PUST_WHILTELIST_CALLBACKURI",
    "EVENT_PUSH_WHITELIST_CALLBACKURI",
)
SCHEMES = (
    "http",
    "https",
    "redis",
    "rediss",
    "redis+sentinel",
    "rediss+cluster",
    "unix",
    "ftp",
    "HTTPS",
    "",
)
SHAPES = (
    "{scheme}://:{secret}@host.example:6379/0",
    "{scheme}://user:{secret}@host.example/path/of/it",
    "{scheme}://{secret}@host.example",
    "{scheme}://{secret}:x@[::1]:7000/0",
    "{scheme}://user:{secret}@one.example:7001,two.example:7002/desks/0",
    "{scheme}://host.example/path?key={secret}",
    "{scheme}://host.example?{secret}",
    "{scheme}://host.example/path?a=b&password={secret}#{secret}",
    "{scheme}://host.example/path#{secret}",
    "{scheme}://one.example/desks/0?sentinel_password={secret}",
    "https://good.example/events;{scheme}://user:{secret}@host.example/events",
    "https://good.example,{scheme}://host.example/events?key={secret}",
    "{scheme}://user:{secret}@host.example:port/0",
    "{scheme}://user:{secret}@host.example:99999/0",
    "{scheme}://user:{secret}@/run/redis.sock",
    "{scheme}://user:{secret}@[::1/0",
    "{scheme}://user:{secret}@host example",
    "{scheme}://:{secret}@",
    "{scheme}:/user:{secret}@host.example",
    "user:{secret}@host.example:6379",
)
TOKENS = st.from_regex(r"[a-zA-Z0-9]{10}", fullmatch=True)
SEPARATORS = st.sampled_from(
    [*"/?#@:;,&=%[]\\ '\"<>|^!$+*(){}~.-_", "//", "@@", "%2F", "%zz", "é", "＠", "\u2028", "\t"]
)


@st.composite
def secrets(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A secret with signs that mean something in a URL, and the pieces between them."""
    pieces = draw(st.lists(TOKENS, min_size=1, max_size=3))
    text = pieces[0]
    for piece in pieces[1:]:
        text += draw(SEPARATORS) + piece
    return text, pieces


URLS = st.builds(
    lambda shape, scheme, secret: (shape.format(scheme=scheme, secret=secret[0]), secret[1]),
    st.sampled_from(SHAPES),
    st.sampled_from(SCHEMES),
    secrets(),
)


class Told(logging.Handler):
    """All that is told of settings: lines of the log, problems, and the texts of objects that a trace might show."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def add(self, outcome: object) -> None:
        self.lines += [str(outcome), repr(outcome)]
        if isinstance(outcome, Loaded):
            self.lines += [repr(outcome.settings), *outcome.warnings, *map(outcome.text_of, ROWS)]
        if isinstance(outcome, SettingsError):
            self.lines += map(repr, outcome.problems)


def read(raw: bytes, overrides: dict[str, str]) -> Loaded | SettingsError:
    try:
        return interpret(raw, FILE, overrides)
    except SettingsError as refused:
        return refused


@settings(INPUTS, max_examples=max(60, INPUTS.max_examples))
@given(key=st.sampled_from(KEYS), url=URLS)
def test_loading_tells_nothing_of_a_secret(key: str, url: tuple[str, list[str]]) -> None:
    value, pieces = url
    told = Told()
    told.add(read(f"{key} = {value}\nGUID_SECRET_FILE = keys\n".encode(), {}))
    told.add(read(b"", {key: value, "GUID_SECRET_FILE": "keys", "BACKEND": "upstream"}))
    text = "\n".join(told.lines)
    assert [piece for piece in pieces if piece in text] == []


async def no_pause(_seconds: float) -> None:
    """The file is quiet at once."""


@settings(deadline=None, max_examples=50)
@given(key=st.sampled_from(KEYS), first=URLS, second=URLS)
def test_a_reload_tells_nothing_of_a_secret(
    tmp_path_factory: pytest.TempPathFactory,
    key: str,
    first: tuple[str, list[str]],
    second: tuple[str, list[str]],
) -> None:
    file = tmp_path_factory.getbasetemp() / "reload.properties"
    file.write_bytes(BEFORE)
    live = LiveSettings(interpret(BEFORE, file, {}), no_pause)
    told, log = Told(), logging.getLogger("gateway.settings")
    log.addHandler(told)
    log.setLevel(logging.DEBUG)
    try:
        for value in (first[0], second[0]):
            file.write_bytes(f"{BEFORE.decode()}{key} = {value}\n".encode())
            asyncio.run(live.reload("test"))
            told.add(live.last_error)
    finally:
        log.removeHandler(told)
    text = "\n".join(told.lines)
    assert [piece for piece in first[1] + second[1] if piece in text] == []


SAMPLE = ("--token", "t", "--tenant", "t", "--user-id", "u", "--user-name", "n")
FORMS: dict[str, Callable[[str, str], str]] = {
    "server": lambda user, password: f"redis://{user}:{password}@real.example:6390/3",
    "tls": lambda user, password: f"rediss://{user}:{password}@real.example:6390/3?ssl_cert_reqs=none",
    "sentinel": lambda user, password: f"redis+sentinel://{user}:{password}@real.example:6390,real.example/desks/3",
    "cluster": lambda user, password: f"redis+cluster://{user}:{password}@real.example:6390,real.example/0",
    "unix": lambda user, password: f"unix://{user}:{password}@/run/real.example?db=3",
}
PASSWORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=12)


@settings(deadline=None, max_examples=200)
@given(form=st.sampled_from(sorted(FORMS)), user=st.sampled_from(["", "desk"]), password=PASSWORDS)
def test_redis_is_dialled_where_its_url_says_with_its_password_or_the_url_is_refused(
    form: str, user: str, password: str
) -> None:
    try:
        said = read_redis_url(FORMS[form](user, password))
    except ValueError:
        return
    assert {host for host, _ in said.places} == ({"real.example"} if form != "unix" else set())
    assert said.path == ("/run/real.example" if form == "unix" else "")
    assert (said.user, "%" in password or said.password == password) == (user, True)


@settings(deadline=None, max_examples=200)
@given(form=st.sampled_from(sorted(FORMS)), password=PASSWORDS)
def test_a_percent_encoded_password_is_always_the_one_that_is_meant(form: str, password: str) -> None:
    said = read_redis_url(FORMS[form]("desk", quote(password, safe="")))
    assert (said.user, said.password) == ("desk", password)


@pytest.mark.parametrize("command", ["serve", "doctor"])
@pytest.mark.parametrize("password", ["pa12/ss34", "pa12#ss34", "pa12?ss34", "12#ss34", "12/ss34", "12?ss34"])
def test_a_redis_password_that_must_be_percent_encoded_is_refused_in_one_line(command: str, password: str) -> None:
    url = f"redis://:{password}@127.0.0.1:6379/0"
    words = ["--set", f"REDIS_URL={url}", "--set", "GUID_SECRET_FILE=keys"]
    done = CliRunner().invoke(main, [command, "--config", str(CONFIG), *words])
    (line,) = done.stderr.splitlines()
    assert (done.exit_code, done.stdout) == (2, "")
    assert line.startswith("--set: REDIS_URL = ***: percent-encode / ? # in user and password")


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "redis://:hunter22@127.0.0.1:6379"],
        ["--set", "redis://:hunter22=x@127.0.0.1:6379"],
        ["--set", "REDIS_URL", "redis://:hunter22@127.0.0.1:6379"],
        ["REDIS_URL=redis://:hunter22@127.0.0.1:6379"],
        ["--set", "REDIS_URLS=redis://:hunter22@127.0.0.1:6379"],
        ["--set", "REDIS_URL", "=", "redis://:hunter22@127.0.0.1:6379"],
        ["--set", "REDIS_URL:redis://:hunter22@127.0.0.1:6379"],
        ["--set=hunter22"],
    ],
)
@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_setting_that_is_given_in_a_wrong_way_is_not_told(command: str, words: list[str]) -> None:
    done = CliRunner().invoke(main, [command, "--config", str(CONFIG), *words])
    assert (done.exit_code, "hunter22" in done.output + done.stderr) == (2, False)


@pytest.mark.parametrize(
    "words",
    [
        ["live", "http://user:hunter22@127.0.0.1:1"],
        ["live", "http://127.0.0.1:1/x?hunter22"],
        ["live", "http://user:hunter22@127.0.0.1:x"],
        ["token", "check", "--url", "http://127.0.0.1:1/x?key=hunter22", *SAMPLE],
        ["token", "check", "--url", "http://u:hunter22@127.0.0.1:1/x", *SAMPLE],
    ],
)
def test_a_url_of_a_command_is_told_without_its_secret(words: list[str]) -> None:
    done = CliRunner().invoke(main, words)
    assert done.exit_code != 0
    assert done.output + done.stderr
    assert "hunter22" not in done.output + done.stderr
