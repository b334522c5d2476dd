"""Every room takes the headers that all answers carry from one table."""

import re
from pathlib import Path

import gateway
from gateway.wire.headers import AGENT_JSON, of_answers

PACKAGE = Path(gateway.__file__).parent
SPELLED = re.compile(r'"(?:no-store|nosniff|application/json; ?charset=UTF-8|application/octet-stream)"|"User-Agent": ')
OUTSIDERS = {"client", "kit"}
"""Rooms that stand by themselves, as programs of others do."""


def test_answers_are_kept_by_nobody() -> None:
    assert of_answers(AGENT_JSON) == {
        "Content-Type": "application/json;charset=UTF-8",
        "Cache-Control": "no-store",
        "Server": "AgentGateway",
    }


def test_no_other_file_spells_them() -> None:
    found = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in OUTSIDERS and SPELLED.search(path.read_text())
    ]
    assert found == ["wire/headers.py"]
