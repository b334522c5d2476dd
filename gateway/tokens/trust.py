"""Certificates that a peer may have handed over in a file, DER (CER) or PEM."""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.settings import files
from gateway.settings.files import FileFault


class TrustError(Exception):
    """A file of certificates that cannot be used, with the reason for the operator."""


def certificates(path: Path) -> list[x509.Certificate]:
    """The certificates in a DER or PEM file, at least one. Raises TrustError."""
    try:
        raw = files.read(path).raw
    except FileFault as fault:
        raise TrustError(f"{path}: {fault}") from None
    try:
        return x509.load_pem_x509_certificates(raw) if b"-----BEGIN" in raw else [x509.load_der_x509_certificate(raw)]
    except Exception:  # x509.InvalidVersion is no ValueError
        raise TrustError(f"{path}: holds no certificate in DER (CER) or PEM") from None


def client_context(trusted: Path | None) -> ssl.SSLContext:
    """TLS 1.2 and later for calls to others, host names checked.

    With a file only what is in it is trusted, be it an authority or the server's own certificate. Raises TrustError.
    """
    if trusted is None:
        context = ssl.create_default_context()
    else:
        pem = "".join(found.public_bytes(Encoding.PEM).decode() for found in certificates(trusted))
        context = ssl.create_default_context(cadata=pem)
        # A handed-over certificate may be the server's alone, without its authority, and older than strict rules.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
