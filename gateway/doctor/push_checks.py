"""Can events be pushed where the settings say?"""

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.doctor.finding import DoctorCheck, DoctorFinding, DoctorVerdict, Level, judge, right, wrong
from gateway.events.push_addresses import LookUp, look_up, may_be_used
from gateway.events.push_client import PushTrustError, push_context
from gateway.events.push_way import parse
from gateway.settings.schema import Settings

LOOK_UP_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class PushFacts:
    """The white list of callback URLs, and where its names lead: to no address where they are not known."""

    settings: Settings
    trust_trouble: str = ""
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def push_facts(settings: Settings, find: LookUp = look_up) -> PushFacts:
    """Reads the certificates and resolves the names of the white list, all at the same time."""
    trouble = ""
    try:
        push_context(settings.push_cert_dir)
    except PushTrustError as problem:
        trouble = str(problem)
    urls = filter(None, map(parse, settings.push_callbacks))
    names = {url.raw_host: url.port or 0 for url in urls if url.raw_host and not _is_address(url.raw_host)}
    found = await asyncio.gather(*(_found(find, name, port) for name, port in names.items()))
    return PushFacts(settings, trouble, dict(zip(names, found, strict=True)))


async def push_findings(settings: Settings) -> list[DoctorFinding]:
    """The findings about push."""
    return judge(CHECKS, await push_facts(settings))


async def _found(find: LookUp, name: str, port: int) -> tuple[str, ...]:
    try:
        async with asyncio.timeout(LOOK_UP_S):
            return tuple(dict.fromkeys(text.partition("%")[0] for text in await find(name, port)))
    except (OSError, TimeoutError):
        return ()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _list(facts: PushFacts) -> DoctorVerdict:
    entries = facts.settings.push_callbacks
    if not entries:
        return right("no callback URLs: no client may ask for push")
    return right(f"{len(entries)} callback URLs")


def _names(facts: PushFacts) -> DoctorVerdict | None:
    unknown = [name for name, found in facts.addresses.items() if not found]
    if unknown:
        return wrong(f"not known here: {', '.join(unknown)}", "correct the list, or the name service of this machine")
    networks = facts.settings.push_networks
    refused = [
        f"{name} ({', '.join(found)})"
        for name, found in facts.addresses.items()
        if not any(may_be_used(name, ipaddress.ip_address(text), networks) for text in found)
    ]
    if refused:
        return wrong(f"they lead to addresses that are not public: {', '.join(refused)}")
    return right(f"{len(facts.addresses)} names, all known") if facts.addresses else None


def _trust(facts: PushFacts) -> DoctorVerdict | None:
    if facts.trust_trouble:
        return wrong(facts.trust_trouble)
    folder = facts.settings.push_cert_dir
    return right(f"only the certificates in {folder}") if folder and facts.settings.push_callbacks else None


def _signed(facts: PushFacts) -> DoctorVerdict | None:
    bare = facts.settings.push_callbacks and facts.settings.guid_secret_file is None
    return wrong("the secret of webhook-signature changes at each start") if bare else None


CHECKS: Final[tuple[DoctorCheck[PushFacts], ...]] = (
    DoctorCheck(
        "push list",
        "may clients ask for push?",
        Level.FAIL,
        "list them in EVENT_PUST_WHILTELIST_CALLBACKURI",
        _list,
    ),
    DoctorCheck(
        "push names",
        "do they lead where events may go?",
        Level.WARN,
        "add these addresses to EVENT_PUSH_NETWORKS, or correct the list",
        _names,
    ),
    DoctorCheck(
        "push trust",
        "can eventpush.ssl.cert.file be used?",
        Level.FAIL,
        "a folder of certificates, PEM or CER, that the user of the gateway may read",
        _trust,
    ),
    DoctorCheck(
        "push signature",
        "can receivers check it for long?",
        Level.WARN,
        "set GUID_SECRET_FILE; `agentgateway secret push` shows what receivers need",
        _signed,
    ),
)
