"""Who may use the desk page."""

import pytest

from gateway.desk.pages import Forbidden, admit
from gateway.settings.load import load
from gateway.settings.schema import Settings
from gateway.wire.addresses import FORWARDING_HEADERS
from gateway.wire.errors import NotFound
from tests.support.gateway import CONFIG
from tests.support.requests import made_request

HOST = {"Host": "127.0.0.1:8000"}


def settings(**more: str) -> Settings:
    return load(CONFIG, {"DEMO_AGENTS": "ON", **more}).settings


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "LOCALHOST:8000", "[::1]:8000", "127.0.0.2:8000"]
)
@pytest.mark.parametrize("remote", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_browser_on_this_machine_may(host: str, remote: str) -> None:
    admit(made_request("GET", "/desk", {"Host": host}, remote), settings())


@pytest.mark.parametrize(
    "host",
    ["", "desk.example", "127.0.0.1.desk.example", "localhost.example:80", "10.0.0.1", "127.0.0.1:", "a@localhost"],
)
def test_under_another_name_nobody_may(host: str) -> None:
    with pytest.raises(Forbidden):
        admit(made_request("GET", "/desk", {"Host": host}), settings())


def test_without_a_name_nobody_may() -> None:
    with pytest.raises(Forbidden):
        admit(made_request("GET", "/desk", {}), settings())


@pytest.mark.parametrize(
    "more", [{"DEMO_AGENTS": "OFF"}, {"TRUSTED_PROXIES": "127.0.0.1"}, {"BIND_ADDRESS": "0.0.0.0"}], ids=str
)
def test_where_demo_agents_may_not_sign_in_there_is_no_page(more: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        admit(made_request("GET", "/desk", HOST), settings(**more))


@pytest.mark.parametrize("header", FORWARDING_HEADERS)
def test_through_a_proxy_there_is_no_page(header: str) -> None:
    with pytest.raises(NotFound):
        admit(made_request("GET", "/desk", {**HOST, header: "192.0.2.7"}), settings())


@pytest.mark.parametrize("remote", ["192.0.2.7", "2001:db8::1", ""])
def test_from_another_machine_there_is_no_page(remote: str) -> None:
    with pytest.raises(NotFound):
        admit(made_request("GET", "/desk", HOST, remote), settings())


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "https://127.0.0.1:8000", "HTTP://127.0.0.1:8000"])
def test_its_own_pages_may_ask(origin: str) -> None:
    admit(made_request("POST", "/desk/customer", {**HOST, "Origin": origin}), settings())


@pytest.mark.parametrize(
    "origin", ["null", "", "http://desk.example", "http://127.0.0.1", "http://127.0.0.1:80", "http://localhost:8000"]
)
def test_pages_of_other_origins_may_not(origin: str) -> None:
    with pytest.raises(Forbidden):
        admit(made_request("POST", "/desk/customer", {**HOST, "Origin": origin}), settings())
