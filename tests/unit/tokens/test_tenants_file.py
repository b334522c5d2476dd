"""The file of tenants and the hashes of their API keys."""

from pathlib import Path

import pytest

from gateway.tokens import tenants_file
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tenants.toml"


def owner(path: Path, api_key: str) -> str:
    found = tenants_file.read(path).of_api_key(api_key)
    return found.id if found else ""


def test_an_api_key_finds_its_tenant(path: Path) -> None:
    keys = {tenant: tenants_file.add_tenant(path, tenant) for tenant in ("acme", "globex")}
    assert {tenant: owner(path, key) for tenant, key in keys.items()} == {"acme": "acme", "globex": "globex"}


@pytest.mark.parametrize("api_key", ["", "agk_", "agk_" + "A" * 43, "é", "\udcff"])
def test_another_api_key_finds_none(path: Path, api_key: str) -> None:
    tenants_file.add_tenant(path, "acme")
    assert owner(path, api_key) == ""


def test_the_hash_in_the_file_is_no_api_key(path: Path) -> None:
    api_key = tenants_file.add_tenant(path, "acme")
    (hashed,) = tenants_file.read(path).all()[0].api_key_hashes

    assert api_key not in path.read_text()
    assert owner(path, hashed) == ""


def test_an_api_key_has_256_random_bits() -> None:
    keys = {tenants_file.new_api_key() for _ in range(20)}
    assert len(keys) == 20
    assert {len(key.removeprefix("agk_")) for key in keys} == {43}


def test_former_api_keys_stay_valid_beside_a_new_one(path: Path) -> None:
    first = tenants_file.add_tenant(path, "acme")
    second = tenants_file.add_api_key(path, "acme")
    assert [owner(path, key) for key in (first, second)] == ["acme", "acme"]


def test_an_only_api_key_ends_the_former_ones(path: Path) -> None:
    first = tenants_file.add_tenant(path, "acme")
    second = tenants_file.add_api_key(path, "acme", only=True)
    assert [owner(path, key) for key in (first, second)] == ["", "acme"]


def test_a_tenant_is_added_once(path: Path) -> None:
    tenants_file.add_tenant(path, "acme")
    with pytest.raises(ChangeRefusedError, match="acme is there already"):
        tenants_file.add_tenant(path, "acme")


def test_a_removed_tenant_is_gone(path: Path) -> None:
    api_key = tenants_file.add_tenant(path, "acme")
    tenants_file.remove_tenant(path, "acme")
    assert "acme" not in tenants_file.read(path)
    assert owner(path, api_key) == ""


@pytest.mark.parametrize("change", [tenants_file.remove_tenant, tenants_file.add_api_key])
def test_an_unknown_tenant_cannot_be_changed(path: Path, change: object) -> None:
    assert callable(change)
    with pytest.raises(ChangeRefusedError, match="there is no tenant with id acme"):
        change(path, "acme")


def test_comments_are_kept(path: Path) -> None:
    path.write_text("# ours\n")
    tenants_file.add_tenant(path, "acme", "Acme Ltd")
    assert path.read_text().startswith("# ours\n")
    assert tenants_file.read(path).all()[0].name == "Acme Ltd"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[tenants]]\nid = "a b"', "tenants[0].id"),
        ('[[tenants]]\nid = "a"\n[[tenants]]\nid = "a"', "tenants[1] id a: is there twice"),
        ('[[tenants]]\nid = "a"\napi_key_hashes = ["agk_plain"]', "tenants[0].api_key_hashes[0]"),
        ("tenants = 1", "tenants"),
    ],
)
def test_a_wrong_file_is_refused(path: Path, text: str, says: str) -> None:
    path.write_text(text)
    with pytest.raises(TokenFileError) as caught:
        tenants_file.read(path)
    assert says in "; ".join(caught.value.problems)
    assert "agk_plain" not in str(caught.value)


def test_two_tenants_cannot_have_one_api_key(path: Path) -> None:
    tenants_file.add_tenant(path, "a")
    path.write_text(path.read_text() + path.read_text().replace('"a"', '"b"'))
    with pytest.raises(TokenFileError, match="another tenant has the same key"):
        tenants_file.read(path)


def test_an_outcome_that_would_be_wrong_is_not_written(path: Path) -> None:
    with pytest.raises(TokenFileError):
        tenants_file.add_tenant(path, "a b")
    assert not path.exists()
