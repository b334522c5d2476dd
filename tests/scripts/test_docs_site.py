"""The site: every page is on it and in its navigation, links lead to pages of it, and it needs no other host."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import docs_site
import pytest

from tests.support.gateway import ROOT

LOADS = re.compile(r'(?:<(?:script|img|iframe)[^>]*\ssrc|<link[^>]*\shref)="(?:https?:)?//')


def in_navigation(entry: object) -> list[str]:
    if isinstance(entry, dict):
        return [name for inner in entry.values() for name in in_navigation(inner)]
    if isinstance(entry, list):
        return [name for inner in entry for name in in_navigation(inner)]
    return [str(entry)]


def built(folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    """Builds it there, with these words at the end of a page."""
    shutil.copy(ROOT / "zensical.toml", folder)
    pages = folder / "dist" / "pages"
    docs_site.prepare(ROOT, pages)
    with (pages / "kit.md").open("a", encoding="utf-8") as page:
        page.write(more)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    done = built(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist" / "site"


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    pages = [name for name in docs_site.pages(ROOT) if name.endswith(".md")]
    assert sorted(in_navigation(navigation)) == sorted(pages)


def test_every_page_is_built_without_a_link_that_leads_nowhere(site: Path) -> None:
    for name in docs_site.pages(ROOT):
        assert (site / re.sub(r"(README)?\.md$", lambda end: "index.html" if end[1] else ".html", name)).is_file(), name


def test_no_page_loads_anything_of_another_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert LOADS.search(page.read_text("utf-8")) is None, page


def test_links_that_lead_nowhere_fail_the_build_and_are_named(tmp_path: Path) -> None:
    done = built(tmp_path, "[x](nowhere.md) [y](sdk.md#nowhere)")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert ("page does not exist" in said, "anchor does not exist" in said) == (True, True)


def test_links_between_pages_follow_them(tmp_path: Path) -> None:
    (tmp_path / "docs" / "design").mkdir(parents=True)
    for name in (*docs_site.TOP, "docs/sdk.md", "docs/design/index.md", "LICENSE", "docs/desk.png"):
        (tmp_path / name).write_text("", "utf-8")
    text = (
        "[a](docs/sdk.md#push) [b](CHANGELOG.md) [c](LICENSE) [d](https://desk.example/x) "
        "[![e](docs/desk.png)](docs/sdk.md)"
        "\n```\n[f](LICENSE)\n```\n"
    )
    assert docs_site.linked(text, tmp_path / "README.md", "start.md", tmp_path) == (
        "[a](sdk.md#push) [b](changelog.md) c (`LICENSE`) [d](https://desk.example/x) [![e](desk.png)](sdk.md)"
        "\n```\n[f](LICENSE)\n```\n"
    )
    back = docs_site.linked("[g](../../README.md)", tmp_path / "docs/design/index.md", "design/index.md", tmp_path)
    assert back == "[g](../start.md)"
