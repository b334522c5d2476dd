"""The files of the console, which hold nothing of this gateway: what they show is asked for by whoever signed in."""

from pathlib import Path
from typing import Final

from gateway.admin.listener import AdminCall, AdminPage, AdminRoute
from gateway.wire.standing_headers import OF_PAGES, PAGE_TYPES

PATH: Final = "/console"
HERE: Final = Path(__file__).parent
SHARED: Final = HERE.parent / "desk"
"""The desk page's: what both pages are made with."""
SHARED_FILES: Final = ("base.css", "dom.js")


def console_routes() -> list[AdminRoute]:
    """A route for each file, for whoever is on this machine."""
    return [_route(path, file) for path, file in files().items()]


def files() -> dict[str, Path]:
    """The file behind each path."""
    own = {f"{PATH}/{file.name}": file for file in sorted(HERE.iterdir()) if file.suffix in {".css", ".js"}}
    shared = {f"{PATH}/{name}": SHARED / name for name in SHARED_FILES}
    page = HERE / "console.html"
    return {PATH: page, f"{PATH}/": page, **own, **shared}


def _route(path: str, file: Path) -> AdminRoute:
    page = AdminPage(file.read_bytes(), PAGE_TYPES[file.suffix], OF_PAGES)

    async def show(_call: AdminCall) -> object:
        return page

    return AdminRoute("GET", path, show, open=True)
