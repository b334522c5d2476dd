"""What this machine tells: the settings file, the files that it names, the limits of a process."""

import resource
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.agents.agents_file import AgentsFileError
from gateway.agents.registry import AgentRegistry
from gateway.backends.embedded.plan_file import PlanFileError
from gateway.backends.embedded.plan_file import read as read_plan
from gateway.listeners.errors import ListenError
from gateway.listeners.tls import TlsCertificate
from gateway.ops.admin_token import AdminTokenError, read_admin_token
from gateway.sessions.secret_file import SecretFileError, read_secret_file
from gateway.settings.load import Loaded
from gateway.settings.schema import Settings

_DAY_S: Final = 86_400
_WRONG_FILES: Final = (AgentsFileError, PlanFileError, ListenError, AdminTokenError, SecretFileError)


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
    after it raised its own limit.
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


def local_facts(loaded: Loaded, now_s: Callable[[], float] = time.time) -> LocalFacts:
    """Reads what the settings name; `now_s` gives s since the epoch."""
    settings = loaded.settings
    chain, key = settings.tls_cert_file, settings.tls_key_file
    embedded = settings.backend == "embedded"
    opened: list[TlsCertificate] = []
    certificate = _looked_at(chain, lambda path: opened.append(TlsCertificate(path, key or path)))
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
        resource.getrlimit(resource.RLIMIT_NOFILE),
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
