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
        "gateway/edge/gate.py": "from gateway.wire import errors\nfrom gateway.edge import limits\n",
        "gateway/edge/limits.py": "import gateway.wire.errors\n" + "\n" * 399,
        "gateway/cli.py": "from gateway import app\n",
        "gateway/commands/agents.py": "",
        "gateway/app.py": "from gateway.edge import gate\n",
        "tests/unit/edge/test_gate.py": "",
        "tests/unit/edge/test_gate_refusals.py": "",
        "README.md": "GET /agentgateway/resource/onlineagent/101/work/ and https://desk.example.com/tmp/x\n",
    }

    assert breaches(files) == []


@pytest.mark.parametrize(
    ("files", "breach"),
    [
        ({"gateway/wire/long.py": "\n" * 501}, "gateway/wire/long.py: 501 lines, at most 500 are allowed"),
        (
            {"gateway/wire/up.py": "def f():\n    from gateway.edge.gate import check\n", "gateway/edge/gate.py": ""},
            "gateway.wire.up imports gateway.edge.gate: edge is not below wire",
        ),
        (
            {"gateway/agents/a.py": "from ..events import b\n", "gateway/events/b.py": ""},
            "gateway.agents.a imports gateway.events.b: events is not below agents",
        ),
        ({"gateway/edge/a.py": "import gateway.app\n", "gateway/app.py": ""}, "app is not below edge"),
        ({"gateway/attic/a.py": ""}, "gateway/attic: not a room that scripts/house.py knows"),
        (
            {
                "gateway/wire/a.py": "from gateway.wire import b\n",
                "gateway/wire/b.py": "from gateway.wire.a import x\n",
            },
            "modules import each other in a circle: gateway.wire.a -> gateway.wire.b -> gateway.wire.a",
        ),
        ({"tests/unit/wire/test_gone.py": ""}, "tests/unit/wire/test_gone.py: there is no gateway/wire/gone.py"),
        ({"a.txt": f"see https://{REGISTRY}/x\n"}, f"a.txt:1: names '{REGISTRY}'"),
        ({"a.txt": "\nin " + "/" + "work/main\n"}, "a.txt:2: names '/wo"),
        ({"a.txt": '"' + "/" + 'tmp"\n'}, "a.txt:1: names '/t"),
    ],
)
def test_a_breach_is_found(breaches: Tree, files: dict[str, str], breach: str) -> None:
    (found,) = breaches(files)

    assert breach in found


def test_two_modules_may_know_each_other_s_types(breaches: Tree) -> None:
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gateway.wire.b import B\n"

    assert breaches({"gateway/wire/a.py": typed, "gateway/wire/b.py": "import gateway.wire.a\n"}) == []
