import os
import stat
from pathlib import Path

import pytest

from gateway.audit.audit_file import AuditFile, rotated

DAY_S = 86_400


class Clock:
    def __init__(self, path: Path) -> None:
        self.now_s = 1_767_225_600.0 + DAY_S / 2
        self.path = path

    def __call__(self) -> float:
        return self.now_s

    def touch(self, path: Path | None = None) -> None:
        """The system writes the time of the test into the file."""
        os.utime(path or self.path, (self.now_s, self.now_s))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "audit.jsonl"


@pytest.fixture
def clock(path: Path) -> Clock:
    return Clock(path)


def written(path: Path) -> list[list[str]]:
    """The lines of each file, the rotated ones first."""
    return [each.read_text().splitlines() for each in [*rotated(path), path]]


def all_lines(path: Path) -> list[str]:
    return sorted(line for lines in written(path) for line in lines)


def test_only_its_owner_may_read_it(path: Path, clock: Clock) -> None:
    old = os.umask(0)
    AuditFile(path, 1000, 30, clock)(b"one\n")
    os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_begun_anew_at_its_size(path: Path, clock: Clock) -> None:
    file = AuditFile(path, 10, 30, clock)
    for line in (b"one\n", b"two\n", b"three\n", b"four\n"):
        file(line)
        clock.touch()
    assert written(path)[-1] == ["four"]
    assert all_lines(path) == ["four", "one", "three", "two"]


def test_it_is_begun_anew_each_day(path: Path, clock: Clock) -> None:
    file = AuditFile(path, 1000, 30, clock)
    file(b"monday\n")
    clock.touch()
    clock.now_s += DAY_S
    file(b"tuesday\n")
    assert written(path) == [["monday"], ["tuesday"]]


def test_so_is_one_of_yesterday_after_a_start(path: Path, clock: Clock) -> None:
    AuditFile(path, 1000, 30, clock)(b"monday\n")
    clock.touch()
    clock.now_s += DAY_S
    AuditFile(path, 1000, 30, clock)(b"tuesday\n")
    assert written(path) == [["monday"], ["tuesday"]]


def test_after_somebody_renamed_it_lines_go_to_a_new_file(path: Path, clock: Clock) -> None:
    file = AuditFile(path, 1000, 30, clock)
    file(b"one\n")
    clock.touch()
    path.rename(path.with_name("audit.jsonl.1"))
    file(b"two\n")
    assert written(path) == [["one"], ["two"]]


def test_two_processes_that_write_lose_nothing_when_one_of_them_rotates(path: Path, clock: Clock) -> None:
    first, second = AuditFile(path, 20, 30, clock), AuditFile(path, 20, 30, clock)
    for number in range(20):
        (first, second)[number % 2](b"line %02d\n" % number)
        clock.touch()
    assert all_lines(path) == [f"line {number:02}" for number in range(20)]


def test_old_ones_are_deleted_and_newer_ones_kept(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    old, newer = path.with_name("audit.jsonl.a"), path.with_name("audit.jsonl.b")
    for each, age in ((old, 31), (newer, 29)):
        each.write_text("x\n")
        os.utime(each, (clock.now_s - age * DAY_S,) * 2)
    AuditFile(path, 1000, 30, clock)(b"one\n")
    assert (old.exists(), newer.exists()) == (False, True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"ot a directory|exists"):
        AuditFile(tmp_path / "file" / "audit.jsonl", 1000, 30, clock)(b"one\n")
