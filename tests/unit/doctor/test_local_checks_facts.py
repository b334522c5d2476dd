"""Reading what the settings name."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from gateway.doctor.local_checks import LocalFacts, local_facts
from gateway.settings.load import load
from tests.support.gateway import CONFIG


def facts(**settings: str) -> LocalFacts:
    return local_facts(load(CONFIG, settings))


def pair(folder: Path, *, ends: datetime | None = None) -> dict[str, str]:
    """Settings of a certificate that was made here."""
    made = trustme.CA().issue_cert("desk.example", not_after=ends)
    made.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    made.private_key_pem.write_to_path(folder / "key.pem")
    return {"TLS_CERT_FILE": str(folder / "cert.pem"), "TLS_KEY_FILE": str(folder / "key.pem")}


def test_a_fresh_clone() -> None:
    found = facts()
    assert (found.agents, found.demo) == (20, 20)
    assert (found.certificate, found.secret, found.admin_token) == (None, None, None)
    assert [file and file.trouble for file in (found.agents_file, found.plan)] == ["", ""]


def test_the_days_of_a_certificate(tmp_path: Path) -> None:
    ends = datetime.now(UTC) + timedelta(days=12.5)
    found = facts(**pair(tmp_path, ends=ends))
    assert found.days_left is not None
    assert 12 < found.days_left < 13


def test_the_clock_is_given(tmp_path: Path) -> None:
    settings = pair(tmp_path, ends=datetime.now(UTC) + timedelta(days=10))
    found = local_facts(load(CONFIG, settings), lambda: time.time() + 20 * 86_400)
    assert found.days_left is not None
    assert found.days_left < 0


def test_a_certificate_and_the_key_of_another_one(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    found = facts(**{**pair(tmp_path), "TLS_KEY_FILE": pair(other)["TLS_KEY_FILE"]})
    assert found.certificate is not None
    assert "TLS_CERT_FILE" in found.certificate.trouble


def test_the_mode_of_the_key(tmp_path: Path) -> None:
    settings = pair(tmp_path)
    (tmp_path / "key.pem").chmod(0o604)
    assert facts(**settings).key_mode == 0o604


def test_a_secret_that_others_may_read_is_not_shown(secret: Path) -> None:
    secret.chmod(0o644)
    found = facts(GUID_SECRET_FILE=str(secret)).secret
    assert found is not None
    assert "others may read it" in found.trouble
    assert all(line.split()[1] not in found.trouble for line in secret.read_text().splitlines())


def test_keys_are_told_by_their_ids(secret: Path) -> None:
    found = facts(GUID_SECRET_FILE=str(secret)).secret
    assert found is not None
    assert (found.trouble, found.text) == ("", "k2, k1")


def test_an_admin_token_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    token = tmp_path / "admin.token"
    found = facts(ADMIN_PORT="8090", ADMIN_TOKEN_FILE=str(token)).admin_token
    assert found is not None
    assert not found.there
    assert not token.exists()


def test_wrong_files_are_told_with_their_reasons(tmp_path: Path) -> None:
    (tmp_path / "agents.toml").write_text("agents = 1\n")
    found = facts(AGENTS_FILE=str(tmp_path / "agents.toml"))
    assert found.agents_file is not None
    assert "agents.toml" in found.agents_file.trouble
    assert found.plan is None


def test_a_contact_centre_file_that_is_not_there(tmp_path: Path) -> None:
    found = facts(CONTACT_CENTER_FILE=str(tmp_path / "none.toml")).plan
    assert found is not None
    assert not found.there


def test_behind_is_a_contact_centre_with_agents_of_its_own() -> None:
    found = facts(BACKEND="upstream", UPSTREAM_URL="https://centre.example")
    assert (found.agents_file, found.plan, found.agents) == (None, None, 0)
