"""The agents of the configuration with a hash of their password that costs next to nothing to verify.

A sign-in by the real one costs more than all else of most tests. What a hash costs, and holds up, has tests of its own.
"""

import atexit
import functools
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

AGENTS: Final = Path(__file__).parents[2] / "config" / "agents.toml"
"""Those of the configuration themselves."""
DEMO_PASSWORD: Final = "Welcome-Desk7"


@functools.cache
def quick_agents_text() -> str:
    """The file."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(DEMO_PASSWORD)
    return re.sub(r'(?m)^password_hash = ".*"$', f'password_hash = "{cheap}"', AGENTS.read_text("utf-8"))


@functools.cache
def quick_agents_file() -> Path:
    """One for all gateways of this process, which leave it as it is."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-agents-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / AGENTS.name
    file.write_text(quick_agents_text(), "utf-8")
    return file
