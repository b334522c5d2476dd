"""TLS for the HTTPS listener: TLS 1.2 and later, with a certificate that can be swapped while connections are open."""

import logging
import ssl
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.listeners.errors import CertificateError, ListenError
from gateway.settings import files
from gateway.settings.files import FileFault

CERT_SETTING: Final = "TLS_CERT_FILE"
KEY_SETTING: Final = "TLS_KEY_FILE"

_log = logging.getLogger(__name__)


class TlsCertificate:
    """The certificate of a listener. `context` goes to asyncio and stays the same object.

    `ends_s` is when its validity ends, in s since the epoch; None where that cannot be read.

    Each swap makes a whole new context, and a handshake takes the newest one that loaded, so a pair of files that does
    not match, or is only half written, never touches what works. Open connections keep what they have.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = (chain, key)
        self.context = _context(chain, key)
        self._newest = self.context
        self.ends_s = _ends_s(chain)
        self._read = self._looked = _stamp(self._files)
        self.context.sni_callback = self._choose

    def reload(self) -> bool:
        """Read the files again, for connections from now on. False, and a log line, where they cannot be used."""
        self._read = _stamp(self._files)
        try:
            self._newest = _context(*self._files)
        except ListenError as problem:
            _log.error("the new certificate is refused, the former one stays: %s", problem)
            return False
        self.ends_s = _ends_s(self._files[0])
        _log.info("the certificate was read again: %s", self._files[0])
        return True

    def reload_if_changed(self) -> bool:
        """As `reload`, once a file has changed and both were at rest since the last look; else False."""
        now = _stamp(self._files)
        rests = now == self._looked
        self._looked = now
        return rests and now != self._read and self.reload()

    def _choose(self, link: ssl.SSLObject, _server_name: str | None, _first: ssl.SSLContext) -> None:
        link.context = self._newest


def own_files(chain: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """The pair that the settings name, None when they name neither file; one alone raises ListenError."""
    if chain is None and key is None:
        return None
    if chain is None:
        raise ListenError(CERT_SETTING, f"is needed with {KEY_SETTING}")
    if key is None:
        raise ListenError(KEY_SETTING, f"is needed with {CERT_SETTING}")
    return chain, key


def _context(chain: Path, key: Path) -> ssl.SSLContext:
    _must_be_readable(CERT_SETTING, chain)
    _must_be_readable(KEY_SETTING, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # The password keeps OpenSSL from asking for one on the terminal; an encrypted key is refused.
        context.load_cert_chain(chain, key, password="")
    except (OSError, ValueError) as problem:  # ssl.SSLError is an OSError
        reason = getattr(problem, "reason", None) or type(problem).__name__
        raise CertificateError(
            CERT_SETTING, f"{chain} and {KEY_SETTING} {key} are not an unencrypted pair in PEM ({reason})"
        ) from None
    return context


def _ends_s(chain: Path) -> float | None:
    """The end of the first certificate in a file that OpenSSL has just loaded, and may be laxer about."""
    try:
        return x509.load_pem_x509_certificate(files.read(chain).raw).not_valid_after_utc.timestamp()
    except Exception:  # x509.InvalidVersion, for one, is no ValueError
        return None


def _must_be_readable(setting: str, path: Path) -> None:
    try:
        files.read(path)
    except FileFault as fault:
        raise CertificateError(setting, f"cannot read {path}: {str(fault).removeprefix('cannot be read: ')}") from None


def _stamp(files: tuple[Path, Path]) -> tuple[object, ...]:
    return tuple(_one_stamp(path) for path in files)


def _one_stamp(path: Path) -> object:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_ino, state.st_mtime_ns, state.st_ctime_ns, state.st_size
