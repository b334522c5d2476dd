"""What callback servers are trusted by: the system's authorities, or a folder of certificates (eventpush.ssl.*)."""

import ssl
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.wire.trust import NoCertificateError, TrustError, certificates, context_trusting

_NONE: Final = frozenset[tuple[str, int]]()


class PushTrustError(Exception):
    """The folder cannot be used; the text says what to do."""


def push_context(folder: str) -> ssl.SSLContext:
    """TLS 1.2 and later, names and certificates checked.

    With a folder (relative to the user's home) only the certificates in its files count, PEM or DER, each an authority
    or a server's own. Raises PushTrustError.
    """
    return context_trusting(_certificates(_place(folder)) if folder else None)


def folder_stamp(folder: str) -> frozenset[tuple[str, int]]:
    """Changes with what is in the folder; the same for one that cannot be read as for an empty one."""
    try:
        return frozenset((path.name, _changed_ns(path)) for path in _place(folder).iterdir()) if folder else _NONE
    except (OSError, PushTrustError):
        return _NONE


def _changed_ns(path: Path) -> int:
    """0 for what is not there: a link that leads nowhere."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _place(folder: str) -> Path:
    """Raises PushTrustError for a user without a home, as containers have them."""
    try:
        place = Path(folder).expanduser()
    except RuntimeError:  # `~name` of a user who is not there
        place = Path(folder)
    try:
        return place if place.is_absolute() else Path.home() / place
    except RuntimeError:
        raise PushTrustError(
            f"eventpush.ssl.cert.file: {folder} is relative to the home of this user, who has none: give the whole path"
        ) from None


def _certificates(folder: Path) -> list[x509.Certificate]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        found = [certificate for path in paths for certificate in _read(path)]
    except OSError as problem:
        raise PushTrustError(f"eventpush.ssl.cert.file: {folder} cannot be read: {problem.strerror}") from None
    if not found:
        raise PushTrustError(f"eventpush.ssl.cert.file: {folder} holds no certificate")
    return found


def _read(path: Path) -> list[x509.Certificate]:
    try:
        return certificates(path)
    except NoCertificateError:
        raise PushTrustError(f"eventpush.ssl.cert.file: {path} is no certificate in PEM or DER (CER)") from None
    except TrustError as problem:
        raise PushTrustError(f"eventpush.ssl.cert.file: {problem}") from None
