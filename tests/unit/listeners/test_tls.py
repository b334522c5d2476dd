import logging
import ssl
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from gateway.listeners.errors import ListenError
from gateway.listeners.tls import VERSIONS, TlsCertificate, TlsTerms, own_files


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    leaf = trustme.CA().issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "chain.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    return tmp_path / "chain.pem", tmp_path / "key.pem"


def refusal(chain: Path, key: Path) -> str:
    with pytest.raises(ListenError) as caught:
        TlsCertificate(chain, key)
    return str(caught.value)


def test_nothing_before_tls_1_2_is_spoken(pair: tuple[Path, Path]) -> None:
    assert TlsCertificate(*pair).context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_missing_certificate_is_told_by_its_setting(pair: tuple[Path, Path]) -> None:
    missing = pair[0].with_name("none.pem")
    assert refusal(missing, pair[1]) == f"TLS_CERT_FILE: cannot read {missing}: No such file or directory"


def test_a_missing_key_is_told_by_its_setting(pair: tuple[Path, Path]) -> None:
    missing = pair[1].with_name("none.pem")
    assert refusal(pair[0], missing) == f"TLS_KEY_FILE: cannot read {missing}: No such file or directory"


def test_a_key_of_another_certificate_is_refused(pair: tuple[Path, Path]) -> None:
    trustme.CA().issue_cert("localhost").private_key_pem.write_to_path(pair[1])
    assert "are not an unencrypted pair in PEM (KEY_VALUES_MISMATCH)" in refusal(*pair)


def test_an_encrypted_key_is_refused_without_asking_for_a_password(pair: tuple[Path, Path]) -> None:
    key = load_pem_private_key(pair[1].read_bytes(), None)
    pair[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pass word")))
    assert "unencrypted pair" in refusal(*pair)


def test_what_is_no_certificate_is_refused(pair: tuple[Path, Path]) -> None:
    pair[0].write_text("no certificate")
    assert refusal(*pair).startswith("TLS_CERT_FILE: ")


def test_the_end_of_its_validity_is_that_of_the_newest_certificate(pair: tuple[Path, Path]) -> None:
    certificate = TlsCertificate(*pair)
    ends = datetime(2031, 1, 2, tzinfo=UTC)
    leaf = trustme.CA().issue_cert("localhost", not_after=ends)
    leaf.cert_chain_pems[0].write_to_path(pair[0])
    leaf.private_key_pem.write_to_path(pair[1])
    assert certificate.reload()
    assert certificate.ends_s == ends.timestamp()


def test_files_are_read_again_when_they_changed_and_rest(
    pair: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    certificate = TlsCertificate(*pair)
    assert (certificate.file.look(), caplog.messages) == (True, [])
    pair[0].write_bytes(pair[0].read_bytes() + b"\n")
    assert (certificate.file.look(), caplog.messages) == (False, [])
    assert [certificate.file.look() for _ in range(2)] == [True, True]
    assert caplog.messages == [f"the certificate was read again: {pair[0]}"]


def test_no_file_in_the_settings_means_none() -> None:
    assert own_files(None, None) is None


@pytest.mark.parametrize(
    ("chain", "key", "says"),
    [
        (Path("a"), None, "TLS_KEY_FILE: is needed with TLS_CERT_FILE"),
        (None, Path("a"), "TLS_CERT_FILE: is needed with TLS_KEY_FILE"),
    ],
)
def test_one_file_without_the_other_is_refused(chain: Path | None, key: Path | None, says: str) -> None:
    with pytest.raises(ListenError, match=says):
        own_files(chain, key)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(pair: tuple[Path, Path], mode: int) -> None:
    pair[1].chmod(mode)
    assert refusal(*pair).startswith(f"TLS_KEY_FILE: {pair[1]}: others may read it: chmod 600")


def test_a_new_key_that_others_may_read_is_refused_and_the_former_stays(pair: tuple[Path, Path]) -> None:
    certificate = TlsCertificate(*pair)
    pair[1].chmod(0o644)
    assert not certificate.reload()


def test_a_certificate_that_has_expired_is_swapped_in_and_told(
    pair: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    certificate = TlsCertificate(*pair)
    assert certificate.trouble(0) is None
    late = trustme.CA().issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    late.cert_chain_pems[0].write_to_path(pair[0])
    late.private_key_pem.write_to_path(pair[1])
    assert certificate.reload()
    assert certificate.trouble(datetime(2020, 1, 2, tzinfo=UTC).timestamp())
    assert "has expired" in caplog.text


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """The version that both agree on. Raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(6):
        for side in (ours, theirs):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    ours.write(b"x")
    theirs.read(1)
    return theirs.version()


def old_client(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("least", "spoken"), [("1.0", "TLSv1"), ("1.1", "TLSv1.1"), ("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")]
)
def test_the_oldest_tls_that_is_allowed_is_spoken(pair: tuple[Path, Path], least: str, spoken: str) -> None:
    server = TlsCertificate(*pair, TlsTerms(VERSIONS[least])).context
    assert handshake(server, old_client(VERSIONS[least])) == spoken


@pytest.mark.parametrize(("least", "older"), [("1.2", "1.1"), ("1.2", "1.0"), ("1.3", "1.2")])
def test_an_older_one_is_not(pair: tuple[Path, Path], least: str, older: str) -> None:
    server = TlsCertificate(*pair, TlsTerms(VERSIONS[least])).context
    with pytest.raises(ssl.SSLError):
        handshake(server, old_client(VERSIONS[older]))


def test_with_authorities_for_clients_only_their_clients_are_let_in(pair: tuple[Path, Path], tmp_path: Path) -> None:
    ours, others = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(tmp_path / "clients.pem")
    server = TlsCertificate(*pair, TlsTerms(client_ca=tmp_path / "clients.pem")).context
    for authority, is_let_in in ((None, False), (others, False), (ours, True)):
        client = old_client(ssl.TLSVersion.TLSv1_2)
        if authority is not None:
            authority.issue_cert("desk@example.com").configure_cert(client)
        try:
            handshake(server, client)
        except ssl.SSLError:
            assert not is_let_in
        else:
            assert is_let_in


def test_authorities_that_cannot_be_read_are_named(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "clients.pem").write_text("nothing")
    with pytest.raises(ListenError, match=r"CLIENT_CA_FILE: .* holds no certificate"):
        TlsCertificate(*pair, TlsTerms(client_ca=tmp_path / "clients.pem"))
