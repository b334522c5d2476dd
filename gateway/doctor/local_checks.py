"""Are the settings and their files fit for agents? What this machine tells, and the checks of it."""

import math
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.admin.admin_tokens import AdminTokenError, read_admin_token
from gateway.agents.agents_file import AgentsFileError
from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.plan_file import PlanFileError
from gateway.contact_centre.plan_file import read as read_plan
from gateway.doctor.finding import DoctorCheck, DoctorFinding, DoctorVerdict, Level, doubtful, judge, right, wrong
from gateway.listeners.errors import ListenError
from gateway.listeners.tls import VERSIONS, TlsCertificate, TlsTerms
from gateway.sessions.guid import SecretFileError, read_secret_file
from gateway.settings.cross_checks import is_loopback
from gateway.settings.environment import NAMES
from gateway.settings.load import Loaded
from gateway.settings.operating_system import NO_LIMIT, open_files_limits
from gateway.settings.schema import Settings
from gateway.tokens.certificate import WARN_DAYS
from gateway.upstream.upstream_centre import OTHER_FILES, files_wanted

_DAY_S: Final = 86_400
_WRONG_FILES: Final = (AgentsFileError, PlanFileError, ListenError, AdminTokenError, SecretFileError)
AGENT_CONNECTIONS: Final = 2
"""A desktop holds a poll on one connection and calls on another."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that the settings name: whether it is there, why it cannot be used ("" = it can), what it comes to."""

    there: bool = False
    trouble: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LocalFacts:
    """This machine and its settings. Without a setting there is no file (None).

    `days_left` are those of the certificate, None where it tells none; `key_mode` is that of TLS_KEY_FILE. `agents` are
    those of AGENTS_FILE, `demo` of them for trying out. `files` are the open files that a process may have now, and
    after it raised its own limit. `variables` of the environment give settings.
    """

    settings: Settings
    warnings: tuple[str, ...] = ()
    certificate: FileFacts | None = None
    days_left: float | None = None
    key_mode: int = 0o600
    secret: FileFacts | None = None
    admin_token: FileFacts | None = None
    agents_file: FileFacts | None = None
    agents: int = 0
    demo: int = 0
    plan: FileFacts | None = None
    files: tuple[int, int] = (1024, 1024)
    variables: tuple[str, ...] = ()


def local_facts(loaded: Loaded, now_s: Callable[[], float] = time.time) -> LocalFacts:
    """Reads what the settings name; `now_s` gives s since the epoch."""
    settings = loaded.settings
    chain, key = settings.tls_cert_file, settings.tls_key_file
    embedded = settings.backend == "embedded"
    opened: list[TlsCertificate] = []
    terms = TlsTerms(VERSIONS[settings.tls_min_version], settings.client_ca_file)
    certificate = _looked_at(chain, lambda path: opened.append(TlsCertificate(path, key or path, terms)))
    registry: list[AgentRegistry] = []
    agents_file = _looked_at(
        settings.agents_file if embedded else None, lambda path: registry.append(AgentRegistry(path))
    )
    agents = registry[0].all() if registry else ()
    skills = registry[0].skills() if registry else {}
    plan = settings.contact_center_file if embedded and registry else None
    ends_s = opened[0].ends_s if opened else None
    return LocalFacts(
        settings,
        loaded.warnings,
        certificate,
        None if ends_s is None else (ends_s - now_s()) / _DAY_S,
        _mode(key),
        _looked_at(settings.guid_secret_file, lambda path: ", ".join(read_secret_file(path).secrets)),
        _looked_at(
            settings.admin_token_file if settings.admin_port else None, lambda path: read_admin_token(path) and ""
        ),
        agents_file,
        len(agents),
        sum(agent.demo for agent in agents),
        _looked_at(plan, lambda path: read_plan(path, skills, settings.vdn_id) and ""),
        open_files_limits(),
        tuple(sorted(given.where for given in loaded.given.values() if given.where in NAMES)),
    )


def _looked_at(path: Path | None, look: Callable[[Path], Any]) -> FileFacts | None:
    if path is None:
        return None
    try:
        there = path.exists()
        said = look(path)
    except _WRONG_FILES as problem:
        return FileFacts(there, str(problem))
    except OSError as problem:
        return FileFacts(False, f"{path}: {problem.strerror}")
    return FileFacts(there, "", said if isinstance(said, str) else "")


def _mode(path: Path | None) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode) if path is not None else 0o600
    except OSError:
        return 0o600


def local_findings(facts: LocalFacts) -> list[DoctorFinding]:
    """The warnings of the settings, one each, and the findings of the table."""
    warnings = [DoctorFinding("settings", Level.WARN, warning) for warning in facts.warnings]
    fine = DoctorFinding("settings", Level.OK, "they load, without warnings")
    return [*(warnings or [fine]), *judge(CHECKS, facts)]


def _certificate(facts: LocalFacts) -> DoctorVerdict | None:
    settings = facts.settings
    if not settings.https_port:
        return None
    if facts.certificate is None:
        text = "a development certificate is made at the start, which no client trusts"
        return right(text) if is_loopback(settings.bind_address) else doubtful(text)
    if facts.certificate.trouble:
        return wrong(facts.certificate.trouble)
    if facts.days_left is None:
        return doubtful("its end cannot be read", "look at it with openssl x509 -enddate")
    days = math.floor(facts.days_left)
    if facts.days_left <= 0:
        return wrong("it has expired")
    text = f"good for {days} more days"
    return right(text) if days > WARN_DAYS else doubtful(text)


