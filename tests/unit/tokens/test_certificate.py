"""The certificate that is handed over, and its expiry."""

import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from gateway.tokens.certificate import ExpiryWatch, as_der, days_left, fingerprint
from gateway.wire.trust import TrustError

EXPIRY = datetime(2030, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    leaf = trustme.CA().issue_cert("localhost", not_after=EXPIRY)
    path = tmp_path / "cert.pem"
    path.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    return path


def before(**span: float) -> datetime:
    return EXPIRY - timedelta(**span)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.WARNING]


def test_the_servers_own_certificate_is_exported_as_der(chain: Path) -> None:
    pem = chain.read_text()
    first = pem[: pem.index("-----END CERTIFICATE-----") + 26]
    assert as_der(chain) == ssl.PEM_cert_to_DER_cert(first.strip())


def test_the_fingerprint_is_that_of_the_export(chain: Path, tmp_path: Path) -> None:
    der = tmp_path / "gateway.cer"
    der.write_bytes(as_der(chain))
    assert fingerprint(der) == fingerprint(chain)
    assert len(fingerprint(chain)) == 32 * 3 - 1


@pytest.mark.parametrize("days", [365.0, 30.0, 0.5, -2.0])
def test_days_are_counted_to_the_expiry(chain: Path, days: float) -> None:
    assert days_left(chain, before(days=days)) == days


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrustError):
        as_der(tmp_path / "none")


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (30.1, []),
        (30, ["expires in 30 days"]),
        (1.5, ["expires in 1 days"]),
        (-1, ["has expired"]),
    ],
)
def test_a_warning_is_given_from_30_days_before(
    chain: Path, caplog: pytest.LogCaptureFixture, days: float, says: list[str]
) -> None:
    ExpiryWatch(chain).look(before(days=days))
    found = warnings(caplog)
    assert len(found) == len(says)
    assert all(words in line for words, line in zip(says, found, strict=True))


def test_the_warning_comes_once_a_day(chain: Path, caplog: pytest.LogCaptureFixture) -> None:
    watch = ExpiryWatch(chain)
    for hours in range(48, 0, -1):
        watch.look(before(days=10, hours=hours))
    assert len(warnings(caplog)) == 2


def test_a_renewed_certificate_ends_the_warnings(chain: Path, caplog: pytest.LogCaptureFixture) -> None:
    watch = ExpiryWatch(chain)
    watch.look(before(days=10))
    leaf = trustme.CA().issue_cert("localhost", not_after=EXPIRY + timedelta(days=365))
    chain.write_bytes(leaf.cert_chain_pems[0].bytes())
    watch.look(before(days=9))
    assert len(warnings(caplog)) == 1


def test_a_file_that_cannot_be_read_is_told_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ExpiryWatch(tmp_path / "none").look(EXPIRY)
    assert "the expiry of the certificate is unknown" in caplog.text
