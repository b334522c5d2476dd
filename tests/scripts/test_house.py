"""The house rules find what breaks them, and nothing in a tree that keeps them."""

import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BREACHES: Any = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "house.py"))["breaches"]
REGISTRY = "pypi" + ".org"

Tree = Callable[[dict[str, str]], list[str]]


@pytest.fixture
def breaches(tmp_path: Path) -> Tree:
    """Makes a repository of the files by path, beside a sound one, and gives the breaches found in it."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    def found(files: dict[str, str]) -> list[str]:
        sound = {"gateway/__init__.py": "", "gateway/wire/__init__.py": "", "gateway/wire/errors.py": ""}
        for name, text in (sound | files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(BREACHES(tmp_path))

    return found


def test_a_sound_tree_has_no_breach(breaches: Tree) -> None:
    files = {
        "gateway/edge/gate.py": "",
        "gateway/edge/limits.py": "\n" * 500,
        "gateway/client/made.py": '"""A.\n\nWritten by scripts/docs.py.\n"""\n' + "\n" * 600,
        "gateway/client/part.js": "\n" * 400 + "// <rows> a\n" + "\n" * 400 + "// </rows>\n",
        "gateway/edge/desks.py": "class Desk: ...\nclass _Line: ...\n",
        "gateway/events/lines.py": "class _Line: ...\n",
        "gateway/client/desks.py": "class Desk: ...\n",
        "tests/unit/edge/test_gate.py": "",
        "tests/unit/edge/test_gate_refusals.py": "",
        "README.md": f"GET /agentgateway/resource/onlineagent/101{'/'}work/ and https://desk.example.com/tmp/x\n",
    }

    assert breaches(files) == []


@pytest.mark.parametrize(
    ("files", "breach"),
    [
        ({"gateway/wire/long.py": "\n" * 501}, "gateway/wire/long.py: 501 lines, at most 500 are allowed"),
        ({"tests/unit/wire/test_gone.py": ""}, "tests/unit/wire/test_gone.py: there is no gateway/wire/gone.py"),
        ({"a.txt": f"see https://{REGISTRY}/x\n"}, f"a.txt:1: names '{REGISTRY}'"),
        ({"a.txt": "\nin " + "/" + "work/main\n"}, "a.txt:2: names '/wo"),
        ({"a.txt": '"' + "/" + 'tmp"\n'}, "a.txt:1: names '/t"),
        (
            {"gateway/edge/a.py": "class A: ...\n", "gateway/edge/b.py": "class A: ...\n"},
            "gateway/edge/b.py: A is a class of gateway/edge/a.py too",
        ),
    ],
)
def test_a_breach_is_found(breaches: Tree, files: dict[str, str], breach: str) -> None:
    (found,) = breaches(files)

    assert breach in found
