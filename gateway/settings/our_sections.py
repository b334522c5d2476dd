"""The settings of this gateway alone: node, listeners, limits, store, agents, logs, upstream, mutual TLS."""

from pathlib import Path
from typing import Annotated, Final, Literal

from gateway.settings.kinds import (
    FLAG,
    HEADERS,
    HOST,
    HOSTS,
    NETWORKS,
    ORIGINS,
    PATH,
    Network,
    SettingKind,
    number,
    text,
    words,
)
from gateway.settings.redis_url import REDIS_URL
from gateway.settings.setting_rows import Section, ours
from gateway.settings.urls import check_called_url
from gateway.settings.workers import WORKERS

_PORT = number(1, 65535, off=True)
_NAME = r"[A-Za-z0-9._-]{1,64}"


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


class NodeSection(Section):
    """This node"""

    node_name: Annotated[str, text(r"[A-Za-z0-9]{1,27}", "1 to 27 letters and digits")] = ours(
        "NODE_NAME", "AgentGateway0", "Ends every GUID made here. Another name on each node.", restart=True
    )
    server_name: Annotated[str, text(_NAME, "1 to 64 letters, digits, dots, - and _")] = ours(
        "SERVER_NAME", "AgentGateway", "Name of the whole cluster, told at sign-in.", restart=True
    )
    vdn_id: Annotated[int, number(1, 999_999)] = ours(
        "VDN_ID", "1", "VDN of the agents, told at sign-in.", restart=True
    )
    var_dir: Annotated[Path | None, PATH] = ours(
        "VAR_DIR", "../var", "Folder for what the gateway makes itself: the development certificate.", restart=True
    )
    workers: Annotated[int, WORKERS] = ours(
        "WORKERS",
        "1",
        "Processes of this node that serve side by side on the same ports; more than 1 needs REDIS_URL and BACKEND = "
        "upstream. auto: one for each CPU with both, otherwise 1.",
        restart=True,
    )
    event_loop: Annotated[Literal["auto", "asyncio", "uvloop"], words("auto", "asyncio", "uvloop")] = ours(
        "EVENT_LOOP",
        "auto",
        "What drives the process: uvloop is quicker, asyncio comes with Python. auto: uvloop where it is installed.",
        restart=True,
    )


