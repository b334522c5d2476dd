"""TLS for the HTTPS listener: TLS 1.2 and later, with a certificate that can be swapped while connections are open.

Handshakes that fail are told with their reason: a line an address and reason, and its count once a minute.
"""

import logging
import ssl
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.listeners.development_certificate import development_certificate
from gateway.listeners.errors import CertificateError, ListenError
from gateway.settings import files
from gateway.settings.cross_checks import is_loopback
from gateway.settings.files import FileFault
from gateway.settings.live_file import LiveFile
from gateway.settings.schema import Settings
from gateway.wire.addresses import network
from gateway.wire.trust import TrustError, certificates

_LOG: Final = logging.getLogger(__name__)

CERT_SETTING: Final = "TLS_CERT_FILE"
KEY_SETTING: Final = "TLS_KEY_FILE"
CLIENT_SETTING: Final = "CLIENT_CA_FILE"
VERSIONS: Final = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
TELL_EVERY_S: Final = 60.0
MOST_KEPT: Final = 1000
_CLIENT_CERTIFICATE: Final = "its certificate is of no authority in CLIENT_CA_FILE"
_NOT_TRUSTED: Final = "it does not trust the certificate of this gateway"
_TOO_OLD: Final = "it speaks no TLS as new as TLS_MIN_VERSION"
_REASONS: Final = {
    "CERTIFICATE_VERIFY_FAILED": _CLIENT_CERTIFICATE,
    "HTTP_REQUEST": "it speaks HTTP without TLS: that is for HTTP_PORT",
    "NO_SHARED_CIPHER": "it knows none of the ciphers of this gateway",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it shows no certificate, which CLIENT_CA_FILE asks for",
    "SSLV3_ALERT_BAD_CERTIFICATE": _NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _NOT_TRUSTED,
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "TLSV1_ALERT_UNKNOWN_CA": _NOT_TRUSTED,
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "VERSION_TOO_LOW": _TOO_OLD,
    "WRONG_VERSION_NUMBER": "it does not speak TLS",
}
"""What OpenSSL says -> what it means for whoever looks after the client."""


@dataclass(frozen=True, slots=True)
class TlsTerms:
    """What is asked of clients: this version of TLS at least, and a certificate by an authority in `client_ca`.

    `client_setting` is what names that file.
    """

    least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    client_ca: Path | None = None
    client_setting: str = CLIENT_SETTING


PLAIN: Final = TlsTerms()


class TlsCertificate:
    """The certificate of a listener. `context` goes to asyncio and stays the same object.

    Each swap makes a whole new context, and a handshake takes the newest one that loaded, so a pair of files that does
    not match, or is only half written, never touches what works. Open connections keep what they have.
    """

    def __init__(self, chain: Path, key: Path, terms: TlsTerms = PLAIN) -> None:
        self._chain = chain
        self.file = LiveFile(
            (chain, key) if terms.client_ca is None else (chain, key, terms.client_ca),
            lambda: (_context(chain, key, terms), _ends_s(chain)),
            faults=ListenError,
            refused="the new certificate is refused, the former one stays",
            taken=lambda _: f"the certificate was read again: {chain}",
            counted=self._read_again,
        )
        self.context = self.file()[0]
        self.context.sni_callback = self._choose

    @property
    def ends_s(self) -> float | None:
        """When the validity of the one in force ends, in s since the epoch; None where that cannot be read."""
        return self.file()[1]

    def reload(self) -> bool:
        """Read the files again, for connections from now on. False, and a log line, where they cannot be used."""
        return self.file.reload()

    def trouble(self, now_s: float) -> str | None:
        """Why clients will not trust it at this time, in s since the epoch; None where nothing is known against it."""
        return None if self.ends_s is None or self.ends_s > now_s else "TLS_CERT_FILE has expired: clients refuse it"

    def warn_if_over(self, now_s: float) -> None:
        """A log line where it has expired."""
        trouble = self.trouble(now_s)
        if trouble:
            _LOG.error("%s: %s", trouble, self._chain)

    def _read_again(self, outcome: str) -> None:
        if outcome == "taken":
            self.warn_if_over(time.time())

    def _choose(self, link: ssl.SSLObject, _server_name: str | None, _first: ssl.SSLContext) -> None:
        link.context = self.file()[0]


