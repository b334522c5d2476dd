"""Which certificate a listener shows; apart from what serves, which a supervisor does without."""

import time
from pathlib import Path

from gateway.listeners.development_certificate import development_certificate
from gateway.listeners.errors import ListenError
from gateway.listeners.tls import VERSIONS, TlsCertificate, TlsTerms, own_files
from gateway.settings.cross_checks import is_loopback
from gateway.settings.schema import Settings


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
