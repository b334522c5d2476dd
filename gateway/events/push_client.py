"""Sends one pushed event and judges the answer (docs/protocol.md, Push).

Callback servers are trusted by the system's authorities, or by a folder of certificates (eventpush.ssl.*).
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

import aiohttp
from cryptography import x509
from yarl import URL

from gateway.events.push_addresses import AddressRefusedError, LookUp, PinnedResolver, look_up
from gateway.events.push_message import PushMessage, plain, refusal
from gateway.events.push_way import is_listed
from gateway.settings.schema import Settings
from gateway.wire.body import decoded
from gateway.wire.errors import GatewayError
from gateway.wire.headers import JSON
from gateway.wire.outbound import NOT_HTTP, TOO_LONG, AnswerTooLongError, Outbound, head_trouble, read_body
from gateway.wire.trust import NoCertificateError, TrustError, certificates, context_trusting

ANSWER_MAX_BYTES: Final = 65_536
_OK: Final = 200
_FORBIDDEN: Final = 403
_ALWAYS: Final = {"Accept": JSON}

_LOG = logging.getLogger(__name__)
_NO_FILES: Final = frozenset[tuple[str, int]]()


class Outcome(StrEnum):
    """What became of a push; the value is its name in logs and counters."""

    DELIVERED = "delivered"
    NOT_LISTED = "the URL is no longer on the white list"
    ADDRESS_REFUSED = "the name leads to an address that is not public: see EVENT_PUSH_NETWORKS"
    UNREACHABLE = "no connection"
    TLS = "no TLS 1.2 with a certificate that is trusted"
    LATE = "no answer in time"
    BROKEN = "the connection broke"
    CUT = "the answer broke off"
    HEAD = TOO_LONG
    NOT_HTTP = NOT_HTTP
    REFUSED = "the receiver refused (403)"
    STATUS = "the status is no success"
    RETCODE = "the retcode is not 0"


_FAILURES: Final[tuple[tuple[type[Exception], Outcome], ...]] = (
    (TimeoutError, Outcome.LATE),
    (aiohttp.ClientSSLError, Outcome.TLS),
    (aiohttp.ClientConnectorError, Outcome.UNREACHABLE),
    (aiohttp.ClientPayloadError, Outcome.CUT),
    (Exception, Outcome.BROKEN),
)
"""The first that fits counts."""


def _unheard(_words: str) -> None:
    """Nobody asks."""


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
        return frozenset((path.name, _changed_ns(path)) for path in _place(folder).iterdir()) if folder else _NO_FILES
    except (OSError, PushTrustError):
        return _NO_FILES


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


class PushClient:
    """Connections to all receivers. `settings` is asked at every push."""

    def __init__(self, settings: Callable[[], Settings], find: LookUp = look_up) -> None:
        self._settings = settings
        self._resolver = PinnedResolver(lambda: settings().push_networks, find)
        self._outbound: Outbound | None = None
        self._trusts = "", folder_stamp("")
        self._doubted = False
        self._said = ""
        self._one_at_a_time = asyncio.Lock()

    async def push(self, message: PushMessage, heard: Callable[[str], None] = _unheard) -> Outcome:
        """Sends the message; never raises for what the receiver does.

        `heard` is told what an answer says that is no acknowledgement, in words that may be logged.
        """
        if not is_listed(message.url, self._settings().push_callbacks):
            return Outcome.NOT_LISTED
        url = URL(message.url, encoded=True)
        outcome, words = await self._send(url, message)
        if outcome is Outcome.BROKEN:
            # An idle connection that the receiver was just closing looks like this.
            outcome, words = await self._send(url, message)
        if outcome is not Outcome.DELIVERED:
            self._resolver.unpin(url.raw_host or "")
        if words:
            heard(plain(words, message.secrets))
        return outcome

    async def _send(self, url: URL, message: PushMessage) -> tuple[Outcome, str]:
        timeout = aiohttp.ClientTimeout(total=self._settings().push_timeout_ms / 1000)
        headers = {**_ALWAYS, **message.headers}
        try:
            outbound = await self._open()
            async with await outbound.request("POST", url, timeout, headers=headers, data=message.body) as answer:
                return await _judged(answer, message.older)
        except PushTrustError as problem:
            self._complain(str(problem))
            return Outcome.TLS, ""
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            outcome = _failure(problem)
            self._doubted |= outcome is Outcome.TLS
            return outcome, ""

    def _complain(self, problem: str) -> None:
        if problem != self._said:
            self._said = problem
            _LOG.error("%s", problem)

    async def _open(self) -> Outbound:
        """The connections for the certificates that the settings name now. Raises PushTrustError.

        After a certificate that was not trusted it looks whether the folder has others by now.
        """
        async with self._one_at_a_time:
            folder = self._settings().push_cert_dir
            if self._outbound is not None and folder == self._trusts[0]:
                if self._doubted:
                    await self._look_again(folder)
                return self._outbound
            return await self._trust(folder, await asyncio.to_thread(folder_stamp, folder))

    async def _look_again(self, folder: str) -> None:
        self._doubted = False
        stamp = await asyncio.to_thread(folder_stamp, folder)
        if stamp != self._trusts[1]:
            try:
                await self._trust(folder, stamp)
            except PushTrustError as problem:
                self._complain(str(problem))

    async def _trust(self, folder: str, stamp: frozenset[tuple[str, int]]) -> Outbound:
        context = await asyncio.to_thread(push_context, folder)
        former, self._outbound = self._outbound, Outbound(context, resolver=self._resolver)
        self._trusts, self._said = (folder, stamp), ""
        if former is not None:
            await former.close()
        return self._outbound

    async def close(self) -> None:
        """Closes all connections."""
        await self._resolver.close()
        if self._outbound is not None:
            await self._outbound.close()


def _failure(problem: Exception) -> Outcome:
    if isinstance(problem, aiohttp.ClientConnectorDNSError) and isinstance(problem.os_error, AddressRefusedError):
        return Outcome.ADDRESS_REFUSED
    head = head_trouble(problem)
    if head:
        return Outcome(head)
    return next(outcome for kind, outcome in _FAILURES if isinstance(problem, kind))


async def _judged(answer: aiohttp.ClientResponse, older: bool) -> tuple[Outcome, str]:
    """What became of the push, and what the receiver says against it."""
    good = answer.status // 100 == _OK // 100 if older else answer.status == _OK
    if not good:
        return Outcome.REFUSED if answer.status == _FORBIDDEN else Outcome.STATUS, f"status {answer.status}"
    try:
        encoding = answer.headers.get("Content-Encoding", "").lower()
        body = decoded(await read_body(answer, ANSWER_MAX_BYTES), encoding, ANSWER_MAX_BYTES)
    except AnswerTooLongError as problem:
        return Outcome.RETCODE, str(problem)
    except GatewayError as problem:
        return Outcome.RETCODE, problem.message
    words = refusal(body, answer.charset, older=older)
    return (Outcome.RETCODE if words else Outcome.DELIVERED), words
