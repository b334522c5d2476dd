"""Certificates of clients on the other links: to Redis, to the service behind, and on the admin listener."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from gateway.settings.problems import SettingsError
from tests.support.fork_server import ended
from tests.support.gateway import CONFIG, gateway_process, running_gateway
from tests.support.servers import Server, free_port

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Files:
    """What `authority` has made for servers, and for us as a client."""

    authority: Path
    server_chain: Path
    server_key: Path
    chain: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """Takes only clients of that authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_chain, self.server_key)
        context.load_verify_locations(self.authority)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


@pytest.fixture
def files(tmp_path: Path) -> Files:
    authority = trustme.CA()
    made = Files(*(tmp_path / name for name in ("ca.pem", "server.pem", "server.key", "client.pem", "client.key")))
    authority.cert_pem.write_to_path(made.authority)
    for leaf, chain, key in (
        (authority.issue_cert(HOST, "localhost"), made.server_chain, made.server_key),
        (authority.issue_cert("gateway@example.com"), made.chain, made.key),
    ):
        leaf.private_key_pem.write_to_path(key)
        chain.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    return made


@asynccontextmanager
async def tls_before(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """A port with TLS; what comes there goes on to `port` without."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        further, back = await asyncio.open_connection(HOST, port)
        await asyncio.gather(pump(reader, back), pump(further, writer))

    server = await asyncio.start_server(relay, HOST, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize("shows", [True, False])
async def test_redis_is_shown_our_certificate(
    shared_server: Callable[[str], Server], files: Files, tmp_path: Path, shows: bool
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("k1 " + "0123456789abcdef" * 4)
    own = {"REDIS_CERT_FILE": str(files.chain), "REDIS_KEY_FILE": str(files.key)} if shows else {}
    async with tls_before(shared_server("valkey").port, files.server()) as port:
        settings = {
            "REDIS_URL": f"rediss://{HOST}:{port}/0",
            "REDIS_CA_FILE": str(files.authority),
            "STORE_TIMEOUT": "800",
            "STORE_TAG": tmp_path.name,
            "GUID_SECRET_FILE": str(secret),
            **own,
        }
        async with running_gateway(settings) as gateway:
            reason = await gateway.app.store_reason()
            assert (reason is None) == shows


@pytest.mark.parametrize(("shows", "status"), [(True, 200), (False, 503)])
async def test_the_service_behind_is_shown_our_certificate(files: Files, shows: bool, status: int) -> None:
    own = {"UPSTREAM_CERT_FILE": str(files.chain), "UPSTREAM_KEY_FILE": str(files.key)} if shows else {}
    async with running_gateway() as centre, tls_before(centre.port, files.server()) as port:
        settings = {
            "BACKEND": "upstream",
            "UPSTREAM_URL": f"https://{HOST}:{port}",
            "UPSTREAM_CA_FILE": str(files.authority),
            **own,
        }
        async with running_gateway(settings) as gateway:
            assert (await gateway.desk(101).sign_in()).status == status


async def test_a_key_that_others_may_read_is_refused(files: Files) -> None:
    files.key.chmod(0o644)
    settings = {
        "BACKEND": "upstream",
        "UPSTREAM_URL": "https://centre.example",
        "UPSTREAM_CERT_FILE": str(files.chain),
        "UPSTREAM_KEY_FILE": str(files.key),
    }
    with pytest.raises(SettingsError, match=r"UPSTREAM_KEY_FILE: .*client\.key: others may read it"):
        async with running_gateway(settings):
            pass


async def asked(settings: dict[str, str]) -> tuple[int, str]:
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    code, _, errors = await ended("sessions", "list", "--config", str(CONFIG), *sets)
    return code, errors


async def test_the_admin_listener_takes_clients_of_its_authority_alone(files: Files, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(os.urandom(32).hex())
    settings = {
        "ADMIN_PORT": str(free_port()),
        "ADMIN_TOKEN_FILE": str(token),
        "ADMIN_CLIENT_CA_FILE": str(files.authority),
        "TLS_CERT_FILE": str(files.server_chain),
        "TLS_KEY_FILE": str(files.server_key),
    }
    shown = {"ADMIN_CERT_FILE": str(files.chain), "ADMIN_KEY_FILE": str(files.key)}
    async with gateway_process(tmp_path, settings):
        with_it, without = [await asked({**settings, **own}) for own in (shown, {})]
    assert with_it == (0, "nobody is signed in whom this means\n")
    assert without[0] != 0
    assert "no gateway answers on ADMIN_PORT" in without[1]
