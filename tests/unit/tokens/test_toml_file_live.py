"""Files that are taken over while the gateway runs."""

from pathlib import Path

import pytest

from gateway.settings.live_file import LiveFile
from gateway.tokens import users
from gateway.tokens.toml_file import TokenFileError, live
from gateway.tokens.users import Users
from tests.support.tokens import ADA, BOB


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "users.toml"
    users.add_user(made, ADA)
    return made


@pytest.fixture
def file(path: Path) -> LiveFile[Users]:
    return live(path, users.read, Users())


def test_a_changed_file_is_taken_over(path: Path, file: LiveFile[Users]) -> None:
    users.add_user(path, BOB)
    assert file.reload()
    assert file().all() == (ADA, BOB)


@pytest.mark.parametrize("text", ["[[users]", '[[users]]\nid = "x"', None])
def test_a_wrong_or_vanished_file_is_refused_and_the_former_stays(
    path: Path, file: LiveFile[Users], text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    if text is None:
        path.unlink()
    else:
        path.write_text(text)
    assert not file.reload()
    assert file().all() == (ADA,)
    assert "the former content stays" in caplog.text


def test_a_wrong_file_at_the_start_is_an_error(path: Path) -> None:
    path.write_text("[[users]")
    with pytest.raises(TokenFileError):
        live(path, users.read, Users())


def test_without_a_path_the_content_is_empty() -> None:
    file = live(None, users.read, Users())
    assert file().all() == ()
    assert not file.reload()


def test_a_file_that_is_not_there_yet_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = live(tmp_path / "later.toml", users.read, Users())
    assert not file.reload()
    assert caplog.records == []
    users.add_user(tmp_path / "later.toml", ADA)
    assert file.reload()
    assert file().all() == (ADA,)
