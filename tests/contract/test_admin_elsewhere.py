"""The admin listener for other machines: by TLS alone, under its own names alone, with a token as ever."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from gateway.listeners.development_certificate import development_certificate
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from tests.support.admin import TOKEN, token_file
from tests.support.fork_server import ended
from tests.support.gateway import CONFIG, gateway_process
from tests.support.servers import free_port

NAME = "localhost"
"""A name of the certificate; what others call the gateway."""


@dataclass(frozen=True)
class Elsewhere:
    port: int
    trusted: ssl.SSLContext
    overrides: dict[str, str]

    async def asked(self, scheme: str, host: str = NAME, token: str = TOKEN) -> int:
        headers = {"Authorization": f"Bearer {token}", "Host": host}
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{scheme}://{NAME}:{self.port}/metrics", headers=headers, ssl=self.trusted) as answer,
        ):
            return answer.status


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    made = development_certificate(tmp_path, "127.0.0.1")
    overrides = {
        "ADMIN_PORT": str(free_port()),
        "ADMIN_BIND_ADDRESS": "0.0.0.0",
        "ADMIN_HOSTS": f"Gateway1.Example.com;{NAME}",
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "TLS_CERT_FILE": str(made.chain),
        "TLS_KEY_FILE": str(made.key),
    }
    async with gateway_process(tmp_path, overrides):
        trusted = ssl.create_default_context(cafile=made.authority)
        yield Elsewhere(int(overrides["ADMIN_PORT"]), trusted, overrides)


async def test_metrics_are_there_by_tls_under_the_names_of_the_listener(elsewhere: Elsewhere) -> None:
    hosts = [NAME, f"{NAME}:9100", "gateway1.example.com", "GATEWAY1.example.com:443"]
    assert [await elsewhere.asked("https", host) for host in hosts] == [200] * len(hosts)


async def test_another_name_is_refused(elsewhere: Elsewhere) -> None:
    hosts = ["gateway2.example.com", "example.com", "gateway1.example.com.evil.example", "0.0.0.0"]
    assert [await elsewhere.asked("https", host) for host in hosts] == [403] * len(hosts)


async def test_without_the_token_nobody_is_let_in(elsewhere: Elsewhere) -> None:
    assert await elsewhere.asked("https", token="another-token-of-nobody") == 401


async def test_without_tls_nothing_is_answered(elsewhere: Elsewhere) -> None:
    with pytest.raises(aiohttp.ClientError):
        await elsewhere.asked("http")


async def test_commands_of_this_machine_find_it(elsewhere: Elsewhere) -> None:
    options = [f"--set={key}={value}" for key, value in elsewhere.overrides.items()]
    code, said, _ = await ended("audit", "--json", *options, "--set=ADMIN_HOSTS=localhost")
    assert (code, '"node-start"' in said) == (0, True)


@pytest.mark.parametrize("given", [{}, {"ADMIN_HOSTS": "gateway1"}, {"TLS_CERT_FILE": "a", "TLS_KEY_FILE": "b"}])
def test_what_others_can_reach_needs_tls_and_names(given: dict[str, str]) -> None:
    settings = {"ADMIN_PORT": "9100", "ADMIN_TOKEN_FILE": "token", "ADMIN_BIND_ADDRESS": "192.0.2.1", **given}
    with pytest.raises(SettingsError, match=r"ADMIN_BIND_ADDRESS = 192\.0\.2\.1: others can reach it: set"):
        load(CONFIG, settings)


@pytest.mark.parametrize("hosts", ["http://gateway1", "gateway1:9100", "*", "a b"])
def test_names_that_are_none_are_refused(hosts: str) -> None:
    with pytest.raises(SettingsError, match="ADMIN_HOSTS"):
        load(CONFIG, {"ADMIN_HOSTS": hosts})
