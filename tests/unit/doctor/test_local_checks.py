"""What is said of this machine, its settings and files."""

from dataclasses import replace

import pytest

from gateway.doctor.finding import Level, judge
from gateway.doctor.local_checks import CHECKS, FileFacts, LocalFacts, local_findings
from gateway.settings.schema import Settings
from tests.unit.doctor.samples import bad, level, of

FINE = FileFacts(True, "", "k1")
ON = {"DEMO_AGENTS": "ON"}
PUBLIC = {"BIND_ADDRESS": "0.0.0.0"}
GOOD = LocalFacts(
    Settings(),
    certificate=FINE,
    days_left=90.0,
    secret=FINE,
    admin_token=FINE,
    agents_file=FINE,
    agents=20,
    plan=FINE,
    files=(4096, 4096),
)


def given(**settings: str) -> LocalFacts:
    return replace(GOOD, settings=Settings.model_validate(settings))


def test_of_a_good_machine_all_is_well() -> None:
    assert bad(local_findings(GOOD)) == {}


def test_each_warning_of_the_settings_is_a_line() -> None:
    found = [each for each in local_findings(replace(GOOD, warnings=("one", "two"))) if each.check == "settings"]
    assert [(each.level, each.found) for each in found] == [(Level.WARN, "one"), (Level.WARN, "two")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(GOOD, certificate=None), Level.OK),
        (replace(given(**PUBLIC), certificate=None), Level.WARN),
        (replace(given(HTTPS_PORT="0"), certificate=None), None),
        (replace(GOOD, certificate=FileFacts(True, "no pair")), Level.FAIL),
        (replace(GOOD, days_left=31.5), Level.OK),
        (replace(GOOD, days_left=30.5), Level.WARN),
        (replace(GOOD, days_left=-0.1), Level.FAIL),
        (replace(GOOD, days_left=None), Level.WARN),
    ],
)
def test_the_certificate(facts: LocalFacts, expected: Level | None) -> None:
    assert level(judge(CHECKS, facts), "certificate") is expected


@pytest.mark.parametrize(("mode", "expected"), [(0o600, None), (0o640, None), (0o644, Level.WARN)])
def test_a_key_that_everybody_may_read(mode: int, expected: Level | None) -> None:
    assert level(judge(CHECKS, replace(GOOD, key_mode=mode)), "certificate key") is expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        (PUBLIC, Level.WARN),
        ({**PUBLIC, "TRUSTED_PROXIES": "10.0.0.0/8"}, None),
        ({**PUBLIC, "HTTP_PORT": "0"}, None),
    ],
)
def test_passwords_in_the_clear(settings: dict[str, str], expected: Level | None) -> None:
    assert level(judge(CHECKS, given(**settings)), "plain HTTP") is expected


@pytest.mark.parametrize(
    ("facts", "name", "expected"),
    [
        (replace(GOOD, secret=None), "guid secret", Level.OK),
        (replace(GOOD, secret=FileFacts(True, "others may read it")), "guid secret", Level.FAIL),
        (replace(GOOD, admin_token=FileFacts(False, "cannot be read")), "admin token", Level.OK),
        (replace(GOOD, admin_token=FileFacts(True, "others may read it")), "admin token", Level.FAIL),
        (replace(GOOD, agents_file=None), "agents", Level.FAIL),
        (replace(GOOD, agents_file=FileFacts(True, "is not TOML")), "agents", Level.FAIL),
        (replace(given(BACKEND="upstream", UPSTREAM_URL="https://a"), agents_file=None), "agents", Level.OK),
        (replace(GOOD, plan=FileFacts(False)), "contact centre", Level.WARN),
        (replace(GOOD, plan=FileFacts(True, "vdn number")), "contact centre", Level.FAIL),
    ],
)
def test_files(facts: LocalFacts, name: str, expected: Level) -> None:
    assert level(judge(CHECKS, facts), name) is expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({}, Level.OK), (PUBLIC, Level.OK), (ON, Level.WARN), ({**PUBLIC, **ON}, Level.WARN)],
)
def test_demo_agents_are_off_in_a_deployment(settings: dict[str, str], expected: Level) -> None:
    found = of(CHECKS, "demo agents", replace(given(**settings), demo=20))
    assert found is not None
    assert (found.level, "20 of 20 agents" in found.found) == (expected, True)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(GOOD, agents=1000, files=(1024, 3024)), Level.OK),
        (replace(GOOD, agents=1000, files=(1024, 3023)), Level.WARN),
        (replace(given(BACKEND="upstream", UPSTREAM_URL="https://a"), files=(1024, 100_000)), Level.OK),
        (replace(given(BACKEND="upstream", UPSTREAM_URL="https://a"), files=(1024, 20_000)), Level.WARN),
        (replace(GOOD, agents=1_000_000, files=(-1, -1)), Level.OK),
    ],
)
def test_open_files(facts: LocalFacts, expected: Level) -> None:
    assert level(judge(CHECKS, facts), "open files") is expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ((), None),
        (("AGENTGATEWAY_AUTHMODE", "AGENTGATEWAY_REDIS_URL_FILE"), Level.OK),
        (("AGENTGATEWAY_REDIS_URL",), Level.WARN),
        (("AGENTGATEWAY_UPSTREAM_URL",), Level.WARN),
    ],
)
def test_settings_of_the_environment_are_named_and_secrets_in_it_are_doubtful(
    variables: tuple[str, ...], expected: Level | None
) -> None:
    assert level(local_findings(replace(GOOD, variables=variables)), "environment") == expected