def own_files(chain: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """The pair that the settings name, None when they name neither file; one alone raises ListenError."""
    if chain is None and key is None:
        return None
    if chain is None:
        raise ListenError(CERT_SETTING, f"is needed with {KEY_SETTING}")
    if key is None:
        raise ListenError(KEY_SETTING, f"is needed with {CERT_SETTING}")
    return chain, key


def _context(chain: Path, key: Path, terms: TlsTerms) -> ssl.SSLContext:
    _must_be_readable(CERT_SETTING, chain)
    _must_be_readable(KEY_SETTING, key, secret=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _set_least(context, terms.least)
    if terms.client_ca is not None:
        _ask_for_certificates(context, terms.client_ca, terms.client_setting)
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


def _set_least(context: ssl.SSLContext, least: ssl.TLSVersion) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # The settings warn of it.
        context.minimum_version = least
    if least < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("DEFAULT@SECLEVEL=0")  # Their signatures are SHA-1, which OpenSSL 3 refuses otherwise.


def _ask_for_certificates(context: ssl.SSLContext, authorities: Path, setting: str) -> None:
    try:
        pem = "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates(authorities))
        context.load_verify_locations(cadata=pem)
    except TrustError as problem:
        raise CertificateError(setting, str(problem)) from None
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_mode = ssl.CERT_REQUIRED


def _ends_s(chain: Path) -> float | None:
    """The end of the first certificate in a file that OpenSSL has just loaded, and may be laxer about."""
    try:
        return x509.load_pem_x509_certificate(files.read(chain).raw).not_valid_after_utc.timestamp()
    except Exception:  # x509.InvalidVersion, for one, is no ValueError
        return None


def _must_be_readable(setting: str, path: Path, *, secret: bool = False) -> None:
    try:
        content = files.read(path)
        if secret:
            files.must_be_secret(path, content)
    except FileFault as fault:
        raise CertificateError(setting, _fault_of(path, str(fault))) from None


def _fault_of(path: Path, says: str) -> str:
    reason = says.removeprefix("cannot be read: ")
    return f"{path}: {says}" if reason == says else f"cannot read {path}: {reason}"


def reason_of(problem: BaseException) -> str:
    """Why a handshake failed; "" where the client just went away, as the health checks of balancers do."""
    if isinstance(problem, ssl.SSLError):
        said = str(problem.reason or type(problem).__name__)
        return _REASONS.get(said, said)
    if isinstance(problem, (TimeoutError, ConnectionAbortedError)):
        return "it was not over within REQUEST_TIMEOUT"
    return ""


@dataclass(slots=True)
class _Told:
    at_s: float
    more: int = 0


class FailedHandshakes:
    """Those of one process. `clock` gives s; the newest MOST_KEPT of address and reason are remembered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: OrderedDict[tuple[str, str], _Told] = OrderedDict()

    def note(self, address: str, problem: BaseException) -> None:
        """One from this address has failed."""
        reason = reason_of(problem)
        if not reason:
            return
        kind, now_s = (network(address), reason), self._clock()
        told = self._told.get(kind)
        if told is not None and now_s - told.at_s < TELL_EVERY_S:
            told.more += 1
            return
        more = f" ({told.more} more like it before)" if told is not None and told.more else ""
        self._told[kind] = _Told(now_s)
        self._told.move_to_end(kind)
        if len(self._told) > MOST_KEPT:
            self._told.popitem(last=False)
        _LOG.warning("no TLS with %s: %s%s", address, reason, more)


def certificate_of(settings: Settings) -> tuple[TlsCertificate, Path | None]:
    """The certificate of the HTTPS listener, and what clients must trust where it is the development one.

    That one is made where there is none yet. Raises ListenError.
    """
    return _certificate(settings, TlsTerms(VERSIONS[settings.tls_min_version], settings.client_ca_file))


def admin_certificate(settings: Settings) -> TlsCertificate | None:
    """The same certificate for the admin listener, None where that speaks no TLS. Raises ListenError."""
    if settings.admin_client_ca_file is None and is_loopback(settings.admin_bind_address):
        return None
    terms = TlsTerms(client_ca=settings.admin_client_ca_file, client_setting="ADMIN_CLIENT_CA_FILE")
    return _certificate(settings, terms)[0]


def _certificate(settings: Settings, terms: TlsTerms) -> tuple[TlsCertificate, Path | None]:
    files = own_files(settings.tls_cert_file, settings.tls_key_file)
    if files is not None:
        certificate = TlsCertificate(*files, terms)
        certificate.warn_if_over(time.time())
        return certificate, None
    if settings.var_dir is None:
        raise ListenError("VAR_DIR", "is needed for the development certificate, or set TLS_CERT_FILE")
    made = development_certificate(settings.var_dir, settings.bind_address)
    return TlsCertificate(made.chain, made.key, terms), made.authority
