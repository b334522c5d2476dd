"""`scripts/verify security`: tries the usual attacks and prints what was tried, the bound and what was measured."""

import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
import pytest

from tests.security.conftest import MEASURED

ROOT: Final = Path(__file__).parents[2]
ATTACKS: Final[dict[str, tuple[str, str]]] = {
    "tests/contract/test_listeners_framing.py": ("requests that can be read in two ways, trailers", "none carried out"),
    "tests/contract/test_listeners_body.py": ("bodies too long, broken, late", "refused with our body, no log line"),
    "tests/contract/test_listeners_deadlines.py": ("heads and bodies in drops", "REQUEST_TIMEOUT"),
    "tests/contract/test_listeners_parser_errors.py": ("bytes that are no HTTP", "refused, nothing echoed"),
    "tests/contract/test_guesses.py": ("300 guesses at once, at every way in, on two nodes", "5 judged"),
    "tests/unit/agents/test_lockout.py": ("wrong passwords one by one and at once", "5 of an agent at an address"),
    "tests/unit/agents/test_lockout_everywhere.py": (
        "an agent guessed from many addresses",
        "one guess in 2 s after 50",
    ),
    "tests/unit/agents/test_lockout_kept.py": ("floods of wrong passwords", "a bound in memory, a time in Redis"),
    "tests/contract/test_bad_input.py": ("wrong types, depths, encodings in bodies", "000-002 or 000-006"),
    "tests/faults/test_out_of_descriptors.py": ("more clients than open files", "who is connected is answered in 1 s"),
    "tests/security/test_connection_flood.py": ("silent connections", "see below"),
    "tests/security/test_floods.py": ("floods of requests", "see below"),
    "tests/security/test_current_folder.py": ("modules in the current folder", "none imported"),
    "tests/security/test_demo_agents.py": ("demo agents from outside", "none let in"),
    "tests/security/test_secrets_in_settings.py": ("secrets in refused settings", "none told"),
    "tests/security/test_secrets_in_the_environment.py": ("secrets in environments of workers", "none there"),
    "tests/security/test_dangers_are_told.py": ("weak secrets, proxies that are anybody", "in the log and in ready"),
    "tests/unit/agents/test_registry_faults.py": ("faulty agents files", "refused whole, the former stays"),
    "tests/unit/settings/test_reload_faults.py": ("faulty settings files", "refused whole, the former stay"),
    "tests/unit/listeners/test_tls.py": ("old TLS, foreign clients, keys that others may read", "refused"),
    "tests/contract/test_mutual_tls.py": ("links without a certificate of ours", "refused"),
    "tests/unit/events/test_push_addresses.py": ("pushes to addresses that are not public", "none sent"),
    "tests/unit/listeners/test_accepting_limits.py": (
        "connections of one network",
        "CONNECTIONS_MAX_ADDRESS",
    ),
}
"""File of tests -> what they try, and what must hold."""
WIDTHS: Final = (52, 44, 40)
Row = tuple[str, str, str]


class Proof:
    """Hears of each test: progress to stderr, and a row for the table."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Counter[str]] = {}
        self.measured: list[Row] = []
        self._began_s = time.monotonic()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How much there is to do."""
        click.echo(f"{len(session.items)} attempts", err=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts a test once: its call, or where that did not come about."""
        if report.when != "call" and report.passed:
            return
        file = report.nodeid.partition("::")[0]
        if file not in self.outcomes:
            attack = ATTACKS.get(file, (file, ""))[0]
            click.echo(f"{time.monotonic() - self._began_s:5.0f} s  {attack}", err=True)
        self.outcomes.setdefault(file, Counter())[report.outcome] += 1
        self.measured += [_row(value) for name, value in report.user_properties if name == MEASURED]
        if report.failed:
            click.echo(f"         FAILED {report.nodeid}", err=True)

    def rows(self) -> list[Row]:
        """Those of whole files, then what was measured."""
        found = [(*ATTACKS.get(file, (file, "")), _count(counted)) for file, counted in self.outcomes.items()]
        return [*found, *self.measured]


def _row(told: object) -> Row:
    attack, bound, found = map(str, told) if isinstance(told, tuple) else ("", "", "")
    return attack, bound, found


def _count(outcomes: Counter[str]) -> str:
    held, skipped = outcomes["passed"], outcomes["skipped"]
    told = f"held in {held} of {outcomes.total() - skipped} attempts"
    return f"{told}, {skipped} not run" if skipped else told


def table(rows: Sequence[Row]) -> str:
    """Rows of wrapped cells under a head."""
    lines = []
    for row in [("attack", "bound", "measured"), tuple("-" * width for width in WIDTHS), *rows]:
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, WIDTHS, strict=True)]
        for number in range(max(map(len, cells))):
            parts = (cell[number] if number < len(cell) else "" for cell in cells)
            line = "  ".join(part.ljust(width) for part, width in zip(parts, WIDTHS, strict=True))
            lines.append(line.rstrip())
    return "\n".join(lines)


@click.command()
@click.option("--only", default="", help="Only attacks whose file or name holds this.")
def main(only: str) -> None:
    """Tries the usual attacks on gateways of its own; ends with 1 where a bound did not hold."""
    files = [str(ROOT / file) for file in ATTACKS]
    proof = Proof()
    plain = ["-o", "addopts=--strict-markers --import-mode=importlib", "-p", "no:terminal", "-p", "no:cacheprovider"]
    code = pytest.main([*plain, f"--rootdir={ROOT}", *(["-k", only] if only else []), *files], plugins=[proof])
    click.echo(table(proof.rows()))
    click.echo("all bounds held" if code == 0 else "FAILED: see above; scripts/test with that name tells why")
    sys.exit(0 if code == 0 else 1)


if __name__ == "__main__":
    main()
