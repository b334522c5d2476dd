"""Agents files for tests, with a hash that is cheap to verify."""

import json
from collections.abc import Mapping
from pathlib import Path

from argon2 import PasswordHasher

RIGHT = "Right-Word7"
OTHER = "Other-Word7"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = CHEAP.hash(RIGHT)
NOW = 1_700_000_000_000
MINUTE = 60_000

SKILLS = """# skill queues
[[skills]]
id = 1
name = "Service"

[[skills]]
id = 2
name = "Chat"
mediatype = 1
"""


def entry(agent_id: int, **values: object) -> str:
    """A `[[agents]]` table. JSON and TOML agree on the values used here."""
    said: Mapping[str, object] = {"id": agent_id, "account": f"account{agent_id}", "password_hash": HASH} | values
    return "\n[[agents]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items())


def agents_file(folder: Path, *entries: str) -> Path:
    """Writes an agents file with SKILLS and the entries."""
    path = folder / "agents.toml"
    path.write_text(SKILLS + "".join(entries))
    return path
