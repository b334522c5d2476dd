import errno
import socket
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.listeners.development_certificate import development_certificate
from gateway.listeners.errors import ListenError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    files = development_certificate(tmp_path / "var", "127.0.0.1")
    assert (mode(files.key), mode(files.key.parent)) == (0o600, 0o700)


def test_it_is_made_once(tmp_path: Path) -> None:
    first = development_certificate(tmp_path, "127.0.0.1").chain.read_bytes()
    assert development_certificate(tmp_path, "127.0.0.1").chain.read_bytes() == first


def test_it_is_made_anew_for_another_address(tmp_path: Path) -> None:
    first = development_certificate(tmp_path, "127.0.0.1").chain.read_bytes()
    assert development_certificate(tmp_path, "192.0.2.1").chain.read_bytes() != first


def test_it_is_made_anew_when_a_file_is_missing(tmp_path: Path) -> None:
    development_certificate(tmp_path, "127.0.0.1").key.unlink()
    assert development_certificate(tmp_path, "127.0.0.1").key.exists()


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    development_certificate(tmp_path, "127.0.0.1")
    development_certificate(tmp_path, "192.0.2.1")
    assert [path.name for path in tmp_path.iterdir()] == ["tls"]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "192.0.2.1"])
def test_it_holds_for_this_machine_and_the_bind_address(tmp_path: Path, name: str) -> None:
    files = development_certificate(tmp_path, "192.0.2.1")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.chain, files.key)
    client = ssl.create_default_context(cafile=str(files.authority))
    assert shakes_hands(server, client, name)


def shakes_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    )
    done: set[int] = set()
    for _ in range(4):
        for number, end in enumerate(ends):
            try:
                end.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                continue
    return done == {0, 1}


@pytest.mark.parametrize(
    "name",
    ["agent_gw_1", "-agent", "a" * 64, "agent..gw", "agent gw", "B\u00fcro\u2028", "*", "agent\udcff", ""],
)
def test_a_host_name_that_no_certificate_can_hold_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    files = development_certificate(tmp_path, "127.0.0.1")
    held = x509.load_pem_x509_certificate(files.chain.read_bytes()).extensions
    names = held.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert (names, "left out of the development certificate" in caplog.text) == (["localhost"], name != "")


def test_a_certificate_without_such_a_name_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "agent_gw_1")
    first = development_certificate(tmp_path, "127.0.0.1").chain.read_bytes()
    assert development_certificate(tmp_path, "127.0.0.1").chain.read_bytes() == first


def test_a_machine_that_does_not_tell_its_name_gets_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> str:
        raise OSError(errno.EPERM, "")

    monkeypatch.setattr(socket, "gethostname", unknown)
    assert development_certificate(tmp_path, "127.0.0.1").chain.exists()


def test_a_folder_that_cannot_be_made_is_told_by_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ListenError, match=r"^VAR_DIR: cannot write .*/file/tls: Not a directory"):
        development_certificate(tmp_path / "file", "127.0.0.1")


def test_its_key_is_one_that_old_clients_know(tmp_path: Path) -> None:
    files = development_certificate(tmp_path, "127.0.0.1")
    (leaf, *_) = x509.load_pem_x509_certificates(files.chain.read_bytes())
    assert isinstance(leaf.public_key(), rsa.RSAPublicKey)
