"""Lists: `;` or `,` between the parts."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from gateway.settings.kinds import AGENT_IDS, HEADERS, NETWORKS, AgentIds, SettingKind, urls

HERE = Path()


def _https(url: str) -> None:
    if not url.startswith("https://"):
        raise ValueError


URLS = urls(_https, "https URLs")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (URLS, "", ()),
        (URLS, " https://a ;https://b,; ", ("https://a", "https://b")),
        (NETWORKS, "10.0.0.0/8; 192.0.2.7,::1", tuple(map(ip_network, ("10.0.0.0/8", "192.0.2.7", "::1")))),
        (NETWORKS, "::ffff:192.0.2.7;::ffff:10.0.0.0/104", tuple(map(ip_network, ("192.0.2.7", "10.0.0.0/8")))),
        (NETWORKS, "::/0", (ip_network("::/0"),)),
        (AGENT_IDS, "", AgentIds()),
        (AGENT_IDS, "101;102;200-210", AgentIds(((101, 101), (102, 102), (200, 210)))),
        (AGENT_IDS, "1 - 999999", AgentIds(((1, 999999),))),
    ],
)
def test_a_right_list_is_read(kind: SettingKind, value: str, expected: object) -> None:
    assert kind.read(value, HERE) == expected


@pytest.mark.parametrize(
    ("kind", "value", "named"),
    [
        (URLS, "https://a;http://b", "http://b"),
        (NETWORKS, "10.0.0.1/8", "host bits set"),
        (NETWORKS, "10.0.0.1;desk", "'desk'"),
        (NETWORKS, "fe80::1%eth0", "has a zone"),
        (AGENT_IDS, "101;0", "0 is neither"),
        (AGENT_IDS, "1000000", "1000000 is neither"),
        (AGENT_IDS, "0101", "0101 is neither"),
        (AGENT_IDS, "210-200", "210-200 ends before it begins"),
        (AGENT_IDS, "101-", "101- is neither"),
    ],
)
def test_a_wrong_list_is_refused_and_the_part_is_named(kind: SettingKind, value: str, named: str) -> None:
    with pytest.raises(ValueError, match=f"{named}.*must be {kind.allowed[:10]}"):
        kind.read(value, HERE)


def test_ranges_hold_both_their_ends() -> None:
    agents = AgentIds(((101, 101), (200, 210)))

    assert [agentid for agentid in range(99, 220) if agentid in agents] == [101, *range(200, 211)]


@pytest.mark.parametrize(
    ("text", "names"),
    [("*", ("*",)), ("", ()), ("Traceparent; BAGGAGE,baggage", ("traceparent", "baggage"))],
)
def test_headers_are_kept_as_browsers_ask_for_them(text: str, names: tuple[str, ...]) -> None:
    assert HEADERS.read(text, Path()) == names


@pytest.mark.parametrize("text", ["a b", "x:", "*;x", "\u00fc", "x" * 65])
def test_what_is_no_name_of_a_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        HEADERS.read(text, Path())
