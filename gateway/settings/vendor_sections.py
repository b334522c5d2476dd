"""The settings of the vendor's file, and ours that belong to the same matters."""

from pathlib import Path
from typing import Annotated, Literal

from gateway.settings.kinds import AGENT_IDS, FLAG, NETWORKS, PATH, AgentIds, Network, choice, number, text, urls, words
from gateway.settings.setting_rows import DAY_MS, Section, ours, vendor
from gateway.settings.urls import CALLBACK_LENGTH, check_callback_url

_NO_TRUST_ALL = "true is not supported: the certificates of callback servers are always checked"
_CALLBACKS = (
    f"http:// or https:// URLs of at most {CALLBACK_LENGTH} ASCII characters without user and fragment, with ; between"
)
_NO_DECRYPTION = "true is not supported: send passwords over HTTPS instead of encrypting them in the client"


class AuthenticationSection(Section):
    """Authentication: GUIDs and their rotation"""

    auth_mode: Annotated[Literal[1, 2], choice({"1": 1, "2": 2})] = vendor(
        "AUTHMODE", "2", "1: the GUID of sign-in stays for the whole session. 2: it is renewed at intervals."
    )
    guid_interval_ms: Annotated[int, number(1000, DAY_MS)] = vendor(
        "GUIDINTERVAL",
        "60000",
        "Age at which a GUID is replaced in AUTHMODE 2. Smaller than GUIDTIMEOUT.",
        unit="ms",
        note="GUID update interval",
    )
    guid_timeout_ms: Annotated[int, number(2000, DAY_MS)] = vendor(
        "GUIDTIMEOUT",
        "120000",
        "Life of a GUID that was replaced on time, from its issue. GUIDTIMEOUT - GUIDINTERVAL is the grace in which a "
        "replaced GUID still works; keep it above the longest poll + 1500 ms.",
        unit="ms",
    )
    static_agents: Annotated[AgentIds, AGENT_IDS] = ours(
        "AUTHMODE_STATIC_AGENTS",
        "",
        "Agents whose GUID stays in AUTHMODE 2 and in a rehearsal, for clients that never take a new one: "
        "101;102;200-210. They go on with the GUID that they use.",
    )
    auth_mode_percent: Annotated[int, number(0, 100)] = ours(
        "AUTHMODE_PERCENT",
        "100",
        "How many of the agents AUTHMODE 2 is in force for; the others follow AUTHMODE 1. Which ones depends on the "
        "agent id alone, on every node: a higher percentage adds agents, and moves none of those before back. "
        "AUTHMODE_STATIC_AGENTS goes before it, and a rehearsal is for all.",
        unit="%",
    )
    guid_rehearsal: Annotated[bool, FLAG] = ours(
        "GUIDREHEARSAL",
        "OFF",
        "ON: the dry run before AUTHMODE 2, under either AUTHMODE: GUIDs are renewed, and none is refused that a "
        "session had since the rehearsal began. Who does not follow is reported.",
    )
    guid_reuse: Annotated[Literal["OBSERVE", "SIGNOUT"], words("OBSERVE", "SIGNOUT")] = ours(
        "GUIDREUSE",
        "OBSERVE",
        "What follows when a replaced GUID polls long after its successor was in use, a sign of theft. OBSERVE: it is "
        "audited and counted. SIGNOUT: the session ends as well.",
    )
    guid_secret_file: Annotated[Path | None, PATH] = ours(
        "GUID_SECRET_FILE",
        "",
        "File of the secret that GUIDs are made from, the same on all nodes, lines of `key-id secret`; mode "
        "0600, or as a platform mounts it: root's, mode 0440, with a group of the gateway's user. "
        "Needed with REDIS_URL.",
        restart=True,
    )
    login_pwd_decrypt: Annotated[Literal[False], choice({"false": False}, {"true": _NO_DECRYPTION})] = vendor(
        "LOGIN_PWD_DECRYPT_ENABLE",
        "false",
        "Passwords encrypted by the client at sign-in. Only false is supported: use HTTPS.",
    )


