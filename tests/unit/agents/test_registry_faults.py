"""Whatever the agents file becomes, the former agents stay in force, and the log says so in one line."""

from pathlib import Path

import pytest

from gateway.agents.agents_file import AgentsFileError, read
from gateway.agents.editor import editing
from gateway.agents.registry import AgentRegistry
from tests.support.faulty_files import GONE, KINDS, MARK, TOML, Spoil
from tests.unit.agents.samples import agents_file, entry

FAULTS = {**KINDS, **GONE, **TOML}
LONGEST_LINE = 8_000


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_is_named_in_one_line_and_the_former_agents_stay(
    tmp_path: Path, spoil: Spoil, caplog: pytest.LogCaptureFixture
) -> None:
    registry = AgentRegistry(agents_file(tmp_path, entry(101)))
    spoil(registry.path)
    for _ in range(4):
        registry.file.look()
    assert [agent.id for agent in registry.all()] == [101]
    (line,) = caplog.messages
    assert line.startswith(f"agents file refused, the former agents stay: {registry.path}: ")
    assert line.isprintable()
    assert len(line) < LONGEST_LINE


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_can_neither_be_read_nor_edited(tmp_path: Path, spoil: Spoil) -> None:
    path = agents_file(tmp_path, entry(101))
    spoil(path)
    with pytest.raises(AgentsFileError):
        read(path)
    with pytest.raises(AgentsFileError), editing(path) as editor:
        editor.text()


def test_a_mark_before_the_text_means_nothing_and_an_edit_keeps_the_file_usable(tmp_path: Path) -> None:
    path = agents_file(tmp_path, entry(101), entry(102))
    path.write_bytes(MARK + path.read_bytes())
    assert len(read(path).agents) == 2
    with editing(path) as editor:
        editor.remove(102)
    assert [agent.id for agent in read(path).agents] == [101]


def test_thousands_of_repeated_ids_are_told_soon(tmp_path: Path) -> None:
    path = agents_file(tmp_path, *(entry(number % 4_000 + 1) for number in range(8_000)))
    with pytest.raises(AgentsFileError) as refused:
        read(path)
    assert refused.value.problems[0] == "agents id 1: used by agents[0], agents[4000]"
