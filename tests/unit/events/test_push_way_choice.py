"""Push mode at sign-in and the white list (docs/protocol.md, Push)."""

import pytest

from gateway.events.push_way import choose_way, is_listed, origin
from gateway.sessions.model import PushWay
from gateway.settings.urls import check_callback_url
from gateway.wire.errors import Refused

LIST = ("https://crm.example.com/events", "http://10.1.2.3:9000/cb?site=1", "https://open.example.com")


def test_both_members_choose_push() -> None:
    way = choose_way("https://crm.example.com/events", "token", "", LIST, "me")
    assert way == PushWay("https://crm.example.com/events", "token", holder="me")


@pytest.mark.parametrize(("uri", "token"), [("https://crm.example.com/events", ""), ("", "token"), ("", "")])
def test_one_of_them_or_none_chooses_polling(uri: str, token: str) -> None:
    assert choose_way(uri, token, "", LIST, "me") is None


def test_pushurl_chooses_the_older_form() -> None:
    way = choose_way("", "", "https://crm.example.com/events?token=k", LIST, "me")
    assert way == PushWay("https://crm.example.com/events?token=k", older=True, holder="me")


def test_the_newer_form_counts_where_both_are_given() -> None:
    way = choose_way("https://crm.example.com/events", "token", "https://elsewhere", LIST, "me")
    assert way is not None
    assert not way.older


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(("https://evil.example", "token", ""), "callBackUri"), (("", "", "https://evil.example"), "pushUrl")],
)
def test_an_address_that_is_not_listed_is_refused_by_name_without_repeating_it(
    arguments: tuple[str, str, str], name: str
) -> None:
    with pytest.raises(Refused) as refused:
        choose_way(*arguments, LIST, "me")
    assert refused.value.retcode == "100-001"
    assert refused.value.message.startswith(f"{name}: ")
    assert "evil" not in refused.value.message


def test_an_empty_list_allows_nothing() -> None:
    assert not is_listed("https://crm.example.com/events", ())


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/events",
        "https://CRM.example.com:443/events",
        "HTTPS://crm.example.com/events",
        "https://crm.example.com/events?token=a%2Fb",
        "http://10.1.2.3:9000/cb?site=1",
        "https://open.example.com/",
    ],
)
def test_what_is_listed(url: str) -> None:
    assert is_listed(url, LIST)


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.com/events",
        "https://crm.example.com:8443/events",
        "https://crm.example.com/events/",
        "https://crm.example.com/Events",
        "https://crm.example.com/events/../admin",
        "https://crm.example.com/x/../events",
        "https://crm.example.com/%65vents",
        "https://crm.example.com.evil.example/events",
        "https://evil.example/https://crm.example.com/events",
        "https://crm.example.com@evil.example/events",
        "https://user:word@crm.example.com/events",
        "https://crm.example.com\\@evil.example/events",
        "https://crm.example.com/events#part",
        "https://crm.example.com/events ",
        "https://crm.example.com/\u00e9vents",
        "http://10.1.2.3:9000/cb",
        "http://10.1.2.3:9000/cb?site=2",
        "https://crm.example.com:99999/events",
        "https:///events",
        "ftp://crm.example.com/events",
        "//crm.example.com/events",
        "",
    ],
)
def test_what_is_not_listed(url: str) -> None:
    assert not is_listed(url, LIST)


def test_an_entry_that_is_no_url_allows_nothing() -> None:
    assert not is_listed(
        "https://crm.example.com/events", ("https://", "https://[", "https://crm.example.com:x/events")
    )


def test_logs_name_scheme_host_and_port_alone() -> None:
    assert origin("https://crm.example.com:8443/events?token=secret") == "https://crm.example.com:8443"


def test_a_receiver_is_told_by_one_text_however_it_is_spelled() -> None:
    spelled = (
        "https://crm.example.com/events",
        "HTTPS://CRM.example.com/events",
        "https://crm.example.com:00443/events",
    )
    assert {origin(url) for url in spelled} == {"https://crm.example.com"}


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com",
        "http://Crm.Example.com:8080/events;v=1/%7Bx%7D",
        "https://[2001:db8::1]:8443/events?key=1&x=%20",
        "https://crm_1/" + 180 * "x",
    ],
)
def test_what_the_setting_takes_can_be_named_by_a_client(url: str) -> None:
    check_callback_url(url)
    assert is_listed(url, (url,))
