"""What is said of the token service."""

from pathlib import Path

import pytest

from gateway.doctor.finding import DoctorFinding, Level, judge
from gateway.doctor.token_checks import CHECKS, token_facts
from gateway.settings.schema import Settings
from tests.support.tokens import Site
from tests.unit.doctor.samples import bad, one


def look(settings: Settings) -> list[DoctorFinding]:
    return judge(CHECKS, token_facts(settings))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_service_that_nobody_uses(tmp_path: Path) -> None:
    nothing = {f"TOKEN_{kind}_FILE": str(tmp_path / kind) for kind in ("KEYS", "TENANTS", "USERS")}
    (found,) = look(Settings.model_validate(nothing))
    assert (found.level, "not in use" in found.found) == (Level.OK, True)


def test_a_service_in_use(site: Site) -> None:
    found = look(site.settings)
    assert bad(found) == {}
    tenants = one(found, "token tenants")
    assert tenants is not None
    assert tenants.found == "2 tenants"


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("keys", "", {"token keys": Level.FAIL}),
        ("keys", "[[keys]", {"token keys": Level.FAIL}),
        ("tenants", "", {"token tenants": Level.FAIL}),
        ("tenants", "[[tenants]", {"token tenants": Level.FAIL}),
        ("users", "", {"token users": Level.FAIL}),
    ],
)
def test_files_that_are_empty_or_wrong(site: Site, file: str, content: str, expected: dict[str, Level]) -> None:
    (site.folder / f"{file}.toml").write_text(content)
    assert bad(look(site.settings)) == expected


def test_keys_that_others_may_read(site: Site) -> None:
    site.keys.chmod(0o644)
    found = one(look(site.settings), "token keys")
    assert found is not None
    assert (found.level, "others may read it" in found.found) == (Level.FAIL, True)


def test_certificates_for_calls_to_others(tmp_path: Path) -> None:
    site = Site(tmp_path, {"TOKEN_USERS_URL": "https://users.example/", "TOKEN_USERS_CA_FILE": "/nowhere/ca.pem"})
    assert bad(look(site.settings)) == {"token trust": Level.FAIL}
