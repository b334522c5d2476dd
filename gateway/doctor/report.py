"""Findings as lines for people, and as JSON for machines."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from gateway.doctor.finding import Finding, Level


def as_lines(findings: Sequence[Finding]) -> str:
    """A line a finding, in columns, and one that counts them."""
    widest = max((len(finding.check) for finding in findings), default=0)
    lines = [f"{finding.level:<4}  {finding.check:<{widest}}  {_said(finding)}".rstrip() for finding in findings]
    return "\n".join([*lines, summary(findings)])


def _said(finding: Finding) -> str:
    place = f"{finding.at}: " if finding.at and not finding.found.startswith(finding.at) else ""
    return f"{place}{finding.found}" + (f" -> {finding.advice}" if finding.advice else "")


def summary(findings: Sequence[Finding]) -> str:
    """How many of each level."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[level]} {level}" for level in Level)


def as_json(findings: Sequence[Finding]) -> str:
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


def exit_code(findings: Sequence[Finding], *, strict: bool) -> int:
    """0 when nothing failed, and with `strict` nothing was doubtful either; else 1."""
    bad = {Level.FAIL, Level.WARN} if strict else {Level.FAIL}
    return int(any(finding.level in bad for finding in findings))