class ListenersSection(Section):
    """Listeners"""

    bind_address: Annotated[str, HOST] = ours(
        "BIND_ADDRESS",
        "127.0.0.1",
        "Address of the agents' listeners; 0.0.0.0 or :: for all. A name stands for each address that it has.",
        restart=True,
    )
    http_port: Annotated[int, _PORT] = ours("HTTP_PORT", "8000", "Port for HTTP.", restart=True)
    https_port: Annotated[int, _PORT] = ours("HTTPS_PORT", "8043", "Port for HTTPS.", restart=True)
    tls_cert_file: Annotated[Path | None, PATH] = ours(
        "TLS_CERT_FILE",
        "",
        "Certificate chain, PEM; when the file changes it is swapped live. Nothing: a development certificate is made "
        "in VAR_DIR.",
        restart=True,
    )
    tls_key_file: Annotated[Path | None, PATH] = ours(
        "TLS_KEY_FILE", "", "Private key of TLS_CERT_FILE, PEM; swapped live with it.", restart=True
    )
    tls_min_version: Annotated[Literal["1.0", "1.1", "1.2", "1.3"], words("1.0", "1.1", "1.2", "1.3")] = ours(
        "TLS_MIN_VERSION",
        "1.2",
        "Oldest TLS that clients may speak. 1.0 and 1.1 are broken: only for desktops that nobody can renew.",
        restart=True,
    )
    client_ca_file: Annotated[Path | None, PATH] = ours(
        "CLIENT_CA_FILE",
        "",
        "Authorities, PEM or DER: HTTPS_PORT then takes only clients with a certificate of one of them (mutual TLS); "
        "swapped live. HTTP_PORT asks for none: set it to 0.",
        restart=True,
    )
    admin_port: Annotated[int, _PORT] = ours(
        "ADMIN_PORT",
        "0",
        "Port of ADMIN_BIND_ADDRESS for metrics and administration. Needs ADMIN_TOKEN_FILE. With WORKERS, this is the "
        "port of worker 0, the next that of worker 1 and so on; each tells the metrics of all of them.",
        restart=True,
    )
    admin_bind_address: Annotated[str, HOST] = ours(
        "ADMIN_BIND_ADDRESS",
        "127.0.0.1",
        "Address of ADMIN_PORT. For any but this machine's own it speaks HTTPS, with TLS_CERT_FILE and TLS_KEY_FILE, "
        "and needs ADMIN_HOSTS.",
        restart=True,
    )
    admin_hosts: Annotated[tuple[str, ...], HOSTS] = ours(
        "ADMIN_HOSTS",
        "",
        "Names and addresses, with ; between, by which others may call ADMIN_PORT, such as gateway1.example.com; "
        "requests with another Host header are refused.",
        restart=True,
    )
    admin_token_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_TOKEN_FILE",
        "",
        "File of the token that ADMIN_PORT asks for; its holder may do all, and is `operator` in the audit log. "
        "Another token in it counts at once.",
        restart=True,
    )
    admin_tokens_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_TOKENS_FILE",
        "",
        "More tokens for ADMIN_PORT, each a line `name role token` with the role read or admin; a change to the file "
        "counts at once. The audit log names whose token was used.",
        restart=True,
    )
    trusted_proxies: Annotated[tuple[Network, ...], NETWORKS] = ours(
        "TRUSTED_PROXIES", "", "Addresses of proxies whose forwarding headers count, such as 10.0.0.0/8;192.0.2.7."
    )
    connections_max: Annotated[int, number(16, 1_000_000)] = ours(
        "CONNECTIONS_MAX",
        "20000",
        "Most connections of clients that a process holds at a time; further ones wait to be accepted.",
        unit="connections",
    )
    connections_max_address: Annotated[int, number(4, 1_000_000)] = ours(
        "CONNECTIONS_MAX_ADDRESS",
        "4000",
        "Most of them from one address (in IPv6 a /64 network); further ones are closed. TRUSTED_PROXIES are exempt: "
        "name a balancer there, or raise this where more desktops share an address.",
        unit="connections",
    )
    cors_origins: Annotated[tuple[str, ...], ORIGINS] = ours(
        "CORS_ORIGINS",
        "",
        "Origins of browser clients that may call, such as https://desk.example.com;app://desk. null: pages without an "
        "origin, which see no GUID and send none.",
        shows="urls",
    )
    cors_headers: Annotated[tuple[str, ...], HEADERS] = ours(
        "CORS_HEADERS",
        "*",
        "Headers that pages of CORS_ORIGINS may send beside guid, content-type and service_token, such as "
        "traceparent;baggage. *: any that they ask for, as error-reporting libraries do.",
    )
    body_max_bytes: Annotated[int, number(1024, 16_777_216)] = ours(
        "BODY_MAX_BYTES", "65536", "Longest request body.", unit="bytes", restart=True
    )
    file_max_bytes: Annotated[int, number(1024, 67_108_864)] = ours(
        "FILE_MAX_BYTES",
        "10485760",
        "Longest body with a file that an agent sends in a chat. It may take six times REQUEST_TIMEOUT; at most 8 are "
        "in memory at a time.",
        unit="bytes",
        restart=True,
    )
    request_timeout_ms: Annotated[int, number(100, 120_000)] = ours(
        "REQUEST_TIMEOUT", "10000", "Head and body of a request must arrive in this time.", unit="ms", restart=True
    )
    keep_alive_ms: Annotated[int, number(1_000, 3_600_000)] = ours(
        "KEEP_ALIVE",
        "150000",
        "For how long a connection is kept between two calls. Longer than a balancer in front keeps its connections to "
        "here, else its calls meet ones that are closing; longer than desktops pause between heartbeats.",
        unit="ms",
        restart=True,
    )
    drain_time_ms: Annotated[int, number(100, 120_000, off=True)] = ours(
        "DRAIN_TIME", "5000", "At a stop, open requests get this long to end.", unit="ms"
    )


