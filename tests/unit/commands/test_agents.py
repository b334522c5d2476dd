import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.agents.agents_file import AgentEntry, read
from gateway.agents.passwords import hasher
from gateway.commands.agents import agents
from tests.unit.agents.samples import HASH, agents_file, entry

NEW = "Newer-Word8"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return agents_file(tmp_path, entry(101, demo=True), entry(102, roles=["inspector"], may_be_forced_out=False))


def run(path: Path, *arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(agents, [*map(str, arguments), "--file", str(path)], input=given)


def agent(path: Path, agent_id: int) -> AgentEntry:
    return next(found for found in read(path).agents if found.id == agent_id)


def test_list_is_an_aligned_table_without_hashes(path: Path) -> None:
    said = run(path, "list")
    assert said.output.splitlines() == [
        "id   account     name  skills  media  roles      notes",
        "101  account101                TTF               demo",
        "102  account102                TTF    inspector  may not be forced out",
    ]


def test_list_as_json_is_one_array_without_hashes(path: Path) -> None:
    said = run(path, "list", "--json")
    assert [found["id"] for found in json.loads(said.stdout)] == [101, 102]
    assert "argon2" not in said.output


def test_a_wrong_file_is_told_with_every_problem(path: Path) -> None:
    agents_file(path.parent, entry(101, media="no"), entry(102, skills=[9], roles=["chief"]))
    said = run(path, "list")
    assert said.exit_code == 1
    assert "agents[0] (id 101) media" in said.output
    assert "agents[1] (id 102) roles" in said.output


def test_add_writes_all_that_is_described(path: Path) -> None:
    options = ["--account", "kim", "--name", "Kim", "--media", "TFF", "--no-force-out", "--must-change"]
    options += ["--skill", "1", "--skill", "2", "--role", "inspector", "--role", "pickup", "--password-stdin"]
    assert run(path, "add", 103, *options, given=f"{NEW}\n").exit_code == 0
    added = agent(path, 103)
    assert (added.account, added.name, added.media) == ("kim", "Kim", "TFF")
    assert (added.skills, added.roles) == ([1, 2], ["inspector", "pickup"])
    assert (added.may_be_forced_out, added.must_change_password, added.demo) == (False, True, False)
    assert hasher().verify(added.password_hash, NEW)


def test_add_takes_the_id_as_account_when_none_is_given(path: Path) -> None:
    run(path, "add", 103, "--password-stdin", given=NEW)
    assert agent(path, 103).account == "103"


def test_a_password_is_asked_for_twice_and_not_shown(path: Path) -> None:
    said = run(path, "passwd", 101, given=f"{NEW}\n{NEW}\n")
    assert said.exit_code == 0
    assert hasher().verify(agent(path, 101).password_hash, NEW)
    assert NEW not in said.output


def test_two_different_answers_are_asked_for_again(path: Path) -> None:
    said = run(path, "passwd", 101, given=f"{NEW}\nOther\n{NEW}\n{NEW}\n")
    assert said.exit_code == 0
    assert "do not match" in said.output


def test_passwd_keeps_the_former_password_in_mind(path: Path) -> None:
    run(path, "passwd", 101, "--password-stdin", given=NEW)
    assert agent(path, 101).former_password_hashes == [HASH]


def test_passwd_can_tell_the_agent_to_change_it(path: Path) -> None:
    run(path, "passwd", 101, "--must-change", "--password-stdin", given=NEW)
    assert agent(path, 101).must_change_password


def test_remove_takes_the_agent_out(path: Path) -> None:
    assert run(path, "remove", 101).exit_code == 0
    assert [found.id for found in read(path).agents] == [102]


def test_remove_says_how_to_end_the_session_of_the_agent(path: Path) -> None:
    assert "A session it has goes on; `agentgateway sessions end 101` ends it" in run(path, "remove", 101).output


@pytest.mark.parametrize(
    ("arguments", "given", "reason"),
    [
        (("add", 101), NEW, "id 101 is taken by agent 101"),
        (("add", 103, "--account", "account102"), NEW, "account account102 is taken by agent 102"),
        (("add", 103, "--skill", 9), NEW, "no skill with id 9 is declared"),
        (("add", 103, "--media", "XXX"), NEW, "media"),
        (("add", 103), "short-7", "the new password must have 8 to 32 characters"),
        (("add", 123456), "Word-234x", "must not hold three or more characters in a row of the agent ID"),
        (("passwd", 101), "Word-Foo7", "must not hold the same character twice in a row"),
        (("passwd", 999), NEW, "there is no agent 999"),
    ],
)
def test_what_is_refused_is_told_with_the_reason_and_changes_nothing(
    path: Path, arguments: tuple[object, ...], given: str, reason: str
) -> None:
    before = path.read_bytes()
    said = run(path, *arguments, "--password-stdin", given=given)
    assert said.exit_code == 1
    assert reason in said.output
    assert path.read_bytes() == before


@pytest.mark.parametrize("agent_id", ["0", "1000000", "x"])
def test_an_id_out_of_range_is_wrong_usage(path: Path, agent_id: str) -> None:
    assert run(path, "add", agent_id, "--password-stdin", given=NEW).exit_code == 2


def test_no_command_takes_a_password_as_an_argument() -> None:
    named = {option.name for command in agents.commands.values() for option in command.params}
    assert "password" not in named


def test_the_config_says_which_file(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "basic.properties"
    config.write_text(f"AGENTS_FILE = {path.name}\n")
    said = CliRunner().invoke(agents, ["list", "--config", str(config)])
    assert said.output.splitlines()[1].startswith("101  account101")


def test_a_config_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    said = CliRunner().invoke(agents, ["list", "--config", str(tmp_path / "none.properties")])
    assert said.exit_code == 1
    assert "none.properties: cannot be read" in said.output
