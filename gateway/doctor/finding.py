"""What a check is and what it says: rows of tables, pure, over facts that were gathered before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

F = TypeVar("F")


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `advice` is what to change, "" for nothing; `at` is the server it is about, if any."""

    check: str
    level: Level
    found: str
    advice: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the look of a check came to. Without `level` and `advice` those of the row count."""

    found: str
    level: Level | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """One row: what is asked, how bad it is when the answer is no, what to do then.

    `look` judges the facts, None where the question does not arise. It may raise NotAllowed.
    """

    name: str
    asks: str
    severity: Level
    advice: str
    look: Callable[[F], Verdict | None]


class NotAllowed(Exception):
    """A fact is unknown because the server refused the command that asks for it."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


SKIPPED: Final = "allow this user the command (ACL SETUSER), or look at these by hand"


def right(found: str) -> Verdict:
    """The answer is yes."""
    return Verdict(found, Level.OK, "")


def wrong(found: str, advice: str | None = None) -> Verdict:
    """The answer is no; `advice` in place of the row's."""
    return Verdict(found, None, advice)


def doubtful(found: str, advice: str | None = None) -> Verdict:
    """The answer is no, but no more than a warning, whatever the row says."""
    return Verdict(found, Level.WARN, advice)


def judge(checks: Iterable[Check[F]], facts: F, at: str = "") -> list[Finding]:
    """The findings of a table, in its order; what could not be asked comes last, one finding a command."""
    findings = []
    skipped: dict[str, list[str]] = {}
    for check in checks:
        try:
            verdict = check.look(facts)
        except NotAllowed as refused:
            skipped.setdefault(refused.command, []).append(check.name)
            continue
        if verdict is not None:
            level = check.severity if verdict.level is None else verdict.level
            advice = check.advice if verdict.advice is None else verdict.advice
            findings.append(Finding(check.name, level, verdict.found, advice, at))
    findings += [
        Finding(command, Level.WARN, f"the server refuses {command}; not checked: {', '.join(names)}", SKIPPED, at)
        for command, names in skipped.items()
    ]
    return findings
