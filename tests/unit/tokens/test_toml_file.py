"""The TOML files of tokens: read with every problem, changed in one step."""

from pathlib import Path

import pytest
from pydantic import Field

from gateway.tokens import toml_file
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError, TomlEntry, editing


class Thing(TomlEntry):
    name: str
    size: int = 0


class Things(TomlEntry):
    things: list[Thing] = Field(default_factory=list)


def parse(text: str, path: Path) -> list[str]:
    return [thing.name for thing in toml_file.content(text, path, Things).things]


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(TokenFileError) as wrong:
        toml_file.read(path, parse)
    return wrong.value.problems


def test_a_missing_file_is_as_an_empty_one(tmp_path: Path) -> None:
    assert toml_file.read(tmp_path / "things.toml", parse) == []


def test_every_problem_is_told_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "things.toml"
    path.write_text('more = 1\n[[things]]\nname = "a"\nsize = "s3cret"\n[[things]]\n')
    found = problems(path)
    assert [problem.partition(":")[0] for problem in found] == ["things[0].size", "things[1].name", "more"]
    assert "s3cret" not in " ".join(found)


def test_what_is_no_toml_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "things.toml"
    path.write_text("[[things")
    [problem] = problems(path)
    assert problem.startswith("is not TOML")


def test_a_private_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "things.toml"
    path.write_text("")
    path.chmod(0o644)
    assert toml_file.read(path, parse) == []
    with pytest.raises(TokenFileError, match="others may read it"):
        toml_file.read(path, parse, private=True)


def test_a_change_makes_the_file_for_its_owner_alone_and_keeps_comments(tmp_path: Path) -> None:
    path = tmp_path / "new" / "things.toml"
    with editing(path, parse) as tables:
        tables.add("things", {"name": "a"})
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("# mine\n" + path.read_text())
    with editing(path, parse) as tables:
        tables.add("things", {"name": "b"})
    assert (parse(path.read_text(), path), path.read_text()[:7]) == (["a", "b"], "# mine\n")


def test_a_change_that_makes_the_file_wrong_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "things.toml"
    path.write_text('[[things]]\nname = "a"\n')
    with pytest.raises(TokenFileError), editing(path, parse) as tables:
        tables.add("things", {"name": 1})
    assert path.read_text() == '[[things]]\nname = "a"\n'


def test_an_entry_is_found_by_its_members_or_the_change_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "things.toml"
    path.write_text('[[things]]\nname = "a"\nsize = 1\n[[things]]\nname = "a"\nsize = 2\n')
    with editing(path, parse) as tables:
        assert toml_file.index_of(tables, "things", {"name": "a", "size": 2}) == 1
        with pytest.raises(ChangeRefusedError, match="there is no thing with name b"):
            toml_file.index_of(tables, "things", {"name": "b"})
