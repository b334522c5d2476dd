"""URLs in settings: what is shown of one, and which may be called."""

import pytest

from gateway.settings.urls import check_called_url, scheme_and_host, shown_url, shown_urls


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", ""),
        ("https://desk.example.com", "https://desk.example.com"),
        ("https://desk.example.com:8443/events/in", "https://desk.example.com:8443/events/in"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("https://user:secret@desk.example.com/events", "https://***@desk.example.com/events"),
        ("https://desk.example.com/events?key=secret", "https://desk.example.com/events?***"),
        ("https://desk.example.com/events#secret", "https://desk.example.com/events#***"),
        ("https://desk.example.com/events;secret", "https://desk.example.com/events;***"),
        ("redis+sentinel://:secret@one:7001,two/desks/0?x=secret", "redis+sentinel://***@one:7001,two/desks/0?***"),
        ("unix://:secret@/run/redis.sock", "unix://***@/run/redis.sock"),
    ],
)
def test_scheme_place_and_path_are_shown(url: str, told: str) -> None:
    assert shown_url(url) == told


@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "user:secret@host",
        "redis://:pa/ss@host",
        "redis://:12#ss@host",
        "redis://user:12?ss@host",
        "redis://user:secret",
        "https://user:sec%40ret/x%40host",
        "ftp://user:secret@host",
        "https://user:sec ret@host",
    ],
)
def test_what_may_have_a_secret_in_another_place_than_it_seems_is_not_shown(url: str) -> None:
    assert shown_url(url) == "***"


def test_some_are_shown_one_by_one() -> None:
    assert shown_urls("https://a/x?key=1;https://b,") == "https://a/x?***; https://b"


def test_a_piece_that_is_none_hides_all() -> None:
    assert shown_urls("https://u:12;34@host") == "***"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://Desk.example:80/x?y", ("http", "desk.example")),
        ("https://[::1]", ("https", "::1")),
        ("http://[x", ("", "")),
        ("", ("", "")),
    ],
)
def test_scheme_and_host(url: str, found: tuple[str, str]) -> None:
    assert scheme_and_host(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://user@host",
        "https://host:",
        "https://host:0",
        "https://host:65536",
        "https://host:pa/ss@other",
        "https://[::g]",
        "https://[dead:secret]",
        "https://ho[st",
        "https://a..b",
        "https://" + 64 * "a",
        "https://host\\@other",
        "https://host#x",
    ],
)
def test_what_cannot_be_called_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        check_called_url(url, query=True)


def test_a_query_is_refused_where_there_must_be_none() -> None:
    check_called_url("https://host_1.example/x?y", query=True)
    with pytest.raises(ValueError, match=r"^$"):
        check_called_url("https://host_1.example/x?y", query=False)
