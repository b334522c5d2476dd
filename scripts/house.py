"""Checks the house rules of gateway/: `scripts/house.py [folder]`, one line for each breach, exit 1 if there is any.

- a file has at most 500 lines
- imports go downwards through LAYERS, and modules do not import each other in a circle
- tests/unit/X/test_Y.py tests gateway/X/Y.py, which exists; so may test_Y_part.py
- no file of the repository names a package registry or a path of somebody's machine
"""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "gateway"
MOST_LINES = 500
LAYERS = (
    ("__main__", "cli", "commands", "doctor", "sim", "app", "server", "supervisor", "admin", "stores", "keys"),
    ("listeners",),
    ("edge",),
    ("tokens",),
    ("backends",),
    ("operations",),
    ("agents", "events"),
    ("sessions",),
    ("redis_link",),
    ("ops", "client"),
    ("wire",),
    ("settings",),
)
"""Rooms from top to bottom. A room imports from those below it; the first layer is the wiring, free within itself."""

LEVELS = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
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
            lines = len(path.read_bytes().splitlines())
            if lines > MOST_LINES:
                yield f"{path.relative_to(root)}: {lines} lines, at most {MOST_LINES} are allowed"


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


def module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class RunTime(ast.NodeTransformer):
    """Leaves out what stands under `if TYPE_CHECKING`: it is read by the type checker alone."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        return node.orelse if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def imported(module: str, package: str, tree: ast.AST, modules: set[str]) -> set[str]:
    """The modules of the package that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*parents, *filter(None, [node.module])])
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else base for name in names}
    return {name for name in found if name.split(".")[0] == PACKAGE} - {module}


def graphs(root: Path, files: list[Path]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What each module imports: for any purpose, and at run time."""
    code = [path for path in files if path.is_relative_to(root / PACKAGE) and path.suffix == ".py"]
    sources = {module_name(root, path): path for path in code}
    every, run_time = {}, {}
    for module, path in sources.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        tree = ast.parse(path.read_bytes(), str(path))
        every[module] = imported(module, package, tree, set(sources))
        run_time[module] = imported(module, package, RunTime().visit(tree), set(sources))
    return every, run_time


def room(module: str) -> str:
    """The room of a module; "" for the package itself."""
    return module.partition(".")[2].split(".")[0]


def wrong_imports(graph: dict[str, set[str]]) -> Iterator[str]:
    rooms = {room(module) for module in graph} - {""}
    for name in sorted(rooms - LEVELS.keys()):
        yield f"{PACKAGE}/{name}: not a room that scripts/house.py knows"
    for module, targets in sorted(graph.items()):
        here = LEVELS.get(room(module))
        for target in sorted(targets):
            there = LEVELS.get(room(target))
            free = room(module) == room(target) or (here == there == 0)
            if here is not None and there is not None and not free and there <= here:
                yield f"{module} imports {target}: {room(target)} is not below {room(module)}"


def circles(graph: dict[str, set[str]]) -> Iterator[str]:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield f"modules import each other in a circle: {' -> '.join(reversed(error.args[1]))}"


def breaches(root: Path) -> Iterator[str]:
    files = repository_files(root)
    every, run_time = graphs(root, files)
    yield from long_files(root, files)
    yield from foreign_names(root, files)
    yield from untested_names(root, files)
    yield from wrong_imports(every)
    yield from circles(run_time)


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else __file__).resolve()
    found = list(breaches(root if arguments else root.parent.parent))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
