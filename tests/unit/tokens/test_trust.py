"""Certificates in files."""

import ssl
from pathlib import Path

import pytest

from gateway.tokens.trust import TrustError, certificates, client_context
from tests.unit.tokens.services import certified


def test_a_certificate_is_the_same_in_der_and_in_pem(tmp_path: Path) -> None:
    made = certified(tmp_path)
    assert certificates(made.leaf_der) == certificates(made.leaf_pem)


def test_a_pem_file_may_hold_several(tmp_path: Path) -> None:
    made = certified(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(made.leaf_pem.read_bytes() + made.authority_pem.read_bytes())
    assert len(certificates(both)) == 2


@pytest.mark.parametrize("content", [b"", b"text", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_a_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.cer"
    path.write_bytes(content)
    with pytest.raises(TrustError, match="holds no certificate"):
        client_context(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="cannot be read"):
        client_context(tmp_path / "none")


@pytest.mark.parametrize("handed_over", [False, True])
def test_names_and_certificates_are_always_checked(tmp_path: Path, handed_over: bool) -> None:
    context = client_context(certified(tmp_path).leaf_der if handed_over else None)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