class PollingSection(Section):
    """Event polls"""

    poll_wait_flag: Annotated[bool, FLAG] = vendor(
        "AGENT_POLL_WAIT_FLAG", "ON", "ON: a poll waits for an event. OFF: it answers at once."
    )
    poll_wait_times: Annotated[int, number(1, 1000)] = vendor(
        "AGENT_POLL_WAIT_TIMES",
        "100",
        "A poll waits for AGENT_POLL_WAIT_TIMES x AGENT_POLL_WAIT_INTERVAL. Clients give up after 11 s.",
    )
    poll_wait_interval_ms: Annotated[int, number(10, 10_000)] = vendor(
        "AGENT_POLL_WAIT_INTERVAL", "100", "See AGENT_POLL_WAIT_TIMES.", unit="ms"
    )
    event_queue_max: Annotated[int, number(10, 100_000)] = ours(
        "EVENT_QUEUE_MAX",
        "1000",
        "Most events waiting for one agent. More drop the oldest, notes and bulletins first, counted.",
        unit="events",
    )
    event_queue_max_bytes: Annotated[int, number(16_384, 67_108_864)] = ours(
        "EVENT_QUEUE_MAX_BYTES", "1048576", "Most bytes of events waiting for one agent.", unit="bytes"
    )

    @property
    def poll_hold_ms(self) -> int:
        """The longest a poll is held, ms; 0 when AGENT_POLL_WAIT_FLAG is OFF."""
        return self.poll_wait_times * self.poll_wait_interval_ms if self.poll_wait_flag else 0


class TimeLimitsSection(Section):
    """Time limits of a session"""

    timeout_flag: Annotated[bool, FLAG] = vendor("TIMEOUT_FLAG", "ON", "ON: silent agents are signed out.")
    max_time_ms: Annotated[int, number(1000, DAY_MS)] = vendor(
        "MAXTIME", "120000", "Polling mode: an agent without a request for this long is signed out.", unit="ms"
    )
    handshake_max_time_ms: Annotated[int, number(1000, DAY_MS)] = vendor(
        "EVENT_PUSH_HANDSHAKE_MAXTIME",
        "120000",
        "Push mode: an agent without a heartbeat for this long is signed out.",
        unit="ms",
    )
    session_max_time_ms: Annotated[int, number(1000, 30 * DAY_MS, off=True)] = ours(
        "SESSION_MAXTIME",
        "0",
        "Longest life of a session, whatever its agent does; never ends one in a call.",
        unit="ms",
    )


class PushSection(Section):
    """Event push"""

    push_retry_ms: Annotated[int, number(100, 600_000)] = vendor(
        "EVENT_PUSH_FAIL_INTERVALTIME", "10000", "Pause before an event is pushed again.", unit="ms"
    )
    push_give_up_ms: Annotated[int, number(1000, DAY_MS)] = vendor(
        "EVENT_PUSH_FAIL_TOTALTIME", "120000", "Summed failure after which the agent is signed out.", unit="ms"
    )
    push_callbacks: Annotated[tuple[str, ...], urls(check_callback_url, _CALLBACKS)] = vendor(
        "EVENT_PUST_WHILTELIST_CALLBACKURI",
        "",
        "Callback URLs that clients may name at sign-in, with ; between; one without a query allows any query. The "
        "vendor spells the key like this; EVENT_PUSH_WHITELIST_CALLBACKURI works too.",
        other_key="EVENT_PUSH_WHITELIST_CALLBACKURI",
        shows="urls",
    )
    push_networks: Annotated[tuple[Network, ...], NETWORKS] = ours(
        "EVENT_PUSH_NETWORKS",
        "",
        "Networks that are not public and that names in callback URLs may lead to, such as 10.0.0.0/8. Not needed "
        "where the list of callback URLs itself names the address, or localhost.",
    )
    push_timeout_ms: Annotated[int, number(100, 60_000)] = ours(
        "EVENT_PUSH_TIMEOUT", "5000", "A pushed event must be acknowledged in this time.", unit="ms"
    )
    push_trust_all: Annotated[Literal[False], choice({"false": False}, {"true": _NO_TRUST_ALL})] = vendor(
        "eventpush.ssl.trustAll", "false", "Push without certificate checks. Only false is supported."
    )
    push_cert_dir: Annotated[str, text(r"[^\0]*", "a folder, or nothing")] = vendor(
        "eventpush.ssl.cert.file",
        "",
        "Folder of the only certificates, PEM or CER, that callback servers are trusted by, relative to the home of "
        "the user that runs the gateway. Nothing: those the system trusts.",
    )
    push_cert_type: Annotated[str, text(r"[A-Za-z0-9.#-]*", "a certificate type, or nothing")] = vendor(
        "eventpush.ssl.cert.type", "", "Type of these certificates. Read from the vendor's file, without effect."
    )


class MultimediaSection(Section):
    """Text chat"""

    multimedia_sec_mode: Annotated[Literal[0, 1], choice({"0": 0, "1": 1})] = vendor(
        "MULTIMEDIA_SECMODE", "0", "1: the platform encrypts chat text. Read from the vendor's file, without effect."
    )
