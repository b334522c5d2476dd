from pathlib import Path

import pytest

from gateway.listeners.errors import ListenError
from gateway.listeners.serve import start
from gateway.listeners.sockets import open_socket
from gateway.settings.schema import Settings
from tests.unit.listeners.doors import fine, free_socket


def settings(**values: object) -> Settings:
    return Settings.model_validate({"http_port": "0", "https_port": "0", "var_dir": None, **values})


async def test_port_0_opens_nothing() -> None:
    listeners = await start(fine, settings())
    await listeners.drain(0)
    assert listeners.urls == []


async def test_http_and_https_are_open_side_by_side(tmp_path: Path) -> None:
    listeners = await start(fine, settings(var_dir=tmp_path), http=free_socket(), https=free_socket())
    await listeners.drain(0)
    assert [url.split(":")[0] for url in listeners.urls] == ["http", "https"]


async def test_every_socket_of_a_kind_is_served() -> None:
    first, second = free_socket(), free_socket()
    ports = [link.getsockname()[1] for link in (first, second)]
    listeners = await start(fine, settings(), http=first, more={"http": [second]})
    await listeners.drain(0)
    assert listeners.urls == [f"http://127.0.0.1:{port}" for port in ports]


async def test_a_second_gateway_on_the_same_port_is_told() -> None:
    with open_socket("127.0.0.1", 0, "HTTP_PORT") as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=f"^HTTP_PORT: 127.0.0.1:{port} is in use already, perhaps by another"):
            await start(fine, settings(http_port=str(port)))


async def test_nothing_stays_open_when_one_listener_fails(tmp_path: Path) -> None:
    link = free_socket()
    port = link.getsockname()[1]
    with pytest.raises(ListenError, match=r"^TLS_CERT_FILE: cannot read"):
        await start(
            fine,
            settings(tls_cert_file=tmp_path / "none", tls_key_file=tmp_path / "none"),
            http=link,
            https=free_socket(),
        )
    open_socket("127.0.0.1", port, "HTTP_PORT").close()


async def test_the_development_certificate_needs_a_folder() -> None:
    with pytest.raises(ListenError, match=r"^VAR_DIR: is needed"):
        await start(fine, settings(), https=free_socket())


async def test_who_must_trust_what_is_told(tmp_path: Path) -> None:
    listeners = await start(fine, settings(var_dir=tmp_path), https=free_socket())
    await listeners.drain(0)
    assert listeners.authority == tmp_path / "tls" / "ca.pem"
