"""What the service behind is trusted by (UPSTREAM_CA_FILE)."""

import ssl
from pathlib import Path

from gateway.settings import files
from gateway.settings.files import FileFault


class UpstreamTrustError(Exception):
    """The file cannot be used; the text says what to do."""


def upstream_context(trusted: Path | None) -> ssl.SSLContext:
    """TLS 1.2 and later, names and certificates checked; with a file only what is in it counts.

    Raises UpstreamTrustError.
    """
    try:
        if trusted is not None:
            files.read(trusted)  # OpenSSL would wait for a pipe.
        context = ssl.create_default_context(cafile=trusted)
    except FileFault as fault:
        raise UpstreamTrustError(f"{trusted}: {fault}") from None
    except ssl.SSLError:
        raise UpstreamTrustError(f"{trusted}: holds no certificate in PEM") from None
    except OSError as problem:
        raise UpstreamTrustError(f"{trusted}: cannot be read: {problem.strerror}") from None
    if trusted is not None:
        # It may be the server's own certificate, without its authority.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
