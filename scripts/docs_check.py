"""What pages and docstrings refer to exists: links, anchors, headings, files, and the names in docs_names.py.

Pages are the Markdown files at the top and in docs/. A docstring cites a page as `docs/protocol.md`, or with a heading
of it behind a comma: `docs/protocol.md, Rotation`.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs_names import Names

LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"(?m)^#{1,6} (.+)$")
FENCE: Final = re.compile(r"(?ms)^ *```.*?^ *```$")
FILE: Final = re.compile(r"(?<![\w/.$-])((?:\.ci|config|docs|gateway|scripts|tests)/[\w./*-]*[\w*/])")
CITATION: Final = re.compile(r"(docs/[\w/]+\.md)(?:, ([A-Z][^\"]*))?")
CITING: Final = ("gateway/", "scripts/", "tests/", "config/")
NOT_CITING: Final = "tests/scripts/"
"""Its tests make pages and citations up."""


def problems(root: Path) -> list[str]:
    """Every reference that leads nowhere, one line each."""
    files = repository_files(root)
    pages = {name: (root / name).read_text("utf-8") for name in files if is_page(name)}
    anchors = {name: set(anchors_of(text)) for name, text in pages.items()}
    names = Names()
    found: list[str] = []
    for name, text in pages.items():
        found += wrong_links(name, text, anchors, root)
        found += wrong_files(name, text, files)
        found += (f"{at(name, text, offset)}: {what}" for offset, what in names.unknown(text))
    found += unlisted(pages)
    headings = {name: headings_of(text) for name, text in pages.items()}
    for name in files:
        if name.startswith(CITING) and not name.startswith(NOT_CITING) and not name.endswith("/"):
            found += wrong_citations(name, (root / name).read_bytes().decode("utf-8", "replace"), headings)
    return found


def repository_files(root: Path) -> frozenset[str]:
    """Every file that is or could be committed, and every folder with a slash at its end."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    files = {name for name in listed if name and (root / name).is_file()}
    folders = {f"{folder}/" for name in files for folder in Path(name).parents if str(folder) != "."}
    return frozenset(files | folders)


def is_page(name: str) -> bool:
    return name.endswith(".md") and ("/" not in name or name.startswith("docs/"))


def at(name: str, text: str, offset: int) -> str:
    return f"{name}:{text.count(chr(10), 0, offset) + 1}"


def headings_of(text: str) -> list[str]:
    return [heading.replace("`", "").strip() for heading in HEADING.findall(FENCE.sub("", text))]


def anchors_of(text: str) -> Iterator[str]:
    """As forges make them: lower case, hyphens for spaces, nothing but word characters; a number for the second."""
    seen: dict[str, int] = {}
    for heading in headings_of(text):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        yield f"{anchor}-{count}" if count else anchor


def wrong_links(name: str, text: str, anchors: dict[str, set[str]], root: Path) -> Iterator[str]:
    for link in LINK.finditer(text):
        target, _, anchor = link[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (root / name).parent.joinpath(target).resolve() if target else root / name
        led = str(path.relative_to(root.resolve())) if path.is_relative_to(root.resolve()) else target
        led = name if not target else led
        if not path.exists():
            yield f"{at(name, text, link.start())}: {link[1]} leads nowhere"
        elif anchor and anchor not in anchors.get(led, set()):
            yield f"{at(name, text, link.start())}: {led} has no heading #{anchor}"


def wrong_files(name: str, text: str, files: frozenset[str]) -> Iterator[str]:
    for cited in FILE.finditer(text):
        pattern = re.compile(re.escape(cited[1].rstrip("/")).replace(r"\*", "[^/]*") + "/?")
        if not any(pattern.fullmatch(file) for file in files):
            yield f"{at(name, text, cited.start())}: there is no {cited[1]}"


def unlisted(pages: dict[str, str]) -> Iterator[str]:
    """Pages of docs/ that no index leads to."""
    listed = {
        str(Path(name).parent / link.partition("#")[0])
        for name, text in pages.items()
        if Path(name).name == "index.md"
        for link in LINK.findall(text)
    }
    for name in sorted(pages):
        if name.startswith("docs/") and name != "docs/index.md" and name not in listed:
            yield f"{name}: no index.md in docs/ leads to it"


def wrong_citations(name: str, text: str, headings: dict[str, list[str]]) -> Iterator[str]:
    flowing = re.sub(r"\s+(?:# )?", " ", text)
    for cited in CITATION.finditer(flowing):
        page, words = cited[1], cited[2]
        if page not in headings:
            yield f"{name}: cites {page}, which is not there"
        elif words and not any(words.startswith(heading) for heading in headings[page]):
            yield f"{name}: cites {page}, {words[:30]!r}, which is none of its headings"
