"""The wheel of this tree, and environments with nothing but it and what it needs.

No registry is asked: the wheel is built with the setuptools that is here, and installed with `--no-index --no-deps`.
What it needs is linked from the environment of the tests.
"""

import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

from tests.support.gateway import ROOT

PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check")
SOURCES: Final = ("pyproject.toml", "README.md", "LICENSE")


def build_wheel(folder: Path) -> Path:
    """Builds it into this folder, from a copy of the sources."""
    source = folder / "source"
    shutil.copytree(ROOT / "gateway", source / "gateway", ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
    shutil.copytree(ROOT / "config", source / "config")
    for name in SOURCES:
        shutil.copy(ROOT / name, source / name)
    build = [*PIP, "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(source)]
    subprocess.run(build, check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def bare_environment(folder: Path, wheel: Path, *needed: str) -> Path:
    """An environment with the wheel, these distributions and what they need; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [*PIP, "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True)
    [site] = folder.glob("lib/python*/site-packages")
    for name in needed:
        _link(site, name)
    return python


def requirements() -> list[str]:
    """Names of what the wheel itself asks for here."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    [block] = re.findall(r"(?ms)^dependencies = \[(.*?)^\]", text)
    return [re.split(r"[\[>;]", line.strip().strip('",'))[0] for line in block.splitlines() if line.strip()]


def _link(site: Path, name: str) -> None:
    """Links what a distribution consists of into this folder, with all that it needs."""
    for made in _needs(name).values():
        for top in {file.parts[0] for file in made.files or () if ".." not in file.parts}:
            place = site / top
            if not place.exists():
                place.symlink_to(Path(str(made.locate_file(top))))


def _needs(name: str) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        made = distribution(waiting.pop())
        found[made.name] = made
        for line in made.requires or ():
            word = re.split(r"[ ;<>=!~\[(]", line, maxsplit=1)[0]
            if "extra" not in line.partition(";")[2] and _installed(word) and distribution(word).name not in found:
                waiting.append(word)
    return found


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except ModuleNotFoundError:
        return False
    return True
