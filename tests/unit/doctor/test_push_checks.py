"""What is said of event push."""

from collections.abc import Sequence

import pytest

from gateway.doctor.finding import Level, judge
from gateway.doctor.push_checks import CHECKS, PushFacts, push_facts, push_findings
from gateway.settings.schema import Settings
from tests.unit.doctor.samples import bad

LIST = "EVENT_PUST_WHILTELIST_CALLBACKURI"
SECRET = {"GUID_SECRET_FILE": "/guid.keys"}


def given(
    settings: dict[str, str] | None = None, addresses: dict[str, tuple[str, ...]] | None = None, trouble: str = ""
) -> PushFacts:
    return PushFacts(Settings.model_validate(settings or {}), trouble, addresses or {})


def leads(*addresses: str, networks: str = "") -> PushFacts:
    """A list with one name that leads to these."""
    return given({"EVENT_PUSH_NETWORKS": networks}, {"a.example": addresses})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (given(), {}),
        (given({**SECRET, LIST: "https://a.example/x;http://127.0.0.1:8/y"}), {}),
        (given({LIST: "https://a.example/x"}), {"push signature": Level.WARN}),
        (leads("8.8.8.8"), {}),
        (leads(), {"push names": Level.WARN}),
        (leads("10.0.0.7"), {"push names": Level.WARN}),
        (leads("10.0.0.7", networks="10.0.0.0/8"), {}),
        (leads("10.0.0.7", "8.8.8.8"), {}),
        (given({}, {"localhost": ("127.0.0.1",)}), {}),
        (given(trouble="cannot be read"), {"push trust": Level.FAIL}),
    ],
)
def test_where_events_may_go(facts: PushFacts, expected: dict[str, Level]) -> None:
    assert bad(judge(CHECKS, facts)) == expected


async def test_names_are_resolved_and_addresses_are_not() -> None:
    async def find(host: str, port: int) -> Sequence[str]:
        if host == "unknown.example":
            raise OSError
        return ["fe80::1%eth0", "8.8.8.8"]

    urls = "https://a.example/x;https://unknown.example/;http://10.0.0.7/;http://[::1]:8/"
    facts = await push_facts(Settings.model_validate({LIST: urls}), find)
    assert facts.addresses == {"a.example": ("fe80::1", "8.8.8.8"), "unknown.example": ()}


async def test_a_folder_of_certificates_that_is_not_there() -> None:
    settings = Settings.model_validate({"eventpush.ssl.cert.file": "/nowhere/certs"})
    assert bad(await push_findings(settings)) == {"push trust": Level.FAIL}
