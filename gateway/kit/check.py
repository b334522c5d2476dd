"""One rule of the interface, how it is tried, and what came of it: also as JSON and as a JUnit file."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from xml.etree import ElementTree as Xml

from gateway.kit.probe_desk import ProbeDesk
from gateway.kit.target import Target


class Verdict(StrEnum):
    """What a check found. UNTESTED: something that the rule needs did not happen. SKIPPED: it was not asked for."""

    KEPT = "kept"
    BROKEN = "broken"
    UNTESTED = "untested"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Bench:
    """What a check works with: the target and agents of its own, who have not signed in."""

    target: Target
    desks: tuple[ProbeDesk, ...]

    async def signed_in(self) -> ProbeDesk:
        """The first agent with a new session."""
        await self.desks[0].surely_signed_in()
        return self.desks[0]

    async def both_signed_in(self) -> tuple[ProbeDesk, ProbeDesk]:
        """Two agents with new sessions."""
        one, other = self.desks
        await one.surely_signed_in()
        await other.surely_signed_in()
        return one, other


@dataclass(frozen=True)
class Check:
    """`name` is what `--only` and reports call it, `rule` one sentence, `agents` how many it takes.

    `play` tries it and raises BrokenRuleError or UntestedError. `rotates`: it is a rule of AUTHMODE 2.
    """

    name: str
    rule: str
    play: Callable[[Bench], Awaitable[None]]
    agents: int = 1
    rotates: bool = False


@dataclass(frozen=True)
class Finding:
    """`reason` tells what was seen instead, or why nothing was; `took_s` how long it took."""

    check: Check
    verdict: Verdict
    reason: str = ""
    took_s: float = 0.0


PASSES: Final = frozenset({Verdict.KEPT, Verdict.SKIPPED})


def passed(findings: Sequence[Finding]) -> bool:
    """Whether no rule is broken or untested, and one at least is kept."""
    verdicts = {finding.verdict for finding in findings}
    return verdicts <= PASSES and Verdict.KEPT in verdicts


def as_json(url: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The object that `--json` prints."""
    checks = [
        {
            "name": finding.check.name,
            "rule": finding.check.rule,
            "verdict": finding.verdict.value,
            "reason": finding.reason,
            "seconds": round(finding.took_s, 3),
        }
        for finding in findings
    ]
    return {"url": url, "passed": passed(findings), "checks": checks}


def as_junit(url: str, findings: Sequence[Finding]) -> bytes:
    """A JUnit file: a broken rule is a failure, an untested one an error."""
    count = {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
    suite = Xml.Element(
        "testsuite",
        name=f"agentgateway check {url}",
        tests=str(len(findings)),
        failures=str(count[Verdict.BROKEN]),
        errors=str(count[Verdict.UNTESTED]),
        skipped=str(count[Verdict.SKIPPED]),
        time=f"{sum(finding.took_s for finding in findings):.3f}",
    )
    for finding in findings:
        case = Xml.SubElement(
            suite, "testcase", classname="agentgateway.check", name=finding.check.name, time=f"{finding.took_s:.3f}"
        )
        tag = _TAGS.get(finding.verdict)
        if tag is not None:
            Xml.SubElement(case, tag, message=finding.reason).text = finding.check.rule
    suites = Xml.Element("testsuites")
    suites.append(suite)
    Xml.indent(suites)
    written: bytes = Xml.tostring(suites, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


_TAGS: Final = {Verdict.BROKEN: "failure", Verdict.UNTESTED: "error", Verdict.SKIPPED: "skipped"}
