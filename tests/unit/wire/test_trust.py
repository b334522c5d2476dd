"""Certificates in files."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.events.push_client import push_context
from gateway.redis_store.address import parse_target
from gateway.wire.trust import TrustError, certificates, client_context
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


def test_with_a_file_only_what_is_in_it_is_trusted(tmp_path: Path) -> None:
    assert client_context(certified(tmp_path).authority_pem).cert_store_stats()["x509"] == 1


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """As newer versions of Python make contexts."""
    made = ssl.create_default_context

    def stricter(*arguments: Any, **options: Any) -> ssl.SSLContext:
        context = made(*arguments, **options)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", stricter)


@pytest.mark.parametrize(
    "trusting",
    [
        lambda folder: client_context(None),
        lambda folder: client_context(folder / "ca.pem"),
        lambda folder: push_context(str(folder)),
        lambda folder: push_context(""),
        lambda folder: parse_target(f"rediss://redis.example?ssl_ca_certs={folder / 'ca.pem'}").servers[0].tls,
        lambda folder: parse_target("rediss://redis.example").servers[0].tls,
    ],
)
def test_certificates_are_judged_alike_by_every_version_of_python(
    tmp_path: Path, strict: None, trusting: Callable[[Path], ssl.SSLContext]
) -> None:
    certified(tmp_path)
    assert not trusting(tmp_path).verify_flags & ssl.VERIFY_X509_STRICT


@pytest.mark.parametrize("handed_over", [False, True])
def test_names_and_certificates_are_always_checked(tmp_path: Path, handed_over: bool) -> None:
    context = client_context(certified(tmp_path).leaf_der if handed_over else None)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
