from pathlib import Path

import pytest

from gateway.agents.agents_file import AgentsFileError, read
from tests.unit.agents.samples import HASH, agents_file, entry


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(AgentsFileError) as caught:
        read(path)
    return caught.value.problems


def test_every_problem_is_told_with_the_agent_and_the_field(tmp_path: Path) -> None:
    path = agents_file(
        tmp_path, entry(101, media="TTX"), entry(102), entry(103, roles=["chief"], skills=["1"], name="x" * 65)
    )
    told = problems(path)
    assert [line.split(":")[0] for line in told] == [
        "agents[0] (id 101) media",
        "agents[2] (id 103) name",
        "agents[2] (id 103) skills.0",
        "agents[2] (id 103) roles.0",
    ]


@pytest.mark.parametrize("agent_id", [0, -1, 1_000_000])
def test_agent_ids_are_1_to_999999(tmp_path: Path, agent_id: int) -> None:
    assert problems(agents_file(tmp_path, entry(agent_id)))[0].startswith(f"agents[0] (id {agent_id}) id: ")


@pytest.mark.parametrize("agent_id", [1, 999_999])
def test_agent_ids_reach_from_1_to_999999(tmp_path: Path, agent_id: int) -> None:
    assert read(agents_file(tmp_path, entry(agent_id))).agents[0].id == agent_id


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101), entry(102), entry(101, account="another"))
    assert problems(path) == ("agents id 101: used by agents[0], agents[2]",)


def test_an_account_used_twice_is_refused(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101, account="ann"), entry(102, account="ann"))
    assert problems(path) == ("agents account ann: used by agents[0], agents[1]",)


@pytest.mark.parametrize(
    ("second", "said"),
    [(256, "rest_reasons[1] (id 256) id: "), (7, "rest_reasons id 7: used by rest_reasons[0], rest_reasons[1]")],
)
def test_a_cause_of_rest_has_a_number_of_its_own_up_to_255(tmp_path: Path, second: int, said: str) -> None:
    reasons = (f'\n[[rest_reasons]]\nid = {number}\nname = "Break"\n' for number in (7, second))
    assert problems(agents_file(tmp_path, *reasons, entry(101)))[0].startswith(said)


def test_a_skill_that_is_not_declared_is_refused(tmp_path: Path) -> None:
    assert problems(agents_file(tmp_path, entry(101, skills=[1, 9]))) == (
        "agents[0] (id 101) skills: no skill with id 9 is declared",
    )


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    assert problems(agents_file(tmp_path, entry(101, role="inspector")))[0].startswith("agents[0] (id 101) role: ")


@pytest.mark.parametrize(
    "value",
    [
        "Plain-Word7",
        "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=9999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$nonsense",
    ],
)
def test_a_password_that_is_no_usable_argon2id_hash_is_refused_and_not_shown(tmp_path: Path, value: str) -> None:
    path = agents_file(tmp_path, entry(101, password_hash=value))
    with pytest.raises(AgentsFileError) as caught:
        read(path)
    assert caught.value.problems[0].startswith("agents[0] (id 101) password_hash: ")
    assert value not in str(caught.value)


def test_at_most_four_former_passwords_are_kept(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101, former_password_hashes=[HASH] * 5))
    assert problems(path)[0].startswith("agents[0] (id 101) former_password_hashes: ")


def test_a_file_without_agents_is_refused(tmp_path: Path) -> None:
    assert problems(agents_file(tmp_path))[0].startswith("agents: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[agents", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8 text: it is UTF-16"),
        (b"\xc3", "is not UTF-8 text"),
        (b"agents = 3", "agents: "),
    ],
)
def test_what_is_no_agents_file_at_all_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "agents.toml"
    path.write_bytes(content)
    assert problems(path)[0].startswith(said)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(AgentsFileError, match=r"none\.toml: cannot be read"):
        read(tmp_path / "none.toml")
