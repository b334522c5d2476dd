"""The file of signing keys."""

from pathlib import Path

import pytest

from gateway.tokens import signing_keys
from gateway.tokens.signed import NOTHING, open_token
from gateway.tokens.signing_keys import NEW_PRIVATE_KEY
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError
from tests.support.tokens import NOW
from tests.unit.tokens.samples import signed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "keys.toml"


def problems(path: Path) -> str:
    with pytest.raises(TokenFileError) as caught:
        signing_keys.read(path)
    return "; ".join(caught.value.problems)


@pytest.mark.parametrize("algorithm", NEW_PRIVATE_KEY)
def test_a_new_key_comes_back_from_the_file(path: Path, algorithm: str) -> None:
    made = signing_keys.add_key(path, NOW, algorithm)
    (key,) = signing_keys.read(path).keys

    assert (key.id, key.algorithm, key.signs_from_ms) == (made, algorithm, NOW)


def test_only_the_owner_can_read_the_file(path: Path) -> None:
    signing_keys.add_key(path, NOW)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_is_refused(path: Path) -> None:
    signing_keys.add_key(path, NOW)
    path.chmod(0o640)
    assert "chmod 600" in problems(path)


def test_there_are_no_keys_without_a_file(path: Path) -> None:
    assert signing_keys.read(path).keys == ()


def test_a_key_is_made_only_where_there_is_none(path: Path) -> None:
    assert signing_keys.ensure_key(path, NOW) == signing_keys.read(path).keys[0].id
    assert signing_keys.ensure_key(path, NOW) == ""


def test_after_a_rotation_live_tokens_are_still_good(path: Path) -> None:
    signing_keys.add_key(path, NOW)
    token = signed(signing_keys.read(path).keys[0])
    new = signing_keys.add_key(path, NOW + 5000)
    keys = signing_keys.read(path)
    signing = keys.signing(NOW + 5000)

    assert signing is not None
    assert signing.id == new
    assert open_token(token, keys) is not NOTHING


def test_a_removed_keys_tokens_are_refused(path: Path) -> None:
    first = signing_keys.add_key(path, NOW)
    token = signed(signing_keys.read(path).keys[0])
    signing_keys.add_key(path, NOW + 1)
    signing_keys.remove_key(path, first, NOW + 2)

    assert open_token(token, signing_keys.read(path)) is NOTHING


def test_the_key_that_signs_is_not_removed(path: Path) -> None:
    first = signing_keys.add_key(path, NOW)
    signing_keys.add_key(path, NOW + 5000)
    with pytest.raises(ChangeRefusedError, match="rotate first"):
        signing_keys.remove_key(path, first, NOW)
    assert len(signing_keys.read(path).keys) == 2


def test_an_unknown_key_is_not_removed(path: Path) -> None:
    signing_keys.add_key(path, NOW)
    with pytest.raises(ChangeRefusedError, match="there is no key with id other"):
        signing_keys.remove_key(path, "other", NOW)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("EdDSA", "HS256", "keys[0].algorithm"),
        ("EdDSA", "none", "keys[0].algorithm"),
        ("EdDSA", "ES256", "private_key: is not a key for ES256"),
        ("BEGIN", "BEGUN", "private_key: must be an unencrypted private key in PEM"),
        ('hash_key = "', 'hash_key = "!', "hash_key: must be base64"),
        ("signs_from = ", 'signs_from = "x" #', "keys[0].signs_from"),
        ("hash_key", "hash", "keys[0].hash_key: Field required"),
        ("[[keys]]", "[[key]]", "key: Extra inputs"),
        ("[[keys]]", "[[keys]", "is not TOML"),
    ],
)
def test_a_wrong_entry_is_named_and_not_shown(path: Path, old: str, new: str, says: str) -> None:
    signing_keys.add_key(path, NOW)
    text = path.read_text()
    secret = text.split("KEY-----\\n")[1][:40]
    path.write_text(text.replace(old, new, 1))
    found = problems(path)

    assert says in found
    assert secret not in found


def test_a_repeated_id_is_refused(path: Path) -> None:
    signing_keys.add_key(path, NOW)
    path.write_text(path.read_text() * 2)
    assert "is there twice" in problems(path)


def test_a_file_that_is_no_text_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff")
    assert problems(path) == "is not UTF-8 text"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in problems(tmp_path)
