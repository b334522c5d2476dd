"""Does the contact centre at UPSTREAM_URL answer?

It is asked for the state of an agent with a GUID that nobody was given: every service with this interface says that it
knows no such session, and does nothing.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import aiohttp

from gateway.doctor.finding import DoctorCheck, DoctorFinding, DoctorVerdict, Level, doubtful, judge, right, wrong
from gateway.settings.schema import Settings
from gateway.settings.urls import shown_url
from gateway.upstream.service_answers import OVER, read_envelope
from gateway.upstream.service_client import PREFIX
from gateway.upstream.upstream_centre import service_trust, trust_files
from gateway.wire.headers import REQUEST_HEADER
from gateway.wire.outbound import TOO_LONG, Outbound, head_trouble
from gateway.wire.trust import TrustError

AGENT: Final = 999_999
NO_GUID: Final = "00000000-0000-0000-0000-000000000000.Doctor"
MOST_BYTES: Final = 65_536
_OK: Final = 200
_SERVER_FAULT: Final = 500
_TRUST_FILE: Final = "UPSTREAM_CA_FILE: the certificate of the service, or of its authority, in PEM"
_FAILURES: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (TimeoutError, "no answer in time", "see whether it runs, and UPSTREAM_TIMEOUT"),
    (aiohttp.ClientConnectorCertificateError, "its certificate is not trusted for this name", _TRUST_FILE),
    (aiohttp.ClientSSLError, "no TLS there", "http:// in UPSTREAM_URL, or the HTTPS port"),
    (aiohttp.ClientConnectorDNSError, "its name is not known here", "correct UPSTREAM_URL"),
    (aiohttp.ClientConnectorError, "no connection", "start it, or correct UPSTREAM_URL"),
    (Exception, "it does not speak HTTP", "correct UPSTREAM_URL"),
)
"""The first that fits counts."""


@dataclass(frozen=True, slots=True)
class UpstreamFacts:
    """What came of the question. `trouble` and `advice` where there was no answer; `retcode` "" for another answer."""

    url: str
    timeout_ms: int
    trouble: str = ""
    advice: str = ""
    status: int = 0
    retcode: str = ""
    took_ms: float = 0


async def upstream_findings(settings: Settings) -> list[DoctorFinding]:
    """The findings about the service behind, none with BACKEND = embedded."""
    return judge(CHECKS, await upstream_facts(settings)) if settings.backend == "upstream" else []


async def upstream_facts(settings: Settings, clock: Callable[[], float] = time.monotonic) -> UpstreamFacts:
    """Asks once; `clock` gives s."""
    url, timeout_ms = settings.upstream_url, settings.upstream_timeout_ms
    told = shown_url(url)
    try:
        trust = service_trust(settings)
    except TrustError as problem:
        return UpstreamFacts(told, timeout_ms, f"{trust_files(settings)}: {problem}", _TRUST_FILE)
    asked_s = clock()
    try:
        async with (
            asyncio.timeout(timeout_ms / 1000),
            Outbound(trust) as outbound,
            await outbound.request(
                "GET",
                f"{url}{PREFIX}/onlineagent/{AGENT}/agentstatus",
                aiohttp.ClientTimeout(total=timeout_ms / 1000),
                headers={REQUEST_HEADER: NO_GUID},
            ) as response,
        ):
            said = read_envelope(await _beginning(response.content))
            return UpstreamFacts(
                told,
                timeout_ms,
                status=response.status,
                retcode=said[0] if said else "",
                took_ms=(clock() - asked_s) * 1000,
            )
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if head_trouble(error) == TOO_LONG:
            return UpstreamFacts(told, timeout_ms, TOO_LONG, "shorten its headers, or those of the proxy before it")
        found, advice = next((found, advice) for kind, found, advice in _FAILURES if isinstance(error, kind))
        return UpstreamFacts(told, timeout_ms, found, advice)


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """The body, up to MOST_BYTES: it may come in pieces."""
    body = b""
    while len(body) < MOST_BYTES and (piece := await content.read(MOST_BYTES - len(body))):
        body += piece
    return body


def _reach(facts: UpstreamFacts) -> DoctorVerdict:
    if facts.trouble:
        return wrong(f"{facts.url}: {facts.trouble}", facts.advice)
    if facts.status >= _SERVER_FAULT:
        return wrong(f"{facts.url} answers with status {facts.status}", "look at the service: it cannot serve now")
    text = f"{facts.url} answers, {facts.took_ms:.0f} ms"
    return right(text) if facts.took_ms < facts.timeout_ms / 2 else doubtful(text)


def _interface(facts: UpstreamFacts) -> DoctorVerdict | None:
    if facts.trouble or facts.status >= _SERVER_FAULT:
        return None
    if facts.status == _OK and facts.retcode in OVER:
        return right(f"it has the interface: {facts.retcode} for a session that is none")
    if facts.retcode:
        return doubtful(f"status {facts.status}, retcode {facts.retcode} for a session that is none")
    return wrong(f"status {facts.status} and no answer of the interface")


CHECKS: Final[tuple[DoctorCheck[UpstreamFacts], ...]] = (
    DoctorCheck("upstream reach", "does it answer in time?", Level.FAIL, "UPSTREAM_TIMEOUT, or a nearer place", _reach),
    DoctorCheck(
        "upstream interface",
        "is it a CC-Gateway?",
        Level.FAIL,
        f"UPSTREAM_URL: what comes before {PREFIX}, no redirect, no proxy that asks for a sign-in",
        _interface,
    ),
)
