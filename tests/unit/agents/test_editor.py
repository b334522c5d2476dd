import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.agents.agents_file import AgentsFileError, read
from gateway.agents.editor import EditError, editing
from tests.unit.agents.samples import CHEAP, HASH, SKILLS, agents_file, entry

NEW_HASH = CHEAP.hash("New-Word7")

COMMENTED = f"""{SKILLS}
# early shift
[[agents]]
id = 101 # the first
account = "ann"
password_hash = "{HASH}"  # set by hand

# late shift

# came in May
[[agents]]
id = 102
account = "bob"
password_hash = "{HASH}"

[[agents]]
id = 103
account = "eve"
password_hash = "{HASH}"
# the end
"""


def commented(folder: Path) -> Path:
    path = folder / "agents.toml"
    path.write_text(COMMENTED)
    return path


def test_an_edit_that_changes_nothing_leaves_every_byte(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with editing(path):
        pass
    assert path.read_text() == COMMENTED


def test_a_new_password_goes_in_place_and_the_former_one_is_kept(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with editing(path) as editor:
        editor.set_password(101, NEW_HASH)
    before = f'password_hash = "{HASH}"  # set by hand\n'
    after = f'password_hash = "{NEW_HASH}"  # set by hand\nformer_password_hashes = [\n    "{HASH}",\n]\n'
    assert path.read_text() == COMMENTED.replace(before, after)


def test_four_former_passwords_are_kept_newest_first(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101))
    hashes = [CHEAP.hash(f"Word-{number}x") for number in range(6)]
    for one in hashes:
        with editing(path) as editor:
            editor.set_password(101, one)
    agent = read(path).agents[0]
    assert [agent.password_hash, *agent.former_password_hashes] == hashes[:0:-1]


@pytest.mark.parametrize("must_change", [True, False])
def test_a_new_password_says_whether_it_must_be_changed(tmp_path: Path, must_change: bool) -> None:
    path = agents_file(tmp_path, entry(101, must_change_password=not must_change))
    with editing(path) as editor:
        editor.set_password(101, NEW_HASH, must_change=must_change)
    assert read(path).agents[0].must_change_password is must_change


def test_an_agent_is_added_at_the_end_with_what_is_not_usual(tmp_path: Path) -> None:
    path = commented(tmp_path)
    described = {"id": 104, "account": "kim", "skills": [1, 2], "media": "TTF", "roles": [], "password_hash": HASH}
    with editing(path) as editor:
        editor.add(described)
    added = f'\n[[agents]]\nid = 104\naccount = "kim"\npassword_hash = "{HASH}"\nskills = [1, 2]\n'
    assert path.read_text() == COMMENTED.replace("# the end\n", added + "# the end\n")


def test_an_agent_leaves_with_the_comment_directly_above_it(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with editing(path) as editor:
        editor.remove(102)
    gone = f'# came in May\n[[agents]]\nid = 102\naccount = "bob"\npassword_hash = "{HASH}"\n\n'
    assert path.read_text() == COMMENTED.replace(gone, "")


def test_the_comment_after_the_last_agent_stays_when_that_one_leaves(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with editing(path) as editor:
        editor.remove(103)
    assert path.read_text().endswith(f'password_hash = "{HASH}"\n# the end\n')


def test_a_file_that_lacks_the_last_line_end_can_be_added_to(tmp_path: Path) -> None:
    path = tmp_path / "agents.toml"
    path.write_text((SKILLS + entry(101)).rstrip("\n"))
    with editing(path) as editor:
        editor.add({"id": 102, "account": "bob", "password_hash": HASH})
    assert [agent.id for agent in read(path).agents] == [101, 102]


def test_the_first_agent_makes_the_file_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "agents.toml"
    with editing(path) as editor:
        editor.add({"id": 101, "account": "ann", "password_hash": HASH})
    assert read(path).agents[0].account == "ann"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("agent_id", "account", "taken"), [(101, "kim", "id 101"), (104, "ann", "account ann")])
def test_a_taken_id_or_account_is_refused(tmp_path: Path, agent_id: int, account: str, taken: str) -> None:
    path = commented(tmp_path)
    with pytest.raises(EditError, match=f"{taken} is taken by agent 101"), editing(path) as editor:
        editor.add({"id": agent_id, "account": account, "password_hash": HASH})
    assert path.read_text() == COMMENTED


def test_an_unknown_agent_is_refused(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with pytest.raises(EditError, match="there is no agent 999"), editing(path) as editor:
        editor.remove(999)


def test_an_outcome_that_is_wrong_is_not_written(tmp_path: Path) -> None:
    path = commented(tmp_path)
    with pytest.raises(AgentsFileError, match="no skill with id 9"), editing(path) as editor:
        editor.add({"id": 104, "account": "kim", "password_hash": HASH, "skills": [9]})
    assert path.read_text() == COMMENTED
    assert os.listdir(tmp_path) == ["agents.toml"]


def test_the_last_agent_cannot_be_removed(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101))
    with pytest.raises(AgentsFileError, match="agents"), editing(path) as editor:
        editor.remove(101)


@pytest.mark.parametrize("content", ["[[agents", f'agents = [{{id = 101, account = "a", password_hash = "{HASH}"}}]'])
def test_a_file_in_another_form_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "agents.toml"
    path.write_text(content)
    with pytest.raises(AgentsFileError), editing(path) as editor:
        editor.set_password(101, NEW_HASH)
    assert path.read_text() == content


def test_the_mode_of_the_file_is_kept(tmp_path: Path) -> None:
    path = commented(tmp_path)
    path.chmod(0o640)
    with editing(path) as editor:
        editor.set_password(101, NEW_HASH)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "agents.toml"
    link.symlink_to(commented(tmp_path / "real"))
    with editing(link) as editor:
        editor.set_password(101, NEW_HASH)
    assert link.is_symlink()
    assert read(link).agents[0].password_hash == NEW_HASH


def _add(path: Path, agent_id: int) -> None:
    with editing(path) as editor:
        editor.add({"id": agent_id, "account": str(agent_id), "password_hash": HASH})


def test_edits_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101))
    with ThreadPoolExecutor(8) as editors:
        list(editors.map(lambda agent_id: _add(path, agent_id), range(102, 110)))
    assert sorted(agent.id for agent in read(path).agents) == list(range(101, 110))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_mark_and_line_ends_stay_as_the_editor_of_others_wrote_them(
    tmp_path: Path, mark: bytes, line_end: bytes
) -> None:
    path = commented(tmp_path)
    path.write_bytes(mark + path.read_bytes().replace(b"\n", line_end))
    with editing(path) as editor:
        editor.remove(102)
    raw = path.read_bytes()
    assert raw.startswith(mark)
    assert raw.removeprefix(mark).startswith(COMMENTED[:4].encode().replace(b"\n", line_end))
    assert raw.count(line_end) == raw.count(b"\n")
    assert len(read(path).agents) == 2
