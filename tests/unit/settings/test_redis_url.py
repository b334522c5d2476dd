"""The forms of REDIS_URL: read as they are dialled, or refused."""

import re
from pathlib import Path

import pytest

from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError
from gateway.settings.redis_url import CLUSTER, SENTINEL, SERVER, UNIX, RedisUrl, read_redis_url

FILE = Path("basic.properties")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("redis://", RedisUrl(SERVER)),
        ("redis://one", RedisUrl(SERVER, places=(("one", None),))),
        ("redis://One.example:7000/3", RedisUrl(SERVER, places=(("one.example", 7000),), database=3)),
        ("redis://desk:pass@one/0/", RedisUrl(SERVER, places=(("one", None),), user="desk", password="pass")),
        ("redis://:pa%2Fss@one", RedisUrl(SERVER, places=(("one", None),), password="pa/ss")),
        ("redis://:p@ss[word@[::1]:7000?db=2", RedisUrl(SERVER, places=(("::1", 7000),), password="p@ss[word",
                                                         database=2, options={"db": "2"})),
        ("rediss://one", RedisUrl(SERVER, tls=True, places=(("one", None),))),
        ("unix:///run/redis@1.sock?db=2", RedisUrl(UNIX, path="/run/redis@1.sock", database=2, options={"db": "2"})),
        ("unix://desk:pass@/run/redis.sock", RedisUrl(UNIX, path="/run/redis.sock", user="desk", password="pass")),
        ("redis+cluster://one:7001,[::1]", RedisUrl(CLUSTER, places=(("one", 7001), ("::1", None)))),
        ("redis+sentinel://one", RedisUrl(SENTINEL, places=(("one", None),))),
        ("redis+sentinel://one,two/desks/4", RedisUrl(SENTINEL, places=(("one", None), ("two", None)), primary="desks",
                                                      database=4)),
        ("redis://one?username=desk&password=a%2Bb", RedisUrl(SERVER, places=(("one", None),), user="desk",
                                                              password="a+b",
                                                              options={"username": "desk", "password": "a+b"})),
    ],
)  # fmt: skip
def test_what_it_says(text: str, said: RedisUrl) -> None:
    assert read_redis_url(text) == said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("redis://:pa/ss@one", "percent-encode / ? #"),
        ("redis://:pa#ss@one", "percent-encode / ? #"),
        ("redis://:pa?ss@one", "percent-encode / ? #"),
        ("redis://:12#ss@one", "percent-encode / ? #"),
        ("redis://user:12#ss@one", "percent-encode / ? #"),
        ("redis+sentinel://:12#ss@one,two/desks", "percent-encode / ? #"),
        ("redis+cluster://:12/ss@one,two", "percent-encode / ? #"),
        ("unix://:pa/ss@/run/redis.sock", "percent-encode / ? #"),
        ("redis://one/0#two", "percent-encode / ? #"),
        ("redis://:%ff@one", "UTF-8"),
        ("http://one", "scheme"),
        ("redis:/one", "scheme"),
        ("redis://:secret", "a place"),
        ("redis://one:0", "a place"),
        ("redis://one:65536", "a place"),
        ("redis://one:port", "a place"),
        ("redis://[::g]", "a place"),
        ("redis://one..two", "a place"),
        ("redis://one,two", "a place"),
        ("redis+cluster://one,,two", "a place"),
        ("redis://one/x", "number"),
        ("redis://one/1/2", "number"),
        ("redis://one?db=-1", "number"),
        ("redis://one/1?db=2", "two databases"),
        ("redis+cluster://one/1", "database 0 alone"),
        ("redis+sentinel://one/desks/x", "number"),
        ("redis+sentinel://one/desks/1/2", "name of the primary"),
        ("unix://run/redis.sock", "three slashes"),
        ("unix://", "unix:///path"),
        ("redis://one?host=two", "the place stands before"),
        ("redis://one?db=1&db=1", "given twice"),
        ("rediss://one?ssl_check_hostname=maybe", "ssl_check_hostname must be one of"),
        ("rediss://one?ssl_cert_reqs=CERT_NONE", "ssl_cert_reqs must be one of none, optional, required"),
    ],
)
def test_what_may_be_read_in_another_way_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        read_redis_url(text)


def test_as_a_setting_it_must_name_a_place() -> None:
    with pytest.raises(SettingsError, match="no place in it"):
        interpret(b"", FILE, {"REDIS_URL": "redis:///0", "GUID_SECRET_FILE": "s"})


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("redis://one?db=1", 0),
        ("redis://one?socket_timeout=5&whatever", 2),
        ("redis://one?ssl_ca_certs=ca.pem", 1),
        ("rediss://one?ssl_ca_certs=ca.pem", 0),
        ("redis://one?sentinel_password=x", 1),
        ("redis+sentinel://one?sentinel_password=x", 0),
    ],
)
def test_options_that_mean_nothing_are_counted(text: str, idle: int) -> None:
    assert read_redis_url(text).idle == idle


def test_options_that_mean_nothing_bring_a_warning() -> None:
    loaded = interpret(b"", FILE, {"REDIS_URL": "redis://one?socket_timeout=5", "GUID_SECRET_FILE": "s"})
    assert loaded.warnings == ("--set: REDIS_URL = ***: 1 of its options without effect: see Redis in docs/running.md",)
