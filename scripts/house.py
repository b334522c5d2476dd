"""Checks the house rules of gateway/: `scripts/house.py [folder]`, one line for each breach, exit 1 if there is any.

Who may import whom is told by the contracts of import-linter in pyproject.toml. Here:

- a file has at most 500 lines, not counting what scripts/docs.py writes
- tests/unit/X/test_Y.py tests gateway/X/Y.py, which exists; so may test_Y_part.py
- no file of the repository names a package registry or a path of somebody's machine
- no two classes have one name; gateway/client, which shares nothing with the rest, has names of its own
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "gateway"
APART = "client"
MOST_LINES = 500
GENERATED = re.compile(rb"Written by scripts/docs\.py")
GENERATED_PART = re.compile(rb"// <rows> .*?// </rows>\n", re.DOTALL)
FOREIGN = re.compile(
    r"\b(?:pypi\.(?:org|python)|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|proxy\.golang\.org|rubygems\.org)"
    r"|(?<![\w.})\]*>~-])/(?:work/|tmp\b)"
)


def repository_files(root: Path) -> list[Path]:
    """Every file that is or could be committed."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [root / name for name in sorted(set(names)) if name and (root / name).is_file()]


def long_files(root: Path, files: list[Path]) -> Iterator[str]:
    for path in files:
        if path.is_relative_to(root / PACKAGE):
            lines = own_lines(path.read_bytes())
            if lines > MOST_LINES:
                yield f"{path.relative_to(root)}: {lines} lines, at most {MOST_LINES} are allowed"


def own_lines(content: bytes) -> int:
    """How many lines somebody wrote: none of a generated file, which says so in its first lines."""
    own = GENERATED_PART.sub(b"", content).splitlines()
    return 0 if GENERATED.search(b"\n".join(own[:4])) else len(own)


def foreign_names(root: Path, files: list[Path]) -> Iterator[str]:
    for path in files:
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            found = FOREIGN.search(line)
            if found:
                yield f"{path.relative_to(root)}:{number}: names {found[0]!r}, which means nothing on other machines"


def untested_names(root: Path, files: list[Path]) -> Iterator[str]:
    unit = root / "tests" / "unit"
    for path in files:
        if path.is_relative_to(unit) and path.name.startswith("test_") and path.suffix == ".py":
            folder = root / PACKAGE / path.parent.relative_to(unit)
            words = path.stem.split("_")[1:]
            if not any((folder / f"{'_'.join(words[:length])}.py").exists() for length in range(1, len(words) + 1)):
                yield f"{path.relative_to(root)}: there is no {folder.relative_to(root)}/{'_'.join(words)}.py"


def twofold_names(root: Path, files: list[Path]) -> Iterator[str]:
    seen: dict[tuple[bool, str], Path] = {}
    for path in files:
        if path.suffix == ".py" and path.is_relative_to(root / PACKAGE):
            is_apart = path.is_relative_to(root / PACKAGE / APART)
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    first = seen.setdefault((is_apart, node.name), path)
                    if first != path:
                        yield f"{path.relative_to(root)}: {node.name} is a class of {first.relative_to(root)} too"


def breaches(root: Path) -> Iterator[str]:
    files = repository_files(root)
    yield from long_files(root, files)
    yield from foreign_names(root, files)
    yield from untested_names(root, files)
    yield from twofold_names(root, files)


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else __file__).resolve()
    found = list(breaches(root if arguments else root.parent.parent))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
