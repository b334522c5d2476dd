"""docs/operate.md has a row for every alert, and for every line of the log of level WARNING or more.

A line is known by its logger and its words before values are put in: `gateway.app`, `out of reach: ...`. Lines of the
client library are for its programs, not for operators.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PAGE: Final = "docs/operate.md"
RULES: Final = "config/deploy/prometheus/agentgateway.rules.yml"
NOT_OURS: Final = ("client",)
LEVELS: Final = {"warning": "WARNING", "error": "ERROR", "exception": "ERROR", "critical": "CRITICAL"}
_VALUE: Final = re.compile(r"%(?:\.\d)?[sdfr]")
_ALERT: Final = re.compile(r"^\s*- alert: (\w+)$", re.MULTILINE)
_ROW: Final = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
_LINE_ROW: Final = re.compile(r"^\| `(gateway[\w.]*)` \| (\w+) \| `([^`]*)` \|", re.MULTILINE)

Line = tuple[str, str, str]


def problems(root: Path) -> list[str]:
    """What is missing on the page, and what stands there and is nowhere else."""
    if not (root / PAGE).exists():
        return []
    page = (root / PAGE).read_text("utf-8")
    alerts = set(_ALERT.findall((root / RULES).read_text("utf-8")))
    told_alerts = {name for name in _ROW.findall(page) if name.startswith("AgentGateway")}
    lines, told = set(log_lines(root / "gateway")), set(_LINE_ROW.findall(page))
    return [
        *(f"{PAGE}: no row for the alert {name}" for name in sorted(alerts - told_alerts)),
        *(f"{PAGE}: there is no alert {name}" for name in sorted(told_alerts - alerts)),
        *(
            f"{PAGE}: no row for the log line | `{line[0]}` | {line[1]} | `{line[2]}` |"
            for line in sorted(lines - told)
        ),
        *(f"{PAGE}: there is no log line `{line[0]}` {line[1]} `{line[2]}`" for line in sorted(told - lines)),
    ]


def log_lines(package: Path) -> Iterator[Line]:
    """Logger, level and words of every such line."""
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if place.parts[0] not in NOT_OURS:
            logger = ".".join([package.name, *place.with_suffix("").parts])
            yield from _of_module(ast.parse(path.read_text("utf-8")), logger)


def _of_module(tree: ast.Module, logger: str) -> Iterator[Line]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner = node.func.value
        if node.func.attr in LEVELS and isinstance(owner, ast.Name) and "LOG" in owner.id.upper():
            yield logger, LEVELS[node.func.attr], _words(node.args[0])


def _words(given: ast.expr) -> str:
    """With dots where a value stands; dots alone where the words are put together elsewhere."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return _VALUE.sub("...", given.value)
    return "..."
