"""What a check is and what it says: rows of tables, pure, over facts gathered before; told as lines or as JSON."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

F = TypeVar("F")


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """What a check found; `advice` is what to change, "" for nothing; `at` is the server it is about, if any."""

    check: str
    level: Level
    found: str
    advice: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class DoctorVerdict:
    """What the look of a check came to. Without `level` and `advice` those of the row count."""

    found: str
    level: Level | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class DoctorCheck(Generic[F]):
    """One row: what is asked, how bad it is when the answer is no, what to do then.

    `look` judges the facts, None where the question does not arise. It may raise NotAllowed.
    """

    name: str
    asks: str
    severity: Level
    advice: str
    look: Callable[[F], DoctorVerdict | None]


class NotAllowed(Exception):
    """A fact is unknown because the server refused the command that asks for it."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


SKIPPED: Final = "allow this user the command (ACL SETUSER), or look at these by hand"


def right(found: str) -> DoctorVerdict:
    """The answer is yes."""
    return DoctorVerdict(found, Level.OK, "")


def wrong(found: str, advice: str | None = None) -> DoctorVerdict:
    """The answer is no; `advice` in place of the row's."""
    return DoctorVerdict(found, None, advice)


def doubtful(found: str, advice: str | None = None) -> DoctorVerdict:
    """The answer is no, but no more than a warning, whatever the row says."""
    return DoctorVerdict(found, Level.WARN, advice)


def judge(checks: Iterable[DoctorCheck[F]], facts: F, at: str = "") -> list[DoctorFinding]:
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
            findings.append(DoctorFinding(check.name, level, verdict.found, advice, at))
    findings += [
        DoctorFinding(
            command, Level.WARN, f"the server refuses {command}; not checked: {', '.join(names)}", SKIPPED, at
        )
        for command, names in skipped.items()
    ]
    return findings


def as_lines(findings: Sequence[DoctorFinding]) -> str:
    """A line a finding, in columns, and one that counts them."""
    widest = max((len(finding.check) for finding in findings), default=0)
    lines = [f"{finding.level:<4}  {finding.check:<{widest}}  {_said(finding)}".rstrip() for finding in findings]
    return "\n".join([*lines, summary(findings)])


def _said(finding: DoctorFinding) -> str:
    place = f"{finding.at}: " if finding.at and not finding.found.startswith(finding.at) else ""
    return f"{place}{finding.found}" + (f" -> {finding.advice}" if finding.advice else "")


def summary(findings: Sequence[DoctorFinding]) -> str:
    """How many of each level."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[level]} {level}" for level in Level)


def as_json(findings: Sequence[DoctorFinding]) -> str:
    """An object with the findings, and their number by level."""
    counts = Counter(finding.level for finding in findings)
    return json.dumps(
        {
            "findings": [asdict(finding) for finding in findings],
            "counts": {str(level): counts[level] for level in Level},
        },
        ensure_ascii=False,
        indent=2,
    )


def exit_code(findings: Sequence[DoctorFinding], *, strict: bool) -> int:
    """0 when nothing failed, and with `strict` nothing was doubtful either; else 1."""
    bad = {Level.FAIL, Level.WARN} if strict else {Level.FAIL}
    return int(any(finding.level in bad for finding in findings))
