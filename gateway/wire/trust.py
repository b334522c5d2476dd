"""What others are trusted by, wherever we call them: receivers of events, the service behind, token services, Redis.

Newer versions of Python ask more of certificates by default (key identifiers, as RFC 5280 has them). What a site's own
authority made, and was trusted by before, is trusted still: the version of Python decides nothing here.
"""

import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.settings import files
from gateway.settings.files import FileFault


class TrustError(Exception):
    """A file of certificates that cannot be used, with the reason for the operator."""


class NoCertificateError(TrustError):
    """The file can be read, but holds none."""


def certificates(path: Path) -> list[x509.Certificate]:
    """The certificates in a DER or PEM file, at least one. Raises TrustError."""
    try:
        raw = files.read(path).raw
    except FileFault as fault:
        raise TrustError(f"{path}: {fault}") from None
    try:
        return x509.load_pem_x509_certificates(raw) if b"-----BEGIN" in raw else [x509.load_der_x509_certificate(raw)]
    except Exception:  # x509.InvalidVersion is no ValueError
        raise NoCertificateError(f"{path}: holds no certificate in DER (CER) or PEM") from None


def client_context(trusted: Path | None, chain: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """As `context_trusting`, what is in a file; the system's authorities without one. Raises TrustError.

    With `chain` and `key`, in PEM, that certificate is shown to servers that ask for one.
    """
    context = context_trusting(None if trusted is None else certificates(trusted))
    if chain is not None:
        show_certificate(context, chain, key or chain)
    return context


def show_certificate(context: ssl.SSLContext, chain: Path, key: Path) -> None:
    """Shows this certificate to servers that ask for one. Raises TrustError, also for a key that others may read."""
    try:
        files.must_be_secret(key, files.read(key))
    except FileFault as fault:
        raise TrustError(f"{key}: {fault}") from None
    try:
        # The password keeps OpenSSL from asking for one on the terminal; an encrypted key is refused.
        context.load_cert_chain(chain, key, password="")
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise TrustError(f"{chain} and {key} are not an unencrypted certificate and key in PEM") from None


def context_trusting(found: Iterable[x509.Certificate] | None) -> ssl.SSLContext:
    """TLS 1.2 and later for calls to others, host names checked.

    Only these are trusted, each an authority or a server's own certificate without its authority; with None what the
    system trusts.
    """
    if found is None:
        context = ssl.create_default_context()
    else:
        pem = "".join(one.public_bytes(Encoding.PEM).decode() for one in found)
        context = ssl.create_default_context(cadata=pem)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
