"""The file of GUID secrets: what is taken, what is refused, and that no secret is shown (docs/protocol.md, GUIDs)."""

import base64
from pathlib import Path

import pytest

from gateway.sessions.guid import SecretFileError, new_secret_line, read_secret_file

SECRET = bytes(range(32))


def _file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "guid.keys"
    path.touch(mode)
    path.chmod(mode)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [SECRET.hex(), base64.b64encode(SECRET).decode(), base64.urlsafe_b64encode(SECRET + b"\xff\xfe\xfd").decode()],
)
def test_secrets_are_hex_or_base64(tmp_path: Path, text: str) -> None:
    assert read_secret_file(_file(tmp_path, f"# of this site\n\nk1 {text}\n")).secrets["k1"].startswith(SECRET)


def test_the_first_key_makes_guids(tmp_path: Path) -> None:
    ring = read_secret_file(_file(tmp_path, f"{new_secret_line('new')}\n{new_secret_line('old')}\n"))
    assert (ring.making, list(ring.secrets)) == ("new", ["new", "old"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no key"),
        (f"k1 {SECRET[:31].hex()}", "at least 32"),
        (f"k1{SECRET.hex()}", "key-id secret"),
        (f"k/1 {SECRET.hex()}", "key-id secret"),
        ("k1 not-a-secret!", "key-id secret"),
        (f"k1 {SECRET.hex()}\nk1 {SECRET.hex()}", "twice"),
    ],
)
def test_a_wrong_file_is_refused_without_showing_it(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SecretFileError) as refused:
        read_secret_file(_file(tmp_path, text))
    assert says in str(refused.value)
    assert SECRET[:8].hex() not in str(refused.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match="chmod 600"):
        read_secret_file(_file(tmp_path, new_secret_line("k1"), 0o640))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match="cannot be read"):
        read_secret_file(tmp_path / "none")
