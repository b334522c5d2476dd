"""HTTPS: versions, the development certificate, an own certificate and its swap while connections are open."""

import asyncio
import logging
import ssl
from pathlib import Path

import pytest
import trustme

from gateway.listeners.serve import Listeners
from tests.unit.listeners.doors import SOON_S, Door, fine, get, opened, until


def issue(folder: Path) -> tuple[ssl.SSLContext, tuple[Path, Path]]:
    """A new pair in the same files, and a client context that trusts only it."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(folder / "own.pem")
    leaf.private_key_pem.write_to_path(folder / "own.key")
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)
    return trust, (folder / "own.pem", folder / "own.key")


def reload(listeners: Listeners) -> bool:
    assert listeners.certificate is not None
    return listeners.certificate.reload()


async def accepts(door: Door, trust: ssl.SSLContext) -> bool:
    try:
        client = await door.client(trust=trust)
    except ssl.SSLCertVerificationError:
        return False
    await client.send(get())
    return (await client.answer()).body == b"fine"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_client_that_trusts_the_authority_of_the_development_certificate_is_served(
    tmp_path: Path, host: str
) -> None:
    async with opened(fine, var_dir=tmp_path) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=door.trust, server_hostname=host)
        writer.write(get())
        head = await reader.readuntil(b"\r\n")
        writer.close()
        await writer.wait_closed()
    assert head == b"HTTP/1.1 200 OK\r\n"


async def test_the_listener_tells_its_url(tmp_path: Path) -> None:
    async with opened(fine, var_dir=tmp_path) as door:
        assert door.listeners.urls == [f"https://127.0.0.1:{door.port}"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_tls_1_2_and_later_are_spoken(tmp_path: Path, version: ssl.TLSVersion) -> None:
    async with opened(fine, var_dir=tmp_path) as door:
        assert door.trust is not None
        door.trust.minimum_version = door.trust.maximum_version = version
        assert await accepts(door, door.trust)


async def test_plain_http_on_the_https_port_is_closed_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(fine, var_dir=tmp_path) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(get())
        await asyncio.wait_for(reader.read(), SOON_S)
        writer.close()
        await writer.wait_closed()
    assert [*caplog.messages] == ["no TLS with 127.0.0.1: it speaks HTTP without TLS: that is for HTTP_PORT"]


async def test_a_handshake_that_stops_is_closed_when_its_time_is_over(tmp_path: Path) -> None:
    async with opened(fine, var_dir=tmp_path, request_timeout_ms=100) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"\x16\x03\x01")
        assert await asyncio.wait_for(reader.read(), SOON_S) == b""
        writer.close()
        await writer.wait_closed()


async def test_the_certificate_of_the_settings_is_shown(tmp_path: Path) -> None:
    trust, files = issue(tmp_path)
    async with opened(fine, var_dir=tmp_path, own=files) as door:
        assert (await accepts(door, trust), door.listeners.authority) == (True, None)


async def test_a_swapped_certificate_is_shown_to_new_connections(tmp_path: Path) -> None:
    old, files = issue(tmp_path)
    async with opened(fine, var_dir=tmp_path, own=files) as door:
        new, _ = issue(tmp_path)
        swapped = reload(door.listeners)
        assert (swapped, await accepts(door, new), await accepts(door, old)) == (True, True, False)


async def test_an_open_connection_outlives_the_swap(tmp_path: Path) -> None:
    old, files = issue(tmp_path)
    async with opened(fine, var_dir=tmp_path, own=files) as door:
        client = await door.client(trust=old)
        issue(tmp_path)
        reload(door.listeners)
        await client.send(get())
        assert (await client.answer()).body == b"fine"


async def test_a_key_of_another_certificate_is_refused_and_the_old_pair_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, files = issue(tmp_path)
    async with opened(fine, var_dir=tmp_path, own=files) as door:
        trustme.CA().issue_cert("localhost").private_key_pem.write_to_path(tmp_path / "own.key")
        swapped = reload(door.listeners)
        assert (swapped, await accepts(door, old), "TLS_CERT_FILE" in caplog.text) == (False, True, True)


async def test_changed_files_are_taken_over_without_being_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _, files = issue(tmp_path)
    async with opened(fine, var_dir=tmp_path, own=files) as door:
        watch = asyncio.create_task(door.listeners.watch_certificate())
        new, _ = issue(tmp_path)
        await until(lambda: "was read again" in caplog.text)
        watch.cancel()
        assert await accepts(door, new)


async def test_connections_that_have_ended_leave_room_for_others(tmp_path: Path) -> None:
    async with opened(fine, var_dir=tmp_path, connections_max_address=4) as door:
        for _ in range(6):
            client = await door.client()
            await client.send(get())
            assert (await client.answer()).body == b"fine"
            await client.close()
            await until(lambda: door.listeners.open_connections == 0)
