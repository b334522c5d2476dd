"""The reference page stands by itself."""

import json
import re

from gateway.openapi.reference_page import reference_files


def contents() -> dict[str, tuple[bytes, str]]:
    return {name: (body(), kind) for name, (body, kind) in reference_files().items()}


def test_the_page_needs_nothing_but_its_own_files() -> None:
    pages = contents()
    page = pages["reference"][0].decode()
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page) + re.findall(
        r'fetch\("([^"]+)"\)', pages["reference.js"][0].decode()
    )
    assert set(wanted) == pages.keys() - {"reference"}
    for body, kind in pages.values():
        if "json" not in kind:
            assert b"//" not in re.sub(rb"(?m)^//.*$", b"", body), "an address of another host"


def test_the_page_runs_under_a_strict_policy() -> None:
    pages = contents()
    assert not re.search(r"<script>|\son\w+=|style=", pages["reference"][0].decode())
    assert not re.search(r"innerHTML|eval\(|Function\(", pages["reference.js"][0].decode())


def test_the_document_names_the_server_that_it_comes_from() -> None:
    assert json.loads(contents()["openapi.json"][0])["servers"] == [{"url": "/"}]
