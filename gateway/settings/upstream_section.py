"""The settings of the contact centre behind the gateway (BACKEND = upstream, design section 10)."""

from pathlib import Path
from typing import Annotated, Final

from gateway.settings.kinds import FLAG, PATH, Kind, number
from gateway.settings.rows import Section, ours
from gateway.settings.urls import check_called_url


def _read_base(value: str, _folder: Path) -> str:
    if value:
        check_called_url(value, query=False)
    return value.rstrip("/")


_BASE: Final = Kind("an http:// or https:// URL without user and query, or nothing", _read_base)


class UpstreamService(Section):
    """The contact centre behind the gateway, with BACKEND = upstream"""

    upstream_url: Annotated[str, _BASE] = ours(
        "UPSTREAM_URL",
        "",
        "A service with the CC-Gateway interface, such as https://ccgateway.example.com:8043; the paths of the "
        "interface (/agentgateway/resource/...) follow. Another gateway of this kind may be one.",
        restart=True,
        shows="url",
    )
    upstream_ca_file: Annotated[Path | None, PATH] = ours(
        "UPSTREAM_CA_FILE",
        "",
        "The only certificates, PEM, that it is trusted by, its own or an authority's. Nothing: those the system "
        "trusts.",
        restart=True,
    )
    upstream_timeout_ms: Annotated[int, number(100, 9000)] = ours(
        "UPSTREAM_TIMEOUT", "5000", "It must answer a call in this time; then the call is answered 503.", unit="ms"
    )
    upstream_connections: Annotated[int, number(1, 60_000)] = ours(
        "UPSTREAM_CONNECTIONS",
        "10000",
        "Most connections of one process for fetching events: each of its agents needs one while a poll is held. "
        "With fewer, agents wait for each other.",
        restart=True,
    )
    upstream_calls: Annotated[int, number(1, 10_000)] = ours(
        "UPSTREAM_CALLS",
        "256",
        "Most other calls of one process at once, a connection each; more wait within UPSTREAM_TIMEOUT.",
        restart=True,
    )
    upstream_poll_hold_ms: Annotated[int, number(100, 120_000)] = ours(
        "UPSTREAM_POLL_HOLD",
        "10000",
        "How long it holds a poll at most (wait times x interval there). A poll without an answer for this and "
        "UPSTREAM_TIMEOUT is given up and sent again.",
        unit="ms",
    )
    upstream_forward_address: Annotated[bool, FLAG] = ours(
        "UPSTREAM_FORWARD_ADDRESS",
        "OFF",
        "ON: it is told the address of each client in X-Forwarded-For. It must trust this gateway as a proxy then.",
    )
