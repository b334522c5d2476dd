import logging
from pathlib import Path

import pytest

from gateway.agents import passwords
from gateway.agents.agents_file import AgentsFileError
from gateway.agents.passwords import hasher
from gateway.agents.registry import AgentRegistry, Skill
from gateway.ops.metrics import REGISTRY
from tests.unit.agents.samples import HASH, agents_file, entry

DEMO_PASSWORD = "Welcome-Desk7"
SHIPPED = Path(__file__).parents[3] / "config" / "agents.toml"


def test_an_agent_has_what_the_file_says(tmp_path: Path) -> None:
    described = entry(
        101,
        account="ann",
        name="Ann",
        skills=[2, 1],
        media="TFF",
        roles=["inspector"],
        may_be_forced_out=False,
        must_change_password=True,
        former_password_hashes=[HASH],
        demo=True,
    )
    agent = AgentRegistry(agents_file(tmp_path, described)).get(101)
    assert agent is not None
    assert (agent.account, agent.name, agent.media, agent.roles) == ("ann", "Ann", "TFF", frozenset({"inspector"}))
    assert agent.skills == (Skill("Chat", 2, 1), Skill("Service", 1, 5))
    assert (agent.may_be_forced_out, agent.must_change_password, agent.demo) == (False, True, True)
    assert (agent.password_hash, agent.former_password_hashes) == (HASH, (HASH,))


def test_what_the_file_leaves_out_has_the_usual_value(tmp_path: Path) -> None:
    agent = AgentRegistry(agents_file(tmp_path, entry(101))).get(101)
    assert agent is not None
    assert (agent.name, agent.media, agent.skills, agent.roles) == ("account101", "TTF", (), frozenset())
    assert (agent.may_be_forced_out, agent.must_change_password, agent.demo) == (True, False, False)


def test_agents_are_found_by_id_and_by_account(tmp_path: Path) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(102), entry(101)))
    assert registry.by_account("account102") is registry.get(102)
    assert [agent.id for agent in registry.all()] == [101, 102]


def test_who_is_not_in_the_file_is_not_found(tmp_path: Path) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(101)))
    assert registry.get(102) is None
    assert registry.by_account("Account101") is None


def test_causes_of_rest_are_known_by_number(tmp_path: Path) -> None:
    reasons = '\n[[rest_reasons]]\nid = 0\nname = "Break"\n\n[[rest_reasons]]\nid = 255\nname = "Other"\n'
    registry = AgentRegistry(agents_file(tmp_path, reasons, entry(101)))
    assert registry.rest_reasons() == {0: "Break", 255: "Other"}


def test_skills_without_agents_are_known_too(tmp_path: Path) -> None:
    assert AgentRegistry(agents_file(tmp_path, entry(101))).skills()[2] == Skill("Chat", 2, 1)


def test_the_text_of_an_agent_holds_no_hash(tmp_path: Path) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(101, former_password_hashes=[HASH])))
    assert "argon2" not in repr(registry.get(101))


def test_a_wrong_file_at_the_start_is_an_error(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101, media="no"))
    with pytest.raises(AgentsFileError):
        AgentRegistry(path)


def test_a_reload_takes_over_the_whole_file(tmp_path: Path) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(101), entry(102)))
    agents_file(tmp_path, entry(102, name="Changed"), entry(103))
    assert registry.reload()
    assert [(agent.id, agent.name) for agent in registry.all()] == [(102, "Changed"), (103, "account103")]


def test_a_changed_file_is_taken_over_when_it_rests(tmp_path: Path) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(101)))
    agents_file(tmp_path, entry(101), entry(102))
    assert not registry.file.look()
    assert len(registry.all()) == 1
    assert registry.file.look()
    assert len(registry.all()) == 2


def refused() -> float:
    return REGISTRY.get_sample_value("agentgateway_agents_file_reloads_total", {"outcome": "refused"}) or 0


@pytest.mark.parametrize("content", ["", "[[agents", "agents = []", entry(103) + entry(104, media="no")])
def test_a_wrong_reload_is_refused_whole_and_logged_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    path = agents_file(tmp_path, entry(101))
    registry = AgentRegistry(path)
    before, count = registry.all(), refused()
    path.write_text(content)
    with caplog.at_level(logging.ERROR):
        assert not registry.reload()
    assert registry.all() == before
    assert len(caplog.records) == 1
    assert refused() == count + 1


def test_the_demo_agents_are_101_to_120() -> None:
    registry = AgentRegistry(SHIPPED)
    assert [agent.id for agent in registry.all()] == list(range(101, 121))
    assert all(agent.demo and agent.skills for agent in registry.all())
    assert all(agent.account == f"demo{agent.id}" for agent in registry.all())


def test_demo_agents_cover_the_special_cases() -> None:
    registry = AgentRegistry(SHIPPED)
    assert [agent.id for agent in registry.all() if "inspector" in agent.roles] == [119]
    assert [agent.id for agent in registry.all() if not agent.may_be_forced_out] == [120]


def test_the_demo_password_keeps_the_password_rule() -> None:
    for agent in AgentRegistry(SHIPPED).all():
        passwords.check_new_password(agent.id, DEMO_PASSWORD)


def test_demo_hashes_have_the_parameters_of_new_ones_and_salts_of_their_own() -> None:
    hashes = [agent.password_hash for agent in AgentRegistry(SHIPPED).all()]
    assert not any(hasher().check_needs_rehash(one) for one in hashes)
    assert len({one.split("$")[-2] for one in hashes}) == len(hashes)


def test_the_demo_password_is_the_one_that_is_told() -> None:
    agent = AgentRegistry(SHIPPED).get(101)
    assert agent is not None
    assert hasher().verify(agent.password_hash, DEMO_PASSWORD)
