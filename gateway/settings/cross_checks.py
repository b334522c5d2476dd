"""What settings say about each other: refusals and warnings."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from gateway.settings.kinds import NULL
from gateway.settings.redis_url import FILES, read_redis_url
from gateway.settings.schema import Settings
from gateway.settings.urls import scheme_and_host
from gateway.settings.workers import worker_count

_MOST_REPLACED: Final = 8
_SLACK_MS: Final = 1500
_LONGEST_HOLD_MS: Final = 10_000
_PORT_MAX: Final = 65_535


@dataclass(frozen=True)
class SettingsCheck:
    """`complaint` says what is wrong with the settings named by `attributes`, or nothing."""

    attributes: tuple[str, ...]
    complaint: Callable[[Settings], str]


_NARROWEST: Final = {4: 12, 6: 32}
"""By IP version the shortest prefix of a network, other than a private one, that can be of proxies alone."""


def _order(settings: Settings) -> str:
    if settings.guid_interval_ms < settings.guid_timeout_ms:
        return ""
    interval, timeout = settings.guid_interval_ms, settings.guid_timeout_ms
    return f"GUIDINTERVAL ({interval} ms) must be smaller than GUIDTIMEOUT ({timeout} ms)"


def _percent(settings: Settings) -> str:
    """Warns where the percentage does nothing, or everything."""
    percent = settings.auth_mode_percent
    if percent == 100:
        return ""
    if settings.auth_mode == 1:
        return f"{percent} has no effect in AUTHMODE 1, which is for all agents"
    if settings.guid_rehearsal:
        return f"{percent} has no effect while GUIDREHEARSAL is ON, which is for all agents but the listed ones"
    return "" if percent else "0 leaves all agents in AUTHMODE 1: raise it, or set AUTHMODE = 1"


def _pair(chain: str, key: str) -> SettingsCheck:
    """Refuses a certificate without its key, and the other way round; the arguments are attributes."""

    def complaint(settings: Settings) -> str:
        alone = (getattr(settings, chain) is None) != (getattr(settings, key) is None)
        return f"{chain.upper()} and {key.upper()} are only allowed together" if alone else ""

    return SettingsCheck((chain, key), complaint)


def _redis_files(settings: Settings) -> str:
    """Files that would mean nothing, or something else than the options of the URL."""
    given = (settings.redis_ca_file, settings.redis_cert_file, settings.redis_key_file)
    if not any(given):
        return ""
    said = read_redis_url(settings.redis_url) if settings.redis_url else None
    if said is None or not said.tls:
        return "REDIS_CA_FILE, REDIS_CERT_FILE and REDIS_KEY_FILE need rediss:// in REDIS_URL"
    twice = [name for name, path in zip(FILES, given, strict=True) if path is not None and name in said.options]
    return f"its option {twice[0]} and a setting name a file each: leave one out" if twice else ""


def _upstream_files(settings: Settings) -> str:
    idle = settings.upstream_cert_file and scheme_and_host(settings.upstream_url)[0] != "https"
    return "UPSTREAM_CERT_FILE needs https:// in UPSTREAM_URL" if idle else ""


def _admin_clients(settings: Settings) -> str:
    missing = settings.admin_cert_file and not settings.admin_client_ca_file
    return "ADMIN_CERT_FILE is shown where ADMIN_CLIENT_CA_FILE asks for it: set that too" if missing else ""


def _shared_secret(settings: Settings) -> str:
    missing = settings.redis_url and settings.guid_secret_file is None
    return "GUID_SECRET_FILE is required with REDIS_URL, so that all nodes make the same GUIDs" if missing else ""


def _shards(settings: Settings) -> str:
    alone = settings.store_shards > 1 and not settings.redis_url
    return "STORE_SHARDS above 1 needs REDIS_URL: memory is in one piece" if alone else ""


def _some_port(settings: Settings) -> str:
    return "" if settings.http_port or settings.https_port else "HTTP_PORT and HTTPS_PORT must not both be 0"


def _distinct_ports(settings: Settings) -> str:
    ports = [port for port in (settings.http_port, settings.https_port, settings.admin_port) if port]
    return "" if len(ports) == len(set(ports)) else "HTTP_PORT, HTTPS_PORT and ADMIN_PORT must differ"


def _workers_store(settings: Settings) -> str:
    alone = settings.workers > 1 and not settings.redis_url
    return (
        "WORKERS above 1 needs REDIS_URL: without it sessions are in the memory of one process, so 1" if alone else ""
    )


def _workers_backend(settings: Settings) -> str:
    several = settings.workers > 1 and settings.backend != "upstream"
    return (
        "WORKERS above 1 needs BACKEND = upstream and UPSTREAM_URL: the embedded contact centre is one process, so run "
        "one gateway with it, WORKERS = 1, and name that one in UPSTREAM_URL here"
        if several
        else ""
    )


def _event_loop(settings: Settings) -> str:
    missing = settings.event_loop == "uvloop" and find_spec("uvloop") is None
    return "EVENT_LOOP = uvloop: that is not installed here; auto takes it where it is" if missing else ""


def _admin_ports(settings: Settings) -> str:
    first, last = settings.admin_port, settings.admin_port + worker_count(settings) - 1
    if first in (0, last):
        return ""
    if last > _PORT_MAX:
        return f"ADMIN_PORT to {last} are for the workers, a port each: {_PORT_MAX} must not be passed"
    inside = any(first < port <= last for port in (settings.http_port, settings.https_port))
    return (
        f"ADMIN_PORT to {last} are for the workers, a port each: HTTP_PORT and HTTPS_PORT must be outside"
        if inside
        else ""
    )


def _admin_token(settings: Settings) -> str:
    missing = settings.admin_port and settings.admin_token_file is None
    return "ADMIN_TOKEN_FILE is required with ADMIN_PORT" if missing else ""


def _admin_elsewhere(settings: Settings) -> str:
    if not settings.admin_port or is_loopback(settings.admin_bind_address):
        return ""
    missing = [
        key
        for key, value in (
            ("ADMIN_HOSTS", settings.admin_hosts),
            ("TLS_CERT_FILE", settings.tls_cert_file),
            ("TLS_KEY_FILE", settings.tls_key_file),
        )
        if not value
    ]
    return f"others can reach it: set {' and '.join(missing)} too, or 127.0.0.1 here" if missing else ""


def _token_sign_in(settings: Settings) -> str:
    missing = settings.agent_auth == "thirdparty" and not (settings.agent_auth_url and settings.agent_auth_tenant)
    return "AGENT_AUTH_URL and AGENT_AUTH_TENANT are required with AGENT_AUTH = thirdparty" if missing else ""


def _upstream_url(settings: Settings) -> str:
    missing = settings.backend == "upstream" and not settings.upstream_url
    return "UPSTREAM_URL is required with BACKEND = upstream" if missing else ""


def _upstream_passwords(settings: Settings) -> str:
    both = settings.backend == "upstream" and settings.agent_auth == "thirdparty"
    return (
        "AGENT_AUTH = thirdparty is not possible with BACKEND = upstream, which checks passwords there" if both else ""
    )


def _upstream_age(settings: Settings) -> str:
    """Who is in a call is not known here, and nobody may be signed out of one."""
    both = settings.backend == "upstream" and settings.session_max_time_ms
    return "SESSION_MAXTIME must be 0 with BACKEND = upstream: let the service there end sessions" if both else ""


def _too_many_replaced(settings: Settings) -> str:
    if settings.guid_timeout_ms <= (1 + _MOST_REPLACED) * settings.guid_interval_ms:
        return ""
    return (
        f"GUIDTIMEOUT is more than {1 + _MOST_REPLACED} times GUIDINTERVAL: only {_MOST_REPLACED} replaced GUIDs are"
        " kept, so one ends before GUIDTIMEOUT"
    )


def _grace(settings: Settings) -> str:
    grace, least = settings.guid_timeout_ms - settings.guid_interval_ms, settings.poll_hold_ms + _SLACK_MS
    if grace >= least:
        return ""
    return (
        f"GUIDTIMEOUT - GUIDINTERVAL is {grace} ms, shorter than the longest poll + {_SLACK_MS} ms ({least} ms): "
        "a GUID may expire while its poll is held"
    )


def _hold(settings: Settings) -> str:
    if settings.poll_hold_ms <= _LONGEST_HOLD_MS:
        return ""
    return (
        f"polls are held for {settings.poll_hold_ms} ms, but clients give up after 11 s: stay at {_LONGEST_HOLD_MS} ms"
    )


def _push_certificates(settings: Settings) -> str:
    return "has no effect: each file says itself what it is" if settings.push_cert_type else ""


def _push_in_the_clear(settings: Settings) -> str:
    places = map(scheme_and_host, settings.push_callbacks)
    plain = any(scheme == "http" and not is_loopback(host) for scheme, host in places)
    return "sends events, GUIDs and tokens over the network in the clear: use https" if plain else ""


def _chat_security(settings: Settings) -> str:
    return "1 has no effect" if settings.multimedia_sec_mode else ""


def _idle_options(settings: Settings) -> str:
    idle = read_redis_url(settings.redis_url).idle if settings.redis_url else 0
    return f"{idle} of its options without effect: see Redis in docs/running.md" if idle else ""


def _origin_of_all(settings: Settings) -> str:
    named = NULL in settings.cors_origins
    return (
        "null is what pages of anybody can call themselves: they get answers, but neither credentials nor GUIDs; "
        "give the desktop an origin of its own"
        if named
        else ""
    )


def _old_tls(settings: Settings) -> str:
    old = settings.https_port and settings.tls_min_version in {"1.0", "1.1"}
    return (
        "lets clients use a TLS that is broken: for desktops that nobody can renew, and no longer than these"
        if old
        else ""
    )


def _plain_beside(settings: Settings) -> str:
    beside = settings.client_ca_file and settings.http_port and not is_loopback(settings.bind_address)
    return "asks no certificate of those who come by HTTP_PORT: set that to 0" if beside else ""


def _believes_anybody(settings: Settings) -> str:
    wide = [network for network in settings.trusted_proxies if network.prefixlen < _NARROWEST[network.version]]
    wide = [network for network in wide if not network.is_private]
    return (
        f"{wide[0]} lets anybody in it say which address they come from: no limit by address holds for them. "
        "Name the proxies alone"
        if wide
        else ""
    )


def _explains(settings: Settings) -> str:
    public = settings.token_explain and not is_loopback(settings.bind_address)
    return "ON tells strangers why a token is refused: for development only" if public else ""


def _plain_http(attribute: str, what: str) -> SettingsCheck:
    """Warns when a URL that secrets (`what`) are sent to is neither HTTPS nor on this machine."""

    def complaint(settings: Settings) -> str:
        scheme, host = scheme_and_host(getattr(settings, attribute))
        plain = scheme == "http" and not is_loopback(host)
        return f"sends {what} over the network in the clear: use https" if plain else ""

    return SettingsCheck((attribute,), complaint)


def is_loopback(host: str) -> bool:
    """Whether an address or a name leads to this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


