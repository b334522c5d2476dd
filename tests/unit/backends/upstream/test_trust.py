"""Which certificates the service behind is trusted by."""

import ssl
from pathlib import Path

import pytest
import trustme

from gateway.backends.upstream.trust import UpstreamTrustError, upstream_context


def test_with_a_file_only_what_is_in_it_is_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = upstream_context(tmp_path / "ca.pem")
    assert len(context.get_ca_certs()) == 1


def test_names_and_certificates_are_checked() -> None:
    context = upstream_context(None)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UpstreamTrustError, match=r"gone\.pem: cannot be read: No such file"):
        upstream_context(tmp_path / "gone.pem")


def test_a_file_without_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(UpstreamTrustError, match=r"empty\.pem: holds no certificate in PEM"):
        upstream_context(tmp_path / "empty.pem")
