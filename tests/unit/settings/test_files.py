"""Files that somebody edits: read whole or refused with a reason, whatever they are."""

import os
from pathlib import Path

import pytest

from gateway.settings import files
from gateway.settings.files import FileFault, FileMissing
from tests.support.faulty_files import KINDS, MARK, TOML, Spoil


def others_may_use(monkeypatch: pytest.MonkeyPatch, mode: int, owner: int = 0, group: int = 10001) -> bool:
    """Whether a file like that is refused to user 10002 of the groups 10001 and 4."""
    monkeypatch.setattr(os, "geteuid", lambda: 10002)
    monkeypatch.setattr(os, "getegid", lambda: 10002)
    monkeypatch.setattr(os, "getgroups", lambda: [4, 10001])
    try:
        files.must_be_secret(Path("secret"), files.FileContent(b"", 0o100000 | mode, owner, group))
    except FileFault:
        return True
    return False


@pytest.mark.parametrize("mode", [0o440, 0o640, 0o400, 0o600])
def test_a_secret_of_root_for_a_group_of_ours_is_taken(monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    assert not others_may_use(monkeypatch, mode)


@pytest.mark.parametrize("mode", [0o444, 0o644, 0o441, 0o442, 0o460, 0o660, 0o450])
def test_a_secret_that_more_may_use_is_refused(monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    assert others_may_use(monkeypatch, mode)


@pytest.mark.parametrize(("owner", "group"), [(10002, 10001), (1000, 10001), (0, 1000)])
def test_a_secret_of_another_owner_or_group_is_its_owner_s_alone(
    monkeypatch: pytest.MonkeyPatch, owner: int, group: int
) -> None:
    assert others_may_use(monkeypatch, 0o440, owner, group)


def test_the_way_out_for_a_mounted_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(0o600)
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(FileFault, match=r"chmod 600 .*mounted by a platform: mode 0440, with"):
        files.must_be_secret(tmp_path / "secret", files.read(tmp_path / "secret"))


def reason(path: Path) -> str:
    with pytest.raises(FileFault) as refused:
        files.read(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("folder", "cannot be read: it is a folder"),
        ("pipe", "cannot be read: it is no ordinary file"),
        ("device", "cannot be read: it is no ordinary file"),
        ("circle of links", "cannot be read: Too many levels of symbolic links"),
        ("huge", "has more than 16777216 bytes"),
    ],
)
def test_what_is_no_small_file_is_refused_at_once(tmp_path: Path, kind: str, says: str) -> None:
    KINDS[kind](tmp_path / "file")
    assert reason(tmp_path / "file") == says


def test_a_file_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="cannot be read: No such file or directory"):
        files.read(tmp_path / "none")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_name_that_is_no_path_is_refused(tmp_path: Path, name: str) -> None:
    assert reason(tmp_path / name) == "cannot be read: its name is no path"


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_given: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "open", denied)
    assert reason(tmp_path / "file") == "cannot be read: Permission denied"


def test_a_mark_and_the_kind_of_line_ends_mean_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(MARK + b"a\r\nb\rc\n")
    assert files.read(tmp_path / "file").text() == "a\nb\nc\n"


def test_line_ends_can_be_had_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(MARK + b"a\r\nb")
    assert files.read(tmp_path / "file").text(line_ends=True) == "a\r\nb"


@pytest.mark.parametrize("spoil", [TOML[name] for name in TOML if "deep" in name or "digits" in name])
def test_toml_that_python_cannot_hold_is_a_fault_of_the_file(tmp_path: Path, spoil: Spoil) -> None:
    spoil(tmp_path / "file")
    try:
        found = files.parse_toml(files.read(tmp_path / "file").text())
    except FileFault:
        return
    assert isinstance(found, dict)


def test_whatever_else_goes_wrong_is_a_fault_of_the_file_and_tells_nothing_of_it() -> None:
    with pytest.raises(FileFault, match=r"^cannot be understood \(KeyError\)$"), files.faults_only():
        raise KeyError("s3cret")


def test_problems_are_lines_of_bounded_number_and_length() -> None:
    lines = files.problem_lines(["a\nb", "x" * 1000, *map(str, range(100))])
    assert lines[:2] == ("a\\nb", "x" * 300 + "...")
    assert lines[20:] == ("and 82 more problems",)


def test_a_secret_that_others_may_read_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("hidden\n")
    path.chmod(0o644)
    with pytest.raises(FileFault, match="others may read it"):
        files.read_secret(path)
    path.chmod(0o600)
    assert files.read_secret(path).text() == "hidden\n"


def test_lines_with_an_entry_keep_their_numbers() -> None:
    assert list(files.entry_lines("# keys\n\n  k1 a \n #k2 b\nk3 c")) == [(3, "k1 a"), (5, "k3 c")]
