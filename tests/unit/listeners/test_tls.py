import ssl
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
from gateway.listeners.tls import TlsCertificate, own_files


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


def test_unchanged_files_are_not_read_again(pair: tuple[Path, Path]) -> None:
    assert not TlsCertificate(*pair).reload_if_changed()


def test_changed_files_are_read_when_they_rest(pair: tuple[Path, Path]) -> None:
    certificate = TlsCertificate(*pair)
    pair[0].write_bytes(pair[0].read_bytes() + b"\n")
    assert [certificate.reload_if_changed() for _ in range(3)] == [False, True, False]


def test_a_refused_change_is_logged_once(pair: tuple[Path, Path], caplog: pytest.LogCaptureFixture) -> None:
    certificate = TlsCertificate(*pair)
    pair[1].unlink()
    assert [certificate.reload_if_changed() for _ in range(4)] == [False] * 4
    assert len(caplog.records) == 1


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