class StoreSection(Section):
    """Session store"""

    redis_url: Annotated[str, REDIS_URL] = ours(
        "REDIS_URL",
        "",
        "Redis or Valkey that keeps the sessions, such as redis://127.0.0.1:6379/0. Nothing: sessions live in memory, "
        "for a single node.",
        restart=True,
        shows="nothing",
    )
    store_tag: Annotated[str, text(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")] = ours(
        "STORE_TAG",
        "agentgateway",
        "Tag in every key of Redis; another one for each site that shares it.",
        restart=True,
    )
    store_shards: Annotated[int, number(1, 256)] = ours(
        "STORE_SHARDS",
        "1",
        "Over how many shards agents are spread in Redis, each with a tag, connections and outages of its own: for a "
        "Cluster, some for each of its primaries. The same on all nodes; changed only while nobody is signed in.",
        restart=True,
    )
    store_timeout_ms: Annotated[int, number(50, 900)] = ours(
        "STORE_TIMEOUT", "800", "Redis must answer in this time; then calls answer 503.", unit="ms", restart=True
    )


class AgentsSection(Section):
    """Agents and what is behind them"""

    agents_file: Annotated[Path | None, PATH] = ours(
        "AGENTS_FILE", "agents.toml", "The agents; changes to the file are taken over live.", restart=True
    )
    demo_agents: Annotated[bool, FLAG] = ours(
        "DEMO_AGENTS",
        "OFF",
        "ON: agents that AGENTS_FILE marks as demo may sign in, from this machine alone and unless TRUSTED_PROXIES is "
        "set. A proxy here that sends no forwarding header lets in whoever reaches it: keep it OFF behind any. "
        "`serve --demo` and scripts/run turn it on.",
    )
    contact_center_file: Annotated[Path | None, PATH] = ours(
        "CONTACT_CENTER_FILE",
        "contact_center.toml",
        "Numbers, voice menus, teams and simulated customers of the embedded contact centre. Nothing, or no such file: "
        "none of them.",
        restart=True,
    )
    login_address_limit: Annotated[int, number(5, 1_000_000)] = ours(
        "LOGIN_ADDRESS_LIMIT",
        "200",
        "Failed sign-ins of one address in 5 minutes before it must wait.",
        unit="failures",
    )
    backend: Annotated[Literal["embedded", "upstream"], words("embedded", "upstream")] = ours(
        "BACKEND",
        "embedded",
        "The contact centre. embedded: a small one inside this process. upstream: the service at UPSTREAM_URL, which "
        "then knows the agents and their passwords.",
        restart=True,
    )


class LogsSection(Section):
    """Logs"""

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], words("DEBUG", "INFO", "WARNING", "ERROR")] = (
        ours("LOG_LEVEL", "INFO", "Least level of a log line.")
    )
    log_format: Annotated[Literal["text", "json"], words("text", "json")] = ours(
        "LOG_FORMAT",
        "text",
        "text: lines for people. json: an object a line, for programs that collect logs.",
        restart=True,
    )
    audit_file: Annotated[Path | None, PATH] = ours(
        "AUDIT_FILE",
        "../var/audit.jsonl",
        "The audit log: what happened to whose session, and who did it, a JSON object a line. /dev/stdout for "
        "containers. Nothing: to the log.",
        restart=True,
    )
    audit_file_max_bytes: Annotated[int, number(65_536, 10_737_418_240)] = ours(
        "AUDIT_FILE_MAX_BYTES",
        "67108864",
        "AUDIT_FILE is renamed and begun anew at this size, and every day.",
        unit="bytes",
        restart=True,
    )
    audit_keep_days: Annotated[int, number(1, 3650)] = ours(
        "AUDIT_KEEP_DAYS", "30", "For how long renamed audit files are kept.", unit="days", restart=True
    )
    audit_stream_max: Annotated[int, number(1000, 10_000_000)] = ours(
        "AUDIT_STREAM_MAX",
        "100000",
        "With REDIS_URL the audit lines of all nodes are in one stream there too: about how many of the newest.",
        unit="lines",
    )


def _read_base(value: str, _folder: Path) -> str:
    if value:
        check_called_url(value, query=False)
    return value.rstrip("/")


_BASE: Final = SettingKind("an http:// or https:// URL without user and query, or nothing", _read_base)


class UpstreamSection(Section):
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
        "How long it holds a poll at most (wait times x interval there). A poll that is not wholly answered in "
        "this and UPSTREAM_TIMEOUT is given up and sent again.",
        unit="ms",
    )
    upstream_forward_address: Annotated[bool, FLAG] = ours(
        "UPSTREAM_FORWARD_ADDRESS",
        "OFF",
        "ON: it is told the address of each client in X-Forwarded-For. It must trust this gateway as a proxy then.",
    )
