"""What a process that has started has loaded: nothing that its settings do not use, so that it is quick and small."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import pytest

from gateway.sessions.guid import new_secret_line
from tests.support.gateway import CONFIG, ROOT
from tests.support.servers import free_port

TELL: Final = (
    "import json, os, sys; from gateway.ops import logs; from gateway.cli import main\n"
    "def told(*_): print(json.dumps(sorted(sys.modules)), flush=True); os._exit(0)\n"
    "logs.say_ready = told; main()"
)
"""A gateway that ends where others say that they are ready, and tells what it has loaded."""
REDIS: Final = ("gateway.redis_store", "gateway.redis_stores", "gateway.audit.audit_stream", "hiredis", "redis")
UPSTREAM: Final = ("gateway.upstream",)
EMBEDDED: Final = ("gateway.contact_centre.centre", "gateway.desk", "gateway.embedded")
ADMIN: Final = ("aiohttp.web", "gateway.admin.listener", "gateway.admin_app", "gateway.console")
ALWAYS: Final = ("gateway.client", "gateway.contact_centre.event_contents", "gateway.doctor", "gateway.kit", "rich")
"""Of none of them: the reference page makes its document when it is asked for, other commands are no part of it."""

ON_REDIS: Final = {"REDIS_URL": "redis://127.0.0.1:1", "GUID_SECRET_FILE": "guid.keys"}
BEHIND_HTTP: Final = {"BACKEND": "upstream", "UPSTREAM_URL": "http://127.0.0.1:1"}
FOR_OPERATORS: Final = {"ADMIN_PORT": "0"}


def loaded(folder: Path, code: str, words: Collection[str] = (), **overrides: str) -> set[str]:
    """What a process of its own has loaded in the end."""
    (folder / "guid.keys").touch(0o600)
    (folder / "guid.keys").write_text(new_secret_line("k1"), "ascii")
    (folder / "admin.token").touch(0o600)
    (folder / "admin.token").write_text("a-token-of-this-test", "ascii")
    files = {name: str(folder / file) for name, file in overrides.items() if name.endswith("_FILE")}
    settings = {"VAR_DIR": str(folder), "HTTP_PORT": str(free_port()), "HTTPS_PORT": "0", **overrides, **files}
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-P", "-c", code, *words, *(["--config", str(CONFIG), *sets] if words else [])]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def of(names: Collection[str], modules: Collection[str]) -> list[str]:
    """Which modules are these, or in these."""
    return sorted(module for module in modules if any(f"{module}.".startswith(f"{name}.") for name in names))


@pytest.mark.parametrize(
    ("overrides", "without"),
    [
        pytest.param({}, [*REDIS, *UPSTREAM, *ADMIN, *ALWAYS], id="as shipped"),
        pytest.param(ON_REDIS, [*UPSTREAM, *ADMIN, *ALWAYS], id="on Redis"),
        pytest.param(BEHIND_HTTP, [*REDIS, *EMBEDDED, *ADMIN, *ALWAYS], id="in front of a contact centre"),
        pytest.param(FOR_OPERATORS, [*REDIS, *UPSTREAM, *ALWAYS], id="with an admin listener"),
    ],
)
def test_what_the_settings_do_not_use_is_not_loaded(
    tmp_path: Path, overrides: Mapping[str, str], without: Collection[str]
) -> None:
    given = dict(overrides)
    if overrides is FOR_OPERATORS:
        given = {"ADMIN_PORT": str(free_port()), "ADMIN_TOKEN_FILE": "admin.token"}
    assert of(without, loaded(tmp_path, TELL, ["serve"], **given)) == []


def test_a_supervisor_knows_no_http(tmp_path: Path) -> None:
    tell = "import json, sys, gateway.commands.serve; print(json.dumps(sorted(sys.modules)))"
    assert of(["aiohttp", "gateway.edge", "gateway.listeners.serve"], loaded(tmp_path, tell)) == []
