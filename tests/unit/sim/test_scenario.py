from pathlib import Path

from gateway.agents.registry import AgentRegistry, Skill
from gateway.sim.scenario import GatewayPlace, agents_file


def test_the_agents_file_can_be_used_and_every_queue_has_agents(tmp_path: Path) -> None:
    file = tmp_path / "agents.toml"
    skills = [Skill("Service", 1, 5), Skill("Sales", 2, 5), Skill("Chat", 4, 1)]
    file.write_text(agents_file(range(1001, 1007), "Some-Pass1", skills, [1, 2]), "utf-8")
    registry = AgentRegistry(file)
    assert [[skill.id for skill in agent.skills] for agent in registry.all()] == [[1, 2], [2], [1], [1, 2], [1], [2]]
    assert {skill.id: skill.mediatype for skill in registry.skills().values()} == {1: 5, 2: 5, 4: 1}


def test_a_place_shows_no_secret() -> None:
    place = GatewayPlace("http://127.0.0.1:1", "http://127.0.0.1:2", "token-secret", [101], "pass-secret")
    assert "secret" not in repr(place)
