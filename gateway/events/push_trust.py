"""What callback servers are trusted by: the system's authorities, or a folder of certificates (eventpush.ssl.*)."""

import ssl
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.settings import files
from gateway.settings.files import FileFault

_NONE: Final = frozenset[tuple[str, int]]()


class PushTrustError(Exception):
    """The folder cannot be used; the text says what to do."""


def push_context(folder: str) -> ssl.SSLContext:
    """TLS 1.2 and later, names and certificates checked.

    With a folder (relative to the user's home) only the certificates in its files count, PEM or DER, each an authority
    or a server's own. Raises PushTrustError.
    """
    if folder:
        context = ssl.create_default_context(cadata=_certificates(_place(folder)))
        # What is put there may be a server's own certificate, without its authority.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    else:
        context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def folder_stamp(folder: str) -> frozenset[tuple[str, int]]:
    """Changes with what is in the folder; the same for one that cannot be read as for an empty one."""
    try:
        return frozenset((path.name, _changed_ns(path)) for path in _place(folder).iterdir()) if folder else _NONE
    except OSError:
        return _NONE


def _changed_ns(path: Path) -> int:
    """0 for what is not there: a link that leads nowhere."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _place(folder: str) -> Path:
    try:
        return Path.home() / Path(folder).expanduser()
    except RuntimeError:  # `~name` of a user who is not there
        return Path.home() / folder


def _certificates(folder: Path) -> str:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        found = [certificate for path in files for certificate in _read(path)]
    except OSError as problem:
        raise PushTrustError(f"eventpush.ssl.cert.file: {folder} cannot be read: {problem.strerror}") from None
    except FileFault as fault:
        raise PushTrustError(f"eventpush.ssl.cert.file: a file in {folder} {fault}") from None
    if not found:
        raise PushTrustError(f"eventpush.ssl.cert.file: {folder} holds no certificate")
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in found)


def _read(path: Path) -> list[x509.Certificate]:
    raw = files.read(path).raw
    try:
        return x509.load_pem_x509_certificates(raw) if b"-----BEGIN" in raw else [x509.load_der_x509_certificate(raw)]
    except Exception:  # x509.InvalidVersion is no ValueError
        raise PushTrustError(f"eventpush.ssl.cert.file: {path} is no certificate in PEM or DER (CER)") from None
