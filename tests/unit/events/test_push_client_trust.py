"""eventpush.ssl.cert.file."""

import os
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.events.push_client import PushTrustError, folder_stamp, push_context
from tests.support.receiver import Authority


def test_without_a_folder_the_system_is_trusted_and_names_are_checked() -> None:
    context = push_context("")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_with_a_folder_only_its_certificates_are_trusted(tmp_path: Path) -> None:
    Authority(tmp_path)
    assert push_context(str(tmp_path)).cert_store_stats()["x509"] == 1


def test_der_counts_as_pem_does(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    made = x509.load_pem_x509_certificate(authority.made.cert_pem.bytes())
    (tmp_path / "ca.pem").unlink()
    (tmp_path / "ca.cer").write_bytes(made.public_bytes(Encoding.DER))
    assert push_context(str(tmp_path)).cert_store_stats()["x509"] == 1


def test_a_folder_is_relative_to_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Authority(tmp_path / "certs")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert push_context("certs").cert_store_stats()["x509"] == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), ({}, "holds no certificate"), ({"a.pem": b"no"}, "a.pem is no certificate")],
)
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, content: dict[str, bytes] | None, says: str) -> None:
    folder = tmp_path / "certs"
    if content is not None:
        folder.mkdir()
        for name, raw in content.items():
            (folder / name).write_bytes(raw)
    with pytest.raises(PushTrustError, match=rf"^eventpush\.ssl\.cert\.file: .*{says}"):
        push_context(str(folder))


def test_a_user_without_a_home_is_told_to_give_the_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_294_967_000)
    with pytest.raises(PushTrustError, match=r"certs is relative to the home of this user, who has none"):
        push_context("certs")
    assert folder_stamp("certs") == frozenset()


def test_what_joins_a_folder_is_seen_beside_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "old.pem").symlink_to(tmp_path / "gone.pem")
    before = folder_stamp(str(tmp_path))
    Authority(tmp_path)
    assert folder_stamp(str(tmp_path)) != before
