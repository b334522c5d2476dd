"""Are the settings and their files fit for agents? (design sections 2 and 6)"""

import math
import resource
from typing import Final

from gateway.backends.upstream.opening import FILES_BESIDES, files_wanted
from gateway.doctor.finding import Check, Finding, Level, Verdict, doubtful, judge, right, wrong
from gateway.doctor.local_facts import FileFacts, LocalFacts
from gateway.settings.checks import is_loopback
from gateway.tokens.certificate import WARN_DAYS

AGENT_CONNECTIONS: Final = 2
"""A desktop holds a poll on one connection and calls on another."""


def local_findings(facts: LocalFacts) -> list[Finding]:
    """The warnings of the settings, one each, and the findings of the table."""
    warnings = [Finding("settings", Level.WARN, warning) for warning in facts.warnings]
    fine = Finding("settings", Level.OK, "they load, without warnings")
    return [*(warnings or [fine]), *judge(CHECKS, facts)]


def _certificate(facts: LocalFacts) -> Verdict | None:
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


def _key_mode(facts: LocalFacts) -> Verdict | None:
    open_to_all = facts.settings.https_port and facts.key_mode & 0o007
    return wrong(f"everybody on this machine may read {facts.settings.tls_key_file}") if open_to_all else None


def _plain(facts: LocalFacts) -> Verdict | None:
    settings = facts.settings
    bare = settings.http_port and not is_loopback(settings.bind_address) and not settings.trusted_proxies
    return wrong(f"HTTP_PORT {settings.http_port} takes passwords and GUIDs in the clear") if bare else None


def _secret(facts: LocalFacts) -> Verdict | None:
    if facts.secret is None:
        return None if facts.settings.redis_url else right("none: a new secret is made at each start")
    return (
        wrong(facts.secret.trouble)
        if facts.secret.trouble
        else right(f"keys {facts.secret.text}; the first makes new GUIDs")
    )


def _admin(facts: LocalFacts) -> Verdict | None:
    token = facts.admin_token
    if token is None:
        return None
    if not token.there:
        return right("there is none: it is made at the next start")
    return wrong(token.trouble) if token.trouble else right("for its owner alone")


def _file(file: FileFacts | None, text: str) -> Verdict | None:
    if file is None:
        return None
    return wrong(file.trouble) if file.trouble else right(text)


def _agents(facts: LocalFacts) -> Verdict | None:
    if facts.settings.backend == "upstream":
        return right("none here: the contact centre at UPSTREAM_URL knows them")
    if facts.agents_file is None:
        return wrong("AGENTS_FILE is empty")
    return _file(facts.agents_file, f"{facts.agents} agents")


def _demo(facts: LocalFacts) -> Verdict | None:
    if not facts.demo:
        return None
    text = f"{facts.demo} of {facts.agents} agents are for trying out, with a password that everybody knows"
    if not facts.settings.demo_agents:
        return right(f"{text}: DEMO_AGENTS is OFF, so that none signs in")
    return wrong(f"{text}, and DEMO_AGENTS is ON")


def _plan(facts: LocalFacts) -> Verdict | None:
    if facts.plan is None:
        return None
    if not facts.plan.there:
        return doubtful(f"there is no {facts.settings.contact_center_file}: the contact centre has no numbers")
    return _file(facts.plan, "it can be used")


def _open_files(facts: LocalFacts) -> Verdict:
    """A process raises its own limit."""
    upstream = facts.settings.backend == "upstream"
    _, limit = facts.files
    wanted = files_wanted(facts.settings) if upstream else AGENT_CONNECTIONS * facts.agents + FILES_BESIDES
    if limit == resource.RLIM_INFINITY:
        return right("no limit")
    text = f"{limit} in this shell, {wanted} are enough for all agents"
    return right(text) if limit >= wanted else wrong(text)


CHECKS: Final[tuple[Check[LocalFacts], ...]] = (
    Check(
        "certificate",
        "can HTTPS_PORT be used, for how long?",
        Level.FAIL,
        "TLS_CERT_FILE and TLS_KEY_FILE: a chain and its key in PEM that the desktops trust; it is swapped live",
        _certificate,
    ),
    Check("certificate key", "is it secret?", Level.WARN, "chmod 600, for the user of the gateway", _key_mode),
    Check(
        "plain HTTP",
        "do passwords stay secret on the way?",
        Level.WARN,
        "HTTP_PORT = 0; or TRUSTED_PROXIES, where a proxy in front has HTTPS",
        _plain,
    ),
    Check(
        "guid secret",
        "can GUID_SECRET_FILE be used?",
        Level.FAIL,
        "the same file on all nodes, mode 0600 (mounted by a platform: 0440, with a group of the gateway's user); "
        "`agentgateway secret new FILE` makes one",
        _secret,
    ),
    Check("admin token", "can ADMIN_TOKEN_FILE be used?", Level.FAIL, "see ADMIN_TOKEN_FILE in the settings", _admin),
    Check("agents", "can AGENTS_FILE be used?", Level.FAIL, "agentgateway agents list|add|passwd|remove", _agents),
    Check(
        "demo agents",
        "are they kept out?",
        Level.WARN,
        "DEMO_AGENTS = OFF, or take them out of AGENTS_FILE: a proxy in front may let anybody in as one of them",
        _demo,
    ),
    Check("contact centre", "can CONTACT_CENTER_FILE be used?", Level.FAIL, "correct the file", _plan),
    Check(
        "open files",
        "may a process have all its connections?",
        Level.WARN,
        "raise the hard limit: ulimit -Hn, or LimitNOFILE of the service",
        _open_files,
    ),
)
