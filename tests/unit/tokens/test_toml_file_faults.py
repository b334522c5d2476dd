"""Whatever a token file becomes, its former content stays in force, and the log says so in one line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.toml_file import TokenFileError, live
from tests.support.faulty_files import GONE, KINDS, MARK, TOML, Spoil
from tests.support.tokens import ADA, BOB

FAULTS: dict[str, Spoil] = {**KINDS, **GONE, **TOML}
AT_THE_START: dict[str, Spoil] = {**KINDS, **TOML}
MAKE: dict[str, tuple[Callable[[Path], object], Callable[[Path], Any]]] = {
    "users": (lambda path: users.add_user(path, ADA), users.read),
    "tenants": (lambda path: tenants_file.add_tenant(path, "acme"), tenants_file.read),
    "keys": (lambda path: signing_keys.add_key(path, 0), signing_keys.read),
}


@pytest.fixture(params=MAKE)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Callable[[Path], Any]]:
    """A right file, and how it is read."""
    make, read = MAKE[request.param]
    path = tmp_path / f"{request.param}.toml"
    make(path)
    return path, read


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_named_in_one_line_and_its_former_content_stays(
    made: tuple[Path, Callable[[Path], Any]], spoil: Spoil, caplog: pytest.LogCaptureFixture
) -> None:
    path, read = made
    file = live(path, read, None)
    former = file()
    spoil(path)
    assert not file.reload()
    assert file() is former
    (line,) = caplog.messages
    assert line.startswith(f"token file refused, the former content stays: {path}: ")
    assert line.isprintable()


@pytest.mark.parametrize("spoil", AT_THE_START.values(), ids=AT_THE_START)
def test_a_faulty_file_at_the_start_is_an_error_of_this_file(
    made: tuple[Path, Callable[[Path], Any]], spoil: Spoil
) -> None:
    path, read = made
    spoil(path)
    with pytest.raises(TokenFileError, match=path.name):
        live(path, read, None)


@pytest.mark.parametrize("spoil", AT_THE_START.values(), ids=AT_THE_START)
def test_a_faulty_file_cannot_be_edited(tmp_path: Path, spoil: Spoil) -> None:
    path = tmp_path / "users.toml"
    users.add_user(path, ADA)
    spoil(path)
    with pytest.raises(TokenFileError):
        users.add_user(path, BOB)


def test_a_mark_before_the_text_means_nothing_and_an_edit_keeps_the_file_usable(tmp_path: Path) -> None:
    path = tmp_path / "users.toml"
    users.add_user(path, ADA)
    path.write_bytes(MARK + path.read_bytes())
    users.add_user(path, BOB)
    assert users.read(path).all() == (ADA, BOB)
