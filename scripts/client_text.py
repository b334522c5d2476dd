"""Pieces of Python text that the generated modules of the SDK are put together from."""

import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path

from client_types import PYTHON, Shape

WIDTH = 110


def module(says: str, body: str, uses: str = "") -> str:
    """A module; its imports of typing and the like follow from the body."""
    doc = f'"""{says}\n\nWritten by scripts/docs.py from the rows of the server; not to be edited.\n"""'
    return f"{doc}\n\n{imports(body)}\n\n{uses}\n\n\n{body}"


def imports(body: str) -> str:
    """Import lines of the standard library for what a module uses."""
    typing = [name for name in ("Any", "Final", "Literal", "NotRequired", "TypedDict") if name in body]
    lines = ["from collections.abc import Sequence"] if "Sequence[" in body else []
    lines += [f"from typing import {', '.join(typing)}"] if typing else []
    return "\n".join(lines)


def docstring(text: str, indent: int = 4) -> str:
    """A docstring, wrapped."""
    margin = " " * indent
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - indent)
    body = f"\n{margin}".join(lines)
    end = f"\n{margin}" if len(lines) > 1 else ""
    return f'{margin}"""{body}{end}"""'


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def typed_dict(shape: Shape, *, total: bool = True) -> str:
    """An object with a name. `total` False: every member may be missing."""
    lines = []
    for member in shape.members:
        spelled = PYTHON.spelled(member.schema)
        lines.append(f"    {member.name}: {f'NotRequired[{spelled}]' if total and not member.required else spelled}")
    head = f"class {shape.name}(TypedDict{'' if total else ', total=False'}):"
    return f"{head}\n{docstring(shape.says or 'An object.')}\n\n" + "\n".join(lines) + "\n"


def formatted(files: Mapping[Path, str], settings: Path) -> dict[Path, str]:
    """The same as the house's formatter has it, without imports that nothing uses."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        ruff = [sys.executable, "-m", "ruff"]
        ours = ["--config", 'lint.isort.known-first-party=["gateway"]']
        shared = ["-q", "--no-cache", "--config", str(settings), *ours, str(folder)]
        subprocess.run([*ruff, "check", "--select", "I,F401,RUF022", "--fix", *shared], check=True)
        subprocess.run([*ruff, "format", *shared], check=True)
        return {path: (folder / path).read_text("utf-8") for path in files}
