"""Prepares the sources of the site (zensical.toml) in dist/pages: the pages of docs/ and those at the top.

Links between them lead to pages of the site. A link to a file that is no page becomes its name: it can be read in the
repository alone.
"""

import posixpath
import re
import shutil
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "dist" / "pages"
DOCS: Final = "docs"
TOP: Final = {
    "README.md": "start.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
"""A page at the top of the repository and its name on the site."""
_SHOWN: Final = frozenset({".md", ".png", ".svg"})
_LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|!?\[[^\]]*\]\([^)]*\))*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
_FENCE: Final = re.compile(r"(?ms)(^ *```.*?^ *```$)")


def pages(root: Path) -> dict[str, Path]:
    """What the site shows, by name there."""
    found = {path.relative_to(root / DOCS).as_posix(): path for path in sorted((root / DOCS).rglob("*"))}
    shown = {name: path for name, path in found.items() if path.suffix in _SHOWN}
    return shown | {there: root / name for name, there in TOP.items()}


def linked(text: str, source: Path, there: str, root: Path) -> str:
    """A page with its links as the site has them; code is left alone."""
    parts = _FENCE.split(text)
    return "".join(part if at % 2 else _links(part, source, there, root) for at, part in enumerate(parts))


def _links(text: str, source: Path, there: str, root: Path) -> str:
    names = {path: name for name, path in pages(root).items()}

    def link(found: re.Match[str]) -> str:
        mark, label, target, heading = found[1], found[2], found[3], found[4] or ""
        label = _LINK.sub(link, label)
        if "://" in target or not target:
            return f"{mark}[{label}]({target}{heading})"
        path = Path(posixpath.normpath((source.parent / target).as_posix()))
        if path not in names:
            return f"{label} (`{path.relative_to(root).as_posix()}`)"
        return f"{mark}[{label}]({posixpath.relpath(names[path], posixpath.dirname(there) or '.')}{heading})"

    return _LINK.sub(link, text)


def prepare(root: Path, target: Path) -> None:
    """Writes the sources anew."""
    shutil.rmtree(target, ignore_errors=True)
    for there, source in pages(root).items():
        into = target / there
        into.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            into.write_text(linked(source.read_text("utf-8"), source, there, root), "utf-8")
        else:
            shutil.copy(source, into)


if __name__ == "__main__":
    prepare(ROOT, TARGET)
    sys.exit(0)
