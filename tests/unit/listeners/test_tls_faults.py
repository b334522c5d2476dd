"""Whatever the files of the certificate become, the former one stays, and the log says why in one line."""

from pathlib import Path

import pytest
import trustme

from gateway.listeners.errors import CertificateError
from gateway.listeners.tls import TlsCertificate
from tests.support.faulty_files import GONE, KINDS, Spoil, holding

FAULTS: dict[str, Spoil] = {
    **KINDS,
    **GONE,
    "empty": holding(b""),
    "NUL bytes": holding(b"\0" * 1000),
    "cut off": holding(b"-----BEGIN CERTIFICATE-----\nMIIB"),
}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    leaf = trustme.CA().issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "chain.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    return tmp_path / "chain.pem", tmp_path / "key.pem"


@pytest.mark.parametrize("which", [0, 1], ids=["chain", "key"])
@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_named_in_one_line_and_the_former_certificate_stays(
    pair: tuple[Path, Path], spoil: Spoil, which: int, caplog: pytest.LogCaptureFixture
) -> None:
    certificate = TlsCertificate(*pair)
    ends_s = certificate.ends_s
    spoil(pair[which])
    for _ in range(4):
        certificate.file.look()
    assert certificate.ends_s == ends_s
    (line,) = caplog.messages
    assert line.startswith("the new certificate is refused, the former one stays: TLS_")
    assert str(pair[which]) in line


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_at_the_start_is_refused_by_name(pair: tuple[Path, Path], spoil: Spoil) -> None:
    spoil(pair[0])
    with pytest.raises(CertificateError, match=pair[0].name):
        TlsCertificate(*pair)
