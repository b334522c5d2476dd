"""The certificate that the contact centre is handed: as DER, and how long it is still valid."""

import asyncio
import logging
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.ops.jobs import Job
from gateway.wire.trust import TrustError, certificates

WARN_DAYS: Final = 30
LOOK_EVERY_S: Final = 3600.0
WARN_EVERY_S: Final = 86_400.0
_DAY_S: Final = 86_400

log = logging.getLogger(__name__)


def as_der(chain: Path) -> bytes:
    """The server's own certificate, the first of the file, in DER (CER) form. Raises TrustError."""
    return certificates(chain)[0].public_bytes(Encoding.DER)


def fingerprint(chain: Path) -> str:
    """SHA-256 of that certificate, as people compare it: pairs of hex digits with colons. Raises TrustError."""
    return certificates(chain)[0].fingerprint(hashes.SHA256()).hex(":").upper()


def days_left(chain: Path, now: datetime) -> float:
    """Days until the certificate expires, negative after that; `now` with its offset. Raises TrustError."""
    return (certificates(chain)[0].not_valid_after_utc - now).total_seconds() / _DAY_S


class ExpiryWatch:
    """Warns in the log, at most once a day, from WARN_DAYS before the expiry."""

    def __init__(self, chain: Path) -> None:
        self._chain = chain
        self._warned: datetime | None = None

    async def run(self) -> None:
        """Looks now and every hour; runs until cancelled."""
        looking = Job("certificate-expiry")
        while True:
            await looking.attempt(lambda: asyncio.to_thread(self.look, datetime.now(UTC)))
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self, now: datetime) -> None:
        """One look at the file."""
        try:
            left = days_left(self._chain, now)
        except TrustError as problem:
            log.warning("the expiry of the certificate is unknown: %s", problem)
            return
        if left > WARN_DAYS:
            self._warned = None
        elif self._warned is None or (now - self._warned).total_seconds() >= WARN_EVERY_S:
            self._warned = now
            when = f"expires in {math.floor(left)} days" if left > 0 else "has expired"
            log.warning("the certificate %s %s: renew it and hand it over again", self._chain, when)
