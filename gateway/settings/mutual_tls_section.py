"""The settings of mutual TLS: which certificates this gateway asks for beside its HTTPS port, and which it shows."""

from pathlib import Path
from typing import Annotated

from gateway.settings.kinds import PATH
from gateway.settings.setting_rows import Section, ours


class MutualTlsSection(Section):
    """Certificates on the other links of this gateway"""

    redis_ca_file: Annotated[Path | None, PATH] = ours(
        "REDIS_CA_FILE",
        "",
        "The only certificates, PEM or DER, that Redis is trusted by, its own or an authority's; with rediss:// in "
        "REDIS_URL. Nothing: those the system trusts.",
        restart=True,
    )
    redis_cert_file: Annotated[Path | None, PATH] = ours(
        "REDIS_CERT_FILE",
        "",
        "Certificate chain, PEM, that this gateway shows Redis and its sentinels (mutual TLS).",
        restart=True,
    )
    redis_key_file: Annotated[Path | None, PATH] = ours(
        "REDIS_KEY_FILE", "", "Private key of REDIS_CERT_FILE, PEM, not readable by others.", restart=True
    )
    upstream_cert_file: Annotated[Path | None, PATH] = ours(
        "UPSTREAM_CERT_FILE",
        "",
        "Certificate chain, PEM, that this gateway shows the service at UPSTREAM_URL (mutual TLS).",
        restart=True,
    )
    upstream_key_file: Annotated[Path | None, PATH] = ours(
        "UPSTREAM_KEY_FILE", "", "Private key of UPSTREAM_CERT_FILE, PEM, not readable by others.", restart=True
    )
    admin_client_ca_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_CLIENT_CA_FILE",
        "",
        "Authorities, PEM or DER: ADMIN_PORT then speaks TLS, with the certificate of HTTPS_PORT, and takes only "
        "clients with a certificate of one of them, who still need a token. Swapped live.",
        restart=True,
    )
    admin_cert_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_CERT_FILE",
        "",
        "Certificate chain, PEM, that the commands on this machine show ADMIN_PORT.",
        restart=True,
    )
    admin_key_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_KEY_FILE", "", "Private key of ADMIN_CERT_FILE, PEM, not readable by others.", restart=True
    )