def _environment(facts: LocalFacts) -> DoctorVerdict | None:
    if not facts.variables:
        return None
    bare = [name for name in facts.variables if not NAMES[name][1] and NAMES[name][0].shows != "text"]
    return doubtful(f"{', '.join(bare)} may hold a secret") if bare else right(", ".join(facts.variables))


def _key_mode(facts: LocalFacts) -> DoctorVerdict | None:
    open_to_all = facts.settings.https_port and facts.key_mode & 0o007
    return wrong(f"everybody on this machine may read {facts.settings.tls_key_file}") if open_to_all else None


def _plain(facts: LocalFacts) -> DoctorVerdict | None:
    settings = facts.settings
    bare = settings.http_port and not is_loopback(settings.bind_address) and not settings.trusted_proxies
    return wrong(f"HTTP_PORT {settings.http_port} takes passwords and GUIDs in the clear") if bare else None


def _secret(facts: LocalFacts) -> DoctorVerdict | None:
    if facts.secret is None:
        return None if facts.settings.redis_url else right("none: a new secret is made at each start")
    return (
        wrong(facts.secret.trouble)
        if facts.secret.trouble
        else right(f"keys {facts.secret.text}; the first makes new GUIDs")
    )


def _admin(facts: LocalFacts) -> DoctorVerdict | None:
    token = facts.admin_token
    if token is None:
        return None
    if not token.there:
        return right("there is none: it is made at the next start")
    return wrong(token.trouble) if token.trouble else right("for its owner alone")


def _file(file: FileFacts | None, text: str) -> DoctorVerdict | None:
    if file is None:
        return None
    return wrong(file.trouble) if file.trouble else right(text)


def _agents(facts: LocalFacts) -> DoctorVerdict | None:
    if facts.settings.backend == "upstream":
        return right("none here: the contact centre at UPSTREAM_URL knows them")
    if facts.agents_file is None:
        return wrong("AGENTS_FILE is empty")
    return _file(facts.agents_file, f"{facts.agents} agents")


def _demo(facts: LocalFacts) -> DoctorVerdict | None:
    if not facts.demo:
        return None
    text = f"{facts.demo} of {facts.agents} agents are for trying out, with a password that everybody knows"
    if not facts.settings.demo_agents:
        return right(f"{text}: DEMO_AGENTS is OFF, so that none signs in")
    return wrong(f"{text}, and DEMO_AGENTS is ON")


def _plan(facts: LocalFacts) -> DoctorVerdict | None:
    if facts.plan is None:
        return None
    if not facts.plan.there:
        return doubtful(f"there is no {facts.settings.contact_center_file}: the contact centre has no numbers")
    return _file(facts.plan, "it can be used")


def _open_files(facts: LocalFacts) -> DoctorVerdict:
    """A process raises its own limit."""
    upstream = facts.settings.backend == "upstream"
    _, limit = facts.files
    wanted = files_wanted(facts.settings) if upstream else AGENT_CONNECTIONS * facts.agents + OTHER_FILES
    if limit == NO_LIMIT:
        return right("no limit")
    text = f"{limit} in this shell, {wanted} are enough for all agents"
    return right(text) if limit >= wanted else wrong(text)


CHECKS: Final[tuple[DoctorCheck[LocalFacts], ...]] = (
    DoctorCheck(
        "environment",
        "which settings come from there, and is none a secret?",
        Level.WARN,
        "the same name with _FILE, for a file of mode 0600 that holds the value",
        _environment,
    ),
    DoctorCheck(
        "certificate",
        "can HTTPS_PORT be used, for how long?",
        Level.FAIL,
        "TLS_CERT_FILE and TLS_KEY_FILE: a chain and its key in PEM that the desktops trust; it is swapped live",
        _certificate,
    ),
    DoctorCheck("certificate key", "is it secret?", Level.WARN, "chmod 600, for the user of the gateway", _key_mode),
    DoctorCheck(
        "plain HTTP",
        "do passwords stay secret on the way?",
        Level.WARN,
        "HTTP_PORT = 0; or TRUSTED_PROXIES, where a proxy in front has HTTPS",
        _plain,
    ),
    DoctorCheck(
        "guid secret",
        "can GUID_SECRET_FILE be used?",
        Level.FAIL,
        "the same file on all nodes, mode 0600 (mounted by a platform: 0440, with a group of the gateway's user); "
        "`agentgateway secret new FILE` makes one",
        _secret,
    ),
    DoctorCheck(
        "admin token", "can ADMIN_TOKEN_FILE be used?", Level.FAIL, "see ADMIN_TOKEN_FILE in the settings", _admin
    ),
    DoctorCheck(
        "agents", "can AGENTS_FILE be used?", Level.FAIL, "agentgateway agents list|add|passwd|remove", _agents
    ),
    DoctorCheck(
        "demo agents",
        "are they kept out?",
        Level.WARN,
        "DEMO_AGENTS = OFF, or take them out of AGENTS_FILE: a proxy in front may let anybody in as one of them",
        _demo,
    ),
    DoctorCheck("contact centre", "can CONTACT_CENTER_FILE be used?", Level.FAIL, "correct the file", _plan),
    DoctorCheck(
        "open files",
        "may a process have all its connections?",
        Level.WARN,
        "raise the hard limit: ulimit -Hn, or LimitNOFILE of the service",
        _open_files,
    ),
)
