"""Where the gateway is, and how patient its clients are."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.client.errors import AgentGatewayError


@dataclass(frozen=True)
class Gateway:
    """`urls` are those of one gateway or of all its nodes (`https://gateway.example:8043`), tried in turn.

    All times are in s. `hold_s` is how long the gateway holds a poll without an event, `answer_s` how long any other
    answer may take. `patience_s` is how long sign-in and operations are tried again while the gateway cannot be
    reached; polls and heartbeats go on without an end. Pauses between tries grow from `first_pause_s` to
    `longest_pause_s`. `heartbeat_s` is the pause between heartbeats in push mode. `events_kept` bounds the events that
    nobody has taken yet. `tls` holds the authorities to trust; without it those of the system. `on_trouble` hears each
    poll and heartbeat that failed and is tried again.
    """

    urls: str | Sequence[str]
    tls: ssl.SSLContext | None = None
    hold_s: float = 10
    answer_s: float = 10
    patience_s: float = 30
    first_pause_s: float = 0.2
    longest_pause_s: float = 5
    heartbeat_s: float = 30
    events_kept: int = 1000
    on_trouble: Callable[[AgentGatewayError], None] | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        """The addresses without a slash at their end. Raises ValueError where there is none."""
        urls = (self.urls,) if isinstance(self.urls, str) else tuple(self.urls)
        if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
            raise ValueError("urls: give the gateway's address, or those of its nodes, with http:// or https://")
        return tuple(url.rstrip("/") for url in urls)
