"""What checks found, as JSON and as a JUnit file."""

from collections.abc import Sequence
from typing import Any, Final
from xml.etree import ElementTree as Xml

from gateway.kit.check import Finding, Verdict

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
