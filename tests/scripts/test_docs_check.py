"""References that lead nowhere and names that mean nothing are found, and nothing in a tree without any."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from docs_check import problems

Tree = Callable[[dict[str, str]], list[str]]
SOUND = {
    "README.md": "# A page\n\n[the wire](docs/protocol.md#the-check-guid), `gateway/wire/`, gateway/w*/envelope.py\n",
    "docs/index.md": "# Pages\n\n[here](protocol.md), [and](design/index.md)\n",
    "docs/protocol.md": "# Protocol\n\n## The check: `guid`\n\n[back](../README.md), [this](#protocol)\n",
    "docs/design/index.md": "# Decisions\n",
    "gateway/wire/envelope.py": '"""Bodies (docs/protocol.md, The\n    check: guid).\n"""\n',
    "config/basic.properties": "# see docs/protocol.md, which says more\n",
}


@pytest.fixture
def found(tmp_path: Path) -> Tree:
    """Makes a repository of a sound tree and these files, and gives the problems found in it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    def find(files: dict[str, str]) -> list[str]:
        for name, text in (SOUND | files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return problems(tmp_path)

    return find


def page(text: str) -> dict[str, str]:
    return {"docs/protocol.md": SOUND["docs/protocol.md"] + text}


def test_a_sound_tree_has_no_problems(found: Tree) -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](gone.md)", "docs/protocol.md:6: gone.md leads nowhere"),
        ("[x](../README.md#a-pages)", "docs/protocol.md:6: README.md has no heading #a-pages"),
        ("[x](#nothing)", "docs/protocol.md:6: docs/protocol.md has no heading #nothing"),
        ("as scripts/gone says", "docs/protocol.md:6: there is no scripts/gone"),
        ("`gateway/wires/`", "docs/protocol.md:6: there is no gateway/wires/"),
    ],
)
def test_links_and_files_that_are_not_there(found: Tree, text: str, problem: str) -> None:
    assert found(page(text)) == [problem]


def test_links_elsewhere_are_let_be(found: Tree) -> None:
    assert found(page("[x](https://example.com/docs/gone.md), /agentgateway/tests/gone")) == []


def test_headings_in_examples_are_none(found: Tree) -> None:
    assert found(page("```\n# Nothing\n```\n[x](#nothing)")) == [
        "docs/protocol.md:9: docs/protocol.md has no heading #nothing"
    ]


def test_a_page_that_no_index_leads_to(found: Tree) -> None:
    assert found({"docs/more.md": "# More\n"}) == ["docs/more.md: no index.md in docs/ leads to it"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(docs/gone.md)", "cites docs/gone.md, which is not there"),
        ("(docs/protocol.md, Gone)", "cites docs/protocol.md, 'Gone)', which is none of its headings"),
    ],
)
def test_docstrings_that_cite_what_is_not_there(found: Tree, text: str, problem: str) -> None:
    assert found({"gateway/wire/cited.py": f'"""{text}"""\n'}) == [f"gateway/wire/cited.py: {problem}"]