REFUSALS: Final = (
    SettingsCheck(("guid_interval_ms", "guid_timeout_ms"), _order),
    _pair("tls_cert_file", "tls_key_file"),
    _pair("redis_cert_file", "redis_key_file"),
    _pair("upstream_cert_file", "upstream_key_file"),
    _pair("admin_cert_file", "admin_key_file"),
    SettingsCheck(("redis_url", "redis_ca_file", "redis_cert_file", "redis_key_file"), _redis_files),
    SettingsCheck(("upstream_cert_file", "upstream_url"), _upstream_files),
    SettingsCheck(("admin_cert_file", "admin_client_ca_file"), _admin_clients),
    SettingsCheck(("guid_secret_file", "redis_url"), _shared_secret),
    SettingsCheck(("store_shards", "redis_url"), _shards),
    SettingsCheck(("http_port", "https_port"), _some_port),
    SettingsCheck(("http_port", "https_port", "admin_port"), _distinct_ports),
    SettingsCheck(("workers", "redis_url"), _workers_store),
    SettingsCheck(("workers", "backend", "upstream_url"), _workers_backend),
    SettingsCheck(("event_loop",), _event_loop),
    SettingsCheck(("admin_port", "workers", "http_port", "https_port"), _admin_ports),
    SettingsCheck(("admin_token_file", "admin_port"), _admin_token),
    SettingsCheck(
        ("admin_bind_address", "admin_hosts", "admin_port", "tls_cert_file", "tls_key_file"), _admin_elsewhere
    ),
    SettingsCheck(("agent_auth", "agent_auth_url", "agent_auth_tenant"), _token_sign_in),
    SettingsCheck(("backend", "upstream_url"), _upstream_url),
    SettingsCheck(("agent_auth", "backend"), _upstream_passwords),
    SettingsCheck(("session_max_time_ms", "backend"), _upstream_age),
)
DANGERS: Final = (SettingsCheck(("trusted_proxies",), _believes_anybody),)
"""Warnings that `/gateway/ready` tells as well."""
WARNINGS: Final = (
    *DANGERS,
    SettingsCheck(("auth_mode_percent", "auth_mode", "guid_rehearsal"), _percent),
    SettingsCheck(("guid_timeout_ms", "guid_interval_ms"), _too_many_replaced),
    SettingsCheck(("guid_timeout_ms", "guid_interval_ms", "poll_wait_times", "poll_wait_interval_ms"), _grace),
    SettingsCheck(("poll_wait_times", "poll_wait_interval_ms"), _hold),
    SettingsCheck(("push_cert_type",), _push_certificates),
    SettingsCheck(("push_callbacks",), _push_in_the_clear),
    SettingsCheck(("multimedia_sec_mode",), _chat_security),
    SettingsCheck(("cors_origins",), _origin_of_all),
    SettingsCheck(("token_explain", "bind_address"), _explains),
    SettingsCheck(("tls_min_version", "https_port"), _old_tls),
    SettingsCheck(("client_ca_file", "http_port", "bind_address"), _plain_beside),
    SettingsCheck(("redis_url",), _idle_options),
    _plain_http("agent_auth_url", "tokens and users"),
    _plain_http("token_users_url", "tokens and users"),
    _plain_http("upstream_url", "passwords and GUIDs"),
)
