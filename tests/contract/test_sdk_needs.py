"""What the SDK imports: the standard library as it is on every system, aiohttp, and itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import gateway.client

ONLY_ON_UNIX = {"fcntl", "resource", "pwd", "grp", "termios", "posix", "uvloop"}


def imported() -> Iterator[str]:
    for path in Path(gateway.client.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                yield str(node.module)


def test_the_sdk_needs_aiohttp_and_nothing_of_the_server() -> None:
    portable = sys.stdlib_module_names - ONLY_ON_UNIX
    others = {name for name in imported() if name.partition(".")[0] not in portable}
    assert {name for name in others if not name.startswith("gateway.client.")} == {"aiohttp"}
