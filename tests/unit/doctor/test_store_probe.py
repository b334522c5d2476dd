"""Connections that ask, to servers that answer, refuse, are silent or are none."""

import asyncio
from pathlib import Path

import pytest
import trustme
from hiredis import ReplyError

from gateway.doctor import store_probe as room
from gateway.doctor.store_probe import Trouble, TroubleError, probing
from gateway.redis_store.address import Address, parse_target
from tests.support.servers import Server, Servers, free_port

SOON_S = 0.3


async def trouble(url: str) -> Trouble:
    """What stands in the way of asking this server for its name."""
    with pytest.raises(TroubleError) as caught:
        async with probing(parse_target(url).servers[0]) as probe:
            await probe.ask(("PING",))
    return caught.value.trouble


async def test_replies_come_in_order_and_errors_are_replies(server: Server) -> None:
    async with probing(parse_target(server.url).servers[0]) as probe:
        one, wrong, two = await probe.ask(("ECHO", "1"), ("ECHO",), ("ECHO", 2))
    assert (one, two) == (b"1", b"2")
    assert isinstance(wrong, ReplyError)


async def test_nobody_listens() -> None:
    found = await trouble(f"redis://user:hunter2@127.0.0.1:{free_port()}")
    assert found.found == "no connection: Connection refused"


async def test_a_frozen_server(kind: str, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", SOON_S)
    server = servers.start(kind)
    server.freeze()
    assert (await trouble(server.url)).found == "no answer within 300 ms"


async def test_a_server_that_freezes_later(kind: str, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    server = servers.start(kind)
    async with probing(parse_target(server.url).servers[0]) as probe:
        server.freeze()
        monkeypatch.setattr(room, "PATIENCE_S", SOON_S)
        with pytest.raises(TroubleError, match="no answer within 300 ms"):
            await probe.ask(("PING",))


async def test_a_server_that_dies_later(kind: str, servers: Servers) -> None:
    server = servers.start(kind)
    async with probing(parse_target(server.url).servers[0]) as probe:
        server.kill()
        with pytest.raises(TroubleError, match="no connection"):
            await probe.ask(("PING",))


@pytest.mark.parametrize(
    ("sign_in", "found"),
    [("desk:wrong@", "it refuses the user or the password"), ("", "it wants a password")],
)
async def test_a_password_that_is_wrong_or_missing(kind: str, servers: Servers, sign_in: str, found: str) -> None:
    server = servers.start(kind, {"user": "desk on >hunter2 ~* &* +@all"})
    server.ask("CONFIG", "SET", "requirepass", "hunter2")
    assert (await trouble(f"redis://{sign_in}127.0.0.1:{server.port}")).found == found


async def test_something_that_is_no_redis() -> None:
    async def chat(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(chat, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "not the protocol of Redis" in (await trouble(f"redis://127.0.0.1:{port}")).found


async def test_tls(kind: str, servers: Servers, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    options = {"tls-cert-file": "cert.pem", "tls-key-file": "key.pem", "tls-ca-cert-file": "ca.pem"}
    try:
        server = servers.start_tls(kind, {name: str(tmp_path / file) for name, file in options.items()})
    except OSError:
        pytest.skip(f"this {kind} server was built without TLS")
    async with probing(
        parse_target(f"rediss://127.0.0.1:{server.tls_port}?ssl_ca_certs={tmp_path / 'ca.pem'}").servers[0]
    ) as probe:
        assert await probe.ask(("PING",)) == [b"PONG"]
    assert "not trusted" in (await trouble(f"rediss://127.0.0.1:{server.tls_port}")).found


async def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(TroubleError, match="no connection"):
        async with probing(Address("nobody.invalid")):
            pass
