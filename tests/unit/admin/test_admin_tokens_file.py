import logging
import stat
from pathlib import Path

import pytest

from gateway.admin.admin_tokens import TOKEN_MIN_LENGTH, AdminTokenError, open_admin_token, read_admin_token


def test_a_missing_file_is_made_for_its_owner_alone_and_said_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "var" / "admin.token"
    token = open_admin_token(path)
    assert (stat.S_IMODE(path.stat().st_mode), len(token) >= TOKEN_MIN_LENGTH) == (0o600, True)
    assert caplog.messages == [f"made a token for the admin listener: {path}"]


def test_nothing_else_stays_in_the_folder(tmp_path: Path) -> None:
    open_admin_token(tmp_path / "token")
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_a_later_start_uses_the_same_token(tmp_path: Path) -> None:
    assert open_admin_token(tmp_path / "token") == open_admin_token(tmp_path / "token")


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    open_admin_token(path)
    path.chmod(0o640)
    with pytest.raises(AdminTokenError, match="others may read it: chmod 600"):
        read_admin_token(path)


@pytest.mark.parametrize("content", ["", "fifteen-letters", "two words of a token", "gar\x07bage-of-a-token!"])
def test_what_is_no_token_is_refused_without_showing_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(AdminTokenError, match="must hold one token of at least 16") as refused:
        read_admin_token(path)
    assert not content or content not in str(refused.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AdminTokenError, match="cannot be made"):
        open_admin_token(tmp_path / "file" / "token")
