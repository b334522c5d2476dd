"""The settings of this gateway alone: node, listeners, limits, store, agents, logs."""

from pathlib import Path
from typing import Annotated, Literal

from gateway.settings.kinds import FLAG, HOST, PATH, number, text, words
from gateway.settings.lists import NETWORKS, Network
from gateway.settings.origins import ORIGINS
from gateway.settings.redis_url import REDIS_URL
from gateway.settings.rows import Section, ours
from gateway.settings.workers import WORKERS

_PORT = number(1, 65535, off=True)
_NAME = r"[A-Za-z0-9._-]{1,64}"


class Node(Section):
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
        "Processes of this node that serve side by side on the same ports; more than 1 needs REDIS_URL. auto: one for "
        "each CPU with REDIS_URL and BACKEND = upstream, otherwise 1.",
        restart=True,
    )


class Listeners(Section):
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
    admin_port: Annotated[int, _PORT] = ours(
        "ADMIN_PORT",
        "0",
        "Port on 127.0.0.1 for metrics and administration. Needs ADMIN_TOKEN_FILE. With WORKERS, this is the port of "
        "worker 0, the next that of worker 1 and so on: counters are those of one process.",
        restart=True,
    )
    admin_token_file: Annotated[Path | None, PATH] = ours(
        "ADMIN_TOKEN_FILE", "", "File of the token that ADMIN_PORT asks for.", restart=True
    )
    trusted_proxies: Annotated[tuple[Network, ...], NETWORKS] = ours(
        "TRUSTED_PROXIES", "", "Addresses of proxies whose forwarding headers count, such as 10.0.0.0/8;192.0.2.7."
    )
    cors_origins: Annotated[tuple[str, ...], ORIGINS] = ours(
        "CORS_ORIGINS",
        "",
        "Origins of browser clients that may call, such as https://desk.example.com;app://desk. null: pages without an "
        "origin, which see no GUID and send none.",
        shows="urls",
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
    drain_time_ms: Annotated[int, number(100, 120_000, off=True)] = ours(
        "DRAIN_TIME", "5000", "At a stop, open requests get this long to end.", unit="ms"
    )


class Store(Section):
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


class Agents(Section):
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


class Logs(Section):
    """Logs"""

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], words("DEBUG", "INFO", "WARNING", "ERROR")] = (
        ours("LOG_LEVEL", "INFO", "Least weight of a log line.")
    )
